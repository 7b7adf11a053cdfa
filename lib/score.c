/* Scores of parameters. */
#include "engram/score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engram/names.h"
#include "engram/stats.h"
#include "engram/tally.h"
#include "engram/twoway.h"

static const char *const measures[SCORE_MEASURES] = {
    [SCORE_SHARE] = "share", [SCORE_DIFFERENCE] = "difference", [SCORE_PRODUCT] = "product"};

const char *score_measure_name(enum score_measure measure) {
    return measures[measure];
}

enum score_measure score_measure_named(const char *name, struct error *error) {
    const struct names names = {"measure", measures, SCORE_MEASURES, sizeof *measures};
    return (enum score_measure)names_find(&names, name, error);
}

double score_first(enum score_measure measure) {
    return measure == SCORE_PRODUCT ? 1 : 0;
}

void score_add(enum score_measure measure, double *restrict others, const double *restrict b,
               size_t count) {
    if (measure == SCORE_PRODUCT)
        for (size_t i = 0; i < count; i++)
            others[i] *= b[i];
    else
        for (size_t i = 0; i < count; i++)
            others[i] += b[i];
}

void score_finish(enum score_measure measure, const double *restrict a,
                  const double *restrict others, size_t files, double *restrict scores,
                  size_t count) {
    const double n = (double)(files - 1);
    switch (measure) {
    case SCORE_SHARE:
        (void)tally_shares(a, others, scores, count);
        break;
    case SCORE_DIFFERENCE:
        for (size_t i = 0; i < count; i++)
            scores[i] = a[i] - others[i] / n;
        break;
    case SCORE_PRODUCT:
        for (size_t i = 0; i < count; i++)
            scores[i] = a[i] * others[i];
        break;
    case SCORE_MEASURES:
        break;
    }
}

/* Moves residuals [kept.units][kept.inputs] from the front to their places, the last first. */
static void spread(const struct twoway_kept *kept, double factor, double *scores, size_t units,
                   size_t inputs) {
    size_t unit = kept->units, from = kept->units * kept->inputs;
    for (size_t i = units; i-- > 0;) {
        const bool there = unit > 0 && kept->unit[unit - 1] == i;
        size_t input = there ? kept->inputs : 0;
        for (size_t j = inputs; j-- > 0;) {
            const bool defined = input > 0 && kept->input[input - 1] == j;
            scores[i * inputs + j] = defined ? factor * scores[--from] : NAN;
            input -= defined;
        }
        unit -= there;
    }
}

int score_centre(double *scores, size_t units, size_t inputs, struct error *error) {
    struct twoway_kept kept;
    struct twoway parts;
    if (twoway_keep(&kept, scores, scores, units, inputs, error) != 0)
        return -1;
    twoway_compact(&kept, scores, inputs);
    const int result = twoway_split(&parts, scores, kept.units, kept.inputs, error);
    if (result == 0) {
        spread(&kept, stat_scale(-parts.exponent), scores, units, inputs);
        twoway_free(&parts);
    }
    twoway_free_kept(&kept);
    return result;
}

/* An order of 0 .. count - 1, to be freed. */
static size_t *draw_order(size_t count, struct rng *rng, struct error *error) {
    size_t *order = reallocarray(NULL, count + 1, sizeof *order);
    if (order == NULL) {
        error_errno(error, "an order of %zu", count);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    rng_shuffle(rng, order, count);
    return order;
}

/* Room for another order of [rows][columns] scores, as they are. */
static double *copy_of(const double *scores, size_t rows, size_t columns, struct error *error) {
    double *copy = malloc((rows * columns + 1) * sizeof *copy);
    if (copy == NULL) {
        error_errno(error, "%zu x %zu scores", rows, columns);
        return NULL;
    }
    if (rows * columns > 0)
        memcpy(copy, scores, rows * columns * sizeof *copy);
    return copy;
}

int score_permute_rows(double *scores, size_t rows, size_t columns, struct rng *rng,
                       struct error *error) {
    double *copy = copy_of(scores, rows, columns, error);
    size_t *order = copy != NULL ? draw_order(rows, rng, error) : NULL;
    for (size_t i = 0; order != NULL && i < rows * columns; i++)
        scores[i] = copy[order[i / columns] * columns + i % columns];
    free(copy);
    free(order);
    return order != NULL ? 0 : -1;
}

int score_permute_columns(double *scores, size_t rows, size_t columns, struct rng *rng,
                          struct error *error) {
    double *copy = copy_of(scores, rows, columns, error);
    size_t *order = copy != NULL ? draw_order(columns, rng, error) : NULL;
    for (size_t i = 0; order != NULL && i < rows * columns; i++)
        scores[i] = copy[i - i % columns + order[i % columns]];
    free(copy);
    free(order);
    return order != NULL ? 0 : -1;
}
