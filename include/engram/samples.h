/* Labelled images in a safetensors file: `labels` U8 [n] and `images` U8 [n, rows, cols].
 *
 * Written labels first, so that images of a pipe arrive with their labels known. Images first is
 * read too, and kept in memory from a pipe. */
#ifndef ENGRAM_SAMPLES_H
#define ENGRAM_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"
#include "engram/io.h"
#include "engram/safetensors.h"

struct samples {
    struct st_file file;
    const struct st_tensor *images;
    uint64_t count;
    size_t rows, cols;
    uint8_t *labels; /* [count] */
    uint8_t *block;  /* images read ahead: samples `first` to `read` - 1 */
    uint64_t first, read;
    size_t room;   /* of the block, in bytes */
    uint64_t next; /* the sample samples_next will give */
};

/* Opens `path` (NULL or "-": standard input) and reads the labels. Memory follows what arrives. */
int samples_open(struct samples *samples, const char *path, struct error *error);

/* Waits for the next image, before memory is taken for its size; at the end, does nothing. */
int samples_wait(struct samples *samples, struct error *error);

/* Samples `first` to first + count - 1, in memory. */
struct samples_block {
    const uint8_t *images, *labels; /* [count][rows][cols], [count] */
    uint64_t first;
    size_t count;
};

/* The next samples, one to `most` of them, valid until the next call. Returns 1, or 0 at the end
 * (which has then been checked), or -1. */
int samples_block(struct samples *samples, size_t most, struct samples_block *block,
                  struct error *error);

/* The next image, [rows][cols], and its label: a block of one. */
int samples_next(struct samples *samples, const uint8_t **image, uint8_t *label,
                 struct error *error);

void samples_close(struct samples *samples);

/* Writes everything before the images, which must follow: count * rows * cols bytes. */
int samples_write_header(struct output *output, uint64_t count, size_t rows, size_t cols,
                         const uint8_t *labels, struct error *error);

#endif
