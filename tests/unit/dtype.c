/* dtype.h: conversions of numbers, by their definition; of floats of 8 bits, by
 * tests/data/float8.tsv, which float8.py beside it wrote. */
#include "engram/dtype.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

/* The value of a float of `exponent_bits` and `fraction_bits`, from its definition. */
static double value_of(unsigned bits, int exponent_bits, int fraction_bits) {
    const int bias = (1 << (exponent_bits - 1)) - 1, top = (1 << exponent_bits) - 1;
    const int exponent = (int)(bits >> fraction_bits) & top;
    const int fraction = (int)bits & ((1 << fraction_bits) - 1);
    const double sign = bits >> (exponent_bits + fraction_bits) != 0 ? -1 : 1;
    if (exponent == top)
        return fraction != 0 ? NAN : sign * INFINITY;
    if (exponent == 0)
        return sign * ldexp(fraction, 1 - bias - fraction_bits);
    return sign * ldexp(fraction + (1 << fraction_bits), exponent - bias - fraction_bits);
}

static void test_16_bits(void **state) {
    (void)state;
    for (unsigned bits = 0; bits < 65536; bits++) {
        const unsigned char bytes[2] = {(unsigned char)bits, (unsigned char)(bits >> 8)};
        for (int brain = 0; brain < 2; brain++) {
            const double expected = brain ? value_of(bits, 8, 7) : value_of(bits, 5, 10);
            double got = 12345;
            st_to_double(brain ? ST_BF16 : ST_F16, bytes, &got, 1);
            if (isnan(expected) ? !isnan(got) : memcmp(&got, &expected, sizeof got) != 0)
                fail_msg("%s %04x: %a, not %a", brain ? "BF16" : "F16", bits, got, expected);
        }
    }
}

/* Every byte, as double and as float, and the sign of 0. */
static void test_8_bits(void **state) {
    (void)state;
    static const enum st_dtype dtypes[] = {ST_F8_E4M3, ST_F8_E5M2, ST_F8_E4M3FNUZ, ST_F8_E5M2FNUZ,
                                           ST_F8_E8M0};
    size_t size;
    char *text = support_data("float8.tsv", &size), *at = strchr(text, '\n') + 1;
    assert_memory_equal(text, "byte\tF8_E4M3\tF8_E5M2\tF8_E4M3FNUZ\tF8_E5M2FNUZ\tF8_E8M0\n",
                        (size_t)(at - text));
    for (unsigned byte = 0; byte < 256; byte++) {
        assert_int_equal(strtoul(at, &at, 16), byte);
        for (size_t d = 0; d < COUNT(dtypes); d++) {
            const unsigned char data = (unsigned char)byte;
            const double expected = strtod(at, &at);
            double value = 12345;
            float narrow = 12345;
            st_to_double(dtypes[d], &data, &value, 1);
            st_to_float(dtypes[d], &data, &narrow, 1);
            assert_true((double)narrow == value || isnan(narrow));
            if (isnan(expected) ? !isnan(value) || !isnan(narrow)
                                : memcmp(&value, &expected, sizeof value) != 0)
                fail_msg("%s %02x: %a, not %a", st_dtype_name(dtypes[d]), byte, value, expected);
        }
    }
    assert_string_equal(at, "\n");
    free(text);
}

/* Many at once are as each alone, whatever their number and wherever they lie; of every dtype. */
static void test_many_numbers(void **state) {
    (void)state;
    enum { N = 65536, WIDEST = 8 };
    unsigned char *bytes = malloc(N * WIDEST + 1), *back = malloc(N * WIDEST);
    double *values = malloc(N * sizeof *values), *alone = malloc(N * sizeof *alone);
    float *floats = malloc(N * sizeof *floats);
    assert_true(bytes && back && values && alone && floats);
    for (enum st_dtype dtype = 0; dtype < ST_DTYPES; dtype++) {
        if (!st_is_number(dtype))
            continue;
        const size_t width = st_dtype_bits(dtype) / 8, wide = st_fits_float(dtype) ? 4 : 8;
        for (size_t shift = 0; shift < 2; shift++) {
            unsigned char *data = bytes + shift;
            for (size_t i = 0; i < N * width; i++) /* of 16 bits, all patterns */
                data[i] =
                    (unsigned char)(i / width * (i % width / 2 * 40503 + 1) >> i % width % 2 * 8);
            for (size_t i = 0; i < N; i++)
                st_to_double(dtype, data + i * width, &alone[i], 1);
            for (size_t n = N; n > 0; n = n > 600 ? 600 : n - 1) {
                st_to_double(dtype, data, values, n);
                st_from_double(wide == 8 ? ST_F64 : ST_F32, values, back, n);
                for (size_t i = 0; i < n; i++) {
                    unsigned char one[WIDEST];
                    st_from_double(wide == 8 ? ST_F64 : ST_F32, &alone[i], one, 1);
                    if (memcmp(&values[i], &alone[i], sizeof *values) != 0 && !isnan(alone[i]))
                        fail_msg("%s %zu of %zu: %a, not %a", st_dtype_name(dtype), i, n, values[i],
                                 alone[i]);
                    assert_true(isnan(values[i]) == isnan(alone[i]));
                    assert_memory_equal(back + i * wide, one, wide);
                }
                if (wide == 8)
                    continue;
                unsigned char *again = (unsigned char *)values;
                st_to_float(dtype, data, floats, n);
                st_from_float(floats, again, n);
                assert_memory_equal(again, back, 4 * n);
            }
        }
    }
    free(bytes);
    free(back);
    free(values);
    free(alone);
    free(floats);
}

static void test_32_and_64_bits(void **state) {
    (void)state;
    static const uint64_t patterns[] = {0,
                                        1,
                                        0x8000000000000000,
                                        0x3ff0000000000000,
                                        0x7ff0000000000000,
                                        0xfff0000000000000,
                                        0x000fffffffffffff,
                                        0x7fefffffffffffff,
                                        0x0123456789abcdef,
                                        0xfedcba9876543210 >> 1};
    for (size_t i = 0; i < COUNT(patterns); i++) {
        unsigned char bytes[8], back[8];
        double value;
        for (int k = 0; k < 8; k++)
            bytes[k] = (unsigned char)(patterns[i] >> 8 * k);
        st_to_double(ST_F64, bytes, &value, 1);
        assert_memory_equal(&value, &patterns[i], 8); /* where doubles are integers in memory */
        st_from_double(ST_F64, &value, back, 1);
        assert_memory_equal(back, bytes, 8);
    }
    for (uint64_t step = 0; step < 1 << 22; step++) { /* floats all over */
        const uint32_t bits = (uint32_t)(step * 1021);
        const unsigned char bytes[4] = {(unsigned char)bits, (unsigned char)(bits >> 8),
                                        (unsigned char)(bits >> 16), (unsigned char)(bits >> 24)};
        double value;
        unsigned char back[4];
        st_to_double(ST_F32, bytes, &value, 1);
        if (step % 64 == 0) {
            const double expected = value_of(bits, 8, 23);
            assert_true(isnan(expected) ? isnan(value) : value == expected);
        }
        st_from_double(ST_F32, &value, back, 1);
        if (!isnan(value))
            assert_memory_equal(back, bytes, 4);
        else
            assert_memory_equal(back, "\0\0\xc0\x7f", 4);
    }
    /* Rounding to nearest even; too large is infinite; in place, and NaN always the same. */
    union {
        double values[6];
        unsigned char bytes[48];
    } place = {.values = {1 + 0x1p-24, 1 + 0x1.8p-23, 0x1.ffffffp+127, -NAN, -0x1p-150, 0.1}};
    const union {
        double value;
        uint64_t bits;
    } odd_nan = {.bits = 0xfff0000000000001};
    place.values[3] = odd_nan.value;
    st_from_double(ST_F32, place.values, place.bytes, 6);
    assert_memory_equal(
        place.bytes, "\0\0\x80\x3f\2\0\x80\x3f\0\0\x80\x7f\0\0\xc0\x7f\0\0\0\x80\xcd\xcc\xcc\x3d",
        24);
    unsigned char nan64[8];
    st_from_double(ST_F64, &odd_nan.value, nan64, 1);
    assert_memory_equal(nan64, "\0\0\0\0\0\0\xf8\x7f", 8);
}

/* Of integers the extremes, and what lies between -1 and 1. */
static void test_integers(void **state) {
    (void)state;
    static const struct {
        enum st_dtype dtype;
        const char *bytes;
        double values[3];
    } table[] = {
        {ST_BOOL, "\0\1\2", {0, 1, 2}},
        {ST_U8, "\0\x7f\xff", {0, 127, 255}},
        {ST_I8, "\x7f\x80\xff", {127, -128, -1}},
        {ST_U16, "\1\2\0\x80\xff\xff", {513, 32768, 65535}},
        {ST_I16, "\1\2\0\x80\xff\xff", {513, -32768, -1}},
        {ST_U32, "\1\2\3\4\0\0\0\x80\xff\xff\xff\xff", {67305985, 2147483648, 4294967295}},
        {ST_I32, "\1\2\3\4\0\0\0\x80\xff\xff\xff\xff", {67305985, -2147483648, -1}},
        /* 2^53 + 1 and + 3 lie between two doubles: to the even one; the largest, up. */
        {ST_U64,
         "\1\0\0\0\0\0\x20\0\3\0\0\0\0\0\x20\0\xff\xff\xff\xff\xff\xff\xff\xff",
         {0x1p53, 0x1p53 + 4, 0x1p64}},
        {ST_U64,
         "\0\0\0\0\0\0\0\x80\1\0\0\0\1\0\0\0\0\xfc\xff\xff\xff\xff\xff\xff",
         {0x1p63, 4294967297, 0x1p64}},
        {ST_U64,
         "\0\xf8\xff\xff\xff\xff\xff\xff\xff\xfb\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0",
         {0x1p64 - 2048, 0x1p64 - 2048, 4294967295}},
        {ST_I64,
         "\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\0\x80\xff\xff\xff\xff\xff\xff\xff\x7f",
         {-1, -0x1p63, 0x1p63}},
        {ST_I64,
         "\xff\xff\xff\xff\xff\xff\xdf\xff\xfd\xff\xff\xff\xff\xff\xdf\xff\0\0\0\0\xff\xff\xff\xff",
         {-0x1p53, -0x1p53 - 4, -4294967296}},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        double values[3];
        st_to_double(table[i].dtype, table[i].bytes, values, 3);
        assert_memory_equal(values, table[i].values, sizeof values);
    }
}

/* Those beyond 2^53 that a double lies on are exact. */
static void test_rounded(void **state) {
    (void)state;
    static const unsigned char bytes[] = "\0\0\0\0\0\0\x20\0\1\0\0\0\0\0\x20\0" /* 2^53, + 1 */
                                         "\0\0\0\0\0\0\0\x80\1\0\0\0\0\0\0\x80" /* 2^63, + 1 */
                                         "\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\0\0";
    static const size_t in_u64[] = {0, 0, 1, 1, 2, 3, 3}, in_i64[] = {0, 0, 1, 1, 2, 2, 2};
    for (size_t n = 0; n < COUNT(in_u64); n++) {
        assert_int_equal(st_rounded(ST_U64, bytes, n), in_u64[n]);
        assert_int_equal(st_rounded(ST_I64, bytes, n), in_i64[n]);
        assert_int_equal(st_rounded(ST_F64, bytes, n), 0);
        assert_int_equal(st_rounded(ST_U32, bytes, n), 0);
    }
}

static void test_which_are_numbers(void **state) {
    (void)state;
    static const enum st_dtype none[] = {ST_C64, ST_F6_E3M2, ST_F6_E2M3, ST_F4},
                               wide[] = {ST_F64, ST_I64, ST_U64, ST_I32, ST_U32};
    for (enum st_dtype dtype = 0; dtype < ST_DTYPES; dtype++) {
        bool is_number = true, fits = true;
        for (size_t i = 0; i < COUNT(none); i++)
            is_number = is_number && dtype != none[i];
        for (size_t i = 0; i < COUNT(wide); i++)
            fits = fits && dtype != wide[i];
        assert_int_equal(st_is_number(dtype), is_number);
        assert_int_equal(st_fits_float(dtype), is_number && fits);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_8_bits),
        cmocka_unit_test(test_rounded),
        cmocka_unit_test(test_16_bits),
        cmocka_unit_test(test_many_numbers),
        cmocka_unit_test(test_32_and_64_bits),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_which_are_numbers),
    };
    return cmocka_run_group_tests_name("dtype", tests, NULL, NULL);
}
