/* Tables of text: a line of column names, then a line a row, fields separated by tabs.
 *
 * Rows are read one after another, from files and pipes; only the row at hand is in memory. */
#ifndef ENGRAM_TABLE_H
#define ENGRAM_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"
#include "engram/io.h"

/* No line is longer. */
enum { TABLE_LINE = 1 << 20 };

struct table {
    struct input input;
    char *header; /* the first line, its tabs replaced by NULs */
    char *line;   /* the last line read, likewise */
    size_t columns;
    const char **name;  /* [columns] in `header` */
    const char **field; /* [columns] in `line`: the row at hand */
    uint64_t lines;     /* read so far */
    char *buffer;       /* bytes read ahead: [start, end) */
    size_t start, end;
    size_t room; /* of `line` */
};

/* Opens `path` (NULL or "-": standard input) and reads the names, of which none may come twice. */
int table_open(struct table *table, const char *path, struct error *error);

/* Reads the next row into table->field. Returns 1, 0 at the end, or -1. */
int table_next(struct table *table, struct error *error);

/* Finds the column `name`; -1 if there is none. */
int table_column(const struct table *table, const char *name, size_t *column, struct error *error);

/* The number in `column` of the row at hand, NaN for "nan" and for an empty field; -1 if it is
 * none. What is too small for a double is 0, too large infinite. */
int table_number(const struct table *table, size_t column, double *number, struct error *error);

/* The same of a probability, its natural logarithm, however small it is: of "1.8e-2227" too. */
int table_log_p(const struct table *table, size_t column, double *log_p, struct error *error);

void table_close(struct table *table);

#endif
