/* Correlations of draws under a null hypothesis, from a stream. */
#include "engram/draws.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engram/checkpoint.h"
#include "engram/grow.h"
#include "engram/permute.h"
#include "engram/tally.h"

enum { BLOCK = PARAMS_BLOCK };

/* So that draws can be counted in memory. */
static const uint64_t MAX_DRAWS = 1 << 28;

static int another_shape(const struct st_file *file, const struct st_tensor *drawn,
                         const struct st_file *other, const struct st_tensor *tensor,
                         struct error *error) {
    char here[ST_SHAPE_SIZE], there[ST_SHAPE_SIZE];
    st_shape(drawn, here);
    st_shape(tensor, there);
    return st_tensor_error(file, drawn->name, error,
                           "is %s here, not [draws,2] before %s, its shape in %s", here, there,
                           other->input.name);
}

static int check_tensor(struct draws *draws, const struct st_file *other,
                        const struct st_tensor *tensor, struct error *error) {
    const struct st_file *file = &draws->file;
    const struct st_tensor *drawn = st_find(file, tensor->name);
    if (drawn == NULL)
        return st_tensor_error(file, tensor->name, error, "is missing; %s has it",
                               other->input.name);
    if (drawn->rank != tensor->rank + 2 || drawn->shape[1] != 2 ||
        (tensor->rank > 0 &&
         memcmp(drawn->shape + 2, tensor->shape, tensor->rank * sizeof *tensor->shape) != 0))
        return another_shape(file, drawn, other, tensor, error);
    if (!st_is_number(drawn->dtype))
        return st_tensor_error(file, tensor->name, error, "%s cannot be read as numbers",
                               st_dtype_name(drawn->dtype));
    if (drawn->shape[0] == 0 || drawn->shape[0] > MAX_DRAWS)
        return st_tensor_error(file, tensor->name, error, "has %s draws",
                               drawn->shape[0] == 0 ? "no" : "too many");
    if (draws->count != 0 && drawn->shape[0] != draws->count)
        return st_tensor_error(file, tensor->name, error,
                               "has %" PRIu64 " draws; the tensors before have %zu",
                               drawn->shape[0], draws->count);
    draws->count = (size_t)drawn->shape[0];
    return 0;
}

static int by_begin(const void *a, const void *b) {
    const struct st_tensor *s = *(const struct st_tensor *const *)a,
                           *t = *(const struct st_tensor *const *)b;
    if (s->shard != t->shard)
        return s->shard < t->shard ? -1 : 1;
    return s->begin < t->begin ? -1 : s->begin > t->begin;
}

static int find_order(struct draws *draws, struct error *error) {
    const size_t tensors = draws->file.tensors;
    draws->order = calloc(tensors + 1, sizeof(struct st_tensor *));
    if (draws->order == NULL)
        return error_errno(error, "%s", draws->file.input.name);
    for (size_t t = 0; t < tensors; t++)
        draws->order[t] = &draws->file.tensor[t];
    qsort(draws->order, tensors, sizeof(struct st_tensor *), by_begin);
    return 0;
}

/* Those that the parameter files leave out. */
static int leave_out(struct st_file *file, const struct st_file *other, struct error *error) {
    bool *out = calloc(file->tensors + 1, sizeof *out);
    if (out == NULL)
        return error_errno(error, "%s", file->input.name);
    for (size_t t = 0; t < file->tensors; t++)
        out[t] = st_find_left_out(other, file->tensor[t].name) != NULL;
    const int result = st_leave_out(file, out, ST_NO_NUMBER, error);
    free(out);
    return result;
}

static int check(struct draws *draws, const struct params *params, struct error *error) {
    struct st_file *file = &draws->file;
    const struct st_file *other = &params->file[0];
    if (other->left_out > 0 && leave_out(file, other, error) != 0)
        return -1;
    for (size_t t = 0; t < params->tensors; t++)
        if (check_tensor(draws, other, params_tensor(params, t), error) != 0)
            return -1;
    for (size_t t = 0; t < file->tensors; t++)
        if (st_find(other, file->tensor[t].name) == NULL)
            return st_tensor_error(other, file->tensor[t].name, error, "is missing; %s has it",
                                   file->input.name);
    if (file->data_size == 0)
        return error_set(error, "%s: no %s, so no draws", file->input.name,
                         file->tensors == 0 ? "tensors" : "numbers");
    if (!draws->any && tally_check_file(file, error) != 0)
        return -1;
    return find_order(draws, error);
}

int draws_open(struct draws *draws, const char *path, bool any, const struct params *params,
               struct st_selection *selection, struct error *error) {
    *draws = (struct draws){.file.input.fd = -1, .any = any};
    if (checkpoint_open(&draws->file, path, error) != 0)
        return -1;
    if ((selection == NULL || selection_apply(selection, &draws->file, error) == 0) &&
        check(draws, params, error) == 0)
        return 0;
    draws_close(draws);
    return -1;
}

/* --- the numbers ------------------------------------------------------------------------------ */

/* What the draws of a tensor need. */
struct work {
    struct draws *draws;
    const struct st_tensor *drawn;
    const struct inputs *inputs;          /* that it is cut to, or NULL */
    size_t stored;                        /* elements of a draw in the file */
    size_t rank, rows, columns, elements; /* of a draw, cut */
    uint64_t offset;                      /* bytes of the tensor's data read */
    const double *y;                      /* [elements] */
    double *x;                            /* [stored] of the draw, cut, then split */
    double *spare[2]; /* [stored] copies of x and y, where something is undefined; the first, a */
    double *residual; /* [elements] y split */
    bool complete;    /* y is defined everywhere, and so split: */
    struct twoway split_x, split_y;
    unsigned char bytes[BLOCK * sizeof(double)];
};

/* The draws of a tensor as the caller has them: draws_read. */
struct drawn {
    struct draws_r **part; /* [parts] */
    size_t parts;
    struct draws_joined *const *joined;
    double **x;
    size_t room; /* draws that fit */
};

static int next_block(struct work *work, double *values, size_t count, struct error *error) {
    const enum st_dtype dtype = work->drawn->dtype;
    const size_t size = count * (st_dtype_bits(dtype) / 8);
    if (st_read(&work->draws->file, work->drawn, work->offset, work->bytes, size, error) != 0)
        return -1;
    work->offset += size;
    st_to_double(dtype, work->bytes, values, count);
    return 0;
}

static size_t block_at(size_t elements, size_t start) {
    return elements - start < BLOCK ? elements - start : BLOCK;
}

/* Refuses negative numbers in the block that has been read last, of b, and in that of a. */
static int check_block(const struct work *work, const double *a, const double *b, size_t count,
                       struct error *error) {
    const struct st_file *file = &work->draws->file;
    const size_t width = st_dtype_bits(work->drawn->dtype) / 8;
    const uint64_t start = work->offset / width - count;
    return tally_check(file, work->drawn, start - work->stored, a, count, error) != 0
               ? -1
               : tally_check(file, work->drawn, start, b, count, error);
}

/* Reads a, then b, and makes x of them. */
static int read_draw(struct work *work, struct error *error) {
    double b[BLOCK], *a = work->spare[0];
    for (size_t start = 0; start < work->stored; start += BLOCK)
        if (next_block(work, a + start, block_at(work->stored, start), error) != 0)
            return -1;
    for (size_t start = 0; start < work->stored; start += BLOCK) {
        const size_t count = block_at(work->stored, start);
        if (next_block(work, b, count, error) != 0 ||
            (tally_shares(a + start, b, work->x + start, count) && !work->draws->any &&
             check_block(work, a + start, b, count, error) != 0))
            return -1;
    }
    if (work->inputs != NULL)
        inputs_compact(work->inputs, 0, work->x, work->stored);
    return 0;
}

/* --- what draws leave ------------------------------------------------------------------------- */

static void set_parts(const struct twoway *x, const struct twoway *y, size_t draw,
                      struct draws_r *const part[TWOWAY_PARTS],
                      const double products[TWOWAY_PARTS]) {
    for (enum twoway_part p = TWOWAY_UNITS; p < TWOWAY_PARTS && part[p] != NULL; p++) {
        const struct stat_correlation c = twoway_correlate(x, y, products, p);
        part[p][draw] = (struct draws_r){.r = c.r, .log_p = c.log_p};
    }
}

/* All pairs are defined, as nearly always: everything follows from x split. */
static struct stat_pairs complete_draw(struct work *work, size_t draw,
                                       struct draws_r *const part[TWOWAY_PARTS]) {
    struct twoway *x = &work->split_x, *y = &work->split_y;
    const double first_x = work->x[0];
    double products[TWOWAY_PARTS];
    twoway_split_again(x);
    twoway_products(x, y, products);
    set_parts(x, y, draw, part, products);
    return (struct stat_pairs){.n = work->elements,
                               .ex = x->exponent,
                               .ey = y->exponent,
                               .mean_x = x->mean,
                               .mean_y = y->mean,
                               .sxx = x->squares[TWOWAY_ALL],
                               .syy = y->squares[TWOWAY_ALL],
                               .sxy = products[TWOWAY_ALL],
                               .first_x = first_x,
                               .first_y = work->y[0],
                               .varies_x = x->squares[TWOWAY_ALL] > 0,
                               .varies_y = y->squares[TWOWAY_ALL] > 0};
}

/* The parts over what is complete in this draw. */
static int incomplete_parts(struct work *work, size_t draw,
                            struct draws_r *const part[TWOWAY_PARTS], struct error *error) {
    double *const *spare = work->spare, products[TWOWAY_PARTS];
    struct twoway_kept kept;
    struct twoway x, y = {0};
    memcpy(spare[0], work->x, work->elements * sizeof *work->x);
    memcpy(spare[1], work->y, work->elements * sizeof *work->y);
    if (twoway_keep(&kept, work->x, work->y, work->rows, work->columns, error) != 0)
        return -1;
    twoway_compact(&kept, spare[0], work->columns);
    twoway_compact(&kept, spare[1], work->columns);
    int result = twoway_split(&x, spare[0], kept.units, kept.inputs, error);
    if (result == 0 && (result = twoway_split(&y, spare[1], kept.units, kept.inputs, error)) == 0) {
        twoway_products(&x, &y, products);
        set_parts(&x, &y, draw, part, products);
    }
    twoway_free(&x);
    twoway_free(&y);
    twoway_free_kept(&kept);
    return result;
}

static void join(const struct drawn *drawn, size_t draw, const struct stat_pairs *pairs) {
    for (struct draws_joined *const *joined = drawn->joined; *joined != NULL; joined++)
        stat_pairs_join(&(*joined)->pairs[draw], pairs);
}

static int plain_draw(struct work *work, size_t draw, const struct drawn *drawn,
                      struct error *error) {
    struct draws_r *const *part = drawn->part;
    struct stat_pairs pairs;
    if (work->complete && stat_finite(work->x, work->elements))
        pairs = complete_draw(work, draw, part);
    else {
        if (part[TWOWAY_UNITS] != NULL && incomplete_parts(work, draw, part, error) != 0)
            return -1;
        pairs =
            stat_pairs_defined(work->x, work->y, work->elements, work->spare[0], work->spare[1]);
    }
    const struct stat_correlation c = stat_correlate(&pairs);
    part[TWOWAY_ALL][draw] = (struct draws_r){.r = c.r, .log_p = c.log_p};
    join(drawn, draw, &pairs);
    return 0;
}

static int add_blocks(struct work *work, struct pool *pool, size_t draw, const struct drawn *drawn,
                      struct error *error) {
    for (size_t start = 0; start < work->elements; start += BLOCK) {
        const size_t count = block_at(work->elements, start);
        const struct stat_pairs pairs = stat_pairs_defined(work->x + start, work->y + start, count,
                                                           work->spare[0], work->spare[1]);
        if (pool_add(pool, work->x + start, work->y + start, count, &pairs, error) != 0)
            return -1;
        join(drawn, draw, &pairs);
    }
    return 0;
}

/* The draw as a tensor of its own files, with permutations. */
static int permuted_draw(struct work *work, size_t draw, const struct drawn *drawn,
                         struct error *error) {
    struct draws_r *const *part = drawn->part;
    struct pool pool = {.expected = work->elements};
    struct association a[TWOWAY_PARTS];
    for (size_t k = 0; k < TWOWAY_PARTS; k++)
        a[k] = association_none();
    int result = add_blocks(work, &pool, draw, drawn, error);
    if (result == 0)
        result = associate_tensor(&pool, work->rank, work->rows, work->columns, &work->draws->units,
                                  a, error);
    pool_free(&pool);
    for (size_t k = 0; k < TWOWAY_PARTS && part[k] != NULL; k++)
        part[k][draw] = (struct draws_r){a[k].c.r, a[k].c.log_p, a[k].p_units};
    return result;
}

static int one_draw(struct work *work, size_t draw, const struct drawn *drawn,
                    struct error *error) {
    if (read_draw(work, error) != 0)
        return -1;
    if (drawn->x != NULL)
        memcpy(*drawn->x + draw * work->elements, work->x, work->elements * sizeof *work->x);
    return (work->draws->units.permutations > 0 ? permuted_draw : plain_draw)(work, draw, drawn,
                                                                              error);
}

/* Room for so many of all draws. */
static int make_room(struct drawn *drawn, size_t elements, size_t needed, size_t draws,
                     struct error *error) {
    const size_t before = drawn->room;
    bool grown = true;
    size_t room = before;
    for (size_t p = 0; p < drawn->parts && grown; p++) {
        room = before;
        struct draws_r *part = grow(drawn->part[p], &room, needed, draws, sizeof *part);
        grown = part != NULL;
        drawn->part[p] = grown ? part : drawn->part[p];
    }
    for (size_t s = 0; drawn->joined[s] != NULL && grown; s++) {
        struct draws_joined *joined = drawn->joined[s];
        const size_t zeroed = joined->room;
        struct stat_pairs *pairs = grow(joined->pairs, &joined->room, room, draws, sizeof *pairs);
        grown = pairs != NULL;
        joined->pairs = grown ? pairs : joined->pairs;
        if (grown)
            memset(pairs + zeroed, 0, (joined->room - zeroed) * sizeof *pairs);
    }
    if (drawn->x != NULL && grown) {
        room = before;
        double *x = grow(*drawn->x, &room, needed, draws, elements * sizeof *x);
        grown = x != NULL;
        *drawn->x = grown ? x : *drawn->x;
    }
    drawn->room = room;
    return grown ? 0 : error_errno(error, "%zu draws", needed);
}

static int all_draws(struct work *work, struct drawn *drawn, struct error *error) {
    const size_t draws = work->draws->count;
    for (size_t draw = 0; draw < draws && work->elements > 0; draw++)
        if ((draw == drawn->room &&
             make_room(drawn, work->elements, draw + 1, draws, error) != 0) ||
            one_draw(work, draw, drawn, error) != 0)
            return -1;
    return 0;
}

static int start_work(struct work *work, bool parts, struct error *error) {
    const size_t room = work->stored + 1, size = room * sizeof(double);
    work->x = calloc(room, sizeof(double));
    work->spare[0] = malloc(size);
    work->spare[1] = malloc(size);
    work->residual = malloc(parts ? size : 1);
    if (work->x == NULL || work->spare[0] == NULL || work->spare[1] == NULL ||
        work->residual == NULL)
        return error_errno(error, "%s: %zu numbers", work->draws->file.input.name, work->elements);
    work->complete = parts && work->draws->units.permutations == 0 && work->elements > 0 &&
                     stat_finite(work->y, work->elements);
    if (!work->complete)
        return 0;
    memcpy(work->residual, work->y, work->elements * sizeof *work->residual);
    return twoway_split(&work->split_y, work->residual, work->rows, work->columns, error) != 0
               ? -1
               : twoway_split(&work->split_x, work->x, work->rows, work->columns, error);
}

static int pass_over(struct work *work, struct error *error) {
    if (work->draws->file.input.regular)
        return 0;
    for (uint64_t left = work->drawn->elements; left > 0;) {
        double values[BLOCK];
        const size_t count = left < BLOCK ? (size_t)left : BLOCK;
        if (next_block(work, values, count, error) != 0)
            return -1;
        left -= count;
    }
    return 0;
}

int draws_read(struct draws *draws, const struct st_tensor *drawn, const struct inputs *inputs,
               const double *y, bool parts, struct draws_r *part[TWOWAY_PARTS],
               struct draws_joined *const *joined, double **x, struct error *error) {
    struct work *work = calloc(1, sizeof *work);
    if (work == NULL)
        return error_errno(error, "%s", draws->file.input.name);
    work->draws = draws;
    work->drawn = drawn;
    work->inputs = inputs;
    work->y = y;
    int result;
    if (y == NULL)
        result = pass_over(work, error);
    else {
        work->stored = (size_t)(drawn->elements / 2 / draws->count);
        work->rank = drawn->rank - 2;
        work->rows = drawn->rank > 2 ? (size_t)drawn->shape[2] : 1;
        work->columns = work->rows > 0 ? work->stored / work->rows : 0;
        if (inputs != NULL)
            work->columns = inputs->count;
        work->elements = work->rows * work->columns;
        result = start_work(work, parts, error);
        if (result == 0)
            result = all_draws(
                work,
                &(struct drawn){
                    .part = part, .parts = parts ? TWOWAY_PARTS : 1, .joined = joined, .x = x},
                error);
    }
    twoway_free(&work->split_x);
    twoway_free(&work->split_y);
    free(work->residual);
    free(work->x);
    free(work->spare[0]);
    free(work->spare[1]);
    free(work);
    return result;
}

double draws_p(const struct draws_r *drawn, size_t draws, double r) {
    uint64_t extreme = 0, defined = 0;
    for (size_t k = 0; k < draws; k++) {
        defined += isnan(drawn[k].r) ? 0 : 1;
        extreme += fabs(drawn[k].r) >= fabs(r) - PERMUTE_TIE;
    }
    return defined > 0 ? permute_p(extreme, draws) : NAN;
}

int draws_finish(struct draws *draws, struct error *error) {
    return st_finish(&draws->file, error);
}

void draws_close(struct draws *draws) {
    st_close(&draws->file);
    free(draws->order);
    *draws = (struct draws){.file.input.fd = -1};
}
