/* Permutation tests against all permutations of a few units, counted by R
 * (tests/data/statistics-structure.txt): with enough draws they come as near as chance allows. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engram/permute.h"
#include "engram/rng.h"
#include "support.h"

enum { UNITS = 5, INPUTS = 4, DRAWS = 200000 };

static const double x[UNITS * INPUTS] = {.12, .35, .47, .21, .80, .66, .59, .33, .91, .05,
                                         .44, .62, .27, .73, .18, .50, .39, .58, .95, .07};
static const double y[UNITS * INPUTS] = {.30, .28, .55, .25, .70, .52, .66, .41, .62, .18,
                                         .20, .71, .33, .49, .36, .77, .15, .60, .81, .24};

static const double pairs_x[] = {.12, .35, .47, .21, .80, .66, .59},
                    pairs_y[] = {.30, .28, .55, .25, .70, .52, .66};

/* To within five standard errors of so many draws. */
static void drawn(double p, double exact, double draws) {
    if (!(fabs(p - exact) <= 5 * sqrt(exact * (1 - exact) / draws) + 1 / draws))
        fail_msg("%.17g is not %.17g by chance", p, exact);
}

static double of_pairs(const size_t *ends, size_t strata, uint64_t draws, uint64_t seed) {
    struct error error;
    double p;
    assert_int_equal(permute_pairs(pairs_x, pairs_y, ends, strata, draws, seed, &p, &error), 0);
    return p;
}

static void of_units(const double *a, const double *b, size_t units, size_t inputs, uint64_t draws,
                     double p[TWOWAY_PARTS]) {
    const size_t size = units * inputs * sizeof(double);
    double *residual[2] = {malloc(size), malloc(size)};
    struct twoway s, t;
    struct error error;
    assert_true(residual[0] != NULL && residual[1] != NULL);
    memcpy(residual[0], a, size);
    memcpy(residual[1], b, size);
    assert_int_equal(twoway_split(&s, residual[0], units, inputs, &error), 0);
    assert_int_equal(twoway_split(&t, residual[1], units, inputs, &error), 0);
    assert_int_equal(permute_units(&s, &t, draws, 1, p, &error), 0);
    twoway_free(&s);
    twoway_free(&t);
    free(residual[0]);
    free(residual[1]);
}

static void p_is_never_zero(void **state) {
    (void)state;
    assert_true(permute_p(0, 999) == 0.001);
    assert_true(permute_p(999, 999) == 1);
}

/* As observed, |r| is the largest: only the permutation that changes nothing attains it. */
static void units_are_permuted(void **state) {
    (void)state;
    double p[TWOWAY_PARTS];
    of_units(x, y, UNITS, INPUTS, DRAWS, p);
    drawn(p[TWOWAY_ALL], 1 / 120.0, DRAWS);
    drawn(p[TWOWAY_UNITS], 0.1, DRAWS);
    drawn(p[TWOWAY_CENTRED], 1 / 120.0, DRAWS);
    assert_true(isnan(p[TWOWAY_INPUTS]));
}

/* With more units than draws, products of units are taken as they are drawn. */
static void few_draws_give_the_same(void **state) {
    (void)state;
    enum { M = 40, N = 3, FEW = 39, MORE = 41 };
    double a[M * N], b[M * N], p[TWOWAY_PARTS], q[TWOWAY_PARTS];
    struct rng rng;
    rng_seed(&rng, 9);
    for (size_t i = 0; i < (size_t)M * N; i++) {
        a[i] = rng_normal(&rng);
        b[i] = rng_normal(&rng);
    }
    of_units(a, b, M, N, FEW, p);
    of_units(a, b, M, N, MORE, q);
    for (size_t part = 0; part < TWOWAY_PARTS; part++)
        if (part != TWOWAY_INPUTS) {
            /* The first draws are the same. */
            const double more = q[part] * (MORE + 1) - p[part] * (FEW + 1);
            assert_true(more > -1e-9 && more < MORE - FEW + 1e-9);
            assert_true(p[part] > 0 && p[part] <= 1);
        }
}

/* x of all units but one are alike: r depends only on whose y goes with that one, in 6 permutations
 * each, but its sums are rounded in another order. */
static void ties_count(void **state) {
    (void)state;
    enum { M = 4, N = 5 };
    double a[M * N], b[M * N], p[TWOWAY_PARTS];
    for (size_t i = 0; i < M; i++)
        for (size_t j = 0; j < N; j++) {
            a[i * N + j] = i == 2 ? .1 * (double)(j * j) : .7 / (double)(j + 1);
            b[i * N + j] = i == 2 ? .3 + .1 * (double)(j * j) : .9 / (double)(i + j + 2);
        }
    of_units(a, b, M, N, DRAWS, p);
    drawn(p[TWOWAY_ALL], 0.25, DRAWS);
    drawn(p[TWOWAY_UNITS], 0.25, DRAWS);
    drawn(p[TWOWAY_CENTRED], 0.25, DRAWS);
    const double alike_x[] = {.1, .1, .1, .9}, alike_y[] = {.3, .7, .11, 5.1};
    const size_t end = 4;
    struct error error;
    double of_alike;
    assert_int_equal(permute_pairs(alike_x, alike_y, &end, 1, DRAWS, 1, &of_alike, &error), 0);
    drawn(of_alike, 0.25, DRAWS);
}

/* Every test of the example times powers of two: the same p, to the last bit. */
static void powers_of_two_change_nothing(void **state) {
    (void)state;
    static const int powers[][2] = {{0, 0},       {-900, 0},  {0, -700},
                                    {-900, -900}, {900, 900}, {1000, -960}};
    double first[TWOWAY_PARTS] = {0}, first_pairs = 0, first_max[INPUTS], first_threshold = 0;
    for (size_t k = 0; k < sizeof powers / sizeof *powers; k++) {
        double a[UNITS * INPUTS], b[UNITS * INPUTS], p[TWOWAY_PARTS], p_max[INPUTS], threshold,
            p_pairs;
        double scaled_x[7], scaled_y[7];
        struct error error;
        const size_t end = 7;
        for (size_t i = 0; i < (size_t)UNITS * INPUTS; i++) {
            a[i] = ldexp(x[i], powers[k][0]);
            b[i] = ldexp(y[i], powers[k][1]);
        }
        for (size_t i = 0; i < 7; i++) {
            scaled_x[i] = ldexp(pairs_x[i], powers[k][0]);
            scaled_y[i] = ldexp(pairs_y[i], powers[k][1]);
        }
        of_units(a, b, UNITS, INPUTS, 499, p);
        assert_int_equal(permute_pairs(scaled_x, scaled_y, &end, 1, 499, 1, &p_pairs, &error), 0);
        assert_int_equal(permute_max(a, b, UNITS, INPUTS, 499, 1, p_max, &threshold, &error), 0);
        if (k == 0) {
            memcpy(first, p, sizeof first);
            memcpy(first_max, p_max, sizeof first_max);
            first_pairs = p_pairs;
            first_threshold = threshold;
        }
        assert_true(p_pairs == first_pairs && threshold == first_threshold && p_pairs < 1);
        for (size_t part = 0; part < TWOWAY_PARTS; part++)
            assert_true(part == TWOWAY_INPUTS || p[part] == first[part]);
        assert_memory_equal(p_max, first_max, sizeof first_max);
    }
}

static void nothing_to_permute(void **state) {
    (void)state;
    double p[TWOWAY_PARTS];
    of_units(x, y, UNITS, INPUTS, 0, p);
    assert_true(isnan(p[TWOWAY_ALL]) && isnan(p[TWOWAY_UNITS]) && isnan(p[TWOWAY_CENTRED]));
    const double same[] = {1, 2, 1, 2};
    of_units(same, y, 2, 2, 99, p); /* units are alike: only inputs differ */
    assert_true(p[TWOWAY_ALL] == 1 && isnan(p[TWOWAY_UNITS]) && isnan(p[TWOWAY_CENTRED]));
    const size_t none = 0, one = 1;
    assert_true(isnan(of_pairs(&none, 1, 99, 1)) && isnan(of_pairs(&one, 1, 99, 1)));
    assert_true(isnan(of_pairs(NULL, 0, 99, 1)) && isnan(of_pairs(&one, 1, 0, 1)));
}

/* Two pairs or units have an r of 1 or -1 in every draw; without draws there is no p. */
static void every_draw_counts(void **state) {
    (void)state;
    static const uint64_t draws[] = {0, 1, 2, 19, 20};
    const double a[] = {1, 2, 3, 5}, b[] = {7, 3, 2, 4}, flat[] = {1, 2, 2, 1};
    const size_t ends[] = {2};
    for (size_t k = 0; k < sizeof draws / sizeof *draws; k++) {
        double columns[2][4], p, of_parts[TWOWAY_PARTS], of_inputs[2], threshold;
        struct error error;
        memcpy(columns[0], a, sizeof a);
        memcpy(columns[1], b, sizeof b);
        assert_int_equal(permute_pairs(a, b, ends, 1, draws[k], 1, &p, &error), 0);
        of_units(a, b, 2, 2, draws[k], of_parts);
        assert_int_equal(
            permute_max(columns[0], columns[1], 2, 2, draws[k], 1, of_inputs, &threshold, &error),
            0);
        const double all[] = {p, of_parts[TWOWAY_UNITS], of_parts[TWOWAY_CENTRED], of_inputs[0],
                              of_inputs[1]};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            assert_true(draws[k] == 0 ? isnan(all[i]) : all[i] == 1);
        of_units(flat, b, 2, 2, draws[k], of_parts);
        assert_true(isnan(of_parts[TWOWAY_UNITS]));
        assert_true(draws[k] == 0 || (of_parts[TWOWAY_ALL] == 1 && of_parts[TWOWAY_CENTRED] == 1));
        assert_true(isnan(of_parts[TWOWAY_INPUTS]) && isnan(threshold) == (draws[k] < 19));
    }
}

/* What no draw comes near has the least p there is. */
static void no_draw_is_as_large(void **state) {
    (void)state;
    enum { MANY = 20 };
    double a[MANY], columns[2][MANY], p, of_input, threshold;
    const size_t ends[] = {MANY};
    struct error error;
    for (size_t i = 0; i < MANY; i++)
        columns[0][i] = columns[1][i] = a[i] = (double)(i * i);
    assert_int_equal(permute_pairs(a, a, ends, 1, 19, 1, &p, &error), 0);
    assert_true(p == .05);
    assert_int_equal(
        permute_max(columns[0], columns[1], MANY, 1, 19, 1, &of_input, &threshold, &error), 0);
    assert_true(of_input == .05 && threshold < 1);
}

static void pairs_are_permuted(void **state) {
    (void)state;
    const size_t five = 5, strata[] = {3, 3, 7}; /* one is empty */
    drawn(of_pairs(&five, 1, DRAWS, 1), 4 / 120.0, DRAWS);
    drawn(of_pairs(strata, 3, DRAWS, 1), 6 / 144.0, DRAWS);
    assert_true(of_pairs(&five, 1, DRAWS, 1) == of_pairs(&five, 1, DRAWS, 1));
    assert_true(of_pairs(&five, 1, DRAWS, 1) != of_pairs(&five, 1, DRAWS, 2));
}

static void the_largest_of_inputs(void **state) {
    (void)state;
    static const double exact[] = {0.31666666666666665, 0.18333333333333332, 0.39166666666666666,
                                   0.11666666666666667};
    double a[UNITS * INPUTS], b[UNITS * INPUTS], p[INPUTS], threshold;
    struct error error;
    memcpy(a, x, sizeof a);
    memcpy(b, y, sizeof b);
    assert_int_equal(permute_max(a, b, UNITS, INPUTS, DRAWS, 1, p, &threshold, &error), 0);
    for (size_t j = 0; j < INPUTS; j++)
        drawn(p[j], exact[j], DRAWS);
    /* 6 of the 120 are the 5%. */
    assert_true(threshold < 0.96577396263803583 + 1e-9 && threshold > 0.96197101790316819 - 1e-9);
}

/* 19 draws are the fewest whose largest is the threshold. */
static void thresholds_of_few_draws(void **state) {
    (void)state;
    for (uint64_t draws = 0; draws <= 20; draws++) {
        double a[UNITS * INPUTS], b[UNITS * INPUTS], p[INPUTS], threshold;
        struct error error;
        memcpy(a, x, sizeof a);
        memcpy(b, y, sizeof b);
        assert_int_equal(permute_max(a, b, UNITS, INPUTS, draws, 1, p, &threshold, &error), 0);
        assert_int_equal(isnan(threshold), draws < 19);
        assert_int_equal(isnan(p[0]), draws == 0);
    }
}

/* Under independence p <= .05 in 3.2% to 6.8% of 1,000. */
static void p_is_uniform_under_independence(void **state) {
    (void)state;
    enum { M = 8, N = 6 };
    struct rng rng;
    rng_seed(&rng, 3);
    int fired[TWOWAY_PARTS] = {0}, fired_max = 0;
    for (int k = 0; k < 1000; k++) {
        double a[M * N], b[M * N], p[TWOWAY_PARTS], p_max[N], threshold;
        struct error error;
        for (size_t i = 0; i < M; i++) { /* inputs depend on each other, and have effects */
            const double of_a = rng_normal(&rng), of_b = rng_normal(&rng);
            for (size_t j = 0; j < N; j++) {
                a[i * N + j] = rng_normal(&rng) + of_a + (double)j;
                b[i * N + j] = rng_normal(&rng) + of_b + (double)j;
            }
        }
        of_units(a, b, M, N, 199, p);
        for (size_t part = 0; part < TWOWAY_PARTS; part++)
            fired[part] += p[part] <= .05;
        assert_int_equal(permute_max(a, b, M, N, 199, 1, p_max, &threshold, &error), 0);
        bool any = false;
        for (size_t j = 0; j < N; j++) {
            double r = 0; /* of the columns as they have become */
            for (size_t i = 0; i < M; i++)
                r += a[i * N + j] * b[i * N + j];
            assert_true((fabs(r) > threshold) == (p_max[j] <= .05));
            any |= p_max[j] <= .05;
        }
        fired_max += any;
    }
    assert_in_range(fired[TWOWAY_UNITS], 32, 68);
    assert_in_range(fired[TWOWAY_CENTRED], 32, 68);
    assert_in_range(fired_max, 32, 68);
}

static void without_memory(void **state) {
    (void)state;
    const size_t much = SIZE_MAX / 64;
    const struct twoway table = {.units = much, .inputs = 1};
    double p, parts[TWOWAY_PARTS], column[2] = {1, 2}, threshold;
    struct error error;
    assert_int_equal(permute_pairs(NULL, NULL, &much, 1, 9, 1, &p, &error), -1);
    support_assert_error(&error, "permutations of 288230376151711743 pairs",
                         "Cannot allocate memory");
    assert_int_equal(permute_units(&table, &table, 9, 1, parts, &error), -1);
    support_assert_error(&error, "permutations of 288230376151711743 units",
                         "Cannot allocate memory");
    assert_int_equal(permute_max(NULL, NULL, much, 1, 9, 1, &p, &threshold, &error), -1);
    support_assert_error(&error, "permutations of 288230376151711743 units",
                         "Cannot allocate memory");
    assert_int_equal(permute_max(column, column, 2, 1, much, 1, &p, &threshold, &error), -1);
    support_assert_error(&error, "permutations of 2 units", "Cannot allocate memory");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p_is_never_zero),
        cmocka_unit_test(units_are_permuted),
        cmocka_unit_test(few_draws_give_the_same),
        cmocka_unit_test(ties_count),
        cmocka_unit_test(powers_of_two_change_nothing),
        cmocka_unit_test(nothing_to_permute),
        cmocka_unit_test(every_draw_counts),
        cmocka_unit_test(no_draw_is_as_large),
        cmocka_unit_test(pairs_are_permuted),
        cmocka_unit_test(the_largest_of_inputs),
        cmocka_unit_test(thresholds_of_few_draws),
        cmocka_unit_test(p_is_uniform_under_independence),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests_name("permute", tests, NULL, NULL);
}
