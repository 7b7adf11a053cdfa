/* How far apart two sets of parameters are, one by one or in a table. */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "engram/column.h"
#include "engram/distance.h"
#include "engram/io.h"
#include "engram/params.h"
#include "engram/tool.h"

enum { KEY_SIGNED = 256, KEY_SUMMARY };

static const struct tool_option options[] = {
    {KEY_SIGNED, "signed", NULL, NULL, "write A - B, not its absolute value"},
    {KEY_SUMMARY, "summary", NULL, NULL, "write only a table, a row per tensor"},
    {'j', "jobs", "N", "0", "threads for large tensors; 0: as many as processors, up to 8"},
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

static size_t block_size(const struct params_piece *piece, size_t at) {
    const size_t left = piece->count - at;
    return left < PARAMS_BLOCK ? left : PARAMS_BLOCK;
}

/* --- the file of differences ------------------------------------------------------------------ */

/* F32 holds the difference of numbers that are floats as exactly as it can be. */
static enum st_dtype difference_dtype(const struct params *params, size_t t) {
    return st_fits_float(params->file[0].tensor[t].dtype) &&
                   st_fits_float(params->file[1].tensor[t].dtype)
               ? ST_F32
               : ST_F64;
}

struct writing {
    bool with_sign;
    enum st_dtype dtype; /* of the tensor */
    struct output *output;
    uint64_t too_large; /* differences of finite numbers that their dtype has no number for */
};

/* A piece's difference, as in the file; in F64, of half as many numbers at most. */
struct difference {
    unsigned char bytes[PARAMS_PIECE * sizeof(float)];
    uint64_t too_large;
};

/* A block. What is rare is looked for where there is any: equal infinities differ by 0, for all
 * that a - b is not a number. */
static void subtract_doubles(const struct params_piece *piece, size_t at, size_t count,
                             bool with_sign, struct difference *to) {
    double a[PARAMS_BLOCK], b[PARAMS_BLOCK], difference[PARAMS_BLOCK];
    uint64_t rare = 0;
    params_doubles(piece, 0, at, a, count);
    params_doubles(piece, 1, at, b, count);
    for (size_t i = 0; i < count; i++) {
        const double d = a[i] - b[i];
        difference[i] = with_sign ? d : fabs(d);
        rare |= !(fabs(d) <= DBL_MAX);
    }
    for (size_t i = 0; i < count && rare != 0; i++) {
        difference[i] = isnan(difference[i]) && a[i] == b[i] ? 0 : difference[i];
        to->too_large += isinf(difference[i]) && isfinite(a[i]) && isfinite(b[i]);
    }
    st_from_double(ST_F64, difference, to->bytes + at * sizeof *difference, count);
}

/* As if in double and then rounded: a double has more than twice the digits, so that rounding
 * twice changes nothing. Source: S. Figueroa, "When is double rounding innocuous?", SIGNUM
 * Newsletter 30 (1995). */
static void subtract_floats(const struct params_piece *piece, size_t at, size_t count,
                            bool with_sign, struct difference *to) {
    float a[PARAMS_BLOCK], b[PARAMS_BLOCK], difference[PARAMS_BLOCK];
    uint32_t rare = 0;
    params_floats(piece, 0, at, a, count);
    params_floats(piece, 1, at, b, count);
    for (size_t i = 0; i < count; i++) {
        const float d = a[i] - b[i];
        difference[i] = with_sign ? d : fabsf(d);
        rare |= !(fabsf(d) <= FLT_MAX);
    }
    for (size_t i = 0; i < count && rare != 0; i++) {
        difference[i] = isnan(difference[i]) && a[i] == b[i] ? 0 : difference[i];
        to->too_large += isinf(difference[i]) && isfinite(a[i]) && isfinite(b[i]);
    }
    st_from_float(difference, to->bytes + at * sizeof *difference, count);
}

static int subtract_piece(void *data, const struct params_piece *piece, void *own,
                          struct error *error) {
    (void)error;
    const struct writing *writing = data;
    struct difference *difference = own;
    difference->too_large = 0;
    for (size_t at = 0; at < piece->count; at += PARAMS_BLOCK)
        (writing->dtype == ST_F64 ? subtract_doubles : subtract_floats)(
            piece, at, block_size(piece, at), writing->with_sign, difference);
    return 0;
}

static int write_piece(void *data, const struct params_piece *piece, void *own,
                       struct error *error) {
    struct writing *writing = data;
    const struct difference *difference = own;
    writing->too_large += difference->too_large;
    return output_write(writing->output, difference->bytes,
                        piece->count * (st_dtype_bits(writing->dtype) / 8), error);
}

static int write_difference(struct params *params, size_t jobs, struct writing *writing,
                            struct error *error) {
    struct output *output = writing->output;
    struct params_pass pass = {.params = params,
                               .jobs = jobs,
                               .work = subtract_piece,
                               .join = write_piece,
                               .data = writing,
                               .own = sizeof(struct difference)};
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
                                           {"signed", writing->with_sign ? "true" : "false"},
                                           {"image_shape", (char *)shape}};
    int result =
        st_write_header(output, tensor, params->tensors, metadata, shape != NULL ? 4 : 3, error);
    for (size_t i = 0; i < params->tensors && result == 0; i++) {
        const size_t t =
            (size_t)(st_find(&params->file[0], tensor[i].name) - params->file[0].tensor);
        writing->dtype = difference_dtype(params, t);
        result = params_each(&pass, t, error);
    }
    params_pass_free(&pass);
    free(tensor);
    return result;
}

/* --- the table -------------------------------------------------------------------------------- */

struct row {
    const char *tensor, *shape;
    struct distance_measures measures;
    uint64_t nan_a, nan_b;
};

static const struct column columns[] = {
    {"tensor", COLUMN_NAME, offsetof(struct row, tensor)},
    {"shape", COLUMN_TEXT, offsetof(struct row, shape)},
    {"max_abs", COLUMN_NUMBER, offsetof(struct row, measures.max_abs)},
    {"mean_abs", COLUMN_NUMBER, offsetof(struct row, measures.mean_abs)},
    {"l2", COLUMN_NUMBER, offsetof(struct row, measures.l2)},
    {"relative_l2", COLUMN_NUMBER, offsetof(struct row, measures.relative_l2)},
    {"cosine", COLUMN_NUMBER, offsetof(struct row, measures.cosine)},
    {"nan_a", COLUMN_COUNT, offsetof(struct row, nan_a)},
    {"nan_b", COLUMN_COUNT, offsetof(struct row, nan_b)},
    {0},
};

struct sums {
    struct distance block[PARAMS_PIECE / PARAMS_BLOCK];
    struct distance_room room;
};

static int sum_piece(void *data, const struct params_piece *piece, void *own, struct error *error) {
    (void)data;
    (void)error;
    struct sums *sums = own;
    for (size_t at = 0; at < piece->count; at += PARAMS_BLOCK)
        sums->block[at / PARAMS_BLOCK] = distance_of(piece, at, block_size(piece, at), &sums->room);
    return 0;
}

static int join_sums(void *data, const struct params_piece *piece, void *own, struct error *error) {
    (void)error;
    const struct sums *sums = own;
    for (size_t at = 0; at < piece->count; at += PARAMS_BLOCK)
        distance_join(data, &sums->block[at / PARAMS_BLOCK]);
    return 0;
}

static int write_row(const struct st_tensor *tensor, const struct distance *sums,
                     struct output *output, struct error *error) {
    char *shape = st_whole_shape(tensor);
    if (shape == NULL)
        return error_errno(error, "a shape of %zu dimensions", tensor->rank);
    const struct row row = {tensor->name, shape, distance_measure(sums, tensor->elements),
                            sums->nan_a, sums->nan_b};
    const int result = column_write_row(columns, &row, output, error);
    free(shape);
    return result;
}

static int write_summary(struct params *params, size_t jobs, struct output *output,
                         struct error *error) {
    struct distance sums;
    struct params_pass pass = {.params = params,
                               .jobs = jobs,
                               .work = sum_piece,
                               .join = join_sums,
                               .data = &sums,
                               .own = sizeof(struct sums)};
    int result = column_write_header(columns, output, error);
    for (size_t t = 0; t < params->tensors && result == 0; t++) {
        sums = (struct distance){0};
        result = params_each(&pass, t, error);
        if (result == 0)
            result = write_row(params_tensor(params, t), &sums, output, error);
    }
    params_pass_free(&pass);
    return result;
}

int main(int argc, char **argv) {
    bool summary = false;
    size_t jobs = 0;
    const char *path = NULL;
    struct output output = {.fd = -1};
    struct writing writing = {.output = &output};
    tool_start(&tool);
    for (int key; (key = tool_option(argc, argv)) != -1;)
        switch (key) {
        case KEY_SIGNED:
            writing.with_sign = true;
            break;
        case KEY_SUMMARY:
            summary = true;
            break;
        case 'j':
            jobs = tool_jobs(key, optarg);
            break;
        case 'o':
            path = optarg;
            break;
        }
    if (writing.with_sign && summary)
        tool_usage("--signed does not go with --summary");

    struct error error;
    struct params params;
    if (params_open(&params, argv + optind, 2, &error) != 0)
        tool_fail(&error);
    if (output_open(&output, path, !summary, &error) != 0 ||
        (summary ? write_summary(&params, jobs, &output, &error)
                 : write_difference(&params, jobs, &writing, &error)) != 0 ||
        params_finish(&params, &error) != 0 || output_commit(&output, &error) != 0) {
        output_discard(&output);
        tool_fail(&error);
    }
    if (writing.too_large > 0)
        tool_warn("%s, %s: differences too large for their dtype, and so infinite: %" PRIu64,
                  params.file[0].input.name, params.file[1].input.name, writing.too_large);
    params_warn(&params, tool_warn);
    params_close(&params);
    return 0;
}
