/* How far apart two sets of parameters are, one by one or in a table. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "engram/io.h"
#include "engram/params.h"
#include "engram/tool.h"

enum { KEY_SIGNED = 256, KEY_SUMMARY };

static const struct tool_option options[] = {
    {KEY_SIGNED, "signed", NULL, NULL, "write A - B, not its absolute value"},
    {KEY_SUMMARY, "summary", NULL, NULL, "write only a table, a row per tensor"},
    {'o', "output", "FILE", "-", "where to write"},
    {0},
};

static const struct tool tool = {
    .name = "param-diff",
    .synopsis = "[OPTION]... A B",
    .summary = "Write |A - B| of two parameter files (safetensors).",
    .options = options,
    .min_operands = 2,
    .max_operands = 2,
};

struct block {
    double a[PARAMS_BLOCK], b[PARAMS_BLOCK];
};

/* Reads the block of both files that begins at `start`; returns its size, or 0 on failure. */
static size_t read_block(struct params *params, size_t t, uint64_t start, struct block *block,
                         struct error *error) {
    const uint64_t left = params_tensor(params, t)->elements - start;
    const size_t count = left < PARAMS_BLOCK ? (size_t)left : PARAMS_BLOCK;
    if (params_read(params, 0, t, start, block->a, count, error) != 0 ||
        params_read(params, 1, t, start, block->b, count, error) != 0)
        return 0;
    return count;
}

/* --- the file of differences ------------------------------------------------------------------ */

/* F64 if either is; F32 holds the difference of narrower numbers as exactly as it can be. */
static enum st_dtype difference_dtype(const struct params *params, size_t t) {
    return params->file[0].tensor[t].dtype == ST_F64 || params->file[1].tensor[t].dtype == ST_F64
               ? ST_F64
               : ST_F32;
}

static int write_tensor(struct params *params, size_t t, bool with_sign, struct block *block,
                        struct output *output, struct error *error) {
    const enum st_dtype dtype = difference_dtype(params, t);
    const uint64_t elements = params_tensor(params, t)->elements;
    for (uint64_t start = 0; start < elements; start += PARAMS_BLOCK) {
        const size_t count = read_block(params, t, start, block, error);
        if (count == 0)
            return -1;
        for (size_t i = 0; i < count; i++)
            block->a[i] -= block->b[i];
        for (size_t i = 0; i < count && !with_sign; i++)
            block->a[i] = fabs(block->a[i]);
        st_from_double(dtype, block->a, block->b, count);
        if (output_write(output, block->b, count * st_dtype_bits(dtype) / 8, error) != 0)
            return -1;
    }
    return 0;
}

static int write_difference(struct params *params, bool with_sign, struct block *block,
                            struct output *output, struct error *error) {
    struct st_tensor *tensor = calloc(params->tensors + 1, sizeof *tensor);
    if (tensor == NULL)
        return error_errno(error, "%s", output->name);
    for (size_t t = 0; t < params->tensors; t++) {
        tensor[t] = *params_tensor(params, t);
        tensor[t].dtype = difference_dtype(params, t);
    }
    st_sort(tensor, params->tensors);
    const char *shape = params_metadata(params, "image_shape");
    const struct st_metadata metadata[] = {{"format", "engram.params"},
                                           {"kind", "difference"},
                                           {"signed", with_sign ? "true" : "false"},
                                           {"image_shape", (char *)shape}};
    int result =
        st_write_header(output, tensor, params->tensors, metadata, shape != NULL ? 4 : 3, error);
    for (size_t i = 0; i < params->tensors && result == 0; i++) {
        const size_t t =
            (size_t)(st_find(&params->file[0], tensor[i].name) - params->file[0].tensor);
        result = write_tensor(params, t, with_sign, block, output, error);
    }
    free(tensor);
    return result;
}

/* --- the table -------------------------------------------------------------------------------- */

/* Sums run in fixed lanes within a block, and block after block. */
enum { LANES = 8 };

struct sums {
    double difference, squared_difference; /* |a - b|, (a - b)^2 */
    double aa, bb, ab;
    double largest; /* |a - b|; NaN if any is */
};

/* Adds lane l + half to lane l until one is left. */
static double add_lanes(double lane[LANES]) {
    for (size_t half = LANES / 2; half > 0; half /= 2)
        for (size_t l = 0; l < half; l++)
            lane[l] += lane[l + half];
    return lane[0];
}

/* Adds a block; fills it up with zeros to whole lanes. */
static void add_block(struct sums *sums, struct block *block, size_t count) {
    double d1[LANES] = {0}, d2[LANES] = {0}, aa[LANES] = {0}, bb[LANES] = {0}, ab[LANES] = {0};
    double largest[LANES] = {0};
    while (count % LANES != 0) {
        block->a[count] = block->b[count] = 0;
        count++;
    }
    for (size_t i = 0; i < count; i += LANES)
        for (size_t l = 0; l < LANES; l++) {
            const double a = block->a[i + l], b = block->b[i + l], d = fabs(a - b);
            d1[l] += d;
            d2[l] += d * d;
            aa[l] += a * a;
            bb[l] += b * b;
            ab[l] += a * b;
            largest[l] = d > largest[l] ? d : largest[l];
        }
    sums->difference += add_lanes(d1);
    sums->squared_difference += add_lanes(d2);
    sums->aa += add_lanes(aa);
    sums->bb += add_lanes(bb);
    sums->ab += add_lanes(ab);
    for (size_t l = 0; l < LANES; l++)
        sums->largest = largest[l] > sums->largest ? largest[l] : sums->largest;
    if (isnan(sums->difference))
        sums->largest = NAN;
}

/* "100x784", or "scalar". */
static void format_shape(const struct st_tensor *tensor, char *text, size_t size) {
    size_t used = (size_t)snprintf(text, size, "%s", tensor->rank == 0 ? "scalar" : "");
    for (size_t i = 0; i < tensor->rank && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%" PRIu64, i > 0 ? "x" : "",
                                 tensor->shape[i]);
}

static int write_row(struct params *params, size_t t, struct block *block, struct output *output,
                     struct error *error) {
    const struct st_tensor *tensor = params_tensor(params, t);
    struct sums sums = {0};
    for (uint64_t start = 0; start < tensor->elements; start += PARAMS_BLOCK) {
        const size_t count = read_block(params, t, start, block, error);
        if (count == 0)
            return -1;
        add_block(&sums, block, count);
    }
    char name[512], shape[512];
    st_escape(tensor->name, name, sizeof name);
    format_shape(tensor, shape, sizeof shape);
    const double norm = sqrt(sums.squared_difference);
    const double row[] = {sums.largest, sums.difference / (double)tensor->elements, norm,
                          norm / sqrt(sums.aa), sums.ab / (sqrt(sums.aa) * sqrt(sums.bb))};
    int result = output_printf(output, error, "%s\t%s", name, shape);
    for (size_t i = 0; i < sizeof row / sizeof *row && result == 0; i++)
        result = output_number(output, error, "\t", row[i], 9);
    return result == 0 ? output_printf(output, error, "\n") : -1;
}

static int write_summary(struct params *params, struct block *block, struct output *output,
                         struct error *error) {
    int result =
        output_printf(output, error, "tensor\tshape\tmax_abs\tmean_abs\tl2\trelative_l2\tcosine\n");
    for (size_t t = 0; t < params->tensors && result == 0; t++)
        result = write_row(params, t, block, output, error);
    return result;
}

int main(int argc, char **argv) {
    bool with_sign = false, summary = false;
    const char *path = NULL;
    tool_start(&tool);
    for (int key; (key = tool_option(argc, argv)) != -1;)
        switch (key) {
        case KEY_SIGNED:
            with_sign = true;
            break;
        case KEY_SUMMARY:
            summary = true;
            break;
        default:
            path = optarg;
        }
    if (with_sign && summary)
        tool_usage("--signed does not go with --summary");

    struct error error;
    struct params params;
    struct output output = {.fd = -1};
    struct block *block = malloc(sizeof *block);
    if (block == NULL) {
        error_errno(&error, "%s", argv[optind]);
        tool_fail(&error);
    }
    if (params_open(&params, argv + optind, 2, &error) != 0)
        tool_fail(&error);
    if (output_open(&output, path, !summary, &error) != 0 ||
        (summary ? write_summary(&params, block, &output, &error)
                 : write_difference(&params, with_sign, block, &output, &error)) != 0 ||
        params_finish(&params, &error) != 0 || output_commit(&output, &error) != 0) {
        output_discard(&output);
        free(block);
        tool_fail(&error);
    }
    params_close(&params);
    free(block);
    return 0;
}
