/* What the peers written in C and C++ share with engram's own measurement: main, in bench.c.
 *
 *   PEER [-t] [-n IMAGES] [-b SHARE] NETWORK SAMPLES
 *
 * learns from the images in one pass, one at a time, beginning with the given network. Short passes
 * are repeated, each from the same beginning, and the fastest counts. What is timed is the loop
 * over the images: from an image's bytes to the updated weights. With -t the sizes of all updates
 * are tallied by class; -n takes only the first images; -b puts random images in their place, with
 * this share of black pixels. Prints, separated by tabs: microseconds a step by the clock and of
 * the processor's time, mean loss of the pass and of its last tenth, sum of all tallies, peak
 * memory in MiB. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { BENCH_CLASSES = 2, BENCH_LAYERS = 16 };

struct bench_layer {
    size_t inputs, units;
    float *weights; /* [units][inputs] */
    float *biases;  /* [units] */
    float *tally[BENCH_CLASSES], *bias_tally[BENCH_CLASSES];
    float *a, *derivative,
        *delta; /* [units] activation, its derivative, dloss / dz: for the peer's use */
};

/* A network to train and what to train it on. All arrays begin at a multiple of 64 bytes, no two at
 * the same place within a page. */
struct bench {
    size_t layers;
    struct bench_layer layer[BENCH_LAYERS];
    float rate;
    bool tally;
    size_t pixels;    /* of an image */
    float *x;         /* [pixels]: for the peer's use */
    struct net *net;  /* the same network as engram's own type holds it */
    const char *path; /* and its file */
};

/* What a peer is. The first and the last are not timed: a peer that keeps parameters in a form of
 * its own makes it there, and puts weights and tallies back into the layers. */
void peer_start(struct bench *bench);
double peer_step(struct bench *bench, const uint8_t *image, unsigned class_of_image); /* the loss */
void peer_finish(struct bench *bench);

#ifdef __cplusplus
}
#endif

#endif
