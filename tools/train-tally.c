/* Trains a network on samples and tallies how much each class's images update each parameter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/io.h"
#include "engram/net.h"
#include "engram/samples.h"
#include "engram/tool.h"
#include "engram/train.h"

enum { KEY_LOG = 256, KEY_PERMUTE_LABELS, KEY_PERMUTED, KEY_PERMUTATIONS, KEY_ROUTE };

static const struct tool_option options[] = {
    {'c', "class", "LABELS", NULL, "a class, as the labels that belong to it; give two or more"},
    {'t', "tally", "FILE", NULL, "where the tally of the class before it goes"},
    {'H', "hidden", "UNITS", "100", "hidden units; of several layers, as 100,50"},
    {'a', "activation", "NAME", "softplus", "softplus, relu, leaky-relu, sigmoid or tanh"},
    {'e', "learning-rate", "RATE", "0.005", "learning rate"},
    {'s', "seed", "SEED", "1", "seed of the initial weights and biases"},
    {'f', "tally-from", "FRACTION", "0.5", "tally from this fraction of the samples on"},
    {'m', "measure", "NAME", "change",
     "what is tallied: change, squared-change, squared-gradient, path-integral or input"},
    {KEY_PERMUTE_LABELS, "permute-labels", "SEED", NULL, "tally as if labels were permuted"},
    {KEY_PERMUTED, "permuted", "FILE", NULL, "write tallies of many permutations here, not in -t"},
    {KEY_PERMUTATIONS, "permutations", "NUMBER", "999", "how many"},
    {KEY_ROUTE, "route", NULL, NULL,
     "before the tally, let each class teach a part of the hidden units of its own"},
    {KEY_LOG, "log", "FILE", NULL, "write the loss along the training, as a table"},
    {'o', "output", "FILE", "-", "where the network goes"},
    {0},
};

static const struct tool tool = {
    .name = "train-tally",
    .synopsis = "[OPTION]... -c LABELS [-t FILE] -c LABELS [-t FILE]... [SAMPLES]",
    .summary = "Train a network on samples, one image at a time, and tally its changes per class.",
    .options = options,
    .max_operands = 1,
};

struct settings {
    struct net_spec spec;
    size_t hidden_layers;
    const char *tally[NET_MAX_CLASSES];
    bool tallies;
    double tally_from;
    enum net_measure measure;
    bool permute, routed;
    uint64_t permute_seed, permutations;
    const char *log, *output, *permuted;
};

static void add_class(struct settings *settings, const char *text) {
    bool labels[256];
    struct error error;
    tool_labels('c', text, labels);
    if (settings->spec.classes == NET_MAX_CLASSES ||
        net_spec_add_class(&settings->spec, labels, &error) != 0)
        tool_usage("-c: %s", error.text);
}

static void add_tally(struct settings *settings, const char *path) {
    if (settings->spec.classes == 0)
        tool_usage("-t: there is no -c before it");
    const char **tally = &settings->tally[settings->spec.classes - 1];
    if (*tally != NULL)
        tool_usage("-t: a class has two tallies");
    *tally = path;
    settings->tallies = true;
}

static void set_hidden(struct settings *settings, const char *text) {
    settings->hidden_layers = 0;
    for (bool more = true; more;) {
        char units[32]; /* longer ones are out of range */
        const size_t length = strcspn(text, ",");
        snprintf(units, sizeof units, "%.*s", (int)(length < sizeof units ? length : sizeof units),
                 text);
        if (settings->hidden_layers == NET_MAX_LAYERS - 1)
            tool_usage("-H: more than %d hidden layers", NET_MAX_LAYERS - 1);
        settings->spec.width[++settings->hidden_layers] =
            (size_t)tool_integer('H', units, 1, NET_MAX_WIDTH);
        more = text[length] == ',';
        text += length + 1;
    }
}

/* What only the whole command line tells. */
static void check_settings(const struct settings *settings) {
    if (settings->spec.classes < 2)
        tool_usage("two classes are required: -c LABELS -c LABELS");
    if (settings->permuted != NULL && !settings->permute)
        tool_usage("--permuted: the seed is missing: --permute-labels SEED");
    for (size_t l = 1; settings->routed && l <= settings->hidden_layers; l++)
        if (settings->spec.width[l] < settings->spec.classes)
            tool_usage("--route: a hidden layer has fewer units, %zu, than there are classes, %zu",
                       settings->spec.width[l], settings->spec.classes);
    const char *paths[NET_MAX_CLASSES + 3] = {settings->log, settings->output, settings->permuted};
    memcpy(paths + 3, settings->tally, sizeof settings->tally);
    tool_distinct_outputs(paths, NET_MAX_CLASSES + 3);
}

static struct settings read_settings(int argc, char **argv) {
    struct settings settings = {0};
    for (int key; (key = tool_option(argc, argv)) != -1;)
        switch (key) {
        case 'c':
            add_class(&settings, optarg);
            break;
        case 't':
            add_tally(&settings, optarg);
            break;
        case 'H':
            set_hidden(&settings, optarg);
            break;
        case 'a':
            settings.spec.activation = net_activation_named(optarg);
            if (settings.spec.activation == NET_ACTIVATIONS)
                tool_usage("-a: unknown activation '%s'", optarg);
            break;
        case 'e':
            settings.spec.rate = tool_double(key, optarg, 0, 1000);
            break;
        case 's':
            settings.spec.seed = tool_integer(key, optarg, 0, UINT64_MAX);
            break;
        case 'f':
            settings.tally_from = tool_double(key, optarg, 0, 1);
            break;
        case 'm':
            settings.measure = net_measure_named(optarg);
            if (settings.measure == NET_MEASURES)
                tool_usage("-m: unknown measure '%s'", optarg);
            break;
        case KEY_PERMUTE_LABELS:
            settings.permute = true;
            settings.permute_seed = tool_integer(key, optarg, 0, UINT64_MAX);
            break;
        case KEY_PERMUTED:
            settings.permuted = optarg;
            break;
        case KEY_PERMUTATIONS:
            settings.permutations = tool_integer(key, optarg, 1, UINT32_MAX);
            break;
        case KEY_ROUTE:
            settings.routed = true;
            break;
        case KEY_LOG:
            settings.log = optarg;
            break;
        default:
            settings.output = optarg;
        }
    check_settings(&settings);
    settings.spec.layers = settings.hidden_layers + 1;
    settings.spec.width[settings.spec.layers] = settings.spec.classes;
    return settings;
}

/* What is written, open. */
struct results {
    struct output network, log, permuted, tally[NET_MAX_CLASSES];
};

static int open_results(const struct settings *settings, struct results *results,
                        struct error *error) {
    if (output_open(&results->network, settings->output, true, error) != 0 ||
        (settings->log != NULL && output_open(&results->log, settings->log, false, error) != 0) ||
        (settings->permuted != NULL &&
         output_open(&results->permuted, settings->permuted, true, error) != 0))
        return -1;
    for (size_t k = 0; k < settings->spec.classes; k++)
        if (settings->tally[k] != NULL &&
            output_open(&results->tally[k], settings->tally[k], true, error) != 0)
            return -1;
    return 0;
}

static int save_results(const struct settings *settings, const struct net *net,
                        const struct record *record, struct results *results, struct error *error) {
    if (net_save(net, &results->network, error) != 0)
        return -1;
    for (size_t k = 0; k < settings->spec.classes; k++)
        if (settings->tally[k] != NULL && net_save_tally(net, k, &results->tally[k], error) != 0)
            return -1;
    if (record != NULL && record_save(record, settings->permute_seed, settings->permutations,
                                      &results->permuted, error) != 0)
        return -1;
    struct output *outputs[NET_MAX_CLASSES + 3] = {&results->network,
                                                   settings->log != NULL ? &results->log : NULL,
                                                   record != NULL ? &results->permuted : NULL};
    for (size_t k = 0; k < settings->spec.classes; k++)
        outputs[k + 3] = settings->tally[k] != NULL ? &results->tally[k] : NULL;
    return output_commit_all(outputs, NET_MAX_CLASSES + 3, error);
}

static void discard_results(struct results *results) {
    output_discard(&results->network);
    output_discard(&results->log);
    output_discard(&results->permuted);
    for (size_t k = 0; k < NET_MAX_CLASSES; k++)
        output_discard(&results->tally[k]);
}

/* Makes the network, with room for what is asked for beside it. */
static struct net *make_net(struct settings *settings, const struct samples *samples,
                            struct record **record, struct error *error) {
    struct net_spec *spec = &settings->spec;
    spec->rows = samples->rows;
    spec->cols = samples->cols;
    spec->width[0] = samples->rows * samples->cols;
    struct net *net = net_create(spec, error);
    if (net == NULL)
        return NULL;
    net_set_measure(net, settings->measure);
    if (settings->tallies && net_start_tally(net, error) != 0)
        return NULL;
    if (settings->permuted == NULL)
        return net;
    *record = record_create(net, (size_t)train_tallied(samples, settings->tally_from), error);
    return *record != NULL ? net : NULL;
}

int main(int argc, char **argv) {
    tool_start(&tool);
    struct settings settings = read_settings(argc, argv);
    struct error error;
    struct samples samples;
    struct results results = {0};
    struct record *record = NULL;
    if (samples_open(&samples, argv[optind], &error) != 0)
        tool_fail(&error);
    struct net *net = make_net(&settings, &samples, &record, &error);
    if (net == NULL)
        tool_fail(&error);
    const struct train_options plan = {
        .tally_from = settings.tally_from,
        .tally = settings.tallies,
        .permute = settings.permute && record == NULL ? &settings.permute_seed : NULL,
        .record = record,
        .routed = settings.routed,
        .log = settings.log != NULL ? &results.log : NULL,
    };
    if (open_results(&settings, &results, &error) != 0 ||
        train(net, &samples, &plan, &error) != 0 ||
        save_results(&settings, net, record, &results, &error) != 0) {
        discard_results(&results);
        tool_fail(&error);
    }
    record_free(record);
    net_free(net);
    samples_close(&samples);
    return 0;
}
