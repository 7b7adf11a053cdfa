/* IDX files of unsigned bytes, the format MNIST comes in; plain or gzip, told apart by content.
 *
 * Layout: 0, 0, 8 (unsigned byte), rank; rank sizes as big-endian u32; the values. Read once, from
 * front to end, so a pipe will do. Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database. */
#ifndef ENGRAM_IDX_H
#define ENGRAM_IDX_H

#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#include "engram/error.h"
#include "engram/io.h"

enum { IDX_MAX_RANK = 4 };

struct idx {
    struct input input;
    gzFile gz;
    size_t rank;
    uint32_t size[IDX_MAX_RANK]; /* [0] is the number of items */
    uint64_t item;               /* bytes in one item: the product of the other sizes */
    uint64_t read;               /* bytes of values read so far */
};

/* Opens `path` (NULL or "-": standard input) and reads the header; the file must have `rank`. */
int idx_open(struct idx *idx, const char *path, size_t rank, struct error *error);

/* Reads the next `items` items. */
int idx_read(struct idx *idx, void *values, size_t items, struct error *error);

/* Skips the next `items` items. */
int idx_skip(struct idx *idx, uint64_t items, struct error *error);

/* Skips what is left and checks that nothing follows. */
int idx_finish(struct idx *idx, struct error *error);

void idx_close(struct idx *idx);

#endif
