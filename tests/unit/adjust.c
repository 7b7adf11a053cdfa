/* Adjusted p-values against R and statsmodels (tests/data/statistics-structure.txt). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engram/adjust.h"
#include "support.h"

enum { COUNT = 10 };

static const double p[COUNT] = {.0001, .004, .019, .0095, .02, .028, .03, .032, .4, .56};

typedef int adjust_function(const double *log_p, size_t count, double *log_q, struct error *error);

static void adjusted(adjust_function *adjust, const double expected[COUNT]) {
    double log_p[COUNT], log_q[COUNT];
    struct error error;
    for (size_t i = 0; i < COUNT; i++)
        log_p[i] = log(p[i]);
    assert_int_equal(adjust(log_p, COUNT, log_q, &error), 0);
    for (size_t i = 0; i < COUNT; i++)
        if (!(fabs(exp(log_q[i]) - expected[i]) <= 1e-12 * expected[i]))
            fail_msg("%zu: %.17g is not %.17g", i, exp(log_q[i]), expected[i]);
}

static void bh_is_rs(void **state) {
    (void)state;
    adjusted(adjust_bh, (const double[]){.001, .02, .04, 0.031666666666666669, .04, .04, .04, .04,
                                         0.44444444444444448, .56});
}

static void by_is_rs(void **state) {
    (void)state;
    adjusted(adjust_by,
             (const double[]){0.0029289682539682541, 0.058579365079365078, 0.11715873015873016,
                              0.092750661375661361, 0.11715873015873016, 0.11715873015873016,
                              0.11715873015873016, 0.11715873015873016, 1, 1});
}

/* statsmodels.stats.multitest.multipletests(p, method='holm')[1] */
static void holm_is_statsmodels(void **state) {
    (void)state;
    adjusted(adjust_holm, (const double[]){.001, .036, .133, .076, .133, .14, .14, .14, .8, .8});
}

static void limits(void **state) {
    (void)state;
    struct error error;
    const double log_p[] = {-5000, -INFINITY, 0};
    double log_q[] = {1, 1, 1};
    assert_int_equal(adjust_bh(log_p, 0, log_q, &error), 0);
    assert_true(log_q[0] == 1);
    assert_int_equal(adjust_by(log_p, 1, log_q, &error), 0);
    assert_true(log_q[0] == -5000);
    assert_int_equal(adjust_bh(log_p, 3, log_q, &error), 0);
    assert_true(fabs(log_q[0] - (-5000 + log(1.5))) < 1e-12);
    assert_true(isinf(log_q[1]) && log_q[1] < 0 && log_q[2] == 0);
    log_q[0] = 1;
    assert_int_equal(adjust_holm(log_p, 0, log_q, &error), 0);
    assert_true(log_q[0] == 1);
    assert_int_equal(adjust_holm(log_p, 3, log_q, &error), 0);
    assert_true(fabs(log_q[0] - (-5000 + log(2))) < 1e-12);
    assert_true(isinf(log_q[1]) && log_q[1] < 0 && log_q[2] == 0);
    const double large[] = {log(.8), log(.6), log(.9)};
    assert_int_equal(adjust_holm(large, 3, log_q, &error), 0);
    assert_true(log_q[0] == 0 && log_q[1] == 0 && log_q[2] == 0);
    double in_place[] = {log(.03), log(.01)};
    assert_int_equal(adjust_holm(in_place, 2, in_place, &error), 0);
    assert_true(fabs(exp(in_place[0]) - .03) < 1e-15 && fabs(exp(in_place[1]) - .02) < 1e-15);
}

static void without_memory(void **state) {
    (void)state;
    static adjust_function *const all[] = {adjust_bh, adjust_holm}; /* BY counts them first */
    for (size_t i = 0; i < 2; i++) {
        struct error error;
        assert_int_equal(all[i](NULL, SIZE_MAX / 64, NULL, &error), -1);
        support_assert_error(&error, "288230376151711743 hypotheses", "Cannot allocate memory");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bh_is_rs),
        cmocka_unit_test(by_is_rs),
        cmocka_unit_test(holm_is_statsmodels),
        cmocka_unit_test(limits),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests_name("adjust", tests, NULL, NULL);
}
