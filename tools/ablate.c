/* What each hidden unit of a network does for a class: the change of the class's loss when the unit
 * is set to its mean. */
#include <stdlib.h>
#include <string.h>

#include "engram/ablate.h"
#include "engram/io.h"
#include "engram/net-file.h"
#include "engram/samples.h"
#include "engram/tool.h"

enum { KEY_MEAN = 256, KEY_SIGNED };

static const struct tool_option options[] = {
    {'c', "class", "LABELS", NULL, "a class, as the labels that belong to it; may be repeated"},
    {'t', "effect", "FILE", NULL, "where the effects on the class before it go"},
    {KEY_MEAN, "mean", "SAMPLES", NULL, "set units to their mean over these, not over SAMPLES"},
    {KEY_SIGNED, "signed", NULL, NULL, "write the change, not its absolute value"},
    {0},
};

static const struct tool tool = {
    .name = "ablate",
    .synopsis = "[OPTION]... -c LABELS -t FILE [-c LABELS -t FILE]... NETWORK [SAMPLES]",
    .summary = "Measure how much a class's loss changes when a hidden unit is set to its mean.",
    .options = options,
    .min_operands = 1,
    .max_operands = 2,
};

struct settings {
    struct ablate_class class[NET_MAX_CLASSES];
    const char *labels[NET_MAX_CLASSES], *effect[NET_MAX_CLASSES]; /* as typed; files */
    size_t classes;
    const char *mean, *network, *samples;
    bool with_sign;
};

static void add_class(struct settings *settings, const char *labels) {
    if (settings->classes == NET_MAX_CLASSES)
        tool_usage("-c: more than %d classes", NET_MAX_CLASSES);
    settings->labels[settings->classes] = labels;
    tool_labels('c', labels, settings->class[settings->classes++].labels);
}

static void add_effect(struct settings *settings, const char *path) {
    if (settings->classes == 0)
        tool_usage("-t: there is no -c before it");
    const char **effect = &settings->effect[settings->classes - 1];
    if (*effect != NULL)
        tool_usage("-t: a class has two files");
    *effect = path;
}

/* What only the whole command line tells. */
static void check_settings(const struct settings *settings) {
    if (settings->classes == 0)
        tool_usage("a class is required: -c LABELS -t FILE");
    for (size_t k = 0; k < settings->classes; k++)
        if (settings->effect[k] == NULL)
            tool_usage("-c %s: its -t is missing", settings->labels[k]);
    tool_distinct_outputs(settings->effect, settings->classes);
    tool_one_standard_input(
        (const char *const[]){settings->network, settings->samples, settings->mean}, 3);
}

static void read_settings(struct settings *settings, int argc, char **argv) {
    for (int key; (key = tool_option(argc, argv)) != -1;)
        switch (key) {
        case 'c':
            add_class(settings, optarg);
            break;
        case 't':
            add_effect(settings, optarg);
            break;
        case KEY_MEAN:
            settings->mean = optarg;
            break;
        case KEY_SIGNED:
            settings->with_sign = true;
            break;
        }
    settings->network = argv[optind];
    settings->samples = argv[optind + 1] != NULL ? argv[optind + 1] : "-";
    check_settings(settings);
}

/* A label that the network does not know has no loss, and one without a sample no mean of it. */
static int check_label(const struct settings *settings, const struct net_spec *spec,
                       const struct samples *samples, int label, struct error *error) {
    if (spec->class_of[label] < 0)
        return error_set(error, "%s: label %d, which -c names, is in no class of the network",
                         input_name(settings->network), label);
    return memchr(samples->labels, label, (size_t)samples->count) != NULL
               ? 0
               : error_set(error, "%s: no sample has label %d, which -c names",
                           samples->file.input.name, label);
}

static int check_network(const struct settings *settings, const struct net_spec *spec,
                         const struct samples *samples, struct error *error) {
    if (spec->layers < 2)
        return error_set(error, "%s: the network has no hidden layer",
                         input_name(settings->network));
    for (size_t k = 0; k < settings->classes; k++)
        for (int label = 0; label < 256; label++)
            if (settings->class[k].labels[label] &&
                check_label(settings, spec, samples, label, error) != 0)
                return -1;
    return 0;
}

static int save_results(const struct settings *settings, const struct net *net,
                        struct output *output, struct error *error) {
    struct output *outputs[NET_MAX_CLASSES];
    for (size_t k = 0; k < settings->classes; k++) {
        const struct ablate_class *const class = settings->class + k;
        outputs[k] = &output[k];
        if (ablate_save(net, class, settings->with_sign, outputs[k], error) != 0)
            return -1;
    }
    return output_commit_all(outputs, settings->classes, error);
}

static int run(struct settings *settings, struct net *net, struct samples *samples,
               struct samples *mean, struct output *output, struct error *error) {
    for (size_t k = 0; k < settings->classes; k++)
        if (output_open(&output[k], settings->effect[k], true, error) != 0)
            return -1;
    return ablate(net, samples, mean, settings->class, settings->classes, &tool_progress_shown,
                  error) != 0
               ? -1
               : save_results(settings, net, output, error);
}

int main(int argc, char **argv) {
    static struct settings settings;
    static struct output output[NET_MAX_CLASSES];
    struct error error;
    struct samples samples, mean;
    tool_start(&tool);
    read_settings(&settings, argc, argv);
    struct net *net = net_read(settings.network, &error);
    if (net == NULL || samples_open(&samples, settings.samples, &error) != 0 ||
        (settings.mean != NULL && samples_open(&mean, settings.mean, &error) != 0) ||
        check_network(&settings, net_spec(net), &samples, &error) != 0)
        tool_fail(&error);
    if (run(&settings, net, &samples, settings.mean != NULL ? &mean : NULL, output, &error) != 0) {
        for (size_t k = 0; k < settings.classes; k++)
            output_discard(&output[k]);
        tool_fail(&error);
    }
    for (size_t k = 0; k < settings.classes; k++)
        free(settings.class[k].effect);
    if (settings.mean != NULL)
        samples_close(&mean);
    samples_close(&samples);
    net_free(net);
    return 0;
}
