/* The loop around net_step. */
#include "engram/train.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "engram/rng.h"
#include "engram/tool.h"

/* What has gathered since the last row of the log. */
struct window {
    uint64_t samples, wrong;
    double loss;
};

static int log_row(struct output *log, const struct net *net, struct window *window,
                   struct error *error) {
    const double samples = (double)window->samples;
    const int result =
        output_printf(log, error, "%" PRIu64 "\t%.6e\t%.4f\n", net_spec(net)->samples,
                      window->loss / samples, (double)window->wrong / samples);
    *window = (struct window){0};
    return result;
}

static int check(const struct net_spec *spec, const struct samples *samples, struct error *error) {
    const char *name = samples->file.input.name;
    if (samples->rows != spec->rows || samples->cols != spec->cols)
        return error_set(error, "%s: images of %zu x %zu, but the network takes %zu x %zu", name,
                         samples->rows, samples->cols, spec->rows, spec->cols);
    for (uint64_t i = 0; i < samples->count; i++)
        if (spec->class_of[samples->labels[i]] < 0)
            return error_set(error, "%s: sample %" PRIu64 " has label %d, which is in no class",
                             name, i, samples->labels[i]);
    return 0;
}

uint64_t train_tallied(const struct samples *samples, double tally_from) {
    const double first = ceil(tally_from * (double)samples->count);
    return first < (double)samples->count ? samples->count - (uint64_t)first : 0;
}

/* The classes in which the last `count` samples are tallied, to be freed. */
static size_t *list_classes(const struct net_spec *spec, const struct samples *samples,
                            uint64_t count, const uint64_t *permute, struct error *error) {
    const uint8_t *labels = samples->labels + (samples->count - count);
    size_t *classes = reallocarray(NULL, (size_t)count + 1, sizeof *classes);
    if (classes == NULL) {
        error_errno(error, "%s", samples->file.input.name);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        classes[i] = (size_t)spec->class_of[labels[i]];
    if (permute != NULL) {
        struct rng rng;
        rng_seed(&rng, *permute);
        rng_shuffle(&rng, classes, (size_t)count);
    }
    return classes;
}

/* Trains on the next sample. Of the tallied part, `class` is where it is tallied; otherwise NULL.
 */
static int train_next(struct net *net, struct samples *samples, const struct train_options *options,
                      const size_t *class, struct window *window, struct error *error) {
    const uint8_t *image;
    uint8_t label;
    bool right;
    const int more = samples_next(samples, &image, &label, error);
    if (more != 1)
        return more;
    net_set_routed(net, options->routed && class == NULL);
    const double loss = net_step(net, image, label, &right);
    if (!isfinite(loss))
        return error_set(error,
                         "%s: training diverged: the loss of sample %" PRIu64
                         " is not finite; try a lower learning rate",
                         samples->file.input.name, samples->next - 1);
    if (class != NULL && options->tally)
        net_tally(net, *class);
    if (class != NULL && options->record != NULL)
        record_step(options->record, label);
    window->samples++;
    window->loss += loss;
    window->wrong += !right;
    return 1;
}

int train(struct net *net, struct samples *samples, const struct train_options *options,
          struct error *error) {
    struct output *const log = options->log;
    if (check(net_spec(net), samples, error) != 0)
        return -1;
    if (log != NULL && output_printf(log, error, "samples\tloss\terror_rate\n") != 0)
        return -1;
    const uint64_t tallied = train_tallied(samples, options->tally_from),
                   before = samples->count - tallied;
    size_t *classes = list_classes(net_spec(net), samples, tallied, options->permute, error);
    if (classes == NULL)
        return -1;
    struct window window = {0};
    int more;
    while ((more = train_next(net, samples, options,
                              samples->next < before ? NULL : classes + (samples->next - before),
                              &window, error)) == 1) {
        if (log != NULL && window.samples == TRAIN_LOG_WINDOW &&
            log_row(log, net, &window, error) != 0) {
            more = -1;
            break;
        }
        if (samples->next % 1024 == 0 || samples->next == samples->count)
            tool_progress("training", samples->next, samples->count);
    }
    free(classes);
    net_set_routed(net, false);
    if (more == 0 && log != NULL && window.samples > 0)
        return log_row(log, net, &window, error);
    return more;
}
