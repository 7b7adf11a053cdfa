/* The loop around net_step. */
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

static int log_row(struct output *log, const struct net *net, struct window *window,
                   struct error *error) {
    const double samples = (double)window->samples, loss = window->loss / samples;
    const double error_rate = (double)window->wrong / samples;
    double sum = 0;
    window->rows[window->logged++ % TRAIN_LOG_RUNNING] = loss;
    for (size_t k = 0; k < TRAIN_LOG_RUNNING; k++)
        sum += window->rows[k];
    window->samples = window->wrong = 0;
    window->loss = 0;
    return output_printf(log, error, "%" PRIu64 "\t%.6e\t%.4f\t%.6e\n", net_spec(net)->samples,
                         loss, error_rate,
                         window->logged < TRAIN_LOG_RUNNING ? NAN : sum / TRAIN_LOG_RUNNING);
}

int train_check(const struct net_spec *spec, const struct samples *samples, struct error *error) {
    const char *name = samples->file.input.name;
    if (samples->rows != spec->rows || samples->cols != spec->cols)
        return error_set(error, "%s: images of %zu x %zu, but the network takes %zu x %zu", name,
                         samples->rows, samples->cols, spec->rows, spec->cols);
    for (uint64_t i = 0; i < samples->count; i++)
        if (spec->class_of[samples->labels[i]] < 0)
            return error_set(error, "%s: sample %" PRIu64 " has label %d, which is in no class",
                             name, i, samples->labels[i]);
    if (spec->samples > UINT64_MAX - samples->count)
        return error_set(error,
                         "%s: %" PRIu64 " samples after the %" PRIu64
                         " that the network has learned from are more than 2^64-1",
                         name, samples->count, spec->samples);
    return 0;
}

/* A quotient is the double nearest to it, as a fraction's is that is typed: 0.07 of 100 is 7, which
 * the product 0.07 * 100 is not. */
uint64_t train_tallied(const struct samples *samples, double tally_from) {
    const uint64_t count = samples->count;
    const double n = (double)count;
    uint64_t first = (uint64_t)(tally_from * n);
    while (first < count && (double)first / n < tally_from)
        first++;
    return first < count ? count - first : 0;
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

/* The classes in which the last `count` samples are tallied, to be freed. */
static size_t *list_classes(const struct net_spec *spec, const struct samples *samples,
                            uint64_t count, const struct train_options *options,
                            struct error *error) {
    const uint8_t *labels = samples->labels + (samples->count - count);
    size_t *classes = reallocarray(NULL, (size_t)count + 1, sizeof *classes);
    if (classes == NULL) {
        error_errno(error, "%s", samples->file.input.name);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        classes[i] = (size_t)spec->class_of[labels[i]];
    if (options->permute != NULL) {
        struct rng rng;
        rng_seed(&rng, *options->permute);
        rng_shuffle(&rng, classes, (size_t)count);
    }
    choose_steps(options, classes, (size_t)count);
    return classes;
}

/* Trains on the next sample. Of the tallied part, `class` is where it is tallied; otherwise NULL.
 */
static int train_next(struct net *net, struct samples *samples, const struct train_options *options,
                      const size_t *class, struct window *window, struct error *error) {
    const uint8_t *image;
    uint8_t label;
    bool right;
    if (samples_next(samples, &image, &label, error) != 1)
        return -1;
    net_set_routed(net, options->routed && class == NULL);
    const double loss = net_step(net, image, label, &right);
    if (!isfinite(loss))
        return error_set(error,
                         "%s: training diverged: the loss of sample %" PRIu64
                         " is not finite; try a lower learning rate",
                         samples->file.input.name, samples->next - 1);
    if (class != NULL && *class != NO_CLASS && options->tally)
        net_tally(net, *class);
    if (class != NULL && options->replay != NULL)
        replay_step(options->replay, label);
    window->samples++;
    window->loss += loss;
    window->wrong += !right;
    return 0;
}

/* Trains on the samples before `end`. Of the tallied part, `classes` are where each is tallied;
 * otherwise NULL. */
static int train_until(struct net *net, struct samples *samples,
                       const struct train_options *options, uint64_t end, const size_t *classes,
                       struct window *window, struct error *error) {
    const uint64_t row = options->window > 0 ? options->window : TRAIN_LOG_WINDOW;
    for (size_t k = 0; samples->next < end; k++) {
        if (train_next(net, samples, options, classes != NULL ? classes + k : NULL, window,
                       error) != 0)
            return -1;
        if (options->log != NULL && window->samples == row &&
            log_row(options->log, net, window, error) != 0)
            return -1;
        if (samples->next % 1024 == 0 || samples->next == samples->count)
            progress_report(options->progress, "training", samples->next, samples->count);
    }
    return 0;
}

/* Trains on the tallied part, the samples left. */
static int train_tallied_part(struct net *net, struct samples *samples,
                              const struct train_options *options, struct window *window,
                              struct error *error) {
    const uint64_t count = samples->count - samples->next;
    size_t *classes = list_classes(net_spec(net), samples, count, options, error);
    float *before = NULL;
    int result = classes != NULL ? 0 : -1;
    if (result == 0 && options->outcome != NULL && (before = net_copy(net, error)) == NULL)
        result = -1;
    if (result == 0)
        result = train_until(net, samples, options, samples->count, classes, window, error);
    for (size_t l = 0; result == 0 && before != NULL && l < net_spec(net)->layers; l++)
        options->outcome->changed[l] = net_differs(net, before, l);
    free(before);
    free(classes);
    return result;
}

int train(struct net *net, struct samples *samples, const struct train_options *options,
          struct error *error) {
    struct output *const log = options->log;
    if (train_check(net_spec(net), samples, error) != 0)
        return -1;
    if (log != NULL && output_printf(log, error, "samples\tloss\terror_rate\trunning\n") != 0)
        return -1;
    const uint64_t before = samples->count - train_tallied(samples, options->tally_from);
    struct window window = {0};
    const bool trained = train_until(net, samples, options, before, NULL, &window, error) == 0 &&
                         train_tallied_part(net, samples, options, &window, error) == 0;
    net_set_routed(net, false);
    if (!trained || samples_next(samples, &(const uint8_t *){NULL}, &(uint8_t){0}, error) != 0)
        return -1;
    return log != NULL && window.samples > 0 ? log_row(log, net, &window, error) : 0;
}
