/* C over OpenBLAS: products of a matrix and a vector (sgemv), updates and tallies of rank one
 * (sger). The tally needs no differences: |q x| is |q| x, as x is positive. Layers above the first
 * have activations for inputs, which softplus keeps positive too. */
#include "bench.h"

#include <cblas-openblas.h>
#include <math.h>
#include <string.h>

void peer_start(struct bench *bench) {
    (void)bench;
}

void peer_finish(struct bench *bench) {
    (void)bench;
}

static void forward(struct bench_layer *layer, const float *x) {
    const int units = (int)layer->units, inputs = (int)layer->inputs;
    float *restrict a = layer->a, *restrict derivative = layer->derivative;
    memcpy(a, layer->biases, layer->units * sizeof *a);
    cblas_sgemv(CblasRowMajor, CblasNoTrans, units, inputs, 1, layer->weights, inputs, x, 1, 1, a,
                1);
    for (size_t i = 0; i < layer->units; i++) {
        const float z = a[i], e = expf(-fabsf(z));
        a[i] = (z > 0 ? z : 0) + logf(1 + e);
        derivative[i] = (z > 0 ? 1 : e) / (1 + e);
    }
}

static void backward(const struct bench_layer *layer, struct bench_layer *below) {
    const int units = (int)layer->units, inputs = (int)layer->inputs;
    cblas_sgemv(CblasRowMajor, CblasTrans, units, inputs, 1, layer->weights, inputs, layer->delta,
                1, 0, below->delta, 1);
    for (size_t j = 0; j < below->units; j++)
        below->delta[j] *= below->derivative[j];
}

static void update(struct bench *bench, struct bench_layer *layer, const float *x, unsigned class) {
    const int units = (int)layer->units, inputs = (int)layer->inputs;
    const float rate = bench->rate;
    float *restrict delta = layer->delta;
    cblas_sger(CblasRowMajor, units, inputs, -rate, delta, 1, x, 1, layer->weights, inputs);
    cblas_saxpy(units, -rate, delta, 1, layer->biases, 1);
    if (!bench->tally)
        return;
    for (size_t i = 0; i < layer->units; i++)
        delta[i] = fabsf(delta[i]);
    cblas_sger(CblasRowMajor, units, inputs, rate, delta, 1, x, 1, layer->tally[class], inputs);
    cblas_saxpy(units, rate, delta, 1, layer->bias_tally[class], 1);
}

double peer_step(struct bench *bench, const uint8_t *image, unsigned class) {
    const size_t layers = bench->layers;
    struct bench_layer *layer = bench->layer, *top = &layer[layers - 1];
    float *restrict x = bench->x;
    for (size_t j = 0; j < bench->pixels; j++)
        x[j] = ((float)image[j] + 1) / 256;
    for (size_t l = 0; l < layers; l++)
        forward(&layer[l], l == 0 ? x : layer[l - 1].a);
    double loss = 0;
    for (size_t o = 0; o < top->units; o++) {
        const float miss = top->a[o] - (o == class ? 1.0f : 0.0f);
        top->delta[o] = miss * top->derivative[o];
        loss += 0.5 * (double)miss * (double)miss;
    }
    for (size_t l = layers; l-- > 0;) {
        if (l > 0)
            backward(&layer[l], &layer[l - 1]);
        update(bench, &layer[l], l == 0 ? x : layer[l - 1].a, class);
    }
    return loss;
}
