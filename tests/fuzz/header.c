/* A safetensors file is taken, or refused, alike as a file and through a pipe; and its header,
 * written again, is read as the same. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "engram/escape.h"
#include "engram/safetensors.h"
#include "fuzz.h"

/* Reads every tensor, in the order of names, which need not be that of the data. */
static bool read_all(struct st_file *file, struct error *error) {
    unsigned char buffer[1000];
    for (size_t t = 0; t < file->tensors; t++) {
        const struct st_tensor *tensor = &file->tensor[t];
        char name[64];
        escape_fit(tensor->name, name, sizeof name);
        fuzz_check(st_find(file, tensor->name) == tensor, "a tensor is found by its name");
        for (uint64_t size = tensor->end - tensor->begin, at = 0; at < size;) {
            const size_t part = size - at < sizeof buffer ? (size_t)(size - at) : sizeof buffer;
            if (st_read(file, tensor, at, buffer, part, error) != 0)
                return false;
            at += part;
        }
    }
    return st_finish(file, error) == 0;
}

static void compare(const struct st_file *a, const struct st_file *b) {
    fuzz_check(a->tensors == b->tensors && a->metadata == b->metadata, "as many are read again");
    for (size_t t = 0; t < a->tensors; t++) {
        const struct st_tensor *s = &a->tensor[t], *u = &b->tensor[t];
        fuzz_check(strcmp(s->name, u->name) == 0 && s->dtype == u->dtype && s->rank == u->rank &&
                       memcmp(s->shape, u->shape, s->rank * sizeof *s->shape) == 0,
                   "the same tensors are read again");
    }
    for (size_t m = 0; m < a->metadata; m++)
        fuzz_check(strcmp(a->metadatum[m].key, b->metadatum[m].key) == 0 &&
                       strcmp(a->metadatum[m].value, b->metadatum[m].value) == 0,
                   "the same metadata are read again");
}

static void write_again(struct st_file *file) {
    struct fuzz_file reading, writing;
    struct st_file again;
    struct error error;
    struct output output;
    fuzz_pipe(&reading, &writing);
    fuzz_check(output_open(&output, writing.path, true, &error) == 0, "a pipe is written");
    fuzz_check(st_write_header(&output, file->tensor, file->tensors, file->metadatum,
                               file->metadata, &error) == 0,
               "a header that was read is written");
    fuzz_check(output_commit(&output, &error) == 0, "a pipe is written");
    fuzz_close(&writing);
    fuzz_check(st_open(&again, reading.path, &error) == 0, "a header that was written is read");
    compare(file, &again);
    st_close(&again);
    fuzz_close(&reading);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    bool good[2];
    for (int pipe = 0; pipe < 2; pipe++) {
        struct fuzz_file source;
        struct st_file file;
        struct error error;
        fuzz_open(&source, (struct fuzz_part){data, size}, pipe);
        good[pipe] = st_open(&file, source.path, &error) == 0;
        if (good[pipe]) {
            good[pipe] = read_all(&file, &error);
            if (good[pipe])
                write_again(&file);
            st_close(&file);
        }
        fuzz_close(&source);
    }
    fuzz_check(good[0] == good[1], "what a file may hold, a pipe may");
    return 0;
}
