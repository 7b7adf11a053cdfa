/* Which of many numbers are among the largest, or the smallest, k of them: for several k at once,
 * whose sets hold each other. */
#ifndef ENGRAM_CHOOSE_H
#define ENGRAM_CHOOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"

enum { CHOOSE_MAX = 254 };

struct choice {
    double k[CHOOSE_MAX]; /* [count] parts of all, 0 to 1, ascending */
    size_t count;
    bool lowest;
    uint64_t seed; /* of the draws among equals */
};

/* first[i] = the place of the first k at which scores[i] is chosen, choice->count if at none. At k,
 * floor(k count + 1/2) are, or as many as are not NaN: from the end of their order, or with
 * `lowest` from its beginning. Equal scores through which a border goes are in an order that is
 * drawn, all orders alike, by a generator that choice->seed, `set` and the number of smaller scores
 * determine: not by the other k. Fewer than 2^31 scores.
 *
 * Sets *ranked, how many are not NaN. -1 on no memory. */
int choose(const double *scores, size_t count, const struct choice *choice, uint64_t set,
           uint8_t *first, size_t *ranked, struct error *error);

#endif
