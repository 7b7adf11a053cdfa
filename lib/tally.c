/* What numbers of a tally may be, and their shares. */
#include "engram/tally.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "engram/stats.h"

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
    uint64_t negative = 0; /* as wide as a number, so that compilers take several at once */
    for (size_t i = 0; i < count; i++)
        negative |= values[i] < 0 ? 1 : 0;
    for (size_t i = 0; i < count && negative > 0; i++)
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

void tally_shares(const double *restrict part, const double *restrict other, double *restrict share,
                  size_t count) {
    for (size_t i = 0; i < count; i++)
        share[i] = part[i] + other[i];
    if (stat_finite(share, count))
        for (size_t i = 0; i < count; i++)
            share[i] = part[i] / share[i];
    else
        for (size_t i = 0; i < count; i++)
            share[i] = large_share(part[i], other[i]);
}
