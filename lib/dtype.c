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

static void read_integers(const unsigned char *data, unsigned bytes, bool is_signed, double *values,
                          size_t count) {
    for (size_t i = 0; i < count; i++, data += bytes) {
        int64_t value = 0;
        for (unsigned k = 0; k < bytes; k++)
            value |= (int64_t)data[k] << 8 * k;
        if (is_signed && value >> (8 * bytes - 1) != 0)
            value -= (int64_t)1 << 8 * bytes;
        values[i] = (double)value;
    }
}

static void read_u8(const unsigned char *data, double *values, size_t count) {
    read_integers(data, 1, false, values, count);
}

static void read_i8(const unsigned char *data, double *values, size_t count) {
    read_integers(data, 1, true, values, count);
}

static void read_u16(const unsigned char *data, double *values, size_t count) {
    read_integers(data, 2, false, values, count);
}

static void read_i16(const unsigned char *data, double *values, size_t count) {
    read_integers(data, 2, true, values, count);
}

static void read_u32(const unsigned char *data, double *values, size_t count) {
    read_integers(data, 4, false, values, count);
}

static void read_i32(const unsigned char *data, double *values, size_t count) {
    read_integers(data, 4, true, values, count);
}

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

static const struct {
    const char *name;
    unsigned bits;
    void (*to_float)(const unsigned char *data, float *values, size_t count);
    void (*to_double)(const unsigned char *data, double *values, size_t count);
    void (*from_double)(const double *values, unsigned char *data, size_t count);
} dtypes[ST_DTYPES] = {
    [ST_U64] = {.name = "U64", .bits = 64},
    [ST_I64] = {.name = "I64", .bits = 64},
    [ST_F64] = {"F64", 64, NULL, double_f64, write_f64},
    [ST_C64] = {.name = "C64", .bits = 64},
    [ST_F32] = {"F32", 32, read_f32, double_f32, write_f32},
    [ST_U32] = {.name = "U32", .bits = 32, .to_double = read_u32},
    [ST_I32] = {.name = "I32", .bits = 32, .to_double = read_i32},
    [ST_BF16] = {.name = "BF16", .bits = 16, .to_float = read_bf16, .to_double = double_bf16},
    [ST_F16] = {.name = "F16", .bits = 16, .to_float = read_f16, .to_double = double_f16},
    [ST_U16] = {.name = "U16", .bits = 16, .to_double = read_u16},
    [ST_I16] = {.name = "I16", .bits = 16, .to_double = read_i16},
    [ST_F8_E5M2FNUZ] = {.name = "F8_E5M2FNUZ", .bits = 8},
    [ST_F8_E4M3FNUZ] = {.name = "F8_E4M3FNUZ", .bits = 8},
    [ST_F8_E8M0] = {.name = "F8_E8M0", .bits = 8},
    [ST_F8_E4M3] = {.name = "F8_E4M3", .bits = 8},
    [ST_F8_E5M2] = {.name = "F8_E5M2", .bits = 8},
    [ST_I8] = {.name = "I8", .bits = 8, .to_double = read_i8},
    [ST_U8] = {.name = "U8", .bits = 8, .to_double = read_u8},
    [ST_F6_E3M2] = {.name = "F6_E3M2", .bits = 6},
    [ST_F6_E2M3] = {.name = "F6_E2M3", .bits = 6},
    [ST_F4] = {.name = "F4", .bits = 4},
    [ST_BOOL] = {.name = "BOOL", .bits = 8, .to_double = read_u8},
};

const char *st_dtype_name(enum st_dtype dtype) {
    return dtypes[dtype].name;
}

unsigned st_dtype_bits(enum st_dtype dtype) {
    return dtypes[dtype].bits;
}

bool st_is_number(enum st_dtype dtype) {
    return dtypes[dtype].to_double != NULL;
}

bool st_is_float(enum st_dtype dtype) {
    return dtypes[dtype].to_float != NULL || dtype == ST_F64;
}

void st_to_float(enum st_dtype dtype, const void *data, float *values, size_t count) {
    dtypes[dtype].to_float(data, values, count);
}

void st_to_double(enum st_dtype dtype, const void *data, double *values, size_t count) {
    dtypes[dtype].to_double(data, values, count);
}

void st_from_double(enum st_dtype dtype, const double *values, void *data, size_t count) {
    dtypes[dtype].from_double(values, data, count);
}
