/* One pass of learning over samples, by a network or several: checks, tallies, a log of the loss,
 * progress, the outcome. */
#ifndef ENGRAM_TRAIN_H
#define ENGRAM_TRAIN_H

#include "engram/error.h"
#include "engram/io.h"
#include "engram/measure.h"
#include "engram/net.h"
#include "engram/progress.h"
#include "engram/replay.h"
#include "engram/samples.h"

/* A row of the log covers this many samples, unless told otherwise; its running mean, so many rows.
 */
enum { TRAIN_LOG_WINDOW = 100, TRAIN_LOG_RUNNING = 10 };

struct train_outcome {
    uint64_t samples, tallied;        /* not left out; in the tallied part */
    bool changed[NET_MAX_LAYERS];     /* a parameter of the layer, over the tallied part */
    uint64_t counts[NET_MAX_CLASSES]; /* with `tally`: steps that count for each class */
};

/* Which steps of the tallied part count: all; the 1st, 3rd, ...; the 2nd, 4th, ... */
enum train_steps { TRAIN_ALL, TRAIN_ODD, TRAIN_EVEN };

/* Where gradients are routed: nowhere; in the part before the tallied one; throughout. */
enum train_route { TRAIN_ROUTE_NONE, TRAIN_ROUTE_BEFORE, TRAIN_ROUTE_ALL };

/* What is done besides training; zeroed, nothing. The tallied part: steps k of n, from 0, with
 * k / n >= tally_from. */
struct train_options {
    const bool *without;     /* [256] labels whose samples are left out, or NULL */
    const char *left_out;    /* these labels in messages, or NULL */
    double tally_from;       /* 0 to 1 */
    bool tally;              /* the tallied part; net_start_tally must have been called */
    const uint64_t *permute; /* tally each step in the class it draws from this seed, not its own */
    enum train_steps steps;  /* of the tally; all are permuted */
    struct replay *replay;   /* keeps the tallied part, its own classes; may be NULL */
    enum train_route route;
    double leak;                     /* of routed steps; see net_set_leak */
    struct output *log;              /* may be NULL */
    uint64_t window;                 /* samples of its rows; 0: TRAIN_LOG_WINDOW */
    struct train_outcome *outcome;   /* may be NULL */
    const struct progress *progress; /* may be NULL; of several networks, the first's */
};

/* Samples in the tallied part. */
uint64_t train_tallied(const struct samples *samples, double tally_from);

/* Samples of each class in the tallied part; with tally_from = 0, in all. */
void train_count(const struct samples *samples, double tally_from, const struct net_spec *spec,
                 uint64_t counts[NET_MAX_CLASSES]);

/* Fails if images have another shape than the network's. */
int train_check_images(const struct net_spec *spec, const struct samples *samples,
                       struct error *error);

/* Fails as train_check_images does, if a label has no class, or if the network has learned from too
 * many samples to count more. */
int train_check(const struct net_spec *spec, const struct samples *samples, struct error *error);

/* Fails if a hidden layer has fewer units than there are classes to route to. */
int train_check_route(const struct net_spec *spec, struct error *error);

/* Trains `net` on all of `samples`, one image at a time, in their order. With `permute`, the
 * classes of the tallied part are shuffled before, by rng_shuffle from rng_seed(*permute). `log`
 * gets a table: samples seen by the network; loss and error rate, means over the last `window`
 * samples, or as many as are left, each before its step; running, the mean loss of the last
 * TRAIN_LOG_RUNNING rows, NaN before there are so many.
 *
 * Fails as train_check does, or if the loss is no longer finite. */
int train(struct net *net, struct samples *samples, const struct train_options *options,
          struct error *error);

/* The same for `count` networks in one pass, each with options of its own and as if alone. */
int train_all(struct net *const *net, const struct train_options *options, size_t count,
              struct samples *samples, struct error *error);

#endif
