/* Do the parameters that are larger in a than in b differ more in c than in d?
 *
 * For every parameter x = a/(a+b) and y = c/(c+d); then the correlation of x and y over the biases,
 * over the weights, over every tensor and the parts of every weight matrix, and for every input of
 * a layer; and how often chance, or draws under a null hypothesis, give as much. */
#include <string.h>

#include "engram/correlations-write.h"
#include "engram/parse.h"
#include "engram/tally.h"
#include "engram/tool.h"

enum {
    KEY_INPUTS = 256,
    KEY_POINTS,
    KEY_MAP,
    KEY_MAP_TABLE,
    KEY_PIXELS,
    KEY_MAP_TENSOR,
    KEY_MAP_SHAPE,
    KEY_NULL,
    KEY_NULL_TABLE,
    KEY_NULL_UNITS,
    KEY_SPLIT,
    KEY_SCOPE,
    KEY_JSON,
    KEY_ANY
};

static const struct tool_option options[] = {
    {'P', "permutations", "K", "0",
     "permute the units K times: column p_units, and the map's p_max"},
    {'s', "seed", "SEED", "1", "of the permutations"},
    {KEY_NULL, "null", "FILE", NULL, "draws of A and B under a null hypothesis: column p_null"},
    {KEY_NULL_TABLE, "null-table", "FILE", NULL, "write the correlations of every such draw"},
    {KEY_NULL_UNITS, "null-units", NULL, NULL,
     "permute the units of every draw, too: its column p_units"},
    {KEY_INPUTS, "inputs", "MASK", NULL,
     "of matrices of as many inputs, take only those that are not 0 in MASK"},
    {KEY_SPLIT, "split", "N", NULL,
     "how well x and y tell the first N units or inputs from the others: auc_x, auc_y"},
    {KEY_SCOPE, "scope", "NAME=GLOB", NULL,
     "a scope over the tensors whose names match; biases=GLOB, weights=GLOB: these alone"},
    {KEY_POINTS, "points", "FILE", NULL, "write x and y of every parameter, as a table"},
    {KEY_MAP, "map", "FILE", NULL, "write the correlation at every input of a layer (safetensors)"},
    {KEY_MAP_TABLE, "map-table", "FILE", NULL, "write a table of the map's edge and inside"},
    {KEY_PIXELS, "pixels", "FILE", NULL, "write the map as a table, a row for every input"},
    {KEY_MAP_TENSOR, "map-tensor", "NAME", NULL,
     "the weights [out,in] to map [the first 2-D tensor with elements]"},
    {KEY_MAP_SHAPE, "map-shape", "ROWSxCOLS", NULL,
     "the inputs as an image [the files' image_shape, else one row]"},
    {KEY_JSON, "json", "FILE", NULL, "write the table as JSON too"},
    {KEY_ANY, "any", NULL, NULL, "take negative numbers and networks"},
    {'j', "jobs", "N", "0", "threads for large tensors; 0: as many as processors, up to 8"},
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
    .selects = true,
};

/* --- the command line ------------------------------------------------------------------------- */

enum file { TABLE, POINTS, MAP, MAP_TABLE, PIXELS, NULL_TABLE, JSON, FILES };

struct request {
    const char *path[FILES]; /* of the outputs, or NULL */
    const char *map_tensor, *map_shape, *null, *inputs;
    struct association_plan plan;
    struct correlations_pattern pattern[CORRELATIONS_PATTERNS];
    size_t patterns, jobs;
    struct st_selection selection;
    bool any, null_units;
};

/* Cuts NAME=GLOB in two. */
static void add_pattern(struct request *request, char *text) {
    char *equals = strchr(text, '=');
    if (equals == NULL || equals == text)
        tool_usage("--scope: '%s' is not NAME=GLOB", text);
    if (request->patterns == CORRELATIONS_PATTERNS)
        tool_usage("--scope: more than %d", CORRELATIONS_PATTERNS);
    *equals = '\0';
    request->pattern[request->patterns++] = (struct correlations_pattern){text, equals + 1};
}

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
        case KEY_INPUTS:
            request.inputs = optarg;
            break;
        case KEY_NULL:
            request.null = optarg;
            break;
        case KEY_NULL_TABLE:
            request.path[NULL_TABLE] = optarg;
            break;
        case KEY_NULL_UNITS:
            request.null_units = true;
            break;
        case KEY_SPLIT:
            request.plan.split = tool_integer(key, optarg, 1, UINT64_MAX);
            break;
        case KEY_SCOPE:
            add_pattern(&request, optarg);
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
        case KEY_PIXELS:
            request.path[PIXELS] = optarg;
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
        case 'j':
            request.jobs = tool_jobs(key, optarg);
            break;
        case 'o':
            request.path[TABLE] = optarg;
            break;
        default:
            tool_select(&request.selection, key, optarg);
        }
    return request;
}

static bool wants_map(const struct request *request) {
    return request->path[MAP] != NULL || request->path[MAP_TABLE] != NULL ||
           request->path[PIXELS] != NULL;
}

static void check_request(const struct request *request, char *const *operands) {
    uint64_t rows, cols;
    if (request->map_shape != NULL && !parse_shape(request->map_shape, 'x', &rows, &cols))
        tool_usage("--map-shape: '%s' is not ROWSxCOLS", request->map_shape);
    if (!wants_map(request) && (request->map_tensor != NULL || request->map_shape != NULL))
        tool_usage("%s needs --map, --map-table or --pixels",
                   request->map_tensor != NULL ? "--map-tensor" : "--map-shape");
    if (request->path[NULL_TABLE] != NULL && request->null == NULL)
        tool_usage("--null-table needs --null");
    if (request->null_units && request->path[NULL_TABLE] == NULL)
        tool_usage("--null-units needs --null-table");
    if (request->null_units && request->plan.permutations == 0)
        tool_usage("--null-units needs -P");
    tool_one_standard_input((const char *const[]){request->null, request->inputs, operands[0],
                                                  operands[1], operands[2], operands[3]},
                            6);
    tool_distinct_outputs(request->path, FILES);
}

static int open_inputs(struct correlations *c, char *const *operands, struct request *request,
                       struct error *error) {
    if (params_open(&c->params, operands, 4, &request->selection, error) != 0)
        return -1;
    for (size_t f = 0; f < 4 && !c->any; f++)
        if (tally_check_file(&c->params.file[f], error) != 0)
            return -1;
    if (request->inputs != NULL && inputs_open(&c->inputs, request->inputs, &c->params, error) != 0)
        return -1;
    if (wants_map(request) && map_open(&c->map, &c->params, &c->inputs, request->map_tensor,
                                       request->map_shape, error) != 0)
        return -1;
    if (request->null == NULL)
        return 0;
    return draws_open(&c->draws, request->null, c->any, &c->params, &request->selection, error);
}

static int write_map(const struct correlations *c, struct output *output, struct error *error) {
    return map_write(&c->map, output, error);
}

static int write_all(const struct correlations *c, struct output *const outputs[FILES],
                     struct error *error) {
    static int (*const writers[FILES])(const struct correlations *, struct output *,
                                       struct error *) = {
        [TABLE] = correlations_write,
        [MAP] = write_map,
        [MAP_TABLE] = correlations_write_regions,
        [PIXELS] = correlations_write_pixels,
        [NULL_TABLE] = correlations_write_draws,
        [JSON] = correlations_write_json,
    };
    for (size_t f = 0; f < FILES; f++)
        if (writers[f] != NULL && outputs[f] != NULL && writers[f](c, outputs[f], error) != 0)
            return -1;
    return 0;
}

static int run(struct correlations *c, char *const *operands, struct request *request,
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
    params_warn(&c->params, tool_warn);
    correlations_warn(c, tool_warn);
    return write_all(c, outputs, error) != 0 ? -1 : output_commit_all(outputs, FILES, error);
}

int main(int argc, char **argv) {
    tool_start(&tool);
    struct request request = read_command_line(argc, argv);
    check_request(&request, argv + optind);
    struct correlations correlations = {.draws.file.input.fd = -1,
                                        .map.tensor = SIZE_MAX,
                                        .any = request.any,
                                        .null_units = request.null_units,
                                        .pattern = request.pattern,
                                        .patterns = request.patterns,
                                        .jobs = request.jobs,
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
