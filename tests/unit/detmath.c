/* detmath.h against the C library in long double: the stated errors in ulp, the ends of every
 * range, and the values the C standard gives for zeros, infinities and NaN. */
#include "engram/detmath.h"

#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engram/rng.h"
#include "support.h"

struct function {
    const char *name;
    double (*det)(double);
    long double (*reference)(long double);
    double low, high; /* where the function is neither constant nor infinite */
    double bound;     /* of detmath.h, in ulp */
};

static const struct function functions[] = {
    {"exp", det_exp, expl, -745.14, 709.79, 1}, {"expm1", det_expm1, expm1l, -45, 709.79, 4},
    {"log", det_log, logl, 0, DBL_MAX, 1},      {"log1p", det_log1p, log1pl, -1, DBL_MAX, 2},
    {"atanh", det_atanh, atanhl, -1, 1, 3},     {"tanh", det_tanh, tanhl, -23, 23, 3},
};

struct worst {
    double error, at;
};

/* Notes the error at x, in units of the last place of the exact result. */
static void measure(const struct function *f, double x, struct worst *worst) {
    if (!(x >= f->low && x <= f->high))
        return;
    const double got = f->det(x);
    const long double exact = f->reference(x);
    double error = 0;
    if (fabsl(exact) > DBL_MAX || isinf(got)) { /* the overflow is where rounding puts it */
        if (got != (double)exact)
            error = INFINITY;
    } else {
        const int exponent = exact == 0 ? -1022 : ilogbl(exact);
        error = (double)fabsl(ldexpl(got - exact, 52 - (exponent < -1022 ? -1022 : exponent)));
        if (isnan(got))
            error = INFINITY;
    }
    if (error > worst->error)
        *worst = (struct worst){error, x};
}

static double from_bits(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* A point and its neighbours, on both sides of 0. */
static void measure_near(const struct function *f, double x, struct worst *worst) {
    for (int sign = 0; sign < 2; sign++, x = -x) {
        double up = x, down = x;
        for (int i = 0; i < 20; i++) {
            measure(f, up, worst);
            measure(f, down, worst);
            up = nextafter(up, INFINITY);
            down = nextafter(down, -INFINITY);
        }
    }
}

static void test_errors(void **state) {
    (void)state;
    if (LDBL_MANT_DIG < DBL_MANT_DIG + 8) {
        support_skipped("nothing here knows better");
        return;
    }
    bool good = true;
    for (size_t n = 0; n < COUNT(functions); n++) {
        const struct function *f = &functions[n];
        struct worst worst = {0};
        struct rng rng;
        rng_seed(&rng, n);
        const double low = fmax(f->low, -750), high = fmin(f->high, 750);
        for (int i = 0; i < 300000; i++) {
            measure(f, low + (high - low) * rng_uniform(&rng), &worst); /* all over the range */
            measure(f, 4 * rng_uniform(&rng) - 2, &worst);              /* round 0 and 1 */
            measure(f, from_bits(rng_next(&rng)), &worst);              /* of every magnitude */
            measure(f, from_bits(rng_next(&rng) % 0x0010000000000000), &worst); /* subnormal */
            measure(f, ldexp(rng_uniform(&rng) - 0.5, -(int)(rng_next(&rng) % 60)), &worst);
            measure(f, 1 - ldexp(rng_uniform(&rng), -(int)(rng_next(&rng) % 53)), &worst);
        }
        for (int k = -1080; k <= 1030; k++) {
            measure_near(f, ldexp(1, k), &worst);              /* powers of 2 */
            measure_near(f, ldexp(M_SQRT2, k), &worst);        /* where log's reduction turns */
            measure_near(f, k * M_LN2 / 2, &worst);            /* where exp's reduction turns */
            measure_near(f, 1 - ldexp(1, k / 20 - 1), &worst); /* towards 1 */
        }
        measure_near(f, 0.34, &worst); /* where expm1 turns */
        measure_near(f, 0.17, &worst);
        measure_near(f, 22, &worst);
        measure_near(f, f->low, &worst);
        measure_near(f, f->high, &worst);
        measure_near(f, DBL_MAX, &worst);
        print_message("# det_%s: %.2f ulp at %a\n", f->name, worst.error, worst.at);
        good = good && worst.error <= f->bound;
    }
    assert_true(good);
}

static void assert_same(double got, double expected) {
    if (isnan(expected) ? !isnan(got) : got != expected || !signbit(got) != !signbit(expected))
        fail_msg("%a instead of %a", got, expected);
}

/* x and the values of exp, expm1, log, log1p, atanh, tanh there. */
static void test_special_values(void **state) {
    (void)state;
    const double max = DBL_MAX, tiny = 0x1p-1074;
    const double table[][7] = {
        {0, 1, 0, -INFINITY, 0, 0, 0},
        {-0.0, 1, -0.0, -INFINITY, -0.0, -0.0, -0.0},
        {INFINITY, INFINITY, INFINITY, INFINITY, INFINITY, NAN, 1},
        {-INFINITY, 0, -1, NAN, NAN, NAN, -1},
        {NAN, NAN, NAN, NAN, NAN, NAN, NAN},
        {-NAN, NAN, NAN, NAN, NAN, NAN, NAN},
        {-1, NAN, NAN, NAN, -INFINITY, -INFINITY, NAN}, /* NAN here: not looked at */
        {1, NAN, NAN, 0, NAN, INFINITY, NAN},
        {max, INFINITY, INFINITY, NAN, NAN, NAN, 1},
        {-max, 0, -1, NAN, NAN, NAN, -1},
        {tiny, 1, tiny, NAN, tiny, tiny, tiny},
        {-tiny, 1, -tiny, NAN, -tiny, -tiny, -tiny},
    };
    for (size_t i = 0; i < COUNT(table); i++)
        for (size_t n = 0; n < COUNT(functions); n++) {
            const bool looked_at = !isnan(table[i][n + 1]) || isnan(table[i][0]) ||
                                   isnan((double)functions[n].reference(table[i][0]));
            if (looked_at)
                assert_same(functions[n].det(table[i][0]), table[i][n + 1]);
        }
}

/* Beyond the stated limits exp is 0 or infinite, within them neither. */
static void test_limits(void **state) {
    (void)state;
    assert_same(det_exp(nextafter(-745.14, -INFINITY)), 0);
    assert_same(det_exp(-745.13), 0x1p-1074);
    assert_same(det_exp(nextafter(709.79, INFINITY)), INFINITY);
    assert_true(isfinite(det_exp(709.78)));
    assert_same(det_log(0x1p-1074), -0x1.74385446d71c3p+9);
    assert_same(det_tanh(22.5), 1);
    assert_same(det_tanh(-22.5), -1);
}

static void test_odd(void **state) {
    (void)state;
    struct rng rng;
    rng_seed(&rng, 5);
    for (int i = 0; i < 100000; i++) {
        const double x = rng_uniform(&rng);
        assert_same(det_tanh(-30 * x), -det_tanh(30 * x));
        assert_same(det_atanh(-x), -det_atanh(x));
    }
}

/* Results depend on every bit: a hash (FNV-1a) over the values at 50,000 arguments of each
 * function, the same for every compiler and machine. */
static void test_bits(void **state) {
    (void)state;
    uint64_t hash = 0xcbf29ce484222325;
    struct rng rng;
    rng_seed(&rng, 10);
    for (size_t n = 0; n < COUNT(functions); n++)
        for (int i = 0; i < 50000; i++) {
            const double low = fmax(functions[n].low, -750), high = fmin(functions[n].high, 750);
            const double value = functions[n].det(low + (high - low) * rng_uniform(&rng));
            uint64_t bits;
            memcpy(&bits, &value, sizeof bits);
            hash = (hash ^ bits) * 0x100000001b3;
        }
    assert_int_equal(hash, 0xacacdacf34936c0f);
}

static void test_self(void **state) {
    (void)state;
    struct error error = {{0}};
    assert_int_equal(det_self_test(&error), 0);
    assert_int_equal(fesetround(FE_UPWARD), 0);
    const int upward = det_self_test(&error);
    fesetround(FE_TONEAREST);
    assert_int_equal(upward, -1);
    assert_non_null(strstr(error.text, "rounding mode"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors), cmocka_unit_test(test_special_values),
        cmocka_unit_test(test_limits), cmocka_unit_test(test_odd),
        cmocka_unit_test(test_bits),   cmocka_unit_test(test_self),
    };
    return cmocka_run_group_tests_name("detmath", tests, NULL, NULL);
}
