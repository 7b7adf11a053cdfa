/* Numbers as decimal text: the bytes of printf, the same on every machine. */
#ifndef ENGRAM_DECIMAL_H
#define ENGRAM_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DECIMAL_SIZE = 32, DECIMAL_MAX_DIGITS = 17 };

/* Write to `text` and return the length, which a NUL follows: %PRIu64, and %.*g with `digits` up to
 * DECIMAL_MAX_DIGITS, several times faster than printf; every NaN is "nan". */
size_t decimal_integer(uint64_t value, char text[DECIMAL_SIZE]);
size_t decimal_number(double value, int digits, char text[DECIMAL_SIZE]);

/* The fewest digits that read back as `value`, as a float if it is `single`. */
size_t decimal_shortest(double value, bool single, char text[DECIMAL_SIZE]);

#endif
