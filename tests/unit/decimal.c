/* decimal.h: the bytes of printf; the fewest digits. */
#include "engram/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/rng.h"
#include "support.h"

static void assert_printed(double value, int digits) {
    char expected[400], text[DECIMAL_SIZE];
    snprintf(expected, sizeof expected, "%.*g", digits, value);
    const size_t length = decimal_number(value, digits, text);
    if (strcmp(text, expected) != 0 || length != strlen(expected))
        fail_msg("%a with %d digits: \"%s\", not \"%s\"", value, digits, text, expected);
}

/* All sizes, decimals and the middles between them, with their neighbours; every power of ten. */
static void numbers_are_printfs(void **state) {
    (void)state;
    struct rng rng;
    rng_seed(&rng, 1);
    for (int i = 0; i < 200000; i++) {
        const int digits = i % 11 == 10 ? 17 : i % 11; /* 0 and 17 too */
        const double size = pow(10, i % 20 - 8), any = rng_normal(&rng) * size;
        const double decimal = floor(any / size * 1e4) * size / 1e4;
        const double middle = (floor(any / size * 1e4) + 0.5) * size / 1e4;
        const double binary = floor(any * 1024) / 1024; /* middles that are exact */
        const double all[] = {any, decimal, middle, binary, size};
        for (size_t k = 0; k < COUNT(all); k++) {
            assert_printed(all[k], digits);
            assert_printed(nextafter(all[k], INFINITY), digits);
            assert_printed(-nextafter(all[k], 0), digits);
        }
    }
    static const double special[] = {
        0,       -0.0, 99999.95,        999999999.5, 999999999.4999999,
        1e9,     1e-4, 9.9999999999e-5, 5e-324,      1.7976931348623157e308,
        INFINITY};
    for (size_t k = 0; k < COUNT(special); k++)
        for (int digits = 1; digits < 12; digits++)
            assert_printed(special[k], digits);
    assert_printed(-2.2250738585072014e-308, DECIMAL_MAX_DIGITS); /* the longest */
}

static void every_nan_is_one(void **state) {
    (void)state;
    char text[DECIMAL_SIZE];
    assert_int_equal(decimal_number(NAN, 6, text), 3);
    assert_string_equal(text, "nan");
    assert_int_equal(decimal_number(-NAN, 6, text), 3);
    assert_string_equal(text, "nan");
}

static void integers(void **state) {
    (void)state;
    char text[DECIMAL_SIZE], expected[DECIMAL_SIZE];
    for (uint64_t n = 1; n <= UINT64_MAX / 10; n *= 10)
        for (uint64_t k = n - 1; k <= n; k++) {
            snprintf(expected, sizeof expected, "%llu", (unsigned long long)k);
            assert_int_equal(decimal_integer(k, text), strlen(expected));
            assert_string_equal(text, expected);
        }
    assert_int_equal(decimal_integer(UINT64_MAX, text), 20);
    assert_string_equal(text, "18446744073709551615");
}

static void the_fewest_digits(void **state) {
    (void)state;
    static const struct {
        double value;
        bool single;
        const char *text;
    } table[] = {
        {0.005, false, "0.005"},     {5e-5, false, "5e-05"},
        {1000, false, "1e+03"},      {0.1 + 0.2, false, "0.30000000000000004"},
        {(double)0.1f, true, "0.1"}, {(double)0.1f, false, "0.10000000149011612"},
        {-5e-324, false, "-5e-324"}, {1 / 3.0, false, "0.3333333333333333"},
        {INFINITY, false, "inf"},    {NAN, false, "nan"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        char text[DECIMAL_SIZE];
        assert_int_equal(decimal_shortest(table[i].value, table[i].single, text),
                         strlen(table[i].text));
        assert_string_equal(text, table[i].text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_printfs),
        cmocka_unit_test(every_nan_is_one),
        cmocka_unit_test(integers),
        cmocka_unit_test(the_fewest_digits),
    };
    return cmocka_run_group_tests_name("decimal", tests, NULL, NULL);
}
