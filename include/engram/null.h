/* Draws of the tallies a and b under a null hypothesis, and the correlations they give.
 *
 * A safetensors file with the tensors of the parameter files, each [draws, 2, ...] before its own
 * shape: as many pairs of a and b. It is read once, tensor after tensor in the order of the data,
 * so that a pipe will do; of a draw, one tensor is in memory. */
#ifndef ENGRAM_NULL_H
#define ENGRAM_NULL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"
#include "engram/params.h"
#include "engram/safetensors.h"
#include "engram/stats.h"
#include "engram/twoway.h"

struct null_draws {
    struct st_file file;
    bool any; /* negative numbers pass */
    size_t draws;
    const struct st_tensor **order; /* [file.tensors] the file's, as their data follow each other */
};

/* Opens the file and checks that it matches. Unless `any`, numbers must be those of tallies. */
int null_open(struct null_draws *null, const char *path, bool any, const struct params *params,
              struct error *error);

/* A correlation of one draw, and the pairs that have as many degrees of freedom. */
struct null_r {
    double r;
    uint64_t n;
};

/* Reads the draws of the tensor that is the next in `order`. Against y, as many numbers as the
 * parameter files' tensor of that name has, x = a/(a+b) gives part[TWOWAY_ALL] [draws]; and with
 * `parts` the other parts over the table of rows and the rest. They are to be freed, also after an
 * error, and grow as draws arrive: NULL if the tensor has no elements. The pairs of each draw are
 * added to *joined [draws], if joined is not NULL, which the first such tensor fills; it is to be
 * freed as well. Without y, the draws are passed over. */
int null_tensor(struct null_draws *null, const struct st_tensor *drawn, const double *y, bool parts,
                struct null_r *part[TWOWAY_PARTS], struct stat_pairs **joined, struct error *error);

/* Checks the end of the file. */
int null_finish(struct null_draws *null, struct error *error);

void null_close(struct null_draws *null);

#endif
