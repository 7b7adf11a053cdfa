/* Correlation statistics in double, every sum in one fixed order.
 *
 * Knows pairs of numbers, nothing of files or networks. Probabilities are natural logarithms:
 * at r = .35 over 78,400 pairs a double underflows. Checked against SciPy, R and statsmodels in
 * tests/unit/stats.c. */
#ifndef ENGRAM_STATS_H
#define ENGRAM_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"

/* Count, means, centred sums and extremes of pairs (x, y), gathered block by block. */
struct stat_pairs {
    uint64_t n;
    double mean_x, mean_y;
    double sxx, syy, sxy; /* sums of (x - mean_x)^2, (y - mean_y)^2 and of their product */
    double min_x, max_x, min_y, max_y;
};

/* Adds `count` pairs as one block: two passes within it, then joined to what is there. Source: T.
 * Chan, G. Golub, R. LeVeque, "Algorithms for computing the sample variance", Am. Stat. 37 (1983).
 * Start from a zeroed struct. The result depends, in its last bits, on where the blocks end. */
void stat_pairs_add(struct stat_pairs *pairs, const double *x, const double *y, size_t count);

struct stat_correlation {
    uint64_t n;
    double r;               /* Pearson's; NaN if x or y is constant or n < 2 */
    double df;              /* degrees of freedom, n - 2 */
    double t;               /* r sqrt(df / (1 - r^2)); NaN for df = 0 */
    double log_p;           /* log of the two-sided p of t; 0 for df = 0 */
    double ci_low, ci_high; /* 95%: tanh(atanh r -+ 1.96 / sqrt(n - 3)); NaN for n <= 3 */
};

struct stat_correlation stat_correlate(const struct stat_pairs *pairs);

/* The same of a given r over n pairs. */
struct stat_correlation stat_correlation_of(double r, uint64_t n);

/* log of the two-sided p of a correlation r with df degrees of freedom under normality:
 * I_{1-r^2}(df/2, 1/2), the regularized incomplete beta function by its continued fraction (DLMF
 * 8.17.22). */
double stat_log_p(double r, double df);

/* Spearman's rank correlation: Pearson's over average ranks. NaN if undefined; -1 on no memory. */
int stat_spearman(const double *x, const double *y, size_t count, double *rho, struct error *error);

/* Writes p = e^log_p: six digits, or two where p is below what a double holds: "1.8e-2227". */
void stat_format_p(double log_p, char *text, size_t size);

#endif
