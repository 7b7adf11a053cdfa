/* Draws a matrix as a picture: one square per value, its colour from a palette. */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/image.h"
#include "engram/io.h"
#include "engram/palette.h"
#include "engram/safetensors.h"
#include "engram/tool.h"

enum { BLOCK = 1 << 12, MAX_SCALE = 4096, LABEL = 32 };

/* Ends of a range stay this small, so that no difference of two overflows. */
static const double LIMIT = 1e307;

static const struct tool_option options[] = {
    {'t', "tensor", "TENSOR", NULL,
     "the tensor to draw [the only one with two dimensions; of several, \"r\"]"},
    {'s', "scale", "N", "8", "pixels per value, in width and height"},
    {'p', "palette", "NAME", "blue-orange", "blue-orange, purple-green, blues or gray"},
    {'r', "range", "LO:HI", NULL,
     "values of the palette's ends, either may be left out [symmetric about 0 if the\n"
     "        palette is diverging, else from the smallest value to the largest]"},
    {'b', "bar", NULL, NULL, "draw a colour bar beside the map"},
    {'f', "format", "FORMAT", "png", "png or ppm"},
    {'o', "output", "FILE", "-", "where the picture goes"},
    {0},
};

static const struct tool tool = {
    .name = "pixmap",
    .synopsis = "[OPTION]... [FILE]",
    .summary = "Draw a two-dimensional tensor of a safetensors file as a picture.",
    .options = options,
    .min_operands = 0,
    .max_operands = 1,
};

typedef int writer(const struct image *image, struct output *output, struct error *error);

struct range {
    double low, high; /* NaN: to be chosen */
};

struct settings {
    const char *input, *output, *tensor;
    const struct palette *palette;
    writer *write;
    size_t scale;
    struct range range;
    bool bar;
};

struct map {
    size_t rows, columns;
    double *values; /* [rows][columns] */
};

/* --- reading ---------------------------------------------------------------------------------- */

static bool can_draw(enum st_dtype dtype) {
    return st_is_float(dtype) || dtype == ST_BOOL || dtype == ST_U8 || dtype == ST_I8 ||
           dtype == ST_U16 || dtype == ST_I16 || dtype == ST_U32 || dtype == ST_I32;
}

static double integer(enum st_dtype dtype, const unsigned char *data) {
    uint32_t bits = 0;
    for (unsigned i = 0; i < st_dtype_bits(dtype) / 8; i++)
        bits |= (uint32_t)data[i] << 8 * i;
    switch (dtype) {
    case ST_I8:
        return (int8_t)bits;
    case ST_I16:
        return (int16_t)bits;
    case ST_I32:
        return (int32_t)bits;
    default:
        return bits;
    }
}

static void to_double(enum st_dtype dtype, const unsigned char *data, double *values,
                      size_t count) {
    if (st_is_float(dtype))
        st_to_double(dtype, data, values, count);
    else
        for (size_t i = 0; i < count; i++)
            values[i] = integer(dtype, data + i * (st_dtype_bits(dtype) / 8));
}

/* Fills `error` with the names of all tensors that could be meant. */
static void list_choices(const struct st_file *file, struct error *error) {
    char names[sizeof error->text / 2] = "";
    size_t used = 0;
    for (size_t i = 0; i < file->tensors && used < sizeof names; i++) {
        char name[128];
        st_escape(file->tensor[i].name, name, sizeof name);
        if (file->tensor[i].rank == 2)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s\"%s\"",
                                     used > 0 ? ", " : "", name);
    }
    error_set(error, "%s: several tensors have two dimensions, choose with -t: %s%s",
              file->input.name, names, used < sizeof names ? "" : "...");
}

static const struct st_tensor *default_tensor(const struct st_file *file, struct error *error) {
    const struct st_tensor *only = NULL, *r = st_find(file, "r");
    size_t count = 0;
    for (size_t i = 0; i < file->tensors; i++)
        if (file->tensor[i].rank == 2) {
            only = &file->tensor[i];
            count++;
        }
    if (count == 0)
        error_set(error, "%s: no tensor has two dimensions", file->input.name);
    if (count <= 1)
        return only;
    if (r != NULL && r->rank == 2)
        return r;
    list_choices(file, error);
    return NULL;
}

static const struct st_tensor *choose_tensor(const struct st_file *file, const char *name,
                                             struct error *error) {
    if (name == NULL)
        return default_tensor(file, error);
    const struct st_tensor *tensor = st_find(file, name);
    if (tensor == NULL)
        st_tensor_error(file, name, error, "not in the file");
    return tensor;
}

static int check_tensor(const struct st_file *file, const struct st_tensor *tensor, size_t scale,
                        struct error *error) {
    if (tensor->rank != 2)
        return st_tensor_error(file, tensor->name, error, "%zu dimension%s, not 2", tensor->rank,
                               tensor->rank == 1 ? "" : "s");
    const uint64_t rows = tensor->shape[0], columns = tensor->shape[1];
    if (tensor->elements == 0)
        return st_tensor_error(file, tensor->name, error, "no values in %" PRIu64 " x %" PRIu64,
                               rows, columns);
    if (!can_draw(tensor->dtype))
        return st_tensor_error(file, tensor->name, error, "cannot draw values of dtype %s",
                               st_dtype_name(tensor->dtype));
    if (tensor->elements > IMG_MAX_PIXELS / (scale * scale))
        return st_tensor_error(file, tensor->name, error,
                               "%" PRIu64 " x %" PRIu64
                               " values at scale %zu make more than %d pixels",
                               rows, columns, scale, IMG_MAX_PIXELS);
    return 0;
}

/* Allocates as values arrive: the size a pipe's header claims cannot be trusted. */
static int read_values(struct st_file *file, const struct st_tensor *tensor, struct map *map,
                       struct error *error) {
    const size_t total = (size_t)tensor->elements, bytes = st_dtype_bits(tensor->dtype) / 8;
    unsigned char buffer[BLOCK * sizeof(double)];
    for (size_t done = 0, room = 0, count; done < total; done += count) {
        count = total - done < BLOCK ? total - done : BLOCK;
        if (done + count > room) {
            room = total / 2 < room ? total : 2 * room + count;
            double *grown = realloc(map->values, room * sizeof *grown);
            if (grown == NULL)
                return error_errno(error, "%s", file->input.name);
            map->values = grown;
        }
        if (st_read(file, tensor, done * bytes, buffer, count * bytes, error) != 0)
            return -1;
        to_double(tensor->dtype, buffer, map->values + done, count);
    }
    map->rows = (size_t)tensor->shape[0];
    map->columns = (size_t)tensor->shape[1];
    return st_finish(file, error);
}

static int read_map(const struct settings *settings, struct map *map, struct error *error) {
    struct st_file file;
    if (st_open(&file, settings->input, error) != 0)
        return -1;
    const struct st_tensor *tensor = choose_tensor(&file, settings->tensor, error);
    int result = -1;
    if (tensor != NULL && check_tensor(&file, tensor, settings->scale, error) == 0)
        result = read_values(&file, tensor, map, error);
    st_close(&file);
    return result;
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

static struct rgb color_of(const struct settings *settings, struct range range, double value) {
    return pal_rgb(settings->palette, (value - range.low) / (range.high - range.low));
}

/* --- drawing ---------------------------------------------------------------------------------- */

static const struct rgb WHITE = {255, 255, 255}, FRAME = {150, 150, 150}, INK = {30, 30, 30};

static void draw_map(struct image *image, size_t left, size_t top, const struct map *map,
                     const struct settings *settings, struct range range) {
    const size_t scale = settings->scale;
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

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

/* The map and, to its right, the bar; all lengths in units of one dot of the labels' font, which
 * grows with the map. */
static int draw_with_bar(struct image *image, const struct map *map,
                         const struct settings *settings, struct range range, struct error *error) {
    char label[3][LABEL];
    make_labels(range, label);
    const size_t width = map->columns * settings->scale, height = map->rows * settings->scale;
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
    if (img_create(image, map->columns * settings->scale, map->rows * settings->scale, WHITE,
                   error) != 0)
        return -1;
    draw_map(image, 0, 0, map, settings, range);
    return 0;
}

/* --- the command line ------------------------------------------------------------------------- */

static const struct palette *parse_palette(const char *name) {
    const struct palette *palette = pal_named(name);
    if (palette == NULL)
        tool_usage("-p: '%s' is not blue-orange, purple-green, blues or gray", name);
    return palette;
}

static writer *parse_format(const char *name) {
    if (strcmp(name, "png") != 0 && strcmp(name, "ppm") != 0)
        tool_usage("-f: '%s' is not png or ppm", name);
    return name[1] == 'n' ? img_write_png : img_write_ppm;
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

static struct settings parse(int argc, char **argv) {
    /* What the table gives a default is set again by the first options read. */
    struct settings settings = {
        .palette = pal_palettes, .write = img_write_png, .scale = 1, .range = {NAN, NAN}};
    for (int key; (key = tool_option(argc, argv)) != -1;)
        switch (key) {
        case 't':
            settings.tensor = optarg;
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
            settings.write = parse_format(optarg);
            break;
        default:
            settings.output = optarg;
        }
    settings.input = argv[optind];
    return settings;
}

static int run(const struct settings *settings, struct output *output, struct error *error) {
    struct map map = {0};
    struct image image = {0};
    int result = read_map(settings, &map, error);
    if (result == 0)
        result = draw(&image, &map, settings, error);
    if (result == 0)
        result = settings->write(&image, output, error);
    free(map.values);
    img_free(&image);
    return result;
}

int main(int argc, char **argv) {
    tool_start(&tool);
    const struct settings settings = parse(argc, argv);
    struct error error;
    struct output output;
    if (output_open(&output, settings.output, true, &error) != 0)
        tool_fail(&error);
    if (run(&settings, &output, &error) != 0 || output_commit(&output, &error) != 0) {
        output_discard(&output);
        tool_fail(&error);
    }
    return 0;
}
