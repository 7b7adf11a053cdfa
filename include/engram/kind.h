/* What a file is that is not what was asked for, told from its first bytes.
 *
 * For messages alone: whether a file is good is for its reader to say. */
#ifndef ENGRAM_KIND_H
#define ENGRAM_KIND_H

#include <stddef.h>

/* So many bytes tell all there is to tell. */
enum { KIND_BYTES = 512 };

/* What the file is that begins with these bytes, and what to do about it, as in "a zip archive:
 * unpack it"; made to follow "not a safetensors file but". NULL for one it does not know. */
const char *kind_of(const unsigned char *bytes, size_t size);

#endif
