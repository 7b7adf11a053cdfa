/* Masks of inputs. */
#include "engram/inputs.h"

#include <inttypes.h>
#include <stdlib.h>

#include "engram/grow.h"
#include "engram/safetensors.h"

enum { BLOCK = 8192 };

static const uint64_t MAX_INPUTS = 1 << 28;

static bool fits(uint64_t inputs, const struct st_tensor *tensor) {
    return tensor->rank == 2 && tensor->shape[1] == inputs;
}

static int check(const struct st_file *file, const struct params *params, struct error *error) {
    const struct st_tensor *mask = file->tensor;
    if (file->tensors != 1)
        return error_set(error, "%s: not a mask: %zu tensors, not one", file->input.name,
                         file->tensors);
    if (!st_is_number(mask->dtype))
        return st_tensor_error(file, mask->name, error, "%s cannot be read as numbers",
                               st_dtype_name(mask->dtype));
    if (mask->elements > MAX_INPUTS)
        return st_tensor_error(file, mask->name, error, "has too many elements for a mask");
    for (size_t t = 0; t < params->tensors; t++)
        if (fits(mask->elements, params_tensor(params, t)))
            return 0;
    return st_tensor_error(file, mask->name, error,
                           "has %" PRIu64 " elements; no matrix of %s has as many inputs",
                           mask->elements, params->file[0].input.name);
}

/* Takes in the next elements of a mask of `elements`. */
static int add(struct inputs *inputs, const struct st_file *file, const double *values,
               size_t count, size_t room[2], struct error *error) {
    const struct st_tensor *mask = file->tensor;
    const size_t end = inputs->all + count, most = (size_t)mask->elements;
    bool *kept = grow(inputs->kept, &room[0], end, most, sizeof *kept);
    if (kept != NULL)
        inputs->kept = kept;
    size_t *at = grow(inputs->at, &room[1], inputs->count + count, most, sizeof *at);
    if (at != NULL)
        inputs->at = at;
    if (kept == NULL || at == NULL)
        return error_errno(error, "%s", file->input.name);
    for (size_t i = 0; i < count; i++) {
        if (!(values[i] >= 0))
            return st_tensor_error(file, mask->name, error,
                                   "element %zu is %s; those of a mask are 0 or more",
                                   inputs->all + i, values[i] < 0 ? "negative" : "not a number");
        kept[inputs->all + i] = values[i] > 0;
        if (values[i] > 0)
            at[inputs->count++] = inputs->all + i;
    }
    inputs->all = end;
    return 0;
}

static int read_mask(struct inputs *inputs, struct st_file *file, struct error *error) {
    const struct st_tensor *mask = file->tensor;
    const size_t elements = (size_t)mask->elements, width = st_dtype_bits(mask->dtype) / 8;
    size_t room[2] = {0};
    while (inputs->all < elements) {
        unsigned char bytes[BLOCK * sizeof(double)];
        double values[BLOCK];
        const size_t left = elements - inputs->all, count = left < BLOCK ? left : BLOCK;
        if (st_read(file, mask, inputs->all * width, bytes, count * width, error) != 0)
            return -1;
        st_to_double(mask->dtype, bytes, values, count);
        if (add(inputs, file, values, count, room, error) != 0)
            return -1;
    }
    if (inputs->count == 0)
        return st_tensor_error(file, mask->name, error, "is 0 everywhere, so no input is kept");
    return st_finish(file, error);
}

int inputs_open(struct inputs *inputs, const char *path, const struct params *params,
                struct error *error) {
    struct st_file file;
    *inputs = (struct inputs){0};
    if (st_open(&file, path, error) != 0)
        return -1;
    int result = check(&file, params, error);
    if (result == 0)
        result = read_mask(inputs, &file, error);
    st_close(&file);
    if (result != 0)
        inputs_close(inputs);
    return result;
}

const struct inputs *inputs_for(const struct inputs *inputs, const struct st_tensor *tensor) {
    return inputs->all > 0 && fits(inputs->all, tensor) ? inputs : NULL;
}

size_t inputs_compact(const struct inputs *inputs, uint64_t start, double *values, size_t count) {
    size_t kept = 0, input = (size_t)(start % inputs->all);
    for (size_t i = 0; i < count; i++) {
        values[kept] = values[i];
        kept += inputs->kept[input];
        input = input + 1 < inputs->all ? input + 1 : 0;
    }
    return kept;
}

void inputs_close(struct inputs *inputs) {
    free(inputs->kept);
    free(inputs->at);
    *inputs = (struct inputs){0};
}
