/* Parameter files side by side: safetensors files with tensors of the same names and shapes. Those
 * whose dtype is no number (dtype.h) in some file are left out of all. A file may be any model
 * (checkpoint.h). A tensor is read piece by
 * piece, by several threads if it is large. Of each file, 64 KiB are in memory for one thread, 128
 * for each of several. */
#ifndef ENGRAM_PARAMS_H
#define ENGRAM_PARAMS_H

#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"
#include "engram/parallel.h"
#include "engram/safetensors.h"
#include "engram/selection.h"

/* A piece is PARAMS_BLOCK numbers from the start of its tensor or, of narrow dtypes alone, several
 * such blocks, PARAMS_PIECE at most; fewer at the tensor's end. */
enum { PARAMS_BLOCK = 8192, PARAMS_PIECE = 4 * PARAMS_BLOCK, PARAMS_MAX_FILES = 256 };

/* Of the arrays that blocks go through: a cache line, which the widest vectors fill. */
enum { PARAMS_ALIGNMENT = 64 };

struct params {
    size_t files;
    struct st_file file[PARAMS_MAX_FILES];
    size_t tensors;
    uint64_t rounded; /* numbers of I64 and U64 so far that a double does not hold */
};

/* Opens all files, takes what is selected (NULL: everything) and checks that they match. */
int params_open(struct params *params, char *const *paths, size_t files,
                struct st_selection *selection, struct error *error);

/* The same, but what is not in every file, or not with one shape, is left out (ST_UNMATCHED). */
int params_open_common(struct params *params, char *const *paths, size_t files,
                       struct st_selection *selection, struct error *error);

/* Passes on the warnings there are: of tensors left out, of numbers rounded since. */
typedef void params_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void params_warn(const struct params *params, params_warning *warn);

/* Tensor `t` as the first file has it; t counts in ascending order of names. */
const struct st_tensor *params_tensor(const struct params *params, size_t t);

/* The numbers [start, start + count) of a tensor. */
struct params_piece {
    struct params *params;
    size_t tensor;
    uint64_t start;
    size_t count;
    unsigned char *bytes[PARAMS_MAX_FILES]; /* as in the files */
};

/* Those of file `f` from number `at` of the piece on; floats where st_fits_float. */
void params_doubles(const struct params_piece *piece, size_t f, size_t at, double *values,
                    size_t count);
void params_floats(const struct params_piece *piece, size_t f, size_t at, float *values,
                   size_t count);

/* What is done with every piece; `own` is memory that goes with it from one step to the other. 0,
 * or -1, which ends the pass. */
typedef int params_step(void *data, const struct params_piece *piece, void *own,
                        struct error *error);

struct params_pass {
    struct params *params;
    size_t jobs;       /* threads at most, the calling one among them */
    params_step *work; /* on several pieces at a time */
    params_step *join; /* on one, in the order of the file */
    void *data;
    size_t own; /* bytes */
    /* For params_each: */
    struct params_slot *slot[PARALLEL_SLOTS];
    size_t slots, tensor;
    uint64_t next;
};

/* Takes all pieces of tensor `t` through both steps. What comes of it, errors too, does not depend
 * on the number of threads. */
int params_each(struct params_pass *pass, size_t t, struct error *error);

/* Frees what params_each has allocated. */
void params_pass_free(struct params_pass *pass);

/* Checks the end of every file. */
int params_finish(struct params *params, struct error *error);

void params_close(struct params *params);

/* The value of `key` in the first file's metadata that has it, or NULL. */
const char *params_metadata(const struct params *params, const char *key);

#endif
