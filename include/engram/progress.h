/* Progress of long work, as a callback: the library knows no terminal. */
#ifndef ENGRAM_PROGRESS_H
#define ENGRAM_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

struct progress {
    /* `done` of `all`, which it reaches in the end; may be NULL */
    void (*report)(void *data, const char *what, uint64_t done, uint64_t all);
    void *data;
};

/* Calls back, if there is somebody to call. */
static inline void progress_report(const struct progress *progress, const char *what, uint64_t done,
                                   uint64_t all) {
    if (progress != NULL && progress->report != NULL)
        progress->report(progress->data, what, done, all);
}

#endif
