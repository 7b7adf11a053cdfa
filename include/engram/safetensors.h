/* safetensors files, read and written strictly, through pipes as well as files.
 *
 * A file is: header length N as little-endian u64, N bytes of JSON, tensor data to the end. The
 * reader accepts only what the format defines; it knows all its dtypes, and leaves it to programs
 * which of them they can compute with. The writer gives, for the same tensors, the bytes the
 * reference implementation writes (huggingface/safetensors). */
#ifndef ENGRAM_SAFETENSORS_H
#define ENGRAM_SAFETENSORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engram/dtype.h"
#include "engram/error.h"
#include "engram/io.h"

/* Why a tensor is left out, if it is. */
enum st_reason { ST_TAKEN, ST_NOT_CHOSEN, ST_UNMATCHED, ST_NO_NUMBER };

struct st_tensor {
    char *name; /* UTF-8 without NUL */
    enum st_dtype dtype;
    size_t rank;
    uint64_t *shape;     /* [rank] */
    uint64_t elements;   /* product of the shape; 1 for a scalar */
    uint64_t begin, end; /* bytes, from the start of the data */
    uint64_t gap;        /* bytes before it, of tensors left out */
    enum st_reason out;
    size_t stripped; /* bytes of its name in the file that stand before `name`, and still do */
    size_t shard;    /* of several files that are read as one, where its data is */
};

/* Writes dtype and shape for a message, as in "F32 [2,3]"; cut to `size`. */
void st_describe(const struct st_tensor *tensor, char *text, size_t size);

struct st_metadata {
    char *key, *value;
};

/* A file open for reading. */
struct st_file {
    struct input input;
    size_t tensors;
    struct st_tensor *tensor; /* [tensors + left_out], each ascending by name */
    size_t left_out;
    size_t metadata;
    struct st_metadata *metadatum; /* [metadata], ascending by key */
    uint64_t data_start;           /* offset of the data in the input */
    uint64_t data_size;
    uint64_t read;       /* data bytes taken from a pipe so far */
    unsigned char *rest; /* what a pipe held, once it was read out of order */
    uint64_t rest_start, rest_size;
    /* Of checkpoint.h: */
    char *path;            /* of the input, where that is not the caller's; owned */
    struct st_file *shard; /* [shards] that hold the data, regular files all */
    size_t shards;
};

/* Opens `path` (NULL or "-": standard input) and reads and checks the header. On a regular file the
 * length of the data is checked too; on a pipe by st_finish. */
int st_open(struct st_file *file, const char *path, struct error *error);

/* The same of an input that is open and not read yet, which is closed with the file. */
int st_open_input(struct st_file *file, const struct input *input, struct error *error);

/* Leaves out the tensors t with out[t]: they move behind the others, and their data is passed over.
 * Before anything is read. -1 on no memory. */
int st_leave_out(struct st_file *file, const bool *out, enum st_reason reason, struct error *error);

/* Puts the tensors [count] into the order of their names as they are now. */
void st_sort_names(struct st_tensor *tensor, size_t count);

/* Copies `size` bytes of the data of `tensor`, from its byte `offset` on. From a pipe, ascending
 * reads pass through; the first read that jumps makes the file keep the rest of the data in
 * memory, and then any order will do. */
int st_read(struct st_file *file, const struct st_tensor *tensor, uint64_t offset, void *buffer,
            size_t size, struct error *error);

/* Drops the data of a pipe before byte `offset` of `tensor`, not to be read any more. */
int st_pass(struct st_file *file, const struct st_tensor *tensor, uint64_t offset,
            struct error *error);

/* Takes the data of a pipe, not read yet, into memory: they can then be read again and again. */
int st_keep(struct st_file *file, struct error *error);

/* Checks that the data ends where the header says; reads what is left of a pipe. */
int st_finish(struct st_file *file, struct error *error);

void st_close(struct st_file *file);

/* NULL if there is none; owned by the file. */
const struct st_tensor *st_find(const struct st_file *file, const char *name);
const struct st_tensor *st_find_left_out(const struct st_file *file, const char *name);
const struct st_tensor *st_find_any(const struct st_file *file, const char *name);
const char *st_metadata(const struct st_file *file, const char *key);

/* Fills `error` with "file: tensor "name": what", the name escaped. Returns -1. */
int st_tensor_error(const struct st_file *file, const char *name, struct error *error,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A shape in words: "100x784", or "scalar"; of many dimensions the first, and how many there are.
 */
enum { ST_SHAPE_SHOWN = 8, ST_SHAPE_SIZE = 256 };
void st_shape(const struct st_tensor *tensor, char text[ST_SHAPE_SIZE]);

/* The same with all dimensions, to be freed; NULL on no memory. */
char *st_whole_shape(const struct st_tensor *tensor);

/* Puts tensors into the order of the reference writer: by dtype, then by name. */
void st_sort(struct st_tensor *tensor, size_t tensors);

/* Writes the header for tensors whose data will follow in the order given; of each, name, dtype,
 * rank and shape are read, and elements, begin and end are set. Keys of the metadata are written in
 * ascending order. Refuses duplicate and reserved names, and sizes beyond 64 bits. */
int st_write_header(struct output *output, struct st_tensor *tensor, size_t tensors,
                    const struct st_metadata *metadata, size_t metadata_count, struct error *error);

#endif
