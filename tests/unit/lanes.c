/* The loops over large files: each instruction set against plain C, to the last bit. */
#include "lanes.h"

#include <math.h>
#include <string.h>

#include "engram/dtype.h"
#include "engram/rng.h"
#include "support.h"

enum { MANY = 3000 };

/* Those that this processor has. */
static size_t list(const struct lanes *to[3]) {
    size_t count = 0;
    to[count++] = &lanes_base;
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        to[count++] = &lanes_avx2;
    if (__builtin_cpu_supports("avx512f"))
        to[count++] = &lanes_avx512;
#endif
    return count;
}

/* Of very different sizes, so that sums in another order have other bits. */
static double any_number(struct rng *rng) {
    return ldexp(rng_uniform(rng) + 0.5, (int)(rng_next(rng) % 40));
}

static void fill(double value[4][MANY], uint64_t seed) {
    struct rng rng;
    rng_seed(&rng, seed);
    for (size_t k = 0; k < 4; k++)
        for (size_t i = 0; i < MANY; i++)
            value[k][i] = any_number(&rng);
}

static const size_t counts[] = {0, 1, 7, 8, 9, 31, 32, 33, 40, 515, MANY};

static void assert_bits(const double *a, const double *b, size_t count) {
    assert_memory_equal(a, b, count * sizeof *a);
}

static void products_in_lanes(void **state) {
    (void)state;
    static double value[4][MANY];
    const double *x = value[0], *y = value[1];
    const struct lanes *set[3];
    fill(value, 1);
    for (size_t k = list(set); k-- > 0;)
        for (size_t c = 0; c < COUNT(counts); c++) {
            double sums[3][LANES] = {{1, 2}}, expected[3][LANES] = {{1, 2}};
            for (size_t i = 0; i < counts[c]; i++) {
                const double dx = x[i] - 3, dy = y[i] - 0.1;
                expected[0][i % LANES] += dx * dx;
                expected[1][i % LANES] += dy * dy;
                expected[2][i % LANES] += dx * dy;
            }
            set[k]->products(x, 3, y, 0.1, counts[c], sums);
            assert_bits(*sums, *expected, (size_t)3 * LANES);
        }
}

/* The largest wherever it is, and none larger than what was there. */
static void distances_in_lanes(void **state) {
    (void)state;
    static double value[4][MANY];
    const struct lanes *set[3];
    fill(value, 2);
    for (size_t k = list(set); k-- > 0;)
        for (size_t c = 0; c < COUNT(counts); c++)
            for (size_t at = 0; at < counts[c]; at += 1 + counts[c] / 50) {
                double *a = value[0], *b = value[1], before = a[at];
                double sums[5][LANES] = {{0}}, expected[5][LANES] = {{0}};
                a[at] = b[at] - 0x1p45;
                for (size_t i = 0; i < counts[c]; i++) {
                    const double d = a[i] - b[i];
                    const double term[] = {a[i] * a[i], b[i] * b[i], a[i] * b[i], fabs(d), d * d};
                    for (size_t s = 0; s < 5; s++)
                        expected[s][i % LANES] += term[s];
                }
                assert_true(set[k]->distances(a, b, counts[c], 1, sums) == 0x1p45);
                assert_bits(*sums, *expected, (size_t)5 * LANES);
                assert_true(set[k]->distances(a, b, counts[c], 0x1p44, sums) == 0x1p45);
                assert_true(set[k]->distances(a, b, counts[c], 0x1p45, sums) == 0x1p45);
                assert_true(set[k]->distances(a, b, counts[c], 0x1p46, sums) == 0x1p46);
                a[at] = before;
            }
}

static void shares_in_lanes(void **state) {
    (void)state;
    static double value[4][MANY], x[MANY], y[MANY];
    const double *const values[] = {value[0], value[1], value[2], value[3]};
    const struct lanes *set[3];
    fill(value, 3);
    for (size_t k = list(set); k-- > 0;)
        for (size_t c = 0; c < COUNT(counts); c++) {
            const size_t count = counts[c];
            double sums[3][LANES] = {{0}}, expected[3][LANES] = {{0}};
            assert_false(set[k]->shares(values, x, y, count, sums));
            for (size_t i = 0; i < count; i++) {
                const double ab = value[0][i] + value[1][i], cd = value[2][i] + value[3][i];
                assert_true(x[i] == value[0][i] / ab && y[i] == value[2][i] / cd);
                expected[0][i % LANES] += x[i];
                expected[1][i % LANES] += y[i];
                expected[2][i % LANES] += ab + cd;
            }
            assert_bits(*sums, *expected, (size_t)3 * LANES);
            for (size_t f = 0; f < 4; f++)
                for (size_t i = 0; i < count; i += 1 + count / 50) {
                    const double before = value[f][i];
                    value[f][i] = -0.0;
                    assert_true(set[k]->shares(values, x, y, count, sums));
                    value[f][i] = before;
                }
        }
}

/* All bits of a double, at an odd address. */
static void doubles_of_files(void **state) {
    (void)state;
    static unsigned char data[8 * MANY + 1];
    static double values[MANY];
    static uint64_t bits[MANY];
    const struct lanes *set[3];
    struct rng rng;
    rng_seed(&rng, 5);
    for (size_t i = 0; i < MANY; i++) {
        bits[i] = rng_next(&rng);
        for (size_t b = 0; b < 8; b++)
            data[1 + 8 * i + b] = (unsigned char)(bits[i] >> 8 * b);
    }
    for (size_t k = list(set); k-- > 0;)
        for (size_t c = 0; c < COUNT(counts); c++) {
            memset(values, 0, sizeof values);
            set[k]->read_f64(data + 1, values, counts[c]);
            assert_memory_equal(values, bits, 8 * counts[c]);
            assert_true(counts[c] == MANY || values[counts[c]] == 0);
        }
}

/* All numbers of 16 bits, and as many of 32, at odd addresses, as float has them; NaN as NaN. */
static void numbers_of_files(void **state) {
    (void)state;
    enum { ALL = 1 << 16 };
    static unsigned char data[4 * ALL + 1];
    static double values[ALL];
    static float floats[ALL];
    const struct lanes *set[3];
    struct rng rng;
    for (size_t k = list(set); k-- > 0;) {
        const struct {
            enum st_dtype dtype;
            void (*read)(const unsigned char *restrict, double *restrict, size_t);
        } reader[] = {
            {ST_F32, set[k]->read_f32}, {ST_BF16, set[k]->read_bf16}, {ST_F16, set[k]->read_f16}};
        for (size_t r = 0; r < COUNT(reader); r++) {
            rng_seed(&rng, 4);
            for (size_t i = 0; i < ALL; i++) {
                const uint64_t bits = reader[r].dtype == ST_F32 ? rng_next(&rng) : i;
                for (size_t b = 0; b < st_dtype_bits(reader[r].dtype) / 8; b++)
                    data[1 + i * st_dtype_bits(reader[r].dtype) / 8 + b] =
                        (unsigned char)(bits >> 8 * b);
            }
            for (size_t c = 0; c < COUNT(counts); c++) {
                const size_t count = counts[c] == MANY ? ALL : counts[c];
                reader[r].read(data + 1, values, count);
                st_to_float(reader[r].dtype, data + 1, floats, count);
                for (size_t i = 0; i < count; i++)
                    assert_true(isnan(floats[i]) ? isnan(values[i])
                                                 : values[i] == (double)floats[i] &&
                                                       !signbit(values[i]) == !signbit(floats[i]));
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_in_lanes), cmocka_unit_test(distances_in_lanes),
        cmocka_unit_test(shares_in_lanes),   cmocka_unit_test(doubles_of_files),
        cmocka_unit_test(numbers_of_files),
    };
    return cmocka_run_group_tests_name("lanes", tests, NULL, NULL);
}
