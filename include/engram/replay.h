/* The steps of a tally, kept to be tallied again with the class labels permuted: the null
 * hypothesis that a tally tells classes apart no better than any split of the same steps. It knows
 * nothing of training: of a step only the factors of its products stay (see enum net_measure), and
 * its image, so that thousands of steps take a few megabytes. */
#ifndef ENGRAM_REPLAY_H
#define ENGRAM_REPLAY_H

#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"
#include "engram/io.h"
#include "engram/net.h"
#include "engram/progress.h"

struct replay;

/* Room for `steps` steps of `net`, measured as it measures; the replay must not outlive it. Memory
 * is touched only as steps are kept: `steps` may be what a header claims. */
struct replay *replay_create(const struct net *net, size_t steps, struct error *error);
void replay_free(struct replay *replay);

/* Keeps the network's last step, as one of the class of its label. The image must still be where it
 * was. No more than `steps` times. */
void replay_step(struct replay *replay, uint8_t label);

/* Writes a parameter file (kind=tallies) whose tensors are those of a tally, F32, after two leading
 * dimensions: `draws` > 0 permutations of the labels, and classes. The permutations come from one
 * generator, rng_seed(seed), one after another, each a rng_shuffle of the list of the steps'
 * classes. The bits are those of net_tally, called for each step with the class it has drawn. Fails
 * if a tally is not finite. `progress` may be NULL. */
int replay_save(const struct replay *replay, uint64_t seed, uint64_t draws,
                const struct progress *progress, struct output *output, struct error *error);

#endif
