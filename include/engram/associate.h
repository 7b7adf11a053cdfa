/* Correlations of x and y over arrays: Pearson's, Spearman's, of the parts of a matrix (twoway.h),
 * permutation tests (permute.h), ROC areas.
 *
 * A pool takes the pairs of a scope block by block: r needs sums alone; all else the pairs, kept up
 * to ASSOCIATE_MAX. Knows arrays, nothing of files. */
#ifndef ENGRAM_ASSOCIATE_H
#define ENGRAM_ASSOCIATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"
#include "engram/stats.h"
#include "engram/twoway.h"

enum { ASSOCIATE_MAX = 1 << 24 };

struct pool {
    uint64_t expected;       /* pairs to come, with those undefined; the caller's to set */
    uint64_t undefined;      /* so far */
    struct stat_pairs pairs; /* sums of the defined */
    double *x, *y;           /* [added] owned; not finite: undefined */
    size_t added, room;      /* added = 0 if expected > ASSOCIATE_MAX */
};

/* Adds x, y [count] and the sums of their `defined` pairs; r depends, in its last bits, on where
 * blocks end. -1 on no memory, which follows the pairs that arrive. */
int pool_add(struct pool *pool, const double *x, const double *y, size_t count,
             const struct stat_pairs *defined, struct error *error);

/* expected <= ASSOCIATE_MAX */
bool pool_kept(const struct pool *pool);

void pool_free(struct pool *pool);

struct association {
    uint64_t undefined; /* pairs left out */
    struct stat_correlation c;
    double spearman;               /* stat_spearman */
    double share;                  /* twoway_share: of all = the sum over the parts */
    double variance_x, variance_y; /* twoway_variance, of the parts */
    double p_units;                /* permute_units, permute_pairs */
    double auc_x, auc_y;           /* stat_auc */
    bool gaps;                     /* every input has an undefined pair: no parts, no p_units */
};

/* NaN throughout. */
struct association association_none(void);

struct association_plan {
    uint64_t permutations, seed;
    uint64_t split; /* ROC of the first `split` units, and inputs, against the others; 0: none */
    bool unranked;  /* no Spearman's */
};

/* Both free x and y of the pool. -1 on no memory.
 *
 * All pairs: r, Spearman's, and p_units of pairs permuted within `strata`: the first ends before
 * defined pair ends[0], and so on; NaN without strata. */
int associate_pairs(struct pool *pool, const size_t *ends, size_t strata,
                    const struct association_plan *plan, struct association *all,
                    struct error *error);

/* A tensor's pool [units, inputs], `rank` dimensions of which the last are the inputs; a vector's
 * elements are its units. Fills part[TWOWAY_ALL] and, of a matrix, the others. */
int associate_tensor(struct pool *pool, size_t rank, size_t units, size_t inputs,
                     const struct association_plan *plan, struct association part[TWOWAY_PARTS],
                     struct error *error);

#endif
