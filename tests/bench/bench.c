#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "engram/net-file.h"
#include "engram/rng.h"
#include "engram/samples.h"
#include "engram/tool.h"

static const struct tool_option options[] = {
    {'t', "tally", NULL, NULL, "tally the sizes of all updates"},
    {'n', "images", "IMAGES", NULL, "learn from the first images only"},
    {'b', "black", "SHARE", NULL, "random images instead, with this share of black pixels"},
    {0},
};

static const struct tool tool = {
    .name = "bench",
    .synopsis = "[OPTION]... NETWORK SAMPLES",
    .summary = "Measure a step of learning.",
    .options = options,
    .min_operands = 2,
    .max_operands = 2,
};

/* Seconds gone by, and seconds of the processor's time: alone on a core, a peer needs as much of
 * one as of the other. */
enum { WALL, CPU, CLOCKS };
static const clockid_t clocks[CLOCKS] = {CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID};

static double now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* --- arrays ----------------------------------------------------------------------------------- */

/* Zeroed floats, each array 576 bytes further within its page than the one before, so that no two
 * compete for the same lines of the cache. */
static float *floats(size_t count) {
    static size_t arrays;
    const size_t shift = 576 * (arrays++ % 7), size = count * sizeof(float) + shift + 4096;
    char *memory = aligned_alloc(4096, (size + 4095) / 4096 * 4096);
    if (memory == NULL)
        abort();
    memset(memory, 0, size);
    return (float *)(void *)(memory + shift);
}

static struct net *load(const char *path) {
    struct error error;
    struct st_file file;
    if (st_open(&file, path, &error) != 0)
        tool_fail(&error);
    struct net *net = net_load(&file, &error);
    if (net == NULL)
        tool_fail(&error);
    st_close(&file);
    return net;
}

static void allocate(struct bench *bench) {
    const struct net_spec *spec = net_spec(bench->net);
    bench->layers = spec->layers;
    bench->rate = (float)spec->rate;
    bench->pixels = spec->width[0];
    bench->x = floats(bench->pixels);
    for (size_t l = 0; l < spec->layers; l++) {
        struct bench_layer *layer = &bench->layer[l];
        layer->inputs = spec->width[l];
        layer->units = spec->width[l + 1];
        layer->weights = floats(layer->units * layer->inputs);
        layer->biases = floats(layer->units);
        for (size_t k = 0; k < BENCH_CLASSES && bench->tally; k++) {
            layer->tally[k] = floats(layer->units * layer->inputs);
            layer->bias_tally[k] = floats(layer->units);
        }
        layer->a = floats(layer->units);
        layer->derivative = floats(layer->units);
        layer->delta = floats(layer->units);
    }
}

/* The network as it is in its file, and tallies of 0. */
static void reset(struct bench *bench) {
    net_free(bench->net);
    bench->net = load(bench->path);
    for (size_t l = 0; l < bench->layers; l++) {
        struct bench_layer *layer = &bench->layer[l];
        net_get_layer(bench->net, l, layer->weights, layer->biases);
        for (size_t k = 0; k < BENCH_CLASSES && bench->tally; k++) {
            memset(layer->tally[k], 0, layer->units * layer->inputs * sizeof(float));
            memset(layer->bias_tally[k], 0, layer->units * sizeof(float));
        }
    }
}

/* --- images ----------------------------------------------------------------------------------- */

struct images {
    size_t count;
    uint8_t *pixels; /* [count][pixels of an image] */
    uint8_t *class;  /* [count] */
};

static struct images read_images(const char *path, size_t most, const struct net_spec *spec) {
    struct error error;
    struct samples samples;
    if (samples_open(&samples, path, &error) != 0)
        tool_fail(&error);
    struct images images = {.count = samples.count < most ? (size_t)samples.count : most};
    const size_t size = samples.rows * samples.cols;
    images.pixels = malloc(images.count * size + 1);
    images.class = malloc(images.count + 1);
    if (size != spec->width[0] || images.pixels == NULL || images.class == NULL)
        abort();
    for (size_t i = 0; i < images.count; i++) {
        const uint8_t *image;
        uint8_t label;
        if (samples_next(&samples, &image, &label, &error) != 1)
            tool_fail(&error);
        memcpy(images.pixels + i * size, image, size);
        images.class[i] = (uint8_t)spec->class_of[label];
    }
    samples_close(&samples);
    return images;
}

static void make_random(struct images *images, size_t size, double black) {
    struct rng rng;
    rng_seed(&rng, 1);
    for (size_t j = 0; j < images->count * size; j++)
        images->pixels[j] = rng_uniform(&rng) < black ? 0 : (uint8_t)(1 + rng_below(&rng, 255));
}

/* --- a round ---------------------------------------------------------------------------------- */

static double sum(const float *values, size_t count) {
    double total = 0;
    for (size_t i = 0; i < count; i++)
        total += (double)values[i];
    return total;
}

static double mean(const double *values, size_t first, size_t end) {
    double total = 0;
    for (size_t i = first; i < end; i++)
        total += values[i];
    return total / (double)(end - first);
}

static double sum_of_tallies(const struct bench *bench) {
    double total = 0;
    for (size_t l = 0; l < bench->layers && bench->tally; l++)
        for (size_t k = 0; k < BENCH_CLASSES; k++)
            total += sum(bench->layer[l].tally[k], bench->layer[l].units * bench->layer[l].inputs) +
                     sum(bench->layer[l].bias_tally[k], bench->layer[l].units);
    return total;
}

int main(int argc, char **argv) {
    struct bench bench = {0};
    size_t most = SIZE_MAX;
    double black = -1;
    tool_start(&tool);
    for (int key; (key = tool_option(argc, argv)) != -1;)
        if (key == 't')
            bench.tally = true;
        else if (key == 'n')
            most = (size_t)tool_integer(key, optarg, 1, 1 << 30);
        else
            black = tool_double(key, optarg, 0, 1);
    bench.path = argv[optind];
    bench.net = load(bench.path);
    struct images images = read_images(argv[optind + 1], most, net_spec(bench.net));
    allocate(&bench);
    if (black >= 0)
        make_random(&images, bench.pixels, black);
    double *loss = malloc((images.count + 1) * sizeof *loss);
    if (loss == NULL)
        abort();

    double fastest[CLOCKS] = {INFINITY, INFINITY}, start[CLOCKS];
    /* Of few images, loading the network again takes longer than learning from them. */
    const double begun = now(CLOCK_MONOTONIC);
    for (double spent = 0; spent < 1 && (spent == 0 || now(CLOCK_MONOTONIC) - begun < 2);) {
        reset(&bench);
        peer_start(&bench);
        for (int c = 0; c < CLOCKS; c++)
            start[c] = now(clocks[c]);
        for (size_t i = 0; i < images.count; i++)
            loss[i] = peer_step(&bench, images.pixels + i * bench.pixels, images.class[i]);
        for (int c = CLOCKS; c-- > 0;)
            fastest[c] = fmin(fastest[c], now(clocks[c]) - start[c]);
        spent += now(CLOCK_MONOTONIC) - start[WALL];
        peer_finish(&bench);
    }

    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    const size_t n = images.count;
    printf("%.4f\t%.4f\t%.8g\t%.8g\t%.8g\t%.1f\n", 1e6 * fastest[WALL] / (double)n,
           1e6 * fastest[CPU] / (double)n, mean(loss, 0, n), mean(loss, n - (n + 9) / 10, n),
           sum_of_tallies(&bench), (double)usage.ru_maxrss / 1024);
    return 0;
}
