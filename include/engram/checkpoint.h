/* What stands for a model: a safetensors file, or several of them (shards) that an index lists, or
 * the folder they are in.
 *
 * An index is {"metadata": {...}, "weight_map": {TENSOR: SHARD, ...}}, a shard a regular file in
 * the folder of the index. It is judged strictly: every tensor in the shard it is said to be in,
 * and in no other; metadata's total_size, where it is an integer, the bytes of all tensors. */
#ifndef ENGRAM_CHECKPOINT_H
#define ENGRAM_CHECKPOINT_H

#include "engram/error.h"
#include "engram/safetensors.h"

/* Opens the model at `path` (NULL or "-": standard input), to be read and closed as a safetensors
 * file is. Of a folder, the file there whose name alone ends in .safetensors.index.json, else the
 * one in .safetensors. A regular file is an index if its name ends in .index.json or if it begins
 * as JSON.
 *
 * Of shards, every header is read once, and all stay open: the limit on open files is raised as far
 * as the system allows. Metadata is that of the first shard, by name, that has it. */
int checkpoint_open(struct st_file *file, const char *path, struct error *error);

#endif
