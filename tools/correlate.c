/* Do the parameters that are larger in a than in b differ more in c than in d?
 *
 * For every parameter x = a/(a+b) and y = c/(c+d); then the correlation of x and y over the biases,
 * over the weights, over every tensor and the parts of every weight matrix, and for every input of
 * a layer; and how often chance, or draws under a null hypothesis, give as much. */
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "engram/cause.h"
#include "engram/column.h"
#include "engram/correlations.h"
#include "engram/escape.h"
#include "engram/parse.h"
#include "engram/tally.h"
#include "engram/tool.h"
#include "engram/version.h"

enum {
    KEY_POINTS = 256,
    KEY_MAP,
    KEY_MAP_TABLE,
    KEY_MAP_TENSOR,
    KEY_MAP_SHAPE,
    KEY_NULL,
    KEY_NULL_TABLE,
    KEY_SPLIT,
    KEY_JSON,
    KEY_ANY
};

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
    {KEY_MAP_TABLE, "map-table", "FILE", NULL, "write a table of the map's edge and inside"},
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

/* --- the tables ------------------------------------------------------------------------------- */

static const struct column columns[] = {
    {"scope", COLUMN_NAME, offsetof(struct correlation, scope)},
    {"part", COLUMN_TEXT, offsetof(struct correlation, part)},
    {"n", COLUMN_COUNT, offsetof(struct correlation, a.c.n)},
    {"undefined", COLUMN_COUNT, offsetof(struct correlation, a.undefined)},
    {"r", COLUMN_NUMBER, offsetof(struct correlation, a.c.r)},
    {"t", COLUMN_NUMBER, offsetof(struct correlation, a.c.t)},
    {"df", COLUMN_EXACT, offsetof(struct correlation, a.c.df)},
    {"p", COLUMN_LOG_P, offsetof(struct correlation, a.c.log_p)},
    {"p_valid", COLUMN_TEXT, offsetof(struct correlation, valid)},
    {"ci_low", COLUMN_NUMBER, offsetof(struct correlation, a.c.ci_low)},
    {"ci_high", COLUMN_NUMBER, offsetof(struct correlation, a.c.ci_high)},
    {"spearman", COLUMN_NUMBER, offsetof(struct correlation, a.spearman)},
    {"share", COLUMN_NUMBER, offsetof(struct correlation, a.share)},
    {"p_units", COLUMN_NUMBER, offsetof(struct correlation, a.p_units)},
    {"p_null", COLUMN_NUMBER, offsetof(struct correlation, p_null)},
    {"auc_x", COLUMN_NUMBER, offsetof(struct correlation, a.auc_x)},
    {"auc_y", COLUMN_NUMBER, offsetof(struct correlation, a.auc_y)},
    {"variance_x", COLUMN_NUMBER, offsetof(struct correlation, a.variance_x)},
    {"variance_y", COLUMN_NUMBER, offsetof(struct correlation, a.variance_y)},
    {0},
};

static const struct column region_columns[] = {
    {"region", COLUMN_TEXT, offsetof(struct region, name)},
    {"inputs", COLUMN_COUNT, offsetof(struct region, inputs)},
    {"undefined", COLUMN_COUNT, offsetof(struct region, undefined)},
    {"black", COLUMN_COUNT, offsetof(struct region, black)},
    {"dark", COLUMN_COUNT, offsetof(struct region, dark)},
    {"off", COLUMN_NUMBER, offsetof(struct region, off)},
    {"pixels", COLUMN_COUNT, offsetof(struct region, pixels)},
    {"negative", COLUMN_COUNT, offsetof(struct region, negative)},
    {"mean_r", COLUMN_NUMBER, offsetof(struct region, mean_r)},
    {"mean_abs_r", COLUMN_NUMBER, offsetof(struct region, mean_abs_r)},
    {0},
};

struct drawn {
    uint64_t draw;
    const char *scope, *part;
    double r, log_p;
};

static const struct column draw_columns[] = {
    {"draw", COLUMN_COUNT, offsetof(struct drawn, draw)},
    {"scope", COLUMN_NAME, offsetof(struct drawn, scope)},
    {"part", COLUMN_TEXT, offsetof(struct drawn, part)},
    {"r", COLUMN_NUMBER, offsetof(struct drawn, r)},
    {"p", COLUMN_LOG_P, offsetof(struct drawn, log_p)},
    {0},
};

static const struct column map_columns[] = {
    {"tensor", COLUMN_NAME, offsetof(struct map_summary, tensor)},
    {"inputs", COLUMN_COUNT, offsetof(struct map_summary, inputs)},
    {"defined", COLUMN_COUNT, offsetof(struct map_summary, defined)},
    {"hypotheses", COLUMN_COUNT, offsetof(struct map_summary, hypotheses)},
    {"threshold", COLUMN_EXACT, offsetof(struct map_summary, threshold)},
    {"below_05_bh", COLUMN_COUNT, offsetof(struct map_summary, below_05_bh)},
    {"below_05_by", COLUMN_COUNT, offsetof(struct map_summary, below_05_by)},
    {"below_05_max", COLUMN_COUNT, offsetof(struct map_summary, below_05_max)},
    {0},
};

static int write_table(const struct correlations *c, struct output *output, struct error *error) {
    int result = column_write_header(columns, output, error);
    for (size_t i = 0; i < c->rows && result == 0; i++)
        result = column_write_row(columns, &c->row[i], output, error);
    return result;
}

static int write_regions(const struct correlations *c, struct output *output, struct error *error) {
    int result = column_write_header(region_columns, output, error);
    for (size_t i = 0; i < REGIONS && result == 0; i++)
        result = column_write_row(region_columns, &c->region[i], output, error);
    return result;
}

static int write_draws(const struct correlations *c, struct output *output, struct error *error) {
    int result = column_write_header(draw_columns, output, error);
    for (size_t draw = 0; draw < c->draws.count; draw++)
        for (const struct correlation *row = c->row; row < c->row + c->rows && result == 0; row++) {
            if (row->draws == NULL)
                continue;
            const double r = row->draws[draw].r;
            const struct drawn drawn = {draw + 1, row->scope, row->part, r,
                                        stat_correlation_of(r, row->draws[draw].n).log_p};
            result = column_write_row(draw_columns, &drawn, output, error);
        }
    return result;
}

/* Row by row, as there may be many. */
static int write_json(const struct correlations *c, struct output *output, struct error *error) {
    if (output_printf(output, error,
                      "{\n \"program\": \"%s\",\n \"version\": \"%s\",\n \"permutations\": %" PRIu64
                      ",\n \"seed\": %" PRIu64 ",\n \"draws\": %zu,\n \"scopes\": [",
                      tool.name, ENGRAM_VERSION, c->plan.permutations, c->plan.seed,
                      c->draws.count) != 0)
        return -1;
    for (size_t i = 0; i < c->rows; i++)
        if (output_text(output, error, i > 0 ? ",\n  " : "\n  ") != 0 ||
            column_write_json(columns, &c->row[i], 2, output, error) != 0)
            return -1;
    if (output_text(output, error, "\n ],\n \"map\": ") != 0)
        return -1;
    const struct map_summary map = map_summarize(&c->map);
    const int result = c->map.tensor == SIZE_MAX
                           ? output_text(output, error, "null")
                           : column_write_json(map_columns, &map, 1, output, error);
    return result != 0 ? -1 : output_text(output, error, "\n}\n");
}

/* --- what could not be measured --------------------------------------------------------------- */

static void warn_of_rank(const struct correlation *row) {
    char name[512];
    escape_fit(row->scope, name, sizeof name);
    if (row->unranked)
        tool_warn("%s: no spearman, parts or permutations over more than %d parameters", name,
                  ASSOCIATE_MAX);
}

/* Says a cause, and what it leaves undefined: the scopes, and the map. */
static void warn_of(const struct correlations *c, enum cause cause,
                    const char *const files[CAUSE_FILES]) {
    struct cause_names names = {.used = 0};
    size_t scopes = 0;
    for (const struct correlation *row = c->row; row < c->row + c->rows; row++)
        if (strcmp(row->part, "all") == 0) {
            scopes += row->a.c.n + row->a.undefined > 0;
            if (row->causes & cause_bit(cause))
                cause_add_name(&names, row->scope);
        }
    if (names.count == scopes && scopes > 0) {
        names = (struct cause_names){.used = 0};
        cause_add_name(&names, "every scope");
    }
    if (c->map_causes & cause_bit(cause))
        cause_add_name(&names, "the map");
    if (names.count == 0)
        return;
    char text[4 * (PATH_MAX + 2) + 2048]; /* these files have been opened */
    cause_message(cause, files, &names, text, sizeof text);
    tool_warn("%s", text);
}

/* Whether --split leaves units or inputs of a tensor on both sides. */
static bool is_split(const struct st_tensor *tensor, uint64_t split) {
    bool beyond = false;
    for (size_t i = 0; i < tensor->rank; i++)
        beyond |= tensor->shape[i] > split;
    return beyond && tensor->rank <= 2 && tensor->elements > 0;
}

static void warn_of_split(const struct correlations *c) {
    if (c->plan.split == 0)
        return;
    for (size_t t = 0; t < c->params.tensors; t++)
        if (is_split(params_tensor(&c->params, t), c->plan.split))
            return;
    tool_warn("--split %" PRIu64 ": no vector or matrix has more units or inputs; auc_x and auc_y "
              "are undefined",
              c->plan.split);
}

static void warn_of_undefined(const struct correlations *c, const char *null) {
    const char *files[CAUSE_FILES] = {[CAUSE_FILES - 1] = null};
    uint64_t parameters = 0;
    for (size_t f = 0; f < 4; f++)
        files[f] = c->params.file[f].input.name;
    for (size_t t = 0; t < c->params.tensors; t++)
        parameters += params_tensor(&c->params, t)->elements;
    for (size_t i = 0; i < c->rows; i++)
        warn_of_rank(&c->row[i]);
    if (parameters == 0)
        tool_warn("%s: no parameters; r is undefined for every scope", files[0]);
    for (enum cause cause = 0; cause < CAUSES; cause++)
        warn_of(c, cause, files);
    if (parameters > 0)
        warn_of_split(c);
}

/* --- the command line ------------------------------------------------------------------------- */

enum file { TABLE, POINTS, MAP, MAP_TABLE, NULL_TABLE, JSON, FILES };

struct request {
    const char *path[FILES]; /* of the outputs, or NULL */
    const char *map_tensor, *map_shape, *null;
    struct association_plan plan;
    bool any;
};

static struct request read_command_line(int argc, char **argv) {
    struct request request = {0};
    for (int key; (key = tool_option(argc, argv)) != -1;)
        switch (key) {
        case 'P':
            request.plan.permutations = tool_integer(key, optarg, 0, 1 << 28);
            break;
        case 's':
            request.plan.seed = tool_integer(key, optarg, 0, INT64_MAX); /* as JSON has it */
            break;
        case KEY_NULL:
            request.null = optarg;
            break;
        case KEY_NULL_TABLE:
            request.path[NULL_TABLE] = optarg;
            break;
        case KEY_SPLIT:
            request.plan.split = tool_integer(key, optarg, 1, UINT64_MAX);
            break;
        case KEY_POINTS:
            request.path[POINTS] = optarg;
            break;
        case KEY_MAP:
            request.path[MAP] = optarg;
            break;
        case KEY_MAP_TABLE:
            request.path[MAP_TABLE] = optarg;
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

static bool wants_map(const struct request *request) {
    return request->path[MAP] != NULL || request->path[MAP_TABLE] != NULL;
}

static void check_request(const struct request *request, char *const *operands) {
    uint64_t rows, cols;
    if (request->map_shape != NULL && !parse_shape(request->map_shape, 'x', &rows, &cols))
        tool_usage("--map-shape: '%s' is not ROWSxCOLS", request->map_shape);
    if (!wants_map(request) && (request->map_tensor != NULL || request->map_shape != NULL))
        tool_usage("%s needs --map or --map-table",
                   request->map_tensor != NULL ? "--map-tensor" : "--map-shape");
    if (request->path[NULL_TABLE] != NULL && request->null == NULL)
        tool_usage("--null-table needs --null");
    for (size_t f = 0; f < 4 && request->null != NULL; f++)
        if (strcmp(request->null, "-") == 0 && strcmp(operands[f], "-") == 0)
            tool_usage("standard input can be read only once");
    tool_distinct_outputs(request->path, FILES);
}

static int open_inputs(struct correlations *c, char *const *operands, const struct request *request,
                       struct error *error) {
    if (params_open(&c->params, operands, 4, error) != 0)
        return -1;
    for (size_t f = 0; f < 4 && !c->any; f++)
        if (tally_check_file(&c->params.file[f], error) != 0)
            return -1;
    if (wants_map(request) &&
        map_open(&c->map, &c->params, request->map_tensor, request->map_shape, error) != 0)
        return -1;
    if (request->null == NULL)
        return 0;
    return draws_open(&c->draws, request->null, c->any, &c->params, error);
}

static int write_all(const struct correlations *c, struct output *const outputs[FILES],
                     struct error *error) {
    return write_table(c, outputs[TABLE], error) != 0 ||
                   (outputs[MAP] != NULL && map_write(&c->map, outputs[MAP], error) != 0) ||
                   (outputs[MAP_TABLE] != NULL &&
                    write_regions(c, outputs[MAP_TABLE], error) != 0) ||
                   (outputs[NULL_TABLE] != NULL &&
                    write_draws(c, outputs[NULL_TABLE], error) != 0) ||
                   (outputs[JSON] != NULL && write_json(c, outputs[JSON], error) != 0)
               ? -1
               : 0;
}

static int run(struct correlations *c, char *const *operands, const struct request *request,
               struct output output[FILES], struct error *error) {
    struct output *outputs[FILES] = {NULL};
    if (open_inputs(c, operands, request, error) != 0)
        return -1;
    for (size_t f = 0; f < FILES; f++)
        if (request->path[f] != NULL) {
            if (output_open(&output[f], request->path[f], f == MAP, error) != 0)
                return -1;
            outputs[f] = &output[f];
        }
    c->points = outputs[POINTS];
    if (correlations_compute(c, error) != 0)
        return -1;
    warn_of_undefined(c, request->null);
    return write_all(c, outputs, error) != 0 ? -1 : output_commit_all(outputs, FILES, error);
}

int main(int argc, char **argv) {
    tool_start(&tool);
    const struct request request = read_command_line(argc, argv);
    check_request(&request, argv + optind);
    struct correlations correlations = {.draws.file.input.fd = -1,
                                        .map.tensor = SIZE_MAX,
                                        .any = request.any,
                                        .plan = request.plan,
                                        .progress = &tool_progress_shown};
    struct error error;
    struct output output[FILES];
    for (size_t f = 0; f < FILES; f++)
        output[f] = (struct output){.fd = -1};
    const int result = run(&correlations, argv + optind, &request, output, &error);
    for (size_t f = 0; f < FILES; f++)
        output_discard(&output[f]);
    if (result != 0)
        tool_fail(&error);
    correlations_close(&correlations);
    return 0;
}
