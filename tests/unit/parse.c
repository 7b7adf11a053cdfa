/* parse.h: what is a number, a list of labels, a shape, and what is not. */
#include "engram/parse.h"

#include "support.h"

static void integers(void **state) {
    (void)state;
    static const struct {
        const char *text, *rest; /* NULL: no number */
        uint64_t max, value;
    } table[] = {
        {"0", "", 0, 0},
        {"17x", "x", 17, 17},
        {"10,2", ",2", 255, 10},
        {"18446744073709551615", "", UINT64_MAX, UINT64_MAX},
        {"18446744073709551616", NULL, UINT64_MAX, 0},
        {"18", NULL, 17, 0},
        {"", NULL, 9, 0},
        {"01", NULL, 9, 0},
        {"00", NULL, 9, 0},
        {"-1", NULL, UINT64_MAX, 0},
        {"+1", NULL, 9, 0},
        {" 1", NULL, 9, 0},
        {"x1", NULL, 9, 0},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        const char *text = table[i].text;
        uint64_t value;
        if (parse_integer(&text, table[i].max, &value) != (table[i].rest != NULL))
            fail_msg("'%s'", table[i].text);
        if (table[i].rest != NULL) {
            assert_string_equal(text, table[i].rest);
            assert_true(value == table[i].value);
        }
    }
}

static void labels(void **state) {
    (void)state;
    bool found[256];
    int twice;
    const char *text = "7,0,255;8";
    found[8] = true;
    assert_true(parse_labels(&text, found, &twice));
    assert_string_equal(text, ";8");
    assert_int_equal(twice, -1);
    for (int label = 0; label < 256; label++)
        assert_int_equal(found[label], label == 0 || label == 7 || label == 255);
    text = "2,3,2,4";
    assert_true(parse_labels(&text, found, &twice));
    assert_int_equal(twice, 2);
    assert_string_equal(text, "");
    static const char *const wrong[] = {"", ",", "1,", ",1", "1,,2", "256", "-1", "x", "1,02"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        text = wrong[i];
        if (parse_labels(&text, found, &twice))
            fail_msg("'%s'", wrong[i]);
    }
}

static void shapes(void **state) {
    (void)state;
    uint64_t rows, cols;
    assert_true(parse_shape("28x3", 'x', &rows, &cols));
    assert_true(rows == 28 && cols == 3);
    assert_true(parse_shape("0,18446744073709551615", ',', &rows, &cols));
    assert_true(rows == 0 && cols == UINT64_MAX);
    static const char *const wrong[] = {"",     "28",   "28x",   "x28",  "28X28",
                                        "2x3x", "2x3 ", "2x3x4", "02x3", "2,3"};
    for (size_t i = 0; i < COUNT(wrong); i++)
        if (parse_shape(wrong[i], 'x', &rows, &cols))
            fail_msg("'%s'", wrong[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),
        cmocka_unit_test(labels),
        cmocka_unit_test(shapes),
    };
    return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
