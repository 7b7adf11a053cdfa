/* One pass of learning over samples, with what every trainer wants: checks, a log of the loss,
 * progress. */
#ifndef ENGRAM_TRAIN_H
#define ENGRAM_TRAIN_H

#include "engram/error.h"
#include "engram/io.h"
#include "engram/net.h"
#include "engram/samples.h"

/* A row of the log covers this many samples. */
enum { TRAIN_LOG_WINDOW = 100 };

/* Trains `net` on all of `samples`, one image at a time, in their order. Step k (from 0) of n is
 * tallied when k >= tally_from * n; pass a number above 1 for no tally, otherwise net_start_tally
 * must have been called. `log` (may be NULL) gets a table: samples seen by the network, mean loss
 * and error rate before each step, over the last TRAIN_LOG_WINDOW samples.
 *
 * Fails if an image has another shape than the network's, if a label has no class, or if the loss
 * is no longer finite. */
int train(struct net *net, struct samples *samples, double tally_from, struct output *log,
          struct error *error);

#endif
