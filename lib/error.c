/* The text of an error, cut to its buffer, with control characters made harmless for a terminal. */
#include "engram/error.h"

#undef error_set
#undef error_errno

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void format_text(struct error *error, const char *format, va_list args) {
    vsnprintf(error->text, sizeof error->text, format, args);
    for (char *c = error->text; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
}

int error_set(struct error *error, const char *format, ...) {
    va_list args;
    va_start(args, format);
    format_text(error, format, args);
    va_end(args);
    return -1;
}

int error_errno(struct error *error, const char *format, ...) {
    const int number = errno;
    va_list args;
    va_start(args, format);
    format_text(error, format, args);
    va_end(args);
    const size_t used = strlen(error->text);
    snprintf(error->text + used, sizeof error->text - used, ": %s", strerror(number));
    return -1;
}
