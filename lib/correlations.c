/* The pass over four parameter files. */
#include "engram/correlations.h"

#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engram/cause.h"
#include "engram/escape.h"
#include "engram/permute.h"
#include "engram/tally.h"
#include "lanes.h"

enum { BIASES, WEIGHTS, NAMED, COMMON = NAMED + CORRELATIONS_PATTERNS };

/* Of a tensor; or common to several. */
struct scope {
    struct pool pool;
    struct cause_counts counts;
    /* Of a common one: */
    const char *name;
    bool *has;    /* [tensors] */
    bool vectors; /* all that it has */
    bool permuted;
    size_t *strata; /* [strata_count] where each of its tensors ends among the pairs */
    size_t strata_count;
    struct draws_joined drawn;
    bool complete; /* no tensor of it was too large to be kept */
};

/* A tensor: its rows, and its y where draws need it. */
struct member {
    size_t row;      /* the first: all, and of a matrix units, inputs, centred */
    double *y;       /* [elements], or NULL */
    double *drawn_x; /* [draws][elements] if some scope permutes its draws, or NULL */
};

/* A tensor that is being read: its name, escaped; the inputs it is cut to, or NULL; the tensor's
 * scope and the common ones, up to a NULL; whether x and y are needed when it is joined; how many
 * have been. */
struct reading {
    char *name;
    const struct inputs *inputs;
    struct scope *const *scopes;
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
    struct scope common[COMMON];    /* [c->scopes] biases, weights, those of patterns */
    struct scope *list[COMMON + 2]; /* of the tensor being read */
    struct member *member;          /* [tensors] */
    double *bias_x, *bias_y;        /* [units] of the bias of the map's weights, or NULL */
    struct params_pass files;
    struct reading reading;
    struct queue queue;
};

/* The last part of a name, behind its dots and slashes. */
static const char *last_part(const char *name) {
    const char *part = name;
    for (; *name != '\0'; name++)
        if (*name == '.' || *name == '/')
            part = name + 1;
    return part;
}

static bool is_named_bias(const char *name) {
    return strcmp(last_part(name), "bias") == 0;
}

/* As PyTorch, Keras and Flax call them. */
static bool is_named_weight(const char *name) {
    static const char *const words[] = {"weight", "kernel", "embedding", "scale"};
    bool found = false;
    for (size_t w = 0; w < sizeof words / sizeof *words; w++)
        found |= strcmp(last_part(name), words[w]) == 0;
    return found;
}

/* Whether a tensor belongs to common scope `k`, by its name. */
static bool belongs(const struct correlations *c, size_t k, const char *scope, const char *name) {
    bool redefined = false, matches = false;
    for (size_t p = 0; p < c->patterns; p++)
        if (strcmp(c->pattern[p].name, scope) == 0) {
            redefined = true;
            matches |= fnmatch(c->pattern[p].glob, name, 0) == 0;
        }
    return redefined ? matches : k == BIASES ? is_named_bias(name) : is_named_weight(name);
}

/* Lists the common scopes of tensor `t` behind one of its own. */
static void list_scopes(struct pass *pass, size_t t, struct scope *own) {
    struct scope **list = pass->list;
    *list++ = own;
    for (size_t k = 0; k < pass->c->scopes; k++)
        if (pass->common[k].has[t])
            *list++ = &pass->common[k];
    *list = NULL;
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

/* Adds a block to the tensor's scope and the common ones. */
static int add_block(struct scope *const *scopes, const struct block *block, struct error *error) {
    for (size_t k = 0; scopes[k] != NULL; k++) {
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

static bool is_kept(const struct pass *pass, size_t t) {
    bool kept = pass->reading.inputs != NULL || pass->c->points != NULL || t == pass->c->map.tensor;
    for (struct scope *const *scope = pass->reading.scopes; *scope != NULL; scope++)
        kept |= pool_kept(&(*scope)->pool);
    return kept;
}

/* --- a tensor --------------------------------------------------------------------------------- */

/* Whether a tensor is the bias of the map's weights: named so, with a number for each unit. */
static bool is_bias_of_map(const struct correlations *c, const struct st_tensor *tensor) {
    if (c->map.tensor == SIZE_MAX || !is_named_bias(tensor->name))
        return false;
    const struct st_tensor *weights = params_tensor(&c->params, c->map.tensor);
    const size_t layer = strlen(tensor->name) - strlen("bias");
    return is_named_weight(weights->name) &&
           (size_t)(last_part(weights->name) - weights->name) == layer &&
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
    struct correlation *row = &c->row[pass->member[t].row];
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
    struct scope scope = {.pool.expected = elements, .counts.parameters = elements};
    const size_t size = 6 * strlen(tensor->name) + 64; /* escaped, and whole */
    char *name = malloc(size);
    if (name == NULL)
        return error_errno(error, "a name of %zu bytes", strlen(tensor->name));
    escape_fit(tensor->name, name, size);
    list_scopes(pass, t, &scope);
    pass->reading = (struct reading){
        .name = name, .inputs = inputs_for(&pass->c->inputs, tensor), .scopes = pass->list};
    pass->reading.kept = is_kept(pass, t);
    int result = params_each(&pass->files, t, error);
    free(name);
    if (result == 0 && pass->queue.count > 0)
        result = add_queue(pass, error);
    if (result == 0)
        result = finish_tensor(pass, t, &scope, error);
    pool_free(&scope.pool);
    for (struct scope **common = pass->list + 1; *common != NULL; common++)
        (*common)->strata[(*common)->strata_count++] = (size_t)(*common)->pool.pairs.n;
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

/* Biases, weights, and those that only patterns name, in the order of their first. */
static void name_common(struct pass *pass) {
    struct correlations *c = pass->c;
    pass->common[c->scopes++].name = "biases";
    pass->common[c->scopes++].name = "weights";
    for (size_t p = 0; p < c->patterns; p++) {
        size_t k = 0;
        while (k < c->scopes && strcmp(pass->common[k].name, c->pattern[p].name) != 0)
            k++;
        if (k == c->scopes)
            pass->common[c->scopes++].name = c->pattern[p].name;
    }
}

static int find_members(struct pass *pass, size_t k, struct error *error) {
    struct correlations *c = pass->c;
    const size_t tensors = c->params.tensors;
    struct scope *scope = &pass->common[k];
    scope->has = calloc(tensors + 1, sizeof *scope->has);
    scope->strata = calloc(tensors + 1, sizeof *scope->strata);
    if (scope->has == NULL || scope->strata == NULL)
        return error_errno(error, "%zu tensors", tensors);
    scope->vectors = scope->complete = true;
    bool any = false;
    for (size_t t = 0; t < tensors; t++) {
        const struct st_tensor *tensor = params_tensor(&c->params, t);
        scope->has[t] = belongs(c, k, scope->name, tensor->name);
        if (!scope->has[t])
            continue;
        any = true;
        scope->vectors &= tensor->rank <= 1;
        scope->pool.expected += elements_of(c, tensor);
        scope->counts.parameters += elements_of(c, tensor);
    }
    scope->permuted = scope->vectors && k != WEIGHTS;
    struct correlation *row = &c->row[c->rows++];
    *row = new_row(scope->name, "all", k == WEIGHTS || (k != BIASES && !scope->vectors));
    row->empty = !any;
    return 0;
}

/* A row for each scope and part, in the order of the table. */
static int start_rows(struct pass *pass, struct error *error) {
    static const char *const parts[TWOWAY_PARTS] = {"all", "units", "inputs", "centred"};
    struct correlations *c = pass->c;
    const size_t tensors = c->params.tensors;
    name_common(pass);
    size_t rows = c->scopes;
    for (size_t t = 0; t < tensors; t++)
        rows += parts_of(params_tensor(&c->params, t));
    pass->member = calloc(tensors + 1, sizeof *pass->member);
    c->row = calloc(rows, sizeof *c->row);
    if (pass->member == NULL || c->row == NULL)
        return error_errno(error, "%zu tensors", tensors);
    for (size_t k = 0; k < c->scopes; k++)
        if (find_members(pass, k, error) != 0)
            return -1;
    for (size_t t = 0; t < tensors; t++) {
        const struct st_tensor *tensor = params_tensor(&c->params, t);
        pass->member[t].row = c->rows;
        for (size_t k = 0; k < parts_of(tensor); k++)
            c->row[c->rows++] =
                new_row(tensor->name, parts[k], tensor->rank >= 2 && k != TWOWAY_UNITS);
    }
    return 0;
}

static int finish_common(struct pass *pass, size_t k, struct error *error) {
    struct scope *scope = &pass->common[k];
    struct correlation *row = &pass->c->row[k];
    const size_t strata = scope->permuted ? scope->strata_count : 0;
    if (associate_pairs(&scope->pool, scope->strata, strata, &pass->c->plan, &row->a, error) != 0)
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
    if (params_finish(&c->params, error) != 0)
        return -1;
    for (size_t k = 0; k < c->scopes; k++)
        if (finish_common(pass, k, error) != 0)
            return -1;
    return 0;
}

/* --- draws under a null hypothesis ------------------------------------------------------------ */

/* Whether a common scope is to be permuted in each draw. */
static bool permutes_draws(const struct pass *pass, const struct scope *scope) {
    const struct correlations *c = pass->c;
    return c->draws.units.permutations > 0 && scope->permuted &&
           scope->pool.expected <= ASSOCIATE_MAX / c->draws.count;
}

static int read_draws(struct pass *pass, const struct st_tensor *drawn, struct error *error) {
    struct correlations *c = pass->c;
    const struct st_file *file = &c->params.file[0];
    const struct st_tensor *tensor = st_find(file, drawn->name);
    struct member *member = &pass->member[tensor - file->tensor];
    struct correlation *row = &c->row[member->row];
    const bool parts = drawn->rank == 4;
    struct draws_r *part[TWOWAY_PARTS] = {NULL};
    struct draws_joined *joined[COMMON + 1];
    size_t scopes = 0;
    bool kept = false;
    for (size_t k = 0; k < c->scopes; k++) {
        struct scope *common = &pass->common[k];
        if (!common->has[tensor - file->tensor])
            continue;
        common->complete &= !row->unranked;
        kept |= permutes_draws(pass, common);
        joined[scopes++] = &common->drawn;
    }
    joined[scopes] = NULL;
    const int result = draws_read(&c->draws, drawn, inputs_for(&c->inputs, tensor), member->y,
                                  parts, part, joined, kept ? &member->drawn_x : NULL, error);
    for (size_t k = 0; k < (parts ? TWOWAY_PARTS : 1); k++)
        row[k].draws = part[k];
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
        const struct stat_pairs none = {0}, *pairs = scope->drawn.pairs != NULL
                                                         ? scope->drawn.pairs + k
                                                         : &none;
        const struct stat_correlation c = stat_correlate(pairs);
        row->draws[k] = (struct draws_r){c.r, c.log_p, NAN};
    }
    return 0;
}

/* The defined pairs of a scope in a draw, and where each tensor's end. */
static size_t drawn_pairs(const struct pass *pass, const struct scope *scope, size_t draw,
                          double *x, double *y, size_t *ends) {
    const struct params *params = &pass->c->params;
    size_t strata = 0, n = 0;
    for (size_t t = 0; t < params->tensors; t++) {
        const struct member *member = &pass->member[t];
        const size_t elements = (size_t)params_tensor(params, t)->elements;
        if (!scope->has[t] || member->drawn_x == NULL)
            continue;
        for (size_t i = 0; i < elements; i++) {
            x[n + i] = member->drawn_x[draw * elements + i];
            y[n + i] = member->y[i];
        }
        ends[strata++] = n += stat_defined(x + n, y + n, elements);
    }
    return strata;
}

static int permute_drawn(const struct pass *pass, const struct scope *scope, struct draws_r *drawn,
                         struct error *error) {
    const struct correlations *c = pass->c;
    const struct association_plan *plan = &c->draws.units;
    const size_t expected = (size_t)scope->pool.expected;
    if (!permutes_draws(pass, scope))
        return 0;
    double *x = malloc(2 * (expected + 1) * sizeof *x);
    int result = x != NULL ? 0 : error_errno(error, "%zu parameters", expected);
    for (size_t k = 0; k < c->draws.count && result == 0; k++) {
        const size_t strata = drawn_pairs(pass, scope, k, x, x + expected, scope->strata);
        result = permute_pairs(x, x + expected, scope->strata, strata, plan->permutations,
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
    for (size_t k = 0; k < c->scopes; k++)
        if (join_draws(&pass->common[k], &c->row[k], c->draws.count, error) != 0 ||
            permute_drawn(pass, &pass->common[k], c->row[k].draws, error) != 0)
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
    for (size_t k = 0; k < pass->c->scopes; k++) {
        pool_free(&pass->common[k].pool);
        free(pass->common[k].has);
        free(pass->common[k].strata);
        free(pass->common[k].drawn.pairs);
    }
    for (size_t t = 0; t < pass->c->params.tensors && pass->member != NULL; t++) {
        free(pass->member[t].y);
        free(pass->member[t].drawn_x);
    }
    params_pass_free(&pass->files);
    free(pass->member);
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
