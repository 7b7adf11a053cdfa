/* Trains copies of a network further; everything but the samples comes from the network's file. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engram/io.h"
#include "engram/net-file.h"
#include "engram/samples.h"
#include "engram/tool.h"
#include "engram/train.h"

enum { KEY_LEAK = 256, KEY_LOG, KEY_ROUTE, KEY_WINDOW, KEY_WITHOUT, MAX_FORKS = 65 };

static const struct tool_option options[] = {
    {'e', "learning-rate", "RATE", NULL, "learning rate [the network's]"},
    {KEY_WITHOUT, "without", "LABELS", NULL,
     "a fork on the samples that have none of these labels; its --log and -o follow"},
    {KEY_ROUTE, "route", NULL, NULL,
     "let each class teach a part of the hidden units of its own, as train-tally --route=all"},
    {KEY_LEAK, "leak", "L", NULL,
     "what is left of a routed gradient at the units of other classes: 0, the default, to 1"},
    {KEY_LOG, "log", "FILE", NULL, "write the loss along the training, as a table"},
    {KEY_WINDOW, "window", "N", NULL, "samples of a row of such a table [100]"},
    {'o', "output", "FILE", NULL, "where the network goes [-]"},
    {0},
};

static const struct tool tool = {
    .name = "fork-train",
    .synopsis = "[OPTION]... [--without LABELS -o FILE]... NETWORK [SAMPLES]",
    .summary = "Go on training a network, or several copies of it, on other samples.",
    .options = options,
    .min_operands = 1,
    .max_operands = 2,
};

struct fork {
    const char *labels; /* left out, as typed; NULL: none */
    bool without[256];
    const char *output, *log;
};

struct settings {
    double rate; /* or -1 */
    double leak; /* or -1 */
    bool routed;
    uint64_t window; /* 0: not given */
    struct fork fork[MAX_FORKS];
    size_t forks;
};

static void add_fork(struct settings *settings, const char *labels) {
    if (settings->forks == MAX_FORKS)
        tool_usage("--without: more than %d forks", MAX_FORKS - 1);
    struct fork *fork = &settings->fork[settings->forks++];
    fork->labels = labels;
    tool_labels(KEY_WITHOUT, labels, fork->without);
}

/* Removes the fork on all samples, the first, if others are asked for and not this one. */
static void check_forks(struct settings *settings) {
    struct fork *const first = settings->fork;
    if (settings->forks == 1 && first->output == NULL)
        first->output = "-";
    else if (first->output == NULL && first->log == NULL)
        memmove(first, first + 1, --settings->forks * sizeof *first);
    const char *paths[2 * MAX_FORKS];
    bool logged = false;
    for (size_t k = 0; k < settings->forks; k++) {
        const struct fork *fork = &settings->fork[k];
        if (fork->output == NULL && fork->labels == NULL)
            tool_usage("--log: an -o is missing before --without");
        if (fork->output == NULL)
            tool_usage("--without %s: its -o is missing", fork->labels);
        logged |= fork->log != NULL;
        paths[2 * k] = fork->log;
        paths[2 * k + 1] = fork->output;
    }
    if (settings->leak >= 0 && !settings->routed)
        tool_usage("--leak needs --route");
    if (settings->window > 0 && !logged)
        tool_usage("--window needs --log");
    tool_distinct_outputs(paths, 2 * settings->forks);
}

static struct settings read_settings(int argc, char **argv) {
    struct settings settings = {.rate = -1, .leak = -1, .forks = 1};
    for (int key; (key = tool_option(argc, argv)) != -1;)
        switch (key) {
        case 'e':
            settings.rate = tool_double(key, optarg, 0, NET_MAX_RATE);
            break;
        case KEY_WITHOUT:
            add_fork(&settings, optarg);
            break;
        case KEY_ROUTE:
            settings.routed = true;
            break;
        case KEY_LEAK:
            settings.leak = tool_double(key, optarg, 0, 1);
            break;
        case KEY_LOG:
            settings.fork[settings.forks - 1].log = optarg;
            break;
        case KEY_WINDOW:
            settings.window = tool_integer(key, optarg, 1, UINT64_MAX);
            break;
        case 'o':
            settings.fork[settings.forks - 1].output = optarg;
            break;
        }
    check_forks(&settings);
    return settings;
}

static int check_route(const char *path, const struct net *net, struct error *error) {
    struct error why;
    return train_check_route(net_spec(net), &why) == 0
               ? 0
               : error_set(error, "%s: --route: %s", input_name(path), why.text);
}

/* A label that no sample has cannot be left out. */
static int check_labels(const struct settings *settings, const struct samples *samples,
                        struct error *error) {
    bool there[256] = {false};
    for (uint64_t i = 0; i < samples->count; i++)
        there[samples->labels[i]] = true;
    for (size_t k = 0; samples->count > 0 && k < settings->forks; k++)
        for (int label = 0; label < 256; label++)
            if (settings->fork[k].without[label] && !there[label])
                return error_set(error, "%s: no sample has label %d, which --without names",
                                 samples->file.input.name, label);
    return 0;
}

/* What becomes of the forks. */
struct results {
    struct net *net[MAX_FORKS];
    struct train_outcome outcome[MAX_FORKS];
    struct output output[MAX_FORKS], log[MAX_FORKS];
};

static int open_results(const struct settings *settings, struct results *results,
                        struct error *error) {
    for (size_t k = 0; k < settings->forks; k++) {
        const struct fork *fork = &settings->fork[k];
        if ((k > 0 && (results->net[k] = net_clone(results->net[0], error)) == NULL) ||
            output_open(&results->output[k], fork->output, true, error) != 0 ||
            (fork->log != NULL && output_open(&results->log[k], fork->log, false, error) != 0))
            return -1;
    }
    return 0;
}

static int save_results(const struct settings *settings, struct results *results,
                        struct error *error) {
    struct output *outputs[2 * MAX_FORKS];
    for (size_t k = 0; k < settings->forks; k++) {
        if (net_save(results->net[k], &results->output[k], error) != 0)
            return -1;
        outputs[2 * k] = &results->output[k];
        outputs[2 * k + 1] = settings->fork[k].log != NULL ? &results->log[k] : NULL;
    }
    return output_commit_all(outputs, 2 * settings->forks, error);
}

static void discard_results(const struct settings *settings, struct results *results) {
    for (size_t k = 0; k < settings->forks; k++) {
        output_discard(&results->output[k]);
        output_discard(&results->log[k]);
    }
}

/* The part of the samples, from the end, over which a network that learns is to change. Units may
 * die of the first. */
static const double WATCHED_FROM = 0.5;

static int run(const struct settings *settings, struct samples *samples, struct results *results,
               struct error *error) {
    struct train_options plan[MAX_FORKS];
    if (open_results(settings, results, error) != 0)
        return -1;
    for (size_t k = 0; k < settings->forks; k++) {
        const struct fork *fork = &settings->fork[k];
        plan[k] =
            (struct train_options){.left_out = fork->labels,
                                   .without = fork->without,
                                   .tally_from = WATCHED_FROM,
                                   .route = settings->routed ? TRAIN_ROUTE_ALL : TRAIN_ROUTE_NONE,
                                   .leak = settings->leak > 0 ? settings->leak : 0,
                                   .log = fork->log != NULL ? &results->log[k] : NULL,
                                   .window = settings->window,
                                   .outcome = &results->outcome[k],
                                   .progress = &tool_progress_shown};
    }
    return train_all(results->net, plan, settings->forks, samples, error) == 0
               ? save_results(settings, results, error)
               : -1;
}

/* Warns of a fork that learned nothing, though that was not asked for. */
static void warn_of_still(const struct fork *fork, const struct net_spec *spec,
                          const struct train_outcome *outcome) {
    const char *which = fork->labels != NULL ? "without " : "";
    const char *labels = fork->labels != NULL ? fork->labels : "";
    const char *colon = fork->labels != NULL ? ": " : "";
    if (outcome->samples == 0) {
        tool_warn("%s%s%sno sample is left", which, labels, colon);
        return;
    }
    for (size_t l = 0; l < spec->layers; l++)
        if (outcome->changed[l] || outcome->tallied == 0)
            return;
    tool_warn("%s%s%sno parameter changed over the last %" PRIu64
              " samples: units are dead or saturated, or the rate is too low",
              which, labels, colon, outcome->tallied);
}

static void warn_of_results(const struct settings *settings, const struct results *results) {
    const double rate = net_spec(results->net[0])->rate;
    if (rate == 0 && settings->rate != 0)
        tool_warn("no parameter changed: the network's learning rate is 0; -e gives another");
    for (size_t k = 0; rate != 0 && k < settings->forks; k++)
        warn_of_still(&settings->fork[k], net_spec(results->net[k]), &results->outcome[k]);
}

int main(int argc, char **argv) {
    tool_start(&tool);
    const struct settings settings = read_settings(argc, argv);
    const char *network = argv[optind];
    const char *samples_path = argv[optind + 1] != NULL ? argv[optind + 1] : "-";
    tool_one_standard_input((const char *const[]){network, samples_path}, 2);

    struct error error;
    struct samples samples;
    static struct results results;
    results.net[0] = net_read(network, &error);
    if (results.net[0] == NULL || samples_open(&samples, samples_path, &error) != 0 ||
        check_labels(&settings, &samples, &error) != 0)
        tool_fail(&error);
    if (settings.routed && check_route(network, results.net[0], &error) != 0)
        tool_fail(&error);
    if (settings.rate >= 0)
        net_set_rate(results.net[0], settings.rate);
    if (run(&settings, &samples, &results, &error) != 0) {
        discard_results(&settings, &results);
        tool_fail(&error);
    }
    if (samples.count > 0)
        warn_of_results(&settings, &results);
    for (size_t k = 0; k < settings.forks; k++)
        net_free(results.net[k]);
    samples_close(&samples);
    return 0;
}
