/* Effects of hidden units: how much a class's mean loss changes without one.
 *
 * E(u) = mean over the class's samples of L(a[u] = mean) - L, L = 1/2 sum (y - t)^2 as in net.h.
 * The mean, of all given samples, is summed in double, in their order. The loss is that of the
 * network as it computes, float by float: the layers above are computed again, so that a unit that
 * nothing above hears has E = 0. */
#ifndef ENGRAM_ABLATE_H
#define ENGRAM_ABLATE_H

#include "engram/error.h"
#include "engram/io.h"
#include "engram/net.h"
#include "engram/progress.h"
#include "engram/samples.h"

/* Samples of these labels, whatever classes of the network they are in. */
struct ablate_class {
    bool labels[256];
    uint64_t samples;
    double *effect; /* [hidden units], layer by layer; its user frees it */
};

/* Fills samples and effect of each class, whose labels must have a class in the network and a
 * sample; the network must have a hidden layer. The means are those of `mean` or, if it is NULL, of
 * `samples`, whose activations are then in memory: a float for each sample of the classes and unit.
 *
 * Fails if images have another shape than the network's, if `mean` is empty, or if an effect is not
 * finite. */
int ablate(struct net *net, struct samples *samples, struct samples *mean,
           struct ablate_class *class, size_t classes, const struct progress *progress,
           struct error *error);

/* Writes a parameter file (kind=effect): F32, the tensors of the network, E or its size at the bias
 * of each hidden unit, 0 elsewhere. */
int ablate_save(const struct net *net, const struct ablate_class *class, bool with_sign,
                struct output *output, struct error *error);

#endif
