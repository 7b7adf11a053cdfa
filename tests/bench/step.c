/* engram: net_step, as train-tally calls it. */
#include "bench.h"

#include "engram/net.h"
#include "engram/tool.h"

void peer_start(struct bench *bench) {
    struct error error;
    if (bench->tally && net_start_tally(bench->net, &error) != 0)
        tool_fail(&error);
}

double peer_step(struct bench *bench, const uint8_t *image, unsigned class_of_image) {
    static const uint8_t label[BENCH_CLASSES] = {1, 6}; /* one of each class */
    return net_step(bench->net, image, label[class_of_image], bench->tally, NULL);
}

void peer_finish(struct bench *bench) {
    for (size_t l = 0; l < bench->layers; l++) {
        struct bench_layer *layer = &bench->layer[l];
        net_get_layer(bench->net, l, layer->weights, layer->biases);
        for (size_t k = 0; k < BENCH_CLASSES && bench->tally; k++)
            net_get_tally(bench->net, k, l, layer->tally[k], layer->bias_tally[k]);
    }
}
