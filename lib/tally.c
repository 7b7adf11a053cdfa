/* What numbers of a tally may be, and their shares. */
#include "engram/tally.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

int tally_check_file(const struct st_file *file, struct error *error) {
    const char *kind = st_metadata(file, "kind");
    if (kind == NULL || strcmp(kind, "network") != 0)
        return 0;
    return error_set(
        error, "%s: a network (kind=network), not a tally or a difference; --any lets it pass",
        file->input.name);
}

int tally_check(const struct st_file *file, const struct st_tensor *tensor, uint64_t start,
                const double *values, size_t count, struct error *error) {
    for (size_t i = 0; i < count; i++)
        if (values[i] < 0)
            return st_tensor_error(file, tensor->name, error,
                                   "element %" PRIu64
                                   " is %g; tallies and differences are not negative "
                                   "(--any lets it pass)",
                                   start + i, values[i]);
    return 0;
}

/* Where the sum of two numbers may be too large, that of their halves, which are exact, is not. */
static double large_share(double part, double other) {
    if (!isfinite(part) || !isfinite(other))
        return NAN;
    const double sum = part + other;
    return isfinite(sum) ? part / sum : 0.5 * part / (0.5 * part + 0.5 * other);
}

static uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* What is rare is told by bits, of which compilers take several numbers' at once: signs, and what a
 * sum that is not finite, and so has the largest exponent, carries into its own. */
bool tally_shares(const double *restrict part, const double *restrict other, double *restrict share,
                  size_t count) {
    uint64_t signs = 0, carried = 0;
    for (size_t i = 0; i < count; i++) {
        const double sum = part[i] + other[i];
        signs |= bits_of(part[i]) | bits_of(other[i]);
        carried |= (bits_of(sum) & INT64_MAX) + (UINT64_C(1) << 52);
        share[i] = part[i] / sum;
    }
    for (size_t i = 0; i < count && carried >> 63 != 0; i++)
        share[i] = large_share(part[i], other[i]);
    return signs >> 63 != 0;
}
