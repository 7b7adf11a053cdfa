/* The correlation at every input of a layer: one for each column of a weight matrix [units,
 * inputs].
 *
 * Inputs that cannot tell anything apart are one hypothesis: those whose x is the same in all
 * units, bit for bit, and whose y is the same on average to within MAP_SAME_Y. Such are the pixels
 * that are black in every image: their x is that of the bias, their y too, up to rounding. */
#ifndef ENGRAM_MAP_H
#define ENGRAM_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"
#include "engram/io.h"
#include "engram/params.h"
#include "engram/stats.h"

#define MAP_SAME_Y 0.005

struct map {
    size_t tensor; /* which, or SIZE_MAX for none */
    const char *name;
    uint64_t rows, cols; /* the image that the inputs are */
    size_t inputs;
    struct stat_pairs *pairs; /* [inputs] their pairs arrive one at a time */
    /* Since map_finish: */
    struct stat_correlation *c; /* [inputs] */
    size_t *first;              /* [inputs] the first of its hypothesis; SIZE_MAX for none */
    double *q_bh, *q_by;        /* [inputs] logarithms; NaN for none */
    double *p_max;              /* [inputs] NaN for none, and without permutations */
    size_t hypotheses;
    uint64_t draws, seed;
    double threshold; /* the |r| that the largest exceeds in 5% of the permutations */
};

/* Reads "28x28" or, with `separator` ',', "28,28". */
bool map_read_shape(const char *text, char separator, struct map *map);

/* Chooses the tensor, by default the first of two dimensions, and the shape of its inputs: `shape`,
 * which has been checked, or the files' image_shape, or one row. */
int map_open(struct map *map, const struct params *params, const char *tensor, const char *shape,
             struct error *error);

/* Takes in the pairs of the tensor from element `start` on; those not finite are left out. */
void map_add(struct map *map, uint64_t start, const double *x, const double *y, size_t count);

/* When all pairs have been added: finds the hypotheses and tests them. x and y are the whole
 * matrix [units][inputs], or NULL if it is too large to be kept; then every input is a hypothesis
 * of its own, and there are no permutations. */
int map_finish(struct map *map, const double *x, const double *y, size_t units, uint64_t draws,
               uint64_t seed, struct error *error);

int map_write(const struct map *map, struct output *output, struct error *error);

void map_close(struct map *map);

#endif
