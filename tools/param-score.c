/* Scores of parameters from several parameter files: by which of them the first stands out. */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "engram/grow.h"
#include "engram/io.h"
#include "engram/names.h"
#include "engram/params.h"
#include "engram/rng.h"
#include "engram/score.h"
#include "engram/tool.h"

enum { KEY_CENTRE = 256, KEY_PERMUTE };

static const struct tool_option options[] = {
    {'m', "measure", "NAME", "share",
     "A / sum of all, A - mean of the others, or the product: share, difference or product"},
    {KEY_CENTRE, "centre", NULL, NULL, "take the means of units and inputs out of every matrix"},
    {KEY_PERMUTE, "permute", "WHAT", NULL,
     "shuffle all of a tensor, its units or its inputs: all, units or inputs"},
    {'s', "seed", "SEED", "1", "of the shuffling"},
    {'j', "jobs", "N", "0", "threads for large tensors; 0: as many as processors, up to 8"},
    {'o', "output", "FILE", "-", "where to write"},
    {0},
};

static const struct tool tool = {
    .name = "param-score",
    .synopsis = "[OPTION]... A B...",
    .summary = "Write a score of every parameter from its numbers in several files (safetensors).",
    .options = options,
    .min_operands = 2,
    .max_operands = PARAMS_MAX_FILES,
    .selects = true,
};

enum permute { PERMUTE_ALL, PERMUTE_UNITS, PERMUTE_INPUTS, PERMUTES };
static const char *const permutes[PERMUTES] = {
    [PERMUTE_ALL] = "all", [PERMUTE_UNITS] = "units", [PERMUTE_INPUTS] = "inputs"};

struct settings {
    enum score_measure measure;
    bool centre;
    enum permute permute; /* PERMUTES: none */
    uint64_t seed;
    size_t jobs;
    const char *output;
    struct st_selection selection;
};

static struct settings read_settings(int argc, char **argv) {
    const struct names names = {"way to permute", permutes, PERMUTES, sizeof *permutes};
    struct settings settings = {.permute = PERMUTES};
    struct error error;
    for (int key; (key = tool_option(argc, argv)) != -1;)
        switch (key) {
        case 'm':
            settings.measure = score_measure_named(optarg, &error);
            if (settings.measure == SCORE_MEASURES)
                tool_usage("-m: %s", error.text);
            break;
        case KEY_CENTRE:
            settings.centre = true;
            break;
        case KEY_PERMUTE:
            settings.permute = (enum permute)names_find(&names, optarg, &error);
            if (settings.permute == PERMUTES)
                tool_usage("--permute: %s", error.text);
            break;
        case 's':
            settings.seed = tool_integer(key, optarg, 0, UINT64_MAX);
            break;
        case 'j':
            settings.jobs = tool_jobs(key, optarg);
            break;
        case 'o':
            settings.output = optarg;
            break;
        default:
            tool_select(&settings.selection, key, optarg);
        }
    return settings;
}

/* --- a piece ---------------------------------------------------------------------------------- */

struct scoring {
    const struct settings *settings;
    struct output *output;
    struct rng rng;
    /* Whole tensors, if they are to be centred or permuted. */
    bool whole;
    double *scores;
    size_t count, room;
};

/* A share is of numbers that are not negative. */
static int check_signs(const struct params_piece *piece, size_t f, size_t at, const double *values,
                       size_t count, struct error *error) {
    const struct st_file *file = &piece->params->file[f];
    for (size_t i = 0; i < count; i++)
        if (values[i] < 0)
            return st_tensor_error(file, params_tensor(piece->params, piece->tensor)->name, error,
                                   "element %" PRIu64 " is %g; a share is of numbers that are not "
                                   "negative",
                                   piece->start + at + i, values[i]);
    return 0;
}

/* The numbers of file `f` in a block. */
static int read_block(const struct settings *settings, const struct params_piece *piece, size_t f,
                      size_t at, double *values, size_t count, struct error *error) {
    params_doubles(piece, f, at, values, count);
    return settings->measure == SCORE_SHARE ? check_signs(piece, f, at, values, count, error) : 0;
}

static int score_block(const struct settings *settings, const struct params_piece *piece, size_t at,
                       size_t count, double *scores, struct error *error) {
    double a[PARAMS_BLOCK], b[PARAMS_BLOCK], others[PARAMS_BLOCK];
    if (read_block(settings, piece, 0, at, a, count, error) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        others[i] = score_first(settings->measure);
    for (size_t f = 1; f < piece->params->files; f++) {
        if (read_block(settings, piece, f, at, b, count, error) != 0)
            return -1;
        score_add(settings->measure, others, b, count);
    }
    score_finish(settings->measure, a, others, piece->params->files, scores, count);
    return 0;
}

static int score_piece(void *data, const struct params_piece *piece, void *own,
                       struct error *error) {
    const struct scoring *scoring = data;
    double *const scores = own;
    for (size_t at = 0; at < piece->count; at += PARAMS_BLOCK) {
        const size_t left = piece->count - at, count = left < PARAMS_BLOCK ? left : PARAMS_BLOCK;
        if (score_block(scoring->settings, piece, at, count, scores + at, error) != 0)
            return -1;
    }
    return 0;
}

/* Writes scores, which it uses up. */
static int write_scores(struct output *output, double *scores, size_t count, struct error *error) {
    st_from_double(ST_F64, scores, scores, count);
    return output_write(output, scores, count * sizeof *scores, error);
}

static int keep_scores(struct scoring *scoring, const struct params_piece *piece,
                       const double *scores, struct error *error) {
    const uint64_t most = params_tensor(piece->params, piece->tensor)->elements;
    double *grown = most > SIZE_MAX / sizeof *grown
                        ? NULL
                        : grow(scoring->scores, &scoring->room, scoring->count + piece->count,
                               (size_t)most, sizeof *grown);
    if (grown == NULL)
        return error_errno(error, "%s", piece->params->file[0].input.name);
    scoring->scores = grown;
    memcpy(grown + scoring->count, scores, piece->count * sizeof *grown);
    scoring->count += piece->count;
    return 0;
}

static int join_piece(void *data, const struct params_piece *piece, void *own,
                      struct error *error) {
    struct scoring *scoring = data;
    return scoring->whole ? keep_scores(scoring, piece, own, error)
                          : write_scores(scoring->output, own, piece->count, error);
}

/* --- a tensor --------------------------------------------------------------------------------- */

/* A vector has a single input, so that its inputs stay. */
static int permute(struct scoring *scoring, size_t units, size_t inputs, struct error *error) {
    switch (scoring->settings->permute) {
    case PERMUTE_ALL:
        return score_permute_rows(scoring->scores, scoring->count, 1, &scoring->rng, error);
    case PERMUTE_UNITS:
        return score_permute_rows(scoring->scores, units, inputs, &scoring->rng, error);
    case PERMUTE_INPUTS:
        return score_permute_columns(scoring->scores, units, inputs, &scoring->rng, error);
    case PERMUTES:
        break;
    }
    return 0;
}

/* Centres, permutes and writes what has been kept. */
static int write_whole(struct scoring *scoring, const struct st_tensor *tensor,
                       struct error *error) {
    if (scoring->count == 0)
        return 0;
    const size_t units = tensor->rank > 0 ? (size_t)tensor->shape[0] : 1;
    const size_t inputs = scoring->count / units;
    if (scoring->settings->centre && tensor->rank >= 2 &&
        score_centre(scoring->scores, units, inputs, error) != 0)
        return -1;
    if (permute(scoring, units, inputs, error) != 0)
        return -1;
    const int result = write_scores(scoring->output, scoring->scores, scoring->count, error);
    scoring->count = 0;
    return result;
}

static int write_header(const struct params *params, const struct settings *settings,
                        struct output *output, struct error *error) {
    struct st_tensor *tensor = malloc((params->tensors + 1) * sizeof *tensor);
    if (tensor == NULL)
        return error_errno(error, "%s", params->file[0].input.name);
    for (size_t t = 0; t < params->tensors; t++) {
        tensor[t] = *params_tensor(params, t);
        tensor[t].dtype = ST_F64;
    }
    const char *const shape = params_metadata(params, "image_shape");
    struct st_metadata metadata[6] = {{"format", "engram.params"},
                                      {"kind", "score"},
                                      {"score", (char *)score_measure_name(settings->measure)}};
    size_t count = 3;
    if (settings->centre)
        metadata[count++] = (struct st_metadata){"centred", "true"};
    if (settings->permute != PERMUTES)
        metadata[count++] = (struct st_metadata){"permuted", (char *)permutes[settings->permute]};
    if (shape != NULL)
        metadata[count++] = (struct st_metadata){"image_shape", (char *)shape};
    const int result = st_write_header(output, tensor, params->tensors, metadata, count, error);
    free(tensor);
    return result;
}

/* All tensors are F64, and so in the order of their names. */
static int write_all(struct params *params, const struct settings *settings, struct output *output,
                     struct error *error) {
    struct scoring scoring = {.settings = settings,
                              .output = output,
                              .whole = settings->centre || settings->permute != PERMUTES};
    struct params_pass pass = {.params = params,
                               .jobs = settings->jobs,
                               .work = score_piece,
                               .join = join_piece,
                               .data = &scoring,
                               .own = PARAMS_PIECE * sizeof(double)};
    rng_seed(&scoring.rng, settings->seed);
    int result = write_header(params, settings, output, error);
    for (size_t t = 0; t < params->tensors && result == 0; t++) {
        result = params_each(&pass, t, error);
        if (result == 0)
            result = write_whole(&scoring, params_tensor(params, t), error);
    }
    params_pass_free(&pass);
    free(scoring.scores);
    return result;
}

/* ---------------------------------------------------------------------------------------------- */

static int check_kinds(const struct params *params, const struct settings *settings,
                       struct error *error) {
    for (size_t f = 0; settings->measure == SCORE_SHARE && f < params->files; f++) {
        const char *kind = st_metadata(&params->file[f], "kind");
        if (kind != NULL && strcmp(kind, "network") == 0)
            return error_set(error,
                             "%s: a network (kind=network); a share is of tallies or differences",
                             params->file[f].input.name);
    }
    return 0;
}

int main(int argc, char **argv) {
    tool_start(&tool);
    struct settings settings = read_settings(argc, argv);
    struct error error;
    struct params params;
    struct output output = {.fd = -1};
    if (params_open(&params, argv + optind, (size_t)(argc - optind), &settings.selection, &error) !=
            0 ||
        check_kinds(&params, &settings, &error) != 0)
        tool_fail(&error);
    if (output_open(&output, settings.output, true, &error) != 0 ||
        write_all(&params, &settings, &output, &error) != 0 ||
        params_finish(&params, &error) != 0 || output_commit(&output, &error) != 0) {
        output_discard(&output);
        tool_fail(&error);
    }
    params_warn(&params, tool_warn);
    params_close(&params);
    return 0;
}
