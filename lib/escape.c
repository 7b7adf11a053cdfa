/* UTF-8, decoded strictly: neither overlong forms nor surrogates. */
#include "engram/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const uint32_t NO_CHARACTER = UINT32_MAX;

/* Reads the character at the front of a text; returns its length, 1 for a byte that begins none. */
static size_t read_character(const char *text, uint32_t *code) {
    static const uint32_t least[] = {[2] = 0x80, 0x800, 0x10000};
    const unsigned char *byte = (const unsigned char *)text, first = *byte;
    const size_t length = first < 0x80         ? 1
                          : first >> 5 == 0x06 ? 2
                          : first >> 4 == 0x0e ? 3
                          : first >> 3 == 0x1e ? 4
                                               : 0;
    *code = length == 1 ? first : first & (0x7fu >> length);
    size_t read = 1;
    while (read < length && byte[read] >> 6 == 2)
        *code = *code << 6 | (byte[read++] & 0x3f);
    const bool surrogate = *code >= 0xd800 && *code < 0xe000;
    if (length > 0 && read == length && *code >= least[length] && *code <= 0x10ffff && !surrogate)
        return length;
    *code = NO_CHARACTER;
    return 1;
}

static bool is_harmful(uint32_t code) {
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x0000, 0x001f}, {0x007f, 0x009f}, {0x061c, 0x061c},
        {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x206f},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return code == NO_CHARACTER;
}

size_t escape_json(char byte, char out[ESCAPE_SIZE]) {
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *at = byte != '\0' ? strchr(from, byte) : NULL;
    if (at != NULL) {
        out[0] = '\\';
        out[1] = to[at - from];
        return 2;
    }
    if ((unsigned char)byte < 0x20)
        return (size_t)snprintf(out, ESCAPE_SIZE, "\\u%04x", (unsigned)byte);
    out[0] = byte;
    return 1;
}

size_t escape_next(const char **text, char out[ESCAPE_SIZE]) {
    const char *at = *text;
    if (*at == '\0')
        return 0;
    uint32_t code;
    const size_t length = read_character(at, &code);
    *text += length;
    if (code < 0x7f)
        return escape_json(*at, out);
    if (code == NO_CHARACTER)
        return (size_t)snprintf(out, ESCAPE_SIZE, "\\x%02x", (unsigned)(unsigned char)*at);
    if (is_harmful(code))
        return (size_t)snprintf(out, ESCAPE_SIZE, "\\u%04x", (unsigned)code);
    memcpy(out, at, length);
    return length;
}

/* FNV-1a. Source: G. Fowler, L. Noll, K. Vo, "The FNV Non-Cryptographic Hash Algorithm". */
static uint32_t digest(const char *text) {
    uint32_t hash = 2166136261;
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619;
    return hash;
}

/* Puts the characters of an escaped text that lie within its bytes [first, last) into `out`, if
 * that is not NULL. Returns how many bytes they take. */
static size_t escape_part(const char *text, size_t first, size_t last, char *out) {
    char escaped[ESCAPE_SIZE];
    size_t used = 0, from = 0;
    for (size_t length; (length = escape_next(&text, escaped)) > 0; from += length)
        if (from >= first && from + length <= last) {
            if (out != NULL)
                memcpy(out + used, escaped, length);
            used += length;
        }
    return used;
}

void escape_fit(const char *text, char *buffer, size_t size) {
    const size_t whole = escape_part(text, 0, SIZE_MAX, NULL), room = size - 1;
    if (whole <= room) {
        buffer[escape_part(text, 0, whole, buffer)] = '\0';
        return;
    }
    char middle[16];
    const size_t length =
        (size_t)snprintf(middle, sizeof middle, "...%08x...", (unsigned)digest(text));
    const size_t cut = length < room ? length : room, ends = room - cut;
    size_t used = escape_part(text, 0, ends / 2, buffer);
    memcpy(buffer + used, middle, cut);
    used += cut;
    used += escape_part(text, whole - (ends - ends / 2), whole, buffer + used);
    buffer[used] = '\0';
}

void escape_clean(char *text) {
    char *to = text;
    for (size_t length; *text != '\0'; text += length) {
        uint32_t code;
        length = read_character(text, &code);
        if (is_harmful(code))
            *to++ = '?';
        else
            for (size_t i = 0; i < length; i++)
                *to++ = text[i];
    }
    *to = '\0';
}
