/* The dtypes of safetensors, and their numbers: packed, little-endian, at any address. */
#ifndef ENGRAM_DTYPE_H
#define ENGRAM_DTYPE_H

#include <stdbool.h>
#include <stddef.h>

/* In the order in which the reference writer lays tensors out. */
enum st_dtype {
    ST_U64,
    ST_I64,
    ST_F64,
    ST_C64,
    ST_F32,
    ST_U32,
    ST_I32,
    ST_BF16,
    ST_F16,
    ST_U16,
    ST_I16,
    ST_F8_E5M2FNUZ,
    ST_F8_E4M3FNUZ,
    ST_F8_E8M0,
    ST_F8_E4M3,
    ST_F8_E5M2,
    ST_I8,
    ST_U8,
    ST_F6_E3M2,
    ST_F6_E2M3,
    ST_F4,
    ST_BOOL,
    ST_DTYPES
};

const char *st_dtype_name(enum st_dtype dtype);
unsigned st_dtype_bits(enum st_dtype dtype);

/* All real dtypes of 8 bits or more: not C64, F6_E3M2, F6_E2M3 and F4. */
bool st_is_number(enum st_dtype dtype);

/* Whether a float holds each of its numbers: those of 16 bits or fewer, and F32. */
bool st_fits_float(enum st_dtype dtype);

/* Convert `count` numbers: of any such dtype, exactly but for I64 and U64, rounded to nearest; of
 * one that fits a float. */
void st_to_double(enum st_dtype dtype, const void *data, double *values, size_t count);
void st_to_float(enum st_dtype dtype, const void *data, float *values, size_t count);

/* How many of these are not exact as doubles. */
size_t st_rounded(enum st_dtype dtype, const void *data, size_t count);

/* Convert to F64 or F32, rounding to nearest; to F32. Every NaN becomes the same NaN. `data` may be
 * `values`. */
void st_from_double(enum st_dtype dtype, const double *values, void *data, size_t count);
void st_from_float(const float *values, void *data, size_t count);

#endif
