/* IDX files, the format MNIST comes in; plain or gzip, told apart by content.
 *
 * Layout: 0, 0, type, rank; rank sizes as big-endian u32; the values, big-endian. Of every type,
 * only whole numbers from 0 to 255 are read, as bytes: labels or pixels. Read once, from front to
 * end, so a pipe will do; memory follows what has arrived, not the sizes in the header. Source: Y.
 * LeCun, C. Cortes, C. Burges, The MNIST database. */
#ifndef ENGRAM_IDX_H
#define ENGRAM_IDX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#include "engram/error.h"
#include "engram/io.h"

struct idx_type;

/* `count`, `rows` and `cols` are for the caller, once it is open; the rest is the reader's. */
struct idx {
    struct input input;
    uint32_t count;      /* of items: labels, or images */
    uint32_t rows, cols; /* of an image; of a label, 1 and 1 */

    z_stream stream; /* also the buffered input of plain data */
    unsigned char *input_buffer;
    bool packed, ended; /* gzip; nothing more comes out of it */

    const struct idx_type *type;
    const char *what; /* a number is: "label" or "pixel" */
    size_t item;      /* numbers in an item */
    size_t spacing;   /* bytes from one number to the next that counts */
    uint64_t read;    /* bytes of values read */
    uint64_t given;   /* numbers given out */
    uint8_t *block;   /* the items given last */
    size_t room;      /* bytes of it */
};

/* Opens `path` (NULL or "-": standard input) and reads the header of labels: of one dimension, or
 * of two as QMNIST has them: int32 [n, 8], the first of the eight is the label. Further dimensions
 * of 1 are ignored. */
int idx_open_labels(struct idx *idx, const char *path, struct error *error);

struct idx_shape {
    uint32_t rows, cols;
};

/* The same for images, [n, rows, cols]. Those of two dimensions are of one row; a channel of 1
 * before the rows is ignored, too. With `shape`, which may be NULL, their pixels are taken for so
 * many rows and columns; that they do not make as many is an error. */
int idx_open_images(struct idx *idx, const char *path, const struct idx_shape *shape,
                    struct error *error);

/* The next items, [rows][cols] each, some at a time, valid until the next call. Returns how many,
 * or 0 at the end (which has then been checked), or -1. */
int64_t idx_next(struct idx *idx, const uint8_t **items, struct error *error);

void idx_close(struct idx *idx);

/* Writes everything before the values of an IDX file of unsigned bytes. */
int idx_write_header(struct output *output, const uint32_t *sizes, size_t rank,
                     struct error *error);

#endif
