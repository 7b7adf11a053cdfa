/* The structure of a table: against R (tests/data/statistics-structure.txt), and what rounding and
 * gaps must not do. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engram/rng.h"
#include "engram/twoway.h"
#include "support.h"

enum { UNITS = 5, INPUTS = 4 };

static const double x[UNITS][INPUTS] = {{.12, .35, .47, .21},
                                        {.80, .66, .59, .33},
                                        {.91, .05, .44, .62},
                                        {.27, .73, .18, .50},
                                        {.39, .58, .95, .07}};
static const double y[UNITS][INPUTS] = {{.30, .28, .55, .25},
                                        {.70, .52, .66, .41},
                                        {.62, .18, .20, .71},
                                        {.33, .49, .36, .77},
                                        {.15, .60, .81, .24}};

static void near(double value, double expected, double relative) {
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not %.17g to %g", value, expected, relative);
}

/* The correlations and shares of numbers [units][inputs], which stay as they are. */
struct result {
    struct stat_correlation c[TWOWAY_PARTS];
    double share[TWOWAY_PARTS];
    double variance[TWOWAY_PARTS]; /* of a */
};

static struct result structure(const double *a, const double *b, size_t units, size_t inputs) {
    const size_t size = units * inputs * sizeof(double);
    double *residual[2] = {malloc(size), malloc(size)}, products[TWOWAY_PARTS];
    struct twoway s, t;
    struct error error;
    struct result result;
    assert_true(size == 0 || (residual[0] != NULL && residual[1] != NULL));
    if (size > 0) {
        memcpy(residual[0], a, size);
        memcpy(residual[1], b, size);
    }
    assert_int_equal(twoway_split(&s, residual[0], units, inputs, &error), 0);
    assert_int_equal(twoway_split(&t, residual[1], units, inputs, &error), 0);
    twoway_products(&s, &t, products);
    for (enum twoway_part part = TWOWAY_ALL; part < TWOWAY_PARTS; part++) {
        result.c[part] = twoway_correlate(&s, &t, products, part);
        result.share[part] = twoway_share(&s, &t, products, part);
        result.variance[part] = twoway_variance(&s, part);
    }
    for (int again = 0; again < 2; again++) {
        twoway_free(&s);
        assert_true(s.units == 0 && s.unit == NULL && s.input == NULL);
    }
    twoway_free(&t);
    free(residual[0]);
    free(residual[1]);
    return result;
}

static void parts_are_rs(void **state) {
    (void)state;
    const struct result s = structure(*x, *y, UNITS, INPUTS);
    near(s.c[TWOWAY_ALL].r, 0.78633720752966485, 1e-14);
    near(s.c[TWOWAY_UNITS].r, 0.83735477730056063, 1e-13);
    near(s.c[TWOWAY_INPUTS].r, -0.024012290757061037, 1e-12);
    near(s.c[TWOWAY_CENTRED].r, 0.83382281442158634, 1e-13);
    assert_int_equal(s.c[TWOWAY_UNITS].n, 5);
    assert_int_equal(s.c[TWOWAY_INPUTS].n, 4);
    assert_int_equal(s.c[TWOWAY_CENTRED].n, 20);
    near(exp(s.c[TWOWAY_UNITS].log_p), 0.076790253110657805, 1e-12);
    near(exp(s.c[TWOWAY_INPUTS].log_p), 0.97598770924293898, 1e-12);
    near(s.c[TWOWAY_UNITS].ci_low, -0.17192378180556281, 1e-12);
    near(s.c[TWOWAY_UNITS].ci_high, 0.98898715566882656, 1e-12);
    near(s.c[TWOWAY_CENTRED].df, 11, 0);
    near(s.c[TWOWAY_CENTRED].t, 5.0096309218942476, 1e-12);
    near(exp(s.c[TWOWAY_CENTRED].log_p), 0.00039646507869762067, 1e-12);
    near(s.c[TWOWAY_CENTRED].ci_low, 0.52321518654667487, 1e-12);
    near(s.c[TWOWAY_CENTRED].ci_high, 0.94887298489152738, 1e-12);
}

static void shares_are_rs_and_add_up(void **state) {
    (void)state;
    const struct result s = structure(*x, *y, UNITS, INPUTS);
    near(s.share[TWOWAY_ALL], 0.78633720752966485, 1e-14);
    near(s.share[TWOWAY_UNITS], 0.11813870888187392, 1e-12);
    near(s.share[TWOWAY_INPUTS], -0.0012787167524202247, 1e-12);
    near(s.share[TWOWAY_CENTRED], 0.66947721540021077, 1e-12);
    near(s.share[TWOWAY_UNITS] + s.share[TWOWAY_INPUTS] + s.share[TWOWAY_CENTRED],
         s.share[TWOWAY_ALL], 1e-15);
}

/* A large table far from zero against sums of all numbers. */
static void large_tables(void **state) {
    (void)state;
    enum { M = 61, N = 300 };
    static double a[M * N], b[M * N];
    struct rng rng;
    rng_seed(&rng, 4);
    for (size_t i = 0; i < (size_t)M * N; i++) {
        a[i] = 1000 + rng_normal(&rng);
        b[i] = 1000 + rng_normal(&rng) + a[i] * 0.3 + (double)(i % 7);
    }
    const struct result s = structure(a, b, M, N);
    const struct stat_pairs pairs = stat_pairs_of(a, b, (size_t)M * N);
    near(s.c[TWOWAY_ALL].r, stat_correlate(&pairs).r, 1e-11);
    near(s.share[TWOWAY_ALL], stat_correlate(&pairs).r, 1e-11);
}

/* Numbers that are an effect of the unit plus one of the input, or one alone, whatever the size:
 * what rounding leaves of the other parts is no correlation. */
static void rounding_is_no_correlation(void **state) {
    (void)state;
    static const size_t sizes[][2] = {{3, 3}, {100, 784}, {784, 100}, {2, 100000}, {100000, 2}};
    struct rng rng;
    rng_seed(&rng, 5);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int kind = 0; kind < 4; kind++) {
            const size_t m = sizes[s][0], n = sizes[s][1];
            double *a = malloc(m * n * sizeof *a), *b = malloc(m * n * sizeof *b);
            double *of_input = malloc(n * sizeof *of_input);
            assert_true(a != NULL && b != NULL && of_input != NULL);
            for (size_t j = 0; j < n; j++)
                of_input[j] = kind == 1 ? 0 : rng_uniform(&rng);
            for (size_t i = 0; i < m; i++) {
                const double of_unit = kind == 0 ? 0.1 : rng_uniform(&rng);
                for (size_t j = 0; j < n; j++) {
                    a[i * n + j] = of_unit + of_input[j];
                    if (kind == 3) /* small beside the mean */
                        a[i * n + j] = 1 + 1e-3 * a[i * n + j];
                    b[i * n + j] = rng_uniform(&rng);
                }
            }
            for (int swapped = 0; swapped < 2; swapped++) {
                const struct result r = swapped ? structure(b, a, m, n) : structure(a, b, m, n);
                assert_int_equal(isnan(r.c[TWOWAY_UNITS].r), kind == 0);
                assert_int_equal(isnan(r.c[TWOWAY_INPUTS].r), kind == 1);
                assert_true(isnan(r.c[TWOWAY_CENTRED].r) && isnan(r.c[TWOWAY_CENTRED].log_p));
                assert_true(r.share[TWOWAY_CENTRED] == 0 && !isnan(r.c[TWOWAY_ALL].r));
            }
            free(a);
            free(b);
            free(of_input);
        }
}

/* The least that numbers of 24 bits can differ is a correlation. */
static void small_differences_count(void **state) {
    (void)state;
    double a[UNITS * INPUTS];
    for (size_t i = 0; i < UNITS * INPUTS; i++)
        a[i] = 1 + 0x1p-23 * (i == 7);
    const struct result s = structure(a, *y, UNITS, INPUTS);
    for (size_t part = 0; part < TWOWAY_PARTS; part++)
        assert_true(!isnan(s.c[part].r));
}

/* The parts of the example times powers of two, to the last bit. */
static void powers_of_two_change_nothing(void **state) {
    (void)state;
    static const int powers[] = {-960, -600, -300, 0, 300, 600, 1023};
    const struct result plain = structure(*x, *y, UNITS, INPUTS);
    for (size_t i = 0; i < sizeof powers / sizeof *powers; i++)
        for (size_t k = 0; k < sizeof powers / sizeof *powers; k++) {
            double a[UNITS * INPUTS], b[UNITS * INPUTS];
            for (size_t n = 0; n < UNITS * INPUTS; n++) {
                a[n] = ldexp(x[n / INPUTS][n % INPUTS], powers[i]);
                b[n] = ldexp(y[n / INPUTS][n % INPUTS], powers[k]);
            }
            const struct result s = structure(a, b, UNITS, INPUTS);
            for (size_t part = 0; part < TWOWAY_PARTS; part++) {
                assert_true(s.c[part].r == plain.c[part].r && s.c[part].t == plain.c[part].t);
                assert_true(s.share[part] == plain.share[part]);
            }
        }
}

/* Rounding is told from differences in small numbers as in others. */
static void dust_is_relative(void **state) {
    (void)state;
    double a[UNITS * INPUTS], sums[UNITS * INPUTS];
    for (size_t i = 0; i < UNITS * INPUTS; i++) {
        a[i] = ldexp(1 + 0x1p-23 * (i == 7), -900);
        sums[i] = ldexp((double)(i / INPUTS) * 0.1 + (double)(i % INPUTS) * 0.7, -900);
    }
    const struct result s = structure(a, *y, UNITS, INPUTS), t = structure(sums, *y, UNITS, INPUTS);
    for (size_t part = 0; part < TWOWAY_PARTS; part++) {
        assert_true(!isnan(s.c[part].r));
        assert_int_equal(isnan(t.c[part].r), part == TWOWAY_CENTRED);
    }
}

/* Beside the last number the others are nothing, though their squares have to be scaled. */
static void the_last_number_counts(void **state) {
    (void)state;
    double a[UNITS * INPUTS], last[UNITS * INPUTS] = {[UNITS * INPUTS - 1] = 1};
    for (size_t i = 0; i < UNITS * INPUTS; i++)
        a[i] = i < UNITS * INPUTS - 1 ? 0x1p-100 : 0x1p600;
    const struct result s = structure(a, *y, UNITS, INPUTS), t = structure(last, *y, UNITS, INPUTS);
    for (size_t part = 0; part < TWOWAY_PARTS; part++) {
        near(s.c[part].r, t.c[part].r, 1e-14);
        near(s.share[part], t.share[part], 1e-14);
    }
}

/* Of 100,000 numbers 1.1 the sum is off, that of zeros is not. */
static void means_do_not_drift(void **state) {
    (void)state;
    enum { MANY = 100000 };
    static double numbers[2 * MANY];
    for (int columns = 0; columns < 2; columns++) {
        struct twoway s;
        struct error error;
        for (size_t k = 0; k < (size_t)2 * MANY; k++)
            numbers[k] = (columns ? k % 2 == 0 : k < MANY) ? 1.1 : 0;
        assert_int_equal(columns ? twoway_split(&s, numbers, MANY, 2, &error)
                                 : twoway_split(&s, numbers, 2, MANY, &error),
                         0);
        const double *two = columns ? s.input : s.unit, *many = columns ? s.unit : s.input;
        near(s.mean, .55, 1e-11);
        near(two[0], .55, 1e-15);
        near(two[1], -.55, 1e-15);
        assert_true(fabs(many[0]) < 1e-15 && fabs(many[MANY - 1]) < 1e-15);
        assert_true(fabs(numbers[0]) < 1e-15 && fabs(numbers[(size_t)2 * MANY - 1]) < 1e-15);
        twoway_split_again(&s); /* what is left */
        assert_true(fabs(s.mean) < 1e-15);
        twoway_free(&s);
    }
}

/* 2.75 + -1.25, 1.25 + -.75, .75 + .25, -.25. */
static void variances_add_up(void **state) {
    (void)state;
    const double numbers[] = {1, 2, 3, 5};
    const struct result s = structure(numbers, *x, 2, 2);
    near(s.variance[TWOWAY_ALL], 1, 0);
    near(s.variance[TWOWAY_UNITS], 6.25 / 8.75, 1e-15);
    near(s.variance[TWOWAY_INPUTS], 2.25 / 8.75, 1e-15);
    near(s.variance[TWOWAY_CENTRED], .25 / 8.75, 1e-15);
}

static void small_tables(void **state) {
    (void)state;
    const double two[] = {1, 2, 3, 5}, constant[] = {2, 2, 2, 2};
    const struct result none = structure(two, two, 0, 0), one = structure(two, two, 1, 1),
                        row = structure(two, *y, 1, 4), column = structure(two, *y, 4, 1),
                        no_unit = structure(two, *y, 0, 4), no_input = structure(two, *y, 4, 0),
                        square = structure(two, *x, 2, 2), same = structure(two, constant, 2, 2),
                        itself = structure(*x, *x, 5, 4);
    for (size_t part = 0; part < TWOWAY_PARTS; part++) {
        assert_true(isnan(none.c[part].r) && isnan(one.c[part].r) && isnan(same.c[part].r));
        assert_true(isnan(none.share[part]) && isnan(same.share[part]));
        near(itself.c[part].r, 1, 0);
    }
    for (size_t part = 0; part < TWOWAY_PARTS; part++) {
        assert_true(isnan(no_unit.c[part].r) && isnan(no_input.c[part].r));
        assert_true(isnan(no_unit.variance[part]) && isnan(no_input.variance[part]));
        assert_true(no_unit.c[part].n == 0 && no_input.c[part].n == 0);
    }
    assert_true(isnan(column.c[TWOWAY_INPUTS].r) && isnan(column.c[TWOWAY_CENTRED].r));
    near(column.c[TWOWAY_UNITS].r, row.c[TWOWAY_ALL].r, 1e-15);
    near(column.c[TWOWAY_ALL].r, row.c[TWOWAY_ALL].r, 1e-15);
    assert_true(isnan(row.c[TWOWAY_UNITS].r) && isnan(row.c[TWOWAY_CENTRED].r));
    assert_true(isnan(row.c[TWOWAY_CENTRED].df));
    near(row.c[TWOWAY_INPUTS].r, row.c[TWOWAY_ALL].r, 1e-15);
    near(square.c[TWOWAY_CENTRED].df, 0, 0);
    near(fabs(square.c[TWOWAY_CENTRED].r), 1, 1e-15);
    near(square.c[TWOWAY_CENTRED].log_p, 0, 0);
}

/* Unit 3 has no defined pair, input 2 lacks one: R's of x[-3, -2]. */
static void gaps_are_left_out(void **state) {
    (void)state;
    double a[UNITS * INPUTS], b[UNITS * INPUTS];
    struct twoway_kept kept;
    struct error error;
    memcpy(a, x, sizeof a);
    memcpy(b, y, sizeof b);
    for (size_t j = 0; j < INPUTS; j++)
        (j % 2 == 0 ? a : b)[2 * INPUTS + j] = j == 0 ? INFINITY : NAN;
    b[3 * INPUTS + 1] = NAN;
    assert_int_equal(twoway_keep(&kept, a, b, UNITS, INPUTS, &error), 0);
    assert_int_equal(kept.units, 4);
    assert_int_equal(kept.inputs, 3);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(kept.unit[i], i + (i >= 2));
    for (size_t j = 0; j < 3; j++)
        assert_int_equal(kept.input[j], j + (j >= 1));
    twoway_compact(&kept, a, INPUTS);
    twoway_compact(&kept, b, INPUTS);
    twoway_free_kept(&kept);
    const struct result s = structure(a, b, 4, 3);
    near(s.c[TWOWAY_UNITS].r, 0.67632870248044463, 1e-13);
    near(s.c[TWOWAY_INPUTS].r, 0.79576751608685237, 1e-13);
    near(s.c[TWOWAY_CENTRED].r, 0.90255828596633658, 1e-13);
}

static void nothing_is_left(void **state) {
    (void)state;
    const double a[] = {1, NAN, NAN, 1}, b[] = {1, 1, 1, 1}, none[] = {NAN, NAN, NAN, NAN};
    struct twoway_kept kept;
    struct error error;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(twoway_keep(&kept, i == 0 ? a : none, b, i == 2 ? 0 : 2, 2, &error), 0);
        assert_int_equal(kept.units, 0);
        assert_int_equal(kept.inputs, 0);
        twoway_free_kept(&kept);
    }
}

static void without_memory(void **state) {
    (void)state;
    const size_t much = SIZE_MAX / 64, sizes[][2] = {{much, 1}, {1, much}};
    static const char *const tables[] = {"a table of 288230376151711743 by 1",
                                         "a table of 1 by 288230376151711743"};
    for (size_t i = 0; i < 2; i++) {
        struct twoway_kept kept;
        struct twoway s;
        struct error error;
        assert_int_equal(twoway_keep(&kept, NULL, NULL, sizes[i][0], sizes[i][1], &error), -1);
        support_assert_error(&error, tables[i], "Cannot allocate memory");
        assert_int_equal(twoway_split(&s, NULL, sizes[i][0], sizes[i][1], &error), -1);
        support_assert_error(&error, tables[i], "Cannot allocate memory");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_rs),
        cmocka_unit_test(shares_are_rs_and_add_up),
        cmocka_unit_test(large_tables),
        cmocka_unit_test(rounding_is_no_correlation),
        cmocka_unit_test(small_differences_count),
        cmocka_unit_test(powers_of_two_change_nothing),
        cmocka_unit_test(dust_is_relative),
        cmocka_unit_test(the_last_number_counts),
        cmocka_unit_test(means_do_not_drift),
        cmocka_unit_test(variances_add_up),
        cmocka_unit_test(small_tables),
        cmocka_unit_test(gaps_are_left_out),
        cmocka_unit_test(nothing_is_left),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests_name("twoway", tests, NULL, NULL);
}
