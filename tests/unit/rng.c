/* rng.h: the published sequences to the bit, the distributions to a few standard errors (the seeds
 * are fixed, so a test passes always or never). */
#include "engram/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static void test_reference_output(void **state) {
    (void)state;
    static const uint64_t expected[] = {0xcfc5d07f6f03c29b, 0xbf424132963fe08d, 0x19a37d5757aaf520,
                                        0xbf08119f05cd56d6};
    static const uint64_t filled[] = {0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f};
    struct rng rng;
    rng_seed(&rng, 1);
    for (size_t i = 0; i < COUNT(expected); i++)
        assert_int_equal(rng_next(&rng), expected[i]);
    uint64_t mixed = 0;
    for (size_t i = 0; i < COUNT(filled); i++)
        assert_int_equal(rng_splitmix64(&mixed), filled[i]);
}

/* The state is splitmix64's first four outputs; seeding forgets what was before; a copy repeats. */
static void test_seeding(void **state) {
    (void)state;
    struct rng a, b;
    rng_seed(&a, 0);
    assert_int_equal(a.state[0], 0xe220a8397b1dcdaf);
    assert_int_equal(a.state[2], 0x06c45d188009454f);
    const double first = rng_normal(&a);
    b = a;
    assert_true(rng_normal(&a) == rng_normal(&b));
    assert_int_equal(rng_next(&a), rng_next(&b));
    rng_normal(&a); /* keeps a spare deviate */
    rng_seed(&a, 0);
    assert_true(rng_normal(&a) == first);
    rng_seed(&b, 1);
    assert_int_not_equal(rng_next(&a), rng_next(&b));
}

/* The outputs are from a script that knows no jump polynomial: a step is a 256 x 256 matrix over
 * GF(2), squared 128 times. */
static void test_streams(void **state) {
    (void)state;
    static const uint64_t expected[][4] = {
        {0xcfc5d07f6f03c29b, 0xbf424132963fe08d, 0x19a37d5757aaf520, 0xbf08119f05cd56d6},
        {0xdafd92f1adffc5b9, 0x89d5ed6828f5becf, 0xc81a7b85673e9dac, 0xe3ed98a07ef5a746},
        {0xcf14ec0cd23320f2, 0x0d996ecdd4a89305, 0x9a094a1d92763d30, 0x998f46b945e5c6f8},
    };
    static const enum rng_stream streams[] = {RNG_NETWORK, RNG_SHUFFLE, RNG_REORDER};
    struct rng rng;
    rng_seed(&rng, 2);
    rng_normal(&rng); /* keeps a spare deviate, which no stream of another seed has */
    for (size_t n = 0; n < COUNT(streams); n++) {
        rng_seed_stream(&rng, 1, streams[n]);
        assert_false(rng.has_spare);
        for (size_t i = 0; i < COUNT(expected[n]); i++)
            assert_int_equal(rng_next(&rng), expected[n][i]);
    }
}

/* Sum of (counted - expected)^2 / expected over equally likely cells. */
static double chi_square(const size_t *counts, size_t cells, size_t draws) {
    const double expected = (double)draws / (double)cells;
    double sum = 0;
    for (size_t i = 0; i < cells; i++)
        sum += ((double)counts[i] - expected) * ((double)counts[i] - expected) / expected;
    return sum;
}

static void test_uniform(void **state) {
    (void)state;
    enum { CELLS = 64, DRAWS = 200000 };
    size_t counts[CELLS] = {0};
    struct rng rng, same;
    rng_seed(&rng, 2);
    same = rng;
    for (int i = 0; i < DRAWS; i++) {
        const double x = rng_uniform(&rng);
        assert_true(x >= 0 && x < 1);
        assert_true(x == ldexp((double)(rng_next(&same) >> 11), -53)); /* a multiple of 2^-53 */
        counts[(size_t)(x * CELLS)]++;
    }
    assert_true(chi_square(counts, CELLS, DRAWS) < 103.4); /* p = .001 at 63 degrees of freedom */
    /* The ends: all bits 0 and all bits 1. xoshiro256++ puts out rotl(s0 + s3, 23) + s0. */
    struct rng zero = {.state = {0, 1, 2, 0}}, ones = {.state = {0, 1, 2, UINT64_MAX}};
    assert_true(rng_uniform(&zero) == 0);
    assert_true(rng_uniform(&ones) == 1 - 0x1p-53);
}

static void test_below(void **state) {
    (void)state;
    static const uint64_t bounds[] = {
        1, 2, 3, 10, 1000003, (1ULL << 63) - 1, 1ULL << 63, (1ULL << 63) + 1, UINT64_MAX};
    struct rng rng;
    rng_seed(&rng, 3);
    for (size_t n = 0; n < COUNT(bounds); n++)
        for (int i = 0; i < 10000; i++)
            assert_true(rng_below(&rng, bounds[n]) < bounds[n]);

    enum { DRAWS = 300000 };
    size_t thirds[3] = {0};
    for (int i = 0; i < DRAWS; i++)
        thirds[rng_below(&rng, 3)]++;
    assert_true(chi_square(thirds, 3, DRAWS) < 13.8); /* p = .001 at 2 degrees of freedom */

    /* Below 3 * 2^62, plain residues would give the first third half of all draws. */
    memset(thirds, 0, sizeof thirds);
    for (int i = 0; i < DRAWS; i++)
        thirds[rng_below(&rng, 3ULL << 62) >> 62]++;
    assert_true(chi_square(thirds, 3, DRAWS) < 13.8);

    /* Below 2^63 + 1, a draw under 2^64 mod bound = 2^63 - 1 is drawn again. */
    const uint64_t bound = (1ULL << 63) + 1, unfair = (1ULL << 63) - 1;
    struct rng same = rng;
    for (int i = 0; i < 10000; i++) {
        uint64_t x;
        do
            x = rng_next(&same);
        while (x < unfair);
        assert_int_equal(rng_below(&rng, bound), x >= bound ? x - bound : x);
    }
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void test_normal(void **state) {
    (void)state;
    enum { DRAWS = 200000 };
    double *x = calloc(DRAWS, sizeof *x);
    assert_non_null(x);
    struct rng rng;
    rng_seed(&rng, 4);
    double moment[5] = {0}, pairs = 0;
    for (int i = 0; i < DRAWS; i++) {
        x[i] = rng_normal(&rng);
        double power = 1;
        for (int k = 1; k <= 4; k++)
            moment[k] += (power *= x[i]) / DRAWS;
        if (i % 2 == 1)
            pairs += x[i] * x[i - 1] / (DRAWS / 2.0);
    }
    /* Four standard errors: the variances of the moments are 1, 2, 15 and 96 over the draws. */
    const double unit = 4 / sqrt(DRAWS);
    assert_true(fabs(moment[1]) < unit);
    assert_true(fabs(moment[2] - 1) < unit * sqrt(2));
    assert_true(fabs(moment[3]) < unit * sqrt(15));
    assert_true(fabs(moment[4] - 3) < unit * sqrt(96));
    assert_true(fabs(pairs) < unit * sqrt(2)); /* the two of a pair do not correlate */

    qsort(x, DRAWS, sizeof *x, ascending);
    double distance = 0; /* of Kolmogorov and Smirnov */
    for (int i = 0; i < DRAWS; i++) {
        const double below = 0.5 * erfc(-x[i] * M_SQRT1_2);
        distance = fmax(distance, fmax(below - (double)i / DRAWS, (i + 1.0) / DRAWS - below));
    }
    assert_true(distance < 1.95 / sqrt(DRAWS)); /* p = .001 */
    free(x);
}

/* Marsaglia's polar method, written out with the C library's logarithm. */
static void test_normal_is_polar(void **state) {
    (void)state;
    struct rng rng, same;
    rng_seed(&rng, 6);
    same = rng;
    for (int i = 0; i < 10000; i++) {
        double u, v, square;
        do {
            u = 2 * rng_uniform(&same) - 1;
            v = 2 * rng_uniform(&same) - 1;
            square = u * u + v * v;
        } while (square >= 1 || square == 0);
        const double scale = sqrt(-2 * log(square) / square);
        assert_true(fabs(rng_normal(&rng) - u * scale) <= 1e-14 * fabs(u * scale));
        assert_true(fabs(rng_normal(&rng) - v * scale) <= 1e-14 * fabs(v * scale));
    }
}

/* The numbers from 0 on, shuffled. */
static void make_order(struct rng *rng, size_t *order, size_t count) {
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    rng_shuffle(rng, order, count);
}

static void test_shuffle(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 3, 17, 1000};
    struct rng rng;
    rng_seed(&rng, 5);
    for (size_t n = 0; n < COUNT(sizes); n++) {
        size_t order[1000 + 1];
        bool seen[1000] = {false};
        order[sizes[n]] = 12345;
        make_order(&rng, order, sizes[n]);
        assert_int_equal(order[sizes[n]], 12345);
        size_t moved = 0;
        for (size_t i = 0; i < sizes[n]; i++) {
            assert_true(order[i] < sizes[n] && !seen[order[i]]);
            seen[order[i]] = true;
            moved += order[i] != i;
        }
        assert_true(moved > sizes[n] / 2 || sizes[n] < 17);
    }
    enum { DRAWS = 60000 };
    size_t counts[6] = {0}; /* all orders of three are as likely */
    for (int i = 0; i < DRAWS; i++) {
        size_t order[3];
        make_order(&rng, order, 3);
        counts[2 * order[0] + (order[1] > order[2])]++;
    }
    assert_true(chi_square(counts, 6, DRAWS) < 20.5); /* p = .001 at 5 degrees of freedom */
}

/* Results depend on these sequences: a change to them must not go unseen. */
static void test_pinned(void **state) {
    (void)state;
    struct rng rng;
    rng_seed(&rng, 1);
    const double normal[] = {0x1.7fe2b6e80acbfp-1, 0x1.306aac6d7be1ep-1, -0x1.b4f02841c1194p-2,
                             0x1.0d0e2ada3c015p-2};
    for (size_t i = 0; i < COUNT(normal); i++)
        assert_true(rng_normal(&rng) == normal[i]);
    const size_t expected[] = {1, 4, 5, 3, 6, 2, 9, 0, 8, 7};
    size_t order[COUNT(expected)];
    rng_seed(&rng, 1);
    make_order(&rng, order, COUNT(order));
    assert_memory_equal(order, expected, sizeof order);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference_output),
        cmocka_unit_test(test_seeding),
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_uniform),
        cmocka_unit_test(test_below),
        cmocka_unit_test(test_normal),
        cmocka_unit_test(test_normal_is_polar),
        cmocka_unit_test(test_shuffle),
        cmocka_unit_test(test_pinned),
    };
    return cmocka_run_group_tests_name("rng", tests, NULL, NULL);
}
