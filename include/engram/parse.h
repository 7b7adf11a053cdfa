/* Whole numbers, and lists of them, as options and metadata hold them: decimal digits alone, no
 * leading zeros, no spaces. */
#ifndef ENGRAM_PARSE_H
#define ENGRAM_PARSE_H

#include <stdbool.h>
#include <stdint.h>

/* Takes a number up to `max` from the front of *text; false if there is none. */
bool parse_integer(const char **text, uint64_t max, uint64_t *value);

/* Takes labels 0..255, as in "1,7", from the front of *text: true in `labels`, false all others.
 * False if there is no such list; `*twice` is a label that it repeats, or -1. */
bool parse_labels(const char **text, bool labels[256], int *twice);

/* "28x28", with `between` for x; false if the text is anything else. */
bool parse_shape(const char *text, char between, uint64_t *rows, uint64_t *cols);

#endif
