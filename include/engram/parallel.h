/* A series of pieces of work by several threads, as by one: taken one after another, worked on side
 * by side, joined one after another in the order in which they were taken. */
#ifndef ENGRAM_PARALLEL_H
#define ENGRAM_PARALLEL_H

#include <stddef.h>

#include "engram/error.h"

enum { PARALLEL_THREADS = 256, PARALLEL_SLOTS = 2 * PARALLEL_THREADS };

/* What is done with a piece, which is in a slot of the caller's. Only `work` is called by several
 * threads at a time. */
struct parallel {
    int (*take)(void *data, void *slot, struct error *error); /* 1; 0 if there is no more; -1 */
    int (*work)(void *data, void *slot, struct error *error); /* 0 or -1, as is join */
    int (*join)(void *data, void *slot, struct error *error);
};

/* The processors that this program may use, PARALLEL_THREADS at most. */
size_t parallel_processors(void);

/* Goes on until there is no more or a piece fails: -1, with the error of the first that does, after
 * all before it have been joined and none after it. `threads`, or as many as the system will give,
 * the calling one at least. With more slots than threads, these wait less for each other;
 * 1 <= threads <= PARALLEL_THREADS, 1 <= slots <= PARALLEL_SLOTS. */
int parallel_run(const struct parallel *parallel, void *data, void *const *slot, size_t slots,
                 size_t threads, struct error *error);

#endif
