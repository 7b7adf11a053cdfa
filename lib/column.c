/* Tables and JSON from a list of columns. */
#include "engram/column.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engram/stats.h"

static const char *text_at(const void *row, const struct column *column) {
    const char *text;
    memcpy(&text, (const char *)row + column->offset, sizeof text);
    return text;
}

static uint64_t count_at(const void *row, const struct column *column) {
    uint64_t count;
    memcpy(&count, (const char *)row + column->offset, sizeof count);
    return count;
}

static double number_at(const void *row, const struct column *column) {
    double number;
    memcpy(&number, (const char *)row + column->offset, sizeof number);
    return number;
}

static int write_count(uint64_t count, struct output *output, struct error *error) {
    return count == COLUMN_UNDEFINED ? output_text(output, error, "nan")
                                     : output_integer(output, error, "", count);
}

static int write_p(double log_p, struct output *output, struct error *error) {
    char p[32];
    stat_format_p(log_p, p, sizeof p);
    return output_text(output, error, p);
}

static int write_field(const struct column *column, const void *row, struct output *output,
                       struct error *error) {
    switch (column->type) {
    case COLUMN_NAME:
        return output_escaped(output, error, text_at(row, column));
    case COLUMN_TEXT:
        return output_text(output, error, text_at(row, column));
    case COLUMN_COUNT:
        return write_count(count_at(row, column), output, error);
    case COLUMN_NUMBER:
        return output_number(output, error, "", number_at(row, column), 9);
    case COLUMN_EXACT:
        return output_number(output, error, "", number_at(row, column), 17);
    case COLUMN_LOG_P:
        break;
    }
    return write_p(number_at(row, column), output, error);
}

int column_write_header(const struct column *columns, struct output *output, struct error *error) {
    for (const struct column *c = columns; c->name != NULL; c++)
        if (output_text(output, error, c > columns ? "\t" : "") != 0 ||
            output_text(output, error, c->name) != 0)
            return -1;
    return output_text(output, error, "\n");
}

int column_write_row(const struct column *columns, const void *row, struct output *output,
                     struct error *error) {
    for (const struct column *c = columns; c->name != NULL; c++)
        if (output_text(output, error, c > columns ? "\t" : "") != 0 ||
            write_field(c, row, output, error) != 0)
            return -1;
    return output_text(output, error, "\n");
}

int column_write_table(const struct column *columns, const void *rows, size_t count, size_t size,
                       struct output *output, struct error *error) {
    int result = column_write_header(columns, output, error);
    for (size_t i = 0; i < count && result == 0; i++)
        result = column_write_row(columns, (const char *)rows + i * size, output, error);
    return result;
}

/* --- JSON ------------------------------------------------------------------------------------- */

/* JSON has no NaN and no infinity. */
static json_t *json_number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *json_field(const struct column *column, const void *row) {
    static const double LN10 = 0x1.26bb1bbb55516p+1;
    switch (column->type) {
    case COLUMN_NAME:
    case COLUMN_TEXT:
        return json_string(text_at(row, column));
    case COLUMN_COUNT:
        return count_at(row, column) == COLUMN_UNDEFINED
                   ? json_null()
                   : json_integer((json_int_t)count_at(row, column));
    case COLUMN_NUMBER:
    case COLUMN_EXACT:
        return json_number(number_at(row, column));
    case COLUMN_LOG_P:
        break;
    }
    return json_number(number_at(row, column) / LN10);
}

/* The row as an object; NULL on no memory. */
static json_t *json_row(const struct column *columns, const void *row) {
    json_t *object = json_object();
    for (const struct column *c = columns; c->name != NULL && object != NULL; c++) {
        char name[64];
        snprintf(name, sizeof name, "%s%s", c->type == COLUMN_LOG_P ? "log10_" : "", c->name);
        if (json_object_set_new(object, name, json_field(c, row)) != 0) {
            json_decref(object);
            object = NULL;
        }
    }
    return object;
}

/* Where JSON goes, and whether all of it has gone: jansson passes over some failures. */
struct sink {
    struct output *output;
    struct error *error;
    int indent, result;
};

static int pour(const char *text, size_t size, void *data) {
    struct sink *sink = data;
    for (size_t i = 0; i < size && sink->result == 0; i++) {
        sink->result = output_write(sink->output, text + i, 1, sink->error);
        for (int k = 0; k < sink->indent && text[i] == '\n' && sink->result == 0; k++)
            sink->result = output_text(sink->output, sink->error, " ");
    }
    return sink->result;
}

int column_write_json(const struct column *columns, const void *row, int indent,
                      struct output *output, struct error *error) {
    struct sink sink = {output, error, indent, 0};
    const size_t flags = JSON_INDENT(1) | JSON_REAL_PRECISION(17) | JSON_ENSURE_ASCII;
    json_t *object = json_row(columns, row);
    const int dumped = object != NULL ? json_dump_callback(object, pour, &sink, flags) : -1;
    json_decref(object);
    if (sink.result == 0 && dumped != 0)
        return error_set(error, "%s: cannot make JSON of the table", output->name);
    return sink.result;
}
