/* A tally's rows are made one by one from all steps: as few numbers as can be are then in use at a
 * time. What is the same in all permutations, where a pixel is not black, is found once for many.
 */
#include "engram/replay.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/decimal.h"
#include "engram/rng.h"
#include "layers.h"
#include "net-layout.h"

struct replay {
    const struct net *net;
    size_t steps, room;
    size_t words;    /* of a bit for each step there is room for */
    size_t *classes; /* [steps] */
    uint8_t *pixels; /* [words][inputs][64] */
    void *memory;    /* the factors' */
    struct factors factors;
};

/* Zeros, which take no memory before they are written to; NULL if there is no room. */
static void *reserve(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - 64) {
        errno = ENOMEM;
        return NULL;
    }
    return calloc(bytes + 64, 1);
}

/* The first address in `memory` that a cache line begins at. */
static void *line_of(void *memory) {
    return (char *)memory + (64 - (uintptr_t)memory % 64) % 64;
}

struct replay *replay_create(const struct net *net, size_t steps, struct error *error) {
    struct replay *replay = calloc(1, sizeof *replay);
    if (replay != NULL) {
        const struct net_spec *spec = net_spec(net);
        const size_t floats = net_place_factors(spec, 0, NULL, &replay->factors);
        replay->net = net;
        replay->room = steps;
        replay->words = steps / 64 + (steps % 64 != 0);
        replay->classes = reserve(steps, sizeof *replay->classes);
        replay->pixels = reserve(replay->words, 64 * spec->width[0]);
        replay->memory = reserve(steps, floats * sizeof(float));
        if (replay->classes != NULL && replay->pixels != NULL && replay->memory != NULL) {
            net_place_factors(spec, steps, line_of(replay->memory), &replay->factors);
            return replay;
        }
    }
    error_errno(error, "cannot keep %zu steps to permute their labels", steps);
    replay_free(replay);
    return NULL;
}

void replay_free(struct replay *replay) {
    if (replay == NULL)
        return;
    free(replay->classes);
    free(replay->pixels);
    free(replay->memory);
    free(replay);
}

/* Where the grey levels of a pixel lie, in 64 steps. */
static uint8_t *pixel_at(const struct replay *replay, size_t word, size_t pixel) {
    return replay->pixels + (word * replay->net->spec.width[0] + pixel) * 64;
}

void replay_step(struct replay *replay, uint8_t label) {
    const struct net *net = replay->net;
    replay->classes[replay->steps] = (size_t)net->spec.class_of[label];
    for (size_t n = 0; n < net->sparse->count; n++) {
        const size_t pixel = net->sparse->pixel[n];
        pixel_at(replay, replay->steps / 64, pixel)[replay->steps % 64] = net->sparse->image[pixel];
    }
    net->kernel->factors(net, &replay->factors, replay->steps);
    replay->steps++;
}

/* --- permutations ----------------------------------------------------------------------------- */

/* A tensor of a tally as rows to replay. A row of first-layer weights is that of a pixel; their
 * bias is the row after them, for it holds the black pixels' share. */
struct part {
    size_t layer;
    bool weight;
    size_t rows;
};

/* Some permutations at a time, and room for their tallies of a tensor. */
struct batch {
    size_t count;
    size_t *drawn;     /* [steps] */
    uint64_t *chosen;  /* [count][classes][words]: the steps of a class, a bit each */
    uint64_t *nonzero; /* [words] */
    float *scale;      /* [64 * words] */
    float *rows;       /* [count][classes][rows][lanes] */
    float *values;     /* one tally's tensor, without padding */
};

static struct part part_of(const struct replay *replay, const struct net_layout *layout, size_t t) {
    const struct net_spec *spec = net_spec(replay->net);
    struct part part = {
        .layer = layout->layer[t], .weight = layout->tensor[t].rank == 4, .rows = 1};
    if (part.weight)
        part.rows = part.layer == 0 ? spec->width[0] + 1 : spec->width[part.layer + 1];
    return part;
}

/* What the rows of a part sum over the steps. */
static struct replay_row replay_of(const struct replay *replay, struct part part,
                                   const struct batch *batch) {
    const struct factors *const factors = &replay->factors;
    const size_t l = part.layer;
    const bool below = part.weight && l > 0;
    return (struct replay_row){
        .words = replay->words,
        .nonzero = batch->nonzero,
        .scale = batch->scale,
        .x = below ? factors->h[l] : factors->f[l],
        .stride = below ? factors->h_stride[l] : factors->f_stride[l],
        .lanes = net_lanes(net_spec(replay->net)->width[below ? l : l + 1]),
    };
}

/* Frees a batch's memory. */
static void free_batch(struct batch *batch) {
    free(batch->drawn);
    free(batch->chosen);
    free(batch->nonzero);
    free(batch->scale);
    free(batch->rows);
    free(batch->values);
    *batch = (struct batch){0};
}

/* A batch is to stay in a processor's cache, as far as one permutation allows. */
static int make_batch(const struct replay *replay, struct part part, size_t elements,
                      uint64_t draws, struct batch *batch, struct error *error) {
    enum { FLOATS = 1 << 21, MOST = 16 };
    const size_t classes = replay->net->spec.classes, words = replay->words;
    const size_t row = replay_of(replay, part, batch).lanes;
    const size_t fit = FLOATS / classes / part.rows / row;
    *batch = (struct batch){.count = fit < 1 ? 1 : fit < MOST ? fit : MOST};
    if (batch->count > draws)
        batch->count = (size_t)draws;
    batch->drawn = net_allocate(replay->steps, sizeof *batch->drawn);
    batch->chosen = net_allocate(batch->count * classes, words * sizeof *batch->chosen);
    batch->nonzero = net_allocate(words, sizeof *batch->nonzero);
    batch->scale = net_allocate(words, 64 * sizeof *batch->scale);
    batch->rows = net_allocate(batch->count * classes, part.rows * row * sizeof *batch->rows);
    batch->values = net_allocate(elements, sizeof *batch->values);
    if (batch->drawn != NULL && batch->chosen != NULL && batch->nonzero != NULL &&
        batch->scale != NULL && batch->rows != NULL && batch->values != NULL)
        return 0;
    error_errno(error, "cannot tally with permuted labels");
    free_batch(batch);
    return -1;
}

/* Draws `count` permutations from number `first` on, the next of `rng` if it is one for all. */
static void draw(const struct replay *replay, struct replay_draws draws, uint64_t first,
                 struct rng *rng, struct batch *batch, size_t count) {
    const size_t classes = replay->net->spec.classes, words = replay->words;
    memset(batch->chosen, 0, count * classes * words * sizeof *batch->chosen);
    for (size_t d = 0; d < count; d++) {
        uint64_t *const chosen = batch->chosen + d * classes * words;
        memcpy(batch->drawn, replay->classes, replay->steps * sizeof *batch->drawn);
        if (draws.seeded)
            rng_seed(rng, draws.seed + first + d);
        rng_shuffle(rng, batch->drawn, replay->steps);
        for (size_t n = 0; n < replay->steps; n++)
            chosen[batch->drawn[n] * words + n / 64] |= UINT64_C(1) << n % 64;
    }
}

/* Finds the steps that add to a row, and what they scale its vectors with. */
static void prepare_row(const struct replay *replay, struct part part, size_t row,
                        struct batch *batch) {
    const struct net *net = replay->net;
    const size_t l = part.layer, steps = replay->steps;
    const bool pixel = part.weight && l == 0 && row < net->spec.width[0];
    for (size_t w = 0; 64 * w < steps; w++) {
        const size_t count = steps - 64 * w < 64 ? steps - 64 * w : 64;
        const uint8_t *const grey = pixel ? pixel_at(replay, w, row) : NULL;
        float *const scale = batch->scale + 64 * w;
        uint64_t nonzero = 0;
        for (size_t n = 0; n < count; n++) {
            scale[n] = pixel ? net->light[grey[n]]
                       : part.weight && l > 0
                           ? replay->factors.f[l][(64 * w + n) * replay->factors.f_stride[l] + row]
                           : 1;
            nonzero |= (uint64_t)(!pixel || grey[n] != 0) << n;
        }
        batch->nonzero[w] = nonzero;
    }
}

static bool any(const uint64_t *bits, size_t words) {
    uint64_t all = 0;
    for (size_t w = 0; w < words; w++)
        all |= bits[w];
    return all != 0;
}

/* Tallies a part for `count` permutations: for all of them, a few steps at a time, which then stay
 * in a processor's nearest cache. */
static void tally(const struct replay *replay, struct part part, struct batch *batch,
                  size_t count) {
    enum { SOME = 2 }; /* words */
    const size_t words = replay->words, tallies = count * replay->net->spec.classes;
    const struct replay_row whole = replay_of(replay, part, batch);
    memset(batch->rows, 0, tallies * part.rows * whole.lanes * sizeof *batch->rows);
    for (size_t row = 0; row < part.rows; row++) {
        prepare_row(replay, part, row, batch);
        for (size_t w = 0; w < words; w += SOME) {
            struct replay_row some = whole;
            some.words = words - w < SOME ? words - w : SOME;
            some.nonzero += w;
            some.scale += 64 * w;
            some.x += 64 * w * whole.stride;
            for (size_t k = 0; any(some.nonzero, some.words) && k < tallies; k++)
                replay->net->kernel->replay(&some, batch->chosen + k * words + w,
                                            batch->rows + (k * part.rows + row) * whole.lanes);
        }
    }
}

/* Copies one tally's rows to batch->values, [out][in]: of some rows all columns, while these rows
 * are in a processor's nearest cache. */
static void collect(const struct replay *replay, struct part part, const struct batch *batch,
                    const float *rows) {
    enum { SOME = 32 };
    const struct net *net = replay->net;
    const size_t stride = replay_of(replay, part, batch).lanes;
    const size_t width =
        part.weight ? net->spec.width[part.layer] : net->spec.width[part.layer + 1];
    if (part.weight && part.layer == 0) {
        const float *const share = rows + width * stride;
        for (size_t from = 0; from < width; from += SOME)
            for (size_t i = 0; i < net->first.units; i++)
                for (size_t j = from; j < width && j < from + SOME; j++)
                    batch->values[i * width + j] = rows[j * stride + i] + net->black * share[i];
    } else
        for (size_t row = 0; row < part.rows; row++)
            memcpy(batch->values + row * width, rows + row * stride, width * sizeof *rows);
}

/* Writes a tensor: the tallies of all permutations. */
static int save_part(const struct replay *replay, struct part part, const struct st_tensor *tensor,
                     struct replay_draws draws, const struct progress *progress,
                     struct output *output, struct error *error) {
    const size_t classes = replay->net->spec.classes,
                 elements = (size_t)(tensor->elements / draws.count / classes);
    struct batch batch = {0};
    struct rng rng;
    rng_seed(&rng, draws.seed);
    if (make_batch(replay, part, elements, draws.count, &batch, error) != 0)
        return -1;
    const size_t size = part.rows * replay_of(replay, part, &batch).lanes;
    int result = 0;
    for (uint64_t done = 0; result == 0 && done < draws.count;) {
        const uint64_t left = draws.count - done;
        const size_t count = left < batch.count ? (size_t)left : batch.count;
        draw(replay, draws, done, &rng, &batch, count);
        tally(replay, part, &batch, count);
        for (size_t k = 0; result == 0 && k < count * classes; k++) {
            collect(replay, part, &batch, batch.rows + k * size);
            result = net_write_values(output, tensor->name, batch.values, elements, error);
        }
        done += count;
        progress_report(progress, tensor->name, done, draws.count);
    }
    free_batch(&batch);
    return result;
}

int replay_save(const struct replay *replay, struct replay_draws draws,
                const struct progress *progress, struct output *output, struct error *error) {
    struct net_layout layout;
    char count[DECIMAL_SIZE], seeds[2 * DECIMAL_SIZE];
    decimal_integer(draws.count, count);
    snprintf(seeds, sizeof seeds, "%" PRIu64 "..%" PRIu64, draws.seed,
             draws.seed + (draws.count - 1));
    const struct st_metadata more[] = {
        {"draws", count}, {draws.seeded ? "draw_seeds" : NULL, seeds}, {NULL, NULL}};
    if (net_write_tally_header(replay->net, "tallies", more, draws.count, &layout, output, error) !=
        0)
        return -1;
    for (size_t t = 0; t < layout.count; t++)
        if (save_part(replay, part_of(replay, &layout, t), &layout.tensor[t], draws, progress,
                      output, error) != 0)
            return -1;
    return 0;
}
