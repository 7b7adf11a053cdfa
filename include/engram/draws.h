/* Draws of the tallies a and b under a null hypothesis, and the correlations they give.
 *
 * A safetensors file with the tensors of the parameter files, each [draws, 2, ...] before its own
 * shape: as many pairs of a and b. It is read once, tensor after tensor in the order of the data,
 * so that a pipe will do; of a draw, one tensor is in memory. */
#ifndef ENGRAM_DRAWS_H
#define ENGRAM_DRAWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engram/associate.h"
#include "engram/error.h"
#include "engram/inputs.h"
#include "engram/params.h"
#include "engram/safetensors.h"
#include "engram/stats.h"
#include "engram/twoway.h"

struct draws {
    struct st_file file;
    bool any; /* negative numbers pass */
    struct association_plan
        units; /* with permutations: p_units of each draw; the caller's to set */
    size_t count;
    const struct st_tensor **order; /* [file.tensors] the file's, as their data follow each other */
};

/* Opens the file, takes what is selected (NULL: everything) and checks that it matches. Unless
 * `any`, numbers must be those of tallies. */
int draws_open(struct draws *draws, const char *path, bool any, const struct params *params,
               struct st_selection *selection, struct error *error);

/* r of one draw, and the logarithm of its p; p_units, 0 unless asked for. */
struct draws_r {
    double r, log_p, p_units;
};

/* The pairs of each draw, over several tensors; zeroed to begin with, pairs the caller's to free.
 */
struct draws_joined {
    struct stat_pairs *pairs; /* [room], draws_open's count of them used */
    size_t room;
};

/* Reads the draws of `drawn`, the next tensor in `order`, cut to `inputs` or, if NULL, whole,
 * against y [elements]: r of all pairs, and with `parts` of the parts, into part[] [count], NULL if
 * the tensor has no elements. Adds the pairs of each draw to those of joined[], up to a NULL, and
 * keeps x of all in *x [count][elements]; x may be NULL. All are the caller's to free, also after
 * an error. With y NULL, passes over the draws.
 *
 * With p_units, r, too, has the bits that associate.h gives, block by block, the draw alone. */
int draws_read(struct draws *draws, const struct st_tensor *drawn, const struct inputs *inputs,
               const double *y, bool parts, struct draws_r *part[TWOWAY_PARTS],
               struct draws_joined *const *joined, double **x, struct error *error);

/* How often |r| of a draw is at least that observed, as permute.h counts; NaN if it is defined in
 * no draw. */
double draws_p(const struct draws_r *drawn, size_t draws, double r);

/* Checks the end of the file. */
int draws_finish(struct draws *draws, struct error *error);

void draws_close(struct draws *draws);

#endif
