/* Columns: header, rows and JSON of every type. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engram/column.h"
#include "support.h"

struct row {
    const char *name, *text;
    uint64_t count;
    double number, log_p;
};

static const struct column columns[] = {{"name", COLUMN_NAME, offsetof(struct row, name)},
                                        {"text", COLUMN_TEXT, offsetof(struct row, text)},
                                        {"count", COLUMN_COUNT, offsetof(struct row, count)},
                                        {"number", COLUMN_NUMBER, offsetof(struct row, number)},
                                        {"exact", COLUMN_EXACT, offsetof(struct row, number)},
                                        {"p", COLUMN_LOG_P, offsetof(struct row, log_p)},
                                        {0}};

static const struct row full = {"a\tb", "t", 7, 1.0 / 3, 0},
                        bare = {"n", "", COLUMN_UNDEFINED, NAN, NAN};

static void assert_written(struct output *output, const char *expected) {
    struct error error;
    assert_int_equal(output_commit(output, &error), 0);
    size_t size;
    char *text = support_get(support_path("table"), &size);
    assert_string_equal(text, expected);
    free(text);
}

static void tables_have_tabs(void **state) {
    (void)state;
    struct output output;
    struct error error;
    assert_int_equal(output_open(&output, support_path("table"), false, &error), 0);
    assert_int_equal(column_write_header(columns, &output, &error), 0);
    assert_int_equal(column_write_row(columns, &full, &output, &error), 0);
    assert_int_equal(column_write_row(columns, &bare, &output, &error), 0);
    assert_written(&output, "name\ttext\tcount\tnumber\texact\tp\n"
                            "a\\tb\tt\t7\t0.333333333\t0.33333333333333331\t1\n"
                            "n\t\tnan\tnan\tnan\tnan\n");
}

static void a_table_has_names_and_rows(void **state) {
    (void)state;
    struct output output;
    struct error error;
    const struct row rows[] = {bare, full};
    assert_int_equal(output_open(&output, support_path("table"), false, &error), 0);
    assert_int_equal(column_write_table(columns + 1, rows, 2, sizeof *rows, &output, &error), 0);
    assert_int_equal(column_write_table(columns + 5, rows, 0, sizeof *rows, &output, &error), 0);
    assert_written(&output, "text\tcount\tnumber\texact\tp\n"
                            "\tnan\tnan\tnan\tnan\n"
                            "t\t7\t0.333333333\t0.33333333333333331\t1\n"
                            "p\n");
}

static void json_has_null_for_the_undefined(void **state) {
    (void)state;
    struct output output;
    struct error error;
    assert_int_equal(output_open(&output, support_path("table"), false, &error), 0);
    assert_int_equal(column_write_json(columns, &full, 2, &output, &error), 0);
    assert_int_equal(column_write_json(columns, &bare, 0, &output, &error), 0);
    assert_written(&output,
                   "{\n   \"name\": \"a\\tb\",\n   \"text\": \"t\",\n   \"count\": 7,\n"
                   "   \"number\": 0.33333333333333331,\n   \"exact\": 0.33333333333333331,\n"
                   "   \"log10_p\": 0.0\n  }"
                   "{\n \"name\": \"n\",\n \"text\": \"\",\n \"count\": null,\n"
                   " \"number\": null,\n \"exact\": null,\n \"log10_p\": null\n}");
}

static void json_has_the_decimal_logarithm_of_p(void **state) {
    (void)state;
    static const struct row small = {"n", "", 0, 0, -0x1.26bb1bbb55516p+2}; /* log(0.01) */
    struct output output;
    struct error error;
    assert_int_equal(output_open(&output, support_path("table"), false, &error), 0);
    assert_int_equal(column_write_json(columns + 5, &small, 0, &output, &error), 0);
    assert_written(&output, "{\n \"log10_p\": -2.0\n}");
}

static void a_name_that_is_no_text_is_an_error(void **state) {
    (void)state;
    static const struct row bad = {"\xff", "", 0, 0, 0};
    struct output output;
    struct error error;
    assert_int_equal(output_open(&output, support_path("table"), false, &error), 0);
    assert_int_equal(column_write_json(columns, &bad, 0, &output, &error), -1);
    support_assert_error(&error, support_path("table"), "cannot make JSON of the table");
    output_discard(&output);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_have_tabs),
        cmocka_unit_test(a_table_has_names_and_rows),
        cmocka_unit_test(json_has_null_for_the_undefined),
        cmocka_unit_test(json_has_the_decimal_logarithm_of_p),
        cmocka_unit_test(a_name_that_is_no_text_is_an_error),
    };
    return cmocka_run_group_tests_name("column", tests, support_setup, support_teardown);
}
