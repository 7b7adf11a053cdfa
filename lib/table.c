/* Lines are cut out of blocks that are read ahead. */
#include "engram/table.h"

#include <ctype.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engram/detmath.h"
#include "engram/grow.h"

enum { BUFFER = 1 << 16 };

/* Adds bytes to the line, which keeps room for a NUL. */
static int extend(struct table *table, size_t *used, const char *bytes, size_t count,
                  struct error *error) {
    if (*used + count > TABLE_LINE)
        return error_set(error, "%s: line %" PRIu64 " is longer than %d bytes", table->input.name,
                         table->lines + 1, TABLE_LINE);
    char *grown = grow(table->line, &table->room, *used + count + 1, TABLE_LINE + 1, 1);
    if (grown == NULL)
        return error_errno(error, "%s", table->input.name);
    table->line = grown;
    memcpy(table->line + *used, bytes, count);
    *used += count;
    return 0;
}

/* Reads a line, without its end. Returns 1, 0 if there is none, or -1. */
static int read_line(struct table *table, struct error *error) {
    size_t used = 0;
    for (bool ended = false; !ended;) {
        if (table->start == table->end) {
            const int64_t got = input_read(&table->input, table->buffer, BUFFER, error);
            if (got < 0)
                return -1;
            if (got == 0 && used == 0)
                return 0;
            table->start = 0;
            table->end = (size_t)got;
            if (got == 0)
                break;
        }
        const char *from = table->buffer + table->start;
        const size_t left = table->end - table->start;
        const char *newline = memchr(from, '\n', left);
        const size_t count = newline != NULL ? (size_t)(newline - from) : left;
        if (extend(table, &used, from, count, error) != 0)
            return -1;
        table->start += count + (newline != NULL);
        ended = newline != NULL;
    }
    table->lines++;
    if (used > 0 && table->line[used - 1] == '\r')
        used--;
    table->line[used] = '\0';
    if (memchr(table->line, '\0', used) != NULL)
        return error_set(error, "%s: line %" PRIu64 " holds a NUL byte", table->input.name,
                         table->lines);
    return 1;
}

/* Cuts a line at its tabs; returns how many fields there are, of which `field` gets `room`. */
static size_t split(char *line, const char **field, size_t room) {
    size_t count = 0;
    for (char *rest = line, *next; (next = strsep(&rest, "\t")) != NULL; count++)
        if (count < room)
            field[count] = next;
    return count;
}

static int read_names(struct table *table, struct error *error) {
    const char *file = table->input.name;
    const int got = read_line(table, error);
    if (got != 1)
        return got < 0 ? -1 : error_set(error, "%s: not a table: it is empty", file);
    table->header = strdup(table->line);
    if (table->header == NULL)
        return error_errno(error, "%s", file);
    table->columns = 1;
    for (const char *c = table->line; *c != '\0'; c++)
        table->columns += *c == '\t';
    table->name = calloc(table->columns, sizeof *table->name);
    table->field = calloc(table->columns, sizeof *table->field);
    if (table->name == NULL || table->field == NULL)
        return error_errno(error, "%s", file);
    split(table->header, table->name, table->columns);
    for (size_t i = 0; i < table->columns; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(table->name[i], table->name[j]) == 0)
                return error_set(error, "%s: two columns are named '%s'", file, table->name[i]);
    return 0;
}

int table_open(struct table *table, const char *path, struct error *error) {
    *table = (struct table){0};
    if (input_open(&table->input, path, error) != 0)
        return -1;
    table->buffer = malloc(BUFFER);
    if (table->buffer == NULL)
        error_errno(error, "%s", table->input.name);
    else if (read_names(table, error) == 0)
        return 0;
    table_close(table);
    return -1;
}

int table_next(struct table *table, struct error *error) {
    const int got = read_line(table, error);
    if (got != 1)
        return got;
    const size_t fields = split(table->line, table->field, table->columns);
    if (fields != table->columns)
        return error_set(error, "%s: line %" PRIu64 " has %zu fields, but there are %zu columns",
                         table->input.name, table->lines, fields, table->columns);
    return 1;
}

int table_column(const struct table *table, const char *name, size_t *column, struct error *error) {
    for (size_t i = 0; i < table->columns; i++)
        if (strcmp(table->name[i], name) == 0) {
            *column = i;
            return 0;
        }
    return error_set(error, "%s: there is no column '%s'", table->input.name, name);
}

int table_number(const struct table *table, size_t column, double *number, struct error *error) {
    const char *text = table->field[column];
    char *end = (char *)text; /* of an empty one */
    *number = *text == '\0' ? NAN : strtod(text, &end);
    if (*end != '\0' || isspace((unsigned char)*text))
        return error_set(error, "%s: line %" PRIu64 ": '%s' in column '%s' is no number",
                         table->input.name, table->lines, text, table->name[column]);
    return 0;
}

/* log of a decimal number of any size: its first digits, and what power of ten they are of. */
static double log_of_decimal(const char *text) {
    static const double LN10 = 0x1.26bb1bbb55516p+1;
    double digits = 0, exponent = 0;
    bool fraction = false;
    for (text += *text == '+'; isdigit((unsigned char)*text) || *text == '.'; text++) {
        if (*text == '.')
            fraction = true;
        else if (digits < 1e15) {
            digits = 10 * digits + (*text - '0');
            exponent -= fraction;
        } else
            exponent += !fraction;
    }
    if (*text != '\0')
        exponent += strtod(text + 1, NULL);
    return det_log(digits) + (digits > 0 ? exponent * LN10 : 0);
}

int table_log_p(const struct table *table, size_t column, double *log_p, struct error *error) {
    const char *text = table->field[column];
    double p;
    if (table_number(table, column, &p, error) != 0)
        return -1;
    if (p > 1 || (signbit(p) && !isnan(p)))
        return error_set(error, "%s: line %" PRIu64 ": '%s' in column '%s' is no probability",
                         table->input.name, table->lines, text, table->name[column]);
    const bool too_small = p < DBL_MIN && strpbrk(text, "xX") == NULL;
    *log_p = too_small ? log_of_decimal(text) : det_log(p);
    return 0;
}

void table_close(struct table *table) {
    input_close(&table->input);
    free(table->header);
    free(table->line);
    free(table->name);
    free(table->field);
    free(table->buffer);
    *table = (struct table){.input.fd = -1};
}
