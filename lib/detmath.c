/* exp and log from their series after argument reduction; everything else from these two. */
#include "engram/detmath.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined __FAST_MATH__ || defined __ASSOCIATIVE_MATH__ || defined __RECIPROCAL_MATH__ ||        \
    (defined __FINITE_MATH_ONLY__ && __FINITE_MATH_ONLY__)
#error "engram computes the same bits everywhere: do not compile it with -ffast-math or its parts"
#endif
#if FLT_EVAL_METHOD != 0
#error                                                                                             \
    "engram needs float and double arithmetic in their own width: on i686 use -msse2 -mfpmath=sse"
#endif

/* log 2 = LN2_HIGH + LN2_LOW; the high part has 21 trailing zero bits, so k * LN2_HIGH is exact. */
static const double LN2_HIGH = 0x1.62e42feep-1, LN2_LOW = 0x1.a39ef35793c76p-33;

static double from_bits(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static uint64_t to_bits(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* 2^k for a normal result. */
static double power_of_two(int k) {
    return from_bits((uint64_t)(k + 1023) << 52);
}

/* e^r - 1 - r for |r| < 0.35: r^2 times the Taylor series 1/2! + r/3! + ... + r^12/14!. */
static double exp_tail(double r) {
    double sum = 1.0 / 87178291200.0;
    static const double divisors[] = {6227020800.0, 479001600.0, 39916800.0, 3628800.0,
                                      362880.0,     40320.0,     5040.0,     720.0,
                                      120.0,        24.0,        6.0,        2.0};
    for (int i = 0; i < 12; i++)
        sum = sum * r + 1.0 / divisors[i];
    return r * r * sum;
}

double det_exp(double x) {
    if (isnan(x))
        return x;
    if (x > 709.79)
        return INFINITY;
    if (x < -745.14)
        return 0;
    const double k = rint(x * 0x1.71547652b82fep+0); /* x / log 2 */
    const double high = x - k * LN2_HIGH, low = k * LN2_LOW;
    const double r = high - low;
    const double result = 1 + (r + (exp_tail(r) + ((high - r) - low)));
    /* In two factors, so that the largest and the subnormal results are reached. */
    const int half = (int)k / 2;
    return result * power_of_two(half) * power_of_two((int)k - half);
}

double det_expm1(double x) {
    if (fabs(x) < 0.34)
        return x == 0 ? x : x + exp_tail(x); /* -0 stays -0 */
    return det_exp(x) - 1;
}

double det_log(double x) {
    if (isnan(x) || x < 0)
        return NAN;
    if (x == 0)
        return -INFINITY;
    if (isinf(x))
        return x;
    int k = 0;
    if (x < DBL_MIN) {
        x *= 0x1p54;
        k = -54;
    }
    uint64_t bits = to_bits(x);
    k += (int)(bits >> 52) - 1023;
    double m = from_bits((bits & 0xfffffffffffff) | (uint64_t)1023 << 52); /* in [1, 2) */
    if (m > 0x1.6a09e667f3bcdp+0) {                                        /* sqrt 2 */
        m /= 2;
        k++;
    }
    /* log(1+f) = f - f^2/2 + s (f^2/2 + R), s = f/(2+f), R = 2 s^2/3 + 2 s^4/5 + ... : what is
     * added to f is small, and so is its rounding. */
    const double f = m - 1, s = f / (2 + f), z = s * s;
    double series = 0;
    for (int n = 23; n >= 3; n -= 2)
        series = z * (series + 2.0 / n);
    const double half_square = 0.5 * f * f;
    const double tail = s * (half_square + series) + k * LN2_LOW;
    return k * LN2_HIGH - ((half_square - tail) - f);
}

double det_log1p(double x) {
    const double u = 1 + x;
    if (u == 1 || !(x > -1) || isinf(u))
        return u == 1 ? x : det_log(u);
    return det_log(u) + (x - (u - 1)) / u; /* the last term restores what 1 + x rounded away */
}

double det_atanh(double x) {
    const double a = fabs(x);
    return copysign(0.5 * det_log1p(2 * a / (1 - a)), x);
}

double det_tanh(double x) {
    const double a = fabs(x);
    if (a > 22)
        return x < 0 ? -1 : 1;
    const double e = det_expm1(-2 * a); /* in (-1, 0] */
    return copysign(e / (2 + e), x);
}

int det_self_test(struct error *error) {
    /* volatile, so that the processor of this run computes, not the compiler */
    volatile double one = 1, less = 0x1p-54, more = 0x1.8p-53, large = 0x1p60;
    const double first = large, second = one;
    if (one + less != 1 || one + more != 1 + 0x1p-52 || -one - less != -1 ||
        (first + second) - first != 0)
        return error_set(error, "sums are not rounded to nearest, each: the process has another "
                                "rounding mode, or the build has parts of -ffast-math");
    volatile double a = 1 + 0x1p-30, b = 1 - 0x1p-30, c = -1;
    volatile float af = 1 + 0x1p-13f, bf = 1 - 0x1p-13f, cf = -1;
    const double product = a * b + c; /* 0 as the product is rounded first; fused, -2^-60 */
    const float product_f = af * bf + cf;
    if (product != 0 || product_f != 0)
        return error_set(error, "this build fuses multiplication and addition; compile with "
                                "-ffp-contract=off");
    volatile double tiny = DBL_MIN;
    volatile float tiny_f = FLT_MIN;
    if (tiny / 2 == 0 || tiny_f / 2 == 0 || tiny_f / 2 * 2 != tiny_f)
        return error_set(error, "this process flushes subnormal numbers to zero");
    return 0;
}
