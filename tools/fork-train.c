/* Trains a copy of a network further; everything but the samples comes from the network's file. */
#include <inttypes.h>
#include <string.h>

#include "engram/io.h"
#include "engram/net-file.h"
#include "engram/samples.h"
#include "engram/tool.h"
#include "engram/train.h"

enum { KEY_LOG = 256, KEY_WINDOW };

static const struct tool_option options[] = {
    {'e', "learning-rate", "RATE", NULL, "learning rate [the network's]"},
    {KEY_LOG, "log", "FILE", NULL, "write the loss along the training, as a table"},
    {KEY_WINDOW, "window", "N", NULL, "samples of a row of that table [100]"},
    {'o', "output", "FILE", "-", "where the network goes"},
    {0},
};

static const struct tool tool = {
    .name = "fork-train",
    .synopsis = "[OPTION]... NETWORK [SAMPLES]",
    .summary = "Go on training a network on other samples.",
    .options = options,
    .min_operands = 1,
    .max_operands = 2,
};

static struct net *load(const char *path, struct error *error) {
    struct st_file file;
    if (st_open(&file, path, error) != 0)
        return NULL;
    struct net *net = net_load(&file, error);
    st_close(&file);
    return net;
}

/* The part of the samples, from the end, over which a network that learns is to change. Units may
 * die of the first. */
static const double WATCHED_FROM = 0.5;

/* Warns if nothing was learned, though that was not asked for. */
static void warn_of_still(const struct net_spec *spec, const struct samples *samples,
                          const struct train_outcome *outcome) {
    if (spec->rate == 0) {
        tool_warn("no parameter changed: the network's learning rate is 0; -e gives another");
        return;
    }
    for (size_t l = 0; l < spec->layers; l++)
        if (outcome->changed[l])
            return;
    tool_warn("no parameter changed over the last %" PRIu64
              " samples: units are dead or saturated, or the rate is too low",
              train_tallied(samples, WATCHED_FROM));
}

int main(int argc, char **argv) {
    const char *log_path = NULL, *output_path = NULL;
    double rate = -1;
    uint64_t window = 0; /* not given */
    tool_start(&tool);
    for (int key; (key = tool_option(argc, argv)) != -1;)
        switch (key) {
        case 'e':
            rate = tool_double(key, optarg, 0, NET_MAX_RATE);
            break;
        case KEY_LOG:
            log_path = optarg;
            break;
        case KEY_WINDOW:
            window = tool_integer(key, optarg, 1, UINT64_MAX);
            break;
        case 'o':
            output_path = optarg;
            break;
        }
    if (window > 0 && log_path == NULL)
        tool_usage("--window needs --log");
    tool_distinct_outputs((const char *[]){log_path, output_path}, 2);
    const char *network = argv[optind], *samples_path = argv[optind + 1];
    if (strcmp(network, "-") == 0 && samples_path == NULL)
        tool_usage("standard input can be read only once");

    struct error error;
    struct samples samples;
    struct output output = {0}, log = {0};
    struct train_outcome outcome = {0};
    const struct train_options plan = {.tally_from = WATCHED_FROM,
                                       .log = log_path != NULL ? &log : NULL,
                                       .window = window,
                                       .outcome = &outcome,
                                       .progress = &tool_progress_shown};
    struct net *net = load(network, &error);
    if (net == NULL || samples_open(&samples, samples_path, &error) != 0)
        tool_fail(&error);
    if (rate >= 0)
        net_set_rate(net, rate);
    if (output_open(&output, output_path, true, &error) != 0 ||
        (log_path != NULL && output_open(&log, log_path, false, &error) != 0) ||
        train(net, &samples, &plan, &error) != 0 || net_save(net, &output, &error) != 0 ||
        output_commit_all((struct output *[]){&output, log_path != NULL ? &log : NULL}, 2,
                          &error) != 0) {
        output_discard(&output);
        output_discard(&log);
        tool_fail(&error);
    }
    if (samples.count > 0 && rate != 0)
        warn_of_still(net_spec(net), &samples, &outcome);
    net_free(net);
    samples_close(&samples);
    return 0;
}
