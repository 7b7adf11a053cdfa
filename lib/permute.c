/* Permutations of pairs, of units, and of units with the largest correlation of many. */
#include "engram/permute.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "engram/rng.h"

/* The most products of units to keep: 128 MiB. */
static const size_t MAX_PRODUCTS = 1 << 24;

double permute_p(uint64_t extreme, uint64_t draws) {
    return ((double)extreme + 1) / ((double)draws + 1);
}

/* 0, 1 ... count-1, to be shuffled; NULL on no memory. */
static size_t *in_order(size_t count) {
    size_t *order = malloc((count + 1) * sizeof *order);
    for (size_t i = 0; i < count && order != NULL; i++)
        order[i] = i;
    return order;
}

/* --- pairs ------------------------------------------------------------------------------------ */

struct paired {
    size_t n;
    double *x, *y, *permuted; /* [n] scaled, less their means; y as a draw has it */
    size_t *order;
};

static double paired_product(const struct paired *paired) {
    for (size_t i = 0; i < paired->n; i++)
        paired->permuted[i] = paired->y[paired->order[i]];
    return stat_products(paired->x, 0, paired->permuted, 0, paired->n);
}

/* Scales, and subtracts the means; returns the root of both sums of squares, 0 if either is
 * constant. */
static double centre(struct paired *paired) {
    const struct stat_pairs all = stat_pairs_of(paired->x, paired->y, paired->n);
    const double fx = stat_scale(all.ex), fy = stat_scale(all.ey);
    for (size_t i = 0; i < paired->n; i++) {
        paired->x[i] = paired->x[i] * fx - all.mean_x;
        paired->y[i] = paired->y[i] * fy - all.mean_y;
    }
    return all.varies_x && all.varies_y ? stat_root(all.sxx, all.syy) : 0;
}

int permute_pairs(const double *x, const double *y, const size_t *ends, size_t strata,
                  uint64_t draws, uint64_t seed, double *p, struct error *error) {
    *p = NAN;
    const size_t n = strata > 0 ? ends[strata - 1] : 0;
    if (n == 0 || draws == 0)
        return 0;
    double *numbers = malloc(3 * n * sizeof *numbers);
    size_t *order = in_order(n);
    if (numbers == NULL || order == NULL) {
        free(numbers);
        free(order);
        return error_errno(error, "permutations of %zu pairs", n);
    }
    struct paired paired = {n, numbers, numbers + n, numbers + 2 * n, order};
    memcpy(paired.x, x, n * sizeof *x);
    memcpy(paired.y, y, n * sizeof *y);
    const double scale = centre(&paired);
    if (scale > 0) {
        const double limit = fabs(paired_product(&paired)) - PERMUTE_TIE * scale;
        struct rng rng;
        rng_seed(&rng, seed);
        uint64_t extreme = 0;
        for (uint64_t k = 0; k < draws; k++) {
            for (size_t s = 0, start = 0; s < strata; start = ends[s++])
                rng_shuffle(&rng, order + start, ends[s] - start);
            extreme += fabs(paired_product(&paired)) >= limit;
        }
        *p = permute_p(extreme, draws);
    }
    free(numbers);
    free(order);
    return 0;
}

/* --- units ------------------------------------------------------------------------------------ */

/* The product of the residuals of two units. */
static double residual_product(const struct twoway *x, const struct twoway *y, size_t i, size_t k) {
    return stat_products(x->residual + i * x->inputs, 0, y->residual + k * y->inputs, 0, x->inputs);
}

/* Those of each with each, [units][units], or NULL. */
static double *all_products(const struct twoway *x, const struct twoway *y) {
    const size_t units = x->units;
    double *products = malloc(units * units * sizeof *products);
    for (size_t i = 0; i < units && products != NULL; i++)
        for (size_t k = 0; k < units; k++)
            products[i * units + k] = residual_product(x, y, i, k);
    return products;
}

/* The products by part if unit order[i]'s y went with unit i's x; `inputs` is what stays. */
static void permuted_products(const struct twoway *x, const struct twoway *y, const size_t *order,
                              const double *products, double inputs, double sums[TWOWAY_PARTS]) {
    double units = 0, residual = 0;
    for (size_t i = 0; i < x->units; i++)
        units += x->unit[i] * y->unit[order[i]];
    for (size_t i = 0; i < x->units; i++)
        residual += products != NULL ? products[i * x->units + order[i]]
                                     : residual_product(x, y, i, order[i]);
    const bool no_units = x->squares[TWOWAY_UNITS] == 0 || y->squares[TWOWAY_UNITS] == 0,
               no_residual = x->squares[TWOWAY_CENTRED] == 0 || y->squares[TWOWAY_CENTRED] == 0;
    sums[TWOWAY_UNITS] = no_units ? 0 : units * (double)x->inputs;
    sums[TWOWAY_INPUTS] = inputs;
    sums[TWOWAY_CENTRED] = no_residual ? 0 : residual;
    sums[TWOWAY_ALL] = sums[TWOWAY_UNITS] + inputs + sums[TWOWAY_CENTRED];
}

int permute_units(const struct twoway *x, const struct twoway *y, uint64_t draws, uint64_t seed,
                  double p[TWOWAY_PARTS], struct error *error) {
    const size_t units = x->units;
    for (size_t part = 0; part < TWOWAY_PARTS; part++)
        p[part] = NAN;
    if (units == 0 || draws == 0)
        return 0;
    const bool at_once = units <= draws && units <= MAX_PRODUCTS / units;
    double *products = at_once ? all_products(x, y) : NULL;
    size_t *order = in_order(units);
    if (order == NULL || (at_once && products == NULL)) {
        free(products);
        free(order);
        return error_errno(error, "permutations of %zu units", units);
    }
    double observed[TWOWAY_PARTS], sums[TWOWAY_PARTS], limit[TWOWAY_PARTS];
    uint64_t extreme[TWOWAY_PARTS] = {0};
    twoway_products(x, y, observed);
    const double inputs = observed[TWOWAY_INPUTS];
    permuted_products(x, y, order, products, inputs, observed);
    for (size_t part = 0; part < TWOWAY_PARTS; part++)
        limit[part] =
            fabs(observed[part]) - PERMUTE_TIE * stat_root(x->squares[part], y->squares[part]);
    struct rng rng;
    rng_seed(&rng, seed);
    for (uint64_t k = 0; k < draws; k++) {
        rng_shuffle(&rng, order, units);
        permuted_products(x, y, order, products, inputs, sums);
        for (size_t part = 0; part < TWOWAY_PARTS; part++)
            extreme[part] += fabs(sums[part]) >= limit[part];
    }
    for (size_t part = 0; part < TWOWAY_PARTS; part++)
        if (part != TWOWAY_INPUTS && x->squares[part] > 0 && y->squares[part] > 0)
            p[part] = permute_p(extreme[part], draws);
    free(products);
    free(order);
    return 0;
}

/* --- the largest of many ---------------------------------------------------------------------- */

/* Brings every column of numbers [units][inputs] to a size whose squares tell. */
static void scale_columns(double *numbers, size_t units, size_t inputs, double *restrict most) {
    for (size_t j = 0; j < inputs; j++)
        most[j] = 0;
    for (size_t i = 0; i < units; i++)
        for (size_t j = 0; j < inputs; j++)
            most[j] = fmax(most[j], fabs(numbers[i * inputs + j]));
    for (size_t j = 0; j < inputs; j++)
        most[j] = stat_scale(stat_exponent(&most[j], 1));
    for (size_t i = 0; i < units; i++)
        for (size_t j = 0; j < inputs; j++)
            numbers[i * inputs + j] *= most[j];
}

/* Centres every column and divides it by its length. */
static void normalize(double *numbers, size_t units, size_t inputs, double *restrict sum) {
    scale_columns(numbers, units, inputs, sum);
    for (size_t j = 0; j < inputs; j++)
        sum[j] = 0;
    for (size_t i = 0; i < units; i++)
        for (size_t j = 0; j < inputs; j++)
            sum[j] += numbers[i * inputs + j];
    for (size_t j = 0; j < inputs; j++)
        sum[j] /= (double)units;
    for (size_t i = 0; i < units; i++)
        for (size_t j = 0; j < inputs; j++)
            numbers[i * inputs + j] -= sum[j];
    for (size_t j = 0; j < inputs; j++)
        sum[j] = 0;
    for (size_t i = 0; i < units; i++)
        for (size_t j = 0; j < inputs; j++)
            sum[j] += numbers[i * inputs + j] * numbers[i * inputs + j];
    for (size_t j = 0; j < inputs; j++)
        sum[j] = sqrt(sum[j]);
    for (size_t i = 0; i < units; i++)
        for (size_t j = 0; j < inputs; j++)
            numbers[i * inputs + j] /= sum[j];
}

/* r [inputs] if unit order[i]'s y went with unit i's x. */
static void correlate_columns(const double *x, const double *y, const size_t *order, size_t units,
                              size_t inputs, double *restrict r) {
    for (size_t j = 0; j < inputs; j++)
        r[j] = 0;
    for (size_t i = 0; i < units; i++) {
        const double *restrict xi = x + i * inputs, *restrict yi = y + order[i] * inputs;
        for (size_t j = 0; j < inputs; j++)
            r[j] += xi[j] * yi[j];
    }
}

static double largest(const double *r, size_t count) {
    double most = 0;
    for (size_t j = 0; j < count; j++)
        most = fabs(r[j]) > most ? fabs(r[j]) : most;
    return most;
}

static int descending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? 1 : -(x > y);
}

/* How many of the numbers, which descend, are at least `limit`. */
static size_t at_least(const double *numbers, size_t count, double limit) {
    size_t low = 0;
    while (low < count) {
        const size_t middle = low + (count - low) / 2;
        if (numbers[middle] >= limit)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

int permute_max(double *x, double *y, size_t units, size_t inputs, uint64_t draws, uint64_t seed,
                double *p, double *threshold, struct error *error) {
    *threshold = NAN;
    for (size_t j = 0; j < inputs; j++)
        p[j] = NAN;
    if (units == 0 || inputs == 0 || draws == 0)
        return 0;
    double *r = malloc(2 * inputs * sizeof *r);
    double *most = calloc((size_t)draws, sizeof *most);
    size_t *order = in_order(units);
    if (r == NULL || most == NULL || order == NULL) {
        free(r);
        free(most);
        free(order);
        return error_errno(error, "permutations of %zu units", units);
    }
    normalize(x, units, inputs, r);
    normalize(y, units, inputs, r);
    double *observed = r + inputs;
    correlate_columns(x, y, order, units, inputs, observed);
    struct rng rng;
    rng_seed(&rng, seed);
    for (uint64_t k = 0; k < draws; k++) {
        rng_shuffle(&rng, order, units);
        correlate_columns(x, y, order, units, inputs, r);
        most[k] = largest(r, inputs);
    }
    qsort(most, (size_t)draws, sizeof *most, descending);
    for (size_t j = 0; j < inputs; j++)
        p[j] = permute_p(at_least(most, (size_t)draws, fabs(observed[j]) - PERMUTE_TIE), draws);
    const size_t in_twenty = ((size_t)draws + 1) / 20;
    if (in_twenty > 0)
        *threshold = most[in_twenty - 1];
    free(r);
    free(most);
    free(order);
    return 0;
}
