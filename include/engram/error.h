/* Errors in words: the library returns them, programs print them and exit.
 *
 * A function that can fail takes a `struct error *` as its last argument, and returns -1 (or NULL)
 * after filling it. The text is "file: what is wrong", without the program's name, of one line, and
 * safe for a terminal: see escape.h. */
#ifndef ENGRAM_ERROR_H
#define ENGRAM_ERROR_H

#include <stdarg.h>

/* Four paths of the length that a system allows, and what is said of them. A longer text loses its
 * middle: it begins with the file and ends with the reason. */
#define ERROR_TEXT 20480

struct error {
    char text[ERROR_TEXT];
};

/* Formats the error's text like printf and returns -1. */
int error_set(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same, followed by ": " and the system's words for errno. */
int error_errno(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* error_set like vprintf. */
int error_vset(struct error *error, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

#ifdef __clang_analyzer__ /* which sees no other file: they return -1, always */
#define error_set(...) (error_set(__VA_ARGS__), -1)
#define error_errno(...) (error_errno(__VA_ARGS__), -1)
#endif

#endif
