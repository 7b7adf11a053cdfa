/* Stops chosen in CIE LCh at even steps of lightness, rounded to sRGB. */
#include "engram/palette.h"

#include <string.h>

const struct palette pal_palettes[PAL_PALETTES] = {
    {.name = "blue-orange",
     .diverging = true,
     .undefined = {0, 0, 0},
     .stops = 9,
     .stop = {{1, 84, 165},
              {73, 122, 193},
              {125, 162, 217},
              {178, 203, 238},
              {245, 244, 240},
              {231, 195, 161},
              {208, 148, 100},
              {181, 101, 49},
              {151, 52, 1}}},
    {.name = "purple-green",
     .diverging = true,
     .undefined = {0, 0, 0},
     .stops = 9,
     .stop = {{116, 58, 150},
              {150, 102, 179},
              {183, 147, 207},
              {216, 193, 231},
              {244, 244, 244},
              {186, 208, 177},
              {131, 171, 125},
              {76, 134, 79},
              {0, 99, 39}}},
    {.name = "blues",
     .undefined = {255, 140, 0},
     .stops = 7,
     .stop = {{236, 245, 250},
              {177, 215, 238},
              {112, 182, 224},
              {58, 146, 208},
              {28, 109, 183},
              {23, 73, 148},
              {33, 43, 102}}},
    {.name = "gray", .undefined = {255, 140, 0}, .stops = 2, .stop = {{0, 0, 0}, {255, 255, 255}}},
};

const struct palette *pal_named(const char *name) {
    for (size_t i = 0; i < PAL_PALETTES; i++)
        if (strcmp(pal_palettes[i].name, name) == 0)
            return &pal_palettes[i];
    return NULL;
}

const struct palette *pal_default(bool diverging) {
    const struct palette *palette = pal_palettes;
    while (palette->diverging != diverging)
        palette++;
    return palette;
}

/* From `a` to `b` by `part`, rounded to nearest. */
static uint8_t between(uint8_t a, uint8_t b, double part) {
    return (uint8_t)((double)a + ((double)b - (double)a) * part + 0.5);
}

struct rgb pal_rgb(const struct palette *palette, double position) {
    if (position != position)
        return palette->undefined;
    if (position <= 0)
        return palette->stop[0];
    if (position >= 1)
        return palette->stop[palette->stops - 1];
    const double place = position * (double)(palette->stops - 1);
    const size_t segment = (size_t)place;
    const double part = place - (double)segment;
    const struct rgb *a = &palette->stop[segment], *b = a + 1;
    return (struct rgb){between(a->red, b->red, part), between(a->green, b->green, part),
                        between(a->blue, b->blue, part)};
}
