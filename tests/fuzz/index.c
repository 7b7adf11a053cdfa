/* A model in shards: the first part is its index, the others are files beside it, named 101 to 104.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engram/checkpoint.h"
#include "fuzz.h"

enum { FIRST = 100, FILES = 5 };

/* Reads every tensor; what the shards say has been checked before. */
static void read_all(struct st_file *file) {
    unsigned char buffer[1000];
    struct error error;
    for (size_t t = 0; t < file->tensors; t++) {
        const struct st_tensor *tensor = &file->tensor[t];
        fuzz_check(st_find(file, tensor->name) == tensor, "a tensor is found by its name");
        for (uint64_t size = tensor->end - tensor->begin, at = 0; at < size;) {
            const size_t part = size - at < sizeof buffer ? (size_t)(size - at) : sizeof buffer;
            fuzz_check(st_read(file, tensor, at, buffer, part, &error) == 0, "a tensor is read");
            at += part;
        }
    }
    fuzz_check(st_finish(file, &error) == 0, "the end is reached");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzz_part rest = {data, size};
    struct fuzz_file source[FILES];
    for (int f = 0; f < FILES; f++) {
        fuzz_open(&source[f], fuzz_next(&rest), false);
        fuzz_check(dup3(source[f].fd, FIRST + f, O_CLOEXEC) == FIRST + f, "a descriptor");
    }
    char path[32];
    snprintf(path, sizeof path, "/dev/fd/%d", FIRST);
    struct st_file file;
    struct error error;
    if (checkpoint_open(&file, path, &error) == 0) {
        read_all(&file);
        st_close(&file);
    }
    for (int f = 0; f < FILES; f++) {
        fuzz_close(&source[f]);
        close(FIRST + f);
    }
    return 0;
}
