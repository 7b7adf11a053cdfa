/* Correlations of x and y over arrays. */
#include "engram/associate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engram/grow.h"
#include "engram/permute.h"

/* --- pools ------------------------------------------------------------------------------------ */

bool pool_kept(const struct pool *pool) {
    return pool->expected <= ASSOCIATE_MAX;
}

/* A megabyte at first, if so much is to come: growing leaves holes. */
static int make_room(struct pool *pool, size_t needed, struct error *error) {
    const size_t most = (size_t)pool->expected, first = (1 << 20) / sizeof *pool->x;
    size_t room = pool->room;
    if (needed < first)
        needed = first < most ? first : most;
    double *x = grow(pool->x, &room, needed, most, sizeof *x), *y = NULL;
    if (x != NULL) {
        pool->x = x;
        y = grow(pool->y, &pool->room, needed, most, sizeof *y);
    }
    if (y == NULL)
        return error_errno(error, "%zu parameters", needed);
    pool->y = y;
    return 0;
}

int pool_add(struct pool *pool, const double *x, const double *y, size_t count,
             const struct stat_pairs *defined, struct error *error) {
    if (pool_kept(pool) && count > 0) {
        if (make_room(pool, pool->added + count, error) != 0)
            return -1;
        memcpy(pool->x + pool->added, x, count * sizeof *x);
        memcpy(pool->y + pool->added, y, count * sizeof *y);
        pool->added += count;
    }
    stat_pairs_join(&pool->pairs, defined);
    pool->undefined += count - defined->n;
    return 0;
}

void pool_free(struct pool *pool) {
    free(pool->x);
    free(pool->y);
    pool->x = pool->y = NULL;
}

/* --- all pairs -------------------------------------------------------------------------------- */

struct association association_none(void) {
    return (struct association){.c = stat_correlation_of(NAN, 0),
                                .spearman = NAN,
                                .share = NAN,
                                .variance_x = NAN,
                                .variance_y = NAN,
                                .p_units = NAN,
                                .auc_x = NAN,
                                .auc_y = NAN};
}

static void correlate_pool(const struct pool *pool, struct association *all) {
    all->c = stat_correlate(&pool->pairs);
    all->undefined = pool->undefined;
}

int associate_pairs(struct pool *pool, const size_t *ends, size_t strata,
                    const struct association_plan *plan, struct association *all,
                    struct error *error) {
    correlate_pool(pool, all);
    if (!pool_kept(pool))
        return 0;
    int result = 0;
    const size_t n = stat_defined(pool->x, pool->y, pool->added);
    if (strata > 0)
        result = permute_pairs(pool->x, pool->y, ends, strata, plan->permutations, plan->seed,
                               &all->p_units, error);
    if (result == 0 && !plan->unranked)
        result = stat_spearman(pool->x, pool->y, n, &all->spearman, error);
    pool_free(pool);
    return result;
}

/* --- units and inputs ------------------------------------------------------------------------- */

/* auc_x, auc_y of the first `first` of `count`. */
static int associate_split(const double *x, const double *y, size_t first, size_t count,
                           struct association *a, struct error *error) {
    return stat_auc(x, first, count, &a->auc_x, error) != 0
               ? -1
               : stat_auc(y, first, count, &a->auc_y, error);
}

static int split_vector(const struct pool *pool, size_t first, struct association *all,
                        struct error *error) {
    const size_t count = pool->added;
    double *x = malloc(2 * count * sizeof *x);
    if (x == NULL)
        return error_errno(error, "%zu parameters", count);
    double *y = x + count;
    size_t kept = 0, kept_first = 0;
    for (size_t i = 0; i < count; i++)
        if (isfinite(pool->x[i]) && isfinite(pool->y[i])) {
            x[kept] = pool->x[i];
            y[kept++] = pool->y[i];
            kept_first += i < first;
        }
    const int result = associate_split(x, y, kept_first, kept, all, error);
    free(x);
    return result;
}

static int associate_vector(struct pool *pool, const struct association_plan *plan,
                            struct association *all, struct error *error) {
    const size_t defined = (size_t)pool->pairs.n;
    if (plan->split > 0 && plan->split < pool->added &&
        split_vector(pool, (size_t)plan->split, all, error) != 0)
        return -1;
    return associate_pairs(pool, &defined, 1, plan, all, error);
}

/* Spearman's correlation of means, NaN where Pearson's is; and how well they tell the first units
 * or inputs: `kept` of `whole` have means. */
static int associate_means(const double *x, const double *y, const size_t *kept, size_t count,
                           size_t whole, const struct association_plan *plan,
                           struct association *part, struct error *error) {
    size_t first = 0;
    for (size_t i = 0; i < count; i++)
        first += kept[i] < plan->split;
    if (!isnan(part->c.r) && !plan->unranked &&
        stat_spearman(x, y, count, &part->spearman, error) != 0)
        return -1;
    return plan->split > 0 && plan->split < whole ? associate_split(x, y, first, count, part, error)
                                                  : 0;
}

/* A table without gaps of a tensor of `units` and `inputs`. */
static int associate_parts(const struct twoway *x, const struct twoway *y,
                           const struct twoway_kept *kept, size_t units, size_t inputs,
                           const struct association_plan *plan,
                           struct association part[TWOWAY_PARTS], struct error *error) {
    double products[TWOWAY_PARTS];
    twoway_products(x, y, products);
    part[TWOWAY_ALL].share = twoway_share(x, y, products, TWOWAY_ALL);
    for (enum twoway_part p = TWOWAY_UNITS; p < TWOWAY_PARTS; p++) {
        part[p].c = twoway_correlate(x, y, products, p);
        part[p].undefined = (uint64_t)units * inputs - (uint64_t)kept->units * kept->inputs;
        part[p].share = twoway_share(x, y, products, p);
        part[p].variance_x = twoway_variance(x, p);
        part[p].variance_y = twoway_variance(y, p);
    }
    return associate_means(x->unit, y->unit, kept->unit, kept->units, units, plan,
                           &part[TWOWAY_UNITS], error) != 0
               ? -1
               : associate_means(x->input, y->input, kept->input, kept->inputs, inputs, plan,
                                 &part[TWOWAY_INPUTS], error);
}

/* Splits x and y in their places. */
static int associate_table(double *x, double *y, size_t rank, size_t units, size_t inputs,
                           const struct association_plan *plan,
                           struct association part[TWOWAY_PARTS], struct error *error) {
    struct twoway_kept kept;
    struct twoway split_x = {0}, split_y = {0};
    double p[TWOWAY_PARTS];
    if (twoway_keep(&kept, x, y, units, inputs, error) != 0)
        return -1;
    part->gaps = kept.units == 0;
    twoway_compact(&kept, x, inputs);
    twoway_compact(&kept, y, inputs);
    int result = twoway_split(&split_x, x, kept.units, kept.inputs, error);
    if (result == 0)
        result = twoway_split(&split_y, y, kept.units, kept.inputs, error);
    if (result == 0 && rank == 2)
        result = associate_parts(&split_x, &split_y, &kept, units, inputs, plan, part, error);
    if (result == 0)
        result = permute_units(&split_x, &split_y, plan->permutations, plan->seed, p, error);
    for (size_t k = 0; k < (rank == 2 ? TWOWAY_PARTS : 1) && result == 0; k++)
        part[k].p_units = p[k];
    twoway_free(&split_x);
    twoway_free(&split_y);
    twoway_free_kept(&kept);
    return result;
}

/* Ranks x and y before they are used up. */
static int associate_matrix(struct pool *pool, size_t rank, size_t units, size_t inputs,
                            const struct association_plan *plan,
                            struct association part[TWOWAY_PARTS], struct error *error) {
    correlate_pool(pool, &part[TWOWAY_ALL]);
    int result = 0;
    if (!plan->unranked)
        result = stat_spearman(pool->x, pool->y, pool->added, &part[TWOWAY_ALL].spearman, error);
    if (result == 0)
        result = associate_table(pool->x, pool->y, rank, units, inputs, plan, part, error);
    pool_free(pool);
    return result;
}

int associate_tensor(struct pool *pool, size_t rank, size_t units, size_t inputs,
                     const struct association_plan *plan, struct association part[TWOWAY_PARTS],
                     struct error *error) {
    if (rank <= 1)
        return associate_vector(pool, plan, part, error);
    if (pool->added > 0 && (rank == 2 || plan->permutations > 0))
        return associate_matrix(pool, rank, units, inputs, plan, part, error);
    return associate_pairs(pool, NULL, 0, plan, part, error);
}
