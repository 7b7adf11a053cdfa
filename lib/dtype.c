/* The dtypes of safetensors and what their numbers are in C. */
#include "engram/dtype.h"

#include <math.h>

#include "dtype-bits.h"
#include "lanes.h"

static void read_f32(const unsigned char *data, float *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        values[i] = f32_at(data + 4 * i);
}

static void read_bf16(const unsigned char *data, float *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        values[i] = bf16_at(data + 2 * i);
}

static void read_f16(const unsigned char *data, float *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        values[i] = f16_at(data + 2 * i);
}

static void double_f64(const unsigned char *data, double *values, size_t count) {
    lanes()->read_f64(data, values, count);
}

static void double_f32(const unsigned char *data, double *values, size_t count) {
    lanes()->read_f32(data, values, count);
}

static void double_bf16(const unsigned char *data, double *values, size_t count) {
    lanes()->read_bf16(data, values, count);
}

static void double_f16(const unsigned char *data, double *values, size_t count) {
    lanes()->read_f16(data, values, count);
}

/* 2^32 high + low, both exact: rounded once, and alike on every processor. */
static void double_u64(const unsigned char *data, double *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const uint64_t bits = load64(data + 8 * i);
        values[i] = (double)(uint32_t)(bits >> 32) * 0x1p32 + (double)(uint32_t)bits;
    }
}

static void double_i64(const unsigned char *data, double *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const uint64_t bits = load64(data + 8 * i);
        values[i] = (double)(int32_t)(bits >> 32) * 0x1p32 + (double)(uint32_t)bits;
    }
}

static void double_u32(const unsigned char *data, double *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        values[i] = (double)load32(data + 4 * i);
}

static void double_i32(const unsigned char *data, double *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        values[i] = (double)(int32_t)load32(data + 4 * i);
}

static void read_u16(const unsigned char *data, float *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        values[i] = (float)load16(data + 2 * i);
}

static void read_i16(const unsigned char *data, float *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(int16_t)load16(data + 2 * i);
}

static void read_u8(const unsigned char *data, float *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        values[i] = (float)data[i];
}

static void read_i8(const unsigned char *data, float *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(int8_t)data[i];
}

/* --- floats of 8 bits ------------------------------------------------------------------------- */

/* Sign, exponent, `m` bits of fraction; 1.fraction 2^(exponent - bias), or 0.fraction 2^(1 - bias)
 * where the exponent is 0; `unit` is 2^(1 - bias - m). */
#define FRACTION(b, m) ((b) & ((1U << (m)) - 1))
#define EXPONENT(b, m) (((b)&0x7fU) >> (m))
#define WHOLE(b, m) (FRACTION(b, m) + (EXPONENT(b, m) != 0 ? 1U << (m) : 0))
#define SHIFT(b, m) (EXPONENT(b, m) != 0 ? EXPONENT(b, m) - 1 : 0)
#define SIGN(b) ((b) >> 7 != 0 ? -1.0F : 1.0F)
#define VALUE(b, m, unit) (SIGN(b) * (float)((uint64_t)WHOLE(b, m) << SHIFT(b, m)) * (unit))

/* Sources: OCP 8-bit Floating Point Specification (OFP8) 1.0, tables 1 and 2; for FNUZ, which has
 * one NaN, no infinity and no -0, P. Micikevicius et al. (arXiv:2209.05433) and B. Noune et al.
 * (arXiv:2206.02915). */
#define E4M3(b) (((b)&0x7fU) == 0x7f ? NAN : VALUE(b, 3, 0x1p-9F))
#define E5M2(b)                                                                                    \
    (((b)&0x7fU) > 0x7c ? NAN : ((b)&0x7fU) == 0x7c ? SIGN(b) * INFINITY : VALUE(b, 2, 0x1p-16F))
#define E4M3FNUZ(b) ((b) == 0x80 ? NAN : VALUE(b, 3, 0x1p-10F))
#define E5M2FNUZ(b) ((b) == 0x80 ? NAN : VALUE(b, 2, 0x1p-17F))

#define OF_4(of, b) of((b)), of((b) + 1U), of((b) + 2U), of((b) + 3U)
#define OF_16(of, b) OF_4(of, b), OF_4(of, (b) + 4U), OF_4(of, (b) + 8U), OF_4(of, (b) + 12U)
#define OF_64(of, b) OF_16(of, b), OF_16(of, (b) + 16U), OF_16(of, (b) + 32U), OF_16(of, (b) + 48U)
#define OF_ALL(of) OF_64(of, 0U), OF_64(of, 64U), OF_64(of, 128U), OF_64(of, 192U)

static const float e4m3[256] = {OF_ALL(E4M3)}, e5m2[256] = {OF_ALL(E5M2)},
                   e4m3fnuz[256] = {OF_ALL(E4M3FNUZ)}, e5m2fnuz[256] = {OF_ALL(E5M2FNUZ)};

static void read_by(const float table[256], const unsigned char *data, float *values,
                    size_t count) {
    for (size_t i = 0; i < count; i++)
        values[i] = table[data[i]];
}

static void read_e4m3(const unsigned char *data, float *values, size_t count) {
    read_by(e4m3, data, values, count);
}

static void read_e5m2(const unsigned char *data, float *values, size_t count) {
    read_by(e5m2, data, values, count);
}

static void read_e4m3fnuz(const unsigned char *data, float *values, size_t count) {
    read_by(e4m3fnuz, data, values, count);
}

static void read_e5m2fnuz(const unsigned char *data, float *values, size_t count) {
    read_by(e5m2fnuz, data, values, count);
}

/* 2^(b - 127), as a float has it: but 0 is its subnormal 2^-127, and 255 NaN. */
static void read_e8m0(const unsigned char *data, float *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const uint32_t b = data[i];
        values[i] = float_from_bits(b << 23 | (uint32_t)(b == 0 || b == 255) << 22);
    }
}

/* ---------------------------------------------------------------------------------------------- */

static void store_float(float value, unsigned char *p) {
    const uint32_t bits = htole32(isnan(value) ? 0x7fc00000 : bits_of_float(value));
    memcpy(p, &bits, sizeof bits);
}

void st_from_float(const float *values, void *data, size_t count) {
    unsigned char *p = data;
    for (size_t i = 0; i < count; i++)
        store_float(values[i], p + 4 * i);
}

static void write_f32(const double *values, unsigned char *data, size_t count) {
    for (size_t i = 0; i < count; i++)
        store_float((float)values[i], data + 4 * i);
}

static void write_f64(const double *values, unsigned char *data, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        bits = htole64(isnan(values[i]) ? 0x7ff8000000000000 : bits);
        memcpy(data + 8 * i, &bits, sizeof bits);
    }
}

/* Of a dtype whose numbers are floats, those that have no reader of doubles go through float. */
static const struct {
    const char *name;
    unsigned bits;
    void (*to_float)(const unsigned char *data, float *values, size_t count);
    void (*to_double)(const unsigned char *data, double *values, size_t count);
    void (*from_double)(const double *values, unsigned char *data, size_t count);
} dtypes[ST_DTYPES] = {
    [ST_U64] = {.name = "U64", .bits = 64, .to_double = double_u64},
    [ST_I64] = {.name = "I64", .bits = 64, .to_double = double_i64},
    [ST_F64] = {"F64", 64, NULL, double_f64, write_f64},
    [ST_C64] = {.name = "C64", .bits = 64},
    [ST_F32] = {"F32", 32, read_f32, double_f32, write_f32},
    [ST_U32] = {.name = "U32", .bits = 32, .to_double = double_u32},
    [ST_I32] = {.name = "I32", .bits = 32, .to_double = double_i32},
    [ST_BF16] = {.name = "BF16", .bits = 16, .to_float = read_bf16, .to_double = double_bf16},
    [ST_F16] = {.name = "F16", .bits = 16, .to_float = read_f16, .to_double = double_f16},
    [ST_U16] = {.name = "U16", .bits = 16, .to_float = read_u16},
    [ST_I16] = {.name = "I16", .bits = 16, .to_float = read_i16},
    [ST_F8_E5M2FNUZ] = {.name = "F8_E5M2FNUZ", .bits = 8, .to_float = read_e5m2fnuz},
    [ST_F8_E4M3FNUZ] = {.name = "F8_E4M3FNUZ", .bits = 8, .to_float = read_e4m3fnuz},
    [ST_F8_E8M0] = {.name = "F8_E8M0", .bits = 8, .to_float = read_e8m0},
    [ST_F8_E4M3] = {.name = "F8_E4M3", .bits = 8, .to_float = read_e4m3},
    [ST_F8_E5M2] = {.name = "F8_E5M2", .bits = 8, .to_float = read_e5m2},
    [ST_I8] = {.name = "I8", .bits = 8, .to_float = read_i8},
    [ST_U8] = {.name = "U8", .bits = 8, .to_float = read_u8},
    [ST_F6_E3M2] = {.name = "F6_E3M2", .bits = 6},
    [ST_F6_E2M3] = {.name = "F6_E2M3", .bits = 6},
    [ST_F4] = {.name = "F4", .bits = 4},
    [ST_BOOL] = {.name = "BOOL", .bits = 8, .to_float = read_u8},
};

const char *st_dtype_name(enum st_dtype dtype) {
    return dtypes[dtype].name;
}

unsigned st_dtype_bits(enum st_dtype dtype) {
    return dtypes[dtype].bits;
}

bool st_is_number(enum st_dtype dtype) {
    return dtypes[dtype].to_float != NULL || dtypes[dtype].to_double != NULL;
}

bool st_fits_float(enum st_dtype dtype) {
    return dtypes[dtype].to_float != NULL;
}

void st_to_float(enum st_dtype dtype, const void *data, float *values, size_t count) {
    dtypes[dtype].to_float(data, values, count);
}

static void through_float(enum st_dtype dtype, const unsigned char *data, double *values,
                          size_t count) {
    enum { PART = 512 };
    const size_t width = dtypes[dtype].bits / 8;
    for (size_t i = 0, part; i < count; i += part) {
        float of_part[PART];
        part = count - i < PART ? count - i : PART;
        st_to_float(dtype, data + i * width, of_part, part);
        for (size_t k = 0; k < part; k++)
            values[i + k] = (double)of_part[k];
    }
}

void st_to_double(enum st_dtype dtype, const void *data, double *values, size_t count) {
    if (dtypes[dtype].to_double != NULL)
        dtypes[dtype].to_double(data, values, count);
    else
        through_float(dtype, data, values, count);
}

size_t st_rounded(enum st_dtype dtype, const void *data, size_t count) {
    size_t rounded = 0;
    if (dtype != ST_I64 && dtype != ST_U64)
        return 0;
    for (size_t i = 0; i < count; i++) {
        const uint64_t bits = load64((const unsigned char *)data + 8 * i);
        const uint64_t magnitude = dtype == ST_I64 && bits >> 63 != 0 ? -bits : bits;
        if (magnitude >> 53 != 0)
            rounded += magnitude >> __builtin_ctzll(magnitude) >> 53 != 0;
    }
    return rounded;
}

void st_from_double(enum st_dtype dtype, const double *values, void *data, size_t count) {
    dtypes[dtype].from_double(values, data, count);
}
