/* palette.h: exact colours, and what the palettes promise the eye, measured in CIELAB for normal
 * sight and the three kinds of dichromacy. */
#include "engram/palette.h"

#include <math.h>

#include "support.h"

enum { NORMAL, PROTAN, DEUTAN, TRITAN, SIGHTS, STEPS = 1024 };

static struct rgb sample(const struct palette *palette, size_t step) {
    return pal_rgb(palette, (double)step / STEPS);
}

static void assert_rgb(struct rgb a, struct rgb b) {
    assert_int_equal(a.red, b.red);
    assert_int_equal(a.green, b.green);
    assert_int_equal(a.blue, b.blue);
}

static void test_names(void **state) {
    (void)state;
    static const char *const names[] = {"blue-orange", "purple-green", "blues", "gray"};
    for (size_t i = 0; i < PAL_PALETTES; i++) {
        assert_string_equal(pal_palettes[i].name, names[i]);
        assert_ptr_equal(pal_named(names[i]), &pal_palettes[i]);
        assert_int_equal(pal_palettes[i].diverging, i < 2);
        assert_in_range(pal_palettes[i].stops, 2, PAL_MAX_STOPS);
    }
    assert_ptr_equal(pal_default(true), pal_named("blue-orange"));
    assert_ptr_equal(pal_default(false), pal_named("blues"));
    assert_null(pal_named("Blues"));
    assert_null(pal_named("blue"));
    assert_null(pal_named(""));
}

static int interpolate(int a, int b, int part) {
    return (a * STEPS + (b - a) * part + STEPS / 2) / STEPS;
}

/* Against the same in integers. */
static void test_interpolation(void **state) {
    (void)state;
    for (size_t i = 0; i < PAL_PALETTES; i++)
        for (size_t step = 0; step < STEPS; step++) {
            const struct palette *p = &pal_palettes[i];
            const size_t place = step * (p->stops - 1);
            const struct rgb *a = &p->stop[place / STEPS], *b = a + 1, c = sample(p, step);
            const int part = (int)(place % STEPS);
            assert_int_equal(c.red, interpolate(a->red, b->red, part));
            assert_int_equal(c.green, interpolate(a->green, b->green, part));
            assert_int_equal(c.blue, interpolate(a->blue, b->blue, part));
        }
    for (int i = 0; i < 256; i++)
        assert_int_equal(pal_rgb(pal_named("gray"), i / 255.0).green, i);
}

static void test_beyond_the_ends(void **state) {
    (void)state;
    for (size_t i = 0; i < PAL_PALETTES; i++) {
        const struct palette *p = &pal_palettes[i];
        const struct rgb low = p->stop[0], high = p->stop[p->stops - 1];
        assert_rgb(pal_rgb(p, 0), low);
        assert_rgb(pal_rgb(p, -0x1p-1074), low);
        assert_rgb(pal_rgb(p, -INFINITY), low);
        assert_rgb(pal_rgb(p, 1), high);
        assert_rgb(pal_rgb(p, nextafter(1, 0)), high);
        assert_rgb(pal_rgb(p, 1e300), high);
        assert_rgb(pal_rgb(p, INFINITY), high);
        assert_rgb(pal_rgb(p, NAN), p->undefined);
        assert_rgb(pal_rgb(p, -NAN), p->undefined);
    }
}

/* --- the eye ---------------------------------------------------------------------------------- */

struct lab {
    double l, a, b;
};

static double linear(uint8_t channel) {
    const double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double lab_curve(double t) {
    return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

/* Linear RGB as dichromats see it: Machado, Oliveira and Fernandes, "A physiologically-based model
 * for simulation of color vision deficiency", IEEE TVCG 15 (2009), severity 1. */
static const double sights[SIGHTS][3][3] = {
    [NORMAL] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    [PROTAN] = {{0.152286, 1.052583, -0.204868},
                {0.114503, 0.786281, 0.099216},
                {-0.003882, -0.048116, 1.051998}},
    [DEUTAN] = {{0.367322, 0.860646, -0.227968},
                {0.280085, 0.672501, 0.047413},
                {-0.011820, 0.042940, 0.968881}},
    [TRITAN] = {{1.255528, -0.076749, -0.178779},
                {-0.078411, 0.930809, 0.147602},
                {0.004733, 0.691367, 0.303900}},
};

static struct lab seen(struct rgb rgb, int sight) {
    const double in[3] = {linear(rgb.red), linear(rgb.green), linear(rgb.blue)};
    double c[3];
    for (size_t i = 0; i < 3; i++) {
        const double *m = sights[sight][i];
        c[i] = fmin(1, fmax(0, m[0] * in[0] + m[1] * in[1] + m[2] * in[2]));
    }
    const double x = lab_curve((0.4124564 * c[0] + 0.3575761 * c[1] + 0.1804375 * c[2]) / 0.95047),
                 y = lab_curve(0.2126729 * c[0] + 0.7151522 * c[1] + 0.0721750 * c[2]),
                 z = lab_curve((0.0193339 * c[0] + 0.1191920 * c[1] + 0.9503041 * c[2]) / 1.08883);
    return (struct lab){116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

/* The difference of two colours; about 2 is just noticed side by side. */
static double difference(struct rgb a, struct rgb b, int sight) {
    const struct lab s = seen(a, sight), t = seen(b, sight);
    return sqrt((s.l - t.l) * (s.l - t.l) + (s.a - t.a) * (s.a - t.a) + (s.b - t.b) * (s.b - t.b));
}

static void test_undefined_is_distinct(void **state) {
    (void)state;
    for (size_t i = 0; i < PAL_PALETTES; i++)
        for (size_t step = 0; step <= STEPS; step++)
            for (int sight = 0; sight < SIGHTS; sight++) {
                const struct palette *p = &pal_palettes[i];
                assert_true(difference(p->undefined, sample(p, step), sight) > 40);
            }
}

/* Lightness changes steadily between the stops, in one direction on each side of the middle. */
static void test_lightness_is_ordered(void **state) {
    (void)state;
    for (size_t i = 0; i < PAL_PALETTES; i++)
        for (size_t step = 0; step < 64; step++) {
            const struct palette *p = &pal_palettes[i];
            const bool rises = p->diverging ? step < 32 : p->stop[0].red == 0;
            for (int sight = 0; sight < SIGHTS; sight++) {
                const double change = seen(sample(p, (step + 1) * (STEPS / 64)), sight).l -
                                      seen(sample(p, step * (STEPS / 64)), sight).l;
                assert_true(rises ? change > 0.5 : change < -0.5);
            }
        }
}

/* Both sides of a diverging palette are equally light, but seldom mistaken for each other. */
static void test_diverging_sides(void **state) {
    (void)state;
    for (size_t i = 0; i < PAL_PALETTES; i++) {
        const struct palette *p = &pal_palettes[i];
        if (!p->diverging)
            continue;
        const struct lab middle = seen(sample(p, STEPS / 2), NORMAL);
        assert_true(middle.l > 95 && hypot(middle.a, middle.b) < 3);
        for (size_t step = 0; step <= STEPS / 2; step++) {
            const struct rgb low = sample(p, step), high = sample(p, STEPS - step);
            assert_true(fabs(seen(low, NORMAL).l - seen(high, NORMAL).l) < 2);
            for (int sight = 0; sight < SIGHTS && step < STEPS * 3 / 8; sight++)
                assert_true(difference(low, high, sight) > 15);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_interpolation),
        cmocka_unit_test(test_beyond_the_ends),
        cmocka_unit_test(test_undefined_is_distinct),
        cmocka_unit_test(test_lightness_is_ordered),
        cmocka_unit_test(test_diverging_sides),
    };
    return cmocka_run_group_tests_name("palette", tests, NULL, NULL);
}
