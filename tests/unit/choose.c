/* Sets of the highest and the lowest scores, against counting; ties by the draw. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engram/choose.h"
#include "engram/rng.h"

enum { MOST = 400 };

/* How many scores are above, or below, and how many are equal. */
static void count(const double *scores, size_t n, size_t i, bool lowest, size_t *before,
                  size_t *equal) {
    *before = *equal = 0;
    for (size_t j = 0; j < n; j++) {
        *before += lowest ? scores[j] < scores[i] : scores[j] > scores[i];
        *equal += scores[j] == scores[i];
    }
}

static void check(const double *scores, size_t n, const struct choice *choice) {
    struct error error;
    uint8_t first[MOST + 1] = {0};
    size_t ranked, defined = 0;
    first[n] = 99;
    assert_int_equal(choose(scores, n, choice, 3, first, &ranked, &error), 0);
    assert_int_equal(first[n], 99);
    for (size_t i = 0; i < n; i++)
        defined += isnan(scores[i]) ? 0 : 1;
    assert_int_equal(ranked, defined);
    for (size_t j = 0; j < choice->count; j++) {
        size_t chosen = 0, wanted = (size_t)floor(choice->k[j] * (double)n + 0.5);
        wanted = wanted < defined ? wanted : defined;
        for (size_t i = 0; i < n; i++) {
            size_t before, equal;
            const bool in = first[i] <= j;
            chosen += in;
            if (isnan(scores[i])) {
                assert_false(in);
                continue;
            }
            count(scores, n, i, choice->lowest, &before, &equal);
            if (before + equal <= wanted)
                assert_true(in);
            if (before >= wanted)
                assert_false(in);
        }
        assert_int_equal(chosen, wanted);
    }
}

static void test_sets(void **state) {
    (void)state;
    struct rng rng;
    rng_seed(&rng, 5);
    for (size_t round = 0; round < 300; round++) {
        double scores[MOST];
        const size_t n = (size_t)rng_below(&rng, MOST);
        const uint64_t values = 1 + rng_below(&rng, round % 3 == 0 ? 4 : 1 << 30);
        for (size_t i = 0; i < n; i++) {
            scores[i] = (double)rng_below(&rng, values) - (double)(values / 2);
            if (rng_below(&rng, 9) == 0)
                scores[i] = (const double[]){NAN, INFINITY, -INFINITY, -0.0}[rng_below(&rng, 4)];
        }
        struct choice choice = {
            .k = {0, .01, .1, .11, .3, .5, .95, 1}, .count = 8, .lowest = round % 2, .seed = round};
        check(scores, n, &choice);
    }
}

/* The draw of one k is that of the same k among others, and both ends are of one order. */
static void test_draw(void **state) {
    (void)state;
    struct error error;
    double scores[MOST];
    for (size_t i = 0; i < MOST; i++)
        scores[i] = (double)(i * 7 % 11);
    for (int lowest = 0; lowest < 2; lowest++) {
        struct choice all = {.k = {.05, .06, .07, .2, .5, .6}, .count = 6, .lowest = lowest};
        uint8_t first[MOST], alone[MOST], other[MOST];
        size_t ranked;
        assert_int_equal(choose(scores, MOST, &all, 1, first, &ranked, &error), 0);
        for (size_t j = 0; j < all.count; j++) {
            struct choice one = {.k = {all.k[j]}, .count = 1, .lowest = lowest};
            assert_int_equal(choose(scores, MOST, &one, 1, alone, &ranked, &error), 0);
            for (size_t i = 0; i < MOST; i++)
                assert_int_equal(alone[i] == 0, first[i] <= j);
            one.k[0] = 1 - one.k[0];
            one.lowest = !one.lowest;
            assert_int_equal(choose(scores, MOST, &one, 1, other, &ranked, &error), 0);
            for (size_t i = 0; i < MOST; i++)
                assert_int_equal(alone[i] == 0, other[i] != 0);
        }
        struct choice one = {.k = {.05}, .count = 1, .lowest = lowest};
        choose(scores, MOST, &one, 2, other, &ranked, &error);
        choose(scores, MOST, &one, 1, alone, &ranked, &error);
        assert_memory_not_equal(alone, other, MOST); /* of another tensor */
        one.seed = 1;
        choose(scores, MOST, &one, 1, other, &ranked, &error);
        assert_memory_not_equal(alone, other, MOST);
    }
}

/* Equal scores have an order of their own: not that of as many others in the same tensor. */
static void test_groups(void **state) {
    (void)state;
    struct error error;
    double scores[MOST];
    bool low[MOST / 2], high[MOST / 2];
    uint8_t first[MOST];
    size_t ranked;
    for (size_t i = 0; i < MOST; i++)
        scores[i] = i < MOST / 2 ? 1 : 2;
    const struct choice choice = {.k = {.25, .75}, .count = 2};
    assert_int_equal(choose(scores, MOST, &choice, 0, first, &ranked, &error), 0);
    for (size_t i = 0; i < MOST / 2; i++) {
        low[i] = first[i] == 1;
        high[i] = first[MOST / 2 + i] == 0;
    }
    assert_memory_not_equal(low, high, sizeof low);
}

/* Each of the 10 pairs of 5 equal scores, from `at` on, is as likely, beside those chosen for
 * sure: chi^2 of 10,000 draws, 9 degrees of freedom, below its .999 quantile. */
static void check_uniform(const double *scores, size_t n, size_t at) {
    struct error error;
    unsigned counts[1 << 7] = {0};
    for (uint64_t seed = 0; seed < 10000; seed++) {
        const struct choice choice = {
            .k = {(double)(at + 2) / (double)n}, .count = 1, .seed = seed};
        uint8_t first[7];
        size_t ranked, bits = 0;
        assert_int_equal(choose(scores, n, &choice, 0, first, &ranked, &error), 0);
        for (size_t i = 0; i < n; i++)
            bits |= (size_t)(first[i] == 0) << i;
        counts[bits]++;
    }
    double chi = 0;
    for (size_t a = at; a < at + 5; a++)
        for (size_t b = a + 1; b < at + 5; b++) {
            const double off = counts[((1U << at) - 1) | 1U << a | 1U << b] - 1000.0;
            chi += off * off / 1000;
        }
    assert_true(chi < 27.88);
}

static void test_uniform(void **state) {
    (void)state;
    const double among[] = {9, 2, 2, 2, 2, 2, 1}, alone[] = {2, 2, 2, 2, 2};
    check_uniform(among, 7, 1);
    check_uniform(alone, 5, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_draw),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_uniform),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
