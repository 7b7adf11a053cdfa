/* Plain C: the loops as a textbook has them, over all inputs. Built twice: -O3, and -O3
 * -march=native -ffast-math. */
#include "bench.h"

#include <math.h>
#include <string.h>

void peer_start(struct bench *bench) {
    (void)bench;
}

void peer_finish(struct bench *bench) {
    (void)bench;
}

static void forward(struct bench_layer *layer, const float *x) {
    for (size_t i = 0; i < layer->units; i++) {
        const float *w = layer->weights + i * layer->inputs;
        float z = layer->biases[i];
        for (size_t j = 0; j < layer->inputs; j++)
            z += w[j] * x[j];
        const float e = expf(-fabsf(z));
        layer->a[i] = fmaxf(z, 0) + log1pf(e);
        layer->derivative[i] = (z > 0 ? 1 : e) / (1 + e);
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

double peer_step(struct bench *bench, const uint8_t *image, unsigned class) {
    const size_t layers = bench->layers;
    struct bench_layer *layer = bench->layer, *top = &layer[layers - 1];
    for (size_t j = 0; j < bench->pixels; j++)
        bench->x[j] = ((float)image[j] + 1) / 256;
    for (size_t l = 0; l < layers; l++)
        forward(&layer[l], l == 0 ? bench->x : layer[l - 1].a);
    double loss = 0;
    for (size_t o = 0; o < top->units; o++) {
        const float miss = top->a[o] - (o == class ? 1.0f : 0.0f);
        top->delta[o] = miss * top->derivative[o];
        loss += 0.5 * (double)miss * (double)miss;
    }
    for (size_t l = layers; l-- > 0;) {
        const float *x = l == 0 ? bench->x : layer[l - 1].a;
        if (l > 0)
            backward(&layer[l], &layer[l - 1]);
        if (bench->tally)
            update_and_tally(&layer[l], x, bench->rate, class);
        else
            update(&layer[l], x, bench->rate);
    }
    return loss;
}
