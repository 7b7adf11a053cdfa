/* Networks and tallies as files: tensors layer1.weight, layer1.bias, ... and what the metadata
 * says.
 */
#include "engram/net-file.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/decimal.h"
#include "engram/escape.h"
#include "engram/grow.h"
#include "engram/measure.h"
#include "engram/parse.h"
#include "layers.h"
#include "net-layout.h"

/* With `draws` > 0 the shapes begin with draws and classes. */
static void make_layout(const struct net_spec *spec, uint64_t draws, struct net_layout *layout) {
    layout->count = 2 * spec->layers;
    for (size_t i = 0; i < layout->count; i++) {
        const size_t l = i / 2;
        const bool weight = i % 2 == 0;
        uint64_t *const shape = layout->shape[i];
        size_t rank = 0;
        snprintf(layout->name[i], NET_NAME, "layer%zu.%s", l + 1, weight ? "weight" : "bias");
        if (draws > 0) {
            shape[rank++] = draws;
            shape[rank++] = spec->classes;
        }
        shape[rank++] = spec->width[l + 1];
        if (weight)
            shape[rank++] = spec->width[l];
        layout->tensor[i] = (struct st_tensor){
            .name = layout->name[i], .dtype = ST_F32, .rank = rank, .shape = shape};
    }
    st_sort(layout->tensor, layout->count);
    for (size_t i = 0; i < layout->count; i++) {
        sscanf(layout->tensor[i].name, "layer%zu", &layout->layer[i]);
        layout->layer[i]--;
    }
}

static const char net_loss[] = "half-squared-error"; /* the only one there is */

size_t net_write_class(const struct net_spec *spec, size_t class, char *text, size_t size) {
    size_t used = 0;
    for (int label = 0; label < 256; label++)
        if (spec->class_of[label] == (int)class)
            used += (size_t)snprintf(text + used, size - used, "%s%d", used > 0 ? "," : "", label);
    return used;
}

void net_write_classes(const struct net_spec *spec, char text[NET_CLASS_TEXT]) {
    size_t used = 0;
    for (size_t k = 0; k < spec->classes; k++) {
        if (k > 0)
            text[used++] = ';';
        used += net_write_class(spec, k, text + used, NET_CLASS_TEXT - used);
    }
}

static bool all_finite(const float *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return false;
    return true;
}

int net_write_values(struct output *output, const char *name, float *values, size_t count,
                     struct error *error) {
    if (!all_finite(values, count))
        return error_set(error, "%s: %s holds a value that is not finite", output->name, name);
    st_from_float(values, values, count);
    return output_write(output, values, count * sizeof *values, error);
}

/* What the metadata of a network and of its tallies say alike, as text. */
struct shared {
    char classes[NET_CLASS_TEXT]; /* "1,7;6,8" */
    char image_shape[2 * DECIMAL_SIZE];
};

static struct shared shared_of(const struct net_spec *spec) {
    struct shared text;
    net_write_classes(spec, text.classes);
    snprintf(text.image_shape, sizeof text.image_shape, "%zu,%zu", spec->rows, spec->cols);
    return text;
}

static int write_network_header(const struct net_spec *spec, struct net_layout *layout,
                                struct output *output, struct error *error) {
    struct shared shared = shared_of(spec);
    char rate[DECIMAL_SIZE], samples[DECIMAL_SIZE], seed[DECIMAL_SIZE];
    decimal_shortest(spec->rate, false, rate);
    decimal_integer(spec->samples, samples);
    decimal_integer(spec->seed, seed);
    const struct st_metadata metadata[] = {
        {"activation", (char *)net_activation_name(spec->activation)},
        {"classes", shared.classes},
        {"format", "engram.params"},
        {"image_shape", shared.image_shape},
        {"kind", "network"},
        {"learning_rate", rate},
        {"loss", (char *)net_loss},
        {"samples", samples},
        {"seed", seed},
    };
    make_layout(spec, 0, layout);
    return st_write_header(output, layout->tensor, layout->count, metadata,
                           sizeof metadata / sizeof *metadata, error);
}

int net_write_tally_header(const struct net *net, const char *kind, const struct st_metadata *more,
                           uint64_t draws, struct net_layout *layout, struct output *output,
                           struct error *error) {
    struct shared shared = shared_of(net_spec(net));
    const enum net_measure measure = net_measure(net);
    struct st_metadata metadata[5 + NET_MORE] = {
        {"classes", shared.classes},
        {"format", "engram.params"},
        {"image_shape", shared.image_shape},
        {"kind", (char *)kind},
    };
    size_t count = 4;
    if (measure != NET_CHANGE)
        metadata[count++] = (struct st_metadata){"measure", (char *)net_measure_name(measure)};
    for (; more->key != NULL; more++)
        metadata[count++] = *more;
    make_layout(net_spec(net), draws, layout);
    return st_write_header(output, layout->tensor, layout->count, metadata, count, error);
}

/* Writes the layers of the network, or with `tally` those of a class's. */
static int write_layers(const struct net *net, bool tally, size_t class,
                        const struct net_layout *layout, struct output *output,
                        struct error *error) {
    const size_t *const width = net_spec(net)->width;
    float *values = net_layer_room(net_spec(net), error);
    int result = values != NULL ? 0 : -1;
    for (size_t t = 0; result == 0 && t < layout->count; t++) {
        const struct st_tensor *tensor = &layout->tensor[t];
        const size_t l = layout->layer[t], weights = width[l] * width[l + 1];
        if (tally)
            net_get_tally(net, class, l, values, values + weights);
        else
            net_get_layer(net, l, values, values + weights);
        result =
            net_write_values(output, tensor->name, tensor->rank == 2 ? values : values + weights,
                             (size_t)tensor->elements, error);
    }
    free(values);
    return result;
}

int net_save(const struct net *net, struct output *output, struct error *error) {
    struct net_layout layout;
    return write_network_header(net_spec(net), &layout, output, error) != 0
               ? -1
               : write_layers(net, false, 0, &layout, output, error);
}

int net_save_tally(const struct net *net, size_t class, const char *steps, struct output *output,
                   struct error *error) {
    struct net_layout layout;
    char text[DECIMAL_SIZE];
    decimal_integer(class, text);
    const struct st_metadata more[] = {
        {"class", text}, {steps != NULL ? "steps" : NULL, (char *)steps}, {NULL, NULL}};
    return net_write_tally_header(net, "tally", more, 0, &layout, output, error) != 0
               ? -1
               : write_layers(net, true, class, &layout, output, error);
}

static bool read_integer(const char *text, uint64_t *value) {
    return parse_integer(&text, UINT64_MAX, value) && *text == '\0';
}

/* Reads a decimal number such as 0.005 or 5e-05, and no other of strtod's forms. */
static bool read_rate(const char *text, double *value) {
    if (strchr("0123456789.", *text) == NULL || text[strspn(text, "0123456789.eE+-")] != '\0')
        return false;
    char *end;
    errno = 0;
    *value = strtod(text, &end);
    const bool vanished = errno == ERANGE && *value == 0;
    return end != text && *end == '\0' && !vanished && *value <= NET_MAX_RATE;
}

/* Reads the two numbers of an image's shape, whose product is `pixels`. */
static bool read_image_shape(const char *text, size_t pixels, struct net_spec *spec) {
    uint64_t rows, cols;
    if (!parse_shape(text, ',', &rows, &cols) || rows > UINT32_MAX || cols > UINT32_MAX ||
        rows * cols != pixels)
        return false;
    spec->rows = (size_t)rows;
    spec->cols = (size_t)cols;
    return true;
}

/* Reads classes as "1,7;6,8". */
static int read_classes(struct net_spec *spec, const char *text, struct error *error) {
    for (;; text++) {
        bool labels[256];
        int twice;
        if (!parse_labels(&text, labels, &twice) || (*text != ';' && *text != '\0'))
            return error_set(error, "not labels from 0 to 255 as in 1,7;6,8");
        if (twice >= 0)
            return error_set(error, "label %d is in a class twice", twice);
        if (spec->classes == NET_MAX_CLASSES)
            return error_set(error, "more than %d classes", NET_MAX_CLASSES);
        if (net_spec_add_class(spec, labels, error) != 0)
            return -1;
        if (*text == '\0')
            break;
    }
    const size_t outputs = spec->width[spec->layers];
    return spec->classes == outputs ? 0
                                    : error_set(error, "%zu for the %zu outputs of layer%zu.weight",
                                                spec->classes, outputs, spec->layers);
}

/* "file: not a network: its metadata says key=value" and what is wrong about it. Returns -1. */
static int metadata_error(const struct st_file *file, const char *key, struct error *error,
                          const char *wrong) {
    char value[64];
    const char *text = st_metadata(file, key);
    if (text == NULL)
        return error_set(error, "%s: not a network: its metadata has no %s", file->input.name, key);
    escape_fit(text, value, sizeof value);
    return error_set(error, "%s: not a network: its metadata says %s=%s%s%s", file->input.name, key,
                     value, *wrong != '\0' ? ": " : "", wrong);
}

/* The metadata of a network whose layers are known. */
static int read_metadata(const struct st_file *file, struct net_spec *spec, struct error *error) {
    struct error why;
    char text[128];
    const char *activation = st_metadata(file, "activation"), *loss = st_metadata(file, "loss"),
               *rate = st_metadata(file, "learning_rate"), *seed = st_metadata(file, "seed"),
               *samples = st_metadata(file, "samples"), *classes = st_metadata(file, "classes"),
               *shape = st_metadata(file, "image_shape");
    if (activation == NULL ||
        (spec->activation = net_activation_named(activation, &why)) == NET_ACTIVATIONS)
        return metadata_error(file, "activation", error, activation != NULL ? why.text : "");
    if (loss == NULL || strcmp(loss, net_loss) != 0) {
        snprintf(text, sizeof text, "unknown loss; known: %s", net_loss);
        return metadata_error(file, "loss", error, text);
    }
    if (rate == NULL || !read_rate(rate, &spec->rate)) {
        snprintf(text, sizeof text, "not a decimal number from 0 to %d", NET_MAX_RATE);
        return metadata_error(file, "learning_rate", error, text);
    }
    const char *const integer = "not a whole number from 0 to 18446744073709551615";
    if (seed == NULL || !read_integer(seed, &spec->seed))
        return metadata_error(file, "seed", error, integer);
    if (samples == NULL || !read_integer(samples, &spec->samples))
        return metadata_error(file, "samples", error, integer);
    if (classes == NULL || read_classes(spec, classes, &why) != 0)
        return metadata_error(file, "classes", error, classes != NULL ? why.text : "");
    if (shape == NULL || !read_image_shape(shape, spec->width[0], spec)) {
        snprintf(text, sizeof text, "not rows,cols of the %zu inputs of layer1.weight",
                 spec->width[0]);
        return metadata_error(file, "image_shape", error, text);
    }
    return 0;
}

static const struct st_tensor *find_layer(const struct st_file *file, size_t l, const char *kind) {
    char name[NET_NAME];
    snprintf(name, sizeof name, "layer%zu.%s", l + 1, kind);
    return st_find(file, name);
}

/* Of layer l, that it is F32, [out] and [out,in] of the `below` units below, 0 if there are none.
 */
static int read_shape(const struct st_file *file, size_t l, size_t below, struct net_spec *spec,
                      struct error *error) {
    const struct st_tensor *weight = find_layer(file, l, "weight"),
                           *bias = find_layer(file, l, "bias");
    char found[128];
    if (weight == NULL || bias == NULL)
        return error_set(error, "%s: no network: tensor layer%zu.%s is missing", file->input.name,
                         l + 1, weight == NULL ? "weight" : "bias");
    st_describe(weight, found, sizeof found);
    if (weight->dtype != ST_F32 || weight->rank != 2 || weight->shape[0] == 0 ||
        weight->shape[0] > NET_MAX_WIDTH || weight->shape[1] == 0 || weight->shape[1] > UINT32_MAX)
        return st_tensor_error(file, weight->name, error, "is %s, not F32 [out,in] of a network",
                               found);
    if (below > 0 && weight->shape[1] != below)
        return st_tensor_error(file, weight->name, error,
                               "is %s, but layer%zu.weight has %zu outputs", found, l, below);
    st_describe(bias, found, sizeof found);
    if (bias->dtype != ST_F32 || bias->rank != 1 || bias->shape[0] != weight->shape[0])
        return st_tensor_error(file, bias->name, error, "is %s, not F32 [%" PRIu64 "]", found,
                               weight->shape[0]);
    spec->width[l] = (size_t)weight->shape[1];
    spec->width[l + 1] = (size_t)weight->shape[0];
    spec->layers = l + 1;
    return 0;
}

/* The layers, from the shapes of layer1.weight, layer1.bias, layer2.weight, ... */
static int read_shapes(const struct st_file *file, struct net_spec *spec, struct error *error) {
    size_t below = 0;
    for (size_t l = 0; l < NET_MAX_LAYERS; l++) {
        if (l > 0 && find_layer(file, l, "weight") == NULL && find_layer(file, l, "bias") == NULL)
            break;
        if (read_shape(file, l, below, spec, error) != 0)
            return -1;
        below = spec->width[l + 1];
    }
    struct net_layout layout;
    make_layout(spec, 0, &layout);
    for (size_t i = 0; file->tensors > layout.count; i++) {
        size_t t = 0;
        while (t < layout.count && strcmp(layout.tensor[t].name, file->tensor[i].name) != 0)
            t++;
        if (t == layout.count)
            return st_tensor_error(file, file->tensor[i].name, error,
                                   "is no part of a network of %zu layers", spec->layers);
    }
    return 0;
}

static int read_spec(const struct st_file *file, struct net_spec *spec, struct error *error) {
    *spec = (struct net_spec){0};
    const char *kind = st_metadata(file, "kind"), *format = st_metadata(file, "format");
    if (kind != NULL && strcmp(kind, "network") != 0)
        return metadata_error(file, "kind", error, "");
    if (kind == NULL && format != NULL && strcmp(format, "engram.params") != 0)
        return metadata_error(file, "format", error, "");
    if (kind == NULL)
        return error_set(error, "%s: not a network: its metadata does not say kind=network",
                         file->input.name);
    return read_shapes(file, spec, error) == 0 ? read_metadata(file, spec, error) : -1;
}

/* The numbers of an F32 tensor, to be freed. */
static float *read_values(struct st_file *file, const struct st_tensor *tensor,
                          struct error *error) {
    enum { PART = 1 << 14 };
    const size_t count = (size_t)tensor->elements;
    float *values = NULL;
    size_t done = 0, room = 0;
    do {
        const size_t part = count - done < PART ? count - done : PART;
        float *grown = grow(values, &room, done + part, count, sizeof *values);
        if (grown == NULL) {
            error_errno(error, "%s", file->input.name);
            break;
        }
        values = grown;
        unsigned char bytes[4 * PART];
        if (st_read(file, tensor, 4 * done, bytes, 4 * part, error) != 0)
            break;
        st_to_float(ST_F32, bytes, values + done, part);
        if (!all_finite(values + done, part)) {
            st_tensor_error(file, tensor->name, error, "holds a value that is not finite");
            break;
        }
        done += part;
    } while (done < count);
    if (done == count)
        return values;
    free(values);
    return NULL;
}

/* All layers are read before there is a network of their size. */
struct net *net_load(struct st_file *file, struct error *error) {
    struct net_spec spec;
    if (read_spec(file, &spec, error) != 0)
        return NULL;
    float *weights[NET_MAX_LAYERS] = {NULL}, *biases[NET_MAX_LAYERS] = {NULL};
    bool good = true;
    for (size_t l = 0; good && l < spec.layers; l++)
        good = (biases[l] = read_values(file, find_layer(file, l, "bias"), error)) != NULL &&
               (weights[l] = read_values(file, find_layer(file, l, "weight"), error)) != NULL;
    struct net *net = good && st_finish(file, error) == 0 ? net_zeros(&spec, error) : NULL;
    for (size_t l = 0; l < spec.layers; l++) {
        if (net != NULL)
            net_set_layer(net, l, weights[l], biases[l]);
        free(weights[l]);
        free(biases[l]);
    }
    return net;
}

struct net *net_read(const char *path, struct error *error) {
    struct st_file file;
    if (st_open(&file, path, error) != 0)
        return NULL;
    struct net *net = net_load(&file, error);
    st_close(&file);
    return net;
}
