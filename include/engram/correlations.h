/* Correlations of x = a/(a + b) and y = c/(c + d) over four parameter files: of the biases, of the
 * weights, of every tensor and the parts of every matrix, and of draws under a null hypothesis.
 *
 * One pass over the files, which may be pipes. Computes nothing itself, but for what it hands to
 * associate.h, map.h, regions.h and draws.h; prints nothing. */
#ifndef ENGRAM_CORRELATIONS_H
#define ENGRAM_CORRELATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engram/associate.h"
#include "engram/draws.h"
#include "engram/error.h"
#include "engram/io.h"
#include "engram/map.h"
#include "engram/params.h"
#include "engram/progress.h"
#include "engram/regions.h"

/* A scope or one of its parts. */
struct correlation {
    const char *scope, *part;
    const char *valid; /* "iid"; "no": its p is over things that do not vary independently */
    struct association a;
    double p_null;
    struct draws_r *draws; /* [draws], or NULL */
    unsigned causes;       /* why it has no r, or no p_null: see cause.h */
    bool unranked;         /* more than ASSOCIATE_MAX parameters: no more than r */
};

struct correlations {
    struct params params; /* a, b, c, d */
    struct draws draws;   /* of a and b; count 0 for none */
    struct map map;       /* tensor SIZE_MAX for none */
    bool any;             /* negative numbers and networks pass */
    struct association_plan plan;
    struct output *points; /* x and y of every parameter, or NULL */
    const struct progress *progress;
    /* Since correlations_compute: biases, weights, then tensor by tensor. */
    struct correlation *row;
    size_t rows;
    unsigned map_causes;
    struct region region[REGIONS];
};

/* The fields above are the caller's to open. -1 on failure; correlations_close all the same. */
int correlations_compute(struct correlations *c, struct error *error);

void correlations_close(struct correlations *c);

#endif
