/* Models in shards: an index, then the shards "a", "b" and "c", in a folder; and what is chosen:
 * the first byte says which way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engram/checkpoint.h"
#include "engram/selection.h"
#include "fuzz.h"

enum { FILES = 4 };

static const char *const names[FILES] = {"i.index.json", "a", "b", "c"};

/* The folder, made once. */
static const char *folder(void) {
    static char path[256];
    if (path[0] == '\0') {
        const char *scratch = getenv("TMPDIR");
        snprintf(path, sizeof path, "%s/XXXXXX", scratch != NULL ? scratch : "/tmp");
        fuzz_check(mkdtemp(path) != NULL, "a folder is made");
    }
    return path;
}

static void read_all(struct st_file *file) {
    struct error error;
    unsigned char bytes[64];
    for (size_t t = 0; t < file->tensors; t++) {
        const struct st_tensor *tensor = &file->tensor[t];
        fuzz_check(st_find(file, tensor->name) == tensor, "a tensor is found by its name");
        const uint64_t size = tensor->end - tensor->begin;
        fuzz_check(st_read(file, tensor, 0, bytes,
                           size < sizeof bytes ? (size_t)size : sizeof bytes, &error) == 0,
                   "a shard that was opened holds its tensors");
    }
    fuzz_check(st_finish(file, &error) == 0, "there is nothing behind the tensors");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzz_part rest = {data, size}, first = fuzz_next(&rest);
    const uint8_t choice = fuzz_byte(&first);
    struct fuzz_file source[FILES];
    char path[FILES][300];
    for (size_t f = 0; f < FILES; f++) {
        fuzz_open(&source[f], fuzz_next(&rest), false);
        snprintf(path[f], sizeof path[f], "%s/%s", folder(), names[f]);
        unlink(path[f]);
        fuzz_check(symlink(source[f].path, path[f]) == 0, "a link is made");
    }
    struct st_selection selection = {.rule = {{SELECTION_STRIP, "m.", false},
                                              {SELECTION_INCLUDE, "*w*", false},
                                              {SELECTION_EXCLUDE, "[!a-c]?", false}},
                                     .rules = choice % 4};
    struct st_file file;
    struct error error;
    if (checkpoint_open(&file, path[0], &error) == 0) {
        if (selection_apply(&selection, &file, &error) == 0) {
            (void)selection_check(&selection, "file", file.tensors, &error);
            (void)st_metadata(&file, "kind");
            read_all(&file);
        }
        st_close(&file);
    }
    for (size_t f = 0; f < FILES; f++) {
        unlink(path[f]);
        fuzz_close(&source[f]);
    }
    return 0;
}
