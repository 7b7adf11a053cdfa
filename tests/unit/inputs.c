/* Elements of a matrix that a mask keeps. */
#include "engram/inputs.h"
#include "support.h"

enum { ALL = 5, KEPT = 3, UNITS = 4 };

static const struct inputs inputs = {.all = ALL,
                                     .kept = (bool[]){false, true, true, false, true},
                                     .at = (size_t[]){1, 2, 4},
                                     .count = KEPT};

/* From any element on, any number, as far as several units. */
static void blocks_begin_and_end_anywhere(void **state) {
    (void)state;
    for (size_t start = 0; start < UNITS * ALL; start++)
        for (size_t count = 0; start + count <= UNITS * ALL; count++) {
            double values[UNITS * ALL];
            size_t kept = 0;
            for (size_t i = 0; i < count; i++)
                values[i] = (double)(start + i);
            const size_t found = inputs_compact(&inputs, start, values, count);
            for (size_t k = 0; k < UNITS * KEPT; k++) {
                const size_t element = k / KEPT * ALL + inputs.at[k % KEPT];
                if (element >= start && element < start + count)
                    assert_true(kept < found && values[kept++] == (double)element);
            }
            assert_int_equal(found, kept);
        }
    double value = 7; /* far on */
    assert_int_equal(inputs_compact(&inputs, UINT64_MAX / ALL * ALL - 1, &value, 1), 1);
    assert_int_equal(inputs_compact(&inputs, UINT64_MAX / ALL * ALL - 2, &value, 1), 0);
}

static void matrices_of_as_many_inputs_are_cut(void **state) {
    (void)state;
    static const struct inputs none = {0};
    uint64_t shape[] = {2, ALL, ALL};
    struct st_tensor tensor = {.rank = 2, .shape = shape};
    assert_ptr_equal(inputs_for(&inputs, &tensor), &inputs);
    assert_null(inputs_for(&none, &tensor));
    shape[1] = 0;
    assert_null(inputs_for(&inputs, &tensor));
    assert_null(inputs_for(&none, &tensor));
    shape[1] = ALL;
    tensor.rank = 3;
    assert_null(inputs_for(&inputs, &tensor));
    shape[0] = ALL;
    tensor.rank = 1;
    assert_null(inputs_for(&inputs, &tensor));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_begin_and_end_anywhere),
        cmocka_unit_test(matrices_of_as_many_inputs_are_cut),
    };
    return cmocka_run_group_tests_name("inputs", tests, NULL, NULL);
}
