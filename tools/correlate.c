/* Do the parameters that are larger in a than in b differ more in c than in d?
 *
 * For every parameter x = a/(a+b) and y = c/(c+d); then the correlation of x and y over the biases,
 * over the weights, over every tensor and the parts of every weight matrix, and for every input of
 * a layer; and how often chance, or draws under a null hypothesis, give as much. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/io.h"
#include "engram/map.h"
#include "engram/null.h"
#include "engram/params.h"
#include "engram/permute.h"
#include "engram/stats.h"
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
    KEY_JSON
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
     "the weights [out,in] to map [the first 2-D tensor]"},
    {KEY_MAP_SHAPE, "map-shape", "ROWSxCOLS", NULL,
     "the inputs as an image [the files' image_shape, else one row]"},
    {KEY_JSON, "json", "FILE", NULL, "write the table as JSON too"},
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
    bool nested; /* its p is over things that do not vary independently */
    uint64_t undefined;
    struct stat_correlation c;
    double spearman, share, p_units, p_null, auc_x, auc_y;
    struct null_r *draws; /* with --null: one for each, or NULL */
};

static struct row new_row(const char *scope, const char *part, bool nested) {
    return (struct row){.scope = scope,
                        .part = part,
                        .nested = nested,
                        .c = stat_correlation_of(NAN, 0),
                        .spearman = NAN,
                        .share = NAN,
                        .p_units = NAN,
                        .p_null = NAN,
                        .auc_x = NAN,
                        .auc_y = NAN};
}

static const char *validity(const struct row *row) {
    return row->nested ? "no" : "iid";
}

static int write_row(const struct row *row, struct output *output, struct error *error) {
    const struct stat_correlation *c = &row->c;
    char name[512], p[32];
    st_escape(row->scope, name, sizeof name);
    stat_format_p(c->log_p, p, sizeof p);
    if (output_printf(output, error, "%s\t%s\t%" PRIu64 "\t%" PRIu64, name, row->part, c->n,
                      row->undefined) != 0 ||
        output_number(output, error, "\t", c->r, 9) != 0 ||
        output_number(output, error, "\t", c->t, 9) != 0 ||
        output_number(output, error, "\t", c->df, 17) != 0 ||
        output_printf(output, error, "\t%s\t%s", p, validity(row)) != 0)
        return -1;
    const double others[] = {c->ci_low,    c->ci_high,  row->spearman, row->share,
                             row->p_units, row->p_null, row->auc_x,    row->auc_y};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (output_number(output, error, "\t", others[i], 9) != 0)
            return -1;
    return output_text(output, error, "\n");
}

static int write_table(const struct row *rows, size_t count, struct output *output,
                       struct error *error) {
    int result = output_text(output, error,
                             "scope\tpart\tn\tundefined\tr\tt\tdf\tp\tp_valid\tci_low\tci_high\t"
                             "spearman\tshare\tp_units\tp_null\tauc_x\tauc_y\n");
    for (size_t i = 0; i < count && result == 0; i++)
        result = write_row(&rows[i], output, error);
    return result;
}

/* --- what is gathered over some of the parameters --------------------------------------------- */

struct scope {
    const char *name;
    uint64_t parameters; /* known beforehand */
    struct stat_pairs pairs;
    uint64_t undefined;
    struct stat_pair *kept; /* the pairs, in order, if there are no more than MAX_RANKED */
};

static int start_scope(struct scope *scope, struct error *error) {
    if (scope->parameters <= MAX_RANKED) {
        scope->kept = malloc((size_t)(scope->parameters + 1) * sizeof *scope->kept);
        if (scope->kept == NULL)
            return error_errno(error, "%" PRIu64 " parameters", scope->parameters);
    }
    return 0;
}

/* Adds a block of pairs, of which `pairs` is made. */
static void add_to_scope(struct scope *scope, const struct stat_pairs *pairs, const double *x,
                         const double *y, size_t undefined) {
    if (scope->kept != NULL)
        for (size_t i = 0; i < pairs->n; i++)
            scope->kept[scope->pairs.n + i] = (struct stat_pair){x[i], y[i]};
    stat_pairs_join(&scope->pairs, pairs);
    scope->undefined += undefined;
}

/* Ranks the pairs, once they are complete, and forgets them. */
static int finish_scope(struct scope *scope, struct row *row, struct error *error) {
    int result = 0;
    row->c = stat_correlate(&scope->pairs);
    row->undefined = scope->undefined;
    if (scope->kept != NULL)
        result = stat_spearman(scope->kept, (size_t)scope->pairs.n, &row->spearman, error);
    else {
        char name[512];
        st_escape(scope->name, name, sizeof name);
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
    size_t elements;
    double *x, *y;  /* [elements], or NULL; both are used up by the parts */
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
    uint64_t permutations, seed, split;
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
                       uint64_t element, double x, double y, struct error *error) {
    uint64_t inputs = 1;
    for (size_t i = 1; i < tensor->rank; i++)
        inputs *= tensor->shape[i];
    if (output_text(points, error, name) != 0 ||
        output_integer(points, error, "\t", element / inputs) != 0 ||
        (tensor->rank > 1 ? output_integer(points, error, "\t", element % inputs)
                          : output_text(points, error, "\t-")) != 0 ||
        output_number(points, error, "\t", isfinite(x) ? x : NAN, 9) != 0 ||
        output_number(points, error, "\t", isfinite(y) ? y : NAN, 9) != 0)
        return -1;
    return output_text(points, error, "\n");
}

/* part / (part + other) */
static void shares(const double *part, const double *other, double *share, size_t count) {
    for (size_t i = 0; i < count; i++)
        share[i] = part[i] / (part[i] + other[i]);
}

/* Takes in the block at `start`: points and map, then the tensor's scope and the common one. */
static int work_block(struct work *work, size_t t, const char *name, uint64_t start, size_t count,
                      struct scope *scope, struct scope *common, struct error *error) {
    const struct st_tensor *tensor = params_tensor(&work->params, t);
    const struct table *table = &work->tables[t];
    double *x = work->x, *y = work->y;
    for (size_t f = 0; f < 4; f++)
        if (params_read(&work->params, f, t, start, work->value[f], count, error) != 0)
            return -1;
    shares(work->value[0], work->value[1], x, count);
    shares(work->value[2], work->value[3], y, count);
    for (size_t i = 0; i < count && work->points != NULL; i++)
        if (write_point(work->points, name, tensor, start + i, x[i], y[i], error) != 0)
            return -1;
    if (t == work->map.tensor)
        map_add(&work->map, start, x, y, count);
    if (table->x != NULL) {
        memcpy(table->x + start, x, count * sizeof *x);
        memcpy(table->y + start, y, count * sizeof *y);
    }
    const size_t n = stat_defined(x, y, count);
    const struct stat_pairs pairs = stat_pairs_of(x, y, n);
    add_to_scope(scope, &pairs, x, y, count - n);
    if (common != NULL)
        add_to_scope(common, &pairs, x, y, count - n);
    return 0;
}

static int read_tensor(struct work *work, size_t t, struct scope *scope, struct error *error) {
    const struct st_tensor *tensor = params_tensor(&work->params, t);
    struct scope *common = common_scope(work, tensor);
    char name[512];
    st_escape(tensor->name, name, sizeof name);
    for (uint64_t start = 0; start < tensor->elements; start += PARAMS_BLOCK) {
        const uint64_t left = tensor->elements - start;
        const size_t count = left < PARAMS_BLOCK ? (size_t)left : PARAMS_BLOCK;
        if (work_block(work, t, name, start, count, scope, common, error) != 0)
            return -1;
        tool_progress(name, start, tensor->elements);
    }
    tool_progress(name, tensor->elements, tensor->elements);
    if (common == &work->biases) {
        work->strata[work->strata_count++] = (size_t)common->pairs.n;
        work->strata_flat &= tensor->rank <= 1;
    }
    return 0;
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

/* A table of units and inputs, all dimensions but the first; a matrix has parts. */
static int table_tests(const struct work *work, const struct st_tensor *tensor, struct table *table,
                       struct error *error) {
    const size_t rows = (size_t)tensor->shape[0], columns = rows > 0 ? table->elements / rows : 0;
    struct twoway_kept kept;
    struct twoway x = {0}, y = {0};
    double p[TWOWAY_PARTS];
    if (twoway_keep(&kept, table->x, table->y, rows, columns, error) != 0)
        return -1;
    twoway_compact(&kept, table->x, columns);
    twoway_compact(&kept, table->y, columns);
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

static int start_table(struct table *table, bool null, struct error *error) {
    const size_t room = table->elements + 1;
    table->x = malloc(room * sizeof *table->x);
    table->y = malloc(room * sizeof *table->y);
    table->y_kept = null ? malloc(room * sizeof *table->y_kept) : NULL;
    return table->x != NULL && table->y != NULL && (!null || table->y_kept != NULL)
               ? 0
               : error_errno(error, "%zu parameters", table->elements);
}

/* What needs the pairs in their places; then they are forgotten. */
static int finish_table(struct work *work, size_t t, const struct scope *scope,
                        struct error *error) {
    const struct st_tensor *tensor = params_tensor(&work->params, t);
    struct table *table = &work->tables[t];
    if (table->y_kept != NULL)
        memcpy(table->y_kept, table->y, table->elements * sizeof *table->y);
    if (t == work->map.tensor &&
        map_finish(&work->map, table->x, table->y, (size_t)tensor->shape[0], work->permutations,
                   work->seed, error) != 0)
        return -1;
    if (table->x != NULL &&
        (tensor->rank <= 1 ? vector_tests(work, table, scope, error)
                           : (tensor->rank == 2 || work->permutations > 0) &&
                                 table_tests(work, tensor, table, error) != 0) != 0)
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
    int result = start_scope(&scope, error);
    if (result == 0 && tensor->elements <= MAX_RANKED) {
        table->elements = (size_t)tensor->elements;
        result = start_table(table, work->null.draws > 0, error);
    }
    if (result == 0)
        result = read_tensor(work, t, &scope, error);
    if (result == 0)
        result = finish_table(work, t, &scope, error);
    if (result == 0)
        result = finish_scope(&scope, table->rows, error);
    free(scope.kept);
    return result;
}

static int start_common_scopes(struct work *work, struct error *error) {
    for (size_t t = 0; t < work->params.tensors; t++) {
        const struct st_tensor *tensor = params_tensor(&work->params, t);
        struct scope *common = common_scope(work, tensor);
        if (common != NULL)
            common->parameters += tensor->elements;
    }
    return start_scope(&work->biases, error) != 0 ? -1 : start_scope(&work->weights, error);
}

/* A row for each scope and part, in the order of the table. */
static int start_rows(struct work *work, struct error *error) {
    static const char *const parts[TWOWAY_PARTS] = {"all", "units", "inputs", "centred"};
    const size_t tensors = work->params.tensors;
    work->tables = calloc(tensors + 1, sizeof *work->tables);
    work->strata = calloc(tensors + 1, sizeof *work->strata);
    work->rows = calloc(2 + tensors * TWOWAY_PARTS, sizeof *work->rows);
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
    if (work->biases.kept != NULL && work->strata_flat &&
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
    if (start_rows(work, error) != 0 || start_common_scopes(work, error) != 0)
        return -1;
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
    uint64_t extreme = 0;
    for (size_t k = 0; k < draws; k++)
        extreme += fabs(row->draws[k].r) >= fabs(row->c.r) - PERMUTE_TIE;
    if (!isnan(row->c.r))
        row->p_null = permute_p(extreme, draws);
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
    struct stat_pairs *pairs; /* [draws] */
    bool complete;            /* no tensor of it was too large */
};

static int read_draws(struct work *work, struct joined joined[2], struct error *error) {
    struct null_draws *null = &work->null;
    for (size_t i = 0; i < null->file.tensors; i++) {
        const struct st_tensor *drawn = null->order[i];
        const struct scope *common = common_scope(work, drawn);
        struct table *table = find_table(work, drawn->name);
        const bool matrix = drawn->rank == 4;
        struct null_r *part[TWOWAY_PARTS] = {NULL};
        struct stat_pairs *pairs = NULL;
        for (size_t k = 0; k < 2; k++)
            if (common == joined[k].scope) {
                pairs = joined[k].pairs;
                joined[k].complete &= table->y_kept != NULL;
            }
        for (size_t p = 0; p < (matrix ? TWOWAY_PARTS : 1) && table->y_kept != NULL; p++) {
            if (start_draws(&table->rows[p], null->draws, error) != 0)
                return -1;
            part[p] = table->rows[p].draws;
        }
        if (null_tensor(null, drawn, table->y_kept, part, pairs, error) != 0)
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
    for (size_t k = 0; k < draws; k++)
        joined->row->draws[k] =
            (struct null_r){stat_correlate(&joined->pairs[k]).r, joined->pairs[k].n};
    return 0;
}

static int work_null(struct work *work, struct error *error) {
    const size_t draws = work->null.draws;
    struct joined joined[2] = {
        {&work->biases, &work->rows[0], calloc(draws, sizeof(struct stat_pairs)), true},
        {&work->weights, &work->rows[1], calloc(draws, sizeof(struct stat_pairs)), true}};
    int result;
    if (joined[0].pairs == NULL || joined[1].pairs == NULL)
        result = error_errno(error, "%zu draws", draws);
    else
        result = read_draws(work, joined, error);
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
    char name[512], p[32];
    st_escape(row->scope, name, sizeof name);
    stat_format_p(stat_correlation_of(drawn->r, drawn->n).log_p, p, sizeof p);
    if (output_printf(output, error, "%zu\t%s\t%s", draw + 1, name, row->part) != 0 ||
        output_number(output, error, "\t", drawn->r, 9) != 0)
        return -1;
    return output_printf(output, error, "\t%s\n", p);
}

static int write_draws(const struct work *work, struct output *output, struct error *error) {
    int result = output_text(output, error, "draw\tscope\tpart\tr\tp\n");
    for (size_t draw = 0; draw < work->null.draws; draw++)
        for (size_t i = 0; i < work->row_count && result == 0; i++)
            if (work->rows[i].draws != NULL)
                result = write_draw(&work->rows[i], draw, output, error);
    return result;
}

/* --- JSON ------------------------------------------------------------------------------------- */

/* JSON has no NaN and no infinity. */
static json_t *json_number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *json_count(uint64_t value) {
    return json_integer((json_int_t)value);
}

static json_t *json_row(const struct row *row) {
    static const double LN10 = 0x1.26bb1bbb55516p+1;
    const struct stat_correlation *c = &row->c;
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, "
                     "s:o, s:o}",
                     "scope", row->scope, "part", row->part, "n", json_count(c->n), "undefined",
                     json_count(row->undefined), "r", json_number(c->r), "t", json_number(c->t),
                     "df", json_number(c->df), "log10_p", json_number(c->log_p / LN10), "p_valid",
                     validity(row), "ci_low", json_number(c->ci_low), "ci_high",
                     json_number(c->ci_high), "spearman", json_number(row->spearman), "share",
                     json_number(row->share), "p_units", json_number(row->p_units), "p_null",
                     json_number(row->p_null), "auc_x", json_number(row->auc_x), "auc_y",
                     json_number(row->auc_y));
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
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "tensor", map->name, "inputs",
                     json_count(map->inputs), "defined", json_count(defined), "hypotheses",
                     json_count(map->hypotheses), "threshold", json_number(map->threshold),
                     "below_05_bh", json_count(bh), "below_05_by", json_count(by), "below_05_max",
                     map->draws > 0 ? json_count(most) : json_null());
}

static int write_json(const struct work *work, struct output *output, struct error *error) {
    json_t *rows = json_array();
    for (size_t i = 0; i < work->row_count; i++)
        if (json_array_append_new(rows, json_row(&work->rows[i])) != 0) {
            json_decref(rows);
            rows = NULL;
        }
    json_t *root =
        json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "program", tool.name, "version",
                  ENGRAM_VERSION, "permutations", json_count(work->permutations), "seed",
                  json_count(work->seed), "draws", json_count(work->null.draws), "scopes", rows,
                  "map", work->map.tensor != SIZE_MAX ? json_map(&work->map) : json_null());
    char *text = root != NULL ? json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(root);
    if (text == NULL)
        return error_set(error, "%s: cannot make JSON of the table", output->name);
    int result = output_text(output, error, text);
    if (result == 0)
        result = output_text(output, error, "\n");
    free(text);
    return result;
}

/* --- the command line ------------------------------------------------------------------------- */

enum file { TABLE, POINTS, MAP, NULL_TABLE, JSON, FILES };

struct request {
    const char *path[FILES]; /* of the outputs, or NULL */
    const char *map_tensor, *map_shape, *null;
    uint64_t permutations, seed, split;
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
        default:
            request.path[TABLE] = optarg;
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
    if (request->path[MAP] != NULL &&
        map_open(&work->map, &work->params, request->map_tensor, request->map_shape, error) != 0)
        return -1;
    return request->null != NULL ? null_open(&work->null, request->null, &work->params, error) : 0;
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
                          .split = request->split};
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
    if (work_all(work, error) != 0 || (request->null != NULL && work_null(work, error) != 0) ||
        write_table(work->rows, work->row_count, outputs[TABLE], error) != 0 ||
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
