/* Parameter files side by side: the first byte says how many, and which come through pipes. */
#include "engram/params.h"
#include "fuzz.h"

static int read_piece(void *data, const struct params_piece *piece, void *own,
                      struct error *error) {
    (void)data;
    (void)error;
    for (size_t f = 0; f < piece->params->files; f++) {
        params_doubles(piece, f, 0, own, piece->count);
        if (st_fits_float(piece->params->file[f].tensor[piece->tensor].dtype))
            params_floats(piece, f, 0, own, piece->count);
    }
    return 0;
}

static int join_piece(void *data, const struct params_piece *piece, void *own,
                      struct error *error) {
    (void)data;
    (void)piece;
    (void)own;
    (void)error;
    return 0;
}

static int read_all(struct params *params, struct error *error) {
    struct params_pass pass = {.params = params,
                               .jobs = 1,
                               .work = read_piece,
                               .join = join_piece,
                               .own = PARAMS_PIECE * sizeof(double)};
    int result = 0;
    for (size_t t = 0; t < params->tensors && result == 0; t++)
        result = params_each(&pass, t, error);
    params_pass_free(&pass);
    return result != 0 ? -1 : params_finish(params, error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzz_part rest = {data, size}, first = fuzz_next(&rest);
    const uint8_t choice = fuzz_byte(&first);
    enum { FILES = 4 };
    const size_t files = 1 + choice % FILES;
    struct fuzz_file source[FILES];
    char *paths[FILES];
    for (size_t f = 0; f < files; f++) {
        fuzz_open(&source[f], fuzz_next(&rest), choice >> (4 + f) & 1);
        paths[f] = source[f].path;
    }
    struct params params;
    struct error error;
    if (params_open(&params, paths, files, NULL, &error) == 0) {
        (void)params_metadata(&params, "image_shape");
        (void)read_all(&params, &error);
        params_close(&params);
    }
    for (size_t f = 0; f < files; f++)
        fuzz_close(&source[f]);
    return 0;
}
