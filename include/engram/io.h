/* Byte streams in and out: files, pipes, standard input and output.
 *
 * An input never seeks unless it is a regular file. An output file is written under a temporary
 * name beside its final one and renamed by output_commit, so that no reader ever sees half a file
 * and a failed program leaves what was there before; a signal that ends the program removes the
 * temporary file too. What a killed program leaves, .engram-0 and so on, is removed by the next
 * program that writes to the folder: it is litter if no program holds a lock on it (flock; on a
 * network file system, that locks hold between machines is the mount's business).
 *
 * Outputs that are committed together all get their names, or none does: what has been renamed is
 * taken back when a later one cannot be. Programs that replace the same files at the same time take
 * turns, so all of them are one program's, where locks are to be had. Two things are beyond that: a
 * kill between the first rename and the last leaves some files new and the others old, each whole;
 * and on a file system that can neither exchange two names nor give a file a second one (FAT) a
 * file that was replaced already stays so.
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

/* Opens `path` for reading; NULL or "-" is standard input. */
int input_open(struct input *input, const char *path, struct error *error);

/* Reads `size` bytes, fewer only at the end of the stream. Returns how many, or -1. */
int64_t input_read(struct input *input, void *buffer, size_t size, struct error *error);

/* Reads exactly `size` bytes at `offset` of a regular file. */
int input_read_at(struct input *input, uint64_t offset, void *buffer, size_t size,
                  struct error *error);

void input_close(struct input *input);

struct output {
    int fd;
    const char *name; /* as given, or "<stdout>"; not owned */
    char *path;       /* where the file goes in the end, owned; NULL when written directly */
    char *temporary;  /* where it is until then, owned */
    /* While it is committed: */
    int turn_fd;   /* its folder, locked, or -1 */
    int old_fd;    /* the file it replaces, locked, or -1 */
    bool replaces; /* there is such a file */
    bool kept;     /* and it is kept, under the temporary name */
    bool named;    /* the new file has its name */
    char *buffer;
    size_t used;
};

/* Whether two of the paths, NULLs passed over, lead to one regular file, existing or to be made, or
 * are both "-": returns 1 and which two in `pair`, 0 if none do, -1 without memory. A pipe or a
 * device may be given twice. */
int output_same(const char *const *paths, size_t count, size_t pair[2], struct error *error);

/* Opens `path` for writing; NULL or "-" is standard output. With `binary`, refuses a terminal. */
int output_open(struct output *output, const char *path, bool binary, struct error *error);

int output_write(struct output *output, const void *data, size_t size, struct error *error);

int output_printf(struct output *output, struct error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Writes text; `before` and an integer. */
int output_text(struct output *output, struct error *error, const char *text);
int output_integer(struct output *output, struct error *error, const char *before, uint64_t value);

/* Writes a name as escape_next does, whole: names that differ stay distinct in a table. */
int output_escaped(struct output *output, struct error *error, const char *text);

/* Writes `before` and a number of that many significant digits as by %g; every NaN is "nan". */
int output_number(struct output *output, struct error *error, const char *before, double value,
                  int digits);

/* Writes what is buffered, closes, and gives the file its name. Frees everything, also on error
 * (then without giving the name). */
int output_commit(struct output *output, struct error *error);

/* The same for several, NULLs passed over: no file gets its name before all are complete, and all
 * get their names or none does. */
int output_commit_all(struct output *const *outputs, size_t count, struct error *error);

/* Closes and removes the temporary file. Does nothing after output_commit or for a zeroed struct.
 */
void output_discard(struct output *output);

#endif
