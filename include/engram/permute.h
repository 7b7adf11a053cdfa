/* Permutation tests of |r|, two-sided: p = (b + 1) / (K + 1), b of K draws at least as extreme.
 *
 * Never 0: B. Phipson, G. Smyth, "Permutation p-values should never be zero", Stat. Appl. Genet.
 * Mol. Biol. 9 (2010). "At least" is to within PERMUTE_TIE in r, so that a draw that changes
 * nothing counts although its sums are rounded otherwise. Each test seeds a generator of its own.
 *
 * Knows numbers in memory, nothing of files or networks. */
#ifndef ENGRAM_PERMUTE_H
#define ENGRAM_PERMUTE_H

#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"
#include "engram/stats.h"
#include "engram/twoway.h"

#define PERMUTE_TIE 1e-12

/* (b + 1) / (K + 1). */
double permute_p(uint64_t extreme, uint64_t draws);

/* Permutes which y goes with which x, within each of `strata`: the first ends before pair ends[0],
 * the second before ends[1]. p is NaN if r is not defined or draws is 0; -1 on no memory. */
int permute_pairs(const double *x, const double *y, const size_t *ends, size_t strata,
                  uint64_t draws, uint64_t seed, double *p, struct error *error);

/* Permutes which unit's y go with which unit's x, over all inputs jointly: p of all, units,
 * centred; NaN of inputs, whose means do not change. Products of residuals are taken once where
 * that is less work. */
int permute_units(const struct twoway *x, const struct twoway *y, uint64_t draws, uint64_t seed,
                  double p[TWOWAY_PARTS], struct error *error);

/* The same permutations for the correlation over the units at each of several inputs, with the
 * largest |r| of a draw: the p of an input is how often it is at least the input's |r|, which holds
 * whatever the dependence between inputs. Source: P. Westfall, S. Young, "Resampling-Based Multiple
 * Testing" (1993). Overwrites x and y [units][inputs], finite and constant at no input. Fills
 * p [inputs] and the threshold, the |r| above which p <= .05; NaN where draws are too few (< 19).
 */
int permute_max(double *x, double *y, size_t units, size_t inputs, uint64_t draws, uint64_t seed,
                double *p, double *threshold, struct error *error);

#endif
