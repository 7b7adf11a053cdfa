/* The structure of a table of pairs (x, y) over units and inputs: what of their correlation lies
 * between the units, what between the inputs, and what in neither.
 *
 * Knows tables of numbers, nothing of files or networks. With m units and n inputs, a number is the
 * sum of the mean, of what its unit's mean differs from it, of what its input's does, and of the
 * rest, which is doubly centred. Sums of squares and products split likewise, without cross terms:
 * the two-way analysis of variance with one number in each cell (H. Scheffe, "The Analysis of
 * Variance", 1959, chapter 4). */
#ifndef ENGRAM_TWOWAY_H
#define ENGRAM_TWOWAY_H

#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"
#include "engram/stats.h"

enum twoway_part { TWOWAY_ALL, TWOWAY_UNITS, TWOWAY_INPUTS, TWOWAY_CENTRED, TWOWAY_PARTS };

/* The largest table without an undefined pair that is found by leaving out every unit of which no
 * pair is defined, then every input at which the pair of a unit left is not. */
struct twoway_kept {
    size_t units, inputs; /* both 0 if nothing is left */
    size_t *unit;         /* [units] which rows they are, ascending */
    size_t *input;        /* [inputs] which columns */
};

/* Finds it in x and y [rows][columns]; a pair is defined if both are finite. -1 on no memory. */
int twoway_keep(struct twoway_kept *kept, const double *x, const double *y, size_t rows,
                size_t columns, struct error *error);

/* Moves what is kept of numbers [rows][columns] to their front, [units][inputs]. */
void twoway_compact(const struct twoway_kept *kept, double *numbers, size_t columns);

void twoway_free_kept(struct twoway_kept *kept);

/* A variable in its parts, all of which are in units of 2^exponent, so that sums of squares hold
 * numbers of any size; see stats.h. Its sum of squares in a part is exactly 0 where that is no more
 * than 1e-24 of the sum of its numbers' squares, which is what rounding leaves of a part that is
 * not there. */
struct twoway {
    size_t units, inputs;
    int exponent;
    double mean;
    double *unit;  /* [units] mean over the inputs, less the mean; room for twice as many */
    double *input; /* [inputs] mean over the units, less the mean; likewise */
    double *rest;  /* [units][inputs] the numbers, then the rest; not owned */
    double squares[TWOWAY_PARTS]; /* all: the sum of the three others */
};

/* Splits numbers [units][inputs], which become the rest and stay the caller's. -1 on no memory. */
int twoway_split(struct twoway *variable, double *numbers, size_t units, size_t inputs,
                 struct error *error);

/* Splits what variable->rest holds by now, numbers again, without allocating. */
void twoway_split_again(struct twoway *variable);

void twoway_free(struct twoway *variable);

/* The sums of products of x and y by part; all is the sum of the three others. 0 in a part where
 * either's sum of squares is. */
void twoway_products(const struct twoway *x, const struct twoway *y, double products[TWOWAY_PARTS]);

/* The correlation in a part; NaN where either variable is constant. Over all, n is the number of
 * pairs; of units, of units; of inputs, of inputs. The rest has (units - 1)(inputs - 1) - 1 degrees
 * of freedom, from which its t, p and interval are (that of df + 2 pairs); its n is that of pairs.
 */
struct stat_correlation twoway_correlate(const struct twoway *x, const struct twoway *y,
                                         const double products[TWOWAY_PARTS],
                                         enum twoway_part part);

/* The pairs that have as many degrees of freedom. */
uint64_t twoway_effective(enum twoway_part part, size_t units, size_t inputs);

/* What a part gives to the pooled correlation: its products over the root of both sums of squares.
 * The shares of the parts add up to that of all, which is the pooled correlation itself. */
double twoway_share(const struct twoway *x, const struct twoway *y,
                    const double products[TWOWAY_PARTS], enum twoway_part part);

#endif
