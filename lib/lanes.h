/* What every number of a large file goes through: to double, into quotients, into sums. */
#ifndef ENGRAM_LANES_H
#define ENGRAM_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engram/stats.h"

/* As in stats.h; enough for any vector unit. */
enum { LANES = STAT_LANES };

/* Sums go on from call to call, if all counts but the last are multiples of LANES. */
struct lanes {
    const char *name;
    /* Numbers of a file (dtype.h) to double, exactly. */
    void (*read_f64)(const unsigned char *restrict data, double *restrict values, size_t count);
    void (*read_f32)(const unsigned char *restrict data, double *restrict values, size_t count);
    void (*read_bf16)(const unsigned char *restrict data, double *restrict values, size_t count);
    void (*read_f16)(const unsigned char *restrict data, double *restrict values, size_t count);
    /* Adds the products (x - mean_x)^2, (y - mean_y)^2, (x - mean_x)(y - mean_y). */
    void (*products)(const double *x, double mean_x, const double *y, double mean_y, size_t count,
                     double sums[3][LANES]);
    /* Adds a^2, b^2, a b, |a - b|, (a - b)^2; returns the largest |a - b|, `most` if none is
     * larger. */
    double (*distances)(const double *a, const double *b, size_t count, double most,
                        double sums[5][LANES]);
    /* x = a / (a + b), y = c / (c + d) of value[4][count]; adds x, y and a + b + c + d, and returns
     * whether a value has its sign bit set. */
    bool (*shares)(const double *const value[4], double *x, double *y, size_t count,
                   double sums[3][LANES]);
};

/* lanes.c is compiled once for each of these. */
extern const struct lanes lanes_base, lanes_avx2, lanes_avx512;

/* The best that this processor has. */
static inline const struct lanes *lanes(void) {
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f"))
        return &lanes_avx512;
    if (__builtin_cpu_supports("avx2"))
        return &lanes_avx2;
#endif
    return &lanes_base;
}

#endif
