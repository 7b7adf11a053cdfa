/* Causes of undefined correlations. */
#include "engram/cause.h"

#include <stdio.h>

#include "engram/escape.h"

enum { NAMED = 8 };

/* The first and last file it is about; the cause; what is undefined. */
static const struct {
    size_t first, last;
    const char *text, *what;
} causes[CAUSES] = {
    [CAUSE_NO_AB] = {0, 1, "a + b is 0 for every parameter: nothing was tallied", "r is"},
    [CAUSE_NO_CD] = {2, 3, "c + d is 0 for every parameter: nothing differs", "r is"},
    [CAUSE_NOT_FINITE] = {0, 3, "no parameter has finite numbers in all files", "r is"},
    [CAUSE_TOO_FEW] = {0, 3, "fewer than two parameters have both x and y", "r is"},
    [CAUSE_X_ZERO] = {0, 0, "x = a/(a + b) is 0 for every parameter: nothing was tallied here",
                      "r is"},
    [CAUSE_X_ONE] = {1, 1, "x = a/(a + b) is 1 for every parameter: nothing was tallied here",
                     "r is"},
    [CAUSE_X_SAME] = {0, 1, "x = a/(a + b) is the same for every parameter", "r is"},
    [CAUSE_Y_ZERO] = {2, 2, "y = c/(c + d) is 0 for every parameter: nothing differs here", "r is"},
    [CAUSE_Y_ONE] = {3, 3, "y = c/(c + d) is 1 for every parameter: nothing differs here", "r is"},
    [CAUSE_Y_SAME] = {2, 3, "y = c/(c + d) is the same for every parameter", "r is"},
    [CAUSE_EITHER_SAME] = {0, 3, "x or y is the same at every input", "r is"},
    [CAUSE_GAPS] = {0, 3, "every input has an undefined x or y in some unit",
                    "parts and p_units are"},
    [CAUSE_NO_DRAWS] = {4, 4, "r is undefined in every draw", "p_null is"},
};

unsigned cause_bit(enum cause cause) {
    return 1U << cause;
}

static unsigned sameness(const struct stat_pairs *pairs) {
    unsigned bits = 0;
    if (!pairs->varies_x)
        bits |= cause_bit(pairs->first_x == 0   ? CAUSE_X_ZERO
                          : pairs->first_x == 1 ? CAUSE_X_ONE
                                                : CAUSE_X_SAME);
    if (!pairs->varies_y)
        bits |= cause_bit(pairs->first_y == 0   ? CAUSE_Y_ZERO
                          : pairs->first_y == 1 ? CAUSE_Y_ONE
                                                : CAUSE_Y_SAME);
    return bits;
}

unsigned cause_of_scope(const struct stat_pairs *pairs, const struct cause_counts *counts) {
    const uint64_t all = counts->parameters;
    if (all == 0)
        return 0;
    if (pairs->n >= 2)
        return sameness(pairs);
    const unsigned empty = (counts->no_ab == all ? cause_bit(CAUSE_NO_AB) : 0) |
                           (counts->no_cd == all ? cause_bit(CAUSE_NO_CD) : 0);
    if (empty != 0)
        return empty;
    return cause_bit(counts->not_finite == all ? CAUSE_NOT_FINITE : CAUSE_TOO_FEW);
}

unsigned cause_of_inputs(const struct stat_pairs *pairs, size_t count, unsigned of_tensor) {
    unsigned any = 0, all = ~0U;
    if (of_tensor != 0)
        return of_tensor;
    for (size_t j = 0; j < count; j++)
        if (pairs[j].n >= 2) {
            any |= sameness(&pairs[j]);
            all &= sameness(&pairs[j]);
        }
    if (any == 0)
        return cause_bit(CAUSE_TOO_FEW);
    return all != 0 ? all : cause_bit(CAUSE_EITHER_SAME);
}

void cause_add_name(struct cause_names *names, const char *name) {
    char escaped[128];
    escape_fit(name, escaped, sizeof escaped);
    if (names->count++ < NAMED)
        names->used += (size_t)snprintf(names->text + names->used, sizeof names->text - names->used,
                                        "%s%s", names->count > 1 ? ", " : "", escaped);
}

void cause_message(enum cause cause, const char *const files[CAUSE_FILES],
                   const struct cause_names *names, char *text, size_t size) {
    size_t used = 0;
    for (size_t f = causes[cause].first; f <= causes[cause].last && used < size; f++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", used > 0 ? ", " : "", files[f]);
    if (used < size)
        used += (size_t)snprintf(text + used, size - used, ": %s; %s undefined for %s",
                                 causes[cause].text, causes[cause].what, names->text);
    if (used < size && names->count > NAMED)
        snprintf(text + used, size - used, " and %zu more", names->count - NAMED);
}
