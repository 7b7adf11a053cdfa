/* Which tensors of parameter files are taken, and under which names: those that one pattern at
 * least includes, if any does, and none excludes, after prefixes have been stripped. */
#ifndef ENGRAM_SELECTION_H
#define ENGRAM_SELECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "engram/error.h"
#include "engram/safetensors.h"

enum selection_kind { SELECTION_INCLUDE, SELECTION_EXCLUDE, SELECTION_STRIP, SELECTION_KINDS };

/* --include GLOB, --exclude GLOB (fnmatch, of the whole name) or --strip PREFIX. */
struct selection_rule {
    enum selection_kind kind;
    const char *text;
    bool used; /* by a tensor of some file */
};

enum { SELECTION_MAX = 256 };

struct st_selection {
    struct selection_rule rule[SELECTION_MAX];
    size_t rules;
};

/* "include", "exclude", "strip". */
extern const char *const selection_names[SELECTION_KINDS];

/* Strips the first prefix that fits off every name, if more than that is left, and leaves out what
 * is not chosen (ST_NOT_CHOSEN). An error, which names both, if two names become the same. Before
 * anything is read. */
int selection_apply(struct st_selection *selection, struct st_file *file, struct error *error);

/* That each rule has been of use in one of the files it was applied to, whose names are in `files`,
 * and, if there are any, that some tensors are `taken`. */
int selection_check(const struct st_selection *selection, const char *files, size_t taken,
                    struct error *error);

#endif
