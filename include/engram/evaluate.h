/* How well networks do on labelled images, label by label, without learning. */
#ifndef ENGRAM_EVALUATE_H
#define ENGRAM_EVALUATE_H

#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"
#include "engram/net.h"
#include "engram/progress.h"
#include "engram/samples.h"

/* Sums over the images of a label, in their order. With o the outputs of a network, b and d those
 * of the first two, of which dot and norm are not taken. */
struct evaluation {
    uint64_t images, wrong;
    double loss;
    double dot;  /* (o - b).(d - b) */
    double norm; /* |d - b|^2 */
};

enum { EVALUATE_LABELS = 256 };

/* Fills results [count][EVALUATE_LABELS] of `count` >= 2 networks that take the same images and
 * have the same classes. Fails as train_check does, or if a loss is not finite. */
int evaluate(struct net *const *net, size_t count, struct samples *samples,
             struct evaluation *results, const struct progress *progress, struct error *error);

#endif
