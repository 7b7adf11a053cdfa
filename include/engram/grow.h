/* Memory that grows with what arrives: no size that a header claims is taken on trust. */
#ifndef ENGRAM_GROW_H
#define ENGRAM_GROW_H

#include <stddef.h>

/* Room for `count` <= `most` elements of `size` bytes in an array that has *room of them: at least
 * doubles, up to `most`. Returns the array, perhaps moved, even for none; NULL and errno without
 * memory: then the array and *room are as they were. */
void *grow(void *array, size_t *room, size_t count, size_t most, size_t size);

#endif
