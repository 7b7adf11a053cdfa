/* The correlation at every input of a layer, a column of weights [units, inputs].
 *
 * Inputs that nothing tells apart are one hypothesis: defined in the same units, of the same x, bit
 * for bit, and of a y that differs by MAP_SAME_Y on average or less from that of the hypothesis's
 * first. Such are inputs that are black in every image (regions.h).
 *
 * So that the cost is linear in inputs of the same x, an input is compared with the first
 * MAP_COMPARED hypotheses of its x in each of three steps of MAP_SAME_Y: that of its mean y and
 * those beside. If there are more, it may become a hypothesis of its own: more err on the safe
 * side. */
#ifndef ENGRAM_MAP_H
#define ENGRAM_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"
#include "engram/inputs.h"
#include "engram/io.h"
#include "engram/params.h"
#include "engram/stats.h"

#define MAP_SAME_Y 0.005
enum { MAP_COMPARED = 16 };

struct map {
    size_t tensor; /* index, or SIZE_MAX for none */
    const char *name;
    uint64_t rows, cols;      /* of the inputs as an image */
    size_t inputs;            /* that take part; since map_spread, all */
    size_t left_out;          /* of these, since then */
    struct stat_pairs *pairs; /* [inputs] added one by one */
    size_t room;              /* allocated so far */
    /* Since map_finish: */
    struct stat_correlation *c; /* [inputs] */
    size_t *first;              /* [inputs] the first of its hypothesis; SIZE_MAX for none */
    double *q_bh, *q_by;        /* [inputs] logarithms; NaN for none */
    double *p_max;              /* [inputs] NaN for none, and without permutations */
    size_t hypotheses;
    uint64_t draws, seed;
    double threshold; /* |r| above which p_max <= .05 */
};

/* Chooses the tensor, by default the first of two dimensions, and the shape of its inputs: `shape`,
 * "28x28", or the files' image_shape, or one row. */
int map_open(struct map *map, const struct params *params, const struct inputs *inputs,
             const char *tensor, const char *shape, struct error *error);

/* Takes in the pairs of the tensor, cut, from element `start` on, in order; those not finite are
 * left out. Memory follows what has arrived; -1 if there is not enough. */
int map_add(struct map *map, uint64_t start, const double *x, const double *y, size_t count,
            struct error *error);

/* When all pairs have been added: finds the hypotheses and tests them. x and y are the whole
 * matrix [units][inputs], or NULL if it is too large to be kept; then every input is a hypothesis
 * of its own, and there are no permutations. */
int map_finish(struct map *map, const double *x, const double *y, size_t units, uint64_t draws,
               uint64_t seed, struct error *error);

/* Then gives every input its place: one that was left out has n = 0, and is like one without r. */
void map_spread(struct map *map, const struct inputs *inputs);

int map_write(const struct map *map, struct output *output, struct error *error);

/* How many inputs, those with an r, hypotheses, and hypotheses below .05 by each adjustment; the
 * last UINT64_MAX without permutations. */
struct map_summary {
    const char *tensor;
    uint64_t inputs, defined, hypotheses;
    double threshold;
    uint64_t below_05_bh, below_05_by, below_05_max;
};

struct map_summary map_summarize(const struct map *map);

void map_close(struct map *map);

#endif
