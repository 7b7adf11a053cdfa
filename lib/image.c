/* A raster, a font of fourteen characters, and libpng behind the project's output and errors. */
#include "engram/image.h"

#include <png.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void put(uint8_t *pixel, struct rgb rgb) {
    pixel[0] = rgb.red;
    pixel[1] = rgb.green;
    pixel[2] = rgb.blue;
}

int img_create(struct image *image, size_t width, size_t height, struct rgb fill,
               struct error *error) {
    *image = (struct image){.width = width, .height = height};
    if (width == 0 || height == 0 || width > IMG_MAX_PIXELS / height)
        return error_set(error, "a picture of %zu x %zu pixels is not one of 1 to %d", width,
                         height, IMG_MAX_PIXELS);
    image->pixels = malloc(width * height * 3);
    if (image->pixels == NULL)
        return error_errno(error, "a picture of %zu x %zu pixels", width, height);
    img_rectangle(image, 0, 0, width, height, fill);
    return 0;
}

void img_free(struct image *image) {
    free(image->pixels);
    *image = (struct image){0};
}

void img_rectangle(struct image *image, size_t left, size_t top, size_t width, size_t height,
                   struct rgb fill) {
    for (size_t y = top; y < image->height && y - top < height; y++)
        for (size_t x = left; x < image->width && x - left < width; x++)
            put(image->pixels + 3 * (y * image->width + x), fill);
}

/* --- text ------------------------------------------------------------------------------------- */

enum { GLYPH_WIDTH = 5 };
static const char characters[] = "0123456789+-.e";

/* Rows from the top, the leftmost dot in bit 4. */
static const uint8_t glyphs[][IMG_TEXT_HEIGHT] = {
    {0x0e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e}, {0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e},
    {0x0e, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1f}, {0x0e, 0x11, 0x01, 0x06, 0x01, 0x11, 0x0e},
    {0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02}, {0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e},
    {0x06, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e}, {0x1f, 0x01, 0x02, 0x02, 0x04, 0x04, 0x04},
    {0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e}, {0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x0c},
    {0x00, 0x04, 0x04, 0x1f, 0x04, 0x04, 0x00}, {0x00, 0x00, 0x00, 0x1f, 0x00, 0x00, 0x00},
    {0x00, 0x00, 0x00, 0x00, 0x00, 0x18, 0x18}, {0x00, 0x00, 0x0e, 0x11, 0x1f, 0x10, 0x0e},
};

/* Dots a character is wide; one more is left blank between two. */
static size_t glyph_width(char c) {
    return c == '.' ? 2 : GLYPH_WIDTH;
}

void img_text(struct image *image, size_t left, size_t top, const char *text, size_t size,
              struct rgb ink) {
    for (; *text != '\0'; left += (glyph_width(*text++) + 1) * size) {
        const char *at = strchr(characters, *text);
        if (at == NULL)
            continue;
        for (size_t y = 0; y < IMG_TEXT_HEIGHT; y++)
            for (size_t x = 0; x < GLYPH_WIDTH; x++)
                if (glyphs[at - characters][y] >> (GLYPH_WIDTH - 1 - x) & 1)
                    img_rectangle(image, left + x * size, top + y * size, size, size, ink);
    }
}

size_t img_text_width(const char *text, size_t size) {
    size_t dots = 0;
    for (; *text != '\0'; text++)
        dots += glyph_width(*text) + (text[1] != '\0');
    return dots * size;
}

/* --- files ------------------------------------------------------------------------------------ */

struct sink {
    struct output *output;
    struct error *error;
};

static _Noreturn void on_error(png_structp png, png_const_charp message) {
    const struct sink *sink = png_get_error_ptr(png);
    error_set(sink->error, "%s: cannot write PNG: %s", sink->output->name, message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
    (void)png, (void)message;
}

static void on_write(png_structp png, png_bytep data, size_t size) {
    const struct sink *sink = png_get_io_ptr(png);
    if (output_write(sink->output, data, size, sink->error) != 0)
        png_longjmp(png, 1);
}

static void on_flush(png_structp png) {
    (void)png;
}

/* libpng comes back to the setjmp here from any error; nothing is owned by this function. */
static int encode(png_structp png, png_infop info, const struct image *image) {
    if (setjmp(png_jmpbuf(png)) != 0)
        return -1;
    png_set_user_limits(png, IMG_MAX_PIXELS, IMG_MAX_PIXELS);
    png_set_IHDR(png, info, (png_uint_32)image->width, (png_uint_32)image->height, 8,
                 PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (size_t y = 0; y < image->height; y++)
        png_write_row(png, image->pixels + 3 * y * image->width);
    png_write_end(png, NULL);
    return 0;
}

int img_write_png(const struct image *image, struct output *output, struct error *error) {
    struct sink sink = {output, error};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &sink, on_error, on_warning);
    png_infop info = png != NULL ? png_create_info_struct(png) : NULL;
    int result = -1;
    if (info == NULL)
        error_set(error, "%s: cannot write PNG: libpng will not start", output->name);
    else {
        png_set_write_fn(png, &sink, on_write, on_flush);
        result = encode(png, info, image);
    }
    png_destroy_write_struct(&png, &info);
    return result;
}

int img_write_ppm(const struct image *image, struct output *output, struct error *error) {
    if (output_printf(output, error, "P6\n%zu %zu\n255\n", image->width, image->height) != 0)
        return -1;
    return output_write(output, image->pixels, 3 * image->width * image->height, error);
}

const struct img_format img_formats[IMG_FORMATS] = {{"png", img_write_png}, {"ppm", img_write_ppm}};

const struct img_format *img_format_named(const char *name) {
    for (size_t i = 0; i < IMG_FORMATS; i++)
        if (strcasecmp(img_formats[i].name, name) == 0)
            return &img_formats[i];
    return NULL;
}
