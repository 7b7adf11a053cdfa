/* Parameter files side by side: the first byte says how many, and which come through pipes. */
#include "engram/params.h"
#include "fuzz.h"

static int read_all(struct params *params, struct error *error) {
    static double values[PARAMS_BLOCK];
    static float narrow[PARAMS_BLOCK];
    for (size_t t = 0; t < params->tensors; t++)
        for (uint64_t at = 0, all = params_tensor(params, t)->elements; at < all;
             at += PARAMS_BLOCK) {
            const size_t count = all - at < PARAMS_BLOCK ? (size_t)(all - at) : PARAMS_BLOCK;
            for (size_t f = 0; f < params->files; f++) {
                if (params_read(params, f, t, at, values, count, error) != 0)
                    return -1;
                if (params->file[f].tensor[t].dtype != ST_F64 &&
                    params_read_float(params, f, t, at, narrow, count, error) != 0)
                    return -1;
            }
        }
    return params_finish(params, error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzz_part rest = {data, size}, first = fuzz_next(&rest);
    const uint8_t choice = fuzz_byte(&first);
    const size_t files = 1 + choice % PARAMS_MAX_FILES;
    struct fuzz_file source[PARAMS_MAX_FILES];
    char *paths[PARAMS_MAX_FILES];
    for (size_t f = 0; f < files; f++) {
        fuzz_open(&source[f], fuzz_next(&rest), choice >> (4 + f) & 1);
        paths[f] = source[f].path;
    }
    struct params params;
    struct error error;
    if (params_open(&params, paths, files, &error) == 0) {
        (void)params_metadata(&params, "image_shape");
        (void)read_all(&params, &error);
        params_close(&params);
    }
    for (size_t f = 0; f < files; f++)
        fuzz_close(&source[f]);
    return 0;
}
