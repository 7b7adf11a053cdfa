/* The room doubles, so that n elements are moved O(n) times in all. */
#include "engram/grow.h"

#include <stdlib.h>

void *grow(void *array, size_t *room, size_t count, size_t most, size_t size) {
    if (array != NULL && count <= *room)
        return array;
    size_t more = *room > most / 2 ? most : 2 * *room;
    more = more > count ? more : count;
    void *grown = reallocarray(array, more > 0 ? more : 1, size);
    if (grown != NULL)
        *room = more;
    return grown;
}
