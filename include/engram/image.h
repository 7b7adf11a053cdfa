/* An RGB raster in memory: rectangles and numbers drawn on it, written as PNG or PPM.
 *
 * The text it can draw is what the labels of a colour bar need: digits, "+", "-", "." and "e".
 * A PNG holds the pixels and nothing else, no time and no text. */
#ifndef ENGRAM_IMAGE_H
#define ENGRAM_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"
#include "engram/io.h"
#include "engram/palette.h"

enum { IMG_MAX_PIXELS = 1 << 28, IMG_TEXT_HEIGHT = 7 };

struct image {
    size_t width, height;
    uint8_t *pixels; /* [height][width][3]: red, green, blue */
};

/* Makes an image of at least one and at most IMG_MAX_PIXELS pixels, all of colour `fill`; free it
 * with img_free. */
int img_create(struct image *image, size_t width, size_t height, struct rgb fill,
               struct error *error);

/* Does nothing for a zeroed struct. */
void img_free(struct image *image);

/* Fills a rectangle; what lies outside of the image is left out. */
void img_rectangle(struct image *image, size_t left, size_t top, size_t width, size_t height,
                   struct rgb fill);

/* Draws `text`, each dot of its font `size` pixels wide and high: IMG_TEXT_HEIGHT * size high,
 * img_text_width wide. A character the font lacks stays blank. */
void img_text(struct image *image, size_t left, size_t top, const char *text, size_t size,
              struct rgb ink);
size_t img_text_width(const char *text, size_t size);

/* Write the image: 8-bit RGB PNG, or binary PPM (P6, 255). */
int img_write_png(const struct image *image, struct output *output, struct error *error);
int img_write_ppm(const struct image *image, struct output *output, struct error *error);

/* All formats, the default first. */
enum { IMG_FORMATS = 2 };
struct img_format {
    const char *name; /* and a file's suffix */
    int (*write)(const struct image *image, struct output *output, struct error *error);
};
extern const struct img_format img_formats[IMG_FORMATS];

/* In upper or lower case. Returns NULL if no format has that name. */
const struct img_format *img_format_named(const char *name);

#endif
