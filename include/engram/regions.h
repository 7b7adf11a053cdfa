/* Regions of a map of r [rows][cols]: all; its edge, the outermost seventh on each side; its
 * inside.
 *
 * Input j is black if x[i][j] = bias_x[i] in every unit i, and dark if besides
 * mean |y[i][j] - bias_y[i]| < REGIONS_DARK. So are inputs that are black in every image, x being a
 * share of updating: black, of those tallied; dark, of those of the forks too, up to rounding. A
 * dark input has the r of the biases. Knows arrays, nothing of files. */
#ifndef ENGRAM_REGIONS_H
#define ENGRAM_REGIONS_H

#include <stddef.h>
#include <stdint.h>

#define REGIONS_DARK 0.005

enum { REGIONS = 3 };

struct region {
    const char *name;          /* all, edge, inside */
    uint64_t inputs;           /* in the region; of these: */
    uint64_t undefined;        /* without r */
    uint64_t black, dark;      /* UINT64_MAX if x is defined nowhere, or there is no bias */
    double off;                /* largest mean |y - bias_y| of a dark input; NaN for none */
    uint64_t pixels;           /* with r, not dark */
    uint64_t negative;         /* of these, r < 0 */
    double mean_r, mean_abs_r; /* over pixels; NaN for none */
};

struct regions_map {
    size_t units, rows, cols;
    size_t inputs;                 /* rows cols; fewer if some are left out: */
    const size_t *at;              /* [inputs] the place of each, or NULL */
    const double *x, *y;           /* [units][inputs], or NULL; not finite: undefined */
    const double *bias_x, *bias_y; /* [units], or NULL */
    const double *r;               /* [inputs], NaN: undefined */
};

void regions_measure(const struct regions_map *map, struct region region[REGIONS]);

#endif
