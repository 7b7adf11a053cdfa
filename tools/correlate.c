/* Do the parameters that are larger in a than in b differ more in c than in d?
 *
 * For every parameter x = a/(a+b) and y = c/(c+d); then the correlation of x and y over the biases,
 * over the weights, over every tensor, and for every input of a layer. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/detmath.h"
#include "engram/io.h"
#include "engram/params.h"
#include "engram/stats.h"
#include "engram/tool.h"

enum { KEY_POINTS = 256, KEY_MAP, KEY_MAP_TENSOR, KEY_MAP_SHAPE };

/* Ranks need all pairs of a scope in memory, 16 bytes each, and the same again. */
static const uint64_t MAX_RANKED = 1 << 24;

static const struct tool_option options[] = {
    {KEY_POINTS, "points", "FILE", NULL, "write x and y of every parameter, as a table"},
    {KEY_MAP, "map", "FILE", NULL, "write the correlation at every input of a layer (safetensors)"},
    {KEY_MAP_TENSOR, "map-tensor", "NAME", NULL,
     "the weights [out,in] to map [the first 2-D tensor]"},
    {KEY_MAP_SHAPE, "map-shape", "ROWSxCOLS", NULL,
     "the inputs as an image [the files' image_shape, else one row]"},
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

/* --- what is gathered over some of the parameters --------------------------------------------- */

struct scope {
    const char *name;
    uint64_t parameters; /* known beforehand */
    struct stat_pairs pairs;
    uint64_t undefined;
    double spearman;
    struct stat_pair *kept; /* the pairs, for ranks, if there are no more than MAX_RANKED */
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
static int finish_scope(struct scope *scope, struct error *error) {
    int result = 0;
    scope->spearman = NAN;
    if (scope->kept != NULL)
        result = stat_spearman(scope->kept, (size_t)scope->pairs.n, &scope->spearman, error);
    else {
        char name[512];
        st_escape(scope->name, name, sizeof name);
        tool_warn("%s: no spearman over more than %" PRIu64 " parameters", name, MAX_RANKED);
    }
    free(scope->kept);
    scope->kept = NULL;
    return result;
}

static int write_scope(const struct scope *scope, struct output *output, struct error *error) {
    const struct stat_correlation c = stat_correlate(&scope->pairs);
    char name[512], p[32];
    st_escape(scope->name, name, sizeof name);
    stat_format_p(c.log_p, p, sizeof p);
    if (output_printf(output, error, "%s\t%" PRIu64 "\t%" PRIu64, name, c.n, scope->undefined) !=
            0 ||
        output_number(output, error, "\t", c.r, 9) != 0 ||
        output_number(output, error, "\t", c.t, 9) != 0 ||
        output_number(output, error, "\t", c.df, 17) != 0 ||
        output_printf(output, error, "\t%s", p) != 0 ||
        output_number(output, error, "\t", c.ci_low, 9) != 0 ||
        output_number(output, error, "\t", c.ci_high, 9) != 0 ||
        output_number(output, error, "\t", scope->spearman, 9) != 0)
        return -1;
    return output_printf(output, error, "\n");
}

/* --- the map ---------------------------------------------------------------------------------- */

/* One correlation per column of a weight matrix [units][inputs]: its pairs arrive one at a time. */
struct map {
    size_t tensor; /* which, or SIZE_MAX for none */
    uint64_t rows, cols;
    size_t inputs;
    struct stat_pairs *pairs; /* [inputs] */
};

static void map_add(struct map *map, size_t input, double x, double y) {
    const struct stat_pairs pair = {.n = 1, .mean_x = x, .mean_y = y, .first_x = x, .first_y = y};
    stat_pairs_join(&map->pairs[input], &pair);
}

static int choose_tensor(const struct params *params, const char *name, struct map *map,
                         struct error *error) {
    map->tensor = SIZE_MAX;
    for (size_t t = 0; t < params->tensors && map->tensor == SIZE_MAX; t++)
        if (name != NULL ? strcmp(params_tensor(params, t)->name, name) == 0
                         : params_tensor(params, t)->rank == 2)
            map->tensor = t;
    const char *file = params->file[0].input.name;
    if (map->tensor == SIZE_MAX && name != NULL)
        return st_tensor_error(&params->file[0], name, error, "is missing, so no map of it");
    if (map->tensor == SIZE_MAX)
        return error_set(error, "%s: no 2-D tensor to map", file);
    const struct st_tensor *tensor = params_tensor(params, map->tensor);
    if (tensor->rank != 2 || tensor->elements == 0)
        return st_tensor_error(&params->file[0], tensor->name, error, "is not [out,in] to map");
    if (tensor->shape[1] > 1 << 28)
        return st_tensor_error(&params->file[0], tensor->name, error, "has too many inputs to map");
    map->inputs = (size_t)tensor->shape[1];
    return 0;
}

/* Reads "28x28" or, with `separator` ',', "28,28". */
static bool read_shape(const char *text, char separator, struct map *map) {
    char between;
    int end = 0;
    return text[strspn(text, "0123456789,x")] == '\0' &&
           sscanf(text, "%" SCNu64 "%c%" SCNu64 "%n", &map->rows, &between, &map->cols, &end) ==
               3 &&
           text[end] == '\0' && between == separator && map->rows > 0 && map->cols > 0 &&
           map->rows < UINT32_MAX && map->cols < UINT32_MAX;
}

static int open_map(const struct params *params, const char *tensor, const char *shape,
                    struct map *map, struct error *error) {
    if (choose_tensor(params, tensor, map, error) != 0)
        return -1;
    if (shape != NULL)
        read_shape(shape, 'x', map); /* has been checked */
    if (shape != NULL && map->rows * map->cols != map->inputs)
        return st_tensor_error(&params->file[0], params_tensor(params, map->tensor)->name, error,
                               "has %zu inputs, not %s", map->inputs, shape);
    const char *image_shape = params_metadata(params, "image_shape");
    if (shape == NULL && (image_shape == NULL || !read_shape(image_shape, ',', map) ||
                          map->rows * map->cols != map->inputs)) {
        map->rows = 1;
        map->cols = map->inputs;
    }
    map->pairs = calloc(map->inputs + 1, sizeof *map->pairs);
    return map->pairs != NULL ? 0 : error_errno(error, "%zu inputs", map->inputs);
}

/* A number of a correlation, by the name of its tensor in the map. */
static double map_value(const struct stat_correlation *c, const char *name) {
    switch (name[0]) {
    case 'n':
        return (double)c->n;
    case 'p':
        return det_exp(c->log_p);
    case 'r':
        return c->r;
    default:
        return c->t;
    }
}

static int write_map(const struct params *params, const struct map *map, struct output *output,
                     struct error *error) {
    static const char *const names[] = {"n", "p", "r", "t"};
    uint64_t shape[] = {map->rows, map->cols};
    struct st_tensor tensor[4];
    for (size_t i = 0; i < 4; i++)
        tensor[i] = (struct st_tensor){
            .name = (char *)names[i], .dtype = ST_F64, .rank = 2, .shape = shape};
    const struct st_metadata metadata[] = {{"format", "engram.map"},
                                           {"tensor", params_tensor(params, map->tensor)->name}};
    struct stat_correlation *c = malloc(map->inputs * sizeof *c);
    if (c == NULL)
        return error_errno(error, "%zu inputs", map->inputs);
    for (size_t input = 0; input < map->inputs; input++)
        c[input] = stat_correlate(&map->pairs[input]);
    int result = st_write_header(output, tensor, 4, metadata, 2, error);
    for (size_t i = 0; i < 4; i++)
        for (size_t input = 0; input < map->inputs && result == 0; input++) {
            const double value = map_value(&c[input], names[i]);
            unsigned char bytes[8];
            st_from_double(ST_F64, &value, bytes, 1);
            result = output_write(output, bytes, sizeof bytes, error);
        }
    free(c);
    return result;
}

/* --- one pass over the parameters ------------------------------------------------------------- */

struct work {
    struct params params;
    struct scope biases, weights;
    struct map map;
    struct output *points; /* or NULL */
    struct output *table;
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

/* Leaves the pairs that are defined, in their order; returns their number. */
static size_t defined(double *x, double *y, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const double xi = x[i], yi = y[i];
        x[kept] = xi;
        y[kept] = yi;
        kept += isfinite(xi) && isfinite(yi);
    }
    return kept;
}

/* Takes in the block at `start`: points and map, then the tensor's scope and the common one. */
static int work_block(struct work *work, size_t t, const char *name, uint64_t start, size_t count,
                      struct scope *scope, struct scope *common, struct error *error) {
    const struct st_tensor *tensor = params_tensor(&work->params, t);
    double *x = work->x, *y = work->y;
    for (size_t f = 0; f < 4; f++)
        if (params_read(&work->params, f, t, start, work->value[f], count, error) != 0)
            return -1;
    shares(work->value[0], work->value[1], x, count);
    shares(work->value[2], work->value[3], y, count);
    for (size_t i = 0; i < count && work->points != NULL; i++)
        if (write_point(work->points, name, tensor, start + i, x[i], y[i], error) != 0)
            return -1;
    for (size_t i = 0; i < count && t == work->map.tensor; i++)
        if (isfinite(x[i]) && isfinite(y[i]))
            map_add(&work->map, (size_t)((start + i) % work->map.inputs), x[i], y[i]);
    const size_t n = defined(x, y, count);
    const struct stat_pairs pairs = stat_pairs_of(x, y, n);
    add_to_scope(scope, &pairs, x, y, count - n);
    if (common != NULL)
        add_to_scope(common, &pairs, x, y, count - n);
    return 0;
}

static int work_tensor(struct work *work, size_t t, struct scope *scope, struct error *error) {
    const struct st_tensor *tensor = params_tensor(&work->params, t);
    struct scope *common = common_scope(work, tensor);
    char name[512];
    st_escape(tensor->name, name, sizeof name);
    *scope = (struct scope){.name = tensor->name, .parameters = tensor->elements};
    if (start_scope(scope, error) != 0)
        return -1;
    for (uint64_t start = 0; start < tensor->elements; start += PARAMS_BLOCK) {
        const uint64_t left = tensor->elements - start;
        const size_t count = left < PARAMS_BLOCK ? (size_t)left : PARAMS_BLOCK;
        if (work_block(work, t, name, start, count, scope, common, error) != 0)
            return -1;
        tool_progress(name, start, tensor->elements);
    }
    tool_progress(name, tensor->elements, tensor->elements);
    return finish_scope(scope, error);
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

/* The rows of the common scopes stand first, so the others wait. */
static int work_all(struct work *work, struct error *error) {
    struct scope *scopes = calloc(work->params.tensors + 1, sizeof *scopes);
    int result = scopes != NULL ? 0 : error_errno(error, "%zu tensors", work->params.tensors);
    if (result == 0 && work->points != NULL)
        result = output_text(work->points, error, "tensor\tunit\tinput\tx\ty\n");
    if (result == 0)
        result = start_common_scopes(work, error);
    for (size_t t = 0; t < work->params.tensors && result == 0; t++)
        result = work_tensor(work, t, &scopes[t], error);
    if (result == 0)
        result = params_finish(&work->params, error);
    if (result == 0)
        result = finish_scope(&work->biases, error);
    if (result == 0)
        result = finish_scope(&work->weights, error);
    if (result == 0)
        result = output_printf(work->table, error,
                               "scope\tn\tundefined\tr\tt\tdf\tp\tci_low\tci_high\tspearman\n");
    if (result == 0)
        result = write_scope(&work->biases, work->table, error);
    if (result == 0)
        result = write_scope(&work->weights, work->table, error);
    for (size_t t = 0; t < work->params.tensors && result == 0; t++)
        result = write_scope(&scopes[t], work->table, error);
    for (size_t t = 0; t < work->params.tensors && scopes != NULL; t++)
        free(scopes[t].kept); /* of one that failed */
    free(scopes);
    return result;
}

int main(int argc, char **argv) {
    const char *points_path = NULL, *map_path = NULL, *map_tensor = NULL, *map_shape = NULL,
               *table_path = NULL;
    tool_start(&tool);
    for (int key; (key = tool_option(argc, argv)) != -1;)
        switch (key) {
        case KEY_POINTS:
            points_path = optarg;
            break;
        case KEY_MAP:
            map_path = optarg;
            break;
        case KEY_MAP_TENSOR:
            map_tensor = optarg;
            break;
        case KEY_MAP_SHAPE:
            map_shape = optarg;
            break;
        default:
            table_path = optarg;
        }
    struct map shape;
    if (map_shape != NULL && !read_shape(map_shape, 'x', &shape))
        tool_usage("--map-shape: '%s' is not ROWSxCOLS", map_shape);
    if (map_path == NULL && (map_tensor != NULL || map_shape != NULL))
        tool_usage("%s needs --map", map_tensor != NULL ? "--map-tensor" : "--map-shape");
    tool_distinct_outputs((const char *[]){points_path, map_path, table_path}, 3);

    struct error error;
    struct output table = {.fd = -1}, points = {.fd = -1}, map = {.fd = -1};
    struct work *work = calloc(1, sizeof *work);
    if (work == NULL) {
        error_errno(&error, "%s", argv[optind]);
        tool_fail(&error);
    }
    *work = (struct work){.biases.name = "biases",
                          .weights.name = "weights",
                          .map.tensor = SIZE_MAX,
                          .table = &table,
                          .points = points_path != NULL ? &points : NULL};
    if (params_open(&work->params, argv + optind, 4, &error) != 0)
        tool_fail(&error);
    if ((map_path != NULL &&
         (open_map(&work->params, map_tensor, map_shape, &work->map, &error) != 0 ||
          output_open(&map, map_path, true, &error) != 0)) ||
        (points_path != NULL && output_open(&points, points_path, false, &error) != 0) ||
        output_open(&table, table_path, false, &error) != 0 || work_all(work, &error) != 0 ||
        (map_path != NULL && write_map(&work->params, &work->map, &map, &error) != 0) ||
        output_commit_all((struct output *[]){&table, points_path != NULL ? &points : NULL,
                                              map_path != NULL ? &map : NULL},
                          3, &error) != 0) {
        output_discard(&table);
        output_discard(&points);
        output_discard(&map);
        tool_fail(&error);
    }
    params_close(&work->params);
    free(work->map.pairs);
    free(work);
    return 0;
}
