/* The pass over four parameter files. */
#include "engram/correlations.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engram/cause.h"
#include "engram/escape.h"
#include "engram/permute.h"
#include "engram/tally.h"
#include "lanes.h"

enum { BIASES, WEIGHTS, COMMON };

struct scope {
    struct pool pool;
    struct cause_counts counts;
    struct stat_pairs *drawn; /* [draws] of a common scope, joined */
    bool complete;            /* and no tensor of it was too large to be kept */
};

/* A tensor: its rows, and its y where draws need it. */
struct member {
    struct correlation *row; /* all, and of a matrix units, inputs, centred */
    double *y;               /* [elements], or NULL */
    double *drawn_x;         /* [draws][elements] of a bias whose draws are permuted, or NULL */
};

/* A tensor that is being read: its name, escaped; the inputs it is cut to, or NULL; the tensor's
 * scope and the common one, or NULL; whether x and y are needed when it is joined; how many have
 * been. */
struct reading {
    char *name;
    const struct inputs *inputs;
    struct scope *scopes[2];
    bool kept;
    uint64_t joined;
};

/* Pairs of a tensor that is cut, until they are a block as of a file without the others: so r has
 * the bits of such a file. */
struct queue {
    size_t count;
    struct cause_counts counts;
    double x[PARAMS_BLOCK], y[PARAMS_BLOCK], defined_x[PARAMS_BLOCK], defined_y[PARAMS_BLOCK];
};

struct pass {
    struct correlations *c;
    struct scope common[COMMON];
    struct member *member; /* [tensors] */
    size_t *strata;        /* [tensors] where each tensor of the biases ends among their pairs */
    size_t strata_count;
    bool strata_flat;        /* each has one dimension */
    double *bias_x, *bias_y; /* [units] of the bias of the map's weights, or NULL */
    struct params_pass files;
    struct reading reading;
    struct queue queue;
};

static bool ends_with(const char *name, const char *word) {
    const size_t length = strlen(name), tail = strlen(word);
    return length >= tail && strcmp(name + length - tail, word) == 0 &&
           (length == tail || name[length - tail - 1] == '.');
}

/* The scope over all layers that a tensor belongs to by its name, or NULL. */
static struct scope *common_scope(struct pass *pass, const struct st_tensor *tensor) {
    if (ends_with(tensor->name, "bias"))
        return &pass->common[BIASES];
    return ends_with(tensor->name, "weight") ? &pass->common[WEIGHTS] : NULL;
}

static size_t parts_of(const struct st_tensor *tensor) {
    return tensor->rank == 2 ? TWOWAY_PARTS : 1;
}

/* Inputs of a tensor that take part. */
static uint64_t inputs_of(const struct correlations *c, const struct st_tensor *tensor) {
    const struct inputs *cut = inputs_for(&c->inputs, tensor);
    uint64_t inputs = 1;
    for (size_t i = 1; i < tensor->rank; i++)
        inputs *= tensor->shape[i];
    return cut != NULL ? cut->count : inputs;
}

/* Parameters likewise. */
static uint64_t elements_of(const struct correlations *c, const struct st_tensor *tensor) {
    const struct inputs *cut = inputs_for(&c->inputs, tensor);
    return cut != NULL ? tensor->shape[0] * cut->count : tensor->elements;
}

/* --- a block ---------------------------------------------------------------------------------- */

static int write_point(struct output *points, const char *name, size_t rank, uint64_t unit,
                       uint64_t input, double x, double y, struct error *error) {
    if (output_text(points, error, name) != 0 || output_integer(points, error, "\t", unit) != 0 ||
        (rank > 1 ? output_integer(points, error, "\t", input)
                  : output_text(points, error, "\t-")) != 0 ||
        output_number(points, error, "\t", isfinite(x) ? x : NAN, 9) != 0 ||
        output_number(points, error, "\t", isfinite(y) ? y : NAN, 9) != 0)
        return -1;
    return output_text(points, error, "\n");
}

/* Pairs and their sums. */
struct block {
    size_t count;
    const double *x, *y;
    struct stat_pairs pairs; /* those defined */
    struct cause_counts counts;
};

/* What a thread works on: a piece of the files, block by block. */
struct work {
    struct block block[PARAMS_PIECE / PARAMS_BLOCK];
    _Alignas(PARAMS_ALIGNMENT) double x[PARAMS_PIECE],
        y[PARAMS_PIECE]; /* of all blocks if kept; else of the last */
    /* Of a block with numbers that are not plain: a, b, c, d, and the pairs defined. */
    double value[4][PARAMS_BLOCK], defined_x[PARAMS_BLOCK], defined_y[PARAMS_BLOCK];
};

static int check_signs(struct work *work, const struct params_piece *piece, size_t at, size_t count,
                       struct error *error) {
    const struct params *params = piece->params;
    for (size_t f = 0; f < 4; f++) {
        params_doubles(piece, f, at, work->value[f], count);
        if (tally_check(&params->file[f], params_tensor(params, piece->tensor), piece->start + at,
                        work->value[f], count, error) != 0)
            return -1;
    }
    return 0;
}

static struct cause_counts count_causes(const struct work *work, size_t count) {
    struct cause_counts counts = {0};
    for (size_t i = 0; i < count; i++) {
        const double a = work->value[0][i], b = work->value[1][i], c = work->value[2][i],
                     d = work->value[3][i];
        counts.no_ab += a + b == 0;
        counts.no_cd += c + d == 0;
        counts.not_finite += !isfinite(a) || !isfinite(b) || !isfinite(c) || !isfinite(d);
    }
    return counts;
}

/* Reads a, b, c and d of a block that is not plain again, and sets x and y anew if some a + b or
 * c + d is not finite. */
static void read_again(struct work *work, const struct params_piece *piece, size_t at, double *x,
                       double *y, bool finite, size_t count) {
    for (size_t f = 0; f < 4; f++)
        params_doubles(piece, f, at, work->value[f], count);
    if (!finite) {
        tally_shares(work->value[0], work->value[1], x, count);
        tally_shares(work->value[2], work->value[3], y, count);
    }
}

/* Sets pairs and counts of a block that is not plain. */
static void use_defined(struct work *work, const double *x, const double *y, struct block *block) {
    block->pairs = stat_pairs_defined(x, y, block->count, work->defined_x, work->defined_y);
    if (block->pairs.n < block->count)
        block->counts = count_causes(work, block->count);
}

/* Cuts a block to the inputs that take part; its pairs will be found in the queue. */
static void cut_block(const struct inputs *inputs, struct work *work, uint64_t start, bool plain,
                      double *x, double *y, struct block *block) {
    const size_t count = block->count;
    block->count = inputs_compact(inputs, start, x, count);
    inputs_compact(inputs, start, y, count);
    for (size_t f = 0; f < 4 && !plain; f++)
        inputs_compact(inputs, start, work->value[f], count);
    if (!plain)
        block->counts = count_causes(work, block->count);
}

/* A part of a block after the other, which stays in the innermost cache. */
static int work_on_block(const struct pass *pass, struct work *work,
                         const struct params_piece *piece, size_t at, double *x, double *y,
                         struct block *block, struct error *error) {
    enum { PART = 512 };
    double sums[3][STAT_LANES] = {{0}};
    bool signs = false;
    for (size_t i = 0, count; i < block->count; i += count) {
        _Alignas(PARAMS_ALIGNMENT) double value[4][PART];
        count = block->count - i < PART ? block->count - i : PART;
        for (size_t f = 0; f < 4; f++)
            params_doubles(piece, f, at + i, value[f], count);
        signs |= lanes()->shares((const double *const[]){value[0], value[1], value[2], value[3]},
                                 x + i, y + i, count, sums);
    }
    if (signs && !pass->c->any && check_signs(work, piece, at, block->count, error) != 0)
        return -1;
    const double sum_x = stat_add_lanes(sums[0]), sum_y = stat_add_lanes(sums[1]);
    const bool finite = isfinite(stat_add_lanes(sums[2])) != 0;
    const bool plain = finite && isfinite(sum_x) && isfinite(sum_y);
    if (!plain)
        read_again(work, piece, at, x, y, finite, block->count);
    if (pass->reading.inputs != NULL)
        cut_block(pass->reading.inputs, work, piece->start + at, plain, x, y, block);
    else if (plain)
        block->pairs = stat_pairs_of_sums(x, sum_x, y, sum_y, block->count);
    else
        use_defined(work, x, y, block);
    return 0;
}

static int work_on_piece(void *data, const struct params_piece *piece, void *own,
                         struct error *error) {
    const struct pass *pass = data;
    struct work *work = own;
    for (size_t at = 0; at < piece->count; at += PARAMS_BLOCK) {
        const size_t left = piece->count - at;
        double *x = work->x + (pass->reading.kept ? at : 0),
               *y = work->y + (pass->reading.kept ? at : 0);
        struct block *block = &work->block[at / PARAMS_BLOCK];
        *block = (struct block){left < PARAMS_BLOCK ? left : PARAMS_BLOCK, x, y, {0}, {0}};
        if (work_on_block(pass, work, piece, at, x, y, block, error) != 0)
            return -1;
    }
    return 0;
}

static int write_points(const struct pass *pass, const struct st_tensor *tensor,
                        const struct block *block, struct error *error) {
    const struct reading *reading = &pass->reading;
    const uint64_t inputs = inputs_of(pass->c, tensor);
    for (size_t i = 0; i < block->count && pass->c->points != NULL; i++) {
        const uint64_t unit = (reading->joined + i) / inputs, k = (reading->joined + i) % inputs,
                       input = reading->inputs != NULL ? reading->inputs->at[k] : k;
        if (write_point(pass->c->points, reading->name, tensor->rank, unit, input, block->x[i],
                        block->y[i], error) != 0)
            return -1;
    }
    return 0;
}

static void add_counts(struct cause_counts *counts, const struct cause_counts *more) {
    counts->no_ab += more->no_ab;
    counts->no_cd += more->no_cd;
    counts->not_finite += more->not_finite;
}

/* Adds a block to the tensor's scope and the common one. */
static int add_block(struct scope *const scopes[2], const struct block *block,
                     struct error *error) {
    for (size_t k = 0; k < 2 && scopes[k] != NULL; k++) {
        if (pool_add(&scopes[k]->pool, block->x, block->y, block->count, &block->pairs, error) != 0)
            return -1;
        add_counts(&scopes[k]->counts, &block->counts);
    }
    return 0;
}

/* Adds what is in the queue as a block. */
static int add_queue(struct pass *pass, struct error *error) {
    struct queue *queue = &pass->queue;
    const struct block block = {
        queue->count, queue->x, queue->y,
        stat_pairs_defined(queue->x, queue->y, queue->count, queue->defined_x, queue->defined_y),
        queue->counts};
    queue->count = 0;
    queue->counts = (struct cause_counts){0};
    return add_block(pass->reading.scopes, &block, error);
}

static int queue_block(struct pass *pass, const struct block *block, struct error *error) {
    struct queue *queue = &pass->queue;
    add_counts(&queue->counts, &block->counts);
    for (size_t done = 0, count; done < block->count; done += count) {
        const size_t left = block->count - done, room = PARAMS_BLOCK - queue->count;
        count = left < room ? left : room;
        memcpy(queue->x + queue->count, block->x + done, count * sizeof *queue->x);
        memcpy(queue->y + queue->count, block->y + done, count * sizeof *queue->y);
        queue->count += count;
        if (queue->count == PARAMS_BLOCK && add_queue(pass, error) != 0)
            return -1;
    }
    return 0;
}

static int join_piece(void *data, const struct params_piece *piece, void *own,
                      struct error *error) {
    struct pass *pass = data;
    struct correlations *c = pass->c;
    const struct work *work = own;
    const struct st_tensor *tensor = params_tensor(&c->params, piece->tensor);
    for (size_t at = 0; at < piece->count; at += PARAMS_BLOCK) {
        const struct block *block = &work->block[at / PARAMS_BLOCK];
        struct reading *reading = &pass->reading;
        if (write_points(pass, tensor, block, error) != 0 ||
            (piece->tensor == c->map.tensor &&
             map_add(&c->map, reading->joined, block->x, block->y, block->count, error) != 0) ||
            (reading->inputs != NULL ? queue_block(pass, block, error)
                                     : add_block(reading->scopes, block, error)) != 0)
            return -1;
        reading->joined += block->count;
    }
    progress_report(c->progress, pass->reading.name, piece->start + piece->count, tensor->elements);
    return 0;
}

static bool is_kept(const struct pass *pass, size_t t, const struct scope *scope,
                    const struct scope *common) {
    return pass->reading.inputs != NULL || pass->c->points != NULL || t == pass->c->map.tensor ||
           pool_kept(&scope->pool) || (common != NULL && pool_kept(&common->pool));
}

/* --- a tensor --------------------------------------------------------------------------------- */

/* Whether a tensor is the bias of the map's weights: named so, with a number for each unit. */
static bool is_bias_of_map(const struct correlations *c, const struct st_tensor *tensor) {
    if (c->map.tensor == SIZE_MAX || !ends_with(tensor->name, "bias"))
        return false;
    const struct st_tensor *weights = params_tensor(&c->params, c->map.tensor);
    const size_t layer = strlen(tensor->name) - strlen("bias");
    return ends_with(weights->name, "weight") &&
           strlen(weights->name) == layer + strlen("weight") &&
           strncmp(weights->name, tensor->name, layer) == 0 && tensor->rank == 1 &&
           tensor->elements == weights->shape[0];
}

static int copy(const double *numbers, size_t count, double **to, struct error *error) {
    *to = malloc(count * sizeof **to);
    if (*to == NULL)
        return error_errno(error, "%zu parameters", count);
    memcpy(*to, numbers, count * sizeof **to);
    return 0;
}

static int finish_map(struct pass *pass, const struct scope *scope, struct error *error) {
    struct correlations *c = pass->c;
    struct map *map = &c->map;
    const struct inputs *cut = pass->reading.inputs;
    const size_t units = (size_t)params_tensor(&c->params, map->tensor)->shape[0];
    bool any = false;
    if (map_finish(map, scope->pool.x, scope->pool.y, units, c->plan.permutations, c->plan.seed,
                   error) != 0)
        return -1;
    double *r = malloc(map->inputs * sizeof *r);
    if (r == NULL)
        return error_errno(error, "%zu inputs", map->inputs);
    for (size_t j = 0; j < map->inputs; j++) {
        r[j] = map->c[j].r;
        any |= !isnan(r[j]);
    }
    regions_measure(&(struct regions_map){.units = units,
                                          .rows = (size_t)map->rows,
                                          .cols = (size_t)map->cols,
                                          .inputs = map->inputs,
                                          .at = cut != NULL ? cut->at : NULL,
                                          .x = scope->pool.x,
                                          .y = scope->pool.y,
                                          .bias_x = pass->bias_x,
                                          .bias_y = pass->bias_y,
                                          .r = r},
                    c->region);
    free(r);
    c->map_causes = any ? 0
                        : cause_of_inputs(map->pairs, map->inputs,
                                          cause_of_scope(&scope->pool.pairs, &scope->counts));
    if (cut != NULL)
        map_spread(map, cut);
    return 0;
}

/* The map, and what is needed of x and y after the tensor. */
static int use_tensor(struct pass *pass, size_t t, const struct scope *scope, struct error *error) {
    const struct correlations *c = pass->c;
    const struct pool *pool = &scope->pool;
    if (t == c->map.tensor && finish_map(pass, scope, error) != 0)
        return -1;
    if (pool->added == 0)
        return 0;
    if (is_bias_of_map(c, params_tensor(&c->params, t)) &&
        (copy(pool->x, pool->added, &pass->bias_x, error) != 0 ||
         copy(pool->y, pool->added, &pass->bias_y, error) != 0))
        return -1;
    return c->draws.count > 0 ? copy(pool->y, pool->added, &pass->member[t].y, error) : 0;
}

/* What a scope lacks, once its r is there. */
static void note_lacks(const struct scope *scope, struct correlation *row) {
    const unsigned no_r = cause_of_scope(&scope->pool.pairs, &scope->counts);
    row->causes = row->a.gaps && no_r == 0 ? cause_bit(CAUSE_GAPS) : no_r;
    row->unranked = !pool_kept(&scope->pool);
}

static int finish_tensor(struct pass *pass, size_t t, struct scope *scope, struct error *error) {
    struct correlations *c = pass->c;
    const struct st_tensor *tensor = params_tensor(&c->params, t);
    struct correlation *row = pass->member[t].row;
    struct association part[TWOWAY_PARTS];
    for (size_t k = 0; k < TWOWAY_PARTS; k++)
        part[k] = association_none();
    const size_t units = tensor->rank > 0 ? (size_t)tensor->shape[0] : 1;
    if (use_tensor(pass, t, scope, error) != 0 ||
        associate_tensor(&scope->pool, tensor->rank, units, (size_t)inputs_of(c, tensor), &c->plan,
                         part, error) != 0)
        return -1;
    for (size_t k = 0; k < parts_of(tensor); k++)
        row[k].a = part[k];
    note_lacks(scope, row);
    return 0;
}

static int read_tensor(struct pass *pass, size_t t, struct error *error) {
    const struct st_tensor *tensor = params_tensor(&pass->c->params, t);
    const uint64_t elements = elements_of(pass->c, tensor);
    struct scope scope = {.pool.expected = elements, .counts.parameters = elements},
                 *common = common_scope(pass, tensor);
    const size_t size = 6 * strlen(tensor->name) + 64; /* escaped, and whole */
    char *name = malloc(size);
    if (name == NULL)
        return error_errno(error, "a name of %zu bytes", strlen(tensor->name));
    escape_fit(tensor->name, name, size);
    pass->reading = (struct reading){
        .name = name, .inputs = inputs_for(&pass->c->inputs, tensor), .scopes = {&scope, common}};
    pass->reading.kept = is_kept(pass, t, &scope, common);
    int result = params_each(&pass->files, t, error);
    free(name);
    if (result == 0 && pass->queue.count > 0)
        result = add_queue(pass, error);
    if (result == 0)
        result = finish_tensor(pass, t, &scope, error);
    pool_free(&scope.pool);
    if (common == &pass->common[BIASES]) {
        pass->strata[pass->strata_count++] = (size_t)common->pool.pairs.n;
        pass->strata_flat &= tensor->rank <= 1;
    }
    return result;
}

/* --- all tensors ------------------------------------------------------------------------------ */

static struct correlation new_row(const char *scope, const char *part, bool nested) {
    return (struct correlation){.scope = scope,
                                .part = part,
                                .valid = nested ? "no" : "iid",
                                .a = association_none(),
                                .p_null = NAN};
}

/* A row for each scope and part, in the order of the table. */
static int start_rows(struct pass *pass, struct error *error) {
    static const char *const parts[TWOWAY_PARTS] = {"all", "units", "inputs", "centred"};
    struct correlations *c = pass->c;
    const size_t tensors = c->params.tensors;
    size_t rows = COMMON;
    for (size_t t = 0; t < tensors; t++)
        rows += parts_of(params_tensor(&c->params, t));
    pass->member = calloc(tensors + 1, sizeof *pass->member);
    pass->strata = calloc(tensors + 1, sizeof *pass->strata);
    c->row = calloc(rows, sizeof *c->row);
    if (pass->member == NULL || pass->strata == NULL || c->row == NULL)
        return error_errno(error, "%zu tensors", tensors);
    c->row[c->rows++] = new_row("biases", "all", false);
    c->row[c->rows++] = new_row("weights", "all", true);
    for (size_t t = 0; t < tensors; t++) {
        const struct st_tensor *tensor = params_tensor(&c->params, t);
        struct scope *common = common_scope(pass, tensor);
        if (common != NULL) {
            common->pool.expected += elements_of(c, tensor);
            common->counts.parameters += elements_of(c, tensor);
        }
        pass->member[t].row = &c->row[c->rows];
        for (size_t k = 0; k < parts_of(tensor); k++)
            c->row[c->rows++] =
                new_row(tensor->name, parts[k], tensor->rank >= 2 && k != TWOWAY_UNITS);
    }
    return 0;
}

static int finish_common(struct pass *pass, size_t k, struct error *error) {
    struct scope *scope = &pass->common[k];
    struct correlation *row = &pass->c->row[k];
    const size_t strata = k == BIASES && pass->strata_flat ? pass->strata_count : 0;
    if (associate_pairs(&scope->pool, pass->strata, strata, &pass->c->plan, &row->a, error) != 0)
        return -1;
    note_lacks(scope, row);
    return 0;
}

static int read_all(struct pass *pass, struct error *error) {
    struct correlations *c = pass->c;
    if (c->points != NULL && output_text(c->points, error, "tensor\tunit\tinput\tx\ty\n") != 0)
        return -1;
    if (start_rows(pass, error) != 0)
        return -1;
    for (size_t t = 0; t < c->params.tensors; t++)
        if (read_tensor(pass, t, error) != 0)
            return -1;
    if (params_finish(&c->params, error) != 0 || finish_common(pass, BIASES, error) != 0)
        return -1;
    return finish_common(pass, WEIGHTS, error);
}

/* --- draws under a null hypothesis ------------------------------------------------------------ */

/* Whether the biases of all layers are to be permuted in each draw. */
static bool permutes_biases(const struct pass *pass) {
    const struct correlations *c = pass->c;
    return c->draws.units.permutations > 0 && pass->strata_flat &&
           pass->common[BIASES].pool.expected <= ASSOCIATE_MAX / c->draws.count;
}

static int read_draws(struct pass *pass, const struct st_tensor *drawn, struct error *error) {
    struct correlations *c = pass->c;
    const struct st_file *file = &c->params.file[0];
    const struct st_tensor *tensor = st_find(file, drawn->name);
    struct member *member = &pass->member[tensor - file->tensor];
    struct scope *common = common_scope(pass, drawn);
    const bool parts = drawn->rank == 4;
    struct draws_r *part[TWOWAY_PARTS] = {NULL};
    if (common != NULL)
        common->complete &= !member->row->unranked;
    const bool kept = common == &pass->common[BIASES] && permutes_biases(pass);
    const int result =
        draws_read(&c->draws, drawn, inputs_for(&c->inputs, tensor), member->y, parts, part,
                   common != NULL ? &common->drawn : NULL, kept ? &member->drawn_x : NULL, error);
    for (size_t k = 0; k < (parts ? TWOWAY_PARTS : 1); k++)
        member->row[k].draws = part[k];
    if (!kept) {
        free(member->y);
        member->y = NULL;
    }
    return result;
}

/* r of a common scope in each draw. */
static int join_draws(const struct scope *scope, struct correlation *row, size_t draws,
                      struct error *error) {
    if (!scope->complete)
        return 0;
    row->draws = calloc(draws, sizeof *row->draws);
    if (row->draws == NULL)
        return error_errno(error, "%zu draws", draws);
    for (size_t k = 0; k < draws; k++) {
        const struct stat_pairs none = {0},
                                *pairs = scope->drawn != NULL ? scope->drawn + k : &none;
        const struct stat_correlation c = stat_correlate(pairs);
        row->draws[k] = (struct draws_r){c.r, c.log_p, NAN};
    }
    return 0;
}

/* The defined pairs of the biases in a draw, and where each tensor's end. */
static size_t drawn_pairs(const struct pass *pass, size_t draw, double *x, double *y,
                          size_t *ends) {
    const struct params *params = &pass->c->params;
    size_t strata = 0, n = 0;
    for (size_t t = 0; t < params->tensors; t++) {
        const struct member *member = &pass->member[t];
        const size_t elements = (size_t)params_tensor(params, t)->elements;
        if (member->drawn_x == NULL)
            continue;
        for (size_t i = 0; i < elements; i++) {
            x[n + i] = member->drawn_x[draw * elements + i];
            y[n + i] = member->y[i];
        }
        ends[strata++] = n += stat_defined(x + n, y + n, elements);
    }
    return strata;
}

static int permute_drawn_biases(const struct pass *pass, struct draws_r *drawn,
                                struct error *error) {
    const struct correlations *c = pass->c;
    const struct association_plan *plan = &c->draws.units;
    const size_t expected = (size_t)pass->common[BIASES].pool.expected;
    if (drawn == NULL || !permutes_biases(pass))
        return 0;
    double *x = malloc(2 * (expected + 1) * sizeof *x);
    int result = x != NULL ? 0 : error_errno(error, "%zu parameters", expected);
    for (size_t k = 0; k < c->draws.count && result == 0; k++) {
        const size_t strata = drawn_pairs(pass, k, x, x + expected, pass->strata);
        result = permute_pairs(x, x + expected, pass->strata, strata, plan->permutations,
                               plan->seed, &drawn[k].p_units, error);
    }
    free(x);
    return result;
}

static int read_all_draws(struct pass *pass, struct error *error) {
    struct correlations *c = pass->c;
    if (c->draws.count == 0)
        return 0;
    c->draws.units =
        (struct association_plan){.permutations = c->null_units ? c->plan.permutations : 0,
                                  .seed = c->plan.seed,
                                  .unranked = true};
    for (size_t i = 0; i < c->draws.file.tensors; i++)
        if (read_draws(pass, c->draws.order[i], error) != 0)
            return -1;
    if (draws_finish(&c->draws, error) != 0)
        return -1;
    for (size_t k = 0; k < COMMON; k++)
        if (join_draws(&pass->common[k], &c->row[k], c->draws.count, error) != 0)
            return -1;
    if (permute_drawn_biases(pass, c->row[BIASES].draws, error) != 0)
        return -1;
    for (struct correlation *row = c->row; row < c->row + c->rows; row++) {
        if (row->draws == NULL || isnan(row->a.c.r))
            continue;
        row->p_null = draws_p(row->draws, c->draws.count, row->a.c.r);
        row->causes |= isnan(row->p_null) ? cause_bit(CAUSE_NO_DRAWS) : 0;
    }
    return 0;
}

static void free_pass(struct pass *pass) {
    for (size_t k = 0; k < COMMON; k++) {
        pool_free(&pass->common[k].pool);
        free(pass->common[k].drawn);
    }
    for (size_t t = 0; t < pass->c->params.tensors && pass->member != NULL; t++) {
        free(pass->member[t].y);
        free(pass->member[t].drawn_x);
    }
    params_pass_free(&pass->files);
    free(pass->member);
    free(pass->strata);
    free(pass->bias_x);
    free(pass->bias_y);
    free(pass);
}

int correlations_compute(struct correlations *c, struct error *error) {
    struct pass *pass = calloc(1, sizeof *pass);
    if (pass == NULL)
        return error_errno(error, "%s", c->params.file[0].input.name);
    pass->c = c;
    pass->files = (struct params_pass){.params = &c->params,
                                       .jobs = c->jobs,
                                       .work = work_on_piece,
                                       .join = join_piece,
                                       .data = pass,
                                       .own = sizeof(struct work)};
    pass->strata_flat = true;
    for (size_t k = 0; k < COMMON; k++)
        pass->common[k].complete = true;
    const int result = read_all(pass, error) != 0 ? -1 : read_all_draws(pass, error);
    free_pass(pass);
    return result;
}

void correlations_close(struct correlations *c) {
    for (size_t i = 0; i < c->rows; i++)
        free(c->row[i].draws);
    free(c->row);
    params_close(&c->params);
    inputs_close(&c->inputs);
    draws_close(&c->draws);
    map_close(&c->map);
}
