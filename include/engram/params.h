/* Parameter files side by side: safetensors files with tensors of the same names and shapes, each
 * of any floating dtype. Of each file, 64 KiB are in memory. */
#ifndef ENGRAM_PARAMS_H
#define ENGRAM_PARAMS_H

#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"
#include "engram/safetensors.h"

/* Numbers of a block, from the start of each tensor. */
enum { PARAMS_BLOCK = 8192, PARAMS_MAX_FILES = 4 };

/* The numbers [first, last) of a tensor, as in the file. */
struct params_ahead {
    unsigned char *bytes; /* PARAMS_BLOCK numbers of the widest dtype, more of a narrow one */
    size_t tensor;
    uint64_t first, last;
};

struct params {
    size_t files;
    struct st_file file[PARAMS_MAX_FILES];
    struct params_ahead ahead[PARAMS_MAX_FILES];
    size_t tensors;
};

/* Opens all files and checks that they match. */
int params_open(struct params *params, char *const *paths, size_t files, struct error *error);

/* Tensor `t` as the first file has it; t counts in ascending order of names. */
const struct st_tensor *params_tensor(const struct params *params, size_t t);

/* Reads the numbers [offset, offset + count) of tensor `t` of file `f`; count <= PARAMS_BLOCK. */
int params_read(struct params *params, size_t f, size_t t, uint64_t offset, double *values,
                size_t count, struct error *error);

/* The same to float, where the tensor is not F64. */
int params_read_float(struct params *params, size_t f, size_t t, uint64_t offset, float *values,
                      size_t count, struct error *error);

/* Checks the end of every file. */
int params_finish(struct params *params, struct error *error);

void params_close(struct params *params);

/* The value of `key` in the first file's metadata that has it, or NULL. */
const char *params_metadata(const struct params *params, const char *key);

#endif
