/* The loops over all numbers of large files; compiled once for each instruction set, the same bits
 * each: a sum has LANES lanes, whatever vectors they lie in. Each loop has three sums at most,
 * whose lanes fit into the registers of the narrowest. */
#if (defined WANT_AVX2 && !defined __AVX2__) || (defined WANT_AVX512 && !defined __AVX512F__)
typedef int not_for_this_processor;
#else

#include "lanes.h"

#include <math.h>

#include "dtype-bits.h"

#define INLINE static inline __attribute__((always_inline))

#if defined __AVX512F__
enum { WIDE = 8 };
#define NAME lanes_avx512
#define TEXT "avx512"
#elif defined __AVX2__
enum { WIDE = 4 };
#define NAME lanes_avx2
#define TEXT "avx2"
#else
enum { WIDE = 2 };
#define NAME lanes_base
#define TEXT "base"
#endif

/* --- numbers of files ------------------------------------------------------------------------- */

static void read_f64(const unsigned char *restrict data, double *restrict values, size_t count) {
    for (size_t i = 0; i < count; i++)
        values[i] = f64_at(data + 8 * i);
}

static void read_f32(const unsigned char *restrict data, double *restrict values, size_t count) {
    for (size_t i = 0; i < count; i++)
        values[i] = (double)f32_at(data + 4 * i);
}

static void read_bf16(const unsigned char *restrict data, double *restrict values, size_t count) {
    for (size_t i = 0; i < count; i++)
        values[i] = (double)bf16_at(data + 2 * i);
}

static void read_f16(const unsigned char *restrict data, double *restrict values, size_t count) {
    for (size_t i = 0; i < count; i++)
        values[i] = (double)f16_at(data + 2 * i);
}

/* --- sums ------------------------------------------------------------------------------------- */

typedef double wide __attribute__((vector_size(8 * WIDE), aligned(8), may_alias));
typedef uint64_t wide_bits __attribute__((vector_size(8 * WIDE)));

#define AT(type, address) (*(type *)(address))

static void products(const double *x, double mean_x, const double *y, double mean_y, size_t count,
                     double sums[3][LANES]) {
    const size_t whole = count / LANES * LANES;
    for (size_t l = 0; l < LANES; l += WIDE) {
        wide xx = AT(wide, sums[0] + l), yy = AT(wide, sums[1] + l), xy = AT(wide, sums[2] + l);
        for (size_t i = l; i < whole; i += LANES) {
            const wide dx = AT(const wide, x + i) - mean_x, dy = AT(const wide, y + i) - mean_y;
            xx += dx * dx;
            yy += dy * dy;
            xy += dx * dy;
        }
        AT(wide, sums[0] + l) = xx;
        AT(wide, sums[1] + l) = yy;
        AT(wide, sums[2] + l) = xy;
    }
    for (size_t i = whole; i < count; i++) {
        const double dx = x[i] - mean_x, dy = y[i] - mean_y;
        sums[0][i - whole] += dx * dx;
        sums[1][i - whole] += dy * dy;
        sums[2][i - whole] += dx * dy;
    }
}

/* In more lanes, for a maximum takes longer than a sum, but is the same in any order; and in plain
 * C, whose vectors know none. */
static double largest(const double *a, const double *b, size_t count) {
    enum { MANY = 4 * LANES };
    double lane[MANY] = {0}, result = 0;
    size_t i = 0;
    for (; i + MANY <= count; i += MANY)
        for (size_t l = 0; l < MANY; l++) {
            const double d = fabs(a[i + l] - b[i + l]);
            lane[l] = d > lane[l] ? d : lane[l];
        }
    for (; i < count; i++) {
        const double d = fabs(a[i] - b[i]);
        result = d > result ? d : result;
    }
    for (size_t l = 0; l < MANY; l++)
        result = lane[l] > result ? lane[l] : result;
    return result;
}

/* Larger ones are rare, once some have been seen: they are looked for where there are any. */
static double distances(const double *a, const double *b, size_t count, double most,
                        double sums[5][LANES]) {
    const size_t whole = count / LANES * LANES;
    wide_bits above = {0};
    bool more = false;
    for (size_t l = 0; l < LANES; l += WIDE) {
        wide aa = AT(wide, sums[0] + l), bb = AT(wide, sums[1] + l), ab = AT(wide, sums[2] + l),
             distance = AT(wide, sums[3] + l), squared = AT(wide, sums[4] + l);
        for (size_t i = l; i < whole; i += LANES) {
            const wide x = AT(const wide, a + i), y = AT(const wide, b + i), d = x - y,
                       magnitude = (wide)((wide_bits)d & INT64_MAX);
            aa += x * x;
            bb += y * y;
            ab += x * y;
            distance += magnitude;
            squared += d * d;
            above |= (wide_bits)(magnitude > most);
        }
        AT(wide, sums[0] + l) = aa;
        AT(wide, sums[1] + l) = bb;
        AT(wide, sums[2] + l) = ab;
        AT(wide, sums[3] + l) = distance;
        AT(wide, sums[4] + l) = squared;
    }
    for (size_t l = 0; l < WIDE; l++)
        more |= above[l] != 0;
    for (size_t i = whole; i < count; i++) {
        const double d = fabs(a[i] - b[i]);
        sums[0][i - whole] += a[i] * a[i];
        sums[1][i - whole] += b[i] * b[i];
        sums[2][i - whole] += a[i] * b[i];
        sums[3][i - whole] += d;
        sums[4][i - whole] += d * d;
        more |= d > most;
    }
    return more ? largest(a, b, count) : most;
}

static bool shares(const double *const value[4], double *x, double *y, size_t count,
                   double sums[3][LANES]) {
    const double *const a = value[0], *const b = value[1], *const c = value[2], *const d = value[3];
    const size_t whole = count / LANES * LANES;
    wide_bits signs = {0};
    bool any = false;
    for (size_t l = 0; l < LANES; l += WIDE) {
        wide of_x = AT(wide, sums[0] + l), of_y = AT(wide, sums[1] + l),
             all = AT(wide, sums[2] + l);
        for (size_t i = l; i < whole; i += LANES) {
            const wide ai = AT(const wide, a + i), bi = AT(const wide, b + i),
                       ci = AT(const wide, c + i), di = AT(const wide, d + i), ab = ai + bi,
                       cd = ci + di, xi = ai / ab, yi = ci / cd;
            signs |= (wide_bits)ai | (wide_bits)bi | (wide_bits)ci | (wide_bits)di;
            AT(wide, x + i) = xi;
            AT(wide, y + i) = yi;
            of_x += xi;
            of_y += yi;
            all += ab + cd;
        }
        AT(wide, sums[0] + l) = of_x;
        AT(wide, sums[1] + l) = of_y;
        AT(wide, sums[2] + l) = all;
    }
    for (size_t l = 0; l < WIDE; l++)
        any |= signs[l] >> 63 != 0;
    for (size_t i = whole; i < count; i++) {
        const double ab = a[i] + b[i], cd = c[i] + d[i];
        x[i] = a[i] / ab;
        y[i] = c[i] / cd;
        any |= signbit(a[i]) || signbit(b[i]) || signbit(c[i]) || signbit(d[i]);
        sums[0][i - whole] += x[i];
        sums[1][i - whole] += y[i];
        sums[2][i - whole] += ab + cd;
    }
    return any;
}

const struct lanes NAME = {TEXT,     read_f64, read_f32,  read_bf16,
                           read_f16, products, distances, shares};

#endif
