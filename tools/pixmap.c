/* Draws a matrix as a picture: one square per value, its colour from a palette. */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/checkpoint.h"
#include "engram/column.h"
#include "engram/escape.h"
#include "engram/grow.h"
#include "engram/image.h"
#include "engram/io.h"
#include "engram/names.h"
#include "engram/palette.h"
#include "engram/parse.h"
#include "engram/safetensors.h"
#include "engram/tool.h"

enum { BLOCK = 1 << 12, MAX_SCALE = 4096, LABEL = 32, NAMES = 128, MAX_INDICES = 32 };

/* The width and height of a picture at most: of --fit, and of one that would be too large. */
enum { MAX_FIT = 1 << 14, FIT = 1 << 12, KEY_FIT = 256 };

/* Ends of a range stay this small, so that no difference of two overflows. */
static const double LIMIT = 1e307;

struct range {
    double low, high; /* NaN: to be chosen */
};

struct settings {
    const char *input, *output, *tensor;
    bool list, bar;
    size_t indices;                /* 0: not indexed; 1: of all matrices; else a dimension's each */
    uint64_t index[MAX_INDICES];   /* of the matrix in a tensor of several */
    const char *index_text;        /* as typed */
    size_t fit;                    /* 0: as it is, unless it is too large */
    const struct palette *palette; /* NULL: chosen by the values */
    const struct img_format *format; /* NULL: chosen by the output's name */
    size_t scale;
    struct range range;
    struct st_selection selection;
};

struct map {
    const char *file; /* its name for messages */
    size_t rows, columns;
    double *values; /* [rows][columns] */
    size_t scale;
};

/* A matrix of the file, and how it becomes a map: each value the mean of a block of [down][across]
 * values, of fewer at the lower and right edge. */
struct shrinking {
    uint64_t rows, columns, down, across;
};

/* --- reading ---------------------------------------------------------------------------------- */

/* The last two dimensions of a tensor are a matrix, a vector is its only row. */
static uint64_t rows_of(const struct st_tensor *tensor) {
    return tensor->rank < 2 ? 1 : tensor->shape[tensor->rank - 2];
}

static uint64_t columns_of(const struct st_tensor *tensor) {
    return tensor->rank == 0 ? 1 : tensor->shape[tensor->rank - 1];
}

/* The matrices in a tensor, which lie one behind the other, as many as the dimensions before the
 * last two say. */
static uint64_t matrices(const struct st_tensor *tensor) {
    if (tensor->elements == 0)
        return 0;
    return tensor->elements / rows_of(tensor) / columns_of(tensor);
}

/* What is taken without -t: without an index a tensor of one matrix, with an index one of many; of
 * several, the one of that name. */
struct wanted {
    bool many;
    const char *name, *dimensions;
};

static bool is_wanted(const struct wanted *wanted, const struct st_tensor *tensor) {
    return wanted->many ? tensor->rank > 2 : tensor->rank == 2;
}

/* Fills `error` with the names of all tensors that could be meant. */
static void list_choices(const struct st_file *file, const struct wanted *wanted,
                         struct error *error) {
    char names[400] = "";
    size_t used = 0, i = 0;
    for (; i < file->tensors; i++) {
        char name[128];
        if (!is_wanted(wanted, &file->tensor[i]))
            continue;
        escape_fit(file->tensor[i].name, name, sizeof name);
        if (used + strlen(name) + sizeof ", \"\"" > sizeof names)
            break;
        used += (size_t)snprintf(names + used, sizeof names - used, "%s\"%s\"",
                                 used > 0 ? ", " : "", name);
    }
    error_set(error, "%s: several tensors have %s, choose with -t: %s%s", file->input.name,
              wanted->dimensions, names, i < file->tensors ? ", ..." : "");
}

static const struct st_tensor *default_tensor(const struct st_file *file, bool indexed,
                                              struct error *error) {
    const struct wanted wanted = indexed
                                     ? (struct wanted){true, "images", "three dimensions or more"}
                                     : (struct wanted){false, "r", "two dimensions"};
    const struct st_tensor *only = NULL, *named = st_find(file, wanted.name);
    size_t count = 0, others = 0;
    for (size_t i = 0; i < file->tensors; i++)
        if (is_wanted(&wanted, &file->tensor[i])) {
            only = &file->tensor[i];
            count++;
        } else
            others += file->tensor[i].rank > 2;
    if (count == 0)
        error_set(error, "%s: no tensor has %s%s", file->input.name, wanted.dimensions,
                  others > 0 ? "; --index N draws a matrix of one that has more" : "");
    if (count <= 1)
        return only;
    if (named != NULL && is_wanted(&wanted, named))
        return named;
    list_choices(file, &wanted, error);
    return NULL;
}

static const struct st_tensor *choose_tensor(const struct st_file *file,
                                             const struct settings *settings, struct error *error) {
    if (settings->tensor == NULL)
        return default_tensor(file, settings->indices > 0, error);
    const struct st_tensor *tensor = st_find(file, settings->tensor);
    if (tensor == NULL)
        st_tensor_error(file, settings->tensor, error,
                        st_find_left_out(file, settings->tensor) != NULL ? "not chosen"
                                                                         : "not in the file");
    return tensor;
}

static int check_tensor(const struct st_file *file, const struct st_tensor *tensor,
                        const struct settings *settings, struct error *error) {
    const char *name = tensor->name;
    if (tensor->elements == 0) {
        char shape[ST_SHAPE_SIZE];
        st_shape(tensor, shape);
        return st_tensor_error(file, name, error, "no values in %s", shape);
    }
    if (tensor->rank > 2 && settings->indices == 0)
        return st_tensor_error(file, name, error,
                               "%zu dimensions, not 2; --index N draws one of its %" PRIu64
                               " matrices",
                               tensor->rank, matrices(tensor));
    if (!st_is_number(tensor->dtype))
        return st_tensor_error(file, name, error, "cannot draw values of dtype %s",
                               st_dtype_name(tensor->dtype));
    return 0;
}

/* The matrix that is asked for, counted through all of a tensor's. */
static int find_matrix(const struct st_file *file, const struct st_tensor *tensor,
                       const struct settings *settings, uint64_t *matrix, struct error *error) {
    const uint64_t count = matrices(tensor);
    *matrix = settings->index[0];
    if (settings->indices <= 1)
        return *matrix < count
                   ? 0
                   : st_tensor_error(file, tensor->name, error,
                                     "no matrix %" PRIu64 ", counted from 0: there %s %" PRIu64,
                                     *matrix, count == 1 ? "is" : "are", count);
    if (settings->indices + 2 != tensor->rank)
        return st_tensor_error(file, tensor->name, error,
                               "no matrix %s: %zu dimension%s, not %zu and those of a matrix",
                               settings->index_text, tensor->rank, tensor->rank == 1 ? "" : "s",
                               settings->indices);
    for (size_t i = 0; i < settings->indices; i++) {
        if (settings->index[i] >= tensor->shape[i])
            return st_tensor_error(file, tensor->name, error,
                                   "no matrix %s, counted from 0: dimension %zu of %zu is %" PRIu64,
                                   settings->index_text, i + 1, tensor->rank, tensor->shape[i]);
        *matrix = (i > 0 ? *matrix * tensor->shape[i] : 0) + settings->index[i];
    }
    return 0;
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

static uint64_t blocks(uint64_t length, uint64_t block) {
    return length / block + (length % block != 0);
}

/* Sets the size of the map and its scale: as asked for, or so that it fits. */
static struct shrinking shrink(const struct settings *settings, const struct st_tensor *tensor,
                               struct map *map) {
    struct shrinking by = {rows_of(tensor), columns_of(tensor), 1, 1};
    const size_t scale = settings->scale;
    const uint64_t longer = by.rows > by.columns ? by.rows : by.columns;
    size_t fit = settings->fit;
    if (fit == 0 && by.rows * by.columns > IMG_MAX_PIXELS / (scale * scale))
        fit = FIT;
    map->scale = scale;
    if (fit > 0) {
        by.down = blocks(by.rows, fit);
        by.across = blocks(by.columns, fit);
        map->scale = smaller(scale, larger((size_t)(fit / longer), 1));
    }
    map->rows = (size_t)blocks(by.rows, by.down);
    map->columns = (size_t)blocks(by.columns, by.across);
    return by;
}

/* Says what the picture shows instead of each value. */
static void warn_of_shrinking(const struct settings *settings, const struct st_tensor *tensor,
                              const struct map *map, const struct shrinking *by) {
    char name[256];
    escape_fit(tensor->name, name, sizeof name);
    if (by->down > 1 || by->across > 1)
        tool_warn("%s: tensor \"%s\": %" PRIu64 " x %" PRIu64
                  " values are drawn as %zu x %zu means of %" PRIu64 " x %" PRIu64 " at scale %zu",
                  map->file, name, by->rows, by->columns, map->rows, map->columns, by->down,
                  by->across, map->scale);
    else if (map->scale < settings->scale && settings->fit == 0)
        tool_warn("%s: tensor \"%s\": %" PRIu64 " x %" PRIu64
                  " values are drawn at scale %zu, for %zu makes more than %d pixels",
                  map->file, name, by->rows, by->columns, map->scale, settings->scale,
                  IMG_MAX_PIXELS);
}

static bool is_plain(const struct shrinking *by) {
    return by->down == 1 && by->across == 1;
}

/* A row of blocks as its values arrive. */
struct sums {
    double *sum; /* [map.columns] of those that are not NaN */
    uint64_t *count;
    size_t at; /* the block of the next value, whose row and column are: */
    uint64_t row, column;
};

static int make_sums(struct sums *sums, const struct map *map, const struct shrinking *by,
                     struct error *error) {
    *sums = (struct sums){0};
    if (is_plain(by))
        return 0;
    *sums = (struct sums){.sum = calloc(map->columns, sizeof *sums->sum),
                          .count = calloc(map->columns, sizeof *sums->count)};
    return sums->sum != NULL && sums->count != NULL ? 0 : error_errno(error, "%s", map->file);
}

/* The sums become a row of the map, and 0. */
static void end_row(struct map *map, struct sums *sums, size_t row) {
    for (size_t k = 0; k < map->columns; k++) {
        map->values[row * map->columns + k] = sums->sum[k] / (double)sums->count[k];
        sums->sum[k] = 0;
        sums->count[k] = 0;
    }
}

static void add_values(struct map *map, const struct shrinking *by, struct sums *sums,
                       const double *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!isnan(values[i])) {
            sums->sum[sums->at] += values[i];
            sums->count[sums->at]++;
        }
        if (++sums->column - sums->at * by->across == by->across)
            sums->at++;
        if (sums->column < by->columns)
            continue;
        sums->column = sums->at = 0;
        if (++sums->row % by->down == 0 || sums->row == by->rows)
            end_row(map, sums, (size_t)((sums->row - 1) / by->down));
    }
}

/* Room for what the first `values` of the matrix are in the map. */
static int make_room(struct map *map, const struct shrinking *by, uint64_t values, size_t *room,
                     struct error *error) {
    const size_t total = map->rows * map->columns;
    const uint64_t needed =
        is_plain(by) ? values : (values / by->columns / by->down + 1) * map->columns;
    double *grown =
        grow(map->values, room, needed < total ? (size_t)needed : total, total, sizeof *grown);
    if (grown == NULL)
        return error_errno(error, "%s", map->file);
    map->values = grown;
    return 0;
}

/* Allocates as values arrive: the size a pipe's header claims cannot be trusted. */
static int read_values(struct st_file *file, const struct st_tensor *tensor, uint64_t matrix,
                       const struct shrinking *by, struct sums *sums, struct map *map,
                       struct error *error) {
    const size_t bytes = st_dtype_bits(tensor->dtype) / 8;
    const uint64_t total = by->rows * by->columns, first = matrix * total * bytes;
    unsigned char buffer[BLOCK * sizeof(double)];
    double values[BLOCK];
    if (st_pass(file, tensor, first, error) != 0)
        return -1;
    size_t room = 0;
    uint64_t done = 0;
    do {
        const size_t count = total - done < BLOCK ? (size_t)(total - done) : BLOCK;
        if (make_room(map, by, done + count, &room, error) != 0 ||
            st_read(file, tensor, first + done * bytes, buffer, count * bytes, error) != 0)
            return -1;
        st_to_double(tensor->dtype, buffer, is_plain(by) ? map->values + done : values, count);
        if (!is_plain(by))
            add_values(map, by, sums, values, count);
        done += count;
    } while (done < total);
    return st_finish(file, error);
}

static int read_map(struct st_file *file, const struct settings *settings, struct map *map,
                    struct error *error) {
    map->file = file->input.name;
    const struct st_tensor *tensor = choose_tensor(file, settings, error);
    uint64_t matrix;
    if (tensor == NULL || check_tensor(file, tensor, settings, error) != 0 ||
        find_matrix(file, tensor, settings, &matrix, error) != 0)
        return -1;
    const struct shrinking by = shrink(settings, tensor, map);
    struct sums sums;
    const int result = make_sums(&sums, map, &by, error) != 0
                           ? -1
                           : read_values(file, tensor, matrix, &by, &sums, map, error);
    free(sums.sum);
    free(sums.count);
    if (result == 0)
        warn_of_shrinking(settings, tensor, map, &by);
    return result;
}

/* --- the list --------------------------------------------------------------------------------- */

struct listed {
    const char *name, *dtype, *shape;
    uint64_t matrices;
};

static const struct column listed_columns[] = {
    {"tensor", COLUMN_NAME, offsetof(struct listed, name)},
    {"dtype", COLUMN_TEXT, offsetof(struct listed, dtype)},
    {"shape", COLUMN_TEXT, offsetof(struct listed, shape)},
    {"matrices", COLUMN_COUNT, offsetof(struct listed, matrices)},
    {0},
};

static int list_tensor(const struct st_tensor *tensor, struct output *output, struct error *error) {
    char *shape = st_whole_shape(tensor);
    if (shape == NULL)
        return error_errno(error, "a shape of %zu dimensions", tensor->rank);
    const struct listed listed = {.name = tensor->name,
                                  .dtype = st_dtype_name(tensor->dtype),
                                  .shape = shape,
                                  .matrices = st_is_number(tensor->dtype) ? matrices(tensor) : 0};
    const int result = column_write_row(listed_columns, &listed, output, error);
    free(shape);
    return result;
}

static int list(struct st_file *file, struct output *output, struct error *error) {
    if (st_finish(file, error) != 0 || column_write_header(listed_columns, output, error) != 0)
        return -1;
    for (size_t i = 0; i < file->tensors; i++)
        if (list_tensor(&file->tensor[i], output, error) != 0)
            return -1;
    return 0;
}

/* --- values to colours ------------------------------------------------------------------------ */

/* The smallest and the largest finite value, within the limit; 0:0 if there is none. */
static struct range extremes(const struct map *map) {
    struct range found = {INFINITY, -INFINITY};
    for (size_t i = 0; i < map->rows * map->columns; i++)
        if (isfinite(map->values[i])) {
            const double value = fmin(fmax(map->values[i], -LIMIT), LIMIT);
            found.low = fmin(found.low, value);
            found.high = fmax(found.high, value);
        }
    return found.low <= found.high ? found : (struct range){0, 0};
}

/* A distance from `value` that is seen beside it. */
static double apart(double value) {
    return value != 0 ? fabs(value) : 1;
}

/* Chooses what was left out of `range`. The result is never empty: one end is moved as far as the
 * other is from 0, or by 1 from 0; if both were left out, both are. */
static struct range choose_range(struct range range, bool diverging, const struct map *map) {
    const bool no_low = isnan(range.low), no_high = isnan(range.high);
    struct range found = extremes(map);
    if (diverging) {
        const double most = fmax(-found.low, found.high);
        found.high = no_low ? most : -range.low;
        found.low = no_high ? -most : -range.high;
    }
    if (no_low)
        range.low = found.low;
    if (no_high)
        range.high = found.high;
    const double low = range.low, high = range.high;
    if (no_low && low >= high)
        range.low = high - apart(high);
    if (no_high && low >= high)
        range.high = low + apart(low);
    return range;
}

/* A palette that was not chosen: sequential where the range, or else the values, begin at 0. */
static const struct palette *choose_palette(struct range range, const struct map *map) {
    bool negative = range.low < 0;
    if (isnan(range.low))
        for (size_t i = 0; i < map->rows * map->columns && !negative; i++)
            negative = map->values[i] < 0;
    return pal_default(negative);
}

static struct rgb color_of(const struct settings *settings, struct range range, double value) {
    return pal_rgb(settings->palette, (value - range.low) / (range.high - range.low));
}

/* --- drawing ---------------------------------------------------------------------------------- */

static const struct rgb WHITE = {255, 255, 255}, FRAME = {150, 150, 150}, INK = {30, 30, 30};

static void draw_map(struct image *image, size_t left, size_t top, const struct map *map,
                     const struct settings *settings, struct range range) {
    const size_t scale = map->scale;
    for (size_t i = 0; i < map->rows; i++)
        for (size_t j = 0; j < map->columns; j++)
            img_rectangle(image, left + j * scale, top + i * scale, scale, scale,
                          color_of(settings, range, map->values[i * map->columns + j]));
}

/* A line `width` wide around a rectangle, or rather under it: the inside is drawn later. */
static void draw_frame(struct image *image, size_t left, size_t top, size_t width, size_t height,
                       size_t line) {
    img_rectangle(image, left - line, top - line, width + 2 * line, height + 2 * line, FRAME);
}

/* Labels for the high end, the middle and the low end, with as many digits as tell them apart.
 * Adding 0.0 makes 0 of -0. */
static void make_labels(struct range range, char label[3][LABEL]) {
    const double value[3] = {range.high, range.low + (range.high - range.low) / 2, range.low};
    for (int digits = 3; digits <= DBL_DECIMAL_DIG; digits++) {
        for (size_t i = 0; i < 3; i++)
            snprintf(label[i], LABEL, "%.*g", digits, value[i] + 0.0);
        if (strcmp(label[0], label[1]) != 0 && strcmp(label[1], label[2]) != 0)
            break;
    }
}

/* The map and, to its right, the bar; all lengths in units of one dot of the labels' font, which
 * grows with the map. */
static int draw_with_bar(struct image *image, const struct map *map,
                         const struct settings *settings, struct range range, struct error *error) {
    char label[3][LABEL];
    make_labels(range, label);
    const size_t width = map->columns * map->scale, height = map->rows * map->scale;
    const size_t unit = larger((smaller(width, height) + 70) / 140, 1), line = (unit + 1) / 2;
    const size_t margin = 6 * unit, bar_width = 8 * unit, bar_height = larger(height, 24 * unit);
    const size_t bar = margin + width + 6 * unit, tick = bar + bar_width, text = tick + 5 * unit;
    size_t text_width = 0;
    for (size_t i = 0; i < 3; i++)
        text_width = larger(text_width, img_text_width(label[i], unit));
    if (img_create(image, text + text_width + margin, bar_height + 2 * margin, WHITE, error) != 0)
        return -1;

    const size_t top = margin + (bar_height - height) / 2;
    draw_frame(image, margin, top, width, height, line);
    draw_map(image, margin, top, map, settings, range);
    draw_frame(image, bar, margin, bar_width, bar_height, line);
    for (size_t y = 0; y < bar_height; y++) {
        const double position = (double)(bar_height - 1 - y) / (double)(bar_height - 1);
        img_rectangle(image, bar, margin + y, bar_width, 1, pal_rgb(settings->palette, position));
    }
    for (size_t i = 0; i < 3; i++) {
        const size_t middle = margin + i * (bar_height - 1) / 2;
        img_rectangle(image, tick, middle - line / 2, line + 2 * unit, line, INK);
        img_text(image, text, middle - IMG_TEXT_HEIGHT * unit / 2, label[i], unit, INK);
    }
    return 0;
}

static int draw(struct image *image, const struct map *map, const struct settings *settings,
                struct error *error) {
    const struct range range = choose_range(settings->range, settings->palette->diverging, map);
    if (settings->bar)
        return draw_with_bar(image, map, settings, range, error);
    if (img_create(image, map->columns * map->scale, map->rows * map->scale, WHITE, error) != 0)
        return -1;
    draw_map(image, 0, 0, map, settings, range);
    return 0;
}

/* --- the command line ------------------------------------------------------------------------- */

static const struct names palettes = {"palette", pal_palettes, PAL_PALETTES, sizeof *pal_palettes};
static const struct names formats = {"format", img_formats, IMG_FORMATS, sizeof *img_formats};

/* What an option accepts: "a, b or c". */
struct words {
    char text[NAMES];
};

static struct words words(const struct names *names) {
    struct words all = {""};
    names_list(names, all.text, sizeof all.text);
    return all;
}

static const struct palette *parse_palette(const char *name) {
    const struct palette *palette = pal_named(name);
    if (palette == NULL)
        tool_usage("-p: '%s' is not %s", name, words(&palettes).text);
    return palette;
}

static const struct img_format *parse_format(const char *name) {
    const struct img_format *format = img_format_named(name);
    if (format == NULL)
        tool_usage("-f: '%s' is not %s", name, words(&formats).text);
    return format;
}

/* The format that the suffix of a file's name says; without a suffix, the first. */
static const struct img_format *format_of(const char *path) {
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    const char *suffix = strrchr(name + strspn(name, "."), '.');
    if (suffix == NULL)
        return img_formats;
    const struct img_format *format = img_format_named(suffix + 1);
    if (format == NULL)
        tool_usage("-o: the suffix of '%s' is not %s; -f chooses the format whatever the name",
                   path, words(&formats).text);
    return format;
}

static struct range parse_range(const char *text) {
    struct range range = {0, 0};
    if (!tool_range(text, &range.low, &range.high) || fabs(range.low) > LIMIT ||
        fabs(range.high) > LIMIT)
        tool_usage("-r: '%s' is not LO:HI, numbers from %g to %g", text, -LIMIT, LIMIT);
    if (text[0] == ':')
        range.low = NAN;
    if (text[strlen(text) - 1] == ':')
        range.high = NAN;
    if (range.low >= range.high)
        tool_usage("-r: '%s' is empty: LO must be less than HI", text);
    return range;
}

static void parse_indices(struct settings *settings, const char *text) {
    const char *end = text;
    settings->index_text = text;
    for (settings->indices = 0; settings->indices < MAX_INDICES; end++) {
        if (!parse_integer(&end, UINT64_MAX, &settings->index[settings->indices++]))
            break;
        if (*end == '\0')
            return;
        if (*end != ',')
            break;
    }
    tool_usage("-i: '%s' is not N or N,N,..., up to %d whole numbers", text, MAX_INDICES);
}

static struct settings parse(int argc, char **argv) {
    struct settings settings = {.output = "-", .scale = 1, .range = {NAN, NAN}};
    for (int key; (key = tool_option(argc, argv)) != -1;)
        switch (key) {
        case 't':
            settings.tensor = optarg;
            break;
        case 'i':
            parse_indices(&settings, optarg);
            break;
        case KEY_FIT:
            settings.fit = (size_t)tool_integer(key, optarg, 1, MAX_FIT);
            break;
        case 'l':
            settings.list = true;
            break;
        case 's':
            settings.scale = (size_t)tool_integer(key, optarg, 1, MAX_SCALE);
            break;
        case 'p':
            settings.palette = parse_palette(optarg);
            break;
        case 'r':
            settings.range = parse_range(optarg);
            break;
        case 'b':
            settings.bar = true;
            break;
        case 'f':
            settings.format = parse_format(optarg);
            break;
        case 'o':
            settings.output = optarg;
            break;
        default:
            tool_select(&settings.selection, key, optarg);
        }
    settings.input = argv[optind];
    if (settings.format == NULL && !settings.list)
        settings.format = format_of(settings.output);
    return settings;
}

static int make_picture(struct st_file *file, struct settings *settings, struct output *output,
                        struct error *error) {
    struct map map = {0};
    struct image image = {0};
    int result = read_map(file, settings, &map, error);
    if (result == 0) {
        struct error why;
        if (settings->palette == NULL)
            settings->palette = choose_palette(settings->range, &map);
        if (draw(&image, &map, settings, &why) != 0)
            result = error_set(error, "%s: %s", map.file, why.text);
    }
    if (result == 0)
        result = settings->format->write(&image, output, error);
    free(map.values);
    img_free(&image);
    return result;
}

static int open_file(struct st_file *file, struct settings *settings, struct error *error) {
    if (checkpoint_open(file, settings->input, error) != 0)
        return -1;
    if (selection_apply(&settings->selection, file, error) == 0 &&
        selection_check(&settings->selection, file->input.name, file->tensors, error) == 0)
        return 0;
    st_close(file);
    return -1;
}

static int run(struct settings *settings, struct output *output, struct error *error) {
    struct st_file file;
    if (open_file(&file, settings, error) != 0)
        return -1;
    const int result =
        settings->list ? list(&file, output, error) : make_picture(&file, settings, output, error);
    st_close(&file);
    return result;
}

int main(int argc, char **argv) {
    char palette_help[2 * NAMES], format_help[2 * NAMES];
    snprintf(palette_help, sizeof palette_help, "%s\n        [%s; where no value is negative, %s]",
             words(&palettes).text, pal_default(true)->name, pal_default(false)->name);
    snprintf(format_help, sizeof format_help,
             "%s [what the suffix of the output says; without one, %s]", words(&formats).text,
             img_formats->name);
    const struct tool_option options[] = {
        {'t', "tensor", "TENSOR", NULL,
         "the tensor to draw [the only one with two dimensions; of several, \"r\"; with\n"
         "        --index, the only one with more; of several, \"images\"]"},
        {'i', "index", "N[,N...]", NULL,
         "of a tensor with more dimensions, such as images, the N-th matrix, from 0; or an\n"
         "        index for each dimension but the last two"},
        {'s', "scale", "N", "8", "pixels per value, in width and height"},
        {KEY_FIT, "fit", "PIXELS", NULL,
         "make a map no wider and no higher: by a lower scale, then by means of blocks\n"
         "        [4096, where there would be more than 268435456 pixels]"},
        {'p', "palette", "NAME", NULL, palette_help},
        {'r', "range", "LO:HI", NULL,
         "values of the palette's ends, either may be left out [symmetric about 0 if the\n"
         "        palette is diverging, else from the smallest value to the largest]"},
        {'b', "bar", NULL, NULL, "draw a colour bar beside the map"},
        {'f', "format", "FORMAT", NULL, format_help},
        {'l', "list", NULL, NULL, "list the file's tensors instead, as a table"},
        {'o', "output", "FILE", "-", "where the picture or the table goes"},
        {0},
    };
    const struct tool tool = {
        .name = "pixmap",
        .synopsis = "[OPTION]... [FILE]",
        .summary = "Draw a matrix from a safetensors file as a picture, or list what is there.",
        .options = options,
        .min_operands = 0,
        .max_operands = 1,
        .selects = true,
    };
    tool_start(&tool);
    struct settings settings = parse(argc, argv);
    struct error error;
    struct output output;
    if (output_open(&output, settings.output, !settings.list, &error) != 0)
        tool_fail(&error);
    if (run(&settings, &output, &error) != 0 || output_commit(&output, &error) != 0) {
        output_discard(&output);
        tool_fail(&error);
    }
    return 0;
}
