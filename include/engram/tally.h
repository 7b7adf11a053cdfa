/* Tallies and differences: numbers of which none is negative, two of which have shares.
 *
 * Knows numbers and what is said of those that cannot be, nothing of what is computed from them. */
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

/* share = part / (part + other), in [0, 1] if neither is negative. NaN if either is not finite or
 * their sum is 0; a sum beyond the largest double is no hindrance. Returns whether a
 * number has a sign, and so may be negative, or -0 or NaN. */
bool tally_shares(const double *restrict part, const double *restrict other, double *restrict share,
                  size_t count);

#endif
