/* What runs say together, against SciPy 1.10 and statsmodels 0.13; the commands are beside the
 * numbers. */
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "engram/runs.h"
#include "engram/stats.h"

static void assert_near(double value, double expected) {
    if (!(fabs(value - expected) <= 1e-12 * fabs(expected) + 1e-15))
        fail_msg("%.17g is not %.17g", value, expected);
}

/* x = scipy.special.betaincinv(df / 2, .5, .05); sqrt(df * (1 - x) / x), for t.ppf is off by up to
 * 4e-11; the last by Abramowitz & Stegun 26.7.5. */
static void quantiles_are_scipys(void **state) {
    (void)state;
    static const double known[][2] = {{1, 12.706204736174707},   {2, 4.302652729749464},
                                      {3, 3.18244630528371},     {9, 2.2621571627982053},
                                      {29, 2.045229642132704},   {99, 1.984216951586415},
                                      {999, 1.9623414611333145}, {100000, 1.9599877075346068}};
    for (size_t i = 0; i < COUNT(known); i++)
        assert_near(runs_t(known[i][0]), known[i][1]);
}

/* x = numpy.array([.31, -.12, .25, .4, .08]); scipy.stats.ttest_1samp(x, 0).confidence_interval();
 * x.mean() -+ t.ppf(.975, 4) * x.std(ddof=1) * numpy.sqrt(1 + 1/5) */
static void intervals_are_scipys(void **state) {
    (void)state;
    static const double x[] = {.31, -.12, .25, .4, .08};
    struct runs runs = {0};
    for (size_t i = 0; i < COUNT(x); i++)
        runs_add(&runs, x[i]);
    assert_int_equal(runs.n, 5);
    assert_near(runs.mean, 0.184);
    assert_near(runs_sd(&runs), 0.20622802913280242);
    const struct runs_interval mean = runs_mean_interval(&runs),
                               further = runs_further_interval(&runs);
    assert_near(mean.low, -0.07206591919471828);
    assert_near(mean.high, 0.44006591919471827);
    assert_near(further.low, -0.44323084254380857);
    assert_near(further.high, 0.8112308425438086);
}

/* 2 * scipy.stats.t.sf(t, df) */
static void p_of_t_are_scipys(void **state) {
    (void)state;
    static const double known[][3] = {
        {1e-5, 3, 0.9999926489480613},     {.1, 1, 0.9365489651388929},
        {1e4, 1, 6.366197702455153e-05},   {1e8, 1, 6.366197723675813e-09},
        {2.5, 29, 0.01832534433842607},    {100, 29, 2.2600674363790655e-38},
        {1e6, 29, 2.353796186265699e-154}, {1e12, 9, 5.091794074214012e-105},
        {3, 999, 0.002766776460147791},    {40, 999, 1.2426421196271845e-209},
        {1.5, 1e6, 0.1336147182367928}};
    for (size_t i = 0; i < COUNT(known); i++) {
        assert_near(exp(stat_log_p_of_t(known[i][0], known[i][1])), known[i][2]);
        assert_near(exp(stat_log_p_of_t(-known[i][0], known[i][1])), known[i][2]);
    }
    assert_true(stat_log_p_of_t(0, 5) == 0);
    assert_true(stat_log_p_of_t(1e-200, 5) == 0);
    assert_true(stat_log_p_of_t(1e200, 5) == -INFINITY);
    assert_true(isnan(stat_log_p_of_t(NAN, 5)));
}

static struct runs runs_of(const double *x, size_t count) {
    struct runs runs = {0};
    for (size_t i = 0; i < count; i++)
        runs_add(&runs, x[i]);
    return runs;
}

/* scipy.stats.ttest_1samp(x, 0).pvalue */
static void p_of_means_are_scipys(void **state) {
    (void)state;
    static const struct {
        double x[5];
        size_t count;
        double p;
    } known[] = {{{.31, -.12, .25, .4, .08}, 5, 0.1167740146358637},
                 {{.1, -.1}, 2, 1},
                 {{-.2, -.1}, 2, 0.2048327646991335},
                 {{1e-9, 2e-9, 3e-9, 2.5e-9}, 4, 0.015587358121496144}};
    for (size_t i = 0; i < COUNT(known); i++) {
        const struct runs runs = runs_of(known[i].x, known[i].count);
        assert_near(exp(runs_log_p(&runs)), known[i].p);
    }
}

/* SciPy's p is nan of zeros, otherwise 0, or what rounding leaves; R's t.test calls both an error.
 */
static void runs_that_are_alike_have_no_p(void **state) {
    (void)state;
    static const double x[][3] = {{0, 0, 0},           {.3, .3, .3},        {1, 1, 1 + 0x1p-52},
                                  {1e-300, 2e-300, 0}, {1e-161, 2e-161, 0}, {1e200, 2e200, 5e200}};
    for (size_t i = 0; i < COUNT(x); i++) {
        const struct runs runs = runs_of(x[i], 3);
        assert_true(isnan(runs_log_p(&runs)));
    }
    /* A standard error of 10 units in the last place of the mean is rounding; of more, it is not.
     */
    const struct runs alike = runs_of((const double[]){1 + 10 * 0x1p-52, 1 - 10 * 0x1p-52}, 2),
                      other = runs_of((const double[]){1, 1 + 21 * 0x1p-52}, 2);
    assert_true(isnan(runs_log_p(&alike)) && runs_log_p(&other) < 0);
    for (size_t n = 0; n < 2; n++) {
        const struct runs few = runs_of(x[1], n);
        assert_true(isnan(runs_log_p(&few)));
    }
}

static void few_runs_have_no_interval(void **state) {
    (void)state;
    struct runs runs = {0};
    for (size_t n = 0; n < 2; n++) {
        assert_true(isnan(runs_sd(&runs)));
        assert_true(isnan(runs_mean_interval(&runs).low));
        assert_true(isnan(runs_further_interval(&runs).high));
        runs_add(&runs, 3);
    }
    assert_true(runs_mean_interval(&runs).low == 3); /* two equal ones */
}

/* Far from 0, as Welford's way allows. */
static void large_means_cost_no_digits(void **state) {
    (void)state;
    struct runs runs = {0};
    for (int i = 0; i < 1000; i++)
        runs_add(&runs, 1e9 + i % 2);
    assert_near(runs_sd(&runs), sqrt(.25 * 1000 / 999));
}

/* statsmodels.stats.proportion.proportion_confint(fired, runs, method="wilson") */
static void rates_are_statsmodels(void **state) {
    (void)state;
    static const struct {
        int fired, runs;
        double low, high;
    } known[] = {{0, 10, 0, 0.27753279986288926},
                 {1, 4, 0.0455872608097006, 0.6993581574175982},
                 {5, 100, 0.021543679154367966, 0.11175046923191914},
                 {10, 10, 0.7224672001371106, 1},
                 {48, 1000, 0.036393301020807914, 0.06306608865013393}};
    for (size_t i = 0; i < COUNT(known); i++) {
        struct runs_rate rate = {0};
        for (int k = 0; k < known[i].runs; k++) {
            runs_count(&rate, k < known[i].fired);
            runs_end_cluster(&rate);
        }
        assert_true(runs_design_effect(&rate) == 1);
        const struct runs_interval interval = runs_rate_interval(&rate);
        assert_near(interval.low, known[i].low);
        assert_near(interval.high, known[i].high);
    }
    assert_true(isnan(runs_rate_interval(&(struct runs_rate){0}).low));
    /* A rate is from 0 to 1, whatever is rounded. */
    struct runs_rate none = {0}, all = {0};
    for (int n = 0; n < 300; n++) {
        runs_count(&none, false);
        runs_count(&all, true);
        runs_end_cluster(&none);
        runs_end_cluster(&all);
        assert_true(runs_rate_interval(&none).low >= 0 && runs_rate_interval(&all).high <= 1);
    }
}

/* Four clusters of five: 5, 0, 4 and 1 fire, a rate of 1/2. Their rates vary by 0.2266667 where
 * 0.05 is expected of independent runs: 4.5333333 times as much. */
static void clusters_widen_intervals(void **state) {
    (void)state;
    static const int fired[] = {5, 0, 4, 1};
    struct runs_rate rate = {0}, fewer = {0};
    for (size_t c = 0; c < COUNT(fired); c++) {
        for (int k = 0; k < 5; k++)
            runs_count(&rate, k < fired[c]);
        runs_end_cluster(&rate);
        runs_end_cluster(&rate); /* of nothing */
    }
    assert_int_equal(rate.clusters, 4);
    const double variance = (.25 + .25 + .09 + .09) / 3, effect = variance / (.25 / 5);
    assert_near(runs_design_effect(&rate), effect);
    /* statsmodels.stats.proportion.proportion_confint(10 / effect, 20 / effect, method="wilson") */
    const double z = 1.959963984540054, n = 20 / effect;
    const double reach = z / (1 + z * z / n) * sqrt(.25 / n + z * z / (4 * n * n));
    assert_near(runs_rate_interval(&rate).low, .5 - reach);
    assert_near(runs_rate_interval(&rate).high, .5 + reach);
    /* 5 and 0 of five each: .25 + .25 where 2 * .25 / 5 / 2 is expected */
    struct runs_rate two = {0};
    for (int k = 0; k < 10; k++) {
        runs_count(&two, k < 5);
        if (k % 5 == 4)
            runs_end_cluster(&two);
    }
    assert_near(runs_design_effect(&two), 10);
    /* 3, 1, 3, 1 of four: .25 / 3 where .25 / 4 is */
    struct runs_rate some = {0};
    for (int k = 0; k < 16; k++) {
        runs_count(&some, k % 4 < (k / 4 % 2 ? 1 : 3));
        if (k % 4 == 3)
            runs_end_cluster(&some);
    }
    assert_near(runs_design_effect(&some), 4. / 3);
    /* clusters that agree are no reason to narrow it */
    for (size_t c = 0; c < 4; c++) {
        for (int k = 0; k < 4; k++)
            runs_count(&fewer, k < 2);
        runs_end_cluster(&fewer);
    }
    assert_true(runs_design_effect(&fewer) == 1);
}

/* scipy.stats.binom.ppf([.005, .995], runs, level); at a level of 1, 5 of 5. */
static void valid_ranges_are_scipys(void **state) {
    (void)state;
    static const struct {
        uint64_t runs;
        double level;
        uint64_t low, high;
    } known[] = {{0, 0.05, 0, 0},
                 {1, 0.05, 0, 1},
                 {2, 0.05, 0, 1},
                 {2, 0.5, 0, 2},
                 {10, 0.05, 0, 3},
                 {40, 0.05, 0, 6},
                 {100, 0.5, 37, 63},
                 {1000, 0.05, 33, 69},
                 {1000, 0.95, 931, 967},
                 {1000, 0.001, 0, 4},
                 {20, 0.999999, 20, 20},
                 {1000000, 0.05, 49439, 50562},
                 {1000000000, 0.3, 299962673, 300037328},
                 {5, 0, 0, 0},
                 {5, 1, 5, 5},
                 {1000, 4.94066e-324, 0, 0}};
    for (size_t i = 0; i < COUNT(known); i++) {
        const struct runs_range range = runs_valid_range(known[i].runs, known[i].level);
        assert_int_equal(range.low, known[i].low);
        assert_int_equal(range.high, known[i].high);
    }
}

enum { GROUPS = 5, RUNS = 6, DRAWS = 100000 };

/* Fills p of groups of these families, their numbers times a factor. */
static void flipped(const size_t family[GROUPS], double factor, double p[GROUPS]) {
    static const double x[GROUPS][RUNS] = {{.31, -.12, .25, .4, .08, .22},
                                           {.1, .3, -.2, NAN, .45, .4},
                                           {-.5, .1, .3, -.2, .25, -.15},
                                           {.02, .01, INFINITY, NAN, NAN, NAN},
                                           {.3, NAN, NAN, NAN, NAN, NAN}};
    static double sign[DRAWS + 1];
    struct runs_flips group[GROUPS] = {0}, *groups[GROUPS];
    struct error error;
    for (size_t run = 0; run < RUNS; run++) {
        runs_signs(sign, DRAWS, 1, (const char[]){(char)('a' + run), '\0'});
        for (size_t i = 0; i < GROUPS; i++)
            assert_int_equal(runs_flip(&group[i], x[i][run] * factor, sign, DRAWS, &error), 0);
    }
    for (size_t i = 0; i < GROUPS; i++) {
        group[i].family = family[i];
        groups[GROUPS - 1 - i] = &group[i];
    }
    assert_int_equal(runs_flips_p(groups, GROUPS, DRAWS, &error), 0);
    for (size_t i = 0; i < GROUPS; i++) {
        p[i] = group[i].p;
        free(group[i].sum);
    }
}

static void assert_drawn(double p, double exact) {
    if (!(fabs(p - exact) <= 5 * sqrt(exact * (1 - exact) / DRAWS) + 1.0 / DRAWS))
        fail_msg("%.17g is not %.17g by chance", p, exact);
}

/* All 64 signs S = numpy.array(list(itertools.product([1, -1], repeat=6))); of each group, with
 * k = ~numpy.isnan(x), T = abs(scipy.stats.ttest_1samp(S[:, k] * x[k], 0, axis=1).statistic); then
 * numpy.mean(numpy.max(T of the family, axis=0) >= T[i][0] - 1e-9). */
static void flips_are_those_of_all_signs(void **state) {
    (void)state;
    static const struct {
        size_t family[GROUPS];
        double p[4];
    } known[] = {{{0, 0, 0, 0, 0}, {0.65625, 0.71875, 1, 0.5625}},
                 {{7, 7, 7, 1, 1}, {0.28125, 0.40625, 1, 0.5}},
                 {{1, 1, 0, 2, 2}, {0.21875, 0.28125, 0.84375, 0.5}},
                 {{1, 0, 1, 0, 1}, {0.15625, 0.5625, 1, 0.5}}};
    for (size_t i = 0; i < COUNT(known); i++) {
        double p[GROUPS];
        flipped(known[i].family, 1, p);
        for (size_t j = 0; j < COUNT(known[i].p); j++)
            assert_drawn(p[j], known[i].p[j]);
        assert_true(isnan(p[4]));
    }
}

static void flips_do_not_depend_on_scale(void **state) {
    (void)state;
    static const size_t family[GROUPS] = {0};
    static const double factor[] = {0x1p-600, 0x1p600, -1};
    double p[GROUPS], scaled[GROUPS];
    flipped(family, 1, p);
    for (size_t i = 0; i < COUNT(factor); i++) {
        flipped(family, factor[i], scaled);
        assert_memory_equal(scaled, p, 4 * sizeof *p);
    }
}

/* p by signs of its own, of groups of three runs; NaN is a run that a group lacks. */
static void flip_by(const double *const sign[3], uint64_t draws, const double x[2][3],
                    const size_t family[2], double p[2]) {
    struct runs_flips group[2] = {0}, *groups[] = {&group[0], &group[1]};
    struct error error;
    for (size_t i = 0; i < 2; i++) {
        group[i].family = family[i];
        for (size_t run = 0; run < 3; run++)
            assert_int_equal(runs_flip(&group[i], x[i][run], sign[run], draws, &error), 0);
    }
    assert_int_equal(runs_flips_p(groups, 2, draws, &error), 0);
    for (size_t i = 0; i < 2; i++) {
        p[i] = group[i].p;
        free(group[i].sum);
    }
}

static void few_flips_by_hand(void **state) {
    (void)state;
    double p[2];
    /* Sums of the first: 3, 1, -3, 1 and -1 as it is; of the second -5, -1, 5, -7 and 7. */
    const double first[] = {1, 1, -1, -1, 1}, second[] = {-1, 1, 1, -1, 1},
                 third[] = {-1, -1, 1, -1, 1};
    flip_by((const double *const[]){first, second, third}, 4,
            (const double[2][3]){{1, -1, -1}, {1, 2, 4}}, (const size_t[]){0, 1}, p);
    assert_near(p[0], 5. / 5);
    assert_near(p[1], 2. / 5);
    /* t^2 of the draw: 0.65 of the first, of 2 runs, and 0.12 of the second, of 3, which has 0.667.
     */
    const double plus[] = {1, 1}, minus[] = {-1, 1};
    flip_by((const double *const[]){plus, minus, plus}, 1,
            (const double[2][3]){{1, NAN, -.1073}, {1, 1, -.6512}}, (const size_t[]){0, 0}, p);
    assert_near(p[1], 1. / 2);
}

/* Other signs give the same |t|, though their sums are rounded otherwise: of all 32 signs S,
 * numpy.mean(abs(S @ x) >= abs(x.sum()) - 1e-9), which is 0.25 without the last term. */
static void flips_count_ties(void **state) {
    (void)state;
    static const double x[] = {.1, .2, -.3, .4, .7};
    static double sign[DRAWS + 1];
    struct runs_flips some = {0}, none = {0}, *groups[] = {&none, &some};
    struct error error;
    for (size_t run = 0; run < COUNT(x); run++) {
        runs_signs(sign, DRAWS, 5, (const char[]){(char)('1' + run), '\0'});
        assert_int_equal(runs_flip(&some, x[run], sign, DRAWS, &error), 0);
        assert_int_equal(runs_flip(&none, 0, sign, DRAWS, &error), 0);
    }
    assert_int_equal(runs_flips_p(groups, 2, DRAWS, &error), 0);
    assert_drawn(some.p, 0.3125);
    assert_true(isnan(none.p));
    assert_int_equal(runs_flips_p(groups, 0, 1, &error), 0);
    free(some.sum);
    free(none.sum);
}

/* Of 200 runs, every two have the same signs about half the time: 5 standard deviations. */
static void signs_are_those_of_a_name(void **state) {
    (void)state;
    enum { NAMES = 200, SIGNS = 999 };
    static double sign[NAMES][SIGNS + 1], other[SIGNS + 1];
    char name[8];
    for (int i = 0; i < NAMES; i++) {
        snprintf(name, sizeof name, "%d", i);
        runs_signs(sign[i], SIGNS, 1, name);
        assert_true(sign[i][SIGNS] == 1);
        for (int j = 0; j < i; j++) {
            double product = 0;
            for (int k = 0; k < SIGNS; k++)
                product += sign[i][k] * sign[j][k];
            assert_true(fabs(product) < 5 * sqrt(SIGNS));
        }
    }
    runs_signs(other, SIGNS, 1, "7");
    assert_memory_equal(other, sign[7], sizeof other);
    runs_signs(other, SIGNS, 2, "7");
    assert_memory_not_equal(other, sign[7], sizeof other);
}

/* 0x101c6e30f2a51a7e is the second number of xoshiro256++, seeded by splitmix64 with FNV-1a of the
 * seed's bytes and "7"; the others likewise, in Python. A bit a sign, the highest first. */
static void signs_are_bits(void **state) {
    (void)state;
    static const struct {
        uint64_t seed;
        const char *run;
        uint64_t bits[3];
    } known[] = {
        {1, "7", {0x5caad764b1ba4b08, 0x101c6e30f2a51a7e, 0x9c3cbda5f1ecd359}},
        {0x0123456789abcdef, "run b", {0xf0e66f0f32e10c07, 0x67c08119860032b9, 0x848ad1eadf020946}},
    };
    for (size_t i = 0; i < COUNT(known); i++) {
        double sign[170 + 1];
        runs_signs(sign, 170, known[i].seed, known[i].run);
        for (size_t k = 0; k < 170; k++)
            assert_true(sign[k] == (known[i].bits[k / 64] >> (63 - k % 64) & 1 ? -1 : 1));
        assert_true(sign[170] == 1);
    }
}

/* Numbers that grow as they come, and where they begin with the largest. */
static void flips_do_not_depend_on_what_comes_first(void **state) {
    (void)state;
    static const double x[] = {0, 0x1p-900, 3, -0x1p400, 0x1.8p400, 0x1p399};
    double sign[100], p[2];
    for (int back = 0; back < 2; back++) {
        struct runs_flips group = {0}, *groups[] = {&group};
        struct error error;
        for (size_t i = 0; i < COUNT(x); i++) {
            const size_t run = back ? COUNT(x) - 1 - i : i;
            runs_signs(sign, COUNT(sign) - 1, 1, (const char[]){(char)('a' + run), '\0'});
            assert_int_equal(runs_flip(&group, x[run], sign, COUNT(sign) - 1, &error), 0);
        }
        assert_int_equal(runs_flips_p(groups, 1, COUNT(sign) - 1, &error), 0);
        p[back] = group.p;
        assert_true(group.n == COUNT(x) && group.squares > .25 && group.squares < 8);
        free(group.sum);
    }
    assert_true(p[0] == p[1] && p[0] > 0 && p[0] < 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_scipys),
        cmocka_unit_test(intervals_are_scipys),
        cmocka_unit_test(few_runs_have_no_interval),
        cmocka_unit_test(large_means_cost_no_digits),
        cmocka_unit_test(rates_are_statsmodels),
        cmocka_unit_test(clusters_widen_intervals),
        cmocka_unit_test(valid_ranges_are_scipys),
        cmocka_unit_test(p_of_t_are_scipys),
        cmocka_unit_test(p_of_means_are_scipys),
        cmocka_unit_test(runs_that_are_alike_have_no_p),
        cmocka_unit_test(flips_are_those_of_all_signs),
        cmocka_unit_test(flips_do_not_depend_on_scale),
        cmocka_unit_test(flips_count_ties),
        cmocka_unit_test(few_flips_by_hand),
        cmocka_unit_test(signs_are_those_of_a_name),
        cmocka_unit_test(signs_are_bits),
        cmocka_unit_test(flips_do_not_depend_on_what_comes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
