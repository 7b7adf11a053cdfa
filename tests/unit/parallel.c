/* Pieces of work by threads: joined in their order, and the first error, whatever the threads do.
 */
#include "engram/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include "support.h"

enum { SLOTS = 8, PIECES = 500, NEVER = PIECES };

/* A piece's number, and which thread had it. */
struct slot {
    size_t piece;
    pthread_t thread;
};

struct series {
    size_t taken, joined, threads;
    size_t take_fails, work_fails, join_fails; /* at these pieces */
    size_t late; /* of every four, the one whose work waits for the next piece to be taken */
    pthread_t thread[SLOTS];
};

static int take(void *data, void *of, struct error *error) {
    struct series *series = data;
    struct slot *slot = of;
    if (series->taken == PIECES)
        return 0;
    if (series->taken == series->take_fails)
        return error_set(error, "take %zu", series->taken);
    slot->piece = __atomic_fetch_add(&series->taken, 1, __ATOMIC_SEQ_CST);
    return 1;
}

static int work(void *data, void *of, struct error *error) {
    struct series *series = data;
    struct slot *slot = of;
    slot->thread = pthread_self();
    for (size_t wait = 0; slot->piece % 4 == series->late && wait < 100; wait++) {
        if (__atomic_load_n(&series->taken, __ATOMIC_SEQ_CST) > slot->piece + 1)
            break;
        usleep(100);
    }
    return slot->piece == series->work_fails || slot->piece == series->work_fails + 1
               ? error_set(error, "work %zu", slot->piece)
               : 0;
}

static int join(void *data, void *of, struct error *error) {
    struct series *series = data;
    const struct slot *slot = of;
    size_t thread = 0;
    while (thread < series->threads && !pthread_equal(series->thread[thread], slot->thread))
        thread++;
    if (thread == series->threads)
        series->thread[series->threads++] = slot->thread;
    if (slot->piece != series->joined++)
        return error_set(error, "piece %zu is out of order", slot->piece);
    return slot->piece == series->join_fails ? error_set(error, "join %zu", slot->piece) : 0;
}

static int run(struct series *series, size_t threads, size_t slots, struct error *error) {
    static const struct parallel parallel = {take, work, join};
    struct slot slot[SLOTS];
    void *pointers[SLOTS];
    for (size_t i = 0; i < SLOTS; i++)
        pointers[i] = &slot[i];
    return parallel_run(&parallel, series, pointers, slots, threads, error);
}

static void pieces_are_joined_in_order(void **state) {
    (void)state;
    struct error error;
    for (size_t slots = 1; slots <= SLOTS; slots++)
        for (size_t late = 0; late <= 4; late++) {
            const size_t threads = late % 2 == 0 ? slots : (slots + 1) / 2;
            struct series series = {
                .take_fails = NEVER, .work_fails = NEVER, .join_fails = NEVER, .late = late};
            if (threads == 1)
                series.late = 4; /* nothing is taken meanwhile */
            assert_int_equal(run(&series, threads, slots, &error), 0);
            assert_int_equal(series.joined, PIECES);
            assert_true(series.threads <= threads);
            if (threads > 1 && late < 4)
                assert_true(series.threads > 1);
        }
}

static void the_first_error_counts(void **state) {
    (void)state;
    static const struct {
        size_t take, work, join, joined;
        const char *text;
    } rows[] = {{0, NEVER, NEVER, 0, "take 0"},     {100, NEVER, NEVER, 100, "take 100"},
                {NEVER, 0, NEVER, 0, "work 0"},     {NEVER, 99, NEVER, 99, "work 99"},
                {NEVER, NEVER, 99, 100, "join 99"}, {100, 98, NEVER, 98, "work 98"},
                {100, NEVER, 99, 100, "join 99"},   {NEVER, 98, 97, 98, "join 97"},
                {100, 100, 100, 100, "take 100"},   {NEVER, 499, 498, 499, "join 498"}};
    struct error error;
    for (size_t slots = 1; slots <= SLOTS; slots++)
        for (size_t i = 0; i < COUNT(rows); i++) {
            struct series series = {.take_fails = rows[i].take,
                                    .work_fails = rows[i].work,
                                    .join_fails = rows[i].join,
                                    .late = slots > 1 ? i % 4 : 4};
            assert_int_equal(run(&series, slots, slots, &error), -1);
            assert_string_equal(error.text, rows[i].text);
            assert_int_equal(series.joined, rows[i].joined);
        }
}

/* There if the address sanitizer is, gcc's or clang's. */
extern void __asan_init(void) __attribute__((weak));

/* Without memory for stacks, the calling thread does all. */
static void threads_that_cannot_be_had(void **state) {
    (void)state;
    struct error error;
    if (__asan_init != NULL) {
        support_skipped("a sanitizer needs the memory itself");
        return;
    }
    struct rlimit before, none = {0, 0};
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    none.rlim_max = before.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
    struct series series = {
        .take_fails = NEVER, .work_fails = NEVER, .join_fails = NEVER, .late = 4};
    const int result = run(&series, SLOTS, SLOTS, &error);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_int_equal(result, 0);
    assert_int_equal(series.joined, PIECES);
    assert_int_equal(series.threads, 1);
    assert_true(pthread_equal(series.thread[0], pthread_self()));
}

static void processors_are_counted(void **state) {
    (void)state;
    const size_t count = parallel_processors();
    assert_true(count >= 1 && count <= PARALLEL_THREADS);
    cpu_set_t before, one;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    assert_int_equal(count, CPU_COUNT(&before));
    CPU_ZERO(&one);
    for (size_t cpu = 0; CPU_COUNT(&one) == 0; cpu++)
        if (CPU_ISSET(cpu, &before))
            CPU_SET(cpu, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(parallel_processors(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        /* First, as stacks of threads that have ended are kept. */
        cmocka_unit_test(threads_that_cannot_be_had),
        cmocka_unit_test(pieces_are_joined_in_order),
        cmocka_unit_test(the_first_error_counts),
        cmocka_unit_test(processors_are_counted),
    };
    return cmocka_run_group_tests_name("parallel", tests, NULL, NULL);
}
