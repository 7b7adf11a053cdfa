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

/* F64, F32, F16 and BF16; with BOOL and the integers of up to 32 bits, the numbers. */
bool st_is_float(enum st_dtype dtype);
bool st_is_number(enum st_dtype dtype);

/* Convert `count` numbers exactly: of any such dtype; of F32, F16 and BF16. */
void st_to_double(enum st_dtype dtype, const void *data, double *values, size_t count);
void st_to_float(enum st_dtype dtype, const void *data, float *values, size_t count);

/* Convert to F64 or F32, rounding to nearest; to F32. Every NaN becomes the same NaN. `data` may be
 * `values`. */
void st_from_double(enum st_dtype dtype, const double *values, void *data, size_t count);
void st_from_float(const float *values, void *data, size_t count);

#endif
