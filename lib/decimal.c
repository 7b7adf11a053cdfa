/* Digits by whole numbers where one multiplication is exact enough, by printf elsewhere. */
#include "engram/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Writes the digits of an integer to the front of `text`, which has room for 20; returns how many.
 */
static size_t put_digits(uint64_t value, char *text) {
    char reversed[20];
    size_t length = 0;
    do
        reversed[length++] = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    for (size_t i = 0; i < length; i++)
        text[i] = reversed[length - 1 - i];
    return length;
}

/* Writes what %.*g does to `text`, and returns its length; or 0 for what is left to printf: numbers
 * that it writes with an exponent, and those so near the middle of two decimals that the
 * product below, which is off by 2^-24 at most, does not tell which is nearer. */
static size_t put_number(double value, int digits, char text[DECIMAL_SIZE]) {
    static const double power[] = {1e-4, 1e-3, 1e-2, 1e-1, 1,   1e1,  1e2,  1e3, 1e4,
                                   1e5,  1e6,  1e7,  1e8,  1e9, 1e10, 1e11, 1e12};
    const double *one = power + 4, magnitude = fabs(value);
    if (digits < 1 || digits > 9 || !(magnitude >= 1e-4 && magnitude < one[digits]))
        return 0;
    int exponent = -4;
    while (magnitude >= one[exponent + 1])
        exponent++;
    const double scaled = magnitude * one[digits - 1 - exponent];
    uint64_t whole = (uint64_t)scaled;
    const double rest = scaled - (double)whole;
    if (fabs(rest - 0.5) < 0x1p-23)
        return 0;
    whole += rest > 0.5;
    exponent += whole == (uint64_t)one[digits]; /* one more digit; it and the others are zeros */
    if (exponent == digits)
        return 0;
    char decimals[20];
    size_t length = put_digits(whole, decimals);
    while (decimals[length - 1] == '0') /* the first is none */
        length--;
    size_t used = 0, point = 0;
    if (signbit(value))
        text[used++] = '-';
    for (int zero = exponent; zero < 0; zero++) { /* "0.", "0.0" ... */
        text[used++] = '0';
        if (zero == exponent)
            text[used++] = '.';
    }
    if (exponent >= 0)
        point = (size_t)exponent + 1;
    for (size_t i = 0; i < length || i < point; i++) {
        if (i == point && point > 0)
            text[used++] = '.';
        text[used++] = (char)(i < length ? decimals[i] : '0');
    }
    return used;
}

size_t decimal_integer(uint64_t value, char text[DECIMAL_SIZE]) {
    const size_t length = put_digits(value, text);
    text[length] = '\0';
    return length;
}

size_t decimal_number(double value, int digits, char text[DECIMAL_SIZE]) {
    const size_t length = put_number(value, digits, text);
    if (length == 0 && isnan(value)) /* its sign differs between processors */
        return (size_t)snprintf(text, DECIMAL_SIZE, "nan");
    if (length == 0)
        return (size_t)snprintf(text, DECIMAL_SIZE, "%.*g", digits, value);
    text[length] = '\0';
    return length;
}

size_t decimal_shortest(double value, bool single, char text[DECIMAL_SIZE]) {
    for (int digits = 1; digits < DECIMAL_MAX_DIGITS; digits++) {
        const size_t length = decimal_number(value, digits, text);
        if ((single ? (double)strtof(text, NULL) : strtod(text, NULL)) == value)
            return length;
    }
    return decimal_number(value, DECIMAL_MAX_DIGITS, text);
}
