/* net.h: every kernel against the definition in reference.c, bit for bit; the definition against
 * the textbook in double precision, and that against finite differences; the activations against
 * the C library; the exact facts of the experiment; files, their messages, and divergence. */
#include "engram/net.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engram/net-file.h"
#include "engram/replay.h"
#include "engram/rng.h"
#include "kernel.h"
#include "layers.h"
#include "reference.h"
#include "support.h"

/* lib/kernel.c once more, in vectors of 16 whatever the processor; see pipeline/test.mk. */
extern const struct kernel kernel_wide;

/* --- making networks and images --------------------------------------------------------------- */

/* Label k is class k. `hidden` ends with 0. */
static struct net_spec make_spec(enum net_activation activation, size_t rows, size_t cols,
                                 const size_t *hidden, size_t classes) {
    struct net_spec spec = {
        .activation = activation, .rate = 0.005, .seed = 1, .rows = rows, .cols = cols};
    spec.width[0] = rows * cols;
    while (hidden[spec.layers] != 0) {
        spec.width[spec.layers + 1] = hidden[spec.layers];
        spec.layers++;
    }
    spec.width[++spec.layers] = classes;
    for (size_t k = 0; k < classes; k++) {
        struct error error;
        bool labels[256] = {false};
        labels[k] = true;
        assert_int_equal(net_spec_add_class(&spec, labels, &error), 0);
    }
    return spec;
}

static struct net *make_net(const struct net_spec *spec) {
    struct error error;
    struct net *net = net_create(spec, &error);
    assert_non_null(net);
    return net;
}

/* The kernels of the library and, beyond them, kernel_wide. */
static size_t kernels(void) {
    return net_kernels() + 1;
}

static void use(struct net *net, size_t kernel) {
    if (kernel < net_kernels())
        net_use(net, kernel);
    else
        net->kernel = &kernel_wide;
}

enum picture { BLACK, WHITE, SPARSE, DENSE, DIGIT, PICTURES };

static void draw(uint8_t *image, size_t pixels, enum picture picture, struct rng *rng) {
    for (size_t j = 0; j < pixels; j++) {
        const uint8_t grey = (uint8_t)rng_below(rng, 256);
        const uint64_t chance = rng_below(rng, 100);
        const bool centre = j > pixels / 4 && j < pixels - pixels / 4;
        image[j] = picture == BLACK    ? 0
                   : picture == WHITE  ? 255
                   : picture == SPARSE ? (chance < 5 ? grey : 0)
                   : picture == DENSE  ? grey
                                       : (centre && chance < 40 ? grey : 0);
    }
}

/* --- (a) bit for bit as defined --------------------------------------------------------------- */

enum tallying { NEVER, ALWAYS, FROM_THE_MIDDLE, TALLYINGS };

/* How steps are taken. With `permuted`, they are tallied in other classes than their own. */
struct how {
    enum tallying tallying;
    enum net_measure measure;
    double kept; /* 1 - the leak */
    bool permuted;
};

/* The class in which step n of `steps` is tallied; -1 for none. */
static int tallied(const struct how *how, size_t n, size_t steps, size_t classes) {
    const size_t class = (n + (how->permuted ? n / 3 : 0)) % classes;
    return how->tallying == NEVER || (how->tallying == FROM_THE_MIDDLE && n < steps / 2)
               ? -1
               : (int)class;
}

static void assert_same_floats(const float *got, const float *expected, size_t count,
                               const char *what) {
    for (size_t i = 0; i < count; i++) {
        assert_true(isfinite(expected[i]));
        if (memcmp(&got[i], &expected[i], sizeof *got) != 0)
            fail_msg("%s %zu: %a instead of %a", what, i, (double)got[i], (double)expected[i]);
    }
}

static void assert_same_as_reference(const struct net *net, const struct reference *reference,
                                     bool tallied, const char *what) {
    const struct net_spec *spec = net_spec(net);
    for (size_t l = 0; l < spec->layers; l++) {
        const size_t weights = spec->width[l] * spec->width[l + 1],
                     count = weights + spec->width[l + 1];
        float *got = malloc(count * sizeof *got), *expected = malloc(count * sizeof *expected);
        assert_true(got != NULL && expected != NULL);
        net_get_layer(net, l, got, got + weights);
        reference_get_layer(reference, l, expected, expected + weights);
        assert_same_floats(got, expected, count, what);
        for (size_t k = 0; tallied && k < spec->classes; k++) {
            net_get_tally(net, k, l, got, got + weights);
            reference_get_tally(reference, k, l, expected, expected + weights);
            assert_same_floats(got, expected, count, what);
        }
        free(got);
        free(expected);
    }
}

/* Trains the reference once and every kernel, on the same pictures of all kinds. */
static void compare_steps(const struct net_spec *spec, struct how how, size_t steps) {
    uint8_t *images = malloc(steps * spec->width[0]);
    double *losses = malloc(steps * sizeof *losses);
    assert_true(images != NULL && losses != NULL);
    struct rng rng;
    rng_seed(&rng, spec->width[0] + spec->width[1]);
    for (size_t n = 0; n < steps; n++)
        draw(images + n * spec->width[0], spec->width[0], n % PICTURES, &rng);

    struct net *net = make_net(spec);
    struct reference *reference = reference_copy(net);
    reference->measure = how.measure;
    reference->leak = (float)(1 - how.kept);
    for (size_t n = 0; n < steps; n++)
        losses[n] =
            reference_step(reference, images + n * spec->width[0], (uint8_t)(n % spec->classes),
                           tallied(&how, n, steps, spec->classes));
    for (size_t kernel = 0; kernel < kernels(); kernel++) {
        struct error error;
        if (kernel > 0)
            net = make_net(spec);
        use(net, kernel);
        net_set_measure(net, how.measure);
        net_set_leak(net, 1 - how.kept);
        if (how.tallying != NEVER)
            assert_int_equal(net_start_tally(net, &error), 0);
        char what[160];
        snprintf(
            what, sizeof what, "%s, %s, %s, leak %g, %zux%zu, %zu layers, %zu first, parameter",
            net->kernel->name, net_activation_name(spec->activation), net_measure_name(how.measure),
            1 - how.kept, spec->rows, spec->cols, spec->layers, spec->width[1]);
        for (size_t n = 0; n < steps; n++) {
            const int class = tallied(&how, n, steps, spec->classes);
            const double loss =
                net_step(net, images + n * spec->width[0], (uint8_t)(n % spec->classes), NULL);
            if (!isfinite(losses[n]) || memcmp(&loss, &losses[n], sizeof loss) != 0)
                fail_msg("%s: loss %zu is %a instead of %a", what, n, loss, losses[n]);
            if (class >= 0)
                net_tally(net, (size_t) class);
        }
        assert_int_equal(net_spec(net)->samples, steps);
        assert_same_as_reference(net, reference, how.tallying != NEVER, what);
        net_free(net);
    }
    reference_free(reference);
    free(images);
    free(losses);
}

static const size_t widths[] = {1,  2,  3,  4,  5,   7,   15,  16,  17,  31, 33,
                                48, 52, 64, 99, 100, 101, 103, 117, 200, 212};

static const struct { size_t rows, cols; } sizes[] = {{1, 1}, {3, 5}, {28, 28}, {64, 64}};

/* A rate at which no activation diverges on white pictures. */
static double rate_for(size_t pixels) {
    return 0.2 / (double)(pixels + 8);
}

static void test_bits_of_widths(void **state) {
    (void)state;
    size_t turn = 0;
    for (enum net_activation a = 0; a < NET_ACTIVATIONS; a++)
        for (size_t w = 0; w < COUNT(widths); w++)
            for (size_t s = 0; s < COUNT(sizes); s++) {
                if (s == 3 && w % 5 != a) /* 64x64: every width with one activation */
                    continue;
                const size_t hidden[] = {widths[w], 0};
                struct net_spec spec =
                    make_spec(a, sizes[s].rows, sizes[s].cols, hidden, turn % 2 == 0 ? 2 : 10);
                spec.rate = rate_for(spec.width[0]);
                compare_steps(&spec,
                              (struct how){.tallying = turn % TALLYINGS,
                                           .measure = turn / TALLYINGS % NET_MEASURES,
                                           .kept = turn % 4 == 3 ? (double)(turn % 3) / 2 : 0,
                                           .permuted = turn % 5 == 0},
                              12);
                turn++;
            }
}

static void test_bits_of_depths(void **state) {
    (void)state;
    static const size_t depths[][6] = {{0}, {100, 50}, {7, 5, 3}, {100}, {33, 1, 17, 2, 40}};
    for (enum net_activation a = 0; a < NET_ACTIVATIONS; a++)
        for (size_t d = 0; d < COUNT(depths); d++)
            for (size_t s = 0; s < 3; s++)
                for (size_t classes = 2; classes <= 10; classes += 8)
                    for (enum tallying t = 0; t < TALLYINGS; t++) {
                        struct net_spec spec =
                            make_spec(a, sizes[s].rows, sizes[s].cols, depths[d], classes);
                        spec.rate = rate_for(spec.width[0]);
                        compare_steps(&spec, (struct how){.tallying = t}, 6);
                        for (enum net_measure m = 0; t == ALWAYS && m < NET_MEASURES; m++)
                            compare_steps(
                                &spec,
                                (struct how){t, m, (double)((m + d) % 4) / 3, m % 3 == d % 3}, 6);
                    }
}

/* The default network, for longer. */
static void test_bits_of_many_steps(void **state) {
    (void)state;
    static const size_t hidden[] = {100, 0};
    for (enum net_activation a = 0; a < NET_ACTIVATIONS; a++) {
        struct net_spec spec = make_spec(a, 28, 28, hidden, 2);
        spec.rate = 0.002;
        for (enum net_measure m = 0; m < NET_MEASURES; m++)
            compare_steps(&spec, (struct how){.tallying = FROM_THE_MIDDLE, .measure = m}, 200);
        compare_steps(&spec, (struct how){.kept = 1}, 200);
        compare_steps(&spec, (struct how){.kept = .3}, 200);
        spec.rate = 0;
        compare_steps(&spec, (struct how){.tallying = ALWAYS, .measure = NET_GRADIENT}, 200);
    }
}

/* Forward alone gives the outputs the next step starts from, and changes nothing. */
static void test_forward(void **state) {
    (void)state;
    static const size_t hidden[] = {17, 5, 0};
    const struct net_spec spec = make_spec(NET_SOFTPLUS, 3, 5, hidden, 10);
    struct rng rng;
    rng_seed(&rng, 1);
    uint8_t image[15];
    draw(image, sizeof image, DENSE, &rng);
    struct error error;
    struct net_images *images = net_images_create(&error);
    assert_non_null(images);
    assert_int_equal(net_images_list(images, image, 1, sizeof image, &error), 0);
    for (size_t kernel = 0; kernel < kernels(); kernel++) {
        struct net *net = make_net(&spec);
        struct reference *reference = reference_copy(net);
        use(net, kernel);
        float outputs[10];
        net_forward(net, image, outputs);
        float tested[10];
        bool tested_right;
        const double tested_loss = net_test(net, images, 0, 3, tested, &tested_right);
        assert_memory_equal(tested, outputs, sizeof outputs);
        assert_same_as_reference(net, reference, false, "parameter");
        assert_int_equal(net_spec(net)->samples, 0);
        size_t best = 0;
        double loss = 0;
        for (size_t o = 0; o < 10; o++) {
            const float miss = outputs[o] - (o == 3 ? 1 : 0);
            loss += 0.5 * ((double)miss * (double)miss);
            best = outputs[o] > outputs[best] ? o : best;
        }
        bool right;
        assert_true(net_step(net, image, 3, &right) == loss);
        assert_true(tested_loss == loss);
        assert_int_equal(tested_right, right);
        assert_int_equal(right, best == 3);
        net_free(net);
        net = make_net(&spec);
        use(net, kernel);
        net_step(net, image, (uint8_t)best, &right);
        assert_true(right);
        net_free(net);
        reference_free(reference);
    }
    net_images_free(images);
}

/* --- (b) as the textbook says ----------------------------------------------------------------- */

/* The largest of |got - expected| / (|expected| + floor). */
static double distance(const float *got, const double *expected, size_t count, double floor) {
    double most = 0;
    for (size_t i = 0; i < count; i++) {
        const double d = fabs((double)got[i] - expected[i]) / (fabs(expected[i]) + floor);
        if (!(d <= most))
            most = d;
    }
    return most;
}

struct distances {
    double parameters, tallies;
};

static struct distances compare_with_dense(const struct net *net, const struct dense *dense,
                                           bool tallied) {
    const struct net_spec *spec = net_spec(net);
    struct distances most = {0, 0};
    for (size_t l = 0; l < spec->layers; l++) {
        const size_t units = spec->width[l + 1], weights = spec->width[l] * units;
        float *got = malloc((weights + units) * sizeof *got);
        assert_non_null(got);
        net_get_layer(net, l, got, got + weights);
        most.parameters = fmax(most.parameters, distance(got, dense->w[l], weights, 1));
        most.parameters = fmax(most.parameters, distance(got + weights, dense->b[l], units, 1));
        for (size_t k = 0; tallied && k < spec->classes; k++) {
            net_get_tally(net, k, l, got, got + weights);
            /* What is summed with its sign may come to nothing. */
            const double floor = net_measure_signed(net_measure(net)) ? 0.1 : 1e-5;
            most.tallies = fmax(most.tallies, distance(got, dense->tally_w[k][l], weights, floor));
            most.tallies =
                fmax(most.tallies, distance(got + weights, dense->tally_b[k][l], units, floor));
        }
        free(got);
    }
    return most;
}

/* After 300 steps: parameters within 1e-5 (1 + |theta|), tallies within 1e-4 of themselves (and
 * 1e-9; of gradients, 1e-5), losses within 1e-5; seen: 2.9e-6, 1.7e-5, 1.2e-6. */
static void test_against_the_textbook(void **state) {
    (void)state;
    static const size_t depths[][4] = {{100}, {0}, {40, 20}, {7, 5, 3}};
    for (enum net_activation a = 0; a < NET_ACTIVATIONS; a++)
        for (size_t d = 0; d < COUNT(depths); d++) {
            struct net_spec spec = make_spec(a, 28, 28, depths[d], d % 2 == 0 ? 2 : 4);
            spec.rate = 0.002;
            const enum net_measure measure = (a + d) % NET_MEASURES;
            const double leak = d < 2 ? 1 : d == 2 ? 0 : .25;
            struct net *net = make_net(&spec);
            struct dense *dense = dense_copy(net);
            struct error error;
            net_set_measure(net, measure);
            net_set_leak(net, leak);
            assert_int_equal(net_start_tally(net, &error), 0);
            struct rng rng;
            rng_seed(&rng, 7);
            double worst_loss = 0;
            for (size_t n = 0; n < 300; n++) {
                uint8_t image[784];
                draw(image, sizeof image, n % 10 == 0 ? SPARSE : DIGIT, &rng);
                const uint8_t label = (uint8_t)(n % spec.classes);
                const double loss = net_step(net, image, label, NULL);
                net_tally(net, label);
                worst_loss =
                    fmax(worst_loss, fabs(loss - dense_step(dense, image, label, measure, leak)));
            }
            const struct distances most = compare_with_dense(net, dense, true);
            print_message("# %s %zu: parameters %.2g, tallies %.2g, loss %.2g\n",
                          net_activation_name(a), d, most.parameters, most.tallies, worst_loss);
            assert_true(most.parameters <= 1e-5);
            assert_true(most.tallies <= 1e-4);
            assert_true(worst_loss <= 1e-5);
            net_free(net);
            dense_free(dense);
        }
}

/* --- (c) the textbook's gradient -------------------------------------------------------------- */

/* Central differences of the loss against the step, which at a rate of 1 led to `after`. */
static void check_gradient(struct dense *at, double *values, const double *after, size_t count,
                           const uint8_t *image) {
    const double h = 1e-5;
    for (size_t i = 0; i < count; i++) {
        const double before = values[i];
        values[i] = before + h;
        const double above = dense_loss(at, image, 1);
        values[i] = before - h;
        const double below = dense_loss(at, image, 1);
        values[i] = before;
        const double expected = (above - below) / (2 * h), gradient = before - after[i];
        if (!(fabs(gradient - expected) <= 1e-8 + 1e-6 * fabs(expected)))
            fail_msg("%s: gradient %g instead of %g", net_activation_name(at->spec.activation),
                     gradient, expected);
    }
}

static void test_gradient(void **state) {
    (void)state;
    static const size_t depths[][4] = {{0}, {6}, {7, 5}, {7, 5, 3}};
    for (enum net_activation a = 0; a < NET_ACTIVATIONS; a++)
        for (size_t d = 0; d < COUNT(depths); d++) {
            struct net_spec spec = make_spec(a, 3, 5, depths[d], 3);
            spec.rate = 1;
            struct net *net = make_net(&spec);
            struct dense *at = dense_copy(net), *stepped = dense_copy(net);
            struct rng rng;
            rng_seed(&rng, d);
            uint8_t image[15];
            draw(image, sizeof image, DENSE, &rng);
            assert_true(dense_loss(at, image, 1) == dense_step(stepped, image, 1, NET_CHANGE, 1));
            for (size_t l = 0; l < spec.layers; l++) {
                const size_t units = spec.width[l + 1], weights = spec.width[l] * units;
                check_gradient(at, at->w[l], stepped->w[l], weights, image);
                check_gradient(at, at->b[l], stepped->b[l], units, image);
                for (size_t i = 0; i < units; i++) /* the tally of one step is its change */
                    assert_true(fabs(stepped->tally_b[1][l][i] -
                                     fabs(stepped->b[l][i] - at->b[l][i])) < 1e-12);
            }
            net_free(net);
            dense_free(at);
            dense_free(stepped);
        }
}

/* --- (d) activations -------------------------------------------------------------------------- */

static float float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* In units of the last place that a float has at `exact`. */
static double ulps(float got, double exact) {
    const int exponent = exact == 0 ? -126 : ilogb(exact);
    return fabs((double)got - exact) / ldexp(1, (exponent < -126 ? -126 : exponent) - 23);
}

/* e^-x: every 67th float from 0 to 87. */
static void test_exp(void **state) {
    (void)state;
    double worst = 0;
    uint32_t at = 0;
    for (uint32_t bits = 0; float_of(bits) <= 87; bits += 67) {
        const float x = float_of(bits);
        const double error = ulps(reference_exp_of_minus(x), exp(-(double)x));
        if (error > worst) {
            worst = error;
            at = bits;
        }
    }
    print_message("# e^-x: %.3f ulp at %a\n", worst, (double)float_of(at));
    assert_true(worst <= 1.2);
    assert_true(reference_exp_of_minus(-1) == reference_exp_of_minus(1));
    assert_true(reference_exp_of_minus(1000) == reference_exp_of_minus(87));
    assert_true(reference_exp_of_minus(0) == 1);
}

/* Floats by their bits: some of all, many of those from 2^-7 to 90, of both signs. */
static const struct {
    uint64_t first, last, step;
} sweeps[] = {{0, 0xffffffff, 24593}, {0x3c000000, 0x42b40000, 401}, {0xbc000000, 0xc2b40000, 401}};

struct activation_errors {
    double a, derivative, at_a, at_derivative;
};

/* Notes how far a kernel's values at z are from the C library's. */
static void measure(enum net_activation activation, float z, float a, float derivative,
                    struct activation_errors *worst) {
    double exact_a, exact_derivative;
    const double floor = reference_bounds[activation].floor;
    dense_activate(activation, (double)z, &exact_a, &exact_derivative);
    if (fabs(exact_a) < floor)
        assert_true(fabs((double)a) <= 2 * floor);
    else if (!(ulps(a, exact_a) <= worst->a))
        worst->a = ulps(a, exact_a), worst->at_a = (double)z;
    if (exact_derivative < floor)
        assert_true(fabs((double)derivative) <= 2 * floor);
    else if (!(ulps(derivative, exact_derivative) <= worst->derivative))
        worst->derivative = ulps(derivative, exact_derivative), worst->at_derivative = (double)z;
}

/* The activations of all units of a network that has just looked at an image. */
static void check_units(const struct net *net, size_t count, struct activation_errors *worst) {
    const enum net_activation activation = net_spec(net)->activation;
    for (size_t i = 0; i < count; i++) {
        const float z = net->first.b[i] + 0.0f, a = net->units[0].a[i],
                    derivative = net->units[0].derivative[i];
        float expected_a, expected_derivative;
        reference_activate(activation, z, &expected_a, &expected_derivative);
        if (isnan(z) && isnan(a) && isnan(expected_a))
            continue;
        if (memcmp(&a, &expected_a, sizeof a) != 0 ||
            memcmp(&derivative, &expected_derivative, sizeof derivative) != 0)
            fail_msg("%s, %s(%a) is %a, derivative %a, instead of %a, %a", net->kernel->name,
                     net_activation_name(activation), (double)z, (double)a, (double)derivative,
                     (double)expected_a, (double)expected_derivative);
        if (worst != NULL && isfinite(z))
            measure(activation, z, a, derivative, worst);
    }
}

/* Every kernel, with the floats as biases of units whose weights are 0. */
static void test_activations(void **state) {
    (void)state;
    enum { UNITS = 4096 };
    static const size_t hidden[] = {UNITS, 0};
    static const uint8_t black[1];
    for (enum net_activation a = 0; a < NET_ACTIVATIONS; a++) {
        const struct net_spec spec = make_spec(a, 1, 1, hidden, 2);
        struct net *net = make_net(&spec);
        for (size_t i = 0; i < UNITS; i++)
            net->first.v[i] = net->first.c[i] = net->first.r[i] = 0;
        struct activation_errors worst = {0, 0, 0, 0};
        for (size_t s = 0; s < COUNT(sweeps); s++)
            for (uint64_t bits = sweeps[s].first; bits <= sweeps[s].last;) {
                size_t count = 0;
                for (; count < UNITS && bits <= sweeps[s].last; bits += sweeps[s].step)
                    net->first.b[count++] = float_of((uint32_t)bits);
                for (size_t kernel = 0; kernel < kernels(); kernel++) {
                    float outputs[2];
                    use(net, kernel);
                    net_forward(net, black, outputs);
                    check_units(net, count, kernel == 0 ? &worst : NULL);
                }
            }
        print_message("# %s: %.2f ulp at %a, derivative %.2f ulp at %a\n", net_activation_name(a),
                      worst.a, worst.at_a, worst.derivative, worst.at_derivative);
        assert_true(worst.a <= reference_bounds[a].a);
        assert_true(worst.derivative <= reference_bounds[a].derivative);
        net_free(net);
    }
}

static void test_activation_values(void **state) {
    (void)state;
    static const struct {
        enum net_activation activation;
        float z, a, derivative;
    } table[] = {
        {NET_SOFTPLUS, INFINITY, INFINITY, 1},
        {NET_SOFTPLUS, 0, 0x1.62e43p-1f, 0.5f},
        {NET_RELU, -0.0f, 0, 0},
        {NET_RELU, -1, 0, 0},
        {NET_RELU, 2, 2, 1},
        {NET_RELU, INFINITY, INFINITY, 1},
        {NET_LEAKY_RELU, -100, -1, 0.01f},
        {NET_LEAKY_RELU, 0, 0, 0.01f},
        {NET_LEAKY_RELU, 3, 3, 1},
        {NET_SIGMOID, 0, 0.5f, 0.25f},
        {NET_SIGMOID, 1000, 1, 0},
        {NET_TANH, 0, 0, 1},
        {NET_TANH, -1000, -1, 0},
        {NET_TANH, 1000, 1, 0},
    };
    struct error error;
    for (size_t i = 0; i < COUNT(table); i++) {
        float a, derivative;
        reference_activate(table[i].activation, table[i].z, &a, &derivative);
        assert_true(a == table[i].a);
        assert_true(fabsf(derivative - table[i].derivative) < 1e-37f);
    }
    for (enum net_activation a = 0; a < NET_ACTIVATIONS; a++) {
        assert_non_null(net_activation_name(a));
        assert_int_equal(net_activation_named(net_activation_name(a), &error), a);
        float value, derivative;
        reference_activate(a, NAN, &value, &derivative);
        assert_true(isnan(value));
    }
}

/* --- (e) exact facts -------------------------------------------------------------------------- */

/* Tallies a hundred steps, the second half of them, of images in which pixel 5 is always black and
 * 400 black while it counts. */
static struct net *tally_digits(enum net_activation activation, enum net_measure measure) {
    static const size_t hidden[] = {100, 0};
    const struct net_spec spec = make_spec(activation, 28, 28, hidden, 2);
    struct net *net = make_net(&spec);
    struct error error;
    net_set_measure(net, measure);
    assert_int_equal(net_start_tally(net, &error), 0);
    struct rng rng;
    rng_seed(&rng, 8);
    for (int n = 0; n < 100; n++) {
        uint8_t image[784];
        draw(image, sizeof image, DIGIT, &rng);
        image[5] = 0;
        image[400] = n < 50 ? 200 : 0;
        net_step(net, image, (uint8_t)(n % 2), NULL);
        if (n >= 50)
            net_tally(net, (size_t)(n % 2));
    }
    return net;
}

/* The tally of a weight whose pixel was always black is that of the bias times 2^-8, or 2^-16 if
 * squared: a/(a+b) is the bias's, bit for bit. */
static void test_black_pixel(void **state) {
    (void)state;
    for (enum net_activation a = 0; a < NET_ACTIVATIONS; a++)
        for (enum net_measure m = 0; m < NET_MEASURES; m++) {
            struct net *net = tally_digits(a, m);
            const float black = net_measure_squares_input(m) ? 0x1p-16f : 0x1p-8f;
            float *weights[2], biases[2][100];
            for (size_t k = 0; k < 2; k++) {
                weights[k] = malloc(78400 * sizeof **weights);
                assert_non_null(weights[k]);
                net_get_tally(net, k, 0, weights[k], biases[k]);
                for (size_t i = 0; i < 100; i++) {
                    assert_true(m == NET_GRADIENT ? biases[k][i] != 0 || a == NET_RELU
                                                  : biases[k][i] > 0 || a == NET_RELU);
                    assert_true(weights[k][i * 784 + 5] == black * biases[k][i]);
                    assert_true(weights[k][i * 784 + 400] == black * biases[k][i]);
                    assert_true(a == NET_RELU || m == NET_GRADIENT ||
                                weights[k][i * 784 + 392] > black * biases[k][i]);
                }
            }
            for (size_t i = 0; i < 100; i++) {
                const float x = weights[0][i * 784 + 5], y = weights[1][i * 784 + 5];
                const float weight = x / (x + y),
                            bias = biases[0][i] / (biases[0][i] + biases[1][i]);
                assert_true(memcmp(&weight, &bias, sizeof bias) == 0 || isnan(bias));
            }
            free(weights[0]);
            free(weights[1]);
            net_free(net);
        }
}

/* a/(a+b) of all first-layer weights. */
static double *ratios_of(enum net_measure measure) {
    struct net *net = tally_digits(NET_SOFTPLUS, measure);
    float *weights = malloc(2 * 78400 * sizeof *weights), biases[100];
    double *ratios = malloc(78400 * sizeof *ratios);
    assert_true(weights != NULL && ratios != NULL);
    for (size_t k = 0; k < 2; k++)
        net_get_tally(net, k, 0, weights + k * 78400, biases);
    for (size_t i = 0; i < 78400; i++)
        ratios[i] = (double)weights[i] / ((double)weights[i] + (double)weights[78400 + i]);
    free(weights);
    net_free(net);
    return ratios;
}

/* At one rate the squared measures are the same up to a factor, and rounding. */
static void test_squared_measures(void **state) {
    (void)state;
    double *expected = ratios_of(NET_SQUARED_CHANGE), *change = ratios_of(NET_CHANGE), other = 0;
    for (enum net_measure m = NET_SQUARED_GRADIENT; m <= NET_PATH_INTEGRAL; m++) {
        double *ratios = ratios_of(m);
        for (size_t i = 0; i < 78400; i++) {
            assert_true(fabs(ratios[i] - expected[i]) < 1e-6);
            other = fmax(other, fabs(change[i] - expected[i]));
        }
        free(ratios);
    }
    assert_true(other > 0.01);
    free(expected);
    free(change);
}

/* A tally of gradients is that of the losses' sum, by central differences: of weights above a
 * hidden unit whose activation is negative, too. The network does not change meanwhile. */
static void test_summed_gradient(void **state) {
    (void)state;
    static const size_t hidden[] = {7, 5, 0};
    enum { IMAGES = 40 };
    for (enum net_activation a = 0; a < NET_ACTIVATIONS; a++) {
        struct net_spec spec = make_spec(a, 3, 5, hidden, 3);
        spec.rate = 0;
        struct net *net = make_net(&spec);
        struct dense *at = dense_copy(net);
        struct error error;
        uint8_t images[IMAGES][15];
        struct rng rng;
        rng_seed(&rng, 9);
        net_set_measure(net, NET_GRADIENT);
        assert_int_equal(net_start_tally(net, &error), 0);
        for (size_t n = 0; n < IMAGES; n++) {
            draw(images[n], 15, DENSE, &rng);
            net_step(net, images[n], 1, NULL);
            net_tally(net, 1);
        }
        size_t negative = 0;
        for (size_t l = 0; l < spec.layers; l++) {
            const size_t units = spec.width[l + 1], weights = spec.width[l] * units;
            float got[7 * 15 + 7];
            net_get_tally(net, 1, l, got, got + weights);
            for (size_t i = 0; i < weights + units; i++) {
                double *const value = i < weights ? &at->w[l][i] : &at->b[l][i - weights];
                const double before = *value, h = 1e-5;
                double expected = 0;
                for (int sign = -1; sign <= 1; sign += 2) {
                    *value = before + sign * h;
                    for (size_t n = 0; n < IMAGES; n++)
                        expected += sign * dense_loss(at, images[n], 1) / (2 * h);
                }
                *value = before;
                negative += got[i] < 0;
                if (!(fabs((double)got[i] - expected) <= 2e-5 * (1 + fabs(expected))))
                    fail_msg("%s, layer %zu, %zu: %g instead of %g", net_activation_name(a), l, i,
                             (double)got[i], expected);
            }
        }
        assert_true(negative > 0);
        net_free(net);
        dense_free(at);
    }
}

/* At a rate of 0 every parameter stays, bit for bit: -0 too. */
static void test_rate_of_zero(void **state) {
    (void)state;
    static const size_t hidden[] = {33, 7, 0};
    struct net_spec spec = make_spec(NET_TANH, 3, 5, hidden, 3);
    spec.rate = 0;
    for (size_t kernel = 0; kernel < kernels(); kernel++) {
        struct net *net = make_net(&spec);
        use(net, kernel);
        struct rng rng;
        rng_seed(&rng, 3);
        float before[33 * 15 + 33], after[33 * 15 + 33];
        for (size_t l = 0; l < spec.layers; l++) {
            const size_t weights = spec.width[l] * spec.width[l + 1];
            net_get_layer(net, l, before, before + weights);
            for (size_t i = 0; i < weights + spec.width[l + 1]; i += 2)
                before[i] = -0.0f;
            net_set_layer(net, l, before, before + weights);
        }
        for (uint8_t n = 0; n < 30; n++) {
            uint8_t image[15];
            draw(image, sizeof image, n % PICTURES, &rng);
            net_step(net, image, n % 3, NULL);
        }
        for (size_t l = 0; l < spec.layers; l++) {
            const size_t weights = spec.width[l] * spec.width[l + 1],
                         count = weights + spec.width[l + 1];
            net_get_layer(net, l, after, after + weights);
            size_t minus = 0;
            for (size_t i = 0; i < count; i++)
                minus += after[i] == 0 && signbit(after[i]);
            assert_int_equal(minus, (count + 1) / 2);
        }
        net_free(net);
    }
}

/* Tallies of the input are sums of what the images and the units below are. */
static void test_input(void **state) {
    (void)state;
    static const size_t hidden[] = {3, 0};
    const struct net_spec spec = make_spec(NET_TANH, 3, 5, hidden, 2);
    struct net *net = make_net(&spec);
    struct error error;
    net_set_measure(net, NET_INPUT);
    assert_int_equal(net_start_tally(net, &error), 0);
    struct rng rng;
    rng_seed(&rng, 4);
    double x[15] = {0}, a[3] = {0};
    for (int n = 0; n < 70; n++) {
        uint8_t image[15];
        draw(image, sizeof image, DENSE, &rng);
        net_step(net, image, 0, NULL);
        if (n % 2 == 0)
            continue;
        net_tally(net, 1);
        for (size_t j = 0; j < 15; j++)
            x[j] += (image[j] + 1) / 256.0;
        for (size_t i = 0; i < 3; i++)
            a[i] += fabs((double)net->units[0].a[i]);
    }
    float weights[45], biases[3], above[6], biases_above[2];
    net_get_tally(net, 1, 0, weights, biases);
    net_get_tally(net, 1, 1, above, biases_above);
    for (size_t i = 0; i < 3; i++) {
        assert_true(biases[i] == 35);
        for (size_t j = 0; j < 15; j++)
            assert_true((double)weights[i * 15 + j] == x[j]);
        for (size_t o = 0; o < 2; o++)
            assert_true(fabs((double)above[o * 3 + i] - a[i]) < 1e-5 * a[i]);
    }
    assert_true(biases_above[0] == 35 && biases_above[1] == 35);
    net_free(net);
}

static const char *activation_at(size_t i) {
    return net_activation_name((enum net_activation)i);
}

static const char *measure_at(size_t i) {
    return net_measure_name((enum net_measure)i);
}

/* "a, b or c" with " or " for `last`. */
static void join(const char *(*name_at)(size_t), size_t count, const char *last, char text[256]) {
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        strcat(text, i == 0 ? "" : i + 1 < count ? ", " : last);
        strcat(text, name_at(i));
    }
}

/* Names, lists and messages follow from the tables; near names are offered. */
static void test_names(void **state) {
    (void)state;
    struct error error;
    char list[256], known[256], expected[400], cut[10];
    for (enum net_measure m = 0; m < NET_MEASURES; m++) {
        assert_int_equal(net_measure_named(net_measure_name(m), &error), m);
        assert_true(net_measure_of_learning(m) || !net_measure_by_rate(m));
    }
    for (enum net_activation a = 0; a < NET_ACTIVATIONS; a++)
        assert_int_equal(net_activation_named(net_activation_name(a), &error), a);
    assert_string_equal(net_measure_name(NET_CHANGE), "change");
    assert_string_equal(net_measure_name(NET_SQUARED_GRADIENT), "squared-gradient");
    assert_string_equal(net_activation_name(NET_LEAKY_RELU), "leaky-relu");
    join(measure_at, NET_MEASURES, ", ", known);
    snprintf(expected, sizeof expected, "unknown measure 'Change' (change?); known: %s", known);
    assert_int_equal(net_measure_named("Change", &error), NET_MEASURES);
    assert_string_equal(error.text, expected);
    static const char *const given[][2] = {
        {"Tanh", " (tanh?)"},
        {"gelu", " (relu?)"},
        {"sigmod", " (sigmoid?)"},
        {"leakyrelu", " (leaky-relu?)"},
        {"softplu", " (softplus?)"},
        {"leaky_relu", " (leaky-relu?)"},
        {"rel", " (relu?)"},
        {"elu", " (relu?)"},
        {"", ""},
        {"step", ""},
        {"soft", ""},
        {"identity", ""},
        {"a-name-that-is-longer-than-any-of-all-known", ""},
    };
    join(activation_at, NET_ACTIVATIONS, ", ", known);
    for (size_t i = 0; i < COUNT(given); i++) {
        snprintf(expected, sizeof expected, "unknown activation '%s'%s; known: %s", given[i][0],
                 given[i][1], known);
        assert_int_equal(net_activation_named(given[i][0], &error), NET_ACTIVATIONS);
        assert_string_equal(error.text, expected);
    }
    join(activation_at, NET_ACTIVATIONS, " or ", known);
    net_list_activations(list, sizeof list);
    assert_string_equal(list, known);
    net_list_activations(cut, sizeof cut);
    assert_string_equal(cut, "softplus,");
    join(measure_at, NET_MEASURES, " or ", known);
    net_list_measures(list, sizeof list);
    assert_string_equal(list, known);
}

/* A layer differs from a copy if one parameter does, and a step that changes none is none. */
static void test_copy(void **state) {
    (void)state;
    static const size_t depths[][4] = {{100}, {0}, {7, 5, 3}};
    static const uint8_t image[15] = {3, 0, 200};
    for (size_t d = 0; d < COUNT(depths); d++) {
        const struct net_spec spec = make_spec(NET_SOFTPLUS, 3, 5, depths[d], 2);
        struct net *net = make_net(&spec);
        struct error error;
        float *copy = net_copy(net, &error);
        assert_non_null(copy);
        net_set_rate(net, 0);
        net_step(net, image, 0, NULL);
        for (size_t l = 0; l < spec.layers; l++)
            assert_false(net_differs(net, copy, l));
        for (size_t l = 0; l < spec.layers; l++) { /* the last weight, and a bias */
            float *const places[] = {
                l == 0 ? &net->first.c[spec.width[1] - 1]
                       : &net->dense[l].w[(net->dense[l].units - 1) * net->dense[l].stride +
                                          net->dense[l].inputs - 1],
                l == 0 ? &net->first.b[0] : &net->dense[l].b[0]};
            for (size_t p = 0; p < COUNT(places); p++) {
                const float before = *places[p];
                *places[p] += 0.5f;
                for (size_t k = 0; k < spec.layers; k++)
                    assert_int_equal(net_differs(net, copy, k), k == l);
                *places[p] = before;
            }
        }
        net_set_rate(net, 0.1);
        net_step(net, image, 0, NULL);
        for (size_t l = 0; l < spec.layers; l++)
            assert_true(net_differs(net, copy, l));
        free(copy);
        net_free(net);
    }
}

static void test_tally_is_zero(void **state) {
    (void)state;
    static const size_t depths[][4] = {{100}, {0}, {7, 5, 3}};
    static const uint8_t image[15] = {3, 0, 200};
    for (size_t d = 0; d < COUNT(depths); d++) {
        const struct net_spec spec = make_spec(NET_SOFTPLUS, 3, 5, depths[d], 2);
        struct net *net = make_net(&spec);
        struct error error;
        assert_int_equal(net_start_tally(net, &error), 0);
        net_step(net, image, 0, NULL);
        net_tally(net, 1); /* which waits */
        assert_true(net_tally_is_zero(net, 0));
        assert_false(net_tally_is_zero(net, 1));
        struct tally *tally = &net->tally[0];
        for (size_t l = 0; l < spec.layers; l++) {
            const struct dense_layer *dense = &net->dense[l];
            float *weight = l == 0 ? &tally->v[net->first.inputs * net->first.stride - 1]
                                   : &tally->w[l][dense->units * dense->stride - 1];
            float *places[] = {weight, &tally->b[l][spec.width[l + 1] - 1]};
            for (size_t p = 0; p < COUNT(places); p++) {
                *places[p] = 1e-40f;
                assert_false(net_tally_is_zero(net, 0));
                *places[p] = 0;
                assert_true(net_tally_is_zero(net, 0));
            }
        }
        net_free(net);
    }
}

/* A leak of 1 is no routing. */
static void test_leak_of_one(void **state) {
    (void)state;
    static const size_t hidden[] = {7, 5, 0};
    const struct net_spec spec = make_spec(NET_SOFTPLUS, 3, 5, hidden, 3);
    for (size_t kernel = 0; kernel < kernels(); kernel++) {
        struct net *net = make_net(&spec);
        struct reference *reference = reference_copy(net);
        struct rng rng;
        rng_seed(&rng, 5);
        use(net, kernel);
        net_set_leak(net, 0);
        net_set_leak(net, 1);
        for (uint8_t n = 0; n < 9; n++) {
            uint8_t image[15];
            draw(image, sizeof image, DENSE, &rng);
            net_step(net, image, n % 3, NULL);
            reference_step(reference, image, n % 3, -1);
        }
        assert_same_as_reference(net, reference, false, "parameter");
        net_free(net);
        reference_free(reference);
    }
}

/* Of a routed step, a unit that is not its class's keeps its weights and bias; another does not. */
static void test_routed(void **state) {
    (void)state;
    static const size_t hidden[] = {7, 5, 0};
    const struct net_spec spec = make_spec(NET_SOFTPLUS, 3, 5, hidden, 3);
    static const size_t part[2][7] = {{0, 0, 0, 1, 1, 2, 2}, {0, 0, 1, 1, 2}};
    for (size_t class = 0; class < 3; class ++) {
        struct net *net = make_net(&spec);
        struct dense *before = dense_copy(net);
        uint8_t image[15];
        struct rng rng;
        rng_seed(&rng, 5);
        draw(image, sizeof image, DENSE, &rng);
        net_set_leak(net, 0);
        net_step(net, image, (uint8_t) class, NULL);
        struct dense *after = dense_copy(net);
        for (size_t l = 0; l < 3; l++)
            for (size_t i = 0; i < spec.width[l + 1]; i++) {
                const bool learns = l == 2 || part[l][i] == class;
                assert_int_equal(before->b[l][i] != after->b[l][i], learns);
                for (size_t j = 0; j < spec.width[l]; j++)
                    assert_int_equal(before->w[l][i * spec.width[l] + j] !=
                                         after->w[l][i * spec.width[l] + j],
                                     learns);
            }
        dense_free(before);
        dense_free(after);
        net_free(net);
    }
}

static char *save_net(const struct net *net, size_t *size) {
    struct output output;
    struct error error;
    char path[4096];
    snprintf(path, sizeof path, "%s", support_path("saved"));
    assert_int_equal(output_open(&output, path, true, &error), 0);
    if (net_save(net, &output, &error) != 0)
        fail_msg("%s", error.text);
    assert_int_equal(output_commit(&output, &error), 0);
    char *bytes = support_get(path, size);
    unlink(path);
    return bytes;
}

static struct net *load_net(const void *bytes, size_t size, bool through_pipe) {
    struct source source;
    struct st_file file;
    struct error error;
    source_open(&source, through_pipe, bytes, size);
    if (st_open(&file, source.path, &error) != 0)
        fail_msg("%s", error.text);
    struct net *net = net_load(&file, &error);
    if (net == NULL)
        fail_msg("%s", error.text);
    st_close(&file);
    source_close(&source);
    return net;
}

/* Saving and loading before the first step changes no byte, not even a weight that is -0. */
static void test_no_steps(void **state) {
    (void)state;
    static const size_t depths[][4] = {{100}, {0}, {7, 5, 3}};
    for (size_t d = 0; d < COUNT(depths); d++) {
        struct net_spec spec = make_spec(NET_TANH, 28, 28, depths[d], 2);
        spec.rate = 0.1;
        spec.seed = UINT64_MAX;
        struct net *net = make_net(&spec);
        for (size_t j = 0; j < 784; j += 3)
            net->first.v[j * net->first.stride] = j % 2 == 0 ? -0.0f : 0;
        net->first.b[1] = -0.0f;
        size_t size, again_size;
        char *bytes = save_net(net, &size);
        for (int through_pipe = 0; through_pipe < 2; through_pipe++) {
            struct net *loaded = load_net(bytes, size, through_pipe);
            char *again = save_net(loaded, &again_size);
            assert_int_equal(size, again_size);
            assert_memory_equal(bytes, again, size);
            assert_int_equal(net_spec(loaded)->seed, UINT64_MAX);
            assert_true(net_spec(loaded)->rate == 0.1);
            assert_memory_equal(net_spec(loaded)->class_of, spec.class_of, sizeof spec.class_of);
            net_free(loaded);
            free(again);
        }
        const float minus = -0.0f;
        size_t found = 0;
        for (size_t i = size % 4; i + 4 <= size; i += 4)
            found += memcmp(bytes + i, &minus, 4) == 0;
        assert_int_equal(found, 784 / 6 + 1 + 1);
        free(bytes);
        net_free(net);
    }
}

/* The metadata and the layout of a network's and a tally's file. */
static void test_saved_header(void **state) {
    (void)state;
    static const size_t hidden[] = {3, 0};
    struct net_spec spec = make_spec(NET_LEAKY_RELU, 1, 2, hidden, 2);
    struct error error;
    struct net *net = make_net(&spec);
    assert_int_equal(net_start_tally(net, &error), 0);
    const uint8_t image[] = {0, 9};
    net_step(net, image, 1, NULL);
    net_tally(net, 1);
    size_t size;
    char *bytes = save_net(net, &size);
    static const char network[] =
        "{\"__metadata__\":{\"activation\":\"leaky-relu\",\"classes\":\"0;1\",\"format\":\"engram."
        "params\",\"image_shape\":\"1,2\",\"kind\":\"network\",\"learning_rate\":\"0.005\","
        "\"loss\":\"half-squared-error\",\"samples\":\"1\",\"seed\":\"1\"},"
        "\"layer1.bias\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]},"
        "\"layer1.weight\":{\"dtype\":\"F32\",\"shape\":[3,2],\"data_offsets\":[12,36]},"
        "\"layer2.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[36,44]},"
        "\"layer2.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[44,68]}}";
    assert_memory_equal(bytes + 8, network, sizeof network - 1);
    free(bytes);

    struct output output;
    char path[4096];
    snprintf(path, sizeof path, "%s", support_path("tally"));
    assert_int_equal(output_open(&output, path, true, &error), 0);
    assert_int_equal(net_save_tally(net, 1, NULL, &output, &error), 0);
    assert_int_equal(output_commit(&output, &error), 0);
    bytes = support_get(path, &size);
    static const char tally[] =
        "{\"__metadata__\":{\"class\":\"1\",\"classes\":\"0;1\",\"format\":\"engram.params\","
        "\"image_shape\":\"1,2\",\"kind\":\"tally\"},\"layer1.bias\"";
    assert_memory_equal(bytes + 8, tally, sizeof tally - 1);
    float weights[6], biases[3];
    net_get_tally(net, 1, 0, weights, biases);
    assert_memory_equal(bytes + size - 68, biases, 12); /* where floats are little-endian */
    assert_memory_equal(bytes + size - 56, weights, 24);
    unlink(path);
    free(bytes);
    net_free(net);
}

static void test_initialization(void **state) {
    (void)state;
    static const size_t hidden[] = {200, 100, 0};
    struct net_spec spec = make_spec(NET_SOFTPLUS, 28, 28, hidden, 10);
    struct net *net = make_net(&spec), *same = make_net(&spec);
    spec.seed = 2;
    struct net *other = make_net(&spec);
    struct rng rng;
    rng_seed(&rng, 1);
    for (size_t l = 0; l < 3; l++) {
        const size_t units = spec.width[l + 1], weights = spec.width[l] * units,
                     count = weights + units;
        float *values = malloc(3 * count * sizeof *values), *again = values + count,
              *others = again + count;
        assert_non_null(values);
        net_get_layer(net, l, values, values + weights);
        net_get_layer(same, l, again, again + weights);
        net_get_layer(other, l, others, others + weights);
        assert_memory_equal(values, again, count * sizeof *values);
        const double variance = 2.0 / (double)spec.width[l];
        double mean = 0, square = 0, bias_mean = 0, bias_square = 0;
        for (size_t i = 0; i < count; i++) {
            assert_true(values[i] != others[i]);
            const double z = (double)values[i] / sqrt(variance);
            assert_true(values[i] == (float)(sqrt(variance) * rng_normal(&rng)));
            *(i < weights ? &mean : &bias_mean) += z;
            *(i < weights ? &square : &bias_square) += z * z;
        }
        /* Within four standard errors. */
        assert_true(fabs(mean / (double)weights) < 4 / sqrt((double)weights));
        assert_true(fabs(square / (double)weights - 1) < 4 * sqrt(2 / (double)weights));
        assert_true(fabs(bias_mean / (double)units) < 4 / sqrt((double)units));
        assert_true(fabs(bias_square / (double)units - 1) < 4 * sqrt(2 / (double)units));
        free(values);
    }
    net_free(net);
    net_free(same);
    net_free(other);
}

/* --- (f) going on after saving ---------------------------------------------------------------- */

/* Saving folds c into v, which rounds: 200 steps, saving, 200 more, within the textbook's bound. */
static void test_continue(void **state) {
    (void)state;
    static const size_t hidden[] = {100, 0};
    for (enum net_activation a = 0; a < NET_ACTIVATIONS; a++) {
        struct net_spec spec = make_spec(a, 28, 28, hidden, 2);
        spec.rate = 0.002;
        struct net *net = make_net(&spec);
        struct dense *dense = dense_copy(net);
        struct rng rng;
        rng_seed(&rng, 9);
        for (size_t n = 0; n < 400; n++) {
            uint8_t image[784];
            draw(image, sizeof image, DIGIT, &rng);
            if (n == 200) {
                size_t size;
                char *bytes = save_net(net, &size);
                net_free(net);
                net = load_net(bytes, size, true);
                assert_int_equal(net_spec(net)->samples, 200);
                free(bytes);
            }
            net_step(net, image, (uint8_t)(n % 2), NULL);
            dense_step(dense, image, (uint8_t)(n % 2), NET_CHANGE, 1);
        }
        assert_int_equal(net_spec(net)->samples, 400);
        assert_true(compare_with_dense(net, dense, false).parameters <= 1e-5);
        net_free(net);
        dense_free(dense);
    }
}

static void test_set_rate(void **state) {
    (void)state;
    static const size_t hidden[] = {4, 0};
    const struct net_spec spec = make_spec(NET_SOFTPLUS, 1, 2, hidden, 2);
    static const uint8_t image[2] = {3, 200};
    struct net *net = make_net(&spec);
    struct reference *reference = reference_copy(net);
    net_set_rate(net, 0);
    net_step(net, image, 0, NULL);
    assert_same_as_reference(net, reference, false, "parameter");
    net_set_rate(net, 0.25);
    reference->rate = 0.25f;
    assert_true(net_spec(net)->rate == 0.25);
    net_step(net, image, 0, NULL);
    reference_step(reference, image, 0, -1);
    /* c and r are 0 instead of -0 after the step that changed nothing, which changes nothing */
    assert_same_as_reference(net, reference, false, "parameter");
    reference_free(reference);
    net_free(net);
}

/* A network in the middle of its learning and its clone, of listed images: the reference's bits,
 * and neither learns from the other's. */
static void test_clone(void **state) {
    (void)state;
    static const size_t hidden[] = {100, 7, 0};
    static uint8_t images[NET_IMAGES][784];
    struct net_spec spec = make_spec(NET_SOFTPLUS, 28, 28, hidden, 2);
    spec.rate = 0.02;
    struct rng rng;
    struct error error;
    rng_seed(&rng, 3);
    for (size_t n = 0; n < NET_IMAGES; n++)
        draw(images[n], sizeof images[n], DIGIT, &rng);
    for (size_t kernel = 0; kernel < kernels(); kernel++) {
        struct net *net = make_net(&spec);
        use(net, kernel);
        struct net_images *listed = net_images_create(&error);
        assert_int_equal(net_images_list(listed, images[0], 1, 784, &error), 0);
        struct reference *reference[] = {reference_copy(net), reference_copy(net)};
        net_learn(net, listed, 0, 1, NULL);
        reference_step(reference[0], images[0], 1, -1);
        reference_step(reference[1], images[0], 1, -1);
        struct net *clone = net_clone(net, &error);
        use(clone, kernel);
        assert_int_equal(net_spec(clone)->samples, 1);
        assert_int_equal(net_images_list(listed, images[0], NET_IMAGES, 784, &error), 0);
        for (size_t n = 0; n < NET_IMAGES; n++) {
            bool right;
            const uint8_t label = n % 3 == 0;
            const double loss = net_learn(n % 5 < 2 ? net : clone, listed, n, label, &right);
            assert_true(loss == reference_step(reference[n % 5 >= 2], images[n], label, -1));
        }
        assert_same_as_reference(net, reference[0], false, "parameter");
        assert_same_as_reference(clone, reference[1], false, "parameter of the clone");
        reference_free(reference[0]);
        reference_free(reference[1]);
        net_images_free(listed);
        net_free(clone);
        net_free(net);
    }
}

/* --- tallies with permuted labels ------------------------------------------------------------- */

enum { REPLAY_BEFORE = 5, REPLAY_STEPS = 67, REPLAY_DRAWS = 19 };

/* Trains a new net on the same pictures. Tallies step n, after those before, in the class order[n],
 * or keeps it in `replay`. */
static void train_for_replay(struct net *net, size_t steps, const size_t *order,
                             struct replay *replay) {
    const size_t pixels = net_spec(net)->width[0];
    uint8_t *image = malloc(pixels);
    assert_non_null(image);
    struct rng rng;
    rng_seed(&rng, 6);
    for (size_t n = 0; n < REPLAY_BEFORE + steps; n++) {
        const size_t class = n % 3 % net_spec(net)->classes;
        draw(image, pixels, n % PICTURES, &rng);
        net_step(net, image, (uint8_t) class, NULL);
        if (n >= REPLAY_BEFORE && order != NULL)
            net_tally(net, order[n - REPLAY_BEFORE]);
        if (n >= REPLAY_BEFORE && replay != NULL)
            replay_step(replay, (uint8_t) class);
    }
    free(image);
}

/* The tallies of all draws: what replay_save has written, by tensor. */
static float *read_draws(const struct st_file *file, const char *name, size_t count) {
    struct error error;
    struct st_file *reading = (struct st_file *)file;
    const struct st_tensor *tensor = st_find(file, name);
    assert_non_null(tensor);
    assert_int_equal(tensor->elements, count);
    assert_int_equal(tensor->shape[0], REPLAY_DRAWS);
    char *bytes = malloc(4 * count);
    float *values = malloc(count * sizeof *values);
    assert_true(bytes != NULL && values != NULL);
    assert_int_equal(st_read(reading, tensor, 0, bytes, 4 * count, &error), 0);
    st_to_float(ST_F32, bytes, values, count);
    free(bytes);
    return values;
}

/* Compares a layer's tallies with those of training once more for each draw. */
static void check_draws(const struct st_file *file, struct net *const *by_hand, size_t layer,
                        const char *what) {
    const struct net_spec *spec = net_spec(by_hand[0]);
    const size_t units = spec->width[layer + 1], weights = spec->width[layer] * units,
                 tallies = REPLAY_DRAWS * spec->classes;
    char weight[40], bias[40];
    snprintf(weight, sizeof weight, "layer%zu.weight", layer + 1);
    snprintf(bias, sizeof bias, "layer%zu.bias", layer + 1);
    float *got = read_draws(file, weight, tallies * weights),
          *got_biases = read_draws(file, bias, tallies * units),
          *expected = malloc((weights + units) * sizeof *expected);
    assert_non_null(expected);
    for (size_t k = 0; k < tallies; k++) {
        net_get_tally(by_hand[k / spec->classes], k % spec->classes, layer, expected,
                      expected + weights);
        assert_same_floats(got + k * weights, expected, weights, what);
        assert_same_floats(got_biases + k * units, expected + weights, units, what);
    }
    free(got);
    free(got_biases);
    free(expected);
}

/* What has been told of progress: each tensor's, to its end. */
struct shown {
    size_t reports, finished;
    char what[32];
    uint64_t done;
};

static void note(void *data, const char *what, uint64_t done, uint64_t all) {
    struct shown *shown = data;
    assert_int_equal(all, REPLAY_DRAWS);
    assert_true(done <= all);
    assert_true(strcmp(shown->what, what) != 0 || done > shown->done);
    snprintf(shown->what, sizeof shown->what, "%s", what);
    shown->done = done;
    shown->reports++;
    shown->finished += done == all;
}

/* Permutes as replay.h says. */
static void compare_replay(const struct net_spec *spec, enum net_measure measure, size_t kernel,
                           size_t steps, bool seeded) {
    const struct replay_draws draws = {.count = REPLAY_DRAWS, .seed = 12, .seeded = seeded};
    struct error error;
    struct net *net = make_net(spec), *by_hand[REPLAY_DRAWS];
    size_t classes[REPLAY_STEPS], counts[3] = {0};
    for (size_t n = 0; n < steps; n++)
        counts[classes[n] = (n + REPLAY_BEFORE) % 3 % spec->classes]++;
    use(net, kernel);
    net_set_measure(net, measure);
    struct replay *replay = replay_create(net, steps, &error);
    assert_non_null(replay);
    train_for_replay(net, steps, NULL, replay);
    struct rng rng;
    rng_seed(&rng, draws.seed);
    for (size_t d = 0; d < REPLAY_DRAWS; d++) {
        size_t order[REPLAY_STEPS];
        memcpy(order, classes, sizeof order);
        if (draws.seeded)
            rng_seed(&rng, draws.seed + d);
        rng_shuffle(&rng, order, steps);
        by_hand[d] = make_net(spec);
        net_set_measure(by_hand[d], measure);
        assert_int_equal(net_start_tally(by_hand[d], &error), 0);
        train_for_replay(by_hand[d], steps, order, NULL);
    }

    char path[4096], what[96];
    struct output output;
    struct st_file file;
    snprintf(path, sizeof path, "%s", support_path("draws"));
    snprintf(what, sizeof what, "%s, %s, %zu first, %zu steps, permuted tally", net->kernel->name,
             net_measure_name(measure), spec->width[1], steps);
    struct shown seen = {0};
    const struct progress shown = {.report = note, .data = &seen};
    assert_int_equal(output_open(&output, path, true, &error), 0);
    assert_int_equal(replay_save(replay, draws, &shown, &output, &error), 0);
    assert_int_equal(output_commit(&output, &error), 0);
    assert_int_equal(st_open(&file, path, &error), 0);
    assert_int_equal(seen.finished, 2 * spec->layers);
    assert_true(seen.reports > seen.finished || REPLAY_DRAWS <= 16);
    assert_string_equal(st_metadata(&file, "kind"), "tallies");
    assert_string_equal(st_metadata(&file, "draws"), "19");
    if (seeded)
        assert_string_equal(st_metadata(&file, "draw_seeds"), "12..30");
    else
        assert_null(st_metadata(&file, "draw_seeds"));
    for (size_t l = 0; l < spec->layers; l++)
        check_draws(&file, by_hand, l, what);
    /* A permutation keeps how many steps each class has. */
    float *numbers =
        read_draws(&file, "layer1.bias", REPLAY_DRAWS * spec->classes * spec->width[1]);
    for (size_t k = 0; measure == NET_INPUT && k < REPLAY_DRAWS * spec->classes; k++)
        assert_true(numbers[k * spec->width[1]] == (float)counts[k % spec->classes]);
    free(numbers);
    st_close(&file);
    unlink(path);
    for (size_t d = 0; d < REPLAY_DRAWS; d++)
        net_free(by_hand[d]);
    replay_free(replay);
    net_free(net);
}

static void test_replay(void **state) {
    (void)state;
    static const size_t depths[][6] = {{0}, {1}, {100}, {7, 5, 3}, {33, 1, 17}, {130, 117}};
    static const size_t steps[] = {REPLAY_STEPS, 64, 1, 0, 63, 65};
    for (size_t kernel = 0; kernel < kernels(); kernel++)
        for (size_t d = 0; d < COUNT(depths); d++)
            for (enum net_measure m = 0; m < NET_MEASURES; m++) {
                const struct net_spec spec =
                    make_spec(m % 2 == 0 ? NET_SOFTPLUS : NET_TANH, d < 2 ? 28 : 5, d < 2 ? 28 : 9,
                              depths[d], 2 + d % 2);
                compare_replay(&spec, m, kernel, steps[(d + m) % COUNT(steps)], m % 2 == 1);
            }
}

static void test_replay_too_large(void **state) {
    (void)state;
    static const size_t hidden[] = {3, 0};
    const struct net_spec spec = make_spec(NET_SOFTPLUS, 3, 5, hidden, 2);
    struct net *net = make_net(&spec);
    static const size_t steps[] = {(size_t)1 << 50, SIZE_MAX / 8, SIZE_MAX};
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct error error;
        char expected[128];
        snprintf(expected, sizeof expected,
                 "cannot keep %zu steps to permute their labels: Cannot allocate memory", steps[i]);
        assert_null(replay_create(net, steps[i], &error));
        assert_string_equal(error.text, expected);
    }
    net_free(net);
}

/* --- (g) what cannot be, and divergence ------------------------------------------------------- */

#define META(activation, loss, rate, seed, samples, classes, shape)                                \
    "{\"__metadata__\":{\"kind\":\"network\"," activation loss rate seed samples classes shape     \
    "\"format\":\"engram.params\"},"
#define A "\"activation\":\"relu\","
#define L "\"loss\":\"half-squared-error\","
#define E "\"learning_rate\":\"0.5\","
#define S "\"seed\":\"1\","
#define N "\"samples\":\"0\","
#define C "\"classes\":\"1;2,3\","
#define I "\"image_shape\":\"1,1\","
#define GOOD META(A, L, E, S, N, C, I)
#define TENSOR(name, dtype, shape, offsets)                                                        \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"
#define BIAS TENSOR("layer1.bias", "F32", "[2]", "[0,8]")
#define WEIGHT TENSOR("layer1.weight", "F32", "[2,1]", "[8,16]")
#define TENSORS BIAS "," WEIGHT "}"

static const struct {
    const char *json, *message; /* no message: a good file */
    size_t data;
} files[] = {
    {GOOD TENSORS, NULL, 16},
    {META(A, L, E, S, N, "\"classes\":\"255;0\",", I) TENSORS, NULL, 16},
    {"{" TENSORS, "not a network: its metadata does not say kind=network", 16},
    {"{\"__metadata__\":{\"kind\":\"tally\"}," TENSORS,
     "not a network: its metadata says kind=tally", 16},
    {"{\"__metadata__\":{\"format\":\"engram.samples\"}," TENSORS,
     "not a network: its metadata says format=engram.samples", 16},
    {"{\"__metadata__\":{\"format\":\"engram.params\"}," TENSORS,
     "not a network: its metadata does not say kind=network", 16},
    {META("", L, E, S, N, C, I) TENSORS, "not a network: its metadata has no activation", 16},
    {META(A, "", E, S, N, C, I) TENSORS, "not a network: its metadata has no loss", 16},
    {META(A, L, "", S, N, C, I) TENSORS, "not a network: its metadata has no learning_rate", 16},
    {META(A, L, E, "", N, C, I) TENSORS, "not a network: its metadata has no seed", 16},
    {META(A, L, E, S, "", C, I) TENSORS, "not a network: its metadata has no samples", 16},
    {META(A, L, E, S, N, "", I) TENSORS, "not a network: its metadata has no classes", 16},
    {META(A, L, E, S, N, C, "") TENSORS, "not a network: its metadata has no image_shape", 16},
    {GOOD BIAS "}", "no network: tensor layer1.weight is missing", 8},
    {GOOD WEIGHT "," TENSOR("layer1.bios", "F32", "[2]", "[0,8]") "}",
     "no network: tensor layer1.bias is missing", 16},
    {GOOD BIAS "," WEIGHT "," TENSOR("x", "F32", "[0]", "[16,16]") "}",
     "tensor \"x\": is no part of a network of 1 layers", 16},
    {GOOD BIAS "," WEIGHT "," TENSOR("layer2.bias", "F32", "[2]", "[16,24]") "}",
     "no network: tensor layer2.weight is missing", 24},
    {GOOD BIAS "," WEIGHT "," TENSOR("layer2.weight", "F32", "[2,2]", "[16,32]") "}",
     "no network: tensor layer2.bias is missing", 32},
    {GOOD BIAS "," TENSOR("layer1.weight", "F32", "[2]", "[8,16]") "}",
     "tensor \"layer1.weight\": is F32 [2], not F32 [out,in] of a network", 16},
    {GOOD BIAS "," TENSOR("layer1.weight", "F32", "[0,1]", "[8,8]") "}",
     "tensor \"layer1.weight\": is F32 [0,1], not F32 [out,in] of a network", 8},
    {GOOD BIAS "," TENSOR("layer1.weight", "F32", "[2,0]", "[8,8]") "}",
     "tensor \"layer1.weight\": is F32 [2,0], not F32 [out,in] of a network", 8},
    {GOOD BIAS "," TENSOR("layer1.weight", "F32", "[]", "[8,12]") "}",
     "tensor \"layer1.weight\": is F32 [], not F32 [out,in] of a network", 12},
    {GOOD BIAS "," WEIGHT "," TENSOR("layer2.weight", "F32", "[2,3]", "[16,40]") "," TENSOR(
         "layer2.bias", "F32", "[2]", "[40,48]") "}",
     "tensor \"layer2.weight\": is F32 [2,3], but layer1.weight has 2 outputs", 48},
    {GOOD WEIGHT "," TENSOR("layer1.bias", "U32", "[2]", "[0,8]") "}",
     "tensor \"layer1.bias\": is U32 [2], not F32 [2]", 16},
    {GOOD TENSOR("layer1.bias", "F32", "[3]", "[0,12]") "," TENSOR("layer1.weight", "F32", "[2,1]",
                                                                   "[12,20]") "}",
     "tensor \"layer1.bias\": is F32 [3], not F32 [2]", 20},
    {GOOD BIAS "," TENSOR("layer1.weight", "BF16", "[2,1]", "[8,12]") "}",
     "tensor \"layer1.weight\": is BF16 [2,1], not F32 [out,in] of a network", 12},
};

/* Loads the file of a header and zeros, with `special` as its last number. */
static struct net *try_load(const char *json, size_t data, float special, struct source *source,
                            bool through_pipe, struct error *error) {
    char bytes[2048] = {0};
    const size_t length = strlen(json), size = 8 + length + data;
    assert_true(size <= sizeof bytes);
    bytes[0] = (char)(length & 255);
    bytes[1] = (char)(length >> 8);
    memcpy(bytes + 8, json, length);
    if (special != 0)
        memcpy(bytes + size - 4, &special, 4); /* where floats are little-endian */
    struct st_file file;
    source_open(source, through_pipe, bytes, size);
    assert_int_equal(st_open(&file, source->path, error), 0);
    struct net *net = net_load(&file, error);
    st_close(&file);
    source_close(source);
    return net;
}

/* What a value of the metadata may not be, and what is said of it. */
static const struct {
    const char *key, *value, *message; /* no message: a good one */
} values[] = {
    {"loss", "cross-entropy", "unknown loss; known: half-squared-error"},
    {"learning_rate", "0", NULL},
    {"learning_rate", "0.0e-999", NULL},
    {"learning_rate", "1e3", NULL},
    {"learning_rate", "5e-324", NULL},
    {"learning_rate", "1e-400", "not a decimal number from 0 to 1000"},
    {"learning_rate", "nan", "not a decimal number from 0 to 1000"},
    {"learning_rate", "inf", "not a decimal number from 0 to 1000"},
    {"learning_rate", "1e999", "not a decimal number from 0 to 1000"},
    {"learning_rate", "-1", "not a decimal number from 0 to 1000"},
    {"learning_rate", "+1", "not a decimal number from 0 to 1000"},
    {"learning_rate", " 1", "not a decimal number from 0 to 1000"},
    {"learning_rate", "0x1p-3", "not a decimal number from 0 to 1000"},
    {"learning_rate", "0.1x", "not a decimal number from 0 to 1000"},
    {"learning_rate", "1000.5", "not a decimal number from 0 to 1000"},
    {"learning_rate", ".", "not a decimal number from 0 to 1000"},
    {"learning_rate", "", "not a decimal number from 0 to 1000"},
    {"seed", "18446744073709551615", NULL},
    {"seed", "-1", "not a whole number from 0 to 18446744073709551615"},
    {"seed", "+1", "not a whole number from 0 to 18446744073709551615"},
    {"seed", "01", "not a whole number from 0 to 18446744073709551615"},
    {"seed", "0x1", "not a whole number from 0 to 18446744073709551615"},
    {"seed", "18446744073709551616", "not a whole number from 0 to 18446744073709551615"},
    {"samples", "", "not a whole number from 0 to 18446744073709551615"},
    {"samples", "1e3", "not a whole number from 0 to 18446744073709551615"},
    {"classes", "255;0", NULL},
    {"classes", "1;1", "label 1 is in two classes"},
    {"classes", "1;2,3,2", "label 2 is in a class twice"},
    {"classes", "1;256", "not labels from 0 to 255 as in 1,7;6,8"},
    {"classes", "1;-2", "not labels from 0 to 255 as in 1,7;6,8"},
    {"classes", "1:2", "not labels from 0 to 255 as in 1,7;6,8"},
    {"classes", "1;02", "not labels from 0 to 255 as in 1,7;6,8"},
    {"classes", "1;2;", "not labels from 0 to 255 as in 1,7;6,8"},
    {"classes", "", "not labels from 0 to 255 as in 1,7;6,8"},
    {"classes", "1;2;3", "3 for the 2 outputs of layer1.weight"},
    {"classes", "1", "1 for the 2 outputs of layer1.weight"},
    {"image_shape", "1,2", "not rows,cols of the 1 inputs of layer1.weight"},
    {"image_shape", "0,0", "not rows,cols of the 1 inputs of layer1.weight"},
    {"image_shape", "1", "not rows,cols of the 1 inputs of layer1.weight"},
    {"image_shape", "1,1,1", "not rows,cols of the 1 inputs of layer1.weight"},
    {"image_shape", "1,01", "not rows,cols of the 1 inputs of layer1.weight"},
    {"image_shape", "18446744073709551617,1", "not rows,cols of the 1 inputs of layer1.weight"},
    {"image_shape", "4294967297,4294967297", "not rows,cols of the 1 inputs of layer1.weight"},
};

/* The header of a good network with another value. */
static void make_header(const char *key, const char *value, char *json, size_t size) {
    char pattern[32];
    snprintf(pattern, sizeof pattern, "\"%s\":\"", key);
    const char *good = GOOD TENSORS, *at = strstr(good, pattern) + strlen(pattern);
    snprintf(json, size, "%.*s%s%s", (int)(at - good), good, value, strchr(at, '"'));
}

static void test_load_messages(void **state) {
    (void)state;
    struct error error;
    struct source source;
    for (size_t i = 0; i < COUNT(files); i++)
        for (int through_pipe = 0; through_pipe < 2; through_pipe++) {
            error.text[0] = '\0';
            struct net *net =
                try_load(files[i].json, files[i].data, 0, &source, through_pipe, &error);
            if ((net != NULL) != (files[i].message == NULL))
                fail_msg("%s: \"%s\" instead of \"%s\"", files[i].json, error.text,
                         files[i].message != NULL ? files[i].message : "");
            if (net == NULL)
                support_assert_error(&error, source.path, files[i].message);
            net_free(net);
        }
    for (size_t i = 0; i < COUNT(values); i++) {
        char json[1024], message[256];
        make_header(values[i].key, values[i].value, json, sizeof json);
        struct net *net = try_load(json, 16, 0, &source, true, &error);
        if ((net != NULL) != (values[i].message == NULL))
            fail_msg("%s: %s: \"%s\"", values[i].key, values[i].value, error.text);
        snprintf(message, sizeof message, "not a network: its metadata says %s=%s: %s",
                 values[i].key, values[i].value, values[i].message);
        if (net == NULL)
            support_assert_error(&error, source.path, message);
        net_free(net);
    }
    static const char *const activations[] = {"RELU", ""};
    for (size_t i = 0; i < COUNT(activations); i++) {
        struct error why;
        char json[1024], message[256];
        make_header("activation", activations[i], json, sizeof json);
        assert_null(try_load(json, 16, 0, &source, true, &error));
        (void)net_activation_named(activations[i], &why);
        snprintf(message, sizeof message, "not a network: its metadata says activation=%s: %.150s",
                 activations[i], why.text);
        support_assert_error(&error, source.path, message);
    }
    char json[1024], longest[501];
    memset(longest, '7', 500);
    longest[500] = '\0';
    make_header("seed", longest, json, sizeof json);
    assert_null(try_load(json, 16, 0, &source, true, &error));
    assert_true(strlen(error.text) < strlen(source.path) + 200);
    assert_non_null(strstr(error.text, "..."));
    assert_non_null(strstr(error.text, ": not a whole number from 0 to 18446744073709551615"));
    static const float special[] = {INFINITY, -INFINITY, NAN};
    for (size_t i = 0; i < COUNT(special); i++) {
        assert_null(try_load(GOOD TENSORS, 16, special[i], &source, false, &error));
        support_assert_error(&error, source.path,
                             "tensor \"layer1.weight\": holds a value that is not finite");
    }
    assert_null(try_load(GOOD TENSORS, 17, 0, &source, true, &error));
    support_assert_error(&error, source.path, "data goes on after the 16 bytes the tensors take");
    assert_null(try_load(GOOD TENSORS, 12, 0, &source, true, &error));
    support_assert_error(&error, source.path, "the data ends after 12 of 16 bytes");
}

static void test_other_messages(void **state) {
    (void)state;
    static const size_t hidden[] = {4, 0};
    struct net_spec spec = make_spec(NET_RELU, 1, 2, hidden, 2);
    struct error error;
    bool labels[256] = {[1] = true};
    assert_int_equal(net_spec_add_class(&spec, labels, &error), -1);
    assert_string_equal(error.text, "label 1 is in two classes");

    struct net *net = make_net(&spec);
    for (size_t where = 0; where < 3; where++) { /* what is not finite is not saved */
        float *value = where == 0   ? &net->first.c[1]
                       : where == 1 ? &net->first.b[2]
                                    : &net->dense[1].w[net->dense[1].stride + 3];
        const float before = *value;
        *value = where == 0 ? NAN : INFINITY;
        struct output output;
        assert_int_equal(output_open(&output, support_path("saved"), true, &error), 0);
        output.name = "saved";
        assert_int_equal(net_save(net, &output, &error), -1);
        support_assert_error(&error, "saved",
                             where == 0   ? "layer1.weight holds a value that is not finite"
                             : where == 1 ? "layer1.bias holds a value that is not finite"
                                          : "layer2.weight holds a value that is not finite");
        output_discard(&output);
        *value = before;
    }

    const size_t inputs = net->first.inputs;
    net->first.inputs = (size_t)1 << 50; /* no memory has room for its tally */
    assert_int_equal(net_start_tally(net, &error), -1);
    assert_string_equal(error.text, "cannot make the tallies: Cannot allocate memory");
    net->first.inputs = inputs;
    net_free(net);

    spec.width[0] = (size_t)1 << 50;
    assert_null(net_create(&spec, &error));
    assert_string_equal(error.text, "cannot make a network of this size: Cannot allocate memory");
}

/* Trains until the loss is not finite; returns after how many steps, 0 if it always was. */
static size_t diverge(struct net *net, double rate) {
    struct rng rng;
    rng_seed(&rng, 3);
    size_t diverged = 0;
    net_set_rate(net, rate);
    for (size_t step = 1; step <= 20; step++) {
        uint8_t image[784];
        draw(image, sizeof image, DIGIT, &rng);
        const double loss = net_step(net, image, (uint8_t)(step % 2), NULL);
        if (!isfinite(loss) && diverged == 0)
            diverged = step;
        if (isfinite(loss) && diverged != 0)
            fail_msg("%s, %zu layers: finite again", net->kernel->name, net->spec.layers);
    }
    return diverged;
}

static bool refuses_to_save(const struct net *net) {
    struct output output;
    struct error error;
    assert_int_equal(output_open(&output, support_path("diverged"), true, &error), 0);
    const bool refused = net_save(net, &output, &error) != 0;
    assert_true(!refused || strstr(error.text, "holds a value that is not finite") != NULL);
    output_discard(&output);
    return refused;
}

/* A huge rate throws the units of an activation without a ceiling far up or far down: down, they
 * are dead; up, the loss stops being finite, stays so, and the network cannot be saved. Without
 * hidden layers softplus units may go up first and then, dead with infinite weights, down. */
static void test_divergence(void **state) {
    (void)state;
    static const enum net_activation unbounded[] = {NET_SOFTPLUS, NET_RELU, NET_LEAKY_RELU};
    static const size_t depths[][4] = {{100}, {0}, {17, 5}};
    for (size_t n = 0; n < COUNT(unbounded); n++)
        for (size_t d = 0; d < COUNT(depths); d++) {
            struct net_spec spec = make_spec(unbounded[n], 28, 28, depths[d], 2);
            size_t diverged[20];
            bool any = false;
            for (size_t kernel = 0; kernel < kernels(); kernel++)
                for (spec.seed = 0; spec.seed < COUNT(diverged); spec.seed++) {
                    struct net *net = make_net(&spec);
                    use(net, kernel);
                    const size_t steps = diverge(net, 1e30);
                    if (kernel == 0)
                        diverged[spec.seed] = steps;
                    assert_int_equal(steps, diverged[spec.seed]);
                    const bool refused = kernel == 0 && refuses_to_save(net);
                    assert_true(refused || steps == 0 || kernel > 0);
                    any = any || steps > 0 || (refused && spec.layers == 1);
                    net_free(net);
                }
            if (!any)
                fail_msg("%s, %zu layers: never", net_activation_name(spec.activation),
                         spec.layers);
        }
}

static void test_kernels(void **state) {
    (void)state;
    assert_true(net_kernels() >= 1);
    assert_string_equal(net_kernel_name(0), "base");
    for (size_t kernel = 0; kernel < net_kernels(); kernel++)
        print_message("# kernel %s\n", net_kernel_name(kernel));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kernels),
        cmocka_unit_test(test_bits_of_widths),
        cmocka_unit_test(test_bits_of_depths),
        cmocka_unit_test(test_bits_of_many_steps),
        cmocka_unit_test(test_forward),
        cmocka_unit_test(test_against_the_textbook),
        cmocka_unit_test(test_gradient),
        cmocka_unit_test(test_exp),
        cmocka_unit_test(test_activations),
        cmocka_unit_test(test_activation_values),
        cmocka_unit_test(test_black_pixel),
        cmocka_unit_test(test_no_steps),
        cmocka_unit_test(test_saved_header),
        cmocka_unit_test(test_initialization),
        cmocka_unit_test(test_continue),
        cmocka_unit_test(test_set_rate),
        cmocka_unit_test(test_clone),
        cmocka_unit_test(test_load_messages),
        cmocka_unit_test(test_other_messages),
        cmocka_unit_test(test_divergence),
        cmocka_unit_test(test_squared_measures),
        cmocka_unit_test(test_summed_gradient),
        cmocka_unit_test(test_rate_of_zero),
        cmocka_unit_test(test_input),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_tally_is_zero),
        cmocka_unit_test(test_leak_of_one),
        cmocka_unit_test(test_routed),
        cmocka_unit_test(test_replay),
        cmocka_unit_test(test_replay_too_large),
    };
    return cmocka_run_group_tests_name("net", tests, support_setup, support_teardown);
}
