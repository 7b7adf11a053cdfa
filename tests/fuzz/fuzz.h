/* What the fuzzers share: the bytes libFuzzer makes up become files and pipes to open.
 *
 * An input is one or more parts with a line of its own, "=part=", between two; so bytes may come
 * and go in one part without moving the others. A part may describe a safetensors file:
 *
 *     !layer1.bias F32 100
 *     ?kind=network
 *
 * with a line for each tensor and metadatum, and its data behind an empty line. Lengths and offsets
 * are then made to fit, whatever the shapes, so that one changed number is no damaged header. */
#ifndef ENGRAM_FUZZ_H
#define ENGRAM_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What libFuzzer calls, and what it offers. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room);

struct fuzz_part {
    const uint8_t *bytes;
    size_t size;
};

/* Cuts the next part off from the front of `rest`; an empty one behind the last. */
struct fuzz_part fuzz_next(struct fuzz_part *rest);

/* The same of the next line, without its end. */
struct fuzz_part fuzz_line(struct fuzz_part *rest);

/* The first byte of a part, cut off from it; 0 if there is none. */
uint8_t fuzz_byte(struct fuzz_part *part);

/* A part to be opened under `path`. */
struct fuzz_file {
    int fd;
    char path[32];
};

/* The part, or the file it describes, as a regular file, or as a pipe whose other end is closed. */
void fuzz_open(struct fuzz_file *file, struct fuzz_part part, bool pipe);

/* The two ends of an empty pipe. */
void fuzz_pipe(struct fuzz_file *reading, struct fuzz_file *writing);

void fuzz_close(struct fuzz_file *file);

/* Stops the fuzzer, which then keeps the input, if what must be true is not. */
void fuzz_check(bool truth, const char *what);

#endif
