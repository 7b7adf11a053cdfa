/* The loop around net_step. */
#include "engram/train.h"

#include <inttypes.h>
#include <math.h>

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

int train(struct net *net, struct samples *samples, double tally_from, struct output *log,
          struct error *error) {
    if (check(net_spec(net), samples, error) != 0)
        return -1;
    if (log != NULL && output_printf(log, error, "samples\tloss\terror_rate\n") != 0)
        return -1;
    struct window window = {0};
    const double first_tallied = tally_from * (double)samples->count;
    const uint8_t *image;
    uint8_t label;
    int more;
    while ((more = samples_next(samples, &image, &label, error)) == 1) {
        const uint64_t step = samples->next - 1;
        const bool tally = tally_from <= 1 && (double)step >= first_tallied;
        bool right;
        const double loss = net_step(net, image, label, tally, &right);
        if (!isfinite(loss))
            return error_set(error,
                             "%s: training diverged: the loss of sample %" PRIu64
                             " is not finite; try a lower learning rate",
                             samples->file.input.name, step);
        window.samples++;
        window.loss += loss;
        window.wrong += !right;
        if (log != NULL && window.samples == TRAIN_LOG_WINDOW &&
            log_row(log, net, &window, error) != 0)
            return -1;
        if (samples->next % 1024 == 0 || samples->next == samples->count)
            tool_progress("training", samples->next, samples->count);
    }
    if (more == 0 && log != NULL && window.samples > 0)
        return log_row(log, net, &window, error);
    return more;
}
