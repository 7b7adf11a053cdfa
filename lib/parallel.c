/* Threads that do the same: take a piece, work on it, join what is complete. Piece n is in slot
 * n % slots, from when it is taken until it has been joined, by whichever thread comes by when its
 * turn is. A thread waits only for a slot, or with an error for its turn. */
#include "engram/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

/* Room for an error or two, what reads a pipe, and the arrays of a block. */
enum { STACK = 1 << 20 };

struct run {
    const struct parallel *parallel;
    void *data;
    void *const *slot; /* [slots] */
    size_t slots;
    struct error *error;           /* of the first piece that fails */
    pthread_mutex_t mutex;         /* held but for work */
    pthread_cond_t progress;       /* a piece has been joined, or none will be */
    uint64_t taken, joined;        /* pieces */
    bool complete[PARALLEL_SLOTS]; /* of a slot's piece: worked on, to be joined */
    bool ended, failed;            /* no more is taken; or joined */
};

static void fail(struct run *run, const struct error *error) {
    *run->error = *error;
    run->ended = run->failed = true;
    pthread_cond_broadcast(&run->progress);
}

/* Joins what is complete, in order. */
static void join(struct run *run, struct error *error) {
    const uint64_t before = run->joined;
    while (!run->failed && run->complete[run->joined % run->slots]) {
        if (run->parallel->join(run->data, run->slot[run->joined % run->slots], error) != 0) {
            fail(run, error);
            return;
        }
        run->complete[run->joined++ % run->slots] = false;
    }
    if (run->joined > before)
        pthread_cond_broadcast(&run->progress);
}

/* Takes piece n and works on it: 1, 0 if there is no more, -1. */
static int take_and_work(struct run *run, uint64_t n, struct error *error) {
    void *slot = run->slot[n % run->slots];
    const int taken = run->parallel->take(run->data, slot, error);
    if (taken <= 0)
        return taken;
    run->taken = n + 1;
    pthread_mutex_unlock(&run->mutex);
    const int result = run->parallel->work(run->data, slot, error);
    pthread_mutex_lock(&run->mutex);
    return result == 0 ? 1 : -1;
}

static void *work(void *data) {
    struct run *run = data;
    struct error error;
    pthread_mutex_lock(&run->mutex);
    while (!run->ended) {
        const uint64_t n = run->taken;
        if (n - run->joined == run->slots) {
            pthread_cond_wait(&run->progress, &run->mutex);
            continue;
        }
        const int result = take_and_work(run, n, &error);
        run->ended |= result <= 0;
        if (result > 0) {
            run->complete[n % run->slots] = true;
            join(run, &error);
        }
        while (result < 0 && run->joined != n && !run->failed)
            pthread_cond_wait(&run->progress, &run->mutex);
        if (result < 0 && !run->failed)
            fail(run, &error);
    }
    pthread_mutex_unlock(&run->mutex);
    return NULL;
}

/* Starts that many threads more, or fewer; returns how many. */
static size_t start(struct run *run, pthread_t *thread, size_t threads) {
    pthread_attr_t attributes;
    size_t started = 0;
    if (threads == 0 || pthread_attr_init(&attributes) != 0)
        return 0;
    (void)pthread_attr_setstacksize(&attributes, STACK);
    while (started < threads && pthread_create(&thread[started], &attributes, work, run) == 0)
        started++;
    pthread_attr_destroy(&attributes);
    return started;
}

int parallel_run(const struct parallel *parallel, void *data, void *const *slot, size_t slots,
                 size_t threads, struct error *error) {
    struct run run = {.parallel = parallel,
                      .data = data,
                      .slot = slot,
                      .slots = slots,
                      .error = error,
                      .mutex = PTHREAD_MUTEX_INITIALIZER,
                      .progress = PTHREAD_COND_INITIALIZER};
    pthread_t thread[PARALLEL_THREADS];
    const size_t started = start(&run, thread, threads - 1);
    work(&run);
    for (size_t i = 0; i < started; i++)
        pthread_join(thread[i], NULL);
    pthread_cond_destroy(&run.progress);
    pthread_mutex_destroy(&run.mutex);
    return run.failed ? -1 : 0;
}

size_t parallel_processors(void) {
    cpu_set_t set;
    const long online = sysconf(_SC_NPROCESSORS_ONLN); /* where there are more than a set holds */
    const long count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : online;
    return count < 1 ? 1 : count < PARALLEL_THREADS ? (size_t)count : PARALLEL_THREADS;
}
