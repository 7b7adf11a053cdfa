/* The two-way analysis of variance of pairs (x, y) over units and inputs:
 *
 *     x[i][j] = mean + unit[i] + input[j] + residual[i][j]
 *
 * and y likewise. The residual is doubly centred, so sums of squares and products split without
 * cross terms. Source: H. Scheffe, "The Analysis of Variance", 1959, chapter 4.
 *
 * Knows tables of numbers, nothing of files or networks. */
#ifndef ENGRAM_TWOWAY_H
#define ENGRAM_TWOWAY_H

#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"
#include "engram/stats.h"

enum twoway_part { TWOWAY_ALL, TWOWAY_UNITS, TWOWAY_INPUTS, TWOWAY_CENTRED, TWOWAY_PARTS };

/* A table without gaps: less the units without a defined pair, then the inputs at which a unit left
 * has none. A pair is defined if both x and y are finite. */
struct twoway_kept {
    size_t units, inputs; /* both 0 if nothing is left */
    size_t *unit;         /* [units] their rows, ascending */
    size_t *input;        /* [inputs] their columns, ascending */
};

/* Finds it in x and y [rows][columns]. -1 on no memory; freed by twoway_free_kept. */
int twoway_keep(struct twoway_kept *kept, const double *x, const double *y, size_t rows,
                size_t columns, struct error *error);

/* Moves what is kept of numbers [rows][columns] to their front, [units][inputs]. */
void twoway_compact(const struct twoway_kept *kept, double *numbers, size_t columns);

void twoway_free_kept(struct twoway_kept *kept);

/* A variable / 2^exponent in its parts, so that sums of squares hold numbers of any size (stats.h).
 * squares[part] is exactly 0 up to 1e-24 of the sum of x[i][j]^2, which is what rounding leaves. */
struct twoway {
    size_t units, inputs;
    int exponent;
    double mean;
    double *unit;     /* [units] mean over the inputs - mean; room for twice as many */
    double *input;    /* [inputs] mean over the units - mean; likewise */
    double *residual; /* [units][inputs] the numbers, then the residual; not owned */
    /* units: inputs * sum unit^2; inputs: units * sum input^2; centred: sum residual^2; all: their
     * sum. */
    double squares[TWOWAY_PARTS];
};

/* Splits numbers [units][inputs], the caller's, which become the residual. -1 on no memory. */
int twoway_split(struct twoway *variable, double *numbers, size_t units, size_t inputs,
                 struct error *error);

/* Splits numbers put into variable->residual since, without allocating. */
void twoway_split_again(struct twoway *variable);

void twoway_free(struct twoway *variable);

/* Sums of products of x and y: of each part, 0 where a sum of squares is, and of all, their sum. */
void twoway_products(const struct twoway *x, const struct twoway *y, double products[TWOWAY_PARTS]);

/* r = products / root(squares of x, squares of y) of a part; NaN where either is 0. n: all, pairs;
 * units, units; inputs, inputs; centred, pairs, with df = (units - 1)(inputs - 1) - 1. */
struct stat_correlation twoway_correlate(const struct twoway *x, const struct twoway *y,
                                         const double products[TWOWAY_PARTS],
                                         enum twoway_part part);

/* products of the part / root(all squares of x, all squares of y); NaN where either is 0. They add
 * up to that of all, the pooled r. */
double twoway_share(const struct twoway *x, const struct twoway *y,
                    const double products[TWOWAY_PARTS], enum twoway_part part);

/* squares[part] / squares[all]; NaN where that is 0. */
double twoway_variance(const struct twoway *variable, enum twoway_part part);

#endif
