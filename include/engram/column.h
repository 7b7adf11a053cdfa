/* Tables to write: from a list of columns follow header, rows and JSON.
 *
 * A row is a struct, a column one of its fields. Undefined: "nan", in JSON null. */
#ifndef ENGRAM_COLUMN_H
#define ENGRAM_COLUMN_H

#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"
#include "engram/io.h"

enum column_type {
    COLUMN_NAME,   /* const char *, escaped */
    COLUMN_TEXT,   /* const char * */
    COLUMN_COUNT,  /* uint64_t; COLUMN_UNDEFINED for none */
    COLUMN_NUMBER, /* double, 9 digits; 17 in JSON */
    COLUMN_EXACT,  /* double, 17 digits */
    COLUMN_LOG_P   /* double, log p: p; in JSON log10 p, as member log10_NAME */
};

#define COLUMN_UNDEFINED UINT64_MAX

struct column {
    const char *name; /* NULL ends the table */
    enum column_type type;
    size_t offset; /* of the field in the row */
};

/* Write the line of names; a row; names and rows [count] of `size` bytes; a row as a JSON object,
 * its lines but the first indented by so many spaces. -1 on failure. */
int column_write_header(const struct column *columns, struct output *output, struct error *error);
int column_write_row(const struct column *columns, const void *row, struct output *output,
                     struct error *error);
int column_write_table(const struct column *columns, const void *rows, size_t count, size_t size,
                       struct output *output, struct error *error);
int column_write_json(const struct column *columns, const void *row, int indent,
                      struct output *output, struct error *error);

#endif
