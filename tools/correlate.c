/* Do the parameters that are larger in a than in b differ more in c than in d?
 *
 * For every parameter x = a/(a+b) and y = c/(c+d); then the correlation of x and y over the biases,
 * over the weights, over every tensor and the parts of every weight matrix, and for every input of
 * a layer; and how often chance, or draws under a null hypothesis, give as much. */
#include <inttypes.h>
#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/escape.h"
#include "engram/io.h"
#include "engram/map.h"
#include "engram/null.h"
#include "engram/params.h"
#include "engram/permute.h"
#include "engram/stats.h"
#include "engram/tally.h"
#include "engram/tool.h"
#include "engram/twoway.h"
#include "engram/version.h"

enum {
    KEY_POINTS = 256,
    KEY_MAP,
    KEY_MAP_TENSOR,
    KEY_MAP_SHAPE,
    KEY_NULL,
    KEY_NULL_TABLE,
    KEY_SPLIT,
    KEY_JSON,
    KEY_ANY
};

/* Ranks need all pairs of a scope in memory, 16 bytes each, and the same again; the parts of a
 * tensor and permutations need its pairs in their places, as much. */
static const uint64_t MAX_RANKED = 1 << 24;

static const struct tool_option options[] = {
    {'P', "permutations", "K", "0",
     "permute the units K times: column p_units, and the map's p_max"},
    {'s', "seed", "SEED", "1", "of the permutations"},
    {KEY_NULL, "null", "FILE", NULL, "draws of A and B under a null hypothesis: column p_null"},
    {KEY_NULL_TABLE, "null-table", "FILE", NULL, "write the correlations of every such draw"},
    {KEY_SPLIT, "split", "N", NULL,
     "how well x and y tell the first N units or inputs from the others: auc_x, auc_y"},
    {KEY_POINTS, "points", "FILE", NULL, "write x and y of every parameter, as a table"},
    {KEY_MAP, "map", "FILE", NULL, "write the correlation at every input of a layer (safetensors)"},
    {KEY_MAP_TENSOR, "map-tensor", "NAME", NULL,
     "the weights [out,in] to map [the first 2-D tensor with elements]"},
    {KEY_MAP_SHAPE, "map-shape", "ROWSxCOLS", NULL,
     "the inputs as an image [the files' image_shape, else one row]"},
    {KEY_JSON, "json", "FILE", NULL, "write the table as JSON too"},
    {KEY_ANY, "any", NULL, NULL, "take negative numbers and networks"},
    {'o', "output", "FILE", "-", "where the table goes"},
    {0},
};

static const struct tool tool = {
    .name = "correlate",
    .synopsis = "[OPTION]... A B C D",
    .summary = "Correlate x = a/(a+b) with y = c/(c+d) over the parameters of four files.",
    .options = options,
    .min_operands = 4,
    .max_operands = 4,
};

/* --- the table -------------------------------------------------------------------------------- */

/* A line: a scope or one of its parts. */
struct row {
    const char *scope, *part;
    const char *valid; /* "no": its p is over things that do not vary independently */
    uint64_t undefined;
    struct stat_correlation c;
    double spearman, share, p_units, p_null, auc_x, auc_y;
    struct null_r *draws; /* with --null: one for each, or NULL */
    unsigned causes;      /* why there is no r, or p_null: bits of enum cause */
};

static struct row new_row(const char *scope, const char *part, bool nested) {
    return (struct row){.scope = scope,
                        .part = part,
                        .valid = nested ? "no" : "iid",
                        .c = stat_correlation_of(NAN, 0),
                        .spearman = NAN,
                        .share = NAN,
                        .p_units = NAN,
                        .p_null = NAN,
                        .auc_x = NAN,
                        .auc_y = NAN};
}

/* What a column holds: a name or text, a whole number, a number of so many digits, the logarithm of
 * a p. */
enum kind { NAME, TEXT, COUNT, DIGITS_9, DIGITS_17, LOG_P };

/* The table: header, lines and JSON. */
static const struct column {
    const char *name;
    enum kind kind;
    size_t at; /* in struct row */
} columns[] = {
    {"scope", NAME, offsetof(struct row, scope)},
    {"part", TEXT, offsetof(struct row, part)},
    {"n", COUNT, offsetof(struct row, c.n)},
    {"undefined", COUNT, offsetof(struct row, undefined)},
    {"r", DIGITS_9, offsetof(struct row, c.r)},
    {"t", DIGITS_9, offsetof(struct row, c.t)},
    {"df", DIGITS_17, offsetof(struct row, c.df)},
    {"p", LOG_P, offsetof(struct row, c.log_p)}, /* in JSON, log10_p */
    {"p_valid", TEXT, offsetof(struct row, valid)},
    {"ci_low", DIGITS_9, offsetof(struct row, c.ci_low)},
    {"ci_high", DIGITS_9, offsetof(struct row, c.ci_high)},
    {"spearman", DIGITS_9, offsetof(struct row, spearman)},
    {"share", DIGITS_9, offsetof(struct row, share)},
    {"p_units", DIGITS_9, offsetof(struct row, p_units)},
    {"p_null", DIGITS_9, offsetof(struct row, p_null)},
    {"auc_x", DIGITS_9, offsetof(struct row, auc_x)},
    {"auc_y", DIGITS_9, offsetof(struct row, auc_y)},
};

enum { COLUMNS = sizeof columns / sizeof *columns };

static const char *text_at(const struct row *row, const struct column *column) {
    const char *text;
    memcpy(&text, (const char *)row + column->at, sizeof text);
    return text;
}

static uint64_t count_at(const struct row *row, const struct column *column) {
    uint64_t count;
    memcpy(&count, (const char *)row + column->at, sizeof count);
    return count;
}

static double number_at(const struct row *row, const struct column *column) {
    double number;
    memcpy(&number, (const char *)row + column->at, sizeof number);
    return number;
}

static int write_p(double log_p, struct output *output, struct error *error) {
    char p[32];
    stat_format_p(log_p, p, sizeof p);
    return output_text(output, error, p);
}

static int write_field(const struct row *row, const struct column *column, struct output *output,
                       struct error *error) {
    switch (column->kind) {
    case NAME:
        return output_escaped(output, error, text_at(row, column));
    case TEXT:
        return output_text(output, error, text_at(row, column));
    case COUNT:
        return output_integer(output, error, "", count_at(row, column));
    case DIGITS_9:
        return output_number(output, error, "", number_at(row, column), 9);
    case DIGITS_17:
        return output_number(output, error, "", number_at(row, column), 17);
    case LOG_P:
        break;
    }
    return write_p(number_at(row, column), output, error);
}

static int write_row(const struct row *row, struct output *output, struct error *error) {
    int result = 0;
    for (size_t i = 0; i < COLUMNS && result == 0; i++) {
        if (i > 0)
            result = output_text(output, error, "\t");
        if (result == 0)
            result = write_field(row, &columns[i], output, error);
    }
    return result == 0 ? output_text(output, error, "\n") : result;
}

static int write_table(const struct row *rows, size_t count, struct output *output,
                       struct error *error) {
    int result = 0;
    for (size_t i = 0; i < COLUMNS && result == 0; i++)
        result = output_printf(output, error, "%s%s", i > 0 ? "\t" : "", columns[i].name);
    if (result == 0)
        result = output_text(output, error, "\n");
    for (size_t i = 0; i < count && result == 0; i++)
        result = write_row(&rows[i], output, error);
    return result;
}

/* --- why a result is undefined ---------------------------------------------------------------- */

enum cause {
    NO_AB,
    NO_CD,
    NOT_FINITE,
    TOO_FEW,
    X_ZERO,
    X_ONE,
    X_SAME,
    Y_ZERO,
    Y_ONE,
    Y_SAME,
    EITHER_SAME,
    NO_TABLE,
    NO_DRAWS,
    CAUSES
};

/* Which files it is about, as first and last operand, or the draws; the cause; and what is
 * undefined.
 */
enum { DRAWS_FILE = 4 };
static const struct {
    size_t first, last;
    const char *text, *what;
} causes[CAUSES] = {
    [NO_AB] = {0, 1, "a + b is 0 for every parameter: nothing was tallied", "r is"},
    [NO_CD] = {2, 3, "c + d is 0 for every parameter: nothing differs", "r is"},
    [NOT_FINITE] = {0, 3, "no parameter has finite numbers in all files", "r is"},
    [TOO_FEW] = {0, 3, "fewer than two parameters have both x and y", "r is"},
    [X_ZERO] = {0, 0, "x = a/(a + b) is 0 for every parameter: nothing was tallied here", "r is"},
    [X_ONE] = {1, 1, "x = a/(a + b) is 1 for every parameter: nothing was tallied here", "r is"},
    [X_SAME] = {0, 1, "x = a/(a + b) is the same for every parameter", "r is"},
    [Y_ZERO] = {2, 2, "y = c/(c + d) is 0 for every parameter: nothing differs here", "r is"},
    [Y_ONE] = {3, 3, "y = c/(c + d) is 1 for every parameter: nothing differs here", "r is"},
    [Y_SAME] = {2, 3, "y = c/(c + d) is the same for every parameter", "r is"},
    [EITHER_SAME] = {0, 3, "x or y is the same at every input", "r is"},
    [NO_TABLE] = {0, 3, "every input has an undefined x or y in some unit",
                  "parts and p_units are"},
    [NO_DRAWS] = {DRAWS_FILE, DRAWS_FILE, "r is undefined in every draw", "p_null is"},
};

static unsigned bit(enum cause cause) {
    return 1U << cause;
}

static unsigned sameness(const struct stat_pairs *pairs) {
    unsigned bits = 0;
    if (!pairs->varies_x)
        bits |= bit(pairs->first_x == 0 ? X_ZERO : pairs->first_x == 1 ? X_ONE : X_SAME);
    if (!pairs->varies_y)
        bits |= bit(pairs->first_y == 0 ? Y_ZERO : pairs->first_y == 1 ? Y_ONE : Y_SAME);
    return bits;
}

/* --- what is gathered over some of the parameters --------------------------------------------- */

struct scope {
    const char *name;
    uint64_t parameters; /* known beforehand */
    struct stat_pairs pairs;
    uint64_t undefined;
    uint64_t no_ab, no_cd, not_finite; /* of these: a + b or c + d is 0; a number is not finite */
    struct stat_pair *kept; /* the pairs, in order, if there are no more than MAX_RANKED */
    size_t room;
};

static bool small(uint64_t parameters) {
    return parameters <= MAX_RANKED;
}

/* What little may be taken before anything has arrived. */
enum { FIRST_ROOM = 1 << 17 };

/* `array` with room for `needed` elements of all there will be: as they arrive, for of a pipe it is
 * not known whether they will. NULL on no memory. */
static void *grown(void *array, size_t *room, size_t needed, uint64_t all, size_t size) {
    if (needed <= *room)
        return array;
    size_t more = *room > 0 ? 2 * *room : FIRST_ROOM;
    more = more > needed ? more : needed;
    more = more < all ? more : (size_t)all;
    void *larger = realloc(array, more * size);
    *room = larger != NULL ? more : *room;
    return larger;
}

/* A block of parameters: the pairs of those defined, and what is known of the others. */
struct block {
    struct stat_pairs pairs;
    uint64_t undefined, no_ab, no_cd, not_finite;
};

static int add_to_scope(struct scope *scope, const struct block *block, const double *x,
                        const double *y, struct error *error) {
    const size_t n = (size_t)block->pairs.n, before = (size_t)scope->pairs.n;
    if (small(scope->parameters) && n > 0) {
        struct stat_pair *kept =
            grown(scope->kept, &scope->room, before + n, scope->parameters, sizeof *kept);
        if (kept == NULL)
            return error_errno(error, "%zu parameters", before + n);
        scope->kept = kept;
        for (size_t i = 0; i < n; i++)
            kept[before + i] = (struct stat_pair){x[i], y[i]};
    }
    stat_pairs_join(&scope->pairs, &block->pairs);
    scope->undefined += block->undefined;
    scope->no_ab += block->no_ab;
    scope->no_cd += block->no_cd;
    scope->not_finite += block->not_finite;
    return 0;
}

/* Why a scope has no r; nothing is to be said of one without parameters. */
static unsigned causes_of(const struct scope *scope) {
    const uint64_t all = scope->parameters;
    if (all == 0)
        return 0;
    if (scope->pairs.n >= 2)
        return sameness(&scope->pairs);
    const unsigned empty =
        (scope->no_ab == all ? bit(NO_AB) : 0) | (scope->no_cd == all ? bit(NO_CD) : 0);
    if (empty != 0)
        return empty;
    return bit(scope->not_finite == all ? NOT_FINITE : TOO_FEW);
}

/* Ranks the pairs, once they are complete, and forgets them. */
static int finish_scope(struct scope *scope, struct row *row, struct error *error) {
    int result = 0;
    row->c = stat_correlate(&scope->pairs);
    row->undefined = scope->undefined;
    if (isnan(row->c.r))
        row->causes = causes_of(scope);
    if (small(scope->parameters))
        result = stat_spearman(scope->kept, (size_t)scope->pairs.n, &row->spearman, error);
    else {
        char name[512];
        escape_fit(scope->name, name, sizeof name);
        tool_warn("%s: no spearman, parts or permutations over more than %" PRIu64 " parameters",
                  name, MAX_RANKED);
    }
    free(scope->kept);
    scope->kept = NULL;
    return result;
}

/* --- one pass over the parameters ------------------------------------------------------------- */

/* A tensor and, as far as they are needed, its pairs in their places. */
struct table {
    struct row *rows; /* all, and of a matrix units, inputs, centred */
    bool whole;       /* its pairs are kept, for they are no more than MAX_RANKED */
    size_t elements;  /* how many they are, if so */
    size_t room_x, room_y;
    double *x, *y;  /* [elements], when all have arrived; both are used up by the parts */
    double *y_kept; /* [elements] for draws under the null hypothesis, or NULL */
};

struct work {
    struct params params;
    struct null_draws null;
    struct scope biases, weights;
    size_t *strata; /* [tensors] where each tensor of the biases ends among their pairs */
    size_t strata_count;
    bool strata_flat; /* each has one dimension */
    struct map map;
    struct table *tables; /* [tensors] */
    struct row *rows;
    size_t row_count;
    unsigned map_causes; /* why no input has an r */
    uint64_t permutations, seed, split;
    bool any;                      /* negative numbers pass */
    struct output *points;         /* or NULL */
    double value[4][PARAMS_BLOCK]; /* a, b, c, d */
    double x[PARAMS_BLOCK], y[PARAMS_BLOCK];
};

static bool ends_with(const char *name, const char *word) {
    const size_t length = strlen(name), tail = strlen(word);
    return length >= tail && strcmp(name + length - tail, word) == 0 &&
           (length == tail || name[length - tail - 1] == '.');
}

/* The scope over all layers that a tensor belongs to by its name, or NULL. */
static struct scope *common_scope(struct work *work, const struct st_tensor *tensor) {
    if (ends_with(tensor->name, "bias"))
        return &work->biases;
    return ends_with(tensor->name, "weight") ? &work->weights : NULL;
}

static int write_point(struct output *points, const char *name, const struct st_tensor *tensor,
                       uint64_t inputs, uint64_t element, double x, double y, struct error *error) {
    if (output_text(points, error, name) != 0 ||
        output_integer(points, error, "\t", element / inputs) != 0 ||
        (tensor->rank > 1 ? output_integer(points, error, "\t", element % inputs)
                          : output_text(points, error, "\t-")) != 0 ||
        output_number(points, error, "\t", isfinite(x) ? x : NAN, 9) != 0 ||
        output_number(points, error, "\t", isfinite(y) ? y : NAN, 9) != 0)
        return -1;
    return output_text(points, error, "\n");
}

static int write_points(const struct work *work, const char *name, const struct st_tensor *tensor,
                        uint64_t start, size_t count, struct error *error) {
    uint64_t inputs = 1;
    for (size_t i = 1; i < tensor->rank; i++)
        inputs *= tensor->shape[i];
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++)
        result = write_point(work->points, name, tensor, inputs, start + i, work->x[i], work->y[i],
                             error);
    return result;
}

static int read_block(struct work *work, size_t t, uint64_t start, size_t count,
                      struct error *error) {
    for (size_t f = 0; f < 4; f++)
        if (params_read(&work->params, f, t, start, work->value[f], count, error) != 0)
            return -1;
    const bool signs[] = {tally_shares(work->value[0], work->value[1], work->x, count),
                          tally_shares(work->value[2], work->value[3], work->y, count)};
    for (size_t f = 0; f < 4 && !work->any; f++)
        if (signs[f / 2] && tally_check(&work->params.file[f], params_tensor(&work->params, t),
                                        start, work->value[f], count, error) != 0)
            return -1;
    return 0;
}

/* Keeps the block's pairs in their places. */
static int keep_block(struct table *table, uint64_t start, const double *x, const double *y,
                      size_t count, struct error *error) {
    if (!table->whole)
        return 0;
    const size_t end = (size_t)start + count;
    double *xs = grown(table->x, &table->room_x, end, table->elements, sizeof *xs);
    table->x = xs != NULL ? xs : table->x;
    double *ys = grown(table->y, &table->room_y, end, table->elements, sizeof *ys);
    table->y = ys != NULL ? ys : table->y;
    if (xs == NULL || ys == NULL)
        return error_errno(error, "%zu parameters", end);
    memcpy(xs + start, x, count * sizeof *x);
    memcpy(ys + start, y, count * sizeof *y);
    return 0;
}

/* The block's defined pairs, which are moved to the front of x and y. */
static struct block summarize(struct work *work, size_t count) {
    const size_t n = stat_defined(work->x, work->y, count);
    struct block block = {.pairs = stat_pairs_of(work->x, work->y, n), .undefined = count - n};
    for (size_t i = 0; i < count && n < count; i++) {
        const double a = work->value[0][i], b = work->value[1][i], c = work->value[2][i],
                     d = work->value[3][i];
        block.no_ab += a + b == 0;
        block.no_cd += c + d == 0;
        block.not_finite += !isfinite(a) || !isfinite(b) || !isfinite(c) || !isfinite(d);
    }
    return block;
}

/* Takes in the block at `start`: points and map, then the tensor's scope and the common one. */
static int work_block(struct work *work, size_t t, const char *name, uint64_t start, size_t count,
                      struct scope *scope, struct scope *common, struct error *error) {
    const double *x = work->x, *y = work->y;
    if (read_block(work, t, start, count, error) != 0 ||
        (work->points != NULL &&
         write_points(work, name, params_tensor(&work->params, t), start, count, error) != 0) ||
        (t == work->map.tensor && map_add(&work->map, start, x, y, count, error) != 0) ||
        keep_block(&work->tables[t], start, x, y, count, error) != 0)
        return -1;
    const struct block block = summarize(work, count);
    return add_to_scope(scope, &block, x, y, error) != 0 ||
                   (common != NULL && add_to_scope(common, &block, x, y, error) != 0)
               ? -1
               : 0;
}

static int read_blocks(struct work *work, size_t t, const char *name, struct scope *scope,
                       struct error *error) {
    const struct st_tensor *tensor = params_tensor(&work->params, t);
    struct scope *common = common_scope(work, tensor);
    for (uint64_t start = 0; start < tensor->elements; start += PARAMS_BLOCK) {
        const uint64_t left = tensor->elements - start;
        const size_t count = left < PARAMS_BLOCK ? (size_t)left : PARAMS_BLOCK;
        if (work_block(work, t, name, start, count, scope, common, error) != 0)
            return -1;
        progress_report(&tool_progress_shown, name, start, tensor->elements);
    }
    progress_report(&tool_progress_shown, name, tensor->elements, tensor->elements);
    if (common == &work->biases) {
        work->strata[work->strata_count++] = (size_t)common->pairs.n;
        work->strata_flat &= tensor->rank <= 1;
    }
    return 0;
}

static int read_tensor(struct work *work, size_t t, struct scope *scope, struct error *error) {
    const size_t size = 6 * strlen(scope->name) + 64; /* escaped, and whole */
    char *name = malloc(size);
    if (name == NULL)
        return error_errno(error, "a name of %zu bytes", strlen(scope->name));
    escape_fit(scope->name, name, size);
    const int result = read_blocks(work, t, name, scope, error);
    free(name);
    return result;
}

/* --- what a tensor's pairs tell in their places ----------------------------------------------- */

/* A vector: its elements are the units. */
static int vector_tests(struct work *work, struct table *table, const struct scope *scope,
                        struct error *error) {
    struct row *row = table->rows;
    const size_t n = (size_t)scope->pairs.n, elements = table->elements;
    if (work->split > 0 && work->split < elements) {
        double *x = table->x, *y = table->y;
        size_t first = (size_t)work->split;
        const size_t others = stat_defined(x + first, y + first, elements - first);
        const size_t kept = stat_defined(x, y, first);
        memmove(x + kept, x + first, others * sizeof *x);
        memmove(y + kept, y + first, others * sizeof *y);
        if (stat_auc(x, kept, n, &row->auc_x, error) != 0 ||
            stat_auc(y, kept, n, &row->auc_y, error) != 0)
            return -1;
    }
    return permute_pairs(scope->kept, &n, 1, work->permutations, work->seed, &row->p_units, error);
}

/* Spearman's correlation of means, or NaN where Pearson's is. */
static int rank_means(const double *x, const double *y, size_t count, struct row *row,
                      struct error *error) {
    if (isnan(row->c.r))
        return 0;
    struct stat_pair *pairs = malloc((count + 1) * sizeof *pairs);
    if (pairs == NULL)
        return error_errno(error, "ranks of %zu means", count);
    for (size_t i = 0; i < count; i++)
        pairs[i] = (struct stat_pair){x[i], y[i]};
    const int result = stat_spearman(pairs, count, &row->spearman, error);
    free(pairs);
    return result;
}

/* How well means tell the first units or inputs, as the tensor counts them, from the others: `kept`
 * says which of `whole` the means are of. */
static int split_means(const struct work *work, const size_t *kept, size_t count, uint64_t whole,
                       const double *x, const double *y, struct row *row, struct error *error) {
    if (work->split == 0 || work->split >= whole)
        return 0;
    size_t first = 0;
    while (first < count && kept[first] < work->split)
        first++;
    return stat_auc(x, first, count, &row->auc_x, error) != 0
               ? -1
               : stat_auc(y, first, count, &row->auc_y, error);
}

static int fill_parts(const struct work *work, const struct st_tensor *tensor,
                      const struct twoway_kept *kept, const struct twoway *x,
                      const struct twoway *y, struct row *rows, struct error *error) {
    double products[TWOWAY_PARTS];
    twoway_products(x, y, products);
    for (enum twoway_part part = TWOWAY_ALL; part < TWOWAY_PARTS; part++) {
        rows[part].share = twoway_share(x, y, products, part);
        if (part == TWOWAY_ALL)
            continue;
        rows[part].c = twoway_correlate(x, y, products, part);
        rows[part].undefined = tensor->elements - (uint64_t)kept->units * kept->inputs;
    }
    struct row *const units = &rows[TWOWAY_UNITS], *const inputs = &rows[TWOWAY_INPUTS];
    return rank_means(x->unit, y->unit, x->units, units, error) != 0 ||
                   rank_means(x->input, y->input, x->inputs, inputs, error) != 0 ||
                   split_means(work, kept->unit, x->units, tensor->shape[0], x->unit, y->unit,
                               units, error) != 0 ||
                   split_means(work, kept->input, x->inputs, tensor->shape[1], x->input, y->input,
                               inputs, error) != 0
               ? -1
               : 0;
}

/* A table of units and inputs, all dimensions but the first, and not empty; a matrix has parts. */
static int table_tests(const struct work *work, const struct st_tensor *tensor, struct table *table,
                       struct error *error) {
    const size_t rows = (size_t)tensor->shape[0], inputs = table->elements / rows;
    struct twoway_kept kept;
    struct twoway x = {0}, y = {0};
    double p[TWOWAY_PARTS];
    if (twoway_keep(&kept, table->x, table->y, rows, inputs, error) != 0)
        return -1;
    twoway_compact(&kept, table->x, inputs);
    twoway_compact(&kept, table->y, inputs);
    if (kept.units == 0)
        table->rows->causes |= bit(NO_TABLE);
    int result = twoway_split(&x, table->x, kept.units, kept.inputs, error);
    if (result == 0)
        result = twoway_split(&y, table->y, kept.units, kept.inputs, error);
    if (result == 0 && tensor->rank == 2)
        result = fill_parts(work, tensor, &kept, &x, &y, table->rows, error);
    if (result == 0)
        result = permute_units(&x, &y, work->permutations, work->seed, p, error);
    for (size_t part = 0; part < (tensor->rank == 2 ? TWOWAY_PARTS : 1) && result == 0; part++)
        table->rows[part].p_units = p[part];
    twoway_free(&x);
    twoway_free(&y);
    twoway_free_kept(&kept);
    return result;
}

static int keep_y(struct table *table, struct error *error) {
    table->y_kept = malloc(table->elements * sizeof *table->y_kept);
    if (table->y_kept == NULL)
        return error_errno(error, "%zu parameters", table->elements);
    memcpy(table->y_kept, table->y, table->elements * sizeof *table->y);
    return 0;
}

/* Why a map has no r at all: as its tensor, or for what its inputs are. */
static unsigned causes_of_map(const struct map *map, const struct scope *scope) {
    unsigned any = 0, all = UINT_MAX;
    for (size_t j = 0; j < map->inputs; j++) {
        if (!isnan(map->c[j].r))
            return 0;
        if (map->pairs[j].n >= 2) {
            any |= sameness(&map->pairs[j]);
            all &= sameness(&map->pairs[j]);
        }
    }
    if (isnan(stat_correlate(&scope->pairs).r))
        return causes_of(scope);
    if (any == 0)
        return bit(TOO_FEW);
    return all != 0 ? all : bit(EITHER_SAME);
}

static int tensor_tests(struct work *work, const struct st_tensor *tensor, struct table *table,
                        const struct scope *scope, struct error *error) {
    if (table->elements == 0)
        return 0;
    if (tensor->rank <= 1)
        return vector_tests(work, table, scope, error);
    return tensor->rank == 2 || work->permutations > 0 ? table_tests(work, tensor, table, error)
                                                       : 0;
}

/* What needs the pairs in their places; then they are forgotten. */
static int finish_table(struct work *work, size_t t, const struct scope *scope,
                        struct error *error) {
    const struct st_tensor *tensor = params_tensor(&work->params, t);
    struct table *table = &work->tables[t];
    if (table->elements > 0 && work->null.draws > 0 && keep_y(table, error) != 0)
        return -1;
    if (t == work->map.tensor) {
        if (map_finish(&work->map, table->x, table->y, (size_t)tensor->shape[0], work->permutations,
                       work->seed, error) != 0)
            return -1;
        work->map_causes = causes_of_map(&work->map, scope);
    }
    if (tensor_tests(work, tensor, table, scope, error) != 0)
        return -1;
    free(table->x);
    free(table->y);
    table->x = table->y = NULL;
    return 0;
}

static int work_tensor(struct work *work, size_t t, struct error *error) {
    const struct st_tensor *tensor = params_tensor(&work->params, t);
    struct table *table = &work->tables[t];
    struct scope scope = {.name = tensor->name, .parameters = tensor->elements};
    table->whole = small(tensor->elements);
    table->elements = table->whole ? (size_t)tensor->elements : 0;
    int result = read_tensor(work, t, &scope, error);
    if (result == 0)
        result = finish_table(work, t, &scope, error);
    if (result == 0)
        result = finish_scope(&scope, table->rows, error);
    free(scope.kept);
    return result;
}

static void start_common_scopes(struct work *work) {
    for (size_t t = 0; t < work->params.tensors; t++) {
        const struct st_tensor *tensor = params_tensor(&work->params, t);
        struct scope *common = common_scope(work, tensor);
        if (common != NULL)
            common->parameters += tensor->elements;
    }
}

/* A row for each scope and part, in the order of the table. */
static int start_rows(struct work *work, struct error *error) {
    static const char *const parts[TWOWAY_PARTS] = {"all", "units", "inputs", "centred"};
    const size_t tensors = work->params.tensors;
    size_t rows = 2;
    for (size_t t = 0; t < tensors; t++)
        rows += params_tensor(&work->params, t)->rank == 2 ? TWOWAY_PARTS : 1;
    work->tables = calloc(tensors + 1, sizeof *work->tables);
    work->strata = calloc(tensors + 1, sizeof *work->strata);
    work->rows = calloc(rows, sizeof *work->rows);
    if (work->tables == NULL || work->strata == NULL || work->rows == NULL)
        return error_errno(error, "%zu tensors", tensors);
    work->rows[work->row_count++] = new_row(work->biases.name, "all", false);
    work->rows[work->row_count++] = new_row(work->weights.name, "all", true);
    for (size_t t = 0; t < tensors; t++) {
        const struct st_tensor *tensor = params_tensor(&work->params, t);
        work->tables[t].rows = &work->rows[work->row_count];
        for (size_t part = 0; part < (tensor->rank == 2 ? TWOWAY_PARTS : 1); part++)
            work->rows[work->row_count++] =
                new_row(tensor->name, parts[part], tensor->rank >= 2 && part != TWOWAY_UNITS);
    }
    return 0;
}

static int finish_common_scopes(struct work *work, struct error *error) {
    if (small(work->biases.parameters) && work->strata_flat &&
        permute_pairs(work->biases.kept, work->strata, work->strata_count, work->permutations,
                      work->seed, &work->rows[0].p_units, error) != 0)
        return -1;
    return finish_scope(&work->biases, &work->rows[0], error) != 0
               ? -1
               : finish_scope(&work->weights, &work->rows[1], error);
}

static int work_all(struct work *work, struct error *error) {
    if (work->points != NULL &&
        output_text(work->points, error, "tensor\tunit\tinput\tx\ty\n") != 0)
        return -1;
    if (start_rows(work, error) != 0)
        return -1;
    start_common_scopes(work);
    for (size_t t = 0; t < work->params.tensors; t++)
        if (work_tensor(work, t, error) != 0)
            return -1;
    return params_finish(&work->params, error) != 0 ? -1 : finish_common_scopes(work, error);
}

/* --- draws under a null hypothesis ------------------------------------------------------------ */

static int start_draws(struct row *row, size_t draws, struct error *error) {
    row->draws = calloc(draws, sizeof *row->draws);
    for (size_t k = 0; k < draws && row->draws != NULL; k++)
        row->draws[k].r = NAN;
    return row->draws != NULL ? 0 : error_errno(error, "%zu draws", draws);
}

static void count_draws(struct row *row, size_t draws) {
    uint64_t extreme = 0, defined = 0;
    if (isnan(row->c.r))
        return;
    for (size_t k = 0; k < draws; k++) {
        defined += isnan(row->draws[k].r) ? 0 : 1;
        extreme += fabs(row->draws[k].r) >= fabs(row->c.r) - PERMUTE_TIE;
    }
    if (defined > 0)
        row->p_null = permute_p(extreme, draws);
    else
        row->causes |= bit(NO_DRAWS);
}

/* The table of the tensor of this name. */
static struct table *find_table(const struct work *work, const char *name) {
    const struct st_file *file = &work->params.file[0];
    return &work->tables[st_find(file, name) - file->tensor];
}

/* A scope of several tensors, pairs of which are joined for each draw. */
struct joined {
    const struct scope *scope;
    struct row *row;
    struct stat_pairs *pairs; /* [draws], or NULL if no tensor of it has elements */
    bool complete;            /* no tensor of it was too large */
};

static int read_draws(struct work *work, struct joined joined[2], struct error *error) {
    struct null_draws *null = &work->null;
    for (size_t i = 0; i < null->file.tensors; i++) {
        const struct st_tensor *drawn = null->order[i];
        const struct scope *common = common_scope(work, drawn);
        struct table *table = find_table(work, drawn->name);
        const bool parts = drawn->rank == 4;
        struct null_r *part[TWOWAY_PARTS] = {NULL};
        struct stat_pairs **pairs = NULL;
        for (size_t k = 0; k < 2; k++)
            if (common == joined[k].scope) {
                pairs = &joined[k].pairs;
                joined[k].complete &= table->whole;
            }
        const int result = null_tensor(null, drawn, table->y_kept, parts, part, pairs, error);
        for (size_t p = 0; p < (parts ? TWOWAY_PARTS : 1); p++)
            table->rows[p].draws = part[p];
        if (result != 0)
            return -1;
        free(table->y_kept);
        table->y_kept = NULL;
    }
    return null_finish(null, error);
}

static int finish_joined(struct joined *joined, size_t draws, struct error *error) {
    if (!joined->complete)
        return 0;
    if (start_draws(joined->row, draws, error) != 0)
        return -1;
    for (size_t k = 0; k < draws && joined->pairs != NULL; k++)
        joined->row->draws[k] =
            (struct null_r){stat_correlate(&joined->pairs[k]).r, joined->pairs[k].n};
    return 0;
}

static int work_null(struct work *work, struct error *error) {
    const size_t draws = work->null.draws;
    struct joined joined[2] = {{&work->biases, &work->rows[0], NULL, true},
                               {&work->weights, &work->rows[1], NULL, true}};
    int result = read_draws(work, joined, error);
    for (size_t k = 0; k < 2; k++) {
        if (result == 0)
            result = finish_joined(&joined[k], draws, error);
        free(joined[k].pairs);
    }
    for (size_t i = 0; i < work->row_count && result == 0; i++)
        if (work->rows[i].draws != NULL)
            count_draws(&work->rows[i], draws);
    return result;
}

static int write_draw(const struct row *row, size_t draw, struct output *output,
                      struct error *error) {
    const struct null_r *drawn = &row->draws[draw];
    if (output_integer(output, error, "", draw + 1) != 0 || output_text(output, error, "\t") != 0 ||
        output_escaped(output, error, row->scope) != 0 ||
        output_printf(output, error, "\t%s", row->part) != 0 ||
        output_number(output, error, "\t", drawn->r, 9) != 0 ||
        output_text(output, error, "\t") != 0 ||
        write_p(stat_correlation_of(drawn->r, drawn->n).log_p, output, error) != 0)
        return -1;
    return output_text(output, error, "\n");
}

static int write_draws(const struct work *work, struct output *output, struct error *error) {
    int result = output_text(output, error, "draw\tscope\tpart\tr\tp\n");
    for (size_t draw = 0; draw < work->null.draws; draw++)
        for (size_t i = 0; i < work->row_count && result == 0; i++)
            if (work->rows[i].draws != NULL)
                result = write_draw(&work->rows[i], draw, output, error);
    return result;
}

/* --- what could not be measured --------------------------------------------------------------- */

/* Scopes in a message, of which the first are written, shortened. */
struct named {
    char text[1280];
    size_t used, count;
};

enum { NAMED = 8 };

static void add_name(struct named *names, const char *name) {
    char escaped[128];
    escape_fit(name, escaped, sizeof escaped);
    if (names->count++ < NAMED)
        names->used += (size_t)snprintf(names->text + names->used, sizeof names->text - names->used,
                                        "%s%s", names->count > 1 ? ", " : "", escaped);
}

/* Says a cause, and what it leaves undefined: the scopes, and the map. */
static void warn_of(const struct work *work, enum cause cause, const char *const *files) {
    struct named names = {.used = 0};
    char of[4 * (PATH_MAX + 2)]; /* these files have been opened */
    size_t scopes = 0;
    for (size_t i = 0; i < work->row_count; i++)
        if (strcmp(work->rows[i].part, "all") == 0) {
            scopes += work->rows[i].c.n + work->rows[i].undefined > 0;
            if (work->rows[i].causes & bit(cause))
                add_name(&names, work->rows[i].scope);
        }
    if (names.count == scopes && scopes > 0) {
        names = (struct named){.used = 0};
        add_name(&names, "every scope");
    }
    if (work->map_causes & bit(cause))
        add_name(&names, "the map");
    if (names.count == 0)
        return;
    for (size_t f = causes[cause].first, used = 0; f <= causes[cause].last; f++)
        used +=
            (size_t)snprintf(of + used, sizeof of - used, "%s%s", used > 0 ? ", " : "", files[f]);
    char more[32] = "";
    if (names.count > NAMED)
        snprintf(more, sizeof more, " and %zu more", names.count - NAMED);
    tool_warn("%s: %s; %s undefined for %s%s", of, causes[cause].text, causes[cause].what,
              names.text, more);
}

/* Whether --split leaves units or inputs of a tensor on both sides. */
static bool is_split(const struct st_tensor *tensor, uint64_t split) {
    bool beyond = false;
    for (size_t i = 0; i < tensor->rank; i++)
        beyond |= tensor->shape[i] > split;
    return beyond && tensor->rank <= 2 && tensor->elements > 0;
}

static void warn_of_split(const struct work *work) {
    if (work->split == 0)
        return;
    for (size_t t = 0; t < work->params.tensors; t++)
        if (is_split(params_tensor(&work->params, t), work->split))
            return;
    tool_warn("--split %" PRIu64 ": no vector or matrix has more units or inputs; auc_x and auc_y "
              "are undefined",
              work->split);
}

static void warn_of_undefined(const struct work *work, const char *null) {
    const char *files[DRAWS_FILE + 1] = {[DRAWS_FILE] = null};
    uint64_t parameters = 0;
    for (size_t f = 0; f < 4; f++)
        files[f] = work->params.file[f].input.name;
    for (size_t t = 0; t < work->params.tensors; t++)
        parameters += params_tensor(&work->params, t)->elements;
    if (parameters == 0)
        tool_warn("%s: no parameters; r is undefined for every scope", files[0]);
    for (enum cause cause = 0; cause < CAUSES; cause++)
        warn_of(work, cause, files);
    if (parameters > 0)
        warn_of_split(work);
}

/* --- JSON ------------------------------------------------------------------------------------- */

/* JSON has no NaN and no infinity. */
static json_t *json_number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *json_count(uint64_t value) {
    return json_integer((json_int_t)value);
}

/* Puts a member into an object, which is lost (NULL) if there is no memory for it or for what it
 * was to hold. */
static void put(json_t **object, const char *name, json_t *value) {
    if (json_object_set_new(*object, name, value) != 0) {
        json_decref(*object);
        *object = NULL;
    }
}

static void put_field(json_t **object, const struct row *row, const struct column *column) {
    static const double LN10 = 0x1.26bb1bbb55516p+1;
    switch (column->kind) {
    case NAME:
    case TEXT:
        put(object, column->name, json_string(text_at(row, column)));
        break;
    case COUNT:
        put(object, column->name, json_count(count_at(row, column)));
        break;
    case DIGITS_9:
    case DIGITS_17:
        put(object, column->name, json_number(number_at(row, column)));
        break;
    case LOG_P:
        put(object, "log10_p", json_number(number_at(row, column) / LN10));
        break;
    }
}

static json_t *json_row(const struct row *row) {
    json_t *object = json_object();
    for (size_t k = 0; k < COLUMNS; k++)
        put_field(&object, row, &columns[k]);
    return object;
}

/* How many hypotheses of the map are below 5%, by each adjustment. */
static json_t *json_map(const struct map *map) {
    uint64_t defined = 0, bh = 0, by = 0, most = 0;
    static const double limit = -0x1.7f7427b73e391p+1; /* log .05 */
    for (size_t j = 0; j < map->inputs; j++) {
        const bool first = map->first[j] == j;
        defined += map->first[j] != SIZE_MAX;
        bh += first && map->q_bh[j] <= limit;
        by += first && map->q_by[j] <= limit;
        most += first && map->p_max[j] <= .05;
    }
    json_t *object = json_object();
    put(&object, "tensor", json_string(map->name));
    put(&object, "inputs", json_count(map->inputs));
    put(&object, "defined", json_count(defined));
    put(&object, "hypotheses", json_count(map->hypotheses));
    put(&object, "threshold", json_number(map->threshold));
    put(&object, "below_05_bh", json_count(bh));
    put(&object, "below_05_by", json_count(by));
    put(&object, "below_05_max", map->draws > 0 ? json_count(most) : json_null());
    return object;
}

/* Where JSON goes, how far it is indented, and whether all of it has gone: jansson passes over some
 * failures. */
struct sink {
    struct output *output;
    struct error *error;
    int indent, result;
};

static int pour(const char *text, size_t size, void *data) {
    struct sink *sink = data;
    for (size_t i = 0; i < size && sink->result == 0; i++) {
        sink->result = output_write(sink->output, text + i, 1, sink->error);
        for (int k = 0; k < sink->indent && text[i] == '\n' && sink->result == 0; k++)
            sink->result = output_text(sink->output, sink->error, " ");
    }
    return sink->result;
}

/* Writes the object so far indented, but for its first line. Takes it; NULL is a failure. */
static int write_object(json_t *object, int indent, struct output *output, struct error *error) {
    struct sink sink = {output, error, indent, 0};
    const size_t flags = JSON_INDENT(1) | JSON_REAL_PRECISION(17) | JSON_ENSURE_ASCII;
    const int dumped = object != NULL ? json_dump_callback(object, pour, &sink, flags) : -1;
    json_decref(object);
    if (sink.result == 0 && dumped != 0)
        return error_set(error, "%s: cannot make JSON of the table", output->name);
    return sink.result;
}

/* Row by row, as there may be many. */
static int write_json(const struct work *work, struct output *output, struct error *error) {
    if (output_printf(output, error,
                      "{\n \"program\": \"%s\",\n \"version\": \"%s\",\n \"permutations\": %" PRIu64
                      ",\n \"seed\": %" PRIu64 ",\n \"draws\": %zu,\n \"scopes\": [",
                      tool.name, ENGRAM_VERSION, work->permutations, work->seed,
                      work->null.draws) != 0)
        return -1;
    for (size_t i = 0; i < work->row_count; i++)
        if (output_text(output, error, i > 0 ? ",\n  " : "\n  ") != 0 ||
            write_object(json_row(&work->rows[i]), 2, output, error) != 0)
            return -1;
    if (output_text(output, error, "\n ],\n \"map\": ") != 0)
        return -1;
    const int result = work->map.tensor == SIZE_MAX
                           ? output_text(output, error, "null")
                           : write_object(json_map(&work->map), 1, output, error);
    return result != 0 ? -1 : output_text(output, error, "\n}\n");
}

/* --- the command line ------------------------------------------------------------------------- */

enum file { TABLE, POINTS, MAP, NULL_TABLE, JSON, FILES };

struct request {
    const char *path[FILES]; /* of the outputs, or NULL */
    const char *map_tensor, *map_shape, *null;
    uint64_t permutations, seed, split;
    bool any;
};

static struct request read_command_line(int argc, char **argv) {
    struct request request = {0};
    for (int key; (key = tool_option(argc, argv)) != -1;)
        switch (key) {
        case 'P':
            request.permutations = tool_integer(key, optarg, 0, 1 << 28);
            break;
        case 's':
            request.seed = tool_integer(key, optarg, 0, INT64_MAX); /* as JSON has it */
            break;
        case KEY_NULL:
            request.null = optarg;
            break;
        case KEY_NULL_TABLE:
            request.path[NULL_TABLE] = optarg;
            break;
        case KEY_SPLIT:
            request.split = tool_integer(key, optarg, 1, UINT64_MAX);
            break;
        case KEY_POINTS:
            request.path[POINTS] = optarg;
            break;
        case KEY_MAP:
            request.path[MAP] = optarg;
            break;
        case KEY_MAP_TENSOR:
            request.map_tensor = optarg;
            break;
        case KEY_MAP_SHAPE:
            request.map_shape = optarg;
            break;
        case KEY_JSON:
            request.path[JSON] = optarg;
            break;
        case KEY_ANY:
            request.any = true;
            break;
        case 'o':
            request.path[TABLE] = optarg;
            break;
        }
    return request;
}

static void check_request(const struct request *request, char *const *operands) {
    struct map shape;
    if (request->map_shape != NULL && !map_read_shape(request->map_shape, 'x', &shape))
        tool_usage("--map-shape: '%s' is not ROWSxCOLS", request->map_shape);
    if (request->path[MAP] == NULL && (request->map_tensor != NULL || request->map_shape != NULL))
        tool_usage("%s needs --map", request->map_tensor != NULL ? "--map-tensor" : "--map-shape");
    if (request->path[NULL_TABLE] != NULL && request->null == NULL)
        tool_usage("--null-table needs --null");
    for (size_t f = 0; f < 4 && request->null != NULL; f++)
        if (strcmp(request->null, "-") == 0 && strcmp(operands[f], "-") == 0)
            tool_usage("standard input can be read only once");
    tool_distinct_outputs(request->path, FILES);
}

static int open_inputs(struct work *work, char *const *operands, const struct request *request,
                       struct error *error) {
    if (params_open(&work->params, operands, 4, error) != 0)
        return -1;
    for (size_t f = 0; f < 4 && !work->any; f++)
        if (tally_check_file(&work->params.file[f], error) != 0)
            return -1;
    if (request->path[MAP] != NULL &&
        map_open(&work->map, &work->params, request->map_tensor, request->map_shape, error) != 0)
        return -1;
    if (request->null == NULL)
        return 0;
    return null_open(&work->null, request->null, work->any, &work->params, error);
}

static int run(struct work *work, char *const *operands, const struct request *request,
               struct output output[FILES], struct error *error) {
    *work = (struct work){.biases.name = "biases",
                          .weights.name = "weights",
                          .null.file.input.fd = -1,
                          .strata_flat = true,
                          .map.tensor = SIZE_MAX,
                          .permutations = request->permutations,
                          .seed = request->seed,
                          .split = request->split,
                          .any = request->any};
    struct output *outputs[FILES] = {NULL};
    if (open_inputs(work, operands, request, error) != 0)
        return -1;
    for (size_t f = 0; f < FILES; f++)
        if (request->path[f] != NULL) {
            if (output_open(&output[f], request->path[f], f == MAP, error) != 0)
                return -1;
            outputs[f] = &output[f];
        }
    work->points = outputs[POINTS];
    if (work_all(work, error) != 0 || (request->null != NULL && work_null(work, error) != 0))
        return -1;
    warn_of_undefined(work, request->null);
    if (write_table(work->rows, work->row_count, outputs[TABLE], error) != 0 ||
        (outputs[MAP] != NULL && map_write(&work->map, outputs[MAP], error) != 0) ||
        (outputs[NULL_TABLE] != NULL && write_draws(work, outputs[NULL_TABLE], error) != 0) ||
        (outputs[JSON] != NULL && write_json(work, outputs[JSON], error) != 0))
        return -1;
    return output_commit_all(outputs, FILES, error);
}

static void close_work(struct work *work) {
    for (size_t t = 0; t < work->params.tensors && work->tables != NULL; t++) {
        free(work->tables[t].x);
        free(work->tables[t].y);
        free(work->tables[t].y_kept);
    }
    for (size_t i = 0; i < work->row_count; i++)
        free(work->rows[i].draws);
    params_close(&work->params);
    null_close(&work->null);
    map_close(&work->map);
    free(work->biases.kept);
    free(work->weights.kept);
    free(work->tables);
    free(work->strata);
    free(work->rows);
    free(work);
}

int main(int argc, char **argv) {
    tool_start(&tool);
    const struct request request = read_command_line(argc, argv);
    check_request(&request, argv + optind);
    struct error error;
    struct output output[FILES];
    for (size_t f = 0; f < FILES; f++)
        output[f] = (struct output){.fd = -1};
    struct work *work = calloc(1, sizeof *work);
    const int result = work != NULL ? run(work, argv + optind, &request, output, &error)
                                    : error_errno(&error, "%s", argv[optind]);
    for (size_t f = 0; f < FILES; f++)
        output_discard(&output[f]);
    if (result != 0)
        tool_fail(&error);
    close_work(work);
    return 0;
}
