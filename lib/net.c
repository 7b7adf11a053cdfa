/* Networks: made from a seed, read from a file, written to one. What they compute is in kernel.c.
 */
#include "engram/net.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/escape.h"
#include "engram/names.h"
#include "engram/rng.h"
#include "net-internal.h"

static const struct names activation_names = {"activation", activations, NET_ACTIVATIONS,
                                              sizeof *activations};
static const struct names measure_names = {"measure", measures, NET_MEASURES, sizeof *measures};

const char *net_activation_name(enum net_activation activation) {
    return activations[activation].name;
}

enum net_activation net_activation_named(const char *name, struct error *error) {
    return (enum net_activation)names_find(&activation_names, name, error);
}

void net_list_activations(char *text, size_t size) {
    names_list(&activation_names, text, size);
}

const char *net_measure_name(enum net_measure measure) {
    return measures[measure].name;
}

enum net_measure net_measure_named(const char *name, struct error *error) {
    return (enum net_measure)names_find(&measure_names, name, error);
}

bool net_measure_by_rate(enum net_measure measure) {
    return measures[measure].by_rate;
}

bool net_measure_of_learning(enum net_measure measure) {
    return measures[measure].of_learning;
}

void net_list_measures(char *text, size_t size) {
    names_list(&measure_names, text, size);
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
    units->derivative = units->a + room;
    units->delta = units->derivative + room;
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
    net->sparse.pixel = allocate(net, (first->inputs + 8) * sizeof *net->sparse.pixel);
    if (first->v == NULL || first->c == NULL || net->sparse.pixel == NULL)
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
    const size_t nonzero_in = first->inputs * sizeof(uint32_t),
                 images = TALLY_WAITING * first->inputs;
    float *next = net->tally_memory[class] =
        net_allocate(floats * sizeof(float) + nonzero_in + images, 1);
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
    tally->nonzero_in = (uint32_t *)(void *)next;
    tally->images = (uint8_t *)(tally->nonzero_in + first->inputs);
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
    const bool squared = measures[measure].squares_input;
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

static bool all_zero(const float *values, size_t count) {
    size_t i = 0;
    while (i < count && values[i] == 0)
        i++;
    return i == count;
}

bool net_tally_is_zero(const struct net *net, size_t class) {
    struct tally *tally = &net->tally[class];
    net->kernel->settle(net, tally);
    for (size_t l = net->spec.layers; l-- > 0;)
        if (!all_zero(tally->b[l], net->spec.width[l + 1]) ||
            (l > 0 && !all_zero(tally->w[l], net->dense[l].units * net->dense[l].stride)))
            return false;
    return all_zero(tally->v, net->first.inputs * (net->first.stride + SIDE));
}

/* How many floats of a layer a copy holds: its w or v, then its b. Before all is c. */
struct layer_copy {
    size_t weights, units;
};

static struct layer_copy layer_copy_of(const struct net *net, size_t l) {
    const struct first_layer *first = &net->first;
    const struct dense_layer *dense = &net->dense[l];
    return l == 0 ? (struct layer_copy){first->inputs * (first->stride + SIDE), first->units}
                  : (struct layer_copy){dense->units * dense->stride, dense->units};
}

float *net_copy(const struct net *net, struct error *error) {
    size_t floats = net->first.units;
    for (size_t l = 0; l < net->spec.layers; l++)
        floats += layer_copy_of(net, l).weights + layer_copy_of(net, l).units;
    float *copy = reallocarray(NULL, floats, sizeof *copy), *next = copy;
    if (copy == NULL) {
        error_errno(error, "cannot copy the network");
        return NULL;
    }
    memcpy(next, net->first.c, net->first.units * sizeof *next);
    next += net->first.units;
    for (size_t l = 0; l < net->spec.layers; l++) {
        const struct layer_copy size = layer_copy_of(net, l);
        memcpy(next, l == 0 ? net->first.v : net->dense[l].w, size.weights * sizeof *next);
        next += size.weights;
        memcpy(next, l == 0 ? net->first.b : net->dense[l].b, size.units * sizeof *next);
        next += size.units;
    }
    return copy;
}

static bool first_differs(const struct first_layer *first, const float *v, const float *c) {
    for (size_t i = 0; i < first->units; i++)
        for (size_t j = 0; j < first->inputs; j++) {
            const size_t at = first_at(first, j, i);
            if (first->v[at] + first->c[i] != v[at] + c[i])
                return true;
        }
    return false;
}

static bool any_differs(const float *x, const float *y, size_t count) {
    size_t i = 0;
    while (i < count && x[i] == y[i])
        i++;
    return i < count;
}

bool net_differs(const struct net *net, const float *copy, size_t layer) {
    const float *const c = copy, *at = copy + net->first.units;
    for (size_t l = 0; l < layer; l++)
        at += layer_copy_of(net, l).weights + layer_copy_of(net, l).units;
    const struct layer_copy size = layer_copy_of(net, layer);
    if (any_differs(layer == 0 ? net->first.b : net->dense[layer].b, at + size.weights, size.units))
        return true;
    return layer == 0 ? first_differs(&net->first, at, c)
                      : any_differs(net->dense[layer].w, at, size.weights);
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

static const char net_loss[] = "half-squared-error"; /* the only one there is */

/* The shortest decimal that reads back as `value`. */
static void shortest(double value, char *text, size_t size) {
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            return;
    }
}

size_t net_write_class(const struct net_spec *spec, size_t class, char *text, size_t size) {
    size_t used = 0;
    for (int label = 0; label < 256; label++)
        if (spec->class_of[label] == (int)class)
            used += (size_t)snprintf(text + used, size - used, "%s%d", used > 0 ? "," : "", label);
    return used;
}

void net_write_classes(const struct net_spec *spec, char text[NET_TEXT]) {
    size_t used = 0;
    for (size_t k = 0; k < spec->classes; k++) {
        if (k > 0)
            text[used++] = ';';
        used += net_write_class(spec, k, text + used, NET_TEXT - used);
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
        {"activation", (char *)net_activation_name(spec->activation)},
        {"classes", classes},
        {"format", "engram.params"},
        {"image_shape", shape},
        {"kind", "network"},
        {"learning_rate", rate},
        {"loss", (char *)net_loss},
        {"samples", samples},
        {"seed", seed},
    };
    const struct st_metadata tallied[] = {
        {"class", class_text},
        {"classes", classes},
        {"format", "engram.params"},
        {"image_shape", shape},
        {"kind", "tally"},
        {"measure", (char *)net_measure_name(net->measure)}, /* last: left out for change */
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

/* Takes a number without sign or leading zeros, up to `max`, from the front of `*text`. */
static bool take_integer(const char **text, uint64_t max, uint64_t *value) {
    const size_t length = strspn(*text, "0123456789");
    if (length == 0 || (**text == '0' && length > 1))
        return false;
    errno = 0;
    *value = strtoull(*text, NULL, 10);
    *text += length;
    return errno == 0 && *value <= max; /* fewer than 2^64 */
}

static bool read_integer(const char *text, uint64_t *value) {
    return take_integer(&text, UINT64_MAX, value) && *text == '\0';
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
    if (!take_integer(&text, UINT32_MAX, &rows) || *text++ != ',' ||
        !take_integer(&text, UINT32_MAX, &cols) || *text != '\0' || rows * cols != pixels)
        return false;
    spec->rows = (size_t)rows;
    spec->cols = (size_t)cols;
    return true;
}

/* Reads what net_write_classes writes. */
static int read_classes(struct net_spec *spec, const char *text, struct error *error) {
    bool labels[256] = {false};
    for (;;) {
        uint64_t label;
        if (!take_integer(&text, 255, &label) || strchr(",;", *text) == NULL)
            return error_set(error, "not labels from 0 to 255 as in 1,7;6,8");
        if (labels[label])
            return error_set(error, "label %d is in a class twice", (int)label);
        if (spec->classes == NET_MAX_CLASSES)
            return error_set(error, "more than %d classes", NET_MAX_CLASSES);
        labels[label] = true;
        if (*text != ',') {
            if (net_spec_add_class(spec, labels, error) != 0)
                return -1;
            memset(labels, 0, sizeof labels);
        }
        if (*text++ == '\0')
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
    net_make_layout(spec, 0, &layout);
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

/* The numbers of an F32 tensor, to be freed. Memory grows as they arrive: on a pipe, how many there
 * are said to be cannot be trusted. */
static float *read_values(struct st_file *file, const struct st_tensor *tensor,
                          struct error *error) {
    enum { PART = 1 << 14 };
    const size_t count = (size_t)tensor->elements;
    float *values = NULL;
    size_t done = 0, room = 0;
    do {
        const size_t part = count - done < PART ? count - done : PART;
        if (done + part > room) {
            room = 2 * room + PART;
            room = room < count ? room : count;
            float *grown = reallocarray(values, room, sizeof *grown);
            if (grown == NULL) {
                error_errno(error, "%s", file->input.name);
                break;
            }
            values = grown;
        }
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
    struct net *net = good && st_finish(file, error) == 0 ? allocate_net(&spec, error) : NULL;
    for (size_t l = 0; l < spec.layers; l++) {
        if (net != NULL)
            set_layer(net, l, weights[l], biases[l]);
        free(weights[l]);
        free(biases[l]);
    }
    return net;
}
