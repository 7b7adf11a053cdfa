/* Copies the parameters that a score chooses from one network into another, and tells what that
 * changes. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/column.h"
#include "engram/evaluate.h"
#include "engram/graft.h"
#include "engram/io.h"
#include "engram/names.h"
#include "engram/samples.h"
#include "engram/tool.h"

enum { KEY_SCORE = 256, KEY_LOWEST, KEY_RANK, KEY_NETWORK, MAX_TENSORS = 256 };

static const struct tool_option options[] = {
    {KEY_SCORE, "score", "FILE", NULL, "the score: a number for each parameter"},
    {'k', "parts", "LIST", ".01,.02,.05,.1,.2,.5", "parts of the parameters to graft, ascending"},
    {KEY_LOWEST, "lowest", NULL, NULL, "graft where the score is lowest, not highest"},
    {KEY_RANK, "rank", "AMONG", "tensor",
     "rank within each tensor, or in all together: tensor or all"},
    {'t', "tensor", "TENSOR", NULL, "graft this tensor, and no other but those of more -t"},
    {'s', "seed", "SEED", "1", "of the draws among equal scores"},
    {KEY_NETWORK, "network", "FILE", NULL, "write the graft of a single k"},
    {'o', "output", "FILE", "-", "where the table goes"},
    {0},
};

static const struct tool tool = {
    .name = "graft",
    .synopsis = "--score FILE [OPTION]... BASE DONOR [SAMPLES]",
    .summary = "Copy the parameters with the highest scores from DONOR into BASE.",
    .options = options,
    .min_operands = 2,
    .max_operands = 3,
    .selects = true,
};

enum rank { RANK_TENSOR, RANK_ALL, RANKS };
static const char *const ranks[RANKS] = {[RANK_TENSOR] = "tensor", [RANK_ALL] = "all"};

struct settings {
    const char *score, *network, *output, *samples;
    const char *tensor[MAX_TENSORS];
    size_t tensors;
    enum rank rank;
    struct choice choice;
    struct st_selection selection;
};

static enum rank read_rank(const char *text) {
    const struct names names = {"rank", ranks, RANKS, sizeof *ranks};
    struct error error;
    const size_t rank = names_find(&names, text, &error);
    if (rank == RANKS)
        tool_usage("--rank: %s", error.text);
    return (enum rank)rank;
}

static void read_parts(const char *text, struct choice *choice) {
    choice->count = 0;
    for (size_t length;; text += length + 1) {
        char part[64];
        length = strcspn(text, ",");
        if (choice->count == CHOOSE_MAX)
            tool_usage("-k: more than %d parts", CHOOSE_MAX);
        if (length >= sizeof part)
            tool_usage("-k: '%.*s' is not a number", (int)length, text);
        snprintf(part, sizeof part, "%.*s", (int)length, text);
        const double k = tool_double('k', part, 0, 1);
        if (choice->count > 0 && k <= choice->k[choice->count - 1])
            tool_usage("-k: %s does not come after the part before it: they ascend", part);
        choice->k[choice->count++] = k;
        if (text[length] == '\0')
            break;
    }
}

static void add_tensor(struct settings *settings, const char *name) {
    if (settings->tensors == MAX_TENSORS)
        tool_usage("-t: more than %d tensors", MAX_TENSORS);
    settings->tensor[settings->tensors++] = name;
}

static void check_settings(const struct settings *settings, char *const *operands) {
    if (settings->score == NULL)
        tool_usage("--score is missing");
    tool_one_standard_input(
        (const char *const[]){settings->score, operands[0], operands[1], settings->samples}, 4);
    if (settings->samples == NULL && settings->network == NULL)
        tool_usage("nothing to write: neither SAMPLES nor --network is given");
    if (settings->samples == NULL && strcmp(settings->output, "-") != 0)
        tool_usage("-o, where the table goes, needs SAMPLES");
    if (settings->network != NULL && settings->choice.count > 1)
        tool_usage("--network needs a single -k");
    if (settings->network != NULL && settings->samples != NULL)
        tool_distinct_outputs((const char *[]){settings->network, settings->output}, 2);
}

static struct settings read_settings(int argc, char **argv) {
    struct settings settings = {.output = "-"};
    for (int key; (key = tool_option(argc, argv)) != -1;)
        switch (key) {
        case KEY_SCORE:
            settings.score = optarg;
            break;
        case 'k':
            read_parts(optarg, &settings.choice);
            break;
        case KEY_LOWEST:
            settings.choice.lowest = true;
            break;
        case KEY_RANK:
            settings.rank = read_rank(optarg);
            break;
        case 't':
            add_tensor(&settings, optarg);
            break;
        case 's':
            settings.choice.seed = tool_integer(key, optarg, 0, UINT64_MAX);
            break;
        case KEY_NETWORK:
            settings.network = optarg;
            break;
        case 'o':
            settings.output = optarg;
            break;
        default:
            tool_select(&settings.selection, key, optarg);
        }
    settings.samples = argv[optind + 2];
    check_settings(&settings, argv + optind);
    return settings;
}

/* --- the table -------------------------------------------------------------------------------- */

struct row {
    const char *side;
    double k;
    uint64_t label, n;
    double loss, error_rate, dot, norm;
};

static const struct column columns[] = {
    {"side", COLUMN_TEXT, offsetof(struct row, side)},
    {"k", COLUMN_NUMBER, offsetof(struct row, k)},
    {"label", COLUMN_COUNT, offsetof(struct row, label)},
    {"n", COLUMN_COUNT, offsetof(struct row, n)},
    {"loss", COLUMN_NUMBER, offsetof(struct row, loss)},
    {"error_rate", COLUMN_NUMBER, offsetof(struct row, error_rate)},
    {"dot", COLUMN_NUMBER, offsetof(struct row, dot)},
    {"norm", COLUMN_NUMBER, offsetof(struct row, norm)},
    {0},
};

static int write_rows(const struct choice *choice, const struct evaluation *results,
                      struct output *output, struct error *error) {
    int result = column_write_header(columns, output, error);
    for (size_t i = 0; i < choice->count * EVALUATE_LABELS && result == 0; i++) {
        const struct evaluation *of = &results[i];
        if (of->images == 0)
            continue;
        const double n = (double)of->images;
        const struct row row = {.side = choice->lowest ? "lowest" : "highest",
                                .k = choice->k[i / EVALUATE_LABELS],
                                .label = i % EVALUATE_LABELS,
                                .n = of->images,
                                .loss = of->loss / n,
                                .error_rate = (double)of->wrong / n,
                                .dot = of->dot,
                                .norm = of->norm};
        result = column_write_row(columns, &row, output, error);
    }
    return result;
}

static int write_table(struct graft *graft, bool keep, struct samples *samples,
                       struct output *output, struct error *error) {
    const size_t count = 2 + graft->choice.count;
    struct net **net = calloc(count, sizeof(struct net *));
    struct evaluation *results = malloc(count * EVALUATE_LABELS * sizeof *results);
    int result = net != NULL && results != NULL ? 0 : error_errno(error, "%zu networks", count);
    if (result == 0)
        result = graft_networks(graft, keep, net, error);
    if (result == 0)
        result = evaluate(net, count, samples, results, &tool_progress_shown, error);
    if (result == 0)
        result = write_rows(&graft->choice, results + (size_t)2 * EVALUATE_LABELS, output, error);
    for (size_t k = 0; net != NULL && k < count; k++)
        net_free(net[k]);
    free(net);
    free(results);
    return result;
}

/* ---------------------------------------------------------------------------------------------- */

struct results {
    struct output table, network;
};

/* Both appear, or neither does. */
static int run(const struct settings *settings, struct graft *graft, struct samples *samples,
               struct results *results, struct error *error) {
    const bool table = settings->samples != NULL, network = settings->network != NULL;
    if ((table && output_open(&results->table, settings->output, false, error) != 0) ||
        (network && output_open(&results->network, settings->network, true, error) != 0) ||
        (table && write_table(graft, network, samples, &results->table, error) != 0) ||
        (network && graft_write(graft, &results->network, error) != 0) ||
        graft_finish(graft, error) != 0)
        return -1;
    struct output *const outputs[] = {table ? &results->table : NULL,
                                      network ? &results->network : NULL};
    return output_commit_all(outputs, 2, error);
}

int main(int argc, char **argv) {
    tool_start(&tool);
    struct settings settings = read_settings(argc, argv);
    struct error error;
    struct graft graft;
    struct samples samples = {.file.input.fd = -1};
    struct results results = {{.fd = -1}, {.fd = -1}};
    if (graft_open(&graft, argv[optind], argv[optind + 1], (char *)settings.score,
                   &settings.selection, &error) != 0 ||
        graft_choose(&graft, &settings.choice, settings.rank == RANK_ALL, settings.tensor,
                     settings.tensors, &error) != 0 ||
        (settings.samples != NULL && samples_open(&samples, settings.samples, &error) != 0))
        tool_fail(&error);
    if (run(&settings, &graft, &samples, &results, &error) != 0) {
        output_discard(&results.table);
        output_discard(&results.network);
        tool_fail(&error);
    }
    if (graft.ranked == 0 && graft.of > 0)
        tool_warn("%s: no parameter is grafted: every score is NaN", input_name(settings.score));
    params_warn(&graft.params, tool_warn);
    samples_close(&samples);
    graft_close(&graft);
    return 0;
}
