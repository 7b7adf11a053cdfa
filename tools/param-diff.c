/* How far apart two sets of parameters are, one by one or in a table. */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/column.h"
#include "engram/distance.h"
#include "engram/io.h"
#include "engram/params.h"
#include "engram/tool.h"

enum { KEY_SIGNED = 256, KEY_SUMMARY, KEY_EXIT_CODE };

/* The exit status with --exit-code of files that differ. */
enum { EXIT_DIFFER = 3 };

static const struct tool_option options[] = {
    {KEY_SIGNED, "signed", NULL, NULL, "write A - B, not its absolute value"},
    {KEY_SUMMARY, "summary", NULL, NULL, "write only a table, a row per tensor"},
    {KEY_EXIT_CODE, "exit-code", NULL, NULL, "exit with 3 if the files differ"},
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
    .selects = true,
};

static size_t block_size(const struct params_piece *piece, size_t at) {
    const size_t left = piece->count - at;
    return left < PARAMS_BLOCK ? left : PARAMS_BLOCK;
}

/* --- whether there is a difference ------------------------------------------------------------ */

/* Equal numbers, or both none: what numbers a file has, not how it has them. */
static bool block_differs(const struct params_piece *piece, size_t at, size_t count) {
    double a[PARAMS_BLOCK], b[PARAMS_BLOCK];
    params_doubles(piece, 0, at, a, count);
    params_doubles(piece, 1, at, b, count);
    for (size_t i = 0; i < count; i++)
        if (a[i] != b[i] && !(isnan(a[i]) && isnan(b[i])))
            return true;
    return false;
}

static bool is_long(enum st_dtype dtype) {
    return dtype == ST_I64 || dtype == ST_U64;
}

/* Whether an integer has its highest bit, which I64 and U64 take for another number. */
static bool has_highest(const struct params_piece *piece) {
    for (size_t i = 0; i < piece->count; i++)
        if (piece->bytes[0][8 * i + 7] >> 7 != 0)
            return true;
    return false;
}

/* Of one dtype, the same bytes are the same numbers. Integers that a double rounds are equal to
 * integers alone, by their bytes. */
static bool piece_differs(const struct params_piece *piece) {
    const struct st_file *file = piece->params->file;
    const enum st_dtype a = file[0].tensor[piece->tensor].dtype,
                        b = file[1].tensor[piece->tensor].dtype;
    const size_t size = piece->count * (st_dtype_bits(a) / 8);
    const bool longs = is_long(a) && is_long(b);
    if (a == b || longs) {
        const bool same = memcmp(piece->bytes[0], piece->bytes[1], size) == 0;
        if (same || longs)
            return !same || (a != b && has_highest(piece));
    }
    if (st_rounded(a, piece->bytes[0], piece->count) != 0 ||
        st_rounded(b, piece->bytes[1], piece->count) != 0)
        return true;
    for (size_t at = 0; at < piece->count; at += PARAMS_BLOCK)
        if (block_differs(piece, at, block_size(piece, at)))
            return true;
    return false;
}

/* What --exit-code asks. */
struct finding {
    bool wanted, differs;
};

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
    struct finding finding;
    enum st_dtype dtype; /* of the tensor */
    struct output *output;
    uint64_t too_large; /* differences of finite numbers that their dtype has no number for */
};

/* A piece's difference, as in the file; in F64, of half as many numbers at most. */
struct difference {
    unsigned char bytes[PARAMS_PIECE * sizeof(float)];
    uint64_t too_large;
    bool differs;
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
    difference->differs = writing->finding.wanted && piece_differs(piece);
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
    writing->finding.differs |= difference->differs;
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
    const char *status, *dtype_a, *dtype_b;
    uint64_t compared;
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
    {"status", COLUMN_TEXT, offsetof(struct row, status)},
    {"dtype_a", COLUMN_TEXT, offsetof(struct row, dtype_a)},
    {"dtype_b", COLUMN_TEXT, offsetof(struct row, dtype_b)},
    {"compared", COLUMN_COUNT, offsetof(struct row, compared)},
    {0},
};

struct summing {
    struct finding finding;
    struct distance tensor;
};

/* Of a piece. */
struct sums {
    struct distance block[PARAMS_PIECE / PARAMS_BLOCK];
    struct distance_room room;
    bool differs;
};

static int sum_piece(void *data, const struct params_piece *piece, void *own, struct error *error) {
    (void)error;
    const struct summing *summing = data;
    struct sums *sums = own;
    sums->differs = summing->finding.wanted && piece_differs(piece);
    for (size_t at = 0; at < piece->count; at += PARAMS_BLOCK)
        sums->block[at / PARAMS_BLOCK] = distance_of(piece, at, block_size(piece, at), &sums->room);
    return 0;
}

static int join_sums(void *data, const struct params_piece *piece, void *own, struct error *error) {
    (void)error;
    struct summing *summing = data;
    const struct sums *sums = own;
    for (size_t at = 0; at < piece->count; at += PARAMS_BLOCK)
        distance_join(&summing->tensor, &sums->block[at / PARAMS_BLOCK]);
    summing->finding.differs |= sums->differs;
    return 0;
}

/* A tensor of both files, or of one: the other is NULL. */
struct pair {
    const struct st_tensor *a, *b;
};

static int by_name(const void *left, const void *right) {
    const struct pair *p = left, *q = right;
    return strcmp((p->a != NULL ? p->a : p->b)->name, (q->a != NULL ? q->a : q->b)->name);
}

/* What the table lists: what is in both files, but for no numbers, and what is in one. */
static struct pair *list_pairs(const struct params *params, size_t *count, struct error *error) {
    const struct st_file *a = &params->file[0], *b = &params->file[1];
    const size_t all_a = a->tensors + a->left_out, all_b = b->tensors + b->left_out;
    struct pair *pairs = malloc((all_a + all_b + 1) * sizeof *pairs);
    *count = 0;
    if (pairs == NULL) {
        error_errno(error, "%s", a->input.name);
        return NULL;
    }
    for (size_t t = 0; t < all_a; t++)
        if (a->tensor[t].out == ST_TAKEN || a->tensor[t].out == ST_UNMATCHED)
            pairs[(*count)++] = (struct pair){&a->tensor[t], st_find_any(b, a->tensor[t].name)};
    for (size_t t = b->tensors; t < all_b; t++)
        if (b->tensor[t].out == ST_UNMATCHED && st_find_any(a, b->tensor[t].name) == NULL)
            pairs[(*count)++] = (struct pair){NULL, &b->tensor[t]};
    qsort(pairs, *count, sizeof *pairs, by_name);
    return pairs;
}

static bool is_compared(const struct pair *pair) {
    return pair->a != NULL && pair->a->out == ST_TAKEN;
}

static const char *status_of(const struct pair *pair) {
    return pair->a == NULL                    ? "only B"
           : pair->b == NULL                  ? "only A"
           : !is_compared(pair)               ? "shape"
           : pair->a->dtype != pair->b->dtype ? "dtype"
                                              : "compared";
}

static const char *dtype_of(const struct st_tensor *tensor) {
    return tensor != NULL ? st_dtype_name(tensor->dtype) : "-";
}

/* The shape, or both: "2x3,3x2"; to be freed. */
static char *shape_of(const struct pair *pair) {
    char *a = st_whole_shape(pair->a != NULL ? pair->a : pair->b);
    if (a == NULL || pair->a == NULL || pair->b == NULL || is_compared(pair))
        return a;
    char *b = st_whole_shape(pair->b), *both = NULL;
    if (b == NULL || asprintf(&both, "%s,%s", a, b) < 0)
        both = NULL;
    free(a);
    free(b);
    return both;
}

static int write_row(const struct pair *pair, const struct distance *sums, struct output *output,
                     struct error *error) {
    const struct st_tensor *tensor = pair->a != NULL ? pair->a : pair->b;
    char *shape = shape_of(pair);
    if (shape == NULL)
        return error_errno(error, "a shape of %zu dimensions", tensor->rank);
    struct row row = {.tensor = tensor->name,
                      .shape = shape,
                      .measures = {NAN, NAN, NAN, NAN, NAN},
                      .nan_a = COLUMN_UNDEFINED,
                      .nan_b = COLUMN_UNDEFINED,
                      .status = status_of(pair),
                      .dtype_a = dtype_of(pair->a),
                      .dtype_b = dtype_of(pair->b)};
    if (is_compared(pair)) {
        row.measures = distance_measure(sums, tensor->elements);
        row.nan_a = sums->nan_a;
        row.nan_b = sums->nan_b;
        row.compared = tensor->elements;
    }
    const int result = column_write_row(columns, &row, output, error);
    free(shape);
    return result;
}

/* Of all that was compared. */
struct total {
    struct distance sums;
    uint64_t elements;
    size_t tensors;
};

static int write_total(const struct total *total, size_t pairs, struct output *output,
                       struct error *error) {
    char status[64];
    snprintf(status, sizeof status, "%zu of %zu", total->tensors, pairs);
    const struct row row = {.tensor = "total",
                            .shape = "-",
                            .measures = distance_measure(&total->sums, total->elements),
                            .nan_a = total->sums.nan_a,
                            .nan_b = total->sums.nan_b,
                            .status = status,
                            .dtype_a = "-",
                            .dtype_b = "-",
                            .compared = total->elements};
    return column_write_row(columns, &row, output, error);
}

static int write_summary(struct params *params, size_t jobs, struct finding *finding,
                         struct output *output, struct error *error) {
    struct summing summing = {.finding = *finding};
    struct total total = {.tensors = 0};
    struct params_pass pass = {.params = params,
                               .jobs = jobs,
                               .work = sum_piece,
                               .join = join_sums,
                               .data = &summing,
                               .own = sizeof(struct sums)};
    size_t count;
    struct pair *pairs = list_pairs(params, &count, error);
    int result = pairs != NULL ? column_write_header(columns, output, error) : -1;
    for (size_t i = 0; i < count && result == 0; i++) {
        const bool compared = is_compared(&pairs[i]);
        summing.tensor = (struct distance){0};
        if (compared)
            result = params_each(&pass, total.tensors, error);
        if (result == 0)
            result = write_row(&pairs[i], &summing.tensor, output, error);
        summing.finding.differs |= !compared;
        distance_join(&total.sums, &summing.tensor);
        total.elements += compared ? pairs[i].a->elements : 0;
        total.tensors += compared;
    }
    if (result == 0)
        result = write_total(&total, count, output, error);
    *finding = summing.finding;
    params_pass_free(&pass);
    free(pairs);
    return result;
}

int main(int argc, char **argv) {
    bool summary = false;
    size_t jobs = 0;
    const char *path = NULL;
    struct output output = {.fd = -1};
    struct writing writing = {.output = &output};
    struct st_selection selection = {.rules = 0};
    tool_start(&tool);
    for (int key; (key = tool_option(argc, argv)) != -1;)
        switch (key) {
        case KEY_SIGNED:
            writing.with_sign = true;
            break;
        case KEY_SUMMARY:
            summary = true;
            break;
        case KEY_EXIT_CODE:
            writing.finding.wanted = true;
            break;
        case 'j':
            jobs = tool_jobs(key, optarg);
            break;
        case 'o':
            path = optarg;
            break;
        default:
            tool_select(&selection, key, optarg);
        }
    if (writing.with_sign && summary)
        tool_usage("--signed does not go with --summary");

    struct error error;
    struct params params;
    const int opened = summary ? params_open_common(&params, argv + optind, 2, &selection, &error)
                               : params_open(&params, argv + optind, 2, &selection, &error);
    if (opened != 0)
        tool_fail(&error);
    if (output_open(&output, path, !summary, &error) != 0 ||
        (summary ? write_summary(&params, jobs, &writing.finding, &output, &error)
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
    return writing.finding.wanted && writing.finding.differs ? EXIT_DIFFER : 0;
}
