/* The regions of a map, from arrays. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engram/regions.h"

enum { SIZE = 14, INPUTS = SIZE * SIZE, UNITS = 2 };

/* Every input is dark, its y off by `off`; those listed are not black. */
struct example {
    double x[UNITS][INPUTS], y[UNITS][INPUTS], r[INPUTS];
    double bias_x[UNITS], bias_y[UNITS];
    struct regions_map map;
};

static void make(struct example *e, double off) {
    *e = (struct example){.bias_x = {.25, .5}, .bias_y = {.5, .75}};
    for (size_t i = 0; i < UNITS; i++)
        for (size_t j = 0; j < INPUTS; j++) {
            e->x[i][j] = e->bias_x[i];
            e->y[i][j] = e->bias_y[i] + (i > 0 ? off : -off);
        }
    for (size_t j = 0; j < INPUTS; j++)
        e->r[j] = j % 4 == 0 ? -.5 : .25;
    e->map = (struct regions_map){.units = UNITS,
                                  .rows = SIZE,
                                  .cols = SIZE,
                                  .inputs = INPUTS,
                                  .x = *e->x,
                                  .y = *e->y,
                                  .bias_x = e->bias_x,
                                  .bias_y = e->bias_y,
                                  .r = e->r};
}

static void sevenths_are_the_edge(void **state) {
    (void)state;
    struct example e;
    struct region region[REGIONS];
    make(&e, 0);
    regions_measure(&e.map, region);
    assert_string_equal(region[0].name, "all");
    assert_string_equal(region[1].name, "edge");
    assert_string_equal(region[2].name, "inside");
    assert_int_equal(region[0].inputs, 196);
    assert_int_equal(region[1].inputs, 96); /* two rows and columns on each side */
    assert_int_equal(region[2].inputs, 100);
}

static void dark_inputs_do_not_count(void **state) {
    (void)state;
    struct example e;
    struct region region[REGIONS];
    make(&e, 0x1p-10);
    e.x[1][0] = .75;            /* not black */
    e.y[0][SIZE + 1] += 0x1p-4; /* black, not dark */
    e.y[0][3] += 0x1p-9;        /* off by as much on the other side */
    e.y[0][7 * SIZE + 7] = .5 - 0x1p-9;
    e.x[0][8 * SIZE + 8] = .1;
    regions_measure(&e.map, region);
    assert_int_equal(region[0].black, 194);
    assert_int_equal(region[0].dark, 193);
    assert_true(region[0].off == (0x1p-9 + 0x1p-10) / 2 && region[1].off == 0x1p-10);
    assert_int_equal(region[0].pixels, 3);
    assert_int_equal(region[0].negative, 2); /* 0 and 120 */
    assert_true(region[0].mean_r == -.25 && region[0].mean_abs_r == 1.25 / 3);
    assert_int_equal(region[1].pixels, 2);
    assert_true(region[1].mean_r == -.125 && region[1].mean_abs_r == .375);
    assert_int_equal(region[2].pixels, 1);
    e.r[0] = NAN;
    regions_measure(&e.map, region);
    assert_int_equal(region[0].undefined, 1);
    assert_int_equal(region[0].pixels, 2);
}

/* Of those left out, arrays hold nothing, and they are in no region. */
static void inputs_that_are_kept_have_their_places(void **state) {
    (void)state;
    static const double x[UNITS][3] = {{.25, .25, .1}, {.5, .5, .5}},
                        y[UNITS][3] = {{.5, .5, .5}, {.75, 1, .75}};
    static const double r[3] = {.5, -.5, -.25};
    static const size_t at[3] = {SIZE + 1, 2 * SIZE + 2, 3 * SIZE + 9}; /* the first at the edge */
    struct example e;
    struct region region[REGIONS];
    make(&e, 0);
    e.map.x = *x;
    e.map.y = *y;
    e.map.r = r;
    e.map.inputs = 3;
    e.map.at = at;
    regions_measure(&e.map, region);
    assert_true(region[0].inputs == 3 && region[1].inputs == 1 && region[2].inputs == 2);
    assert_true(region[0].black == 2 && region[1].black == 1 && region[2].black == 1);
    assert_true(region[0].dark == 1 && region[1].dark == 1 && region[2].dark == 0);
    assert_true(region[2].pixels == 2 && region[2].mean_r == -.375 && region[2].undefined == 0);
}

static void undefined_numbers(void **state) {
    (void)state;
    struct example e;
    struct region region[REGIONS];
    make(&e, 0);
    e.bias_x[0] = NAN;
    regions_measure(&e.map, region);
    assert_int_equal(region[0].black, 0);
    for (size_t j = 0; j < INPUTS; j++)
        e.x[0][j] = j == 5 ? INFINITY : NAN; /* undefined as the bias is */
    regions_measure(&e.map, region);
    assert_int_equal(region[0].black, INPUTS);
    for (size_t i = 0; i < UNITS; i++)
        e.y[i][5] = NAN;
    regions_measure(&e.map, region);
    assert_int_equal(region[0].black, INPUTS);
    assert_int_equal(region[0].dark, INPUTS - 1);
    for (size_t j = 0; j < INPUTS; j++)
        e.x[1][j] = NAN;
    e.bias_x[1] = NAN;
    regions_measure(&e.map, region);
    assert_true(region[0].black == UINT64_MAX && region[0].dark == UINT64_MAX);
    assert_true(isnan(region[0].off) && region[0].pixels == INPUTS);
    e.map.x = NULL;
    regions_measure(&e.map, region);
    assert_true(region[1].black == UINT64_MAX && region[0].pixels == INPUTS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sevenths_are_the_edge),
        cmocka_unit_test(dark_inputs_do_not_count),
        cmocka_unit_test(inputs_that_are_kept_have_their_places),
        cmocka_unit_test(undefined_numbers),
    };
    return cmocka_run_group_tests_name("regions", tests, NULL, NULL);
}
