/* Steps kept to be tallied again with the class labels permuted: the null hypothesis that a tally
 * tells classes apart no better than any split of the same steps. Of a step only the factors f and
 * h of its measure stay (see measure.h), and its image: thousands take a few megabytes. */
#ifndef ENGRAM_REPLAY_H
#define ENGRAM_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"
#include "engram/io.h"
#include "engram/net.h"
#include "engram/progress.h"

struct replay;

/* Room for `steps` steps of `net`, by its measure; must not outlive it. Memory is touched only as
 * steps are kept: `steps` may be what a header claims. */
struct replay *replay_create(const struct net *net, size_t steps, struct error *error);
void replay_free(struct replay *replay);

/* Keeps the network's last step, as one of the class of its label. The image must still be where it
 * was. No more than `steps` times. */
void replay_step(struct replay *replay, uint8_t label);

/* Which permutations: rng_shuffle of the list of the steps' classes, the true ones each time. */
struct replay_draws {
    uint64_t count, seed;
    bool seeded; /* permutation k is the first of rng_seed(seed + k); else all are of one generator
                  */
};

/* Writes a parameter file (kind=tallies): the tensors of a tally, F32, after two leading
 * dimensions, `draws` (count > 0) and classes. The bits are those of net_tally with the classes so
 * drawn. Fails if a tally is not finite. `progress` may be NULL. */
int replay_save(const struct replay *replay, struct replay_draws draws,
                const struct progress *progress, struct output *output, struct error *error);

#endif
