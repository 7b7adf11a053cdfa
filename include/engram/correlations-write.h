/* The tables of correlations, and what is said of those undefined. Knows columns, causes and JSON;
 * not where warnings go. */
#ifndef ENGRAM_CORRELATIONS_WRITE_H
#define ENGRAM_CORRELATIONS_WRITE_H

#include "engram/correlations.h"
#include "engram/error.h"
#include "engram/io.h"

/* Since correlations_compute: a row for each scope and part; for each region of the map; for
 * each input of the map; for each draw, scope and part; all of the first and the map's summary. -1
 * on failure. */
int correlations_write(const struct correlations *c, struct output *output, struct error *error);
int correlations_write_regions(const struct correlations *c, struct output *output,
                               struct error *error);
int correlations_write_pixels(const struct correlations *c, struct output *output,
                              struct error *error);
int correlations_write_draws(const struct correlations *c, struct output *output,
                             struct error *error);
int correlations_write_json(const struct correlations *c, struct output *output,
                            struct error *error);

/* As printf, one line without its end. */
typedef void correlations_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says what is undefined, and why. */
void correlations_warn(const struct correlations *c, correlations_warning *warn);

#endif
