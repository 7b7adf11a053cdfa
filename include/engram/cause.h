/* Why a correlation of x = a/(a + b) and y = c/(c + d) is undefined: bits of causes, messages.
 *
 * Knows counts and sums of pairs, not files; not where messages go. */
#ifndef ENGRAM_CAUSE_H
#define ENGRAM_CAUSE_H

#include <stddef.h>
#include <stdint.h>

#include "engram/stats.h"

enum cause {
    CAUSE_NO_AB,
    CAUSE_NO_CD,
    CAUSE_NOT_FINITE,
    CAUSE_TOO_FEW,
    CAUSE_X_ZERO,
    CAUSE_X_ONE,
    CAUSE_X_SAME,
    CAUSE_Y_ZERO,
    CAUSE_Y_ONE,
    CAUSE_Y_SAME,
    CAUSE_EITHER_SAME,
    CAUSE_GAPS,
    CAUSE_NO_DRAWS,
    CAUSES
};

/* The files of a message: a, b, c, d, and that of the draws. */
enum { CAUSE_FILES = 5 };

/* Parameters of a scope; of these, with a + b = 0, c + d = 0, a number that is not finite. */
struct cause_counts {
    uint64_t parameters, no_ab, no_cd, not_finite;
};

/* 1 << cause */
unsigned cause_bit(enum cause cause);

/* Bits for a scope, 0 with r or without parameters; for inputs [count] of a map, none of which has
 * r, `of_tensor` the bits of their tensor. */
unsigned cause_of_scope(const struct stat_pairs *pairs, const struct cause_counts *counts);
unsigned cause_of_inputs(const struct stat_pairs *pairs, size_t count, unsigned of_tensor);

/* Names for a message: the first 8 written, shortened; the others counted. */
struct cause_names {
    char text[1280];
    size_t used, count;
};

void cause_add_name(struct cause_names *names, const char *name);

/* Writes "files: cause; r is undefined for names", cut to `size`. */
void cause_message(enum cause cause, const char *const files[CAUSE_FILES],
                   const struct cause_names *names, char *text, size_t size);

#endif
