/* Plain C: the loops as a textbook has them, over all inputs. Built thrice: -O3, -O3 -march=native
 * -ffast-math, and so with SPARSE: the first layer then leaves out black pixels, as lib/kernel.c
 * does. */
#include "bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void activate(struct bench_layer *layer, size_t i, float z) {
    const float e = expf(-fabsf(z));
    layer->a[i] = fmaxf(z, 0) + log1pf(e);
    layer->derivative[i] = (z > 0 ? 1 : e) / (1 + e);
}

static void forward(struct bench_layer *layer, const float *x) {
    for (size_t i = 0; i < layer->units; i++) {
        const float *w = layer->weights + i * layer->inputs;
        float z = layer->biases[i];
        for (size_t j = 0; j < layer->inputs; j++)
            z += w[j] * x[j];
        activate(layer, i, z);
    }
}

/* The layer below gets its delta from the weights before the update. */
static void backward(const struct bench_layer *layer, struct bench_layer *below) {
    memset(below->delta, 0, below->units * sizeof *below->delta);
    for (size_t i = 0; i < layer->units; i++)
        for (size_t j = 0; j < layer->inputs; j++)
            below->delta[j] += layer->delta[i] * layer->weights[i * layer->inputs + j];
    for (size_t j = 0; j < below->units; j++)
        below->delta[j] *= below->derivative[j];
}

static void update(struct bench_layer *layer, const float *restrict x, float rate) {
    for (size_t i = 0; i < layer->units; i++) {
        const float q = rate * layer->delta[i];
        float *restrict w = layer->weights + i * layer->inputs;
        for (size_t j = 0; j < layer->inputs; j++)
            w[j] -= q * x[j];
        layer->biases[i] -= q;
    }
}

static void update_and_tally(struct bench_layer *layer, const float *restrict x, float rate,
                             unsigned class) {
    for (size_t i = 0; i < layer->units; i++) {
        const float q = rate * layer->delta[i];
        float *restrict w = layer->weights + i * layer->inputs;
        float *restrict t = layer->tally[class] + i * layer->inputs;
        for (size_t j = 0; j < layer->inputs; j++) {
            const float change = q * x[j];
            w[j] -= change;
            t[j] += fabsf(change);
        }
        layer->biases[i] -= q;
        layer->bias_tally[class][i] += fabsf(q);
    }
}

#ifdef SPARSE

/* The first layer, by input: its weights are v[j][i] + c[i], of sum r[i] over j; its tallies are
 * t[j][i] + bias_tally[i] / 256. Pixels that are not black: where, and pixel / 256. */
static float *v, *c, *r, *z, *q, *t[BENCH_CLASSES], s[UINT16_MAX];
static uint16_t nonzero[UINT16_MAX];
static size_t count;

static float *floats(size_t n) {
    float *memory = aligned_alloc(64, (n * sizeof(float) + 63) / 64 * 64);
    if (memory == NULL)
        abort();
    return memset(memory, 0, n * sizeof(float));
}

void peer_start(struct bench *bench) {
    const struct bench_layer *layer = &bench->layer[0];
    const size_t units = layer->units, inputs = layer->inputs;
    v = floats(units * inputs);
    c = floats(units);
    r = floats(units);
    z = floats(units);
    q = floats(units);
    for (size_t k = 0; k < BENCH_CLASSES; k++)
        t[k] = bench->tally ? floats(units * inputs) : NULL;
    for (size_t i = 0; i < units; i++)
        for (size_t j = 0; j < inputs; j++) {
            v[j * units + i] = layer->weights[i * inputs + j];
            r[i] += v[j * units + i];
        }
}

void peer_finish(struct bench *bench) {
    struct bench_layer *layer = &bench->layer[0];
    const size_t units = layer->units, inputs = layer->inputs;
    for (size_t i = 0; i < units; i++)
        for (size_t j = 0; j < inputs; j++) {
            layer->weights[i * inputs + j] = v[j * units + i] + c[i];
            for (size_t k = 0; k < BENCH_CLASSES && bench->tally; k++)
                layer->tally[k][i * inputs + j] =
                    t[k][j * units + i] + layer->bias_tally[k][i] / 256;
        }
    float *const arrays[] = {v, c, r, z, q, t[0], t[1]};
    for (size_t n = 0; n < sizeof arrays / sizeof *arrays; n++)
        free(arrays[n]);
}

static void first_forward(struct bench *bench, const uint8_t *image) {
    struct bench_layer *layer = &bench->layer[0];
    const size_t units = layer->units;
    float sum = 0;
    count = 0;
    for (size_t j = 0; j < layer->inputs; j++)
        if (image[j] != 0) {
            nonzero[count] = (uint16_t)j;
            s[count] = (float)image[j] / 256;
            sum += s[count++];
        }
    for (size_t i = 0; i < units; i++)
        z[i] = layer->biases[i] + r[i] / 256 + c[i] * sum;
    for (size_t n = 0; n < count; n++)
        for (size_t i = 0; i < units; i++)
            z[i] += s[n] * v[nonzero[n] * units + i];
    for (size_t i = 0; i < units; i++)
        activate(layer, i, z[i]);
}

static void first_update(struct bench *bench, unsigned class) {
    struct bench_layer *layer = &bench->layer[0];
    const size_t units = layer->units;
    float sum = (float)layer->inputs / 256;
    for (size_t n = 0; n < count; n++)
        sum += s[n];
    for (size_t i = 0; i < units; i++) {
        q[i] = bench->rate * layer->delta[i];
        c[i] -= q[i] / 256;
        r[i] -= q[i] * sum;
        layer->biases[i] -= q[i];
    }
    for (size_t n = 0; n < count; n++)
        for (size_t i = 0; i < units; i++)
            v[nonzero[n] * units + i] -= s[n] * q[i];
    if (!bench->tally)
        return;
    for (size_t i = 0; i < units; i++)
        layer->bias_tally[class][i] += fabsf(q[i]);
    for (size_t n = 0; n < count; n++)
        for (size_t i = 0; i < units; i++)
            t[class][nonzero[n] * units + i] += s[n] * fabsf(q[i]);
}

#else

void peer_start(struct bench *bench) {
    (void)bench;
}

void peer_finish(struct bench *bench) {
    (void)bench;
}

static void first_forward(struct bench *bench, const uint8_t *image) {
    for (size_t j = 0; j < bench->pixels; j++)
        bench->x[j] = ((float)image[j] + 1) / 256;
    forward(&bench->layer[0], bench->x);
}

static void first_update(struct bench *bench, unsigned class) {
    if (bench->tally)
        update_and_tally(&bench->layer[0], bench->x, bench->rate, class);
    else
        update(&bench->layer[0], bench->x, bench->rate);
}

#endif

double peer_step(struct bench *bench, const uint8_t *image, unsigned class) {
    const size_t layers = bench->layers;
    struct bench_layer *layer = bench->layer, *top = &layer[layers - 1];
    first_forward(bench, image);
    for (size_t l = 1; l < layers; l++)
        forward(&layer[l], layer[l - 1].a);
    double loss = 0;
    for (size_t o = 0; o < top->units; o++) {
        const float miss = top->a[o] - (o == class ? 1.0f : 0.0f);
        top->delta[o] = miss * top->derivative[o];
        loss += 0.5 * (double)miss * (double)miss;
    }
    for (size_t l = layers - 1; l > 0; l--) {
        backward(&layer[l], &layer[l - 1]);
        if (bench->tally)
            update_and_tally(&layer[l], layer[l - 1].a, bench->rate, class);
        else
            update(&layer[l], layer[l - 1].a, bench->rate);
    }
    first_update(bench, class);
    return loss;
}
