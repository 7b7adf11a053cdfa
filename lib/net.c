/* Networks: made from a seed, trained, looked at. What a step computes is in kernel.c. */
#include "engram/net.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engram/rng.h"
#include "layers.h"

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

size_t net_padded(size_t n) {
    return round_up(n, LANES);
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
    const size_t room = net_padded(count);
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
    return units > LANES && over > 0 && over <= SIDE ? units - over + SIDE : net_padded(units);
}

/* The weight of input j and unit i in an array like v. */
static size_t first_at(const struct first_layer *first, size_t j, size_t i) {
    const size_t stride = first->stride;
    return i < stride ? j * stride + i : first->inputs * stride + j * SIDE + (i - stride);
}

static bool allocate_first(struct net *net) {
    struct first_layer *first = &net->first;
    const size_t room = net_padded(net->spec.width[1]);
    first->inputs = net->spec.width[0];
    first->units = net->spec.width[1];
    first->lanes = net_lanes(first->units);
    first->stride = first->lanes / LANES * LANES;
    first->v = allocate(net, first->inputs * (first->stride + SIDE) * sizeof(float));
    first->c = allocate(net, 3 * room * sizeof(float));
    net->own.pixel = allocate(net, (first->inputs + SPARSE_BEYOND) * sizeof *net->own.pixel);
    if (first->v == NULL || first->c == NULL || net->own.pixel == NULL)
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
    dense->stride = net_padded(dense->inputs);
    dense->w = allocate(net, dense->units * dense->stride * sizeof(float));
    dense->b = allocate(net, dense->units * sizeof(float));
    return dense->w != NULL && dense->b != NULL;
}

struct net *net_zeros(const struct net_spec *spec, struct error *error) {
    struct net *net = calloc(1, sizeof *net);
    bool good = net != NULL;
    if (good) {
        net->spec = *spec;
        net->rate = (float)spec->rate;
        net_set_leak(net, 1);
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
        factors->f_stride[l] = net_padded(spec->width[l + 1]);
        factors->h_stride[l] = l > 0 ? net_padded(spec->width[l]) : 0;
        if (memory != NULL) {
            factors->f[l] = memory + floats * steps;
            factors->h[l] = factors->f[l] + factors->f_stride[l] * steps;
        }
        floats += factors->f_stride[l] + factors->h_stride[l];
    }
    return floats;
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

bool net_same_classes(const struct net_spec *a, const struct net_spec *b) {
    return memcmp(a->class_of, b->class_of, sizeof a->class_of) == 0;
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

void net_set_layer(struct net *net, size_t l, const float *weights, const float *biases) {
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

float *net_layer_room(const struct net_spec *spec, struct error *error) {
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
    struct net *net = net_zeros(spec, error);
    float *values = net != NULL ? net_layer_room(spec, error) : NULL;
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
        net_set_layer(net, l, values, values + weights);
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

void net_set_leak(struct net *net, double leak) {
    net->leak = (float)leak;
}

/* --- learning --------------------------------------------------------------------------------- */

static size_t largest(const float *values, size_t count) {
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (values[i] > values[best])
            best = i;
    return best;
}

static double learn(struct net *net, const struct sparse *image, uint8_t label, bool *right) {
    const size_t class = (size_t)net->spec.class_of[label];
    net->sparse = image;
    const double loss = net->kernel->step(net, class);
    net->spec.samples++;
    if (right != NULL)
        *right = largest(net->units[net->spec.layers - 1].a, net->spec.classes) == class;
    return loss;
}

double net_learn(struct net *net, const struct net_images *images, size_t n, uint8_t label,
                 bool *right) {
    return learn(net, net_images_sparse(images, n), label, right);
}

double net_step(struct net *net, const uint8_t *image, uint8_t label, bool *right) {
    sparse_list(&net->own, image, net->first.inputs);
    return learn(net, &net->own, label, right);
}

static void forward(struct net *net, const struct sparse *image, float *outputs) {
    net->sparse = image;
    net->kernel->forward(net);
    memcpy(outputs, net->units[net->spec.layers - 1].a, net->spec.classes * sizeof *outputs);
}

double net_loss_of(const struct net *net, size_t class) {
    const float *const y = net->units[net->spec.layers - 1].a;
    double loss = 0;
    for (size_t o = 0; o < net->spec.classes; o++) {
        const float miss = y[o] - (o == class ? 1.0f : 0.0f);
        loss += 0.5 * ((double)miss * (double)miss);
    }
    return loss;
}

double net_test(struct net *net, const struct net_images *images, size_t n, uint8_t label,
                float *outputs, bool *right) {
    const size_t class = (size_t)net->spec.class_of[label];
    forward(net, net_images_sparse(images, n), outputs);
    *right = largest(outputs, net->spec.classes) == class;
    return net_loss_of(net, class);
}

void net_forward(struct net *net, const uint8_t *image, float *outputs) {
    sparse_list(&net->own, image, net->first.inputs);
    forward(net, &net->own, outputs);
}

void net_unpack(const struct net *net, size_t l, const float *rows, const float *share, float scale,
                float *weights) {
    const struct first_layer *first = &net->first;
    const struct dense_layer *dense = &net->dense[l];
    if (l == 0)
        for (size_t i = 0; i < first->units; i++)
            for (size_t j = 0; j < first->inputs; j++)
                weights[i * first->inputs + j] = rows[first_at(first, j, i)] + scale * share[i];
    else
        for (size_t o = 0; o < dense->units; o++)
            memcpy(weights + o * dense->inputs, rows + o * dense->stride,
                   dense->inputs * sizeof *weights);
}

static float *rows_of(const struct net *net, size_t l) {
    return l == 0 ? net->first.v : net->dense[l].w;
}

static float *biases_of(const struct net *net, size_t l) {
    return l == 0 ? net->first.b : net->dense[l].b;
}

void net_get_layer(const struct net *net, size_t l, float *weights, float *biases) {
    net_unpack(net, l, rows_of(net, l), net->first.c, 1, weights);
    memcpy(biases, biases_of(net, l), net->spec.width[l + 1] * sizeof *biases);
}

size_t net_row_floats(const struct net *net, size_t l) {
    const struct first_layer *first = &net->first;
    const struct dense_layer *dense = &net->dense[l];
    return l == 0 ? first->inputs * (first->stride + SIDE) : dense->units * dense->stride;
}

/* --- copies: c, then of each layer its rows and biases -----------------------------------------
 */

/* Where layer l begins in a copy; for l = spec.layers, its size. */
static size_t copy_offset(const struct net *net, size_t l) {
    size_t floats = net->first.units;
    for (size_t k = 0; k < l; k++)
        floats += net_row_floats(net, k) + net->spec.width[k + 1];
    return floats;
}

float *net_copy(const struct net *net, struct error *error) {
    float *copy = reallocarray(NULL, copy_offset(net, net->spec.layers), sizeof *copy);
    if (copy == NULL) {
        error_errno(error, "cannot copy the network");
        return NULL;
    }
    memcpy(copy, net->first.c, net->first.units * sizeof *copy);
    for (size_t l = 0; l < net->spec.layers; l++) {
        float *const at = copy + copy_offset(net, l);
        const size_t rows = net_row_floats(net, l);
        memcpy(at, rows_of(net, l), rows * sizeof *at);
        memcpy(at + rows, biases_of(net, l), net->spec.width[l + 1] * sizeof *at);
    }
    return copy;
}

struct net *net_clone(const struct net *net, struct error *error) {
    struct net *clone = net_zeros(&net->spec, error);
    if (clone == NULL)
        return NULL;
    memcpy(clone->first.c, net->first.c, net->first.units * sizeof(float));
    memcpy(clone->first.r, net->first.r, net->first.units * sizeof(float));
    for (size_t l = 0; l < net->spec.layers; l++) {
        memcpy(rows_of(clone, l), rows_of(net, l), net_row_floats(net, l) * sizeof(float));
        memcpy(biases_of(clone, l), biases_of(net, l), net->spec.width[l + 1] * sizeof(float));
    }
    return clone;
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

bool net_differs(const struct net *net, const float *copy, size_t l) {
    const float *const at = copy + copy_offset(net, l);
    const size_t rows = net_row_floats(net, l);
    return any_differs(biases_of(net, l), at + rows, net->spec.width[l + 1]) ||
           (l == 0 ? first_differs(&net->first, at, copy) : any_differs(net->dense[l].w, at, rows));
}
