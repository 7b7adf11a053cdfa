/* The tables of correlations, and what is said of those undefined. */
#include "engram/correlations-write.h"

#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "engram/cause.h"
#include "engram/column.h"
#include "engram/escape.h"
#include "engram/version.h"

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

/* An input of the map. */
struct pixel {
    uint64_t row, column, n, hypothesis;
    double r, t, log_p, log_q_bh, log_q_by, p_max;
};

static const struct column pixel_columns[] = {
    {"row", COLUMN_COUNT, offsetof(struct pixel, row)},
    {"column", COLUMN_COUNT, offsetof(struct pixel, column)},
    {"n", COLUMN_COUNT, offsetof(struct pixel, n)},
    {"r", COLUMN_NUMBER, offsetof(struct pixel, r)},
    {"t", COLUMN_NUMBER, offsetof(struct pixel, t)},
    {"p", COLUMN_LOG_P, offsetof(struct pixel, log_p)},
    {"q_bh", COLUMN_LOG_P, offsetof(struct pixel, log_q_bh)},
    {"q_by", COLUMN_LOG_P, offsetof(struct pixel, log_q_by)},
    {"p_max", COLUMN_NUMBER, offsetof(struct pixel, p_max)},
    {"hypothesis", COLUMN_COUNT, offsetof(struct pixel, hypothesis)},
    {0},
};

struct drawn {
    uint64_t draw;
    const char *scope, *part;
    double r, log_p, p_units;
};

static const struct column draw_columns[] = {
    {"draw", COLUMN_COUNT, offsetof(struct drawn, draw)},
    {"scope", COLUMN_NAME, offsetof(struct drawn, scope)},
    {"part", COLUMN_TEXT, offsetof(struct drawn, part)},
    {"r", COLUMN_NUMBER, offsetof(struct drawn, r)},
    {"p", COLUMN_LOG_P, offsetof(struct drawn, log_p)},
    {"p_units", COLUMN_NUMBER, offsetof(struct drawn, p_units)}, /* last: if asked for */
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

int correlations_write(const struct correlations *c, struct output *output, struct error *error) {
    return column_write_table(columns, c->row, c->rows, sizeof *c->row, output, error);
}

int correlations_write_regions(const struct correlations *c, struct output *output,
                               struct error *error) {
    return column_write_table(region_columns, c->region, REGIONS, sizeof *c->region, output, error);
}

int correlations_write_pixels(const struct correlations *c, struct output *output,
                              struct error *error) {
    const struct map *map = &c->map;
    int result = column_write_header(pixel_columns, output, error);
    for (size_t j = 0; j < map->inputs && result == 0; j++) {
        const struct stat_correlation *at = &map->c[j];
        const bool none = map->first[j] == SIZE_MAX;
        const struct pixel pixel = {.row = j / map->cols,
                                    .column = j % map->cols,
                                    .n = at->n,
                                    .hypothesis = none ? COLUMN_UNDEFINED : map->first[j],
                                    .r = at->r,
                                    .t = at->t,
                                    .log_p = at->log_p,
                                    .log_q_bh = map->q_bh[j],
                                    .log_q_by = map->q_by[j],
                                    .p_max = map->p_max[j]};
        result = column_write_row(pixel_columns, &pixel, output, error);
    }
    return result;
}

int correlations_write_draws(const struct correlations *c, struct output *output,
                             struct error *error) {
    struct column columns_of[sizeof draw_columns / sizeof *draw_columns];
    memcpy(columns_of, draw_columns, sizeof draw_columns);
    if (!c->null_units)
        columns_of[sizeof draw_columns / sizeof *draw_columns - 2] = (struct column){0};
    int result = column_write_header(columns_of, output, error);
    for (size_t draw = 0; draw < c->draws.count; draw++)
        for (const struct correlation *row = c->row; row < c->row + c->rows && result == 0; row++) {
            if (row->draws == NULL)
                continue;
            const struct draws_r *of = &row->draws[draw];
            const struct drawn drawn = {.draw = draw + 1,
                                        .scope = row->scope,
                                        .part = row->part,
                                        .r = of->r,
                                        .log_p = of->log_p,
                                        .p_units = of->p_units};
            result = column_write_row(columns_of, &drawn, output, error);
        }
    return result;
}

/* Row by row, as there may be many. */
int correlations_write_json(const struct correlations *c, struct output *output,
                            struct error *error) {
    if (output_printf(
            output, error,
            "{\n \"program\": \"correlate\",\n \"version\": \"%s\",\n \"permutations\": %" PRIu64
            ",\n \"seed\": %" PRIu64 ",\n \"draws\": %zu,\n \"scopes\": [",
            ENGRAM_VERSION, c->plan.permutations, c->plan.seed, c->draws.count) != 0)
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

/* --- what is undefined ------------------------------------------------------------------------ */

static void warn_of_empty(const struct correlations *c, correlations_warning *warn) {
    for (const struct correlation *row = c->row; row < c->row + c->scopes; row++)
        if (row->empty && c->params.tensors > 0) {
            char name[128];
            escape_fit(row->scope, name, sizeof name);
            warn("%s: no tensor belongs to the scope %s; --scope %s=GLOB says which do",
                 c->params.file[0].input.name, name, name);
        }
}

static void warn_of_rank(const struct correlation *row, correlations_warning *warn) {
    char name[512];
    escape_fit(row->scope, name, sizeof name);
    if (row->unranked)
        warn("%s: no spearman, parts or permutations over more than %d parameters", name,
             ASSOCIATE_MAX);
}

/* Says a cause, and what it leaves undefined: the scopes, and the map. */
static void warn_of(const struct correlations *c, enum cause cause,
                    const char *const files[CAUSE_FILES], correlations_warning *warn) {
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
    warn("%s", text);
}

/* Whether --split leaves units or inputs of a tensor on both sides. */
static bool is_split(const struct correlations *c, const struct st_tensor *tensor) {
    const struct inputs *cut = inputs_for(&c->inputs, tensor);
    bool beyond = false;
    for (size_t i = 0; i < tensor->rank; i++)
        beyond |= (i > 0 && cut != NULL ? cut->count : tensor->shape[i]) > c->plan.split;
    return beyond && tensor->rank <= 2 && tensor->elements > 0;
}

static void warn_of_split(const struct correlations *c, correlations_warning *warn) {
    if (c->plan.split == 0)
        return;
    for (size_t t = 0; t < c->params.tensors; t++)
        if (is_split(c, params_tensor(&c->params, t)))
            return;
    warn("--split %" PRIu64 ": no vector or matrix has more units or inputs; auc_x and auc_y "
         "are undefined",
         c->plan.split);
}

void correlations_warn(const struct correlations *c, correlations_warning *warn) {
    const char *files[CAUSE_FILES] = {[CAUSE_FILES - 1] = c->draws.file.input.name};
    uint64_t parameters = 0;
    for (size_t f = 0; f < 4; f++)
        files[f] = c->params.file[f].input.name;
    for (size_t t = 0; t < c->params.tensors; t++)
        parameters += params_tensor(&c->params, t)->elements;
    warn_of_empty(c, warn);
    for (size_t i = 0; i < c->rows; i++)
        warn_of_rank(&c->row[i], warn);
    if (parameters == 0)
        warn("%s: no parameters; r is undefined for every scope", files[0]);
    for (enum cause cause = 0; cause < CAUSES; cause++)
        warn_of(c, cause, files, warn);
    if (parameters > 0)
        warn_of_split(c, warn);
}
