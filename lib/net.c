/* Networks: made from a seed, read from a file, written to one. What they compute is in kernel.c.
 */
#include "engram/net.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/rng.h"
#include "net-internal.h"

static const char *const activation_names[NET_ACTIVATIONS] = {"softplus", "relu", "leaky-relu",
                                                              "sigmoid", "tanh"};

const char *net_activation_name(enum net_activation activation) {
    return activation_names[activation];
}

enum net_activation net_activation_named(const char *name) {
    enum net_activation a = 0;
    while (a < NET_ACTIVATIONS && strcmp(name, activation_names[a]) != 0)
        a++;
    return a;
}

static const char *const measure_names[NET_MEASURES] = {
    "change", "squared-change", "squared-gradient", "path-integral", "input"};

const char *net_measure_name(enum net_measure measure) {
    return measure_names[measure];
}

enum net_measure net_measure_named(const char *name) {
    enum net_measure m = 0;
    while (m < NET_MEASURES && strcmp(name, measure_names[m]) != 0)
        m++;
    return m;
}

/* --- instruction sets ------------------------------------------------------------------------- */

/* Those built in and supported by this processor, best last. */
static size_t list_kernels(const struct kernel *list[3]) {
    size_t count = 0;
    list[count++] = &kernel_base;
#ifdef __x86_64__
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2"))
        list[count++] = &kernel_avx2;
    if (__builtin_cpu_supports("avx512f"))
        list[count++] = &kernel_avx512;
#endif
    return count;
}

size_t net_kernels(void) {
    const struct kernel *list[3];
    return list_kernels(list);
}

const char *net_kernel_name(size_t kernel) {
    const struct kernel *list[3] = {NULL};
    list_kernels(list);
    return list[kernel]->name;
}

void net_use(struct net *net, size_t kernel) {
    const struct kernel *list[3] = {NULL};
    list_kernels(list);
    net->kernel = list[kernel];
}

/* --- memory ----------------------------------------------------------------------------------- */

static size_t round_up(size_t n, size_t multiple) {
    return (n + multiple - 1) / multiple * multiple;
}

void *net_allocate(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - 128) {
        errno = ENOMEM;
        return NULL;
    }
    bytes = round_up(bytes, 64) + 64;
    void *memory = aligned_alloc(64, bytes);
    return memory != NULL ? memset(memory, 0, bytes) : NULL;
}

/* Zeroed memory to be freed with the network; NULL on failure. */
static void *allocate(struct net *net, size_t bytes) {
    void *memory = net_allocate(bytes, 1);
    if (memory != NULL)
        net->memory[net->memories++] = memory;
    return memory;
}

/* Four vectors over `count` units in one block. */
static bool allocate_units(struct net *net, struct units *units, size_t count) {
    const size_t room = round_up(count, LANES);
    units->a = allocate(net, 4 * room * sizeof(float));
    if (units->a == NULL)
        return false;
    units->slope = units->a + room;
    units->delta = units->slope + room;
    units->step = units->delta + room;
    return true;
}

size_t net_lanes(size_t units) {
    const size_t over = units % LANES;
    return units > LANES && over > 0 && over <= SIDE ? units - over + SIDE : round_up(units, LANES);
}

/* The weight of input j and unit i in an array like v. */
static size_t first_at(const struct first_layer *first, size_t j, size_t i) {
    const size_t stride = first->stride;
    return i < stride ? j * stride + i : first->inputs * stride + j * SIDE + (i - stride);
}

static bool allocate_first(struct net *net) {
    struct first_layer *first = &net->first;
    const size_t room = round_up(net->spec.width[1], LANES);
    first->inputs = net->spec.width[0];
    first->units = net->spec.width[1];
    first->lanes = net_lanes(first->units);
    first->stride = first->lanes / LANES * LANES;
    first->v = allocate(net, first->inputs * (first->stride + SIDE) * sizeof(float));
    first->c = allocate(net, 3 * room * sizeof(float));
    net->lit.pixel = allocate(net, (first->inputs + 8) * sizeof *net->lit.pixel);
    if (first->v == NULL || first->c == NULL || net->lit.pixel == NULL)
        return false;
    first->r = first->c + room;
    first->b = first->r + room;
    for (int pixel = 0; pixel < 256; pixel++)
        first->s[pixel] = (float)pixel / 256;
    return true;
}

static bool allocate_dense(struct net *net, size_t l) {
    struct dense_layer *dense = &net->dense[l];
    dense->inputs = net->spec.width[l];
    dense->units = net->spec.width[l + 1];
    dense->stride = round_up(dense->inputs, LANES);
    dense->w = allocate(net, dense->units * dense->stride * sizeof(float));
    dense->b = allocate(net, dense->units * sizeof(float));
    return dense->w != NULL && dense->b != NULL;
}

/* A network of zeros. */
static struct net *allocate_net(const struct net_spec *spec, struct error *error) {
    struct net *net = calloc(1, sizeof *net);
    bool good = net != NULL;
    if (good) {
        net->spec = *spec;
        net->rate = (float)spec->rate;
        net_set_measure(net, NET_CHANGE);
        net_use(net, net_kernels() - 1);
        good = allocate_first(net);
    }
    for (size_t l = 1; good && l < spec->layers; l++)
        good = allocate_dense(net, l);
    for (size_t l = 0; good && l < spec->layers; l++)
        good = allocate_units(net, &net->units[l], spec->width[l + 1]);
    if (good)
        return net;
    error_errno(error, "cannot make a network of this size");
    net_free(net);
    return NULL;
}

void net_free(struct net *net) {
    if (net == NULL)
        return;
    for (size_t i = 0; i < net->memories; i++)
        free(net->memory[i]);
    for (size_t k = 0; net->tally != NULL && k < net->spec.classes; k++)
        free(net->tally_memory[k]);
    free(net->tally);
    free(net);
}

size_t net_place_factors(const struct net_spec *spec, size_t steps, float *memory,
                         struct factors *factors) {
    size_t floats = 0;
    for (size_t l = 0; l < spec->layers; l++) {
        factors->f_stride[l] = round_up(spec->width[l + 1], LANES);
        factors->h_stride[l] = l > 0 ? round_up(spec->width[l], LANES) : 0;
        if (memory != NULL) {
            factors->f[l] = memory + floats * steps;
            factors->h[l] = factors->f[l] + factors->f_stride[l] * steps;
        }
        floats += factors->f_stride[l] + factors->h_stride[l];
    }
    return floats;
}

/* The tallies of one class, in one block. */
static bool allocate_tally(struct net *net, size_t class) {
    const struct first_layer *first = &net->first;
    struct tally *tally = &net->tally[class];
    const size_t waiting = TALLY_WAITING * net_place_factors(&net->spec, 0, NULL, &tally->steps);
    size_t floats = first->inputs * (first->stride + SIDE) + waiting;
    for (size_t l = 0; l < net->spec.layers; l++)
        floats += round_up(net->spec.width[l + 1], LANES) +
                  (l > 0 ? net->dense[l].units * net->dense[l].stride : 0);
    const size_t lit_in = first->inputs * sizeof(uint32_t), images = TALLY_WAITING * first->inputs;
    float *next = net->tally_memory[class] =
        net_allocate(floats * sizeof(float) + lit_in + images, 1);
    if (next == NULL)
        return false;
    tally->light = net->light;
    net_place_factors(&net->spec, TALLY_WAITING, next, &tally->steps);
    next += waiting;
    for (size_t l = 0; l < net->spec.layers; l++) {
        tally->b[l] = next;
        next += round_up(net->spec.width[l + 1], LANES);
        if (l == 0)
            continue;
        tally->w[l] = next;
        next += net->dense[l].units * net->dense[l].stride;
    }
    tally->v = next;
    next += first->inputs * (first->stride + SIDE);
    tally->lit_in = (uint32_t *)(void *)next;
    tally->images = (uint8_t *)(tally->lit_in + first->inputs);
    return true;
}

int net_start_tally(struct net *net, struct error *error) {
    net->tally = calloc(net->spec.classes, sizeof *net->tally);
    bool good = net->tally != NULL;
    for (size_t k = 0; good && k < net->spec.classes; k++)
        good = allocate_tally(net, k);
    return good ? 0 : error_errno(error, "cannot make the tallies");
}

/* --- making ----------------------------------------------------------------------------------- */

int net_spec_add_class(struct net_spec *spec, const bool labels[256], struct error *error) {
    if (spec->classes == 0)
        for (int label = 0; label < 256; label++)
            spec->class_of[label] = -1;
    for (int label = 0; label < 256; label++)
        if (labels[label]) {
            if (spec->class_of[label] >= 0)
                return error_set(error, "label %d is in two classes", label);
            spec->class_of[label] = (int16_t)spec->classes;
        }
    spec->classes++;
    return 0;
}

/* Puts first-layer weights [out][in] in their place: v holds them all, c nothing. c is -0, not 0:
 * adding it changes no weight, not even one that is -0. */
static void set_first(struct first_layer *first, const float *weights, const float *biases) {
    for (size_t i = 0; i < first->units; i++) {
        double sum = 0;
        for (size_t j = 0; j < first->inputs; j++) {
            first->v[first_at(first, j, i)] = weights[i * first->inputs + j];
            sum += (double)weights[i * first->inputs + j];
        }
        first->r[i] = (float)sum;
        first->c[i] = -0.0f;
        first->b[i] = biases[i];
    }
}

static void set_layer(struct net *net, size_t l, const float *weights, const float *biases) {
    if (l == 0) {
        set_first(&net->first, weights, biases);
        return;
    }
    struct dense_layer *dense = &net->dense[l];
    for (size_t o = 0; o < dense->units; o++)
        memcpy(dense->w + o * dense->stride, weights + o * dense->inputs,
               dense->inputs * sizeof *weights);
    memcpy(dense->b, biases, dense->units * sizeof *biases);
}

/* Room for the weights and biases of the largest layer. */
static float *allocate_layer(const struct net_spec *spec, struct error *error) {
    size_t most = 1;
    for (size_t l = 0; l < spec->layers; l++)
        if ((spec->width[l] + 1) * spec->width[l + 1] > most)
            most = (spec->width[l] + 1) * spec->width[l + 1];
    float *values = calloc(most, sizeof *values);
    if (values == NULL)
        error_errno(error, "cannot make a network of this size");
    return values;
}

struct net *net_create(const struct net_spec *spec, struct error *error) {
    struct net *net = allocate_net(spec, error);
    float *values = net != NULL ? allocate_layer(spec, error) : NULL;
    if (values == NULL) {
        net_free(net);
        return NULL;
    }
    struct rng rng;
    rng_seed(&rng, spec->seed);
    for (size_t l = 0; l < spec->layers; l++) {
        const size_t weights = spec->width[l] * spec->width[l + 1];
        const double deviation = sqrt(2.0 / (double)spec->width[l]);
        for (size_t i = 0; i < weights + spec->width[l + 1]; i++)
            values[i] = (float)(deviation * rng_normal(&rng));
        set_layer(net, l, values, values + weights);
    }
    free(values);
    return net;
}

const struct net_spec *net_spec(const struct net *net) {
    return &net->spec;
}

void net_set_rate(struct net *net, double rate) {
    net->spec.rate = rate;
    net->rate = (float)rate;
}

void net_set_routed(struct net *net, bool routed) {
    net->routed = routed;
}

/* An input is x = 2^-8 + s; where its square is tallied, x^2 = 2^-16 + (s^2 + 2^-7 s), exactly. */
void net_set_measure(struct net *net, enum net_measure measure) {
    const bool squared = measure != NET_CHANGE && measure != NET_INPUT;
    net->measure = measure;
    net->black = squared ? 0x1p-16f : 0x1p-8f;
    for (int pixel = 0; pixel < 256; pixel++)
        net->light[pixel] = (float)(squared ? pixel * (pixel + 2) : pixel) * net->black;
}

enum net_measure net_measure(const struct net *net) {
    return net->measure;
}

/* --- learning --------------------------------------------------------------------------------- */

static size_t largest(const float *values, size_t count) {
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (values[i] > values[best])
            best = i;
    return best;
}

double net_step(struct net *net, const uint8_t *image, uint8_t label, bool *right) {
    const size_t class = (size_t)net->spec.class_of[label];
    const double loss = net->kernel->step(net, image, class);
    net->spec.samples++;
    if (right != NULL)
        *right = largest(net->units[net->spec.layers - 1].a, net->spec.classes) == class;
    return loss;
}

void net_tally(struct net *net, size_t class) {
    net->kernel->tally(net, &net->tally[class]);
}

void net_forward(struct net *net, const uint8_t *image, float *outputs) {
    net->kernel->forward(net, image);
    memcpy(outputs, net->units[net->spec.layers - 1].a, net->spec.classes * sizeof *outputs);
}

/* Copies a dense layer's rows without their padding. */
static void copy_rows(const struct dense_layer *dense, const float *rows, float *weights) {
    for (size_t o = 0; o < dense->units; o++)
        memcpy(weights + o * dense->inputs, rows + o * dense->stride,
               dense->inputs * sizeof *weights);
}

/* v + scale * share[i], turned to [out][in]. */
static void turn_first(const struct first_layer *first, const float *v, const float *share,
                       float scale, float *weights) {
    for (size_t i = 0; i < first->units; i++)
        for (size_t j = 0; j < first->inputs; j++)
            weights[i * first->inputs + j] = v[first_at(first, j, i)] + scale * share[i];
}

void net_get_layer(const struct net *net, size_t layer, float *weights, float *biases) {
    if (layer == 0)
        turn_first(&net->first, net->first.v, net->first.c, 1, weights);
    else
        copy_rows(&net->dense[layer], net->dense[layer].w, weights);
    memcpy(biases, layer == 0 ? net->first.b : net->dense[layer].b,
           net->spec.width[layer + 1] * sizeof *biases);
}

void net_get_tally(const struct net *net, size_t class, size_t layer, float *weights,
                   float *biases) {
    struct tally *tally = &net->tally[class];
    net->kernel->settle(net, tally);
    if (layer == 0)
        turn_first(&net->first, tally->v, tally->b[0], net->black, weights);
    else
        copy_rows(&net->dense[layer], tally->w[layer], weights);
    memcpy(biases, tally->b[layer], net->spec.width[layer + 1] * sizeof *biases);
}

/* --- files ------------------------------------------------------------------------------------ */

void net_make_layout(const struct net_spec *spec, uint64_t draws, struct net_layout *layout) {
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

/* The shortest decimal that reads back as `value`. */
static void shortest(double value, char *text, size_t size) {
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            return;
    }
}

void net_write_classes(const struct net_spec *spec, char text[NET_TEXT]) {
    size_t used = 0;
    for (size_t k = 0; k < spec->classes; k++) {
        const char *before = k > 0 ? ";" : "";
        for (int label = 0; label < 256; label++)
            if (spec->class_of[label] == (int)k) {
                used += (size_t)snprintf(text + used, NET_TEXT - used, "%s%d", before, label);
                before = ",";
            }
    }
}

/* Reads what net_write_classes writes. */
static int read_classes(struct net_spec *spec, const char *text, struct error *error) {
    bool labels[256] = {false};
    for (;;) {
        char *end = NULL;
        const unsigned long label = *text >= '0' && *text <= '9' ? strtoul(text, &end, 10) : 256;
        if (label > 255 || strchr(",;", *end) == NULL || spec->classes == NET_MAX_CLASSES)
            return error_set(error, "not classes of labels");
        labels[label] = true;
        if (*end != ',') {
            if (net_spec_add_class(spec, labels, error) != 0)
                return -1;
            memset(labels, 0, sizeof labels);
        }
        if (*end == '\0')
            return 0;
        text = end + 1;
    }
}

/* Whether a value is an infinity or no number. */
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

/* Writes the network, or with `tally` that of a class. */
static int save(const struct net *net, bool tally, size_t class, struct output *output,
                struct error *error) {
    const struct net_spec *spec = &net->spec;
    char classes[NET_TEXT], rate[32], samples[32], seed[32], shape[64];
    net_write_classes(spec, classes);
    shortest(spec->rate, rate, sizeof rate);
    snprintf(samples, sizeof samples, "%" PRIu64, spec->samples);
    snprintf(seed, sizeof seed, "%" PRIu64, spec->seed);
    snprintf(shape, sizeof shape, "%zu,%zu", spec->rows, spec->cols);
    char class_text[32];
    snprintf(class_text, sizeof class_text, "%zu", class);
    const struct st_metadata network[] = {
        {"activation", (char *)activation_names[spec->activation]},
        {"classes", classes},
        {"format", "engram.params"},
        {"image_shape", shape},
        {"kind", "network"},
        {"learning_rate", rate},
        {"loss", "half-squared-error"},
        {"samples", samples},
        {"seed", seed},
    };
    const struct st_metadata tallied[] = {
        {"class", class_text},
        {"classes", classes},
        {"format", "engram.params"},
        {"image_shape", shape},
        {"kind", "tally"},
        {"measure", (char *)measure_names[net->measure]}, /* last: left out for change */
    };
    const size_t metadata = tally ? sizeof tallied / sizeof *tallied - (net->measure == NET_CHANGE)
                                  : sizeof network / sizeof *network;
    struct net_layout layout;
    net_make_layout(spec, 0, &layout);
    if (st_write_header(output, layout.tensor, layout.count, tally ? tallied : network, metadata,
                        error) != 0)
        return -1;
    float *values = allocate_layer(spec, error);
    int result = values != NULL ? 0 : -1;
    for (size_t t = 0; result == 0 && t < layout.count; t++) {
        const struct st_tensor *tensor = &layout.tensor[t];
        const size_t l = layout.layer[t], weights = spec->width[l] * spec->width[l + 1];
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
    return save(net, false, 0, output, error);
}

int net_save_tally(const struct net *net, size_t class, struct output *output,
                   struct error *error) {
    return save(net, true, class, output, error);
}

/* Reads a number from the metadata; false if it is not there or not one in the range. */
static bool metadata_number(const struct st_file *file, const char *key, double min, double max,
                            double *value) {
    const char *text = st_metadata(file, key);
    char *end;
    if (text == NULL)
        return false;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && *value >= min && *value <= max;
}

static bool metadata_integer(const struct st_file *file, const char *key, uint64_t *value) {
    const char *text = st_metadata(file, key);
    if (text == NULL || *text == '\0' || strspn(text, "0123456789") != strlen(text))
        return false;
    errno = 0;
    *value = strtoull(text, NULL, 10);
    return errno == 0; /* fewer than 2^64 */
}

/* The layers, from the shapes of layer1.weight, layer2.weight, ... */
static int read_shapes(const struct st_file *file, struct net_spec *spec, struct error *error) {
    for (size_t l = 0; l < NET_MAX_LAYERS; l++) {
        char name[NET_NAME];
        snprintf(name, sizeof name, "layer%zu.weight", l + 1);
        const struct st_tensor *t = st_find(file, name);
        if (t == NULL)
            break;
        if (t->rank != 2 || t->shape[0] == 0 || t->shape[0] > NET_MAX_WIDTH || t->shape[1] == 0 ||
            t->shape[1] > UINT32_MAX)
            return st_tensor_error(file, name, error, "is not [out,in] of a network");
        if (l > 0 && t->shape[1] != spec->width[l])
            return st_tensor_error(file, name, error, "does not fit the layer below");
        spec->width[l] = (size_t)t->shape[1];
        spec->width[l + 1] = (size_t)t->shape[0];
        spec->layers = l + 1;
    }
    if (spec->layers == 0)
        return error_set(error, "%s: no network: tensor layer1.weight is missing",
                         file->input.name);
    if (file->tensors != 2 * spec->layers)
        return error_set(error, "%s: no network of %zu layers: %zu tensors instead of %zu",
                         file->input.name, spec->layers, file->tensors, 2 * spec->layers);
    return 0;
}

static int read_spec(const struct st_file *file, struct net_spec *spec, struct error *error) {
    *spec = (struct net_spec){0};
    const char *name = file->input.name, *kind = st_metadata(file, "kind");
    if (kind == NULL || strcmp(kind, "network") != 0)
        return error_set(error, "%s: not a network: its metadata does not say kind=network", name);
    if (read_shapes(file, spec, error) != 0)
        return -1;
    const char *activation = st_metadata(file, "activation"), *loss = st_metadata(file, "loss"),
               *classes = st_metadata(file, "classes"), *shape = st_metadata(file, "image_shape");
    spec->activation = activation != NULL ? net_activation_named(activation) : NET_ACTIVATIONS;
    struct error ignored;
    int end = 0;
    const char *wrong = NULL;
    if (spec->activation == NET_ACTIVATIONS)
        wrong = "activation";
    else if (loss == NULL || strcmp(loss, "half-squared-error") != 0)
        wrong = "loss";
    else if (!metadata_number(file, "learning_rate", 0, 1e6, &spec->rate))
        wrong = "learning_rate";
    else if (!metadata_integer(file, "seed", &spec->seed))
        wrong = "seed";
    else if (!metadata_integer(file, "samples", &spec->samples))
        wrong = "samples";
    else if (classes == NULL || read_classes(spec, classes, &ignored) != 0 ||
             spec->classes != spec->width[spec->layers])
        wrong = "classes";
    else if (shape == NULL || shape[strspn(shape, "0123456789,")] != '\0' ||
             sscanf(shape, "%zu,%zu%n", &spec->rows, &spec->cols, &end) != 2 ||
             shape[end] != '\0' || spec->rows > UINT32_MAX || spec->cols > UINT32_MAX ||
             spec->rows * spec->cols != spec->width[0])
        wrong = "image_shape";
    return wrong == NULL
               ? 0
               : error_set(error, "%s: not a network: its metadata has no valid %s", name, wrong);
}

/* Reads the tensor `name` of `count` F32 numbers. That weights are a matrix has been checked. */
static int read_values(struct st_file *file, const char *name, size_t rank, size_t count,
                       float *values, struct error *error) {
    const struct st_tensor *t = st_find(file, name);
    if (t == NULL)
        return error_set(error, "%s: no network: tensor %s is missing", file->input.name, name);
    if (t->dtype != ST_F32 || t->rank != rank || t->elements != count)
        return st_tensor_error(file, name, error, "is not %zu numbers of F32", count);
    unsigned char bytes[4096];
    double wide[1024];
    for (size_t i = 0; i < count; i += 1024) {
        const size_t part = count - i < 1024 ? count - i : 1024;
        if (st_read(file, t, 4 * i, bytes, 4 * part, error) != 0)
            return -1;
        st_to_double(ST_F32, bytes, wide, part);
        for (size_t k = 0; k < part; k++)
            values[i + k] = (float)wide[k];
    }
    if (!all_finite(values, count))
        return st_tensor_error(file, name, error, "holds a value that is not finite");
    return 0;
}

struct net *net_load(struct st_file *file, struct error *error) {
    struct net_spec spec;
    if (read_spec(file, &spec, error) != 0)
        return NULL;
    struct net *net = allocate_net(&spec, error);
    float *values = net != NULL ? allocate_layer(&spec, error) : NULL;
    bool good = values != NULL;
    for (size_t l = 0; good && l < spec.layers; l++) {
        char bias[NET_NAME], weight[NET_NAME];
        snprintf(bias, sizeof bias, "layer%zu.bias", l + 1);
        snprintf(weight, sizeof weight, "layer%zu.weight", l + 1);
        const size_t weights = spec.width[l] * spec.width[l + 1];
        good = read_values(file, bias, 1, spec.width[l + 1], values + weights, error) == 0 &&
               read_values(file, weight, 2, weights, values, error) == 0;
        if (good)
            set_layer(net, l, values, values + weights);
    }
    free(values);
    if (good && st_finish(file, error) == 0)
        return net;
    net_free(net);
    return NULL;
}
