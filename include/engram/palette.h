/* Named palettes: a position from 0 to 1 becomes a colour.
 *
 * Chosen to be told apart also by colour-blind readers: a diverging palette runs from one hue
 * through a light neutral to another, equally light on both sides; a sequential one changes
 * steadily in lightness. The colour of an undefined value is far from all of a palette's own, for
 * colour-blind readers too. Computed by + - * / alone, so the same bits come out everywhere. */
#ifndef ENGRAM_PALETTE_H
#define ENGRAM_PALETTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rgb {
    uint8_t red, green, blue; /* sRGB */
};

enum { PAL_PALETTES = 4, PAL_MAX_STOPS = 9 };

struct palette {
    const char *name;
    bool diverging;       /* the middle stands for a neutral value */
    struct rgb undefined; /* not on the palette */
    size_t stops;
    struct rgb stop[PAL_MAX_STOPS]; /* [stops], evenly spaced from 0 to 1, linear between */
};

/* All there are, the default of each kind before others of its kind. */
extern const struct palette pal_palettes[PAL_PALETTES];

/* Returns NULL if no palette has that name. */
const struct palette *pal_named(const char *name);

/* The first of its kind. */
const struct palette *pal_default(bool diverging);

/* The colour at `position`, which is clamped to 0..1; a NaN has the undefined colour. */
struct rgb pal_rgb(const struct palette *palette, double position);

#endif
