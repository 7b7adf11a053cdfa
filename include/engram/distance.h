/* How far apart two arrays are: the largest and mean |a - b|, norms, angle. Nothing overflows or
 * underflows on the way. */
#ifndef ENGRAM_DISTANCE_H
#define ENGRAM_DISTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engram/params.h"

/* sum 2^exponent: beyond what a double holds, and with the bits of the sum that does not leave it.
 */
struct scaled {
    double sum;
    int exponent;
};

/* Over the pairs in which neither is NaN. A file with infinities is as one whose infinite numbers
 * grow beyond all others, all alike: its direction is that of its infinite part, 1, -1 or 0 each.
 * Sums run as stat_sum's within a block, and block after block. */
struct distance {
    uint64_t pairs, nan_a, nan_b;
    double largest;                               /* |a - b| */
    uint64_t infinite_differences;                /* |a - b| that are infinite */
    struct scaled difference, squared;            /* the others: |a - b|, (a - b)^2 */
    struct scaled aa, bb, ab;                     /* products of the finite parts */
    double infinite_aa, infinite_bb, infinite_ab; /* of the infinite parts: whole numbers */
    struct scaled a_at_b, b_at_a; /* of the finite part of one and the infinite of the other */
};

/* Room for a block whose numbers are not plain. */
struct distance_room {
    double a[PARAMS_BLOCK], b[PARAMS_BLOCK], difference[PARAMS_BLOCK];
    double infinite_a[PARAMS_BLOCK], infinite_b[PARAMS_BLOCK];
};

/* Of the first two files, a block: `count` numbers of a piece from `at` on, PARAMS_BLOCK at most.
 */
struct distance distance_of(const struct params_piece *piece, size_t at, size_t count,
                            struct distance_room *room);

/* Adds a block to those before it, or to zeros. */
void distance_join(struct distance *distance, const struct distance *block);

struct distance_measures {
    double max_abs, mean_abs; /* |a - b| */
    double l2;                /* sqrt(sum (a - b)^2) */
    double relative_l2;       /* l2 / sqrt(sum a^2) */
    double cosine;            /* sum a b / sqrt(sum a^2 sum b^2) */
};

/* Of `elements` pairs. NaN is undefined. */
struct distance_measures distance_measure(const struct distance *distance, uint64_t elements);

#endif
