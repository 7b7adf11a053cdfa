/* How fast the memory traffic alone of a step can be.
 *
 *   limit SAMPLES
 *
 * The dense step must read the 784 x 100 floats of the first layer once and then read and write
 * them once; with a tally, read and write as many floats more. This program does that and nothing
 * else: adds up the array in as many sums as hide the latency of an addition, then adds a constant
 * to every float. It does so in several shapes, the update running forwards or backwards (to meet
 * first what the sums left in the cache), the tally after the weights or together with them, and
 * the fastest counts. That is the dense limit.
 *
 * A step that leaves out black pixels touches only their share of rows. The sparse limit is that
 * share of the dense limit, by the mean number of nonzero pixels of the samples. Next to it stands
 * the time of the same traffic over the rows of 100 floats of each image's nonzero pixels, listed
 * beforehand: rows that neighbours share may lie in the first level of the cache, and all of them
 * in the second where the whole arrays do not.
 *
 * A hidden layer above the first has 100 x 100 weights, passed over like the dense step's. What one
 * adds to a step is a share of what several do, above the nonzero rows: they do not fit into the
 * first level of the cache together.
 *
 * Prints, separated by tabs, a line for each of the four, without and with tally: its name; "no"
 * or "yes"; microseconds by the clock and of the processor's time; the floats passed over. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engram/samples.h"
#include "engram/tool.h"

#ifdef __AVX512F__
enum { WIDE = 16 };
#elif defined __AVX__
enum { WIDE = 8 };
#else
enum { WIDE = 4 };
#endif
typedef float wide __attribute__((vector_size(4 * WIDE), aligned(4), may_alias));
typedef float quad __attribute__((vector_size(16), aligned(4), may_alias));

#define INLINE static inline __attribute__((always_inline))
#define AT(type, address) (*(type *)(address))

enum { ROWS = 784, UNITS = 100, FLOATS = ROWS * UNITS, SUMS = 10 };
enum { ROW_WIDES = UNITS / WIDE, ROW_QUADS = UNITS % WIDE / 4 };
_Static_assert(FLOATS % (SUMS * WIDE) == 0, "whole blocks");

static const struct tool tool = {
    .name = "limit",
    .synopsis = "SAMPLES",
    .summary = "Measure the memory traffic of a step of learning.",
    .options = (const struct tool_option[]){{0}},
    .min_operands = 1,
    .max_operands = 1,
};

/* Layers above the first: their weights and, with tally, as many floats more. */
enum { ABOVE = 4, LAYER = (UNITS * UNITS + SUMS * WIDE - 1) / (SUMS * WIDE) * SUMS * WIDE };

/* Weights and tally, at different places within their pages. */
static float *weights, *tally;
static float above[ABOVE][LAYER] __attribute__((aligned(4096)));
static float above_tally[ABOVE][LAYER] __attribute__((aligned(64)));
static volatile float sink;

/* The rows of nonzero pixels, [images][ROWS], as many as `nonzero` says. */
enum { IMAGES = 2000 };
static uint16_t rows[IMAGES][ROWS];
static size_t nonzero[IMAGES], images;

/* --- the dense step --------------------------------------------------------------------------- */

INLINE void read_floats(const float *x, size_t count) {
    wide sum[SUMS] = {{0}};
    for (size_t i = 0; i < count; i += SUMS * WIDE)
        for (size_t n = 0; n < SUMS; n++)
            sum[n] += AT(const wide, x + i + n * WIDE);
    for (size_t n = 1; n < SUMS; n++)
        sum[0] += sum[n];
    sink = sum[0][0];
}

static void read_all(void) {
    read_floats(weights, FLOATS);
}

INLINE void add_block(float *x, wide c) {
    for (size_t n = 0; n < SUMS; n++)
        AT(wide, x + n * WIDE) += c;
}

INLINE void update_all(bool with_tally, bool together, bool backwards) {
    const wide c = (wide){0} + 0x1p-20f;
    const size_t step = SUMS * WIDE;
    for (size_t k = 0; k < FLOATS; k += step) {
        const size_t i = backwards ? FLOATS - step - k : k;
        add_block(weights + i, c);
        if (with_tally && together)
            add_block(tally + i, c);
    }
    for (size_t k = 0; k < FLOATS && with_tally && !together; k += step)
        add_block(tally + (backwards ? k : FLOATS - step - k), c);
}

/* --- the rows of an image --------------------------------------------------------------------- */

INLINE void read_rows(const uint16_t *row, size_t count) {
    wide w[ROW_WIDES] = {{0}};
    quad q = {0};
    for (size_t n = 0; n < count; n++) {
        float *x = weights + (size_t)row[n] * UNITS;
        for (size_t k = 0; k < ROW_WIDES; k++)
            w[k] += AT(wide, x + k * WIDE);
        if (ROW_QUADS == 1)
            q += AT(quad, x + ROW_WIDES * WIDE);
    }
    for (size_t k = 1; k < ROW_WIDES; k++)
        w[0] += w[k];
    sink = w[0][0] + q[0];
}

INLINE void update_rows(const uint16_t *row, size_t count, bool with_tally) {
    const wide c = (wide){0} + 0x1p-20f;
    const quad d = (quad){0} + 0x1p-20f;
    for (size_t n = count; n-- > 0;)
        for (int t = 0; t <= with_tally; t++) {
            float *x = (t ? tally : weights) + (size_t)row[n] * UNITS;
            for (size_t k = 0; k < ROW_WIDES; k++)
                AT(wide, x + k * WIDE) += c;
            if (ROW_QUADS == 1)
                AT(quad, x + ROW_WIDES * WIDE) += d;
        }
}

/* --- shapes of a step ------------------------------------------------------------------------- */

static void forwards(void) {
    read_all();
    update_all(false, false, false);
}
static void backwards(void) {
    read_all();
    update_all(false, false, true);
}
static void tally_after(void) {
    read_all();
    update_all(true, false, false);
}
static void tally_after_backwards(void) {
    read_all();
    update_all(true, false, true);
}
static void tally_together(void) {
    read_all();
    update_all(true, true, false);
}
static void tally_together_backwards(void) {
    read_all();
    update_all(true, true, true);
}

static size_t image;
static void nonzero_rows(void) {
    read_rows(rows[image], nonzero[image]);
    update_rows(rows[image], nonzero[image], false);
    image = (image + 1) % images;
}
static void nonzero_rows_tally(void) {
    read_rows(rows[image], nonzero[image]);
    update_rows(rows[image], nonzero[image], true);
    image = (image + 1) % images;
}

INLINE void nonzero_rows_and_above(bool with_tally) {
    const wide c = (wide){0} + 0x1p-20f;
    read_rows(rows[image], nonzero[image]);
    for (size_t l = 0; l < ABOVE; l++)
        read_floats(above[l], LAYER);
    for (size_t l = ABOVE; l-- > 0;)
        for (size_t i = 0; i < LAYER; i += SUMS * WIDE) {
            add_block(above[l] + i, c);
            if (with_tally)
                add_block(above_tally[l] + i, c);
        }
    update_rows(rows[image], nonzero[image], with_tally);
    image = (image + 1) % images;
}
static void rows_and_above(void) {
    nonzero_rows_and_above(false);
}
static void rows_and_above_tally(void) {
    nonzero_rows_and_above(true);
}

/* --- measuring -------------------------------------------------------------------------------- */

enum { WALL, CPU, CLOCKS };

static double now(int clock) {
    static const clockid_t clocks[CLOCKS] = {CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID};
    struct timespec time;
    clock_gettime(clocks[clock], &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Lowers fastest[] to the microseconds of a step, if it is faster: the best of a few passes. */
static void measure(void (*step)(void), double fastest[CLOCKS]) {
    enum { PASSES = 8 };
    for (int pass = 0; pass < PASSES; pass++) {
        double start[CLOCKS];
        for (int c = 0; c < CLOCKS; c++)
            start[c] = now(c);
        for (size_t i = 0; i < IMAGES; i++)
            step();
        for (int c = CLOCKS; c-- > 0;)
            fastest[c] = fmin(fastest[c], 1e6 * (now(c) - start[c]) / IMAGES);
    }
}

static double list_rows(const char *path) {
    struct error error;
    struct samples samples;
    const uint8_t *pixels;
    uint8_t label;
    uint64_t total = 0, count = 0;
    int more;
    if (samples_open(&samples, path, &error) != 0)
        tool_fail(&error);
    if (samples.rows * samples.cols != ROWS || samples.count == 0)
        tool_usage("images of 784 pixels are required");
    for (; (more = samples_next(&samples, &pixels, &label, &error)) == 1; count++)
        for (size_t j = 0; j < ROWS; j++) {
            total += pixels[j] != 0;
            if (count < IMAGES && pixels[j] != 0)
                rows[count][nonzero[count]++] = (uint16_t)j;
        }
    if (more != 0)
        tool_fail(&error);
    samples_close(&samples);
    images = count < IMAGES ? (size_t)count : IMAGES;
    return (double)total / (double)count;
}

static void print(const char *name, bool with_tally, const double fastest[CLOCKS], double scale,
                  double passed) {
    printf("%s\t%s\t%.4f\t%.4f\t%.0f\n", name, with_tally ? "yes" : "no", scale * fastest[WALL],
           scale * fastest[CPU], passed);
}

int main(int argc, char **argv) {
    tool_start(&tool);
    while (tool_option(argc, argv) != -1)
        ;
    const double mean_nonzero = list_rows(argv[optind]);
    double seen = 0; /* the mean of those whose rows are listed */
    for (size_t i = 0; i < images; i++)
        seen += (double)nonzero[i] / (double)images;

    enum { PAGES = (FLOATS * 4 + 4096 + 4095) / 4096 };
    weights = aligned_alloc(4096, (size_t)2 * PAGES * 4096);
    if (weights == NULL)
        abort();
    memset(weights, 0, (size_t)2 * PAGES * 4096);
    tally = weights + PAGES * 4096 / 4 + 576 / 4;

    static void (*const shapes[2][4])(void) = {
        {forwards, backwards},
        {tally_after, tally_after_backwards, tally_together, tally_together_backwards}};
    for (int with_tally = 0; with_tally < 2; with_tally++) {
        double dense[CLOCKS] = {INFINITY, INFINITY}, sparse[CLOCKS] = {INFINITY, INFINITY},
               deep[CLOCKS] = {INFINITY, INFINITY};
        for (int s = 0; s < 4 && shapes[with_tally][s] != NULL; s++)
            measure(shapes[with_tally][s], dense);
        measure(with_tally ? nonzero_rows_tally : nonzero_rows, sparse);
        measure(with_tally ? rows_and_above_tally : rows_and_above, deep);
        for (int c = 0; c < CLOCKS; c++)
            deep[c] = (deep[c] - sparse[c]) / ABOVE;
        const double passes = with_tally ? 3 : 2, share = mean_nonzero / ROWS;
        print("dense limit", with_tally, dense, 1, passes * FLOATS);
        print("sparse limit", with_tally, dense, share, passes * FLOATS * share);
        print("nonzero rows", with_tally, sparse, mean_nonzero / seen, passes * FLOATS * share);
        print("layer above", with_tally, deep, 1, passes * UNITS * UNITS);
    }
    return 0;
}
