/* Draws under a null hypothesis, of the parameter file that is the input's second part. */
#include <stdlib.h>

#include "engram/draws.h"
#include "fuzz.h"

static int read_tensor(struct draws *draws, const struct st_tensor *drawn, size_t size,
                       struct draws_joined *joined, struct error *error) {
    struct draws_r *part[TWOWAY_PARTS] = {NULL};
    double *x = NULL, *y = NULL;
    if (drawn->elements <= size) { /* else it claims more than has arrived */
        const size_t elements = (size_t)drawn->elements / 2 / draws->count;
        y = calloc(elements + 1, sizeof *y);
        fuzz_check(y != NULL, "room for a tensor");
        for (size_t i = 0; i < elements; i++)
            y[i] = (double)(i * i % 7) / 7;
    }
    const int result =
        draws_read(draws, drawn, NULL, y, drawn->rank == 4, part,
                   (struct draws_joined *const[]){joined, NULL}, size % 3 == 0 ? &x : NULL, error);
    free(x);
    free(y);
    for (size_t p = 0; p < TWOWAY_PARTS; p++)
        free(part[p]);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzz_part rest = {data, size}, first = fuzz_next(&rest);
    const uint8_t choice = fuzz_byte(&first);
    struct fuzz_file source[2];
    fuzz_open(&source[0], fuzz_next(&rest), false);
    fuzz_open(&source[1], rest, choice & 1);
    char *paths[] = {source[0].path};
    struct params params;
    struct draws draws;
    struct error error;
    if (params_open(&params, paths, 1, NULL, &error) == 0) {
        if (draws_open(&draws, source[1].path, choice & 2, &params, NULL, &error) == 0) {
            draws.units =
                (struct association_plan){.permutations = choice >> 2 & 3, .unranked = true};
            struct draws_joined joined = {NULL, 0};
            int result = 0;
            for (size_t i = 0; i < draws.file.tensors && result == 0; i++)
                result = read_tensor(&draws, draws.order[i], size, &joined, &error);
            if (result == 0)
                (void)draws_finish(&draws, &error);
            free(joined.pairs);
            draws_close(&draws);
        }
        params_close(&params);
    }
    fuzz_close(&source[0]);
    fuzz_close(&source[1]);
    return 0;
}
