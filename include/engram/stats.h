/* Correlation statistics in double, every sum in one fixed order.
 *
 * Knows pairs of numbers, nothing of files or networks. Probabilities are natural logarithms:
 * at r = .35 over 78,400 pairs a double underflows. Checked against SciPy, R and statsmodels in
 * tests/unit/stats.c. */
#ifndef ENGRAM_STATS_H
#define ENGRAM_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"

/* Sums of `count` numbers, and of (x - mean_x)(y - mean_y). Number i goes to lane i mod 8; at the
 * end (stat_add_lanes, which overwrites them) lane l + 4 is added to lane l, then l + 2, then l
 * + 1.
 */
enum { STAT_LANES = 8 };
double stat_add_lanes(double lane[STAT_LANES]);
double stat_sum(const double *x, size_t count);
double stat_products(const double *x, double mean_x, const double *y, double mean_y, size_t count);

/* Whether a sum of squares of this size can be trusted: neither it nor what counts in it has under-
 * or overflowed. Otherwise the numbers are to be multiplied by a power of two before, which is
 * exact but for numbers below 2^-1000 of the largest; so a correlation of numbers times a power of
 * two has the same bits. */
bool stat_safe(double squares);

/* The exponent of the largest |x|, from -1000 to 1000 (-1000 if all are 0 or there is none), and
 * the factor that numbers of such an exponent are multiplied by, 2^-exponent. */
int stat_exponent(const double *x, size_t count);
double stat_scale(int exponent);

/* sqrt(sxx syy), where the product may be too large or too small for a double. */
double stat_root(double sxx, double syy);

/* sxy / stat_root, from -1 to 1 whatever rounding leaves; NaN where the quotient is infinite or
 * undefined.
 */
double stat_r(double sxy, double sxx, double syy);

/* Whether all numbers are finite. */
bool stat_finite(const double *x, size_t count);

/* Leaves the pairs whose x and y are both finite, in their order; returns their number. */
size_t stat_defined(double *x, double *y, size_t count);

/* Count, means and centred sums of pairs (x / 2^ex, y / 2^ey), which a double holds whatever the
 * size of x and y; and whether either varies. */
struct stat_pairs {
    uint64_t n;
    int ex, ey;
    double mean_x, mean_y;
    double sxx, syy, sxy; /* sums of (x - mean_x)^2, (y - mean_y)^2 and of their product */
    double first_x, first_y;
    bool varies_x, varies_y; /* some number is not the first */
};

/* Those of one block of pairs, in two passes. Zeros if there is none. */
struct stat_pairs stat_pairs_of(const double *x, const double *y, size_t count);

/* Those of the pairs that stat_defined leaves, in to_x and to_y [count]. */
struct stat_pairs stat_pairs_defined(const double *x, const double *y, size_t count, double *to_x,
                                     double *to_y);

/* The same, given the stat_sum of each. */
struct stat_pairs stat_pairs_of_sums(const double *x, double sum_x, const double *y, double sum_y,
                                     size_t count);

/* Adds the pairs of `block` to `pairs`, which may be zeros. Source: T. Chan, G. Golub, R. LeVeque,
 * "Algorithms for computing the sample variance", Am. Stat. 37 (1983). The result depends, in its
 * last bits, on where blocks end. */
void stat_pairs_join(struct stat_pairs *pairs, const struct stat_pairs *block);

/* Whether x or y differ so little from each other, by less than 2^-15 of them, that pairs added one
 * by one tell less of it than stat_pairs_of. */
bool stat_nearly_alike(const struct stat_pairs *pairs);

/* Adds one pair. */
void stat_pairs_add(struct stat_pairs *pairs, double x, double y);

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

/* The same of t = r sqrt(df / (1 - r^2)), which tells more than an r next to 1. */
double stat_log_p_of_t(double t, double df);

/* Sorts places in `values`, below 2^31, by the numbers there, none of them NaN: ascending, -0
 * before 0, equal ones in the order they have. `spare` has room for as many. */
void stat_sort(const double *values, uint64_t *places, uint64_t *spare, size_t count);

/* Spearman's rank correlation of the pairs whose x and y are both finite: Pearson's over average
 * ranks. NaN if undefined; -1 on no memory, of which it takes half as much again as the pairs do.
 * Fewer than 2^31 pairs. */
int stat_spearman(const double *x, const double *y, size_t count, double *rho, struct error *error);

/* The area under the ROC curve with which a value tells the first `first` of `count` from the
 * others: P(one of the first > one of the others) + P(equal) / 2, from the Mann-Whitney U over
 * average ranks. NaN if either group is empty; -1 on no memory. The values must not be NaN. Source:
 * J. Hanley, B. McNeil, "The meaning and use of the area under a ROC curve", Radiology 143 (1982).
 */
int stat_auc(const double *values, size_t first, size_t count, double *auc, struct error *error);

/* Writes p = e^log_p: six digits, or two where p is below what a double holds: "1.8e-2227". */
void stat_format_p(double log_p, char *text, size_t size);

#endif
