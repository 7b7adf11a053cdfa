/* Draws of which there is little to correlate, and those of several blocks. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/draws.h"
#include "engram/rng.h"
#include "support.h"

enum { UNITS = 3, DRAWS = 5 };

/* A safetensors file of one tensor "w" of F64; returns its path. */
static const char *put(const char *name, const char *shape, const double *values, size_t count) {
    char header[256];
    const int size = snprintf(header + 8, sizeof header - 8,
                              "{\"w\":{\"dtype\":\"F64\",\"shape\":[%s],\"data_offsets\":[0,%zu]}}",
                              shape, count * sizeof *values);
    unsigned char *bytes = malloc(sizeof header + count * sizeof *values);
    assert_non_null(bytes);
    memset(header, 0, 8);
    header[0] = (char)size;
    memcpy(bytes, header, 8 + (size_t)size);
    st_from_double(ST_F64, values, bytes + 8 + size, count);
    const char *path = support_path(name);
    support_put(path, bytes, 8 + (size_t)size + count * sizeof *values);
    free(bytes);
    return path;
}

/* x of three, two, two alike, one and no unit. */
static const double a_and_b[DRAWS][2][UNITS] = {{{1, 2, 3}, {1, 1, 5}},
                                                {{1, 0, 3}, {1, 0, 1}},
                                                {{1, 0, 3}, {1, 0, 3}},
                                                {{1, 0, NAN}, {1, 0, 1}},
                                                {{0, 0, INFINITY}, {0, 0, 1}}};

static void check_draws(uint64_t permutations) {
    static const uint64_t n[DRAWS] = {3, 2, 2, 1, 0};
    static const double y[UNITS] = {.25, .75, .5};
    const double a[UNITS] = {1, 2, 3};
    char *paths[] = {(char *)put("a", "3", a, UNITS)};
    struct params params;
    struct draws draws;
    struct error error;
    struct draws_r *part[TWOWAY_PARTS] = {NULL};
    struct draws_joined joined = {NULL, 0};
    assert_int_equal(params_open(&params, paths, 1, NULL, &error), 0);
    const char *path = put("draws", "5,2,3", **a_and_b, 2 * UNITS * DRAWS);
    assert_int_equal(draws_open(&draws, path, false, &params, NULL, &error), 0);
    draws.units =
        (struct association_plan){.permutations = permutations, .seed = 1, .unranked = true};
    assert_int_equal(draws_read(&draws, draws.order[0], NULL, y, false, part,
                                (struct draws_joined *const[]){&joined, NULL}, NULL, &error),
                     0);
    for (size_t k = 0; k < DRAWS; k++) {
        const struct draws_r *draw = &part[TWOWAY_ALL][k];
        assert_int_equal(joined.pairs[k].n, n[k]);
        assert_int_equal(isnan(draw->r), k > 1);
        assert_int_equal(isnan(draw->log_p), k > 1);
    }
    assert_true(part[TWOWAY_ALL][0].log_p == stat_log_p(part[TWOWAY_ALL][0].r, 1));
    assert_true(part[TWOWAY_ALL][1].r == 1 && part[TWOWAY_ALL][1].log_p == 0);
    free(part[TWOWAY_ALL]);
    free(joined.pairs);
    draws_close(&draws);
    params_close(&params);
}

static void draws_of_few_pairs(void **state) {
    (void)state;
    check_draws(0);
}

static void permuted_draws_of_few_pairs(void **state) {
    (void)state;
    check_draws(9);
}

/* More numbers than are read at a time, and as many. */
static void check_blocks(size_t n, uint64_t permutations) {
    double *numbers = malloc(6 * n * sizeof *numbers), *x = numbers + 4 * n, *y = x + n;
    assert_non_null(numbers);
    struct rng rng;
    rng_seed(&rng, n);
    for (size_t i = 0; i < 6 * n; i++)
        numbers[i] = 1 + rng_uniform(&rng);
    char shape[64];
    snprintf(shape, sizeof shape, "%zu", n);
    char *paths[] = {(char *)put("a", shape, x, n)};
    struct params params;
    struct draws draws;
    struct error error;
    struct draws_r *part[TWOWAY_PARTS] = {NULL};
    struct draws_joined *const none[] = {NULL};
    assert_int_equal(params_open(&params, paths, 1, NULL, &error), 0);
    snprintf(shape, sizeof shape, "2,2,%zu", n);
    assert_int_equal(
        draws_open(&draws, put("draws", shape, numbers, 4 * n), false, &params, NULL, &error), 0);
    draws.units =
        (struct association_plan){.permutations = permutations, .seed = 1, .unranked = true};
    assert_int_equal(draws_read(&draws, draws.order[0], NULL, y, false, part, none, NULL, &error),
                     0);
    assert_int_equal(draws_finish(&draws, &error), 0);
    for (size_t k = 0; k < 2; k++) {
        const double *a = numbers + 2 * k * n, *b = a + n;
        for (size_t i = 0; i < n; i++)
            x[i] = a[i] / (a[i] + b[i]);
        const struct stat_pairs pairs = stat_pairs_of(x, y, n);
        const double r = stat_correlate(&pairs).r;
        assert_true(fabs(part[TWOWAY_ALL][k].r - r) < 1e-12);
    }
    free(part[TWOWAY_ALL]);
    free(numbers);
    draws_close(&draws);
    params_close(&params);
}

static void draws_of_several_blocks(void **state) {
    (void)state;
    static const size_t sizes[] = {PARAMS_BLOCK - 1, PARAMS_BLOCK, PARAMS_BLOCK + 1,
                                   2 * PARAMS_BLOCK, 2 * PARAMS_BLOCK + 5};
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (uint64_t permutations = 0; permutations < 2; permutations++)
            check_blocks(sizes[i], permutations);
}

/* A negative number in the second block of the second draw, of a and of b, is told by its place. */
static void negative_numbers(void **state) {
    (void)state;
    enum { N = PARAMS_BLOCK + 5, AT = PARAMS_BLOCK + 3 };
    static double numbers[4 * N], y[N];
    char shape[64], message[256];
    snprintf(shape, sizeof shape, "%d", N);
    char *paths[] = {(char *)put("a", shape, y, N)};
    struct params params;
    struct error error;
    assert_int_equal(params_open(&params, paths, 1, NULL, &error), 0);
    snprintf(shape, sizeof shape, "2,2,%d", N);
    for (size_t i = 0; i < COUNT(numbers); i++)
        numbers[i] = 1 + (double)(i % 7);
    for (size_t i = 0; i < N; i++)
        y[i] = (double)(i % 5);
    for (size_t file = 2; file < 4; file++)
        for (int any = 0; any < 2; any++) {
            struct draws draws;
            struct draws_r *part[TWOWAY_PARTS] = {NULL};
            struct draws_joined *const none[] = {NULL};
            numbers[file * N + AT] = -2;
            const char *path = put("draws", shape, numbers, COUNT(numbers));
            numbers[file * N + AT] = 1;
            assert_int_equal(draws_open(&draws, path, any, &params, NULL, &error), 0);
            assert_int_equal(
                draws_read(&draws, draws.order[0], NULL, y, false, part, none, NULL, &error),
                any ? 0 : -1);
            snprintf(message, sizeof message,
                     "tensor \"w\": element %zu is -2; tallies and differences are not negative "
                     "(--any lets it pass)",
                     file * N + AT);
            if (!any)
                support_assert_error(&error, path, message);
            free(part[TWOWAY_ALL]);
            draws_close(&draws);
        }
    params_close(&params);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_of_few_pairs),
        cmocka_unit_test(permuted_draws_of_few_pairs),
        cmocka_unit_test(draws_of_several_blocks),
        cmocka_unit_test(negative_numbers),
    };
    return cmocka_run_group_tests(tests, support_setup, support_teardown);
}
