/* Correlations of x = a/(a + b) and y = c/(c + d) over four parameter files: of the biases, of the
 * weights, of every tensor and the parts of every matrix, and of draws under a null hypothesis.
 *
 * One pass over the files, which may be pipes. Computes by associate.h, map.h, regions.h and
 * draws.h; prints nothing. */
#ifndef ENGRAM_CORRELATIONS_H
#define ENGRAM_CORRELATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engram/associate.h"
#include "engram/draws.h"
#include "engram/error.h"
#include "engram/inputs.h"
#include "engram/io.h"
#include "engram/map.h"
#include "engram/params.h"
#include "engram/progress.h"
#include "engram/regions.h"

enum { CORRELATIONS_PATTERNS = 64 };

/* The tensors with names as fnmatch(3) has it belong to the scope `name`. */
struct correlations_pattern {
    const char *name, *glob;
};

/* A scope or one of its parts. */
struct correlation {
    const char *scope; /* biases, weights, a pattern's, or a tensor's name, owned by params */
    const char *part;  /* all; of a matrix also units, inputs, centred */
    const char *valid; /* "iid"; "no": its p is over things that do not vary independently */
    struct association a;
    double p_null;
    struct draws_r *draws; /* [draws.count], or NULL */
    unsigned causes;       /* why no r, parts or p_null: bits of cause.h */
    bool empty;            /* no tensor belongs to the scope */
    bool unranked;         /* more than ASSOCIATE_MAX parameters: r alone */
};

struct correlations {
    struct params params; /* a, b, c, d */
    struct inputs inputs; /* that take part */
    struct draws draws;   /* of a and b; count 0 for none */
    struct map map;       /* tensor SIZE_MAX for none */
    bool any;             /* negative numbers pass */
    size_t jobs;          /* threads at most */
    struct association_plan plan;
    bool null_units; /* permutes the units of each draw, too */
    /* [patterns] of scopes over several tensors, besides biases and weights or instead. */
    const struct correlations_pattern *pattern;
    size_t patterns;                 /* CORRELATIONS_PATTERNS at most */
    struct output *points;           /* a row of x and y for every parameter; may be NULL */
    const struct progress *progress; /* may be NULL */
    /* Since correlations_compute: */
    struct correlation *row; /* [rows] of the scopes over several tensors, then tensor by tensor */
    size_t rows, scopes;     /* of the latter */
    unsigned map_causes;     /* why no input of the map has r: bits of cause.h */
    struct region region[REGIONS]; /* of the map */
};

/* The caller opens params, inputs, draws and map; -1 on failure. */
int correlations_compute(struct correlations *c, struct error *error);

/* Frees the rows, closes params, inputs, draws and map; also after a failure. */
void correlations_close(struct correlations *c);

#endif
