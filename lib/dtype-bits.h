/* A number of a file from its bytes, which are little-endian, at any address. */
#ifndef ENGRAM_DTYPE_BITS_H
#define ENGRAM_DTYPE_BITS_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t load16(const unsigned char *p) {
    uint16_t bits;
    memcpy(&bits, p, sizeof bits);
    return le16toh(bits);
}

static inline uint32_t load32(const unsigned char *p) {
    uint32_t bits;
    memcpy(&bits, p, sizeof bits);
    return le32toh(bits);
}

static inline uint64_t load64(const unsigned char *p) {
    uint64_t bits;
    memcpy(&bits, p, sizeof bits);
    return le64toh(bits);
}

static inline float float_from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t bits_of_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline double f64_at(const unsigned char *p) {
    const uint64_t bits = load64(p);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline float f32_at(const unsigned char *p) {
    return float_from_bits(load32(p));
}

static inline float bf16_at(const unsigned char *p) {
    return float_from_bits((uint32_t)load16(p) << 16);
}

/* IEEE half precision: sign, 5 bits of exponent, 10 of fraction. In a float, the exponent is 112
 * more, and 112 more again for infinity and NaN. A subnormal gets the exponent of 2^-14, which is
 * subtracted again. No branch and no subnormal float, for both are slow. */
static inline float f16_at(const unsigned char *p) {
    const uint32_t half = load16(p), exponent = half & 0x7c00;
    const uint32_t special = exponent == 0x7c00, tiny = exponent == 0;
    const uint32_t bits = ((half & 0x7fff) << 13) + ((112 + 112 * special + tiny) << 23);
    const float magnitude = float_from_bits(bits) - float_from_bits(113 * tiny << 23);
    return float_from_bits(bits_of_float(magnitude) | (half & 0x8000) << 16);
}

#endif
