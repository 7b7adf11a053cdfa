/* IDX files, the format MNIST comes in; plain or gzip, told apart by content.
 *
 * Layout: 0, 0, type, rank; rank sizes as big-endian u32; the values, big-endian. Labels and pixels
 * are whole numbers from 0 to 255, of any type. Read from front to end, so a pipe will do, or where
 * that is possible in any order; memory follows what has arrived. Source: Y. LeCun, C. Cortes, C.
 * Burges, The MNIST database. */
#ifndef ENGRAM_IDX_H
#define ENGRAM_IDX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#include "engram/error.h"
#include "engram/io.h"

struct idx_type;

struct idx {
    struct input input;  /* its name, and the sizes, for the caller; all else the reader's */
    uint32_t count;      /* of items: labels, or images */
    uint32_t rows, cols; /* of an image; of a label, 1 and 1 */

    z_stream stream; /* also the buffered input of plain data */
    unsigned char *input_buffer;
    bool packed, ended; /* gzip; nothing more comes out of it */

    const struct idx_type *type;
    size_t start;     /* of the values, in bytes */
    const char *what; /* "label" or "pixel" */
    size_t item;      /* numbers in an item */
    size_t spacing;   /* bytes from one number read to the next */
    uint64_t read;    /* bytes of values */
    uint64_t given;   /* numbers */
    uint8_t *block;   /* the items given last */
    size_t room;      /* bytes of block */
};

/* Opens labels, `path` NULL or "-" standard input, and reads the header: [n], or QMNIST's int32
 * [n, 8], the label the first of eight. Further dimensions of 1 are ignored. -1 on failure. */
int idx_open_labels(struct idx *idx, const char *path, struct error *error);

struct idx_shape {
    uint32_t rows, cols;
};

/* The same for images: [n, rows, cols], [n, 1, rows, cols], or [n, cols] of one row. `shape`, or
 * NULL, is that of an image instead; -1 if its pixels are not as many. */
int idx_open_images(struct idx *idx, const char *path, const struct idx_shape *shape,
                    struct error *error);

/* Gives the next items [rows][cols], valid until the next call. Returns how many; 0 at the end,
 * which it has checked; -1 on failure. */
int64_t idx_next(struct idx *idx, const uint8_t **items, struct error *error);

/* Whether items can be read in any order: bytes in a plain regular file, of the size that its
 * header says. To read one by one is slower than to read all. */
bool idx_seeks(const struct idx *idx);

/* Gives item `number` [rows][cols] of such a file, valid until the next call; -1 on failure. */
int idx_item(struct idx *idx, uint32_t number, const uint8_t **item, struct error *error);

void idx_close(struct idx *idx);

/* Writes the header of an IDX file of unsigned bytes [sizes[0], ...]. */
int idx_write_header(struct output *output, const uint32_t *sizes, size_t rank,
                     struct error *error);

#endif
