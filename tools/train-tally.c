/* Trains a network on samples and tallies how much each class's images update each parameter. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/io.h"
#include "engram/measure.h"
#include "engram/names.h"
#include "engram/net-file.h"
#include "engram/net.h"
#include "engram/samples.h"
#include "engram/tool.h"
#include "engram/train.h"

/* As many as correlate reads, and the default. */
enum { MOST_DRAWS = 1 << 28, DRAWS = 999 };

enum {
    KEY_FROM = 256,
    KEY_LEAK,
    KEY_LOG,
    KEY_PERMUTE_LABELS,
    KEY_PERMUTED,
    KEY_PERMUTATIONS,
    KEY_ROUTE,
    KEY_STEPS,
    KEY_WINDOW
};

static char activations[128], measures[256]; /* the help's */

static const struct tool_option options[] = {
    {'c', "class", "LABELS", NULL, "a class, as the labels that belong to it; give two or more"},
    {'t', "tally", "FILE", NULL, "where the tally of the class before it goes"},
    {KEY_FROM, "from", "NETWORK", NULL,
     "go on from this network instead of a new one: without -H, -a and -s; -c may be left out"},
    {'H', "hidden", "UNITS", "100", "hidden units; of several layers, as 100,50"},
    {'a', "activation", "NAME", "softplus", activations},
    {'e', "learning-rate", "RATE", "0.005",
     "learning rate; a network gone on from keeps its own, unless one is given"},
    {'s', "seed", "SEED", "1", "seed of the initial weights and biases"},
    {'f', "tally-from", "FRACTION", "0.5", "tally from this fraction of the samples on"},
    {KEY_STEPS, "steps", "WHICH", NULL,
     "of these, count only the 1st, 3rd and so on, or the 2nd, 4th and so on: odd or even"},
    {'m', "measure", "NAME", "change", measures},
    {KEY_PERMUTE_LABELS, "permute-labels", "SEED", NULL,
     "tally as if labels were permuted; FIRST..LAST: by each of these seeds, for --permuted"},
    {KEY_PERMUTED, "permuted", "FILE", NULL, "write tallies of many permutations here, not in -t"},
    {KEY_PERMUTATIONS, "permutations", "NUMBER", NULL, "how many, of one seed [999]"},
    {KEY_ROUTE, "route", "[=all]", NULL,
     "before the tally, or all along, let each class teach a part of the hidden units of its own"},
    {KEY_LEAK, "leak", "L", NULL,
     "what is left of a routed gradient at the units of other classes: 0, the default, to 1"},
    {KEY_LOG, "log", "FILE", NULL, "write the loss along the training, as a table"},
    {KEY_WINDOW, "window", "N", NULL, "samples of a row of that table [100]"},
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
    const char *from;
    int typed; /* an option of a new network's, typed; 0: none */
    bool rate_typed;
    size_t hidden_layers;
    bool named[256]; /* labels */
    const char *tally[NET_MAX_CLASSES];
    bool tallies;
    double tally_from;
    enum net_measure measure;
    enum train_steps steps;
    uint64_t window; /* 0: not given */
    enum train_route route;
    double leak; /* or -1 */
    bool permute;
    uint64_t permute_seed, seeds, permutations; /* seeds > 0: of a range; 0: not given */
    const char *log, *output, *permuted;
};

static void add_class(struct settings *settings, const char *text) {
    bool labels[256];
    struct error error;
    tool_labels('c', text, labels);
    if (net_spec_add_class(&settings->spec, labels, &error) != 0)
        tool_usage("-c: %s", error.text);
    for (size_t label = 0; label < 256; label++)
        settings->named[label] = settings->named[label] || labels[label];
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

/* SEED, or FIRST..LAST. */
static void set_seeds(struct settings *settings, const char *text) {
    const char *dots = strstr(text, "..");
    char first[32]; /* longer ones are out of range */
    settings->permute = true;
    settings->seeds = 0;
    if (dots == NULL) {
        settings->permute_seed = tool_integer(KEY_PERMUTE_LABELS, text, 0, UINT64_MAX);
        return;
    }
    const size_t length = (size_t)(dots - text);
    snprintf(first, sizeof first, "%.*s", (int)(length < sizeof first ? length : sizeof first),
             text);
    const uint64_t seed = tool_integer(KEY_PERMUTE_LABELS, first, 0, UINT64_MAX),
                   room = UINT64_MAX - seed, most = MOST_DRAWS - 1;
    settings->permute_seed = seed;
    settings->seeds =
        tool_integer(KEY_PERMUTE_LABELS, dots + 2, seed, seed + (most < room ? most : room)) -
        seed + 1;
}

/* By train_steps. */
static const char *const step_names[] = {NULL, "odd", "even"};

static void set_steps(struct settings *settings, const char *text) {
    const struct names names = {"steps", step_names + 1, 2, sizeof *step_names};
    struct error error;
    const size_t found = names_find(&names, text, &error);
    if (found == names.count)
        tool_usage("--steps: %s", error.text);
    settings->steps = TRAIN_ODD + (unsigned)found;
}

/* All along, or before the tally. */
static void set_route(struct settings *settings, const char *text) {
    static const char *const parts[] = {"all"};
    const struct names names = {"part", parts, 1, sizeof *parts};
    struct error error;
    if (text != NULL && names_find(&names, text, &error) == names.count)
        tool_usage("--route: %s", error.text);
    settings->route = text != NULL ? TRAIN_ROUTE_ALL : TRAIN_ROUTE_BEFORE;
}

/* What only the whole command line tells. */
static void check_settings(const struct settings *settings) {
    struct error error;
    if (settings->from != NULL && settings->typed != 0)
        tool_usage("%s does not go with --from", tool_option_name(settings->typed));
    if (settings->from == NULL && settings->spec.classes < 2)
        tool_usage("two classes are required: -c LABELS -c LABELS");
    if (settings->permuted != NULL && !settings->permute)
        tool_usage("--permuted: the seed is missing: --permute-labels SEED");
    if (settings->seeds > 0 && settings->permuted == NULL)
        tool_usage("--permute-labels FIRST..LAST needs --permuted");
    if (settings->seeds > 0 && settings->permutations > 0)
        tool_usage("--permutations: --permute-labels FIRST..LAST says how many");
    if (settings->steps != TRAIN_ALL && settings->permuted != NULL)
        tool_usage("--steps does not go with --permuted");
    if (settings->window > 0 && settings->log == NULL)
        tool_usage("--window needs --log");
    if (settings->leak >= 0 && settings->route == TRAIN_ROUTE_NONE)
        tool_usage("--leak needs --route");
    if (settings->from == NULL && settings->route != TRAIN_ROUTE_NONE &&
        train_check_route(&settings->spec, &error) != 0)
        tool_usage("--route: %s", error.text);
    const char *paths[NET_MAX_CLASSES + 3] = {settings->log, settings->output, settings->permuted};
    memcpy(paths + 3, settings->tally, sizeof settings->tally);
    tool_distinct_outputs(paths, NET_MAX_CLASSES + 3);
}

static struct settings read_settings(int argc, char **argv) {
    struct settings settings = {.leak = -1};
    struct error error;
    for (int key; (key = tool_option(argc, argv)) != -1;) {
        if (tool_option_typed() && (key == 'H' || key == 'a' || key == 's'))
            settings.typed = key;
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
            settings.spec.activation = net_activation_named(optarg, &error);
            if (settings.spec.activation == NET_ACTIVATIONS)
                tool_usage("-a: %s", error.text);
            break;
        case 'e':
            settings.spec.rate = tool_double(key, optarg, 0, NET_MAX_RATE);
            settings.rate_typed = tool_option_typed();
            break;
        case 's':
            settings.spec.seed = tool_integer(key, optarg, 0, UINT64_MAX);
            break;
        case 'f':
            settings.tally_from = tool_double(key, optarg, 0, 1);
            break;
        case 'm':
            settings.measure = net_measure_named(optarg, &error);
            if (settings.measure == NET_MEASURES)
                tool_usage("-m: %s", error.text);
            break;
        case KEY_PERMUTE_LABELS:
            set_seeds(&settings, optarg);
            break;
        case KEY_PERMUTED:
            settings.permuted = optarg;
            break;
        case KEY_PERMUTATIONS:
            settings.permutations = tool_integer(key, optarg, 1, MOST_DRAWS);
            break;
        case KEY_FROM:
            settings.from = optarg;
            break;
        case KEY_ROUTE:
            set_route(&settings, optarg);
            break;
        case KEY_LEAK:
            settings.leak = tool_double(key, optarg, 0, 1);
            break;
        case KEY_STEPS:
            set_steps(&settings, optarg);
            break;
        case KEY_LOG:
            settings.log = optarg;
            break;
        case KEY_WINDOW:
            settings.window = tool_integer(key, optarg, 1, UINT64_MAX);
            break;
        case 'o':
            settings.output = optarg;
            break;
        }
    }
    settings.spec.layers = settings.hidden_layers + 1;
    settings.spec.width[settings.spec.layers] = settings.spec.classes;
    check_settings(&settings);
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

static struct replay_draws draws_of(const struct settings *settings) {
    const bool range = settings->seeds > 0, given = settings->permutations > 0;
    return (struct replay_draws){.count = range   ? settings->seeds
                                          : given ? settings->permutations
                                                  : DRAWS,
                                 .seed = settings->permute_seed,
                                 .seeded = range};
}

static int save_results(const struct settings *settings, const struct net *net,
                        const struct replay *replay, struct results *results, struct error *error) {
    if (net_save(net, &results->network, error) != 0)
        return -1;
    for (size_t k = 0; k < settings->spec.classes; k++)
        if (settings->tally[k] != NULL &&
            net_save_tally(net, k, step_names[settings->steps], &results->tally[k], error) != 0)
            return -1;
    if (replay != NULL && replay_save(replay, draws_of(settings), &tool_progress_shown,
                                      &results->permuted, error) != 0)
        return -1;
    struct output *outputs[NET_MAX_CLASSES + 3] = {&results->network,
                                                   settings->log != NULL ? &results->log : NULL,
                                                   replay != NULL ? &results->permuted : NULL};
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

/* Checks the network to go on from against the command line. */
static int check_network(const struct settings *settings, const struct net_spec *spec,
                         struct error *error) {
    const char *name = input_name(settings->from);
    struct error why;
    if (settings->spec.classes > 0 && !net_same_classes(spec, &settings->spec)) {
        char own[NET_CLASS_TEXT], given[NET_CLASS_TEXT];
        net_write_classes(spec, own);
        net_write_classes(&settings->spec, given);
        return error_set(error, "%s: its classes are %s, those of -c %s", name, own, given);
    }
    if (settings->route != TRAIN_ROUTE_NONE && train_check_route(spec, &why) != 0)
        return error_set(error, "%s: --route: %s", name, why.text);
    return 0;
}

/* Reads the network to go on from; then the settings are its own. */
static struct net *read_network(struct settings *settings, struct error *error) {
    struct net *net = net_read(settings->from, error);
    if (net == NULL || check_network(settings, net_spec(net), error) != 0) {
        net_free(net);
        return NULL;
    }
    if (settings->rate_typed)
        net_set_rate(net, settings->spec.rate);
    settings->spec = *net_spec(net);
    return net;
}

/* Reads what comes before the images, and checks it against the command line. */
static int open_samples(struct settings *settings, const char *path, struct samples *samples,
                        struct error *error) {
    struct net_spec *spec = &settings->spec;
    if (samples_open(samples, path, error) != 0)
        return -1;
    if (settings->from == NULL) {
        spec->rows = samples->rows;
        spec->cols = samples->cols;
        spec->width[0] = samples->rows * samples->cols;
    }
    if (train_check(spec, samples, error) != 0)
        return -1;
    if (settings->from != NULL)
        return 0;
    bool missing[256];
    memcpy(missing, settings->named, sizeof missing);
    for (uint64_t i = 0; i < samples->count; i++)
        missing[samples->labels[i]] = false;
    for (int label = 0; samples->count > 0 && label < 256; label++)
        if (missing[label])
            return error_set(error, "%s: no sample has label %d, which -c names",
                             samples->file.input.name, label);
    return 0;
}

/* Makes the network once an image of its size has arrived; nobody can claim more memory than that.
 */
static struct net *make_net(const struct settings *settings, struct samples *samples,
                            struct error *error) {
    enum { MOST_UNSEEN = 1 << 16 };
    const struct net_spec *spec = &settings->spec;
    if (samples->count > 0 || spec->width[0] <= MOST_UNSEEN)
        return samples_wait(samples, error) == 0 ? net_create(spec, error) : NULL;
    error_set(error,
              "%s: no samples, of %zu x %zu pixels: without any, a network is made for up to %d "
              "pixels",
              samples->file.input.name, spec->rows, spec->cols, MOST_UNSEEN);
    return NULL;
}

/* Makes room for what is asked for beside the network. */
static int prepare(const struct settings *settings, const struct samples *samples, struct net *net,
                   struct replay **replay, struct error *error) {
    net_set_measure(net, settings->measure);
    if (settings->tallies && net_start_tally(net, error) != 0)
        return -1;
    if (settings->permuted == NULL)
        return 0;
    *replay = replay_create(net, (size_t)train_tallied(samples, settings->tally_from), error);
    return *replay != NULL ? 0 : -1;
}

/* --- tallies that say nothing ----------------------------------------------------------------- */

static const char zero[] = "0 for every parameter", dead[] = "units are dead or saturated";

static void warn_of_tally(const struct net_spec *spec, size_t class, const char *why) {
    char labels[NET_CLASS_TEXT];
    net_write_class(spec, class, labels, sizeof labels);
    tool_warn("the tally of %s is %s: %s", labels, zero, why);
}

/* Warns of classes of which no image is tallied. */
static void warn_of_absent(const struct settings *settings, const uint64_t *counts,
                           uint64_t tallied) {
    const bool all = settings->steps == TRAIN_ALL;
    char why[80];
    snprintf(why, sizeof why, "no image of it among the %s%slast %" PRIu64 " samples",
             all ? "" : step_names[settings->steps], all ? "" : " ones of the ", tallied);
    for (size_t k = 0; k < settings->spec.classes; k++)
        if (counts[k] == 0 && (settings->tally[k] != NULL || settings->permuted != NULL))
            warn_of_tally(&settings->spec, k, why);
}

static size_t absent(const uint64_t *counts, size_t classes) {
    size_t count = 0;
    for (size_t k = 0; k < classes; k++)
        count += counts[k] == 0;
    return count;
}

/* Warns of steps that changed nothing, or nothing of a layer. What is tallied may be gradients,
 * which tell something where they are small, too. */
static bool warn_of_still(const struct settings *settings, const struct train_outcome *outcome,
                          uint64_t tallied) {
    const struct net_spec *spec = &settings->spec;
    const bool changes = net_measure_by_rate(settings->measure);
    size_t still = 0;
    for (size_t l = 0; l < spec->layers; l++)
        still += !outcome->changed[l];
    for (size_t l = 0; l < spec->layers; l++)
        if (!outcome->changed[l] && (still < spec->layers || l == 0)) {
            char which[32] = "";
            if (still < spec->layers)
                snprintf(which, sizeof which, " of layer%zu", l + 1);
            tool_warn("no parameter%s changed over the last %" PRIu64
                      " samples%s: %s, or the rate is too low",
                      which, tallied, changes ? ", whose tally says nothing" : "", dead);
        }
    return still > 0;
}

/* Warns of tallies that are 0 or say nothing for every parameter. */
static void warn_of_tallies(const struct settings *settings, const struct samples *samples,
                            const struct net *net, const struct train_outcome *outcome) {
    const struct net_spec *spec = &settings->spec;
    const uint64_t tallied = train_tallied(samples, settings->tally_from);
    uint64_t all[NET_MAX_CLASSES];
    const uint64_t *counts = settings->steps == TRAIN_ALL ? all : outcome->counts;
    if (samples->count == 0)
        tool_warn("all tallies are %s: there are no samples", zero);
    else if (tallied == 0)
        tool_warn("all tallies are %s: -f %g leaves none of the %" PRIu64 " samples", zero,
                  settings->tally_from, samples->count);
    if (tallied == 0)
        return;
    train_count(samples, settings->tally_from, spec, all);
    warn_of_absent(settings, counts, tallied);
    if (settings->permute && absent(all, spec->classes) + 1 == spec->classes)
        tool_warn("--permute-labels changes nothing: the last %" PRIu64
                  " samples are all of one class",
                  tallied);
    if (spec->rate == 0 && net_measure_by_rate(settings->measure))
        tool_warn("all tallies are %s: the learning rate is 0", zero);
    else if (spec->rate == 0 || !net_measure_of_learning(settings->measure) ||
             !warn_of_still(settings, outcome, tallied))
        for (size_t k = 0; k < spec->classes; k++)
            if (counts[k] > 0 && settings->tally[k] != NULL && net_tally_is_zero(net, k))
                warn_of_tally(spec, k, dead);
}

/* Trains `net`, a new one if NULL, and writes what is asked for, into outputs that are open. */
static int run(const struct settings *settings, struct net *net, struct samples *samples,
               struct results *results, struct error *error) {
    const bool asked = settings->tallies || settings->permuted != NULL;
    struct replay *replay = NULL;
    struct train_outcome outcome = {0};
    if (net == NULL)
        net = make_net(settings, samples, error);
    const bool ready = net != NULL && prepare(settings, samples, net, &replay, error) == 0;
    const struct train_options plan = {
        .tally_from = settings->tally_from,
        .tally = settings->tallies,
        .permute = settings->permute && replay == NULL ? &settings->permute_seed : NULL,
        .steps = settings->steps,
        .replay = replay,
        .route = settings->route,
        .leak = settings->leak > 0 ? settings->leak : 0,
        .log = settings->log != NULL ? &results->log : NULL,
        .window = settings->window,
        .outcome = asked ? &outcome : NULL,
        .progress = &tool_progress_shown,
    };
    const bool done = ready && train(net, samples, &plan, error) == 0 &&
                      save_results(settings, net, replay, results, error) == 0;
    if (done && asked)
        warn_of_tallies(settings, samples, net, &outcome);
    if (done && settings->route == TRAIN_ROUTE_BEFORE &&
        train_tallied(samples, settings->tally_from) == samples->count)
        tool_warn("--route does nothing: no sample comes before those that are tallied");
    replay_free(replay);
    net_free(net);
    return done ? 0 : -1;
}

int main(int argc, char **argv) {
    net_list_activations(activations, sizeof activations);
    const int used = snprintf(measures, sizeof measures, "tallied: ");
    net_list_measures(measures + used, sizeof measures - (size_t)used);
    tool_start(&tool);
    struct settings settings = read_settings(argc, argv);
    struct error error;
    struct samples samples;
    struct results results = {0};
    struct net *net = NULL;
    const char *path = argv[optind] != NULL ? argv[optind] : "-";
    tool_one_standard_input((const char *const[]){settings.from, path}, 2);
    if (settings.from != NULL && (net = read_network(&settings, &error)) == NULL)
        tool_fail(&error);
    if (open_samples(&settings, path, &samples, &error) != 0)
        tool_fail(&error);
    if (open_results(&settings, &results, &error) != 0 ||
        run(&settings, net, &samples, &results, &error) != 0) {
        discard_results(&results);
        tool_fail(&error);
    }
    samples_close(&samples);
    return 0;
}
