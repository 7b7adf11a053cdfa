/* How far apart two sets of parameters are, one by one or in a table. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "engram/io.h"
#include "engram/params.h"
#include "engram/stats.h"
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

static size_t block_size(const struct params *params, size_t t, uint64_t start) {
    const uint64_t left = params_tensor(params, t)->elements - start;
    return left < PARAMS_BLOCK ? (size_t)left : PARAMS_BLOCK;
}

static int read_block(struct params *params, size_t t, uint64_t start, size_t count,
                      struct block *block, struct error *error) {
    return params_read(params, 0, t, start, block->a, count, error) != 0
               ? -1
               : params_read(params, 1, t, start, block->b, count, error);
}

/* --- the file of differences ------------------------------------------------------------------ */

/* F64 if either is; F32 holds the difference of narrower numbers as exactly as it can be. */
static enum st_dtype difference_dtype(const struct params *params, size_t t) {
    return params->file[0].tensor[t].dtype == ST_F64 || params->file[1].tensor[t].dtype == ST_F64
               ? ST_F64
               : ST_F32;
}

static int subtract_doubles(struct params *params, size_t t, uint64_t start, size_t count,
                            bool with_sign, struct block *block, struct error *error) {
    if (read_block(params, t, start, count, block, error) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const double d = block->a[i] - block->b[i];
        block->a[i] = with_sign ? d : fabs(d);
    }
    st_from_double(ST_F64, block->a, block->b, count);
    return 0;
}

/* As if in double and then rounded: a double has more than twice the digits, so that rounding
 * twice changes nothing. Source: S. Figueroa, "When is double rounding innocuous?", SIGNUM
 * Newsletter 30 (1995). */
static int subtract_floats(struct params *params, size_t t, uint64_t start, size_t count,
                           bool with_sign, struct block *block, struct error *error) {
    float a[PARAMS_BLOCK], b[PARAMS_BLOCK];
    if (params_read_float(params, 0, t, start, a, count, error) != 0 ||
        params_read_float(params, 1, t, start, b, count, error) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const float d = a[i] - b[i];
        a[i] = with_sign ? d : fabsf(d);
    }
    st_from_float(a, block->b, count);
    return 0;
}

static int write_tensor(struct params *params, size_t t, bool with_sign, struct block *block,
                        struct output *output, struct error *error) {
    const enum st_dtype dtype = difference_dtype(params, t);
    const uint64_t elements = params_tensor(params, t)->elements;
    for (uint64_t start = 0; start < elements; start += PARAMS_BLOCK) {
        const size_t count = block_size(params, t, start);
        if ((dtype == ST_F64
                 ? subtract_doubles(params, t, start, count, with_sign, block, error)
                 : subtract_floats(params, t, start, count, with_sign, block, error)) != 0 ||
            output_write(output, block->b, count * st_dtype_bits(dtype) / 8, error) != 0)
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

/* Sums run as stat_sum's within a block, and block after block. */
struct sums {
    double difference, squared_difference; /* |a - b|, (a - b)^2 */
    double aa, bb, ab;
    double largest; /* |a - b|; NaN if any is */
};

static double largest_of(const double *x, size_t count) {
    enum { LANES = 8 };
    double lane[LANES] = {0}, largest = 0;
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        for (size_t l = 0; l < LANES; l++)
            lane[l] = x[i + l] > lane[l] ? x[i + l] : lane[l];
    for (; i < count; i++)
        largest = x[i] > largest ? x[i] : largest;
    for (size_t l = 0; l < LANES; l++)
        largest = lane[l] > largest ? lane[l] : largest;
    return largest;
}

/* Adds a block, and overwrites it. */
static void add_block(struct sums *sums, struct block *block, size_t count) {
    double *a = block->a;
    const double *b = block->b;
    sums->aa += stat_products(a, 0, a, 0, count);
    sums->bb += stat_products(b, 0, b, 0, count);
    sums->ab += stat_products(a, 0, b, 0, count);
    for (size_t i = 0; i < count; i++)
        a[i] = fabs(a[i] - b[i]);
    sums->difference += stat_sum(a, count);
    sums->squared_difference += stat_products(a, 0, a, 0, count);
    const double largest = largest_of(a, count);
    sums->largest = largest > sums->largest ? largest : sums->largest;
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
        const size_t count = block_size(params, t, start);
        if (read_block(params, t, start, count, block, error) != 0)
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
