/* engram: net_step and net_tally, as train-tally calls them. */
#include "bench.h"

#include "engram/measure.h"
#include "engram/tool.h"

void peer_start(struct bench *bench) {
    struct error error;
    if (bench->tally && net_start_tally(bench->net, &error) != 0)
        tool_fail(&error);
}

double peer_step(struct bench *bench, const uint8_t *image, unsigned class_of_image) {
    static const uint8_t label[BENCH_CLASSES] = {1, 6}; /* one of each class */
    const double loss = net_step(bench->net, image, label[class_of_image], NULL);
    if (bench->tally)
        net_tally(bench->net, class_of_image);
    return loss;
}

void peer_finish(struct bench *bench) {
    for (size_t l = 0; l < bench->layers; l++) {
        struct bench_layer *layer = &bench->layer[l];
        net_get_layer(bench->net, l, layer->weights, layer->biases);
        for (size_t k = 0; k < BENCH_CLASSES && bench->tally; k++)
            net_get_tally(bench->net, k, l, layer->tally[k], layer->bias_tally[k]);
    }
}
