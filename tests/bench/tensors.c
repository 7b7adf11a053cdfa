/* Writes a large parameter file to measure param-diff and correlate with.
 *
 *   tensors [--zero] SEED F32|BF16 MIB FILE
 *
 * One tensor of numbers between 0 and 1: a random block over and over. With --zero, a file of zeros
 * that takes no room on the disk. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engram/io.h"
#include "engram/rng.h"
#include "engram/safetensors.h"
#include "engram/tool.h"

enum { BLOCK = 1 << 20, COLUMNS = 4096 };

static const struct tool tool = {
    .name = "tensors",
    .synopsis = "[--zero] SEED F32|BF16 MIB FILE",
    .summary = "Write a large parameter file.",
    .options = (const struct tool_option[]){{'z', "zero", NULL, NULL, "a sparse file"}, {0}},
    .min_operands = 4,
    .max_operands = 4,
};

static void fill(unsigned char *block, enum st_dtype dtype, uint64_t seed) {
    struct rng rng;
    rng_seed(&rng, seed);
    for (size_t i = 0; i < BLOCK; i += st_dtype_bits(dtype) / 8) {
        const float value = (float)rng_uniform(&rng);
        if (dtype == ST_F32)
            memcpy(block + i, &value, sizeof value);
        else
            memcpy(block + i, (const char *)&value + 2, 2); /* its upper half */
    }
}

int main(int argc, char **argv) {
    static unsigned char block[BLOCK];
    bool zero = false;
    struct error error;
    struct output output;
    tool_start(&tool);
    while (tool_option(argc, argv) != -1)
        zero = true;
    const uint64_t seed = tool_integer('z', argv[optind], 0, UINT64_MAX);
    const uint64_t blocks = tool_integer('z', argv[optind + 2], 1, 1 << 24);
    const char *path = argv[optind + 3];
    struct st_tensor tensor = {
        .name = "w", .dtype = strcmp(argv[optind + 1], "F32") == 0 ? ST_F32 : ST_BF16, .rank = 2};
    tensor.shape =
        (uint64_t[]){blocks * BLOCK * 8 / st_dtype_bits(tensor.dtype) / COLUMNS, COLUMNS};

    fill(block, tensor.dtype, seed);
    if (output_open(&output, path, true, &error) != 0 ||
        st_write_header(&output, &tensor, 1, NULL, 0, &error) != 0)
        tool_fail(&error);
    for (uint64_t i = 0; i < blocks && !zero; i++)
        if (output_write(&output, block, BLOCK, &error) != 0)
            tool_fail(&error);
    if (output_commit(&output, &error) != 0)
        tool_fail(&error);
    if (zero) {
        FILE *file = fopen(path, "r+b");
        if (file == NULL || fseek(file, 0, SEEK_END) != 0 ||
            ftruncate(fileno(file), (off_t)(blocks * BLOCK) + ftell(file)) != 0) {
            error_errno(&error, "%s", path);
            tool_fail(&error);
        }
        fclose(file);
    }
    return 0;
}
