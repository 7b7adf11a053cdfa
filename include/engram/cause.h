/* Why a correlation is undefined, as bits of causes, and what is said of it.
 *
 * Knows what x = a/(a + b) and y = c/(c + d) can lack, and messages; not where they go. */
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

/* Whose fault it is: the files a, b, c, d, and that of the draws. */
enum { CAUSE_FILES = 5 };

/* Parameters of a scope, and how many of them lack what. */
struct cause_counts {
    uint64_t parameters, no_ab, no_cd, not_finite;
};

unsigned cause_bit(enum cause cause);

/* Of a scope without r, none if it has no parameters; of inputs [count] of a map, none of which has
 * r, in a tensor of this cause. */
unsigned cause_of_scope(const struct stat_pairs *pairs, const struct cause_counts *counts);
unsigned cause_of_inputs(const struct stat_pairs *pairs, size_t count, unsigned of_tensor);

/* Names for a message: the first few are written, shortened, the others counted. */
struct cause_names {
    char text[1280];
    size_t used, count;
};

void cause_add_name(struct cause_names *names, const char *name);

/* "files: cause; r is undefined for names" into text. */
void cause_message(enum cause cause, const char *const files[CAUSE_FILES],
                   const struct cause_names *names, char *text, size_t size);

#endif
