/* Adjusted p-values by stepping up from the largest, or down from the smallest. */
#include "engram/adjust.h"

#include <math.h>
#include <stdlib.h>

#include "engram/detmath.h"

struct placed {
    double log_p;
    size_t place;
};

static int by_p(const void *a, const void *b) {
    const struct placed *s = a, *t = b;
    if (s->log_p != t->log_p)
        return s->log_p < t->log_p ? -1 : 1;
    return s->place < t->place ? -1 : s->place > t->place;
}

/* The hypotheses in the order of their p; NULL on no memory. */
static struct placed *sorted_by_p(const double *log_p, size_t count, struct error *error) {
    struct placed *sorted = malloc((count + 1) * sizeof *sorted);
    if (sorted == NULL) {
        error_errno(error, "%zu hypotheses", count);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        sorted[i] = (struct placed){log_p[i], i};
    qsort(sorted, count, sizeof *sorted, by_p);
    return sorted;
}

static int step_up(const double *log_p, size_t count, double factor, double *log_q,
                   struct error *error) {
    struct placed *sorted = sorted_by_p(log_p, count, error);
    if (sorted == NULL)
        return -1;
    double least = 0;
    for (size_t j = count; j > 0; j--) {
        const double adjusted = sorted[j - 1].log_p + det_log(factor * (double)count / (double)j);
        least = adjusted < least ? adjusted : least;
        log_q[sorted[j - 1].place] = least;
    }
    free(sorted);
    return 0;
}

int adjust_bh(const double *log_p, size_t count, double *log_q, struct error *error) {
    return step_up(log_p, count, 1, log_q, error);
}

int adjust_by(const double *log_p, size_t count, double *log_q, struct error *error) {
    double harmonic = 0;
    for (size_t j = count; j > 0; j--)
        harmonic += 1 / (double)j;
    return step_up(log_p, count, harmonic, log_q, error);
}

int adjust_holm(const double *log_p, size_t count, double *log_q, struct error *error) {
    struct placed *sorted = sorted_by_p(log_p, count, error);
    if (sorted == NULL)
        return -1;
    double most = -INFINITY;
    for (size_t j = 0; j < count; j++) {
        const double adjusted = sorted[j].log_p + det_log((double)(count - j));
        most = adjusted > most ? adjusted : most;
        log_q[sorted[j].place] = most < 0 ? most : 0;
    }
    free(sorted);
    return 0;
}
