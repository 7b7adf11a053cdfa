/* Byte streams in and out: files, pipes, standard input and output.
 *
 * Inputs seek in regular files alone. An output file is written under a temporary name beside its
 * own and renamed by output_commit: no reader sees half a file, a failed program leaves what was
 * there, a signal that ends the program removes the temporary file. What a kill leaves, .engram-0
 * and so on, the next program that writes to the folder removes, if no program holds a lock on it
 * (flock; whether locks hold between machines is the network file system's business).
 *
 * Outputs committed together all get their names, or none does: renames are taken back when a later
 * one fails. Programs that replace the same files take turns, where there are locks. Two
 * exceptions: a kill between two renames leaves some files new and the others old, each whole; a
 * file system that can neither exchange two names nor give a file a second one (FAT) leaves new
 * what was renamed.
 *
 * Through a symbolic link the file it names is made or replaced, never the link. Devices, FIFOs,
 * standard output and other open descriptors (/dev/stdout, /dev/fd/N) are written directly. */
#ifndef ENGRAM_IO_H
#define ENGRAM_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"

struct input {
    int fd;
    const char *name;  /* as given, or "<stdin>"; not owned */
    bool regular;      /* a regular file: `start` and `size` hold, and input_read_at works */
    uint64_t start;    /* file position at opening */
    uint64_t size;     /* bytes from `start` to the end */
    uint64_t position; /* bytes read by input_read so far */
};

/* What messages call the input `path`. */
const char *input_name(const char *path);

/* Whether a path, NULL or "-", is that of standard input or output. */
bool input_is_standard(const char *path);

/* Opens `path`, NULL or "-" standard input; -1 on failure. */
int input_open(struct input *input, const char *path, struct error *error);

/* Reads `size` bytes, fewer at the end of the stream alone; returns how many, or -1. */
int64_t input_read(struct input *input, void *buffer, size_t size, struct error *error);

/* Reads `size` bytes at `offset` of a regular file; -1 if there are fewer. */
int input_read_at(struct input *input, uint64_t offset, void *buffer, size_t size,
                  struct error *error);

void input_close(struct input *input);

struct output {
    int fd;
    const char *name; /* as given, or "<stdout>"; not owned */
    char *path;       /* the final one, owned; NULL: written directly */
    char *temporary;  /* the path until then, owned */
    /* While it is committed: */
    int turn_fd;   /* the folder, locked, or -1 */
    int old_fd;    /* the file it replaces, locked, or -1 */
    bool replaces; /* there is such a file */
    bool kept;     /* and it has the temporary name */
    bool named;    /* the new file has its name */
    char *buffer;
    size_t used;
};

/* Finds two paths, NULLs passed over, to one regular file, existing or to be made, or both "-":
 * 1, and their places in `pair`; 0: none; -1 on no memory. A pipe or device may come twice. */
int output_same(const char *const *paths, size_t count, size_t pair[2], struct error *error);

/* Opens `path`, NULL or "-" standard output; `binary` refuses a terminal; -1 on failure. */
int output_open(struct output *output, const char *path, bool binary, struct error *error);

int output_write(struct output *output, const void *data, size_t size, struct error *error);

int output_printf(struct output *output, struct error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Write: text; `before` and an integer. */
int output_text(struct output *output, struct error *error, const char *text);
int output_integer(struct output *output, struct error *error, const char *before, uint64_t value);

/* Writes a whole name, escaped (escape_next): names that differ stay distinct. */
int output_escaped(struct output *output, struct error *error, const char *text);

/* Writes `before` and a number as %.*g does, `digits` significant; every NaN as "nan". */
int output_number(struct output *output, struct error *error, const char *before, double value,
                  int digits);

/* Writes the buffer, closes, renames; on failure, removes. Frees everything. */
int output_commit(struct output *output, struct error *error);

/* The same for several, NULLs passed over: all are complete before one is renamed, and all are
 * renamed or none. */
int output_commit_all(struct output *const *outputs, size_t count, struct error *error);

/* Closes and removes the temporary file; nothing after output_commit or with fd = -1. */
void output_discard(struct output *output);

#endif
