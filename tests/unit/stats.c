/* Correlations against SciPy, R and statsmodels: the values of tests/data/statistics.txt. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engram/rng.h"
#include "engram/stats.h"
#include "support.h"

/* scipy.stats.pearsonr(x, y), spearmanr(x, y); R: cor.test(x, y) */
static const double x[] = {.12, .35, .47, .21, .80, .66, .59, .33, .91, .05};
static const double y[] = {.30, .28, .55, .25, .70, .52, .66, .41, .62, .18};

static struct stat_correlation correlate(const double *a, const double *b, size_t n) {
    const struct stat_pairs pairs = stat_pairs_of(a, b, n);
    return stat_correlate(&pairs);
}

static double spearman(const double *a, const double *b, size_t n) {
    struct error error;
    double rho;
    assert_int_equal(stat_spearman(a, b, n, &rho, &error), 0);
    return rho;
}

static void near(double value, double expected, double relative) {
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not %.17g to %g", value, expected, relative);
}

static void pearson_is_scipys(void **state) {
    (void)state;
    const struct stat_correlation c = correlate(x, y, 10);
    assert_int_equal(c.n, 10);
    near(c.r, 0.90215043855703203, 1e-14);
    near(c.df, 8, 0);
    near(c.t, 5.9145551465278743, 1e-13);
    near(exp(c.log_p), 0.00035586436507319352, 1e-12);
    near(c.ci_low, 0.63086867731224738, 1e-12);
    near(c.ci_high, 0.97688743858318028, 1e-12);
}

static void blocks_do_not_matter_but_for_rounding(void **state) {
    (void)state;
    const struct stat_correlation whole = correlate(x, y, 10);
    for (size_t cut = 0; cut <= 10; cut++) {
        struct stat_pairs pairs = stat_pairs_of(x, y, cut);
        const struct stat_pairs rest = stat_pairs_of(x + cut, y + cut, 10 - cut);
        stat_pairs_join(&pairs, &rest);
        assert_int_equal(pairs.n, 10);
        near(stat_correlate(&pairs).r, whole.r, 1e-14);
        near(pairs.mean_x, 0.449, 1e-14);
    }
}

/* One by one, and in blocks that are each constant, joined with none. */
static void joined_pairs_vary_if_any_does(void **state) {
    (void)state;
    const double low[] = {1, 1, 1}, high[] = {2, 2, 2};
    const struct stat_pairs none = {0}, a = stat_pairs_of(low, low, 3),
                            b = stat_pairs_of(low, high, 3), c = stat_pairs_of(high, low, 3);
    struct stat_pairs all = {0};
    stat_pairs_join(&all, &a);
    stat_pairs_join(&all, &none);
    stat_pairs_join(&all, &a);
    assert_true(all.n == 6 && !all.varies_x && !all.varies_y);
    stat_pairs_join(&all, &b);
    assert_true(!all.varies_x && all.varies_y);
    stat_pairs_join(&all, &c);
    assert_true(all.n == 12 && all.varies_x && all.varies_y);
    near(stat_correlate(&all).r, -1.0 / 3, 1e-15);
    struct stat_pairs singly = {0};
    for (size_t i = 0; i < 10; i++) {
        const struct stat_pairs one = stat_pairs_of(x + i, y + i, 1);
        stat_pairs_join(&singly, &one);
    }
    near(stat_correlate(&singly).r, 0.90215043855703203, 1e-14);
}

/* The order that the header writes down, for every length around whole lanes. */
static void sums_run_in_eight_lanes(void **state) {
    (void)state;
    double a[67], b[67];
    struct rng rng;
    rng_seed(&rng, 1);
    for (size_t i = 0; i < 67; i++) {
        a[i] = rng_normal(&rng) * (i % 5 == 0 ? 1e8 : 1e-3);
        b[i] = rng_normal(&rng);
    }
    for (size_t n = 0; n <= 67; n++) {
        double sum[8] = {0}, products[8] = {0};
        for (size_t i = 0; i < n; i++) {
            sum[i % 8] += a[i];
            products[i % 8] += (a[i] - 2) * (b[i] - 3);
        }
        for (size_t half = 4; half > 0; half /= 2)
            for (size_t l = 0; l < half; l++) {
                sum[l] += sum[l + half];
                products[l] += products[l + half];
            }
        assert_true(stat_sum(a, n) == sum[0]);
        assert_true(stat_products(a, 2, b, 3, n) == products[0]);
    }
}

/* A mean a million times the spread: sums of squares about zero would lose everything. */
static void far_from_zero(void **state) {
    (void)state;
    double a[10], b[10];
    for (size_t i = 0; i < 10; i++) {
        a[i] = x[i] + 1048576;
        b[i] = y[i] - 1048576;
    }
    near(correlate(a, b, 10).r, 0.90215043855703203, 1e-9);
}

/* Sums of many numbers that are alike drift, which must not count beside what one differs by. */
static void nearly_alike(void **state) {
    (void)state;
    enum { N = 3000, BLOCK = 1024 };
    static double a[N], b[N];
    struct stat_pairs joined = {0};
    for (size_t i = 0; i < N; i++) {
        a[i] = .1 + (i == 7 ? 1e-10 : 0);
        b[i] = .7 - (i == 7 ? 1e-9 : 0);
    }
    near(correlate(a, b, N).r, -1, 1e-10);
    for (size_t i = 0; i < N; i += BLOCK) {
        const struct stat_pairs block = stat_pairs_of(a + i, b + i, N - i < BLOCK ? N - i : BLOCK);
        stat_pairs_join(&joined, &block);
    }
    near(stat_correlate(&joined).r, -1, 1e-9);
}

static void spearman_is_scipys(void **state) {
    (void)state;
    const double rho = spearman(x, y, 10);
    near(rho, 0.85454545454545439, 1e-14);
    near(exp(stat_log_p(rho, 8)), 0.0016368033159867143, 1e-12);
}

/* scipy.stats.spearmanr([1, 2, 2, 3, 3, 3], [1, 3, 2, 3, 5, 4]): ranks 1 2.5 2.5 5 5 5 and
 * 1 3.5 2 3.5 6 5; by hand, r = 13.75 / sqrt(15 * 17) */
static void ties_share_their_mean_rank(void **state) {
    (void)state;
    const double a[] = {1, 2, 2, 3, 3, 3}, b[] = {1, 3, 2, 3, 5, 4};
    near(spearman(a, b, 6), 13.75 / sqrt(15.0 * 17.0), 1e-14);
}

/* Numbers of either sign, all sizes, some equal, both zeros; against ranks by counting. */
static void ranks_are_those_of_counting(void **state) {
    (void)state;
    enum { N = 2500 };
    static double a[N], b[N], ranks[2][N];
    struct rng rng;
    rng_seed(&rng, 2);
    for (size_t i = 0; i < N; i++) {
        a[i] = ldexp(rng_normal(&rng), (int)(i % 2000) - 1000);
        b[i] = i % 3 == 0 ? floor(3 * rng_normal(&rng)) : rng_normal(&rng);
        if (i % 50 < 4)
            a[i] = (const double[]){0, -0.0, DBL_MAX, -DBL_MAX}[i % 50];
        if (i % 50 > 46) /* next to each other */
            a[i] = 1 + (double)(i / 50 % 7) * 0x1p-52;
    }
    for (size_t i = 0; i < N; i++)
        for (int k = 0; k < 2; k++) {
            const double *of = k == 0 ? a : b;
            double below = 0, equal = 0;
            for (size_t j = 0; j < N; j++) {
                below += of[j] < of[i];
                equal += of[j] == of[i];
            }
            ranks[k][i] = below + (equal + 1) / 2;
        }
    near(spearman(a, b, N), correlate(ranks[0], ranks[1], N).r, 1e-13);
    near(spearman(a, a, N), 1, 1e-15);
    near(spearman(b, a, N), spearman(a, b, N), 1e-13);
    /* A pair that is not defined is left out, wherever it lies. */
    static double with[2][N + 3];
    static const double lacks[] = {INFINITY, NAN, -INFINITY};
    for (size_t i = 0, k = 0; i < N + 3; i++) {
        const bool lacking = k < 3 && i == 1200 * k;
        with[0][i] = lacking && k != 1 ? lacks[k] : a[i - k];
        with[1][i] = lacking && k == 1 ? lacks[k] : b[i - k];
        k += lacking;
    }
    assert_true(spearman(with[0], with[1], N + 3) == spearman(a, b, N));
}

/* Keys that differ by up to 2^bits, most of them in their last bits: all that a sort by digits has
 * to tell apart. */
static void sorted_to_the_last_bit(void **state) {
    (void)state;
    enum { N = 200 };
    struct rng rng;
    rng_seed(&rng, 3);
    for (int bits = 1; bits < 63; bits++)
        for (size_t n = 20; n <= N; n += 30) {
            double values[N];
            uint64_t items[N], spare[N], place[N] = {0};
            for (size_t i = 0; i < n; i++) {
                const uint64_t high = i % 3 == 0 ? (UINT64_C(1) << bits) - 8 : rng_next(&rng) & 8;
                const uint64_t key = (high + rng_next(&rng) % 8) & ((UINT64_C(1) << bits) - 1);
                memcpy(&values[i], &key, sizeof key);
                items[i] = i;
            }
            stat_sort(values, items, spare, n);
            for (size_t i = 0; i < n; i++) {
                assert_true(items[i] < n && place[items[i]]++ == 0);
                assert_true(i == 0 || values[items[i - 1]] <= values[items[i]]);
            }
        }
}

static double auc(const double *values, size_t first, size_t count) {
    struct error error;
    double area;
    assert_int_equal(stat_auc(values, first, count, &area, &error), 0);
    return area;
}

/* R: wilcox.test(a, b)$statistic / 35; scipy.stats.mannwhitneyu(a, b).statistic / 35 */
static void auc_is_mann_whitneys(void **state) {
    (void)state;
    const double values[] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 1};
    near(auc(values, 5, 12), 0.29999999999999999, 1e-15);
    const double apart[] = {-1, -2, 1, 2, 3}, equal[] = {7, 7, 7};
    near(auc(apart, 2, 5), 0, 0);
    near(auc(apart + 3, 1, 2), 0, 0);
    near(auc(equal, 1, 3), 0.5, 0);
    assert_true(isnan(auc(values, 0, 12)) && isnan(auc(values, 12, 12)) &&
                isnan(auc(values, 0, 0)));
}

static void defined_pairs_stay_in_order(void **state) {
    (void)state;
    double a[] = {1, NAN, 3, INFINITY, 5, 6}, b[] = {1, 2, 3, 4, -INFINITY, 6};
    assert_int_equal(stat_defined(a, b, 6), 3);
    assert_true(a[0] == 1 && a[1] == 3 && a[2] == 6 && b[0] == 1 && b[1] == 3 && b[2] == 6);
    assert_int_equal(stat_defined(a, b, 0), 0);
}

/* scipy.stats: 2 * t.sf, beta.sf; R: 2 * pt(..., log.p = TRUE) */
static void p_values(void **state) {
    (void)state;
    near(exp(stat_log_p(.61, 98)), 1.619849627987505e-11, 1e-12);
    near(exp(stat_log_p(.03, 78398)), 4.39847432017685e-17, 1e-12);
    near(stat_log_p(.35, 78398) / log(10), -2226.7452632521649, 1e-13);
    near(stat_log_p(-.35, 78398), stat_log_p(.35, 78398), 0);
}

/* df = 1 and 2 have closed forms: p = 1 - (2/pi) asin |r|, and 1 - |r|. */
static void p_values_in_closed_form(void **state) {
    (void)state;
    for (int i = 1; i < 1000; i++) {
        const double r = i / 1000.0;
        near(exp(stat_log_p(r, 1)), 1 - asin(r) / asin(1), 1e-12);
        near(exp(stat_log_p(r, 2)), 1 - r, 1e-12);
    }
}

/* p = 1 - (2/pi) atan |t|, and 1 - |t| / sqrt(2 + t^2). */
static void p_of_t_in_closed_form(void **state) {
    (void)state;
    for (int i = -300; i <= 300; i++) {
        const double t = i / 25.0;
        near(exp(stat_log_p_of_t(t, 1)), 1 - atan(fabs(t)) / asin(1), 1e-12);
        near(exp(stat_log_p_of_t(t, 2)), 1 - fabs(t) / sqrt(2 + t * t), 1e-12);
    }
    /* mpmath.betainc(df / 2, 0.5, 0, df / (df + t * t), regularized=True) */
    near(exp(stat_log_p_of_t(2.5, 7.5)), 0.038820258273625542, 1e-12);
    near(exp(stat_log_p_of_t(.1, 30)), 0.92100961179027041, 1e-12);
    near(exp(stat_log_p_of_t(40, 12)), 3.8512295807720337e-14, 1e-12);
    near(stat_log_p_of_t(0, 5), 0, 0);
    near(stat_log_p_of_t(3, 0), 0, 0);
    assert_true(isnan(stat_log_p_of_t(NAN, 5)) && isnan(stat_log_p_of_t(3, NAN)));
    assert_true(isnan(stat_log_p_of_t(0, NAN)) && isnan(stat_log_p_of_t(NAN, 0)));
}

static void p_falls_as_r_grows(void **state) {
    (void)state;
    for (double df = 1; df < 1e6; df *= 1.7) {
        double before = 0;
        for (int i = 1; i < 200; i++) {
            const double log_p = stat_log_p(i / 200.0, df);
            assert_true(log_p < before);
            before = log_p;
        }
    }
}

static void limits(void **state) {
    (void)state;
    const double constant[] = {.1, .1, .1}, two[] = {1, 2}, down[] = {4, 3}, three[] = {1, 2, 3};
    assert_true(isnan(correlate(constant, three, 3).r));
    assert_true(isnan(correlate(three, constant, 3).log_p));
    assert_true(isnan(correlate(constant, constant, 0).r));
    assert_true(isnan(correlate(two, two, 1).r));
    const struct stat_correlation pair = correlate(two, down, 2);
    near(pair.r, -1, 0);
    near(pair.log_p, 0, 0);
    assert_true(isnan(pair.t) && isnan(pair.ci_low));
    const struct stat_correlation perfect = correlate(three, three, 3);
    near(perfect.r, 1, 0);
    assert_true(isinf(perfect.t) && isinf(perfect.log_p) && perfect.log_p < 0);
    assert_true(isnan(perfect.ci_high));
    const struct stat_correlation certain = stat_correlation_of(1, 5);
    near(certain.ci_low, 1, 0);
    near(stat_correlation_of(0, 5).log_p, 0, 0);
    assert_true(isnan(spearman(x, y, 0)) && isnan(spearman(x, y, 1)));
}

/* The pairs times powers of two, in blocks of `size`, or one by one if it is 0. */
static struct stat_correlation scaled(int ex, int ey, size_t size) {
    struct stat_pairs all = {0};
    double a[10], b[10];
    for (size_t i = 0; i < 10; i++) {
        a[i] = ldexp(x[i], ex);
        b[i] = ldexp(y[i], ey);
    }
    for (size_t i = 0; i < 10 && size == 0; i++)
        stat_pairs_add(&all, a[i], b[i]);
    for (size_t i = 0; i < 10 && size > 0; i += size) {
        const struct stat_pairs block = stat_pairs_of(a + i, b + i, size < 10 - i ? size : 10 - i);
        stat_pairs_join(&all, &block);
    }
    return stat_correlate(&all);
}

/* To the last bit, where squares under- and overflow, and where sums do. */
static void powers_of_two_change_nothing(void **state) {
    (void)state;
    static const int powers[] = {-960, -600, -500, -200, -199, -101, -100, -99,  0,
                                 99,   100,  101,  199,  200,  500,  600,  1000, 1023};
    for (size_t size = 0; size <= 10; size++) {
        const struct stat_correlation plain = scaled(0, 0, size);
        near(plain.r, 0.90215043855703203, 1e-14);
        for (size_t i = 0; i < COUNT(powers); i++)
            for (size_t k = 0; k < COUNT(powers); k++) {
                const struct stat_correlation c = scaled(powers[i], powers[k], size);
                assert_true(c.r == plain.r && c.t == plain.t && c.log_p == plain.log_p);
                assert_true(c.ci_low == plain.ci_low && c.ci_high == plain.ci_high);
            }
    }
}

/* scipy.stats.pearsonr([1e-100, 2e-100 ... 6e-100], [2e-100, 1e-100, 6e-100, 3e-100, 5e-100,
 * 4e-100]): 0.542857142857143, p = 0.265703 */
static void tiny_numbers_are_scipys(void **state) {
    (void)state;
    const double a[] = {1e-100, 2e-100, 3e-100, 4e-100, 5e-100, 6e-100},
                 b[] = {2e-100, 1e-100, 6e-100, 3e-100, 5e-100, 4e-100};
    near(correlate(a, b, 6).r, 19.0 / 35, 1e-14);
    near(exp(correlate(a, b, 6).log_p), 0.2657026239067056, 1e-12);
}

/* The smallest numbers there are: they have as few bits as 1, 2 ... 6. */
static void subnormal_numbers(void **state) {
    (void)state;
    double a[6], b[6];
    for (size_t i = 0; i < 6; i++) {
        a[i] = (double[]){1, 2, 3, 4, 5, 6}[i] * 0x1p-1074;
        b[i] = (double[]){2, 1, 6, 3, 5, 4}[i] * 0x1p-1074;
    }
    near(correlate(a, b, 6).r, 19.0 / 35, 1e-14);
}

/* Blocks whose numbers differ in size: the largest tell, after those before them too. Zeros, and
 * blocks in which x is the same, have no size of their own. */
static void blocks_of_different_sizes(void **state) {
    (void)state;
    const double zero[] = {0, 0, 0, 0}, up[] = {1, 2, 4, 9};
    double tiny[4], same[4], huge[4];
    for (size_t i = 0; i < 4; i++) {
        tiny[i] = ldexp(up[i], -900);
        same[i] = 0x1p-900;
        huge[i] = ldexp(up[i], 900);
    }
    const double *const first[] = {zero, same, tiny, zero, same, huge, tiny}, *const second[] = {
                                                                                  tiny, tiny, zero,
                                                                                  huge, huge, tiny,
                                                                                  tiny};
    for (size_t k = 0; k < COUNT(first); k++) {
        double whole[8], y_whole[8];
        for (size_t i = 0; i < 8; i++) {
            whole[i] = i < 4 ? first[k][i] : second[k][i - 4];
            y_whole[i] = x[i];
        }
        struct stat_pairs pairs = stat_pairs_of(first[k], x, 4), singly = {0};
        const struct stat_pairs block = stat_pairs_of(second[k], x + 4, 4);
        stat_pairs_join(&pairs, &block);
        for (size_t i = 0; i < 8; i++)
            stat_pairs_add(&singly, whole[i], y_whole[i]);
        const double r = correlate(whole, y_whole, 8).r;
        assert_true(fabs(r) > 0.01 && fabs(r) < 1);
        near(stat_correlate(&pairs).r, r, 1e-13);
        near(stat_correlate(&singly).r, r, 1e-13);
    }
}

static void roots_and_r_of_any_size(void **state) {
    (void)state;
    assert_true(stat_root(4, 9) == 6 && stat_root(0.5, 0.5) == 0.5);
    assert_true(stat_root(0x1p1000, 0x1p1001) == sqrt(2) * 0x1p1000);
    assert_true(stat_root(0x1p-1000, 0x1p-1001) == sqrt(0.5) * 0x1p-1000);
    assert_true(stat_root(0x1p-1074, 0x1p-1074) == 0x1p-1074);
    assert_true(stat_r(1 + 0x1p-50, 1, 1) == 1 && stat_r(-1 - 0x1p-50, 1, 1) == -1);
    assert_true(isnan(stat_r(INFINITY, 1, 1)) && isnan(stat_r(-1, 0, 1)));
    assert_true(isnan(stat_r(0, 0, 0)) && isnan(stat_r(NAN, 1, 1)));
    const double large[] = {DBL_MAX, DBL_MAX, DBL_MAX}, infinite[] = {1, -INFINITY}, none[] = {NAN};
    assert_true(stat_finite(large, 3) && stat_finite(large, 0));
    assert_true(!stat_finite(infinite, 2) && !stat_finite(none, 1));
}

static void intervals_stay_within_one(void **state) {
    (void)state;
    static const double rs[] = {0, 0.5, 0.9999, 1 - 0x1p-53, 1};
    for (size_t i = 0; i < COUNT(rs); i++)
        for (uint64_t n = 4; n < UINT64_C(1) << 60; n *= 5)
            for (int sign = -1; sign <= 1; sign += 2) {
                const struct stat_correlation c = stat_correlation_of(sign * rs[i], n);
                assert_true(c.ci_low >= -1 && c.ci_low <= c.ci_high && c.ci_high <= 1);
            }
}

static void printed(double log_p, const char *expected) {
    char text[32];
    stat_format_p(log_p, text, sizeof text);
    assert_string_equal(text, expected);
}

static void p_is_printed_whatever_its_size(void **state) {
    (void)state;
    const double ln10 = 2.302585092994045684;
    printed(0, "1");
    printed(log(0.0123456789), "0.0123457");
    printed(-2226.7452632521649 * ln10, "1.8e-2227");
    printed(-689.9, "2.40014e-300"); /* Python: decimal's exp */
    printed(-690.5, "1.3e-300");
    printed(-400 * ln10 - 1e-9, "1.0e-400");
    printed((-400 + 0.99999) * ln10, "1.0e-399");
    printed((-400 + 0.997) * ln10, "9.9e-400");
    printed(-INFINITY, "0");
    printed(NAN, "nan");
    printed(-NAN, "nan");
}

/* Under independence p is uniform: its 5% test fires in 3.2% to 6.8% of 1,000. */
static void p_is_uniform_under_independence(void **state) {
    (void)state;
    struct rng rng;
    rng_seed(&rng, 1);
    int fired = 0;
    for (int k = 0; k < 1000; k++) {
        double a[20], b[20];
        for (int i = 0; i < 20; i++) {
            a[i] = rng_normal(&rng);
            b[i] = rng_normal(&rng);
        }
        fired += correlate(a, b, 20).log_p < log(.05);
    }
    assert_in_range(fired, 32, 68);
}

static void without_memory(void **state) {
    (void)state;
    double number;
    struct error error;
    assert_int_equal(stat_spearman(NULL, NULL, SIZE_MAX / 64, &number, &error), -1);
    support_assert_error(&error, "ranks of 288230376151711743 values", "Cannot allocate memory");
    assert_int_equal(stat_auc(NULL, 1, SIZE_MAX / 64, &number, &error), -1);
    support_assert_error(&error, "ranks of 288230376151711743 values", "Cannot allocate memory");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pearson_is_scipys),
        cmocka_unit_test(blocks_do_not_matter_but_for_rounding),
        cmocka_unit_test(joined_pairs_vary_if_any_does),
        cmocka_unit_test(sums_run_in_eight_lanes),
        cmocka_unit_test(far_from_zero),
        cmocka_unit_test(nearly_alike),
        cmocka_unit_test(spearman_is_scipys),
        cmocka_unit_test(ties_share_their_mean_rank),
        cmocka_unit_test(ranks_are_those_of_counting),
        cmocka_unit_test(sorted_to_the_last_bit),
        cmocka_unit_test(auc_is_mann_whitneys),
        cmocka_unit_test(defined_pairs_stay_in_order),
        cmocka_unit_test(p_values),
        cmocka_unit_test(p_values_in_closed_form),
        cmocka_unit_test(p_of_t_in_closed_form),
        cmocka_unit_test(p_falls_as_r_grows),
        cmocka_unit_test(limits),
        cmocka_unit_test(powers_of_two_change_nothing),
        cmocka_unit_test(tiny_numbers_are_scipys),
        cmocka_unit_test(subnormal_numbers),
        cmocka_unit_test(blocks_of_different_sizes),
        cmocka_unit_test(roots_and_r_of_any_size),
        cmocka_unit_test(intervals_stay_within_one),
        cmocka_unit_test(p_is_printed_whatever_its_size),
        cmocka_unit_test(p_is_uniform_under_independence),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
