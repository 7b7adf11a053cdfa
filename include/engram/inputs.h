/* The inputs of a layer that take part: those at which a mask is not 0.
 *
 * A mask is a safetensors file of one tensor of any shape, an element for each input. It holds for
 * every matrix [units, inputs] of as many inputs; kept element k of such a matrix is element
 * (k / count) all + at[k % count]. */
#ifndef ENGRAM_INPUTS_H
#define ENGRAM_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"
#include "engram/params.h"

struct inputs {
    size_t all;   /* 0: no mask */
    bool *kept;   /* [all] */
    size_t *at;   /* [count] those kept, ascending */
    size_t count; /* 1 or more, if there is a mask */
};

/* Reads a mask for the files' matrices, from a pipe too. -1 on failure, or if it fits none. */
int inputs_open(struct inputs *inputs, const char *path, const struct params *params,
                struct error *error);

/* The inputs that a tensor is cut to; NULL if it stays whole. */
const struct inputs *inputs_for(const struct inputs *inputs, const struct st_tensor *tensor);

/* Moves the kept ones among the elements [start, start + count) of a matrix to the front of values;
 * returns how many. */
size_t inputs_compact(const struct inputs *inputs, uint64_t start, double *values, size_t count);

void inputs_close(struct inputs *inputs);

#endif
