/* Trains a network on samples and tallies how much each class's images update each parameter. */
#include <stdlib.h>
#include <string.h>

#include "engram/io.h"
#include "engram/net.h"
#include "engram/samples.h"
#include "engram/tool.h"
#include "engram/train.h"

enum { KEY_LOG = 256 };

static const struct tool_option options[] = {
    {'c', "class", "LABELS", NULL, "a class, as the labels that belong to it; give two or more"},
    {'t', "tally", "FILE", NULL, "where the tally of the class before it goes"},
    {'H', "hidden", "UNITS", "100", "hidden units; of several layers, as 100,50"},
    {'a', "activation", "NAME", "softplus", "softplus, relu, leaky-relu, sigmoid or tanh"},
    {'e', "learning-rate", "RATE", "0.005", "learning rate"},
    {'s', "seed", "SEED", "1", "seed of the initial weights and biases"},
    {'f', "tally-from", "FRACTION", "0.5", "tally from this fraction of the samples on"},
    {KEY_LOG, "log", "FILE", NULL, "write the loss along the training, as a table"},
    {'o', "output", "FILE", "-", "where the network goes"},
    {0},
};

static const struct tool tool = {
    .name = "train-tally",
    .synopsis = "[OPTION]... -c LABELS [-t FILE] -c LABELS [-t FILE]... [SAMPLES]",
    .summary = "Train a network on samples, one image at a time, and tally |change| per class.",
    .options = options,
    .max_operands = 1,
};

struct settings {
    struct net_spec spec;
    size_t hidden_layers;
    const char *tally[NET_MAX_CLASSES];
    bool tallies;
    double tally_from;
    const char *log, *output;
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
    char *copy = strdup(text), *rest = copy;
    for (char *units; copy != NULL && (units = strsep(&rest, ",")) != NULL;) {
        if (settings->hidden_layers == NET_MAX_LAYERS - 1)
            tool_usage("-H: more than %d hidden layers", NET_MAX_LAYERS - 1);
        settings->spec.width[++settings->hidden_layers] =
            (size_t)tool_integer('H', units, 1, NET_MAX_WIDTH);
    }
    free(copy);
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
        case KEY_LOG:
            settings.log = optarg;
            break;
        default:
            settings.output = optarg;
        }
    if (settings.spec.classes < 2)
        tool_usage("two classes are required: -c LABELS -c LABELS");
    const char *paths[NET_MAX_CLASSES + 2] = {settings.log, settings.output};
    memcpy(paths + 2, settings.tally, sizeof settings.tally);
    tool_distinct_outputs(paths, NET_MAX_CLASSES + 2);
    settings.spec.layers = settings.hidden_layers + 1;
    settings.spec.width[settings.spec.layers] = settings.spec.classes;
    return settings;
}

/* The network, its tallies and its log, open for writing. */
struct results {
    struct output network, log, tally[NET_MAX_CLASSES];
};

static int open_results(const struct settings *settings, struct results *results,
                        struct error *error) {
    if (output_open(&results->network, settings->output, true, error) != 0 ||
        (settings->log != NULL && output_open(&results->log, settings->log, false, error) != 0))
        return -1;
    for (size_t k = 0; k < settings->spec.classes; k++)
        if (settings->tally[k] != NULL &&
            output_open(&results->tally[k], settings->tally[k], true, error) != 0)
            return -1;
    return 0;
}

static int save_results(const struct settings *settings, const struct net *net,
                        struct results *results, struct error *error) {
    if (net_save(net, &results->network, error) != 0)
        return -1;
    for (size_t k = 0; k < settings->spec.classes; k++)
        if (settings->tally[k] != NULL && net_save_tally(net, k, &results->tally[k], error) != 0)
            return -1;
    struct output *outputs[NET_MAX_CLASSES + 2] = {&results->network,
                                                   settings->log != NULL ? &results->log : NULL};
    for (size_t k = 0; k < settings->spec.classes; k++)
        outputs[k + 2] = settings->tally[k] != NULL ? &results->tally[k] : NULL;
    return output_commit_all(outputs, NET_MAX_CLASSES + 2, error);
}

static void discard_results(struct results *results) {
    output_discard(&results->network);
    output_discard(&results->log);
    for (size_t k = 0; k < NET_MAX_CLASSES; k++)
        output_discard(&results->tally[k]);
}

int main(int argc, char **argv) {
    tool_start(&tool);
    struct settings settings = read_settings(argc, argv);
    struct error error;
    struct samples samples;
    struct results results = {0};
    if (samples_open(&samples, argv[optind], &error) != 0)
        tool_fail(&error);
    settings.spec.rows = samples.rows;
    settings.spec.cols = samples.cols;
    settings.spec.width[0] = samples.rows * samples.cols;
    struct net *net = net_create(&settings.spec, &error);
    if (net == NULL || (settings.tallies && net_start_tally(net, &error) != 0))
        tool_fail(&error);
    if (open_results(&settings, &results, &error) != 0 ||
        train(net, &samples, settings.tallies ? settings.tally_from : 2,
              settings.log != NULL ? &results.log : NULL, &error) != 0 ||
        save_results(&settings, net, &results, &error) != 0) {
        discard_results(&results);
        tool_fail(&error);
    }
    net_free(net);
    samples_close(&samples);
    return 0;
}
