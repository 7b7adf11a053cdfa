/* What runs say together, against SciPy 1.10 and statsmodels 0.13; the commands are beside the
 * numbers. */
#include "support.h"

#include <math.h>

#include "engram/runs.h"

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_scipys),      cmocka_unit_test(intervals_are_scipys),
        cmocka_unit_test(few_runs_have_no_interval), cmocka_unit_test(large_means_cost_no_digits),
        cmocka_unit_test(rates_are_statsmodels),     cmocka_unit_test(clusters_widen_intervals),
        cmocka_unit_test(valid_ranges_are_scipys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
