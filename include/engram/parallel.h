/* A series of pieces of work by several threads, as by one: taken one after another, worked on side
 * by side, joined one after another in the order in which they were taken. */
#ifndef ENGRAM_PARALLEL_H
#define ENGRAM_PARALLEL_H

#include <stddef.h>

#include "engram/error.h"

enum { PARALLEL_MAX = 256 };

/* What is done with a piece, which is in a slot of the caller's. Only `work` is called by several
 * threads at a time. */
struct parallel {
    int (*take)(void *data, void *slot, struct error *error); /* 1; 0 if there is no more; -1 */
    int (*work)(void *data, void *slot, struct error *error); /* 0 or -1, as is join */
    int (*join)(void *data, void *slot, struct error *error);
};

/* The processors that this program may use, PARALLEL_MAX at most. */
size_t parallel_processors(void);

/* Goes on until there is no more or a piece fails: -1, with the error of the first that does, after
 * all before it have been joined and none after it. Has a thread for each slot, or as many as the
 * system will give, the calling one at least; 1 <= slots <= PARALLEL_MAX. */
int parallel_run(const struct parallel *parallel, void *data, void *const *slot, size_t slots,
                 struct error *error);

#endif
