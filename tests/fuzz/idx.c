/* IDX files of labels or images, plain or gzip, are read to their end. */
#include "engram/idx.h"
#include "fuzz.h"

static int open_any(struct idx *idx, const char *path, uint8_t choice, struct error *error) {
    static const struct idx_shape shape = {2, 3};
    return choice & 2 ? idx_open_images(idx, path, choice & 4 ? &shape : NULL, error)
                      : idx_open_labels(idx, path, error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzz_part rest = {data, size}, first = fuzz_next(&rest);
    const uint8_t choice = fuzz_byte(&first);
    struct fuzz_file source;
    struct idx idx;
    struct error error;
    fuzz_open(&source, rest, choice & 1);
    if (open_any(&idx, source.path, choice, &error) == 0) {
        const size_t item = (size_t)idx.rows * idx.cols;
        const uint8_t *items;
        uint64_t count = 0, bytes = 0;
        unsigned sum = 0; /* so that every byte is read */
        int64_t got;
        for (; (got = idx_next(&idx, &items, &error)) > 0; count += (uint64_t)got)
            for (size_t i = 0; i < (size_t)got * item; i++, bytes++)
                sum += items[i];
        fuzz_check(got != 0 || count == idx.count, "at the end, all items have been given");
        fuzz_check(sum <= bytes * 255, "bytes are given");
        idx_close(&idx);
    }
    fuzz_close(&source);
    return 0;
}
