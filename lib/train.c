/* The loop around net_learn. */
#include "engram/train.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engram/rng.h"

/* The class of a step that counts for none. */
static const size_t NO_CLASS = SIZE_MAX;

/* Since the last row of the log, and the losses of its last rows. */
struct window {
    uint64_t samples, wrong;
    double loss;
    double rows[TRAIN_LOG_RUNNING]; /* row k's at k % TRAIN_LOG_RUNNING */
    uint64_t logged;
};

/* A network on its way through its samples. */
struct learner {
    struct net *net;
    const struct train_options *options;
    uint64_t seen, tallied_from, count; /* of its samples; seen so far */
    size_t *classes;                    /* in which the tallied ones are tallied, or NULL */
    float *before;                      /* the parameters at tallied_from, or NULL */
    struct window window;
};

static bool takes(const struct train_options *options, uint8_t label) {
    return options->without == NULL || !options->without[label];
}

static int log_row(struct learner *learner, struct error *error) {
    struct window *const window = &learner->window;
    const double samples = (double)window->samples, loss = window->loss / samples;
    const double error_rate = (double)window->wrong / samples;
    double sum = 0;
    window->rows[window->logged++ % TRAIN_LOG_RUNNING] = loss;
    for (size_t k = 0; k < TRAIN_LOG_RUNNING; k++)
        sum += window->rows[k];
    window->samples = window->wrong = 0;
    window->loss = 0;
    return output_printf(learner->options->log, error, "%" PRIu64 "\t%.6e\t%.4f\t%.6e\n",
                         net_spec(learner->net)->samples, loss, error_rate,
                         window->logged < TRAIN_LOG_RUNNING ? NAN : sum / TRAIN_LOG_RUNNING);
}

int train_check_images(const struct net_spec *spec, const struct samples *samples,
                       struct error *error) {
    return samples->rows == spec->rows && samples->cols == spec->cols
               ? 0
               : error_set(error, "%s: images of %zu x %zu, but the network takes %zu x %zu",
                           samples->file.input.name, samples->rows, samples->cols, spec->rows,
                           spec->cols);
}

/* Fails as train_check does, for the samples that these options do not leave out. */
static int check(const struct net_spec *spec, const struct samples *samples,
                 const struct train_options *options, struct error *error) {
    const char *name = samples->file.input.name;
    uint64_t count = 0;
    if (train_check_images(spec, samples, error) != 0)
        return -1;
    for (uint64_t i = 0; i < samples->count; i++) {
        if (!takes(options, samples->labels[i]))
            continue;
        if (spec->class_of[samples->labels[i]] < 0)
            return error_set(error, "%s: sample %" PRIu64 " has label %d, which is in no class",
                             name, i, samples->labels[i]);
        count++;
    }
    if (spec->samples > UINT64_MAX - count)
        return error_set(error,
                         "%s: %" PRIu64 " samples after the %" PRIu64
                         " that the network has learned from are more than 2^64-1",
                         name, count, spec->samples);
    return 0;
}

int train_check(const struct net_spec *spec, const struct samples *samples, struct error *error) {
    return check(spec, samples, &(struct train_options){0}, error);
}

int train_check_route(const struct net_spec *spec, struct error *error) {
    for (size_t l = 1; l < spec->layers; l++)
        if (spec->width[l] < spec->classes)
            return error_set(error,
                             "a hidden layer has fewer units, %zu, than there are classes, %zu",
                             spec->width[l], spec->classes);
    return 0;
}

/* A quotient is the double nearest to it, as a fraction's is that is typed: 0.07 of 100 is 7, which
 * the product 0.07 * 100 is not. */
static uint64_t tallied_of(uint64_t count, double tally_from) {
    const double n = (double)count;
    uint64_t first = (uint64_t)(tally_from * n);
    while (first < count && (double)first / n < tally_from)
        first++;
    return first < count ? count - first : 0;
}

uint64_t train_tallied(const struct samples *samples, double tally_from) {
    return tallied_of(samples->count, tally_from);
}

void train_count(const struct samples *samples, double tally_from, const struct net_spec *spec,
                 uint64_t counts[NET_MAX_CLASSES]) {
    memset(counts, 0, NET_MAX_CLASSES * sizeof *counts);
    for (uint64_t left = train_tallied(samples, tally_from); left > 0; left--)
        counts[spec->class_of[samples->labels[samples->count - left]]]++;
}

static bool counts(enum train_steps steps, size_t i) {
    return steps == TRAIN_ALL || (i % 2 == 0) == (steps == TRAIN_ODD);
}

/* Leaves out steps that do not count, and counts the others. */
static void choose_steps(const struct train_options *options, size_t *classes, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!counts(options->steps, i))
            classes[i] = NO_CLASS;
        else if (options->outcome != NULL)
            options->outcome->counts[classes[i]]++;
}

/* The classes in which a learner's tallied samples are tallied, to be freed. */
static size_t *list_classes(const struct learner *learner, const struct samples *samples,
                            struct error *error) {
    const struct train_options *const options = learner->options;
    const size_t count = (size_t)(learner->count - learner->tallied_from);
    size_t *classes = reallocarray(NULL, count + 1, sizeof *classes);
    if (classes == NULL) {
        error_errno(error, "%s", samples->file.input.name);
        return NULL;
    }
    for (size_t left = count, i = (size_t)samples->count; left > 0; i--)
        if (takes(options, samples->labels[i - 1]))
            classes[--left] = (size_t)net_spec(learner->net)->class_of[samples->labels[i - 1]];
    if (options->permute != NULL) {
        struct rng rng;
        rng_seed(&rng, *options->permute);
        rng_shuffle(&rng, classes, count);
    }
    choose_steps(options, classes, count);
    return classes;
}

static int start(struct learner *learner, struct net *net, const struct samples *samples,
                 const struct train_options *options, struct error *error) {
    *learner = (struct learner){.net = net, .options = options};
    if (check(net_spec(net), samples, options, error) != 0)
        return -1;
    for (uint64_t i = 0; i < samples->count; i++)
        learner->count += takes(options, samples->labels[i]);
    const uint64_t tallied = tallied_of(learner->count, options->tally_from);
    learner->tallied_from = learner->count - tallied;
    if (options->outcome != NULL)
        *options->outcome = (struct train_outcome){.samples = learner->count, .tallied = tallied};
    if (options->tally && (learner->classes = list_classes(learner, samples, error)) == NULL)
        return -1;
    return options->log != NULL
               ? output_printf(options->log, error, "samples\tloss\terror_rate\trunning\n")
               : 0;
}

/* Learns from sample `number`, image n of `images`. */
static int learn(struct learner *learner, const struct net_images *images, size_t n, uint8_t label,
                 uint64_t number, const struct samples *samples, struct error *error) {
    const struct train_options *const options = learner->options;
    struct window *const window = &learner->window;
    const uint64_t row = options->window > 0 ? options->window : TRAIN_LOG_WINDOW;
    const bool tallied = learner->seen >= learner->tallied_from;
    if (learner->seen == learner->tallied_from && options->outcome != NULL &&
        (learner->before = net_copy(learner->net, error)) == NULL)
        return -1;
    const bool routed =
        options->route == TRAIN_ROUTE_ALL || (options->route == TRAIN_ROUTE_BEFORE && !tallied);
    net_set_leak(learner->net, routed ? options->leak : 1);
    bool right;
    const double loss = net_learn(learner->net, images, n, label, &right);
    if (!isfinite(loss))
        return error_set(error,
                         "%s: %s%s%straining diverged: the loss of sample %" PRIu64
                         " is not finite; try a lower learning rate",
                         samples->file.input.name, options->left_out != NULL ? "without " : "",
                         options->left_out != NULL ? options->left_out : "",
                         options->left_out != NULL ? ": " : "", number);
    if (tallied && options->tally) {
        const size_t class = learner->classes[learner->seen - learner->tallied_from];
        if (class != NO_CLASS)
            net_tally(learner->net, class);
    }
    if (tallied && options->replay != NULL)
        replay_step(options->replay, label);
    learner->seen++;
    window->samples++;
    window->loss += loss;
    window->wrong += !right;
    return options->log != NULL && window->samples == row ? log_row(learner, error) : 0;
}

/* Learns from those of a block that it takes. */
static int learn_block(struct learner *learner, const struct net_images *images,
                       const struct samples_block *block, const struct samples *samples,
                       struct error *error) {
    for (size_t n = 0; n < block->count; n++)
        if (takes(learner->options, block->labels[n]) &&
            learn(learner, images, n, block->labels[n], block->first + n, samples, error) != 0)
            return -1;
    return 0;
}

/* Each block is read and looked through once; the weights of one network at a time fill the cache.
 */
static int learn_all(struct learner *learner, size_t count, struct samples *samples,
                     struct error *error) {
    struct net_images *images = net_images_create(error);
    struct samples_block block;
    int more = images != NULL ? 1 : -1;
    while (more == 1 && (more = samples_block(samples, NET_IMAGES, &block, error)) == 1) {
        if (net_images_list(images, block.images, block.count, samples->rows * samples->cols,
                            error) != 0)
            more = -1;
        for (size_t k = 0; more == 1 && k < count; k++)
            if (learn_block(&learner[k], images, &block, samples, error) != 0)
                more = -1;
        progress_report(learner->options->progress, "training", samples->next, samples->count);
    }
    net_images_free(images);
    return more;
}

static int finish(struct learner *learner, struct error *error) {
    const struct train_options *const options = learner->options;
    for (size_t l = 0; learner->before != NULL && l < net_spec(learner->net)->layers; l++)
        options->outcome->changed[l] = net_differs(learner->net, learner->before, l);
    return options->log != NULL && learner->window.samples > 0 ? log_row(learner, error) : 0;
}

int train_all(struct net *const *net, const struct train_options *options, size_t count,
              struct samples *samples, struct error *error) {
    struct learner *learner = calloc(count + 1, sizeof *learner);
    int result = learner != NULL ? 0 : error_errno(error, "%s", samples->file.input.name);
    for (size_t k = 0; result == 0 && k < count; k++)
        result = start(&learner[k], net[k], samples, &options[k], error);
    if (result == 0)
        result = learn_all(learner, count, samples, error);
    for (size_t k = 0; result == 0 && k < count; k++)
        result = finish(&learner[k], error);
    for (size_t k = 0; learner != NULL && k < count; k++) {
        net_set_leak(net[k], 1);
        free(learner[k].classes);
        free(learner[k].before);
    }
    free(learner);
    return result;
}

int train(struct net *net, struct samples *samples, const struct train_options *options,
          struct error *error) {
    return train_all(&net, options, 1, samples, error);
}
