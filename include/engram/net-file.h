/* Parameter files of networks and their tallies (kind=network, kind=tally).
 *
 * Tensors layer1.weight F32 [out,in], layer1.bias F32 [out], layer2.weight ...; in the metadata of
 * a network is all that is needed to go on training. */
#ifndef ENGRAM_NET_FILE_H
#define ENGRAM_NET_FILE_H

#include <stddef.h>

#include "engram/error.h"
#include "engram/io.h"
#include "engram/net.h"
#include "engram/safetensors.h"

/* Reads a network from an open file, up to its end. */
struct net *net_load(struct st_file *file, struct error *error);

/* The same from a file's name; NULL or "-" is standard input. */
struct net *net_read(const char *path, struct error *error);

/* Writes the network, or the tally of a class. Fails if a value is not finite. `steps` says which
 * count, as its metadata do; NULL, all. */
int net_save(const struct net *net, struct output *output, struct error *error);
int net_save_tally(const struct net *net, size_t class, const char *steps, struct output *output,
                   struct error *error);

/* Writes the labels of a class, as in "1,7", into NET_CLASS_TEXT bytes or as many as are left of
 * such a text; returns how many. */
enum { NET_CLASS_TEXT = 1280 };
size_t net_write_class(const struct net_spec *spec, size_t class, char *text, size_t size);

/* Writes all of them, as in "1,7;6,8". */
void net_write_classes(const struct net_spec *spec, char text[NET_CLASS_TEXT]);

#endif
