/* grow.h: room, what is kept, bounds, and want of memory. */
#include "engram/grow.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "support.h"

static void one_by_one_it_doubles(void **state) {
    (void)state;
    size_t room = 0, moves = 0;
    uint32_t *numbers = NULL;
    for (uint32_t n = 0; n < 1000; n++) {
        const size_t before = room;
        numbers = grow(numbers, &room, n + 1, SIZE_MAX, sizeof *numbers);
        assert_non_null(numbers);
        assert_true(room > n);
        moves += room != before;
        numbers[n] = n;
    }
    assert_int_equal(room, 1024);
    assert_int_equal(moves, 11);
    for (uint32_t n = 0; n < 1000; n++)
        assert_int_equal(numbers[n], n);
    free(numbers);
}

static void it_has_what_is_asked_for_and_no_more_than_most(void **state) {
    (void)state;
    size_t room = 0;
    char *bytes = grow(NULL, &room, 0, 0, 1);
    assert_non_null(bytes); /* even for none */
    assert_int_equal(room, 0);
    bytes = grow(bytes, &room, 60, 150, 1);
    assert_int_equal(room, 60);
    bytes = grow(bytes, &room, 61, 150, 1);
    assert_int_equal(room, 120);
    room = 60;
    bytes = grow(bytes, &room, 100, 100, 1);
    assert_int_equal(room, 100);
    assert_ptr_equal(grow(bytes, &room, 99, 150, 1), bytes);
    assert_int_equal(room, 100);
    bytes = grow(bytes, &room, 101, 150, 1);
    assert_int_equal(room, 150);
    bytes = grow(bytes, &room, 1000, 5000, 1);
    assert_int_equal(room, 1000);
    free(bytes);
}

static void without_memory_all_stays(void **state) {
    (void)state;
    size_t room = 0;
    uint64_t *numbers = grow(NULL, &room, 3, 3, sizeof *numbers);
    numbers[2] = 7;
    static const size_t counts[] = {SIZE_MAX / 8 + 1, SIZE_MAX / 16};
    for (size_t i = 0; i < COUNT(counts); i++) {
        errno = 0;
        assert_null(grow(numbers, &room, counts[i], SIZE_MAX, sizeof *numbers));
        assert_int_equal(errno, ENOMEM);
        assert_int_equal(room, 3);
        assert_int_equal(numbers[2], 7);
    }
    free(numbers);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_by_one_it_doubles),
        cmocka_unit_test(it_has_what_is_asked_for_and_no_more_than_most),
        cmocka_unit_test(without_memory_all_stays),
    };
    return cmocka_run_group_tests_name("grow", tests, NULL, NULL);
}
