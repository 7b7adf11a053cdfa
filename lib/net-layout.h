/* How the tensors of networks and tallies lie in files, for those that write them. */
#ifndef ENGRAM_NET_LAYOUT_H
#define ENGRAM_NET_LAYOUT_H

#include "engram/net-file.h"

enum { NET_NAME = 40, NET_MORE = 2 };

/* Tensors of a network, two a layer, in the writer's order: all are F32, so by name. */
struct net_layout {
    struct st_tensor tensor[2 * NET_MAX_LAYERS];
    uint64_t shape[2 * NET_MAX_LAYERS][4];
    char name[2 * NET_MAX_LAYERS][NET_NAME];
    size_t layer[2 * NET_MAX_LAYERS]; /* of tensor[i] */
    size_t count;
};

/* Writes the header of tallies of `net` and tells their layout. `more` is what its metadata says
 * beside what all say, up to NET_MORE items until one without a key; with `draws` > 0 the shapes
 * begin with draws and classes. */
int net_write_tally_header(const struct net *net, const char *kind, const struct st_metadata *more,
                           uint64_t draws, struct net_layout *layout, struct output *output,
                           struct error *error);

/* Writes the numbers of a tensor, which it uses up. Fails if one is not finite. */
int net_write_values(struct output *output, const char *name, float *values, size_t count,
                     struct error *error);

#endif
