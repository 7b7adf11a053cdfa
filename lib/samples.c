/* Samples are read in blocks of images, so that memory does not grow with their number. */
#include "engram/samples.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engram/escape.h"
#include "engram/grow.h"

enum { BLOCK = 1 << 18 };

static const struct st_metadata format = {"format", "engram.samples"};

/* "file: not samples: tensor NAME is missing", and what the file says it is. Returns -1. */
static int missing_error(const struct st_file *file, const char *name, struct error *error) {
    const char *key = st_metadata(file, "kind") != NULL ? "kind" : "format";
    const char *value = st_metadata(file, key);
    if (value == NULL || strcmp(value, format.value) == 0)
        return error_set(error, "%s: not samples: tensor %s is missing", file->input.name, name);
    char escaped[64];
    escape_fit(value, escaped, sizeof escaped);
    return error_set(error, "%s: not samples: tensor %s is missing, its metadata says %s=%s",
                     file->input.name, name, key, escaped);
}

static int check(struct samples *samples, struct error *error) {
    const struct st_file *file = &samples->file;
    const struct st_tensor *images = st_find(file, "images"), *labels = st_find(file, "labels");
    char found[128];
    if (images == NULL || labels == NULL)
        return missing_error(file, images == NULL ? "images" : "labels", error);
    st_describe(labels, found, sizeof found);
    if (labels->dtype != ST_U8 || labels->rank != 1)
        return st_tensor_error(file, "labels", error, "is %s, not U8 [n]", found);
    st_describe(images, found, sizeof found);
    if (images->dtype != ST_U8 || images->rank != 3 || images->shape[0] != labels->shape[0])
        return st_tensor_error(file, "images", error,
                               "is %s, not U8 [%" PRIu64 ",rows,cols] for as many labels", found,
                               labels->shape[0]);
    if (images->shape[1] == 0 || images->shape[1] > UINT32_MAX || images->shape[2] == 0 ||
        images->shape[2] > UINT32_MAX / images->shape[1])
        return st_tensor_error(file, "images", error,
                               "is %s: images of no pixel, or of 2^32 or more", found);
    samples->images = images;
    samples->count = labels->shape[0];
    samples->rows = (size_t)images->shape[1];
    samples->cols = (size_t)images->shape[2];
    return 0;
}

/* Reads `size` bytes of a tensor, from its byte `offset` on. The memory, of `*room` bytes, grows as
 * they arrive, for on a pipe their number cannot be trusted; it is there even for none. */
static int read_growing(struct st_file *file, const struct st_tensor *tensor, uint64_t offset,
                        uint64_t size, uint8_t **bytes, size_t *room, struct error *error) {
    uint64_t done = 0;
    do {
        const uint64_t least = done > 0 ? done + 1 : size < BLOCK ? size : BLOCK;
        uint8_t *grown = grow(*bytes, room, (size_t)least, (size_t)size, 1);
        if (grown == NULL)
            return error_errno(error, "%s", file->input.name);
        *bytes = grown;
        const uint64_t end = *room < size ? *room : size;
        if (st_read(file, tensor, offset + done, *bytes + done, (size_t)(end - done), error) != 0)
            return -1;
        done = end;
    } while (done < size);
    return 0;
}

int samples_open(struct samples *samples, const char *path, struct error *error) {
    size_t room = 0;
    *samples = (struct samples){0};
    if (st_open(&samples->file, path, error) != 0)
        return -1;
    if (check(samples, error) == 0 &&
        read_growing(&samples->file, st_find(&samples->file, "labels"), 0, samples->count,
                     &samples->labels, &room, error) == 0)
        return 0;
    samples_close(samples);
    return -1;
}

int samples_wait(struct samples *samples, struct error *error) {
    const uint64_t size = samples->rows * samples->cols, left = samples->count - samples->read;
    if (samples->next < samples->read || left == 0)
        return 0;
    const uint64_t block = size < BLOCK ? BLOCK / size : 1, images = left < block ? left : block;
    if (read_growing(&samples->file, samples->images, samples->read * size, images * size,
                     &samples->block, &samples->room, error) != 0)
        return -1;
    samples->first = samples->read;
    samples->read += images;
    return 0;
}

int samples_block(struct samples *samples, size_t most, struct samples_block *block,
                  struct error *error) {
    if (samples->next == samples->count)
        return st_finish(&samples->file, error) != 0 ? -1 : 0;
    if (samples_wait(samples, error) != 0)
        return -1;
    const size_t ahead = (size_t)(samples->read - samples->next);
    *block = (struct samples_block){
        .images = samples->block +
                  (size_t)(samples->next - samples->first) * samples->rows * samples->cols,
        .labels = samples->labels + samples->next,
        .first = samples->next,
        .count = ahead < most ? ahead : most,
    };
    samples->next += block->count;
    return 1;
}

int samples_next(struct samples *samples, const uint8_t **image, uint8_t *label,
                 struct error *error) {
    struct samples_block block = {0};
    const int result = samples_block(samples, 1, &block, error);
    if (result == 1) {
        *image = block.images;
        *label = *block.labels;
    }
    return result;
}

void samples_close(struct samples *samples) {
    st_close(&samples->file);
    free(samples->labels);
    free(samples->block);
    *samples = (struct samples){.file.input.fd = -1};
}

int samples_write_header(struct output *output, uint64_t count, size_t rows, size_t cols,
                         const uint8_t *labels, struct error *error) {
    uint64_t labels_shape[] = {count}, images_shape[] = {count, rows, cols};
    struct st_tensor tensors[] = {
        {.name = "labels", .dtype = ST_U8, .rank = 1, .shape = labels_shape},
        {.name = "images", .dtype = ST_U8, .rank = 3, .shape = images_shape},
    };
    if (st_write_header(output, tensors, 2, &format, 1, error) != 0)
        return -1;
    return output_write(output, labels, (size_t)count, error);
}
