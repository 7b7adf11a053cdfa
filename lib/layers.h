/* What net.c lends to the files beside it: memory for networks, and how weights lie in it. */
#ifndef ENGRAM_LAYERS_H
#define ENGRAM_LAYERS_H

#include "kernel.h"

/* Zeroed memory at a multiple of 64 bytes, to be freed; NULL and errno if there is none. */
void *net_allocate(size_t count, size_t size);

/* n, rounded up to a multiple of LANES. */
size_t net_padded(size_t n);

/* Floats of a row over `units` units: a multiple of LANES, or SIDE more than one. */
size_t net_lanes(size_t units);

/* A network of zeros. */
struct net *net_zeros(const struct net_spec *spec, struct error *error);

/* Puts weights [out][in] and biases [out] into layer l. */
void net_set_layer(struct net *net, size_t l, const float *weights, const float *biases);

/* The loss of the outputs that the network has, as in a step of kernel.c. */
double net_loss_of(const struct net *net, size_t class);

/* Room for the weights and biases of the largest layer, to be freed. */
float *net_layer_room(const struct net_spec *spec, struct error *error);

/* Weights [out][in] from rows as they lie in layer l; of the first, v + scale * share[unit]. */
void net_unpack(const struct net *net, size_t l, const float *rows, const float *share, float scale,
                float *weights);

/* Numbers in the rows of layer l, their padding too. */
size_t net_row_floats(const struct net *net, size_t l);

/* Finds the strides of factors and, in the zeroed memory that is given (or NULL), the place of
 * those of `steps` steps. Returns how many floats one step takes. */
size_t net_place_factors(const struct net_spec *spec, size_t steps, float *memory,
                         struct factors *factors);

#endif
