/* Numbers of tallies and differences: not negative, and two have shares. */
#ifndef ENGRAM_TALLY_H
#define ENGRAM_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"
#include "engram/safetensors.h"

/* Refuses a file whose metadata says that it is a network. */
int tally_check_file(const struct st_file *file, struct error *error);

/* Refuses a negative number among those of `tensor` from element `start` on; -0 and NaN pass. */
int tally_check(const struct st_file *file, const struct st_tensor *tensor, uint64_t start,
                const double *values, size_t count, struct error *error);

/* share = part / (part + other), in [0, 1] if neither is negative; NaN if either is not finite or
 * their sum is 0. The sum may overflow. Returns whether a number has its sign bit set: negative, -0
 * or NaN. */
bool tally_shares(const double *restrict part, const double *restrict other, double *restrict share,
                  size_t count);

#endif
