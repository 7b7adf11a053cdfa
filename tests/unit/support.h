/* What the unit tests share: a scratch folder, and given bytes as a file or through a pipe. */
#ifndef ENGRAM_TEST_SUPPORT_H
#define ENGRAM_TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engram/error.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* For cmocka_run_group_tests: make and remove the scratch folder. */
int support_setup(void **state);
int support_teardown(void **state);

/* The path of `name` in the scratch folder; the string lives until four calls later. */
const char *support_path(const char *name);

/* How many files the scratch folder holds. */
size_t support_files(void);

void support_put(const char *path, const void *bytes, size_t size);

/* The content of a file, with a NUL behind it; to free. */
char *support_get(const char *path, size_t *size);

/* The content of a file of tests/data, with a NUL behind it; to free. */
char *support_data(const char *name, size_t *size);

/* Bytes to be opened under `path`. */
struct source {
    char path[4096];
    int fd; /* the reading end of a pipe, or -1 */
};

/* The bytes as a regular file or, at most 1 MiB of them, in a pipe whose other end is closed. */
void source_open(struct source *source, bool pipe, const void *bytes, size_t size);
void source_close(struct source *source);

/* Asserts that the error's text is `name`, ": " and `what`. */
void support_assert_error(const struct error *error, const char *name, const char *what);

/* Says why a test is left out. cmocka's skip() says "not ok", which to prove is a failure. */
void support_skipped(const char *why);

/* Places hex digits as bytes; returns how many. */
size_t support_from_hex(const char *hex, unsigned char *bytes);

#endif
