/* Scores are sorted once; each k is a border in their order. */
#include "engram/choose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engram/rng.h"
#include "engram/stats.h"

/* Where in the order of `ranked` of `count` scores the set of a k begins or, of the lowest, ends.
 */
static size_t border_of(double k, bool lowest, size_t count, size_t ranked) {
    const size_t wanted = (size_t)floor(k * (double)count + 0.5);
    const size_t chosen = wanted < ranked ? wanted : ranked;
    return lowest ? chosen : ranked - chosen;
}

static void shuffle(uint64_t *places, size_t count, uint64_t seed, uint64_t set, uint64_t begin) {
    struct rng rng;
    seed = rng_splitmix64(&seed) + set;
    seed = rng_splitmix64(&seed) + begin;
    rng_seed(&rng, seed);
    for (size_t i = count; i > 1; i--) {
        const size_t j = (size_t)rng_below(&rng, i);
        const uint64_t other = places[j];
        places[j] = places[i - 1];
        places[i - 1] = other;
    }
}

/* Draws the order of the scores equal to the one at a border; returns their end. */
static size_t draw(const double *scores, uint64_t *places, size_t ranked, size_t border,
                   const struct choice *choice, uint64_t set) {
    size_t begin = border, end = border;
    while (begin > 0 && scores[places[begin - 1]] == scores[places[border]])
        begin--;
    while (end < ranked && scores[places[end]] == scores[places[border]])
        end++;
    shuffle(places + begin, end - begin, choice->seed, set, begin);
    return end;
}

/* The k from the lowest border to the highest. */
static size_t by_border(const struct choice *choice, size_t n) {
    return choice->lowest ? n : choice->count - 1 - n;
}

static void draw_all(const double *scores, uint64_t *places, size_t count, size_t ranked,
                     const struct choice *choice, uint64_t set) {
    size_t drawn = 0;
    for (size_t n = 0; n < choice->count; n++) {
        const size_t border =
            border_of(choice->k[by_border(choice, n)], choice->lowest, count, ranked);
        if (border >= drawn && border < ranked)
            drawn = draw(scores, places, ranked, border, choice, set);
    }
}

int choose(const double *scores, size_t count, const struct choice *choice, uint64_t set,
           uint8_t *first, size_t *ranked, struct error *error) {
    uint64_t *places = malloc(2 * (count + 1) * sizeof *places);
    if (places == NULL)
        return error_errno(error, "ranks of %zu scores", count);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        places[n] = i;
        n += isnan(scores[i]) ? 0 : 1;
    }
    *ranked = n;
    stat_sort(scores, places, places + count + 1, n);
    draw_all(scores, places, count, n, choice, set);
    memset(first, (int)choice->count, count);
    for (size_t j = choice->count; j-- > 0;) {
        const size_t border = border_of(choice->k[j], choice->lowest, count, n);
        const size_t begin = choice->lowest ? 0 : border, end = choice->lowest ? border : n;
        for (size_t p = begin; p < end; p++)
            first[places[p]] = (uint8_t)j;
    }
    free(places);
    return 0;
}
