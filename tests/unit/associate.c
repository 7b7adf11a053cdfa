/* Associations of arrays: against R (tests/data/statistics-structure.txt), and what gaps do. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engram/associate.h"

enum { UNITS = 5, INPUTS = 4, ELEMENTS = UNITS * INPUTS };

static const double x[ELEMENTS] = {.12, .35, .47, .21, .80, .66, .59, .33, .91, .05,
                                   .44, .62, .27, .73, .18, .50, .39, .58, .95, .07};
static const double y[ELEMENTS] = {.30, .28, .55, .25, .70, .52, .66, .41, .62, .18,
                                   .20, .71, .33, .49, .36, .77, .15, .60, .81, .24};

static void near(double value, double expected, double relative) {
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not %.17g to %g", value, expected, relative);
}

static void fill(struct pool *pool, const double *a, const double *b, size_t count) {
    double defined_a[ELEMENTS], defined_b[ELEMENTS];
    struct error error;
    memcpy(defined_a, a, count * sizeof *a);
    memcpy(defined_b, b, count * sizeof *b);
    const size_t n = stat_defined(defined_a, defined_b, count);
    const struct stat_pairs pairs = stat_pairs_of(defined_a, defined_b, n);
    assert_int_equal(pool_add(pool, a, b, count, &pairs, &error), 0);
}

static void tensor(const double *a, const double *b, size_t rank,
                   const struct association_plan *plan, struct association part[TWOWAY_PARTS]) {
    struct pool pool = {.expected = ELEMENTS};
    struct error error;
    const size_t units = rank > 1 ? UNITS : ELEMENTS, inputs = ELEMENTS / units;
    for (size_t p = 0; p < TWOWAY_PARTS; p++)
        part[p] = association_none();
    fill(&pool, a, b, 8); /* in two blocks */
    fill(&pool, a + 8, b + 8, ELEMENTS - 8);
    assert_int_equal(associate_tensor(&pool, rank, units, inputs, plan, part, &error), 0);
    assert_true(pool.x == NULL && pool.y == NULL);
}

static void a_matrix_has_parts(void **state) {
    (void)state;
    struct association part[TWOWAY_PARTS];
    tensor(x, y, 2, &(struct association_plan){.permutations = 9999, .seed = 1, .split = 3}, part);
    near(part[TWOWAY_ALL].c.r, 0.78633720752966485, 1e-14);
    near(part[TWOWAY_UNITS].c.r, 0.83735477730056063, 1e-13);
    near(part[TWOWAY_INPUTS].c.r, -0.024012290757061037, 1e-12);
    near(part[TWOWAY_CENTRED].c.r, 0.83382281442158634, 1e-13);
    near(part[TWOWAY_UNITS].spearman, 0.6, 1e-14);
    near(part[TWOWAY_INPUTS].spearman, 0.4, 1e-14);
    assert_true(isnan(part[TWOWAY_CENTRED].spearman) && !isnan(part[TWOWAY_ALL].spearman));
    near(part[TWOWAY_UNITS].share, 0.11813870888187392, 1e-12);
    near(part[TWOWAY_UNITS].variance_x, 0.15400427083484652, 1e-13);
    near(part[TWOWAY_INPUTS].variance_x, 0.068958003457342501, 1e-13);
    near(part[TWOWAY_CENTRED].variance_x, 0.77703772570781093, 1e-13);
    near(part[TWOWAY_UNITS].variance_y, 0.12925063064007783, 1e-13);
    near(part[TWOWAY_INPUTS].variance_y, 0.04112414142649911, 1e-13);
    near(part[TWOWAY_CENTRED].variance_y, 0.82962522793342308, 1e-13);
    assert_true(isnan(part[TWOWAY_ALL].variance_x));
    near(part[TWOWAY_UNITS].p_units, 0.1, 0.15);
    near(part[TWOWAY_ALL].p_units, 1 / 120.0, 0.5);
    assert_true(isnan(part[TWOWAY_INPUTS].p_units));
    near(part[TWOWAY_UNITS].auc_x, 0.66666666666666663, 1e-14);
    near(part[TWOWAY_UNITS].auc_y, 0.33333333333333331, 1e-14);
    assert_false(part[TWOWAY_ALL].gaps);
}

static void more_dimensions_have_p_units_alone(void **state) {
    (void)state;
    struct association part[TWOWAY_PARTS];
    tensor(x, y, 3, &(struct association_plan){.permutations = 99, .seed = 1}, part);
    assert_true(part[TWOWAY_ALL].p_units > 0);
    assert_true(isnan(part[TWOWAY_ALL].share) && isnan(part[TWOWAY_UNITS].c.r));
    tensor(x, y, 3, &(struct association_plan){0}, part);
    assert_true(isnan(part[TWOWAY_ALL].p_units));
    near(part[TWOWAY_ALL].c.r, 0.78633720752966485, 1e-14);
}

/* The elements of a vector are its units; those undefined belong to neither side of a split. */
static void a_vector_is_of_units(void **state) {
    (void)state;
    struct association part[TWOWAY_PARTS];
    double a[ELEMENTS], b[ELEMENTS];
    for (size_t i = 0; i < ELEMENTS; i++) {
        a[i] = (double)i;
        b[i] = i < 5 ? 1 : 2;
    }
    a[1] = a[2] = NAN;
    b[7] = INFINITY;
    tensor(a, b, 1, &(struct association_plan){.permutations = 999, .split = 4}, part);
    assert_int_equal(part->c.n, 17);
    assert_int_equal(part->undefined, 3);
    assert_true(part->auc_x == 0);
    near(part->auc_y, 0.5 / 15, 1e-14); /* two of 1 against one of 1 and fourteen of 2 */
    assert_true(part->p_units < .01);
    tensor(a, b, 1, &(struct association_plan){.split = ELEMENTS}, part);
    assert_true(isnan(part->auc_x) && isnan(part->p_units));
}

static void gaps_are_left_out(void **state) {
    (void)state;
    struct association part[TWOWAY_PARTS];
    const struct association_plan plan = {.permutations = 9};
    double a[ELEMENTS];
    memcpy(a, x, sizeof a);
    for (size_t j = 0; j < INPUTS; j++)
        a[2 * INPUTS + j] = NAN; /* a unit */
    a[1] = NAN;                  /* and of another, an input */
    tensor(a, y, 2, &plan, part);
    assert_int_equal(part[TWOWAY_ALL].undefined, 5);
    assert_int_equal(part[TWOWAY_CENTRED].undefined, ELEMENTS - 4 * 3);
    assert_int_equal(part[TWOWAY_UNITS].c.n, 4);
    assert_int_equal(part[TWOWAY_INPUTS].c.n, 3);
    near(part[TWOWAY_UNITS].variance_x + part[TWOWAY_INPUTS].variance_x +
             part[TWOWAY_CENTRED].variance_x,
         1, 1e-14);
    for (size_t j = 0; j < INPUTS; j++)
        a[(j < 2 ? j : j + 1) * INPUTS + j] = NAN; /* every input, in another unit */
    tensor(a, y, 2, &plan, part);
    assert_true(part->gaps && isnan(part->p_units) && isnan(part[TWOWAY_UNITS].variance_x));
    assert_true(part->c.r > 0);
}

/* Too many to be kept, and none: r alone. */
static void pairs_that_are_not_kept(void **state) {
    (void)state;
    const struct association_plan plan = {.permutations = 9, .split = 2};
    struct pool pool = {.expected = ASSOCIATE_MAX + 1};
    struct association part[TWOWAY_PARTS] = {association_none()};
    struct error error;
    fill(&pool, x, y, ELEMENTS);
    assert_false(pool_kept(&pool));
    assert_null(pool.x);
    assert_int_equal(associate_tensor(&pool, 2, UNITS, INPUTS, &plan, part, &error), 0);
    near(part->c.r, 0.78633720752966485, 1e-14);
    assert_true(isnan(part->spearman) && isnan(part->p_units) && isnan(part->share));
    part[0] = association_none();
    assert_int_equal(associate_tensor(&pool, 1, ELEMENTS, 1, &plan, part, &error), 0);
    assert_true(isnan(part->auc_x) && isnan(part->p_units));
    struct pool none = {0};
    part[0] = association_none();
    assert_int_equal(associate_tensor(&none, 2, 0, 4, &plan, part, &error), 0);
    assert_int_equal(associate_tensor(&none, 1, 0, 1, &plan, part, &error), 0);
    assert_true(part->c.n == 0 && isnan(part->c.r) && isnan(part->spearman) && !part->gaps);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_matrix_has_parts),
        cmocka_unit_test(more_dimensions_have_p_units_alone),
        cmocka_unit_test(a_vector_is_of_units),
        cmocka_unit_test(gaps_are_left_out),
        cmocka_unit_test(pairs_that_are_not_kept),
    };
    return cmocka_run_group_tests_name("associate", tests, NULL, NULL);
}
