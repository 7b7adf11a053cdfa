/* Samples are read in blocks of images, so that memory does not grow with their number. */
#include "engram/samples.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1 << 18 };

static int check(struct samples *samples, struct error *error) {
    const struct st_file *file = &samples->file;
    const struct st_tensor *images = st_find(file, "images"), *labels = st_find(file, "labels");
    if (images == NULL || labels == NULL)
        return error_set(error, "%s: not samples: tensor %s is missing", file->input.name,
                         images == NULL ? "images" : "labels");
    if (labels->dtype != ST_U8 || labels->rank != 1)
        return st_tensor_error(file, "labels", error, "is not U8 [n]");
    if (images->dtype != ST_U8 || images->rank != 3 || images->shape[0] != labels->shape[0])
        return st_tensor_error(file, "images", error, "is not U8 [n,rows,cols] for %llu labels",
                               (unsigned long long)labels->shape[0]);
    if (images->shape[1] == 0 || images->shape[1] > UINT32_MAX || images->shape[2] == 0 ||
        images->shape[2] > UINT32_MAX / images->shape[1])
        return st_tensor_error(file, "images", error,
                               "holds images of no pixel, or of 2^32 or more");
    samples->images = images;
    samples->count = labels->shape[0];
    samples->rows = (size_t)images->shape[1];
    samples->cols = (size_t)images->shape[2];
    return 0;
}

/* Takes in the labels as they arrive: their number cannot be trusted on a pipe. */
static int read_labels(struct samples *samples, struct error *error) {
    const struct st_tensor *labels = st_find(&samples->file, "labels");
    uint64_t room = 0;
    for (uint64_t used = 0; used < samples->count || room == 0; used = room) {
        room = room == 0 ? BLOCK : 2 * room;
        if (room > samples->count)
            room = samples->count;
        uint8_t *grown = realloc(samples->labels, room + 1);
        if (grown == NULL)
            return error_errno(error, "%s", samples->file.input.name);
        samples->labels = grown;
        if (st_read(&samples->file, labels, used, grown + used, room - used, error) != 0)
            return -1;
        if (room == samples->count)
            break;
    }
    return 0;
}

int samples_open(struct samples *samples, const char *path, struct error *error) {
    *samples = (struct samples){0};
    if (st_open(&samples->file, path, error) != 0)
        return -1;
    if (check(samples, error) == 0 && read_labels(samples, error) == 0) {
        const size_t image = samples->rows * samples->cols;
        samples->block_size = image < BLOCK ? BLOCK / image : 1;
        samples->block = malloc(samples->block_size * image);
        if (samples->block != NULL)
            return 0;
        error_errno(error, "%s", samples->file.input.name);
    }
    samples_close(samples);
    return -1;
}

int samples_next(struct samples *samples, const uint8_t **image, uint8_t *label,
                 struct error *error) {
    const size_t size = samples->rows * samples->cols;
    const size_t within = (size_t)(samples->next % samples->block_size);
    if (samples->next == samples->count)
        return st_finish(&samples->file, error);
    if (within == 0) {
        const uint64_t left = samples->count - samples->next;
        const size_t images = left < samples->block_size ? (size_t)left : samples->block_size;
        if (st_read(&samples->file, samples->images, samples->next * size, samples->block,
                    images * size, error) != 0)
            return -1;
    }
    *image = samples->block + within * size;
    *label = samples->labels[samples->next++];
    return 1;
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
    const struct st_metadata format = {"format", "engram.samples"};
    if (st_write_header(output, tensors, 2, &format, 1, error) != 0)
        return -1;
    return output_write(output, labels, (size_t)count, error);
}
