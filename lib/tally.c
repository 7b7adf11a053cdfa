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
    return error_set(error,
                     "%s: a network (kind=network), not a tally or a difference; --any takes any",
                     file->input.name);
}

int tally_check(const struct st_file *file, const struct st_tensor *tensor, uint64_t start,
                const double *values, size_t count, struct error *error) {
    bool negative = false;
    for (size_t i = 0; i < count; i++)
        negative |= values[i] < 0;
    for (size_t i = 0; i < count && negative; i++)
        if (values[i] < 0)
            return st_tensor_error(file, tensor->name, error,
                                   "element %" PRIu64
                                   " is %g, but tallies and differences are not negative; "
                                   "--any takes any numbers",
                                   start + i, values[i]);
    return 0;
}

/* Of numbers whose sum is not finite: it may be that of their halves, which are exact. */
static double large_share(double part, double other) {
    if (!isfinite(part) || !isfinite(other))
        return NAN;
    return 0.5 * part / (0.5 * part + 0.5 * other);
}

void tally_shares(const double *part, const double *other, double *share, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const double sum = part[i] + other[i];
        share[i] = isfinite(sum) ? part[i] / sum : large_share(part[i], other[i]);
    }
}
