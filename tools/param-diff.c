/* How far apart two sets of parameters are, one by one or in a table. */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "engram/column.h"
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
    double difference[PARAMS_BLOCK], infinite_a[PARAMS_BLOCK], infinite_b[PARAMS_BLOCK];
    uint64_t too_large; /* differences of finite numbers that their dtype has no number for */
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

/* Equal infinities differ by 0, for all that a - b is not a number. */
static double subtract(double a, double b) {
    const double d = a - b;
    return isnan(d) && a == b ? 0 : d;
}

static float subtract_float(float a, float b) {
    const float d = a - b;
    return isnan(d) && a == b ? 0 : d;
}

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
    const double *a = block->a, *b = block->b;
    double *difference = block->difference;
    bool finite = true;
    for (size_t i = 0; i < count; i++) {
        const double d = subtract(a[i], b[i]);
        difference[i] = with_sign ? d : fabs(d);
        finite &= isfinite(d) != 0;
    }
    for (size_t i = 0; i < count && !finite; i++)
        block->too_large += isinf(difference[i]) && isfinite(a[i]) && isfinite(b[i]);
    st_from_double(ST_F64, difference, block->b, count);
    return 0;
}

/* As if in double and then rounded: a double has more than twice the digits, so that rounding
 * twice changes nothing. Source: S. Figueroa, "When is double rounding innocuous?", SIGNUM
 * Newsletter 30 (1995). */
static int subtract_floats(struct params *params, size_t t, uint64_t start, size_t count,
                           bool with_sign, struct block *block, struct error *error) {
    float a[PARAMS_BLOCK], b[PARAMS_BLOCK], difference[PARAMS_BLOCK];
    if (params_read_float(params, 0, t, start, a, count, error) != 0 ||
        params_read_float(params, 1, t, start, b, count, error) != 0)
        return -1;
    bool finite = true;
    for (size_t i = 0; i < count; i++) {
        const float d = subtract_float(a[i], b[i]);
        difference[i] = with_sign ? d : fabsf(d);
        finite &= isfinite(d) != 0;
    }
    for (size_t i = 0; i < count && !finite; i++)
        block->too_large += isinf(difference[i]) && isfinite(a[i]) && isfinite(b[i]);
    st_from_float(difference, block->b, count);
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

/* sum 2^exponent: beyond what a double holds, and with the bits of the sum that does not leave it.
 */
struct scaled {
    double sum;
    int exponent;
};

static void add(struct scaled *to, double sum, int exponent) {
    int shift;
    sum = frexp(sum, &shift);
    exponent += shift;
    if (sum == 0)
        return;
    if (to->sum == 0)
        *to = (struct scaled){sum, exponent};
    else if (exponent <= to->exponent)
        to->sum += ldexp(sum, exponent - to->exponent);
    else
        *to = (struct scaled){ldexp(to->sum, to->exponent - exponent) + sum, exponent};
}

static struct scaled root(struct scaled x) {
    const int odd = x.exponent & 1;
    return (struct scaled){sqrt(odd ? 2 * x.sum : x.sum), (x.exponent - odd) / 2};
}

static struct scaled times(struct scaled x, struct scaled y) {
    return (struct scaled){x.sum * y.sum, x.exponent + y.exponent};
}

static double quotient(struct scaled x, struct scaled y) {
    return ldexp(x.sum / y.sum, x.exponent - y.exponent);
}

/* Over the pairs in which neither is NaN. A file with infinities is as one whose infinite numbers
 * grow beyond all others, all alike: its direction is that of its infinite part, 1, -1 or 0 each.
 * Sums run as stat_sum's within a block, and block after block. */
struct sums {
    uint64_t pairs, nan_a, nan_b;
    double largest;                               /* |a - b| */
    uint64_t infinite_differences;                /* |a - b| that are infinite */
    struct scaled difference, squared;            /* the others: |a - b|, (a - b)^2 */
    struct scaled aa, bb, ab;                     /* products of the finite parts */
    double infinite_aa, infinite_bb, infinite_ab; /* of the infinite parts: whole numbers */
    struct scaled a_at_b, b_at_a; /* of the finite part of one and the infinite of the other */
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

/* Scales by a power of two, so that squares tell; returns its exponent. */
static int scale(double *x, size_t count) {
    const int exponent = stat_exponent(x, count);
    const double factor = stat_scale(exponent);
    for (size_t i = 0; i < count; i++)
        x[i] *= factor;
    return exponent;
}

/* Whether a sum of products can be taken as it is: none of them that matters left a double. */
static bool is_moderate(double sum) {
    return fabs(sum) >= 0x1p-400 && fabs(sum) <= 0x1p900;
}

/* Adds |a - b|, which are `difference` times 2^exponent and finite; may overwrite them. */
static void add_differences(struct sums *sums, double *difference, size_t count, int exponent) {
    double squared = stat_products(difference, 0, difference, 0, count);
    const double largest = ldexp(largest_of(difference, count), exponent);
    sums->largest = largest > sums->largest ? largest : sums->largest;
    if (largest > 0 && !is_moderate(squared)) {
        exponent += scale(difference, count);
        squared = stat_products(difference, 0, difference, 0, count);
    }
    add(&sums->difference, stat_sum(difference, count), exponent);
    add(&sums->squared, squared, 2 * exponent);
}

/* Counts the NaN and leaves the pairs without. */
static size_t drop_nan(struct sums *sums, struct block *block, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const double a = block->a[i], b = block->b[i];
        block->a[kept] = a;
        block->b[kept] = b;
        sums->nan_a += isnan(a) != 0;
        sums->nan_b += isnan(b) != 0;
        kept += !isnan(a) && !isnan(b);
    }
    return kept;
}

/* Moves infinite numbers out of x: 1, -1 or 0 for each. Returns whether there are any. */
static bool take_infinite(double *x, double *infinite, size_t count) {
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        infinite[i] = isinf(x[i]) ? copysign(1, x[i]) : 0;
        x[i] = isinf(x[i]) ? 0 : x[i];
        any |= infinite[i] != 0;
    }
    return any;
}

/* |a - b| of the finite, halved where one of them is beyond a double; returns the exponent. */
static int subtract_block(struct sums *sums, struct block *block, size_t count) {
    const double *a = block->a, *b = block->b, *at_a = block->infinite_a, *at_b = block->infinite_b;
    double *difference = block->difference;
    bool beyond = false;
    for (size_t i = 0; i < count; i++) {
        difference[i] = at_a[i] == 0 && at_b[i] == 0 ? fabs(a[i] - b[i]) : 0;
        beyond |= isinf(difference[i]) != 0;
        sums->infinite_differences += at_a[i] != at_b[i];
    }
    for (size_t i = 0; i < count && beyond; i++)
        difference[i] = at_a[i] == 0 && at_b[i] == 0 ? fabs(a[i] / 2 - b[i] / 2) : 0;
    return beyond;
}

/* Adds a block of any numbers, and overwrites it. */
static void add_any(struct sums *sums, struct block *block, size_t count) {
    double *a = block->a, *b = block->b;
    count = drop_nan(sums, block, count);
    const bool infinite_a = take_infinite(a, block->infinite_a, count);
    const bool infinite_b = take_infinite(b, block->infinite_b, count);
    sums->pairs += count;
    const int halved = subtract_block(sums, block, count);
    add_differences(sums, block->difference, count, halved);
    const int of_a = scale(a, count), of_b = scale(b, count);
    add(&sums->aa, stat_products(a, 0, a, 0, count), 2 * of_a);
    add(&sums->bb, stat_products(b, 0, b, 0, count), 2 * of_b);
    add(&sums->ab, stat_products(a, 0, b, 0, count), of_a + of_b);
    if (!infinite_a && !infinite_b)
        return;
    const double *at_a = block->infinite_a, *at_b = block->infinite_b;
    sums->infinite_aa += stat_products(at_a, 0, at_a, 0, count);
    sums->infinite_bb += stat_products(at_b, 0, at_b, 0, count);
    sums->infinite_ab += stat_products(at_a, 0, at_b, 0, count);
    add(&sums->a_at_b, stat_products(a, 0, at_b, 0, count), of_a);
    add(&sums->b_at_a, stat_products(at_a, 0, b, 0, count), of_b);
}

/* Adds a block, and overwrites it. Of narrow numbers, no product of finite ones leaves a double. */
static void add_block(struct sums *sums, struct block *block, size_t count, bool narrow) {
    double *a = block->a;
    const double *b = block->b;
    const double aa = stat_products(a, 0, a, 0, count);
    const double bb = stat_products(b, 0, b, 0, count);
    const double ab = stat_products(a, 0, b, 0, count);
    if (narrow ? !isfinite(aa + bb) : !is_moderate(aa) || !is_moderate(bb) || !is_moderate(ab)) {
        add_any(sums, block, count);
        return;
    }
    sums->pairs += count;
    add(&sums->aa, aa, 0);
    add(&sums->bb, bb, 0);
    add(&sums->ab, ab, 0);
    for (size_t i = 0; i < count; i++)
        a[i] = fabs(a[i] - b[i]);
    add_differences(sums, a, count, 0);
}

static double relative_l2(const struct sums *sums) {
    const double aa = sums->infinite_aa;
    if (aa > 0)
        return sqrt(aa + sums->infinite_bb - 2 * sums->infinite_ab) / sqrt(aa);
    return sums->infinite_differences > 0 ? INFINITY
                                          : quotient(root(sums->squared), root(sums->aa));
}

static struct scaled norm(double infinite, struct scaled finite) {
    return root(infinite > 0 ? (struct scaled){infinite, 0} : finite);
}

static double cosine(const struct sums *sums) {
    const bool a = sums->infinite_aa > 0, b = sums->infinite_bb > 0;
    const struct scaled ab = a && b ? (struct scaled){sums->infinite_ab, 0}
                             : a    ? sums->b_at_a
                             : b    ? sums->a_at_b
                                    : sums->ab;
    const double result =
        quotient(ab, times(norm(sums->infinite_aa, sums->aa), norm(sums->infinite_bb, sums->bb)));
    return result > 1 ? 1 : result < -1 ? -1 : result; /* by rounding */
}

struct row {
    const char *tensor, *shape;
    double max_abs, mean_abs, l2, relative_l2, cosine;
    uint64_t nan_a, nan_b;
};

static const struct column columns[] = {
    {"tensor", COLUMN_NAME, offsetof(struct row, tensor)},
    {"shape", COLUMN_TEXT, offsetof(struct row, shape)},
    {"max_abs", COLUMN_NUMBER, offsetof(struct row, max_abs)},
    {"mean_abs", COLUMN_NUMBER, offsetof(struct row, mean_abs)},
    {"l2", COLUMN_NUMBER, offsetof(struct row, l2)},
    {"relative_l2", COLUMN_NUMBER, offsetof(struct row, relative_l2)},
    {"cosine", COLUMN_NUMBER, offsetof(struct row, cosine)},
    {"nan_a", COLUMN_COUNT, offsetof(struct row, nan_a)},
    {"nan_b", COLUMN_COUNT, offsetof(struct row, nan_b)},
    {0},
};

/* `nothing`: the tensor has numbers, but none with one in the other file that is not NaN. */
static struct row row_of(const struct sums *sums, bool nothing) {
    const bool infinite = sums->infinite_differences > 0;
    const struct scaled l2 = root(sums->squared);
    const double none = nothing ? NAN : INFINITY;
    return (struct row){
        .max_abs = nothing || infinite ? none : sums->largest,
        .mean_abs =
            infinite ? INFINITY
                     : ldexp(sums->difference.sum / (double)sums->pairs, sums->difference.exponent),
        .l2 = nothing || infinite ? none : ldexp(l2.sum, l2.exponent),
        .relative_l2 = relative_l2(sums),
        .cosine = cosine(sums),
        .nan_a = sums->nan_a,
        .nan_b = sums->nan_b,
    };
}

static int write_row(struct params *params, size_t t, struct block *block, struct output *output,
                     struct error *error) {
    const struct st_tensor *tensor = params_tensor(params, t);
    const bool narrow = difference_dtype(params, t) != ST_F64;
    struct sums sums = {0};
    for (uint64_t start = 0; start < tensor->elements; start += PARAMS_BLOCK) {
        const size_t count = block_size(params, t, start);
        if (read_block(params, t, start, count, block, error) != 0)
            return -1;
        add_block(&sums, block, count, narrow);
    }
    struct row row = row_of(&sums, sums.pairs == 0 && tensor->elements > 0);
    char *shape = st_whole_shape(tensor);
    if (shape == NULL)
        return error_errno(error, "a shape of %zu dimensions", tensor->rank);
    row.tensor = tensor->name;
    row.shape = shape;
    const int result = column_write_row(columns, &row, output, error);
    free(shape);
    return result;
}

static int write_summary(struct params *params, struct block *block, struct output *output,
                         struct error *error) {
    int result = column_write_header(columns, output, error);
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
        case 'o':
            path = optarg;
            break;
        }
    if (with_sign && summary)
        tool_usage("--signed does not go with --summary");

    struct error error;
    struct params params;
    struct output output = {.fd = -1};
    struct block *block = calloc(1, sizeof *block);
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
    if (block->too_large > 0)
        tool_warn("%s, %s: differences too large for their dtype, and so infinite: %" PRIu64,
                  params.file[0].input.name, params.file[1].input.name, block->too_large);
    params_close(&params);
    free(block);
    return 0;
}
