/* Threads that do the same: take a piece, work on it, wait for its turn, join it. */
#include "engram/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

/* Room for an error or two, and what reads a pipe. */
enum { STACK = 1 << 20 };

struct run {
    const struct parallel *parallel;
    void *data;
    size_t slots;
    struct error *error;               /* of the first piece that fails */
    pthread_mutex_t mutex;             /* held but for work */
    pthread_cond_t turn[PARALLEL_MAX]; /* of piece n: turn[n % slots] */
    uint64_t taken, joined;            /* pieces */
    bool ended, failed;                /* no more is taken; or joined */
};

struct worker {
    struct run *run;
    void *slot;
    pthread_t thread;
};

static void fail(struct run *run, const struct error *error) {
    *run->error = *error;
    run->ended = run->failed = true;
    for (size_t i = 0; i < run->slots; i++)
        pthread_cond_signal(&run->turn[i]);
}

/* Piece n, of which `result` is what has come of it so far. */
static void join(struct run *run, uint64_t n, void *slot, int result, struct error *error) {
    while (run->joined != n && !run->failed)
        pthread_cond_wait(&run->turn[n % run->slots], &run->mutex);
    if (run->failed)
        return;
    if (result < 0 || run->parallel->join(run->data, slot, error) != 0) {
        fail(run, error);
        return;
    }
    run->joined++;
    pthread_cond_signal(&run->turn[run->joined % run->slots]);
}

static void *work(void *data) {
    const struct worker *worker = data;
    struct run *run = worker->run;
    struct error error;
    pthread_mutex_lock(&run->mutex);
    while (!run->ended) {
        int result = run->parallel->take(run->data, worker->slot, &error);
        run->ended = result <= 0;
        if (result == 0)
            break;
        const uint64_t n = run->taken++;
        if (result > 0) {
            pthread_mutex_unlock(&run->mutex);
            result = run->parallel->work(run->data, worker->slot, &error);
            pthread_mutex_lock(&run->mutex);
        }
        join(run, n, worker->slot, result, &error);
    }
    pthread_mutex_unlock(&run->mutex);
    return NULL;
}

/* Starts threads for all but the first worker; returns how many workers there are. */
static size_t start(struct worker *worker, size_t workers) {
    pthread_attr_t attributes;
    size_t started = 1;
    if (workers == 1 || pthread_attr_init(&attributes) != 0)
        return 1;
    (void)pthread_attr_setstacksize(&attributes, STACK);
    while (started < workers &&
           pthread_create(&worker[started].thread, &attributes, work, &worker[started]) == 0)
        started++;
    pthread_attr_destroy(&attributes);
    return started;
}

int parallel_run(const struct parallel *parallel, void *data, void *const *slot, size_t slots,
                 struct error *error) {
    struct run run = {.parallel = parallel,
                      .data = data,
                      .slots = slots,
                      .error = error,
                      .mutex = PTHREAD_MUTEX_INITIALIZER};
    struct worker worker[PARALLEL_MAX] = {{.run = &run, .slot = slot[0]}};
    for (size_t i = 0; i < slots; i++) {
        pthread_cond_init(&run.turn[i], NULL);
        worker[i] = (struct worker){.run = &run, .slot = slot[i]};
    }
    const size_t workers = start(worker, slots);
    work(&worker[0]);
    for (size_t i = 1; i < workers; i++)
        pthread_join(worker[i].thread, NULL);
    for (size_t i = 0; i < slots; i++)
        pthread_cond_destroy(&run.turn[i]);
    pthread_mutex_destroy(&run.mutex);
    return run.failed ? -1 : 0;
}

size_t parallel_processors(void) {
    cpu_set_t set;
    const long online = sysconf(_SC_NPROCESSORS_ONLN); /* where there are more than a set holds */
    const long count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : online;
    return count < 1 ? 1 : count < PARALLEL_MAX ? (size_t)count : PARALLEL_MAX;
}
