/* Many hypotheses at once: p-values adjusted so that a limit on them bounds the false discovery
 * rate, or the chance of any false rejection.
 *
 * Probabilities are natural logarithms, as in stats.h. Checked against R and statsmodels in
 * tests/unit/adjust.c. */
#ifndef ENGRAM_ADJUST_H
#define ENGRAM_ADJUST_H

#include <stddef.h>

#include "engram/error.h"

/* Fills log_q [count], which may be log_p, with the logarithms of the adjusted p-values of log_p
 * [count], none of which is NaN: the smallest of p_(j) count / j over all p_(j) >= p, at most 1. -1
 * on no memory. Source: Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", J. R.
 * Stat. Soc. B 57 (1995).
 */
int adjust_bh(const double *log_p, size_t count, double *log_q, struct error *error);

/* The same times 1 + 1/2 + ... + 1/count, whatever the dependence between hypotheses. Source:
 * Y. Benjamini, D. Yekutieli, "The control of the false discovery rate in multiple testing under
 * dependency", Ann. Stat. 29 (2001). */
int adjust_by(const double *log_p, size_t count, double *log_q, struct error *error);

/* The largest of p_(j) (count - j + 1) over all p_(j) <= p, at most 1: a limit on them bounds the
 * chance that any true hypothesis is rejected, whatever the dependence. Source: S. Holm, "A simple
 * sequentially rejective multiple test procedure", Scand. J. Stat. 6 (1979). */
int adjust_holm(const double *log_p, size_t count, double *log_q, struct error *error);

#endif
