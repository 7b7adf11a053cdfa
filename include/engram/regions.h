/* Regions of a map of correlations: its edge, the outermost seventh on each side, and its inside.
 *
 * An input is black if its x is that of the bias in every unit: as where x is a share of updating,
 * of an input that is black in every image of training. Of a black input, y too is that of the
 * bias, up to rounding, if it is dark: black in all images since. It has the r of the biases. Knows
 * arrays, nothing of files. */
#ifndef ENGRAM_REGIONS_H
#define ENGRAM_REGIONS_H

#include <stddef.h>
#include <stdint.h>

/* Mean |y - bias y| of dark inputs is below. */
#define REGIONS_DARK 0.005

enum { REGIONS = 3 };

struct region {
    const char *name;          /* all, edge, inside */
    uint64_t inputs;           /* in the region; of these: */
    uint64_t undefined;        /* without r */
    uint64_t black, dark;      /* UINT64_MAX if x is defined nowhere, or there is no bias */
    double off;                /* largest mean |y - bias y| of a dark input; NaN for none */
    uint64_t pixels;           /* with an r, not dark */
    uint64_t negative;         /* of these, r < 0 */
    double mean_r, mean_abs_r; /* over pixels; NaN for none */
};

struct regions_map {
    size_t units, rows, cols;      /* inputs = rows cols */
    const double *x, *y;           /* [units][inputs], or NULL */
    const double *bias_x, *bias_y; /* [units], or NULL */
    const double *r;               /* [inputs] */
};

void regions_measure(const struct regions_map *map, struct region region[REGIONS]);

#endif
