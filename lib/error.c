/* The text of an error: of one line, harmless for a terminal, whole at both ends. */
#include "engram/error.h"

#undef error_set
#undef error_errno

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/escape.h"

/* Room for what is said of what has been cut; the words for errno are shorter. */
enum { REASON = 256, ROOM = ERROR_TEXT - REASON };

static bool within_character(const char *at) {
    return ((unsigned char)*at & 0xc0) == 0x80;
}

/* Copies a text, without its middle where it is too long. */
static void copy_ends(const char *whole, char text[ERROR_TEXT]) {
    const size_t length = strlen(whole);
    size_t head = length < ROOM ? length : ROOM / 2;
    size_t tail = length < ROOM ? length : length - (ROOM - head - sizeof "...");
    while (within_character(whole + head))
        head--;
    while (within_character(whole + tail))
        tail++;
    snprintf(text, ERROR_TEXT, "%.*s%s%s", (int)head, whole, tail > head ? "..." : "",
             whole + tail);
}

int error_vset(struct error *error, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    const int length = vsnprintf(error->text, ROOM, format, args);
    if (length >= ROOM) {
        char *whole = malloc((size_t)length + 1);
        if (whole != NULL) {
            vsnprintf(whole, (size_t)length + 1, format, again);
            escape_clean(whole);
            copy_ends(whole, error->text);
        }
        free(whole);
    }
    va_end(again);
    escape_clean(error->text);
    return -1;
}

int error_set(struct error *error, const char *format, ...) {
    va_list args;
    va_start(args, format);
    error_vset(error, format, args);
    va_end(args);
    return -1;
}

int error_errno(struct error *error, const char *format, ...) {
    const int number = errno;
    va_list args;
    va_start(args, format);
    error_vset(error, format, args);
    va_end(args);
    const size_t used = strlen(error->text);
    snprintf(error->text + used, sizeof error->text - used, ": %s", strerror(number));
    escape_clean(error->text);
    return -1;
}
