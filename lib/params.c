/* Parameter files side by side. */
#include "engram/params.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { AHEAD = PARAMS_BLOCK * sizeof(double) };

/* Says how the shapes differ; of many dimensions, the first that does. */
static int another_shape(const struct st_file *first, const struct st_file *file,
                         const struct st_tensor *t, const struct st_tensor *other,
                         struct error *error) {
    size_t i = 0;
    while (i < t->rank && i < other->rank && t->shape[i] == other->shape[i])
        i++;
    if (t->rank == other->rank && i >= ST_SHAPE_SHOWN)
        return st_tensor_error(file, t->name, error,
                               "is %" PRIu64 " at dimension %zu of %zu here, %" PRIu64 " in %s",
                               other->shape[i], i + 1, t->rank, t->shape[i], first->input.name);
    char here[ST_SHAPE_SIZE], there[ST_SHAPE_SIZE];
    st_shape(other, here);
    st_shape(t, there);
    return st_tensor_error(file, t->name, error, "is %s here, %s in %s", here, there,
                           first->input.name);
}

static int check_tensor(const struct st_file *first, const struct st_file *file,
                        const struct st_tensor *t, struct error *error) {
    const struct st_tensor *other = st_find(file, t->name);
    if (other == NULL)
        return st_tensor_error(file, t->name, error, "is missing; %s has it", first->input.name);
    if (other->rank != t->rank ||
        (t->rank > 0 && memcmp(other->shape, t->shape, t->rank * sizeof *t->shape) != 0))
        return another_shape(first, file, t, other, error);
    if (!st_is_float(other->dtype))
        return st_tensor_error(file, t->name, error,
                               "%s cannot be computed with, only F64, F32, F16 and BF16",
                               st_dtype_name(other->dtype));
    return 0;
}

static int check(const struct params *params, struct error *error) {
    const struct st_file *first = &params->file[0];
    for (size_t f = 0; f < params->files; f++) {
        const struct st_file *file = &params->file[f];
        for (size_t t = 0; t < first->tensors; t++)
            if (check_tensor(first, file, &first->tensor[t], error) != 0)
                return -1;
        for (size_t t = 0; t < file->tensors; t++)
            if (st_find(first, file->tensor[t].name) == NULL)
                return st_tensor_error(first, file->tensor[t].name, error, "is missing; %s has it",
                                       file->input.name);
    }
    return 0;
}

int params_open(struct params *params, char *const *paths, size_t files, struct error *error) {
    *params = (struct params){0};
    for (; params->files < files; params->files++) {
        const size_t f = params->files;
        if (st_open(&params->file[f], paths[f], error) != 0)
            goto failed;
        params->ahead[f].bytes = malloc(AHEAD);
        if (params->ahead[f].bytes == NULL) {
            error_errno(error, "%s", params->file[f].input.name);
            st_close(&params->file[f]);
            goto failed;
        }
    }
    params->tensors = params->file[0].tensors;
    if (check(params, error) == 0)
        return 0;
failed:
    params_close(params);
    return -1;
}

const struct st_tensor *params_tensor(const struct params *params, size_t t) {
    return &params->file[0].tensor[t];
}

/* The bytes of the numbers [offset, offset + count), until the next call; NULL on failure. */
static const unsigned char *read_ahead(struct params *params, size_t f, size_t t, uint64_t offset,
                                       size_t count, struct error *error) {
    struct params_ahead *ahead = &params->ahead[f];
    const struct st_tensor *tensor = &params->file[f].tensor[t]; /* same names, same order */
    const size_t width = st_dtype_bits(tensor->dtype) / 8;
    if (t != ahead->tensor || offset < ahead->first || offset + count > ahead->last) {
        const uint64_t left = tensor->elements - offset;
        const size_t numbers = left < AHEAD / width ? (size_t)left : AHEAD / width;
        ahead->last = 0;
        if (st_read(&params->file[f], tensor, offset * width, ahead->bytes, numbers * width,
                    error) != 0)
            return NULL;
        *ahead = (struct params_ahead){ahead->bytes, t, offset, offset + numbers};
    }
    return ahead->bytes + (offset - ahead->first) * width;
}

int params_read(struct params *params, size_t f, size_t t, uint64_t offset, double *values,
                size_t count, struct error *error) {
    const unsigned char *bytes = read_ahead(params, f, t, offset, count, error);
    if (bytes == NULL)
        return -1;
    st_to_double(params->file[f].tensor[t].dtype, bytes, values, count);
    return 0;
}

int params_read_float(struct params *params, size_t f, size_t t, uint64_t offset, float *values,
                      size_t count, struct error *error) {
    const unsigned char *bytes = read_ahead(params, f, t, offset, count, error);
    if (bytes == NULL)
        return -1;
    st_to_float(params->file[f].tensor[t].dtype, bytes, values, count);
    return 0;
}

int params_finish(struct params *params, struct error *error) {
    for (size_t f = 0; f < params->files; f++)
        if (st_finish(&params->file[f], error) != 0)
            return -1;
    return 0;
}

void params_close(struct params *params) {
    for (size_t f = 0; f < params->files; f++) {
        st_close(&params->file[f]);
        free(params->ahead[f].bytes);
    }
    *params = (struct params){0};
}

const char *params_metadata(const struct params *params, const char *key) {
    for (size_t f = 0; f < params->files; f++) {
        const char *value = st_metadata(&params->file[f], key);
        if (value != NULL)
            return value;
    }
    return NULL;
}
