/* Scores of parameters from several numbers of each, and what can be taken out of them.
 *
 * Knows arrays of numbers, nothing of files or networks. */
#ifndef ENGRAM_SCORE_H
#define ENGRAM_SCORE_H

#include <stddef.h>

#include "engram/error.h"
#include "engram/rng.h"

/* Of a and the other numbers b, c, ... of a parameter: a / (a + b + c + ...), NaN where the sum is
 * 0 or not finite; a - mean of the others; a b c .... */
enum score_measure { SCORE_SHARE, SCORE_DIFFERENCE, SCORE_PRODUCT, SCORE_MEASURES };

const char *score_measure_name(enum score_measure measure);

/* The measure of that name, or SCORE_MEASURES and an error. */
enum score_measure score_measure_named(const char *name, struct error *error);

/* Adds b to what is collected of the others; they begin with score_first. */
double score_first(enum score_measure measure);
void score_add(enum score_measure measure, double *others, const double *b, size_t count);

/* Of a and `files` - 1 others, in their order, into scores, which may be none of these. */
void score_finish(enum score_measure measure, const double *a, const double *others, size_t files,
                  double *scores, size_t count);

/* Leaves of scores [units][inputs] the residual of twoway.h; NaN where it leaves out a unit or an
 * input. */
int score_centre(double *scores, size_t units, size_t inputs, struct error *error);

/* Puts the rows of scores [rows][columns], or its columns, in an order that rng_shuffle draws. */
int score_permute_rows(double *scores, size_t rows, size_t columns, struct rng *rng,
                       struct error *error);
int score_permute_columns(double *scores, size_t rows, size_t columns, struct rng *rng,
                          struct error *error);

#endif
