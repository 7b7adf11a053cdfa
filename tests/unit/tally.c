/* What passes as a tally, and shares at the ends of what a number can be. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engram/tally.h"
#include "support.h"

static double share(double part, double other) {
    double result = 7;
    tally_shares(&part, &other, &result, 1);
    return result;
}

static void shares_are_parts_of_sums(void **state) {
    (void)state;
    const double a[] = {1, 0, 3, 1e-320, 0x1p-1074}, b[] = {1, 5, 0, 1e-320, 0x1.8p-1073};
    const double expected[] = {0.5, 0, 1, 0.5, 0.25};
    double shares[5];
    assert_false(tally_shares(a, b, shares, 5));
    for (size_t i = 0; i < 5; i++)
        assert_true(shares[i] == expected[i]);
}

/* A sum beyond the largest number, alone and beside others. */
static void large_sums_have_shares(void **state) {
    (void)state;
    assert_true(share(1e308, 1e308) == 0.5 && share(DBL_MAX, DBL_MAX) == 0.5);
    assert_true(share(0x1.8p1023, 0x1p1023) == 0.6 && share(0x1p971, DBL_MAX) == 0x1p-53);
    assert_true(share(-DBL_MAX, -DBL_MAX) == 0.5 && share(DBL_MAX, 0) == 1);
    const double a[] = {1, 1e308, NAN, 3}, b[] = {3, 1e308, 1, 1};
    double shares[4];
    tally_shares(a, b, shares, 4);
    assert_true(shares[0] == 0.25 && shares[1] == 0.5 && isnan(shares[2]) && shares[3] == 0.75);
}

static void what_has_no_share(void **state) {
    (void)state;
    assert_true(isnan(share(0, 0)) && isnan(share(NAN, 1)) && isnan(share(1, NAN)));
    assert_true(isnan(share(INFINITY, 1)) && isnan(share(1, INFINITY)));
    assert_true(isnan(share(INFINITY, INFINITY)) && isnan(share(INFINITY, -INFINITY)));
    assert_true(!isfinite(share(1, -1)));
}

static void signs_are_told(void **state) {
    (void)state;
    double a[9], b[9], shares[9];
    for (size_t k = 0; k < 18; k++) {
        for (size_t i = 0; i < 9; i++)
            a[i] = b[i] = 1;
        assert_false(tally_shares(a, b, shares, 9));
        (k < 9 ? a : b)[k % 9] = k % 2 == 0 ? -1e-300 : -0.0;
        assert_true(tally_shares(a, b, shares, 9));
    }
    assert_false(tally_shares(a, b, shares, 0));
}

static void the_first_negative_number_is_named(void **state) {
    (void)state;
    const struct st_file file = {.input.name = "file"};
    const struct st_tensor tensor = {.name = (char *)"a\tb"};
    const double values[] = {1, -0.0, NAN, INFINITY, 0, -0x1p-1074, -1};
    struct error error;
    assert_int_equal(tally_check(&file, &tensor, 100, values, 5, &error), 0);
    assert_int_equal(tally_check(&file, &tensor, 100, values, 0, &error), 0);
    assert_int_equal(tally_check(&file, &tensor, 100, values, 7, &error), -1);
    assert_string_equal(error.text, "file: tensor \"a\\tb\": element 105 is -4.94066e-324; tallies "
                                    "and differences are not negative (--any lets it pass)");
}

static void networks_are_no_tallies(void **state) {
    (void)state;
    struct st_metadata kind = {(char *)"kind", (char *)"tally"};
    const struct st_file file = {.input.name = "file", .metadata = 1, .metadatum = &kind},
                         none = {.input.name = "none"};
    struct error error;
    assert_int_equal(tally_check_file(&file, &error), 0);
    assert_int_equal(tally_check_file(&none, &error), 0);
    kind.value = (char *)"network";
    assert_int_equal(tally_check_file(&file, &error), -1);
    assert_string_equal(error.text, "file: a network (kind=network), not a tally or a difference; "
                                    "--any lets it pass");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_parts_of_sums),
        cmocka_unit_test(large_sums_have_shares),
        cmocka_unit_test(what_has_no_share),
        cmocka_unit_test(signs_are_told),
        cmocka_unit_test(the_first_negative_number_is_named),
        cmocka_unit_test(networks_are_no_tallies),
    };
    return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}
