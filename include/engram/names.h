/* Tables of named rows: a name's row, a list for the help. */
#ifndef ENGRAM_NAMES_H
#define ENGRAM_NAMES_H

#include <stddef.h>

#include "engram/error.h"

struct names {
    const char *what; /* "activation" */
    const void *rows; /* structs whose first member is the name, a const char * */
    size_t count, row_size;
};

/* The row with that name, or names->count and an error: "unknown activation 'tanf' (tanh?); known:
 * softplus, ...", with a name that is one or two letters away, if any. */
size_t names_find(const struct names *names, const char *name, struct error *error);

/* "softplus, relu or tanh", cut to `size`. */
void names_list(const struct names *names, char *text, size_t size);

#endif
