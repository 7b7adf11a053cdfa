/* FANN, with its own incremental training. It has no softplus: this peer is a sigmoid network, to
 * be compared with engram's. Steepness 1/2 makes its sigmoid 1/(1 + e^-z), and the linear error
 * function its update that of 1/2 sum (y - t)^2; its derivative, though, is never less than that at
 * y = 0.01 or 0.99. No tally: it does not show its updates. */
#include "bench.h"

#include <floatfann.h>
#include <stdlib.h>

static struct fann *ann;

/* FANN's weights lie by unit, the bias last. */
static void exchange(struct bench *bench, bool give) {
    float *weight = ann->weights;
    for (size_t l = 0; l < bench->layers; l++)
        for (size_t i = 0; i < bench->layer[l].units; i++)
            for (size_t j = 0; j <= bench->layer[l].inputs; j++, weight++) {
                const struct bench_layer *layer = &bench->layer[l];
                float *ours =
                    j < layer->inputs ? &layer->weights[i * layer->inputs + j] : &layer->biases[i];
                *(give ? weight : ours) = *(give ? ours : weight);
            }
}

void peer_start(struct bench *bench) {
    unsigned width[BENCH_LAYERS + 1] = {(unsigned)bench->pixels};
    for (size_t l = 0; l < bench->layers; l++)
        width[l + 1] = (unsigned)bench->layer[l].units;
    if (ann != NULL)
        fann_destroy(ann);
    ann = fann_create_standard_array((unsigned)bench->layers + 1, width);
    if (ann == NULL || bench->tally)
        abort();
    fann_set_activation_function_hidden(ann, FANN_SIGMOID);
    fann_set_activation_function_output(ann, FANN_SIGMOID);
    fann_set_activation_steepness_hidden(ann, 0.5f);
    fann_set_activation_steepness_output(ann, 0.5f);
    fann_set_training_algorithm(ann, FANN_TRAIN_INCREMENTAL);
    fann_set_train_error_function(ann, FANN_ERRORFUNC_LINEAR);
    fann_set_learning_rate(ann, bench->rate);
    exchange(bench, true);
}

double peer_step(struct bench *bench, const uint8_t *image, unsigned class) {
    float target[BENCH_CLASSES] = {0};
    target[class] = 1;
    for (size_t j = 0; j < bench->pixels; j++)
        bench->x[j] = ((float)image[j] + 1) / 256;
    fann_train(ann, bench->x, target);
    double loss = 0;
    for (size_t o = 0; o < BENCH_CLASSES; o++) /* the outputs are those before the update */
        loss += 0.5 * (double)(ann->output[o] - target[o]) * (double)(ann->output[o] - target[o]);
    return loss;
}

void peer_finish(struct bench *bench) {
    exchange(bench, false);
}
