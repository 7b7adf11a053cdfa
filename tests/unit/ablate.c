/* ablate.h: the same bits with every instruction set, and from images kept as from images read
 * twice. What the numbers are is in tests/cli/ablate.bats. */
#include "engram/ablate.h"

#include <stdlib.h>
#include <string.h>

#include "engram/rng.h"
#include "support.h"

enum { ROWS = 3, COLS = 5, SAMPLES = 40, UNITS = 21 + 37 };

static struct net *make_net(enum net_activation activation) {
    struct error error;
    struct net_spec spec = {.activation = activation,
                            .seed = 5,
                            .rows = ROWS,
                            .cols = COLS,
                            .layers = 3,
                            .width = {ROWS * COLS, 21, 37, 2}};
    for (size_t k = 0; k < 2; k++) {
        bool labels[256] = {false};
        labels[k] = true;
        assert_int_equal(net_spec_add_class(&spec, labels, &error), 0);
    }
    struct net *net = net_create(&spec, &error);
    assert_non_null(net);
    return net;
}

static const char *put_samples(void) {
    struct error error;
    struct output output;
    struct rng rng;
    uint8_t labels[SAMPLES], images[SAMPLES * ROWS * COLS];
    rng_seed(&rng, 7);
    for (size_t i = 0; i < COUNT(labels); i++)
        labels[i] = i % 2;
    for (size_t i = 0; i < COUNT(images); i++)
        images[i] = (uint8_t)(rng_below(&rng, 3) == 0 ? rng_below(&rng, 256) : 0);
    const char *path = support_path("samples");
    assert_int_equal(output_open(&output, path, true, &error), 0);
    assert_int_equal(samples_write_header(&output, SAMPLES, ROWS, COLS, labels, &error), 0);
    assert_int_equal(output_write(&output, images, sizeof images, &error), 0);
    assert_int_equal(output_commit(&output, &error), 0);
    return path;
}

/* The effects on class 1, with `kernel`; to free. */
static double *effects(enum net_activation activation, size_t kernel, bool twice) {
    struct error error;
    struct samples samples, mean;
    struct ablate_class class = {.labels = {[1] = true}};
    const char *path = put_samples();
    struct net *net = make_net(activation);
    net_use(net, kernel);
    assert_int_equal(samples_open(&samples, path, &error), 0);
    assert_int_equal(samples_open(&mean, path, &error), 0);
    assert_int_equal(ablate(net, &samples, twice ? &mean : NULL, &class, 1, NULL, &error), 0);
    assert_int_equal(class.samples, SAMPLES / 2);
    samples_close(&samples);
    samples_close(&mean);
    net_free(net);
    return class.effect;
}

static void effects_are_the_same_everywhere(void **state) {
    (void)state;
    for (enum net_activation activation = 0; activation < NET_ACTIVATIONS; activation++) {
        double *first = effects(activation, 0, false);
        for (size_t u = 0; u < UNITS; u++)
            assert_true(activation == NET_RELU || first[u] != 0);
        for (size_t kernel = 0; kernel < net_kernels(); kernel++) {
            double *kept = effects(activation, kernel, false),
                   *read = effects(activation, kernel, true);
            assert_memory_equal(kept, first, UNITS * sizeof *first);
            assert_memory_equal(read, first, UNITS * sizeof *first);
            free(kept);
            free(read);
        }
        free(first);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(effects_are_the_same_everywhere)};
    return cmocka_run_group_tests(tests, support_setup, support_teardown);
}
