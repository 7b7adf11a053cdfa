/* What has one of a few names, as an activation has: found by its name, listed for the help. It
 * knows nothing of what is named: that is a table, of which it reads the first member of each row.
 */
#ifndef ENGRAM_NAMES_H
#define ENGRAM_NAMES_H

#include <stddef.h>

#include "engram/error.h"

struct names {
    const char *what; /* one of them is, as in "activation" */
    const void *rows; /* structs whose first member is a const char * */
    size_t count, row_size;
};

/* The number of the row with that name, or names->count and an error: "unknown activation 'tanf'
 * (tanh?); known: softplus, ...", with a name that is one or two letters away if there is one. */
size_t names_find(const struct names *names, const char *name, struct error *error);

/* All of them, as in "softplus, relu or tanh"; cut to `size`. */
void names_list(const struct names *names, char *text, size_t size);

#endif
