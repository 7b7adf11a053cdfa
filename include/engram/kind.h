/* Kinds of files, by their first bytes: for messages alone, readers check for themselves. */
#ifndef ENGRAM_KIND_H
#define ENGRAM_KIND_H

#include <stddef.h>

/* The bytes that are looked at. */
enum { KIND_BYTES = 512 };

/* "a zip archive: unpack it", to follow "not a safetensors file but"; NULL if unknown. */
const char *kind_of(const unsigned char *bytes, size_t size);

#endif
