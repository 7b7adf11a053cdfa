/* image.h: pixels where they belong, files that hold them exactly, errors from libpng and the disk.
 */
#include "engram/image.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/rng.h"
#include "support.h"

static const struct rgb BLACK = {0, 0, 0}, RED = {255, 1, 2}, WHITE = {255, 255, 255};

static struct image create(size_t width, size_t height) {
    struct image image;
    struct error error;
    assert_int_equal(img_create(&image, width, height, WHITE, &error), 0);
    return image;
}

/* The image as rows of characters: "." white, "#" anything else. */
static void assert_art(const struct image *image, const char *art) {
    assert_int_equal(strlen(art), image->width * image->height);
    for (size_t i = 0; art[i] != '\0'; i++)
        assert_int_equal(image->pixels[3 * i + 1] == 255 ? '.' : '#', art[i]);
}

static void test_create(void **state) {
    (void)state;
    const struct rgb fill = {1, 2, 3};
    struct image image;
    struct error error;
    assert_int_equal(img_create(&image, 5, 3, fill, &error), 0);
    assert_int_equal(image.width, 5);
    assert_int_equal(image.height, 3);
    for (size_t i = 0; i < 45; i++)
        assert_int_equal(image.pixels[i], i % 3 + 1);
    img_free(&image);
    assert_true(image.pixels == NULL && image.width == 0 && image.height == 0);
    img_free(&image);
}

static void test_create_bounds(void **state) {
    (void)state;
    static const size_t bad[][2] = {
        {0, 1}, {1, 0}, {IMG_MAX_PIXELS, 2}, {2, IMG_MAX_PIXELS / 2 + 1}, {SIZE_MAX, SIZE_MAX}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct image image;
        struct error error;
        char expected[128];
        snprintf(expected, sizeof expected,
                 "a picture of %zu x %zu pixels is not one of 1 to 268435456", bad[i][0],
                 bad[i][1]);
        assert_int_equal(img_create(&image, bad[i][0], bad[i][1], WHITE, &error), -1);
        assert_string_equal(error.text, expected);
        img_free(&image);
    }
}

static void test_rectangle(void **state) {
    (void)state;
    struct image image = create(5, 4);
    img_rectangle(&image, 1, 1, 2, 2, RED);
    assert_art(&image, "....."
                       ".##.."
                       ".##.."
                       ".....");
    assert_memory_equal(image.pixels + 18, "\xff\x01\x02\xff\x01\x02", 6);
    img_rectangle(&image, 4, 3, 1, 1, BLACK);
    img_rectangle(&image, 0, 0, 3, 0, BLACK);
    img_rectangle(&image, 0, 0, 0, 3, BLACK);
    assert_art(&image, "....."
                       ".##.."
                       ".##.."
                       "....#");
    img_free(&image);
}

static void test_rectangle_is_clipped(void **state) {
    (void)state;
    struct image image = create(4, 3);
    img_rectangle(&image, 4, 0, 1, 1, BLACK);
    img_rectangle(&image, 0, 3, 1, 1, BLACK);
    img_rectangle(&image, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, BLACK);
    img_rectangle(&image, SIZE_MAX, 1, 2, 1, BLACK);
    img_rectangle(&image, 1, SIZE_MAX, 1, 2, BLACK);
    assert_art(&image, "............");
    img_rectangle(&image, 2, 1, SIZE_MAX, SIZE_MAX, BLACK);
    assert_art(&image, "...."
                       "..##"
                       "..##");
    img_free(&image);
}

static void test_text(void **state) {
    (void)state;
    assert_int_equal(img_text_width("", 3), 0);
    assert_int_equal(img_text_width("2", 1), 5);
    assert_int_equal(img_text_width((const char[8]){"2."}, 1), 8);
    assert_int_equal(img_text_width("-2.e", 1), 20);
    assert_int_equal(img_text_width("-2.e", 3), 60);
    struct image image = create(20, 7);
    img_text(&image, 0, 0, "-2.e", 1, RED);
    assert_art(&image, ".......###.........."
                       "......#...#........."
                       "..........#.....###."
                       "#####....#.....#...#"
                       "........#......#####"
                       ".......#....##.#...."
                       "......#####.##..###.");
    img_free(&image);
}

static void test_text_enlarged(void **state) {
    (void)state;
    const char *text = "0123456789+-.e";
    struct image small = create(img_text_width(text, 1), IMG_TEXT_HEIGHT),
                 large = create(img_text_width(text, 3), (size_t)3 * IMG_TEXT_HEIGHT);
    img_text(&small, 0, 0, text, 1, RED);
    img_text(&large, 0, 0, text, 3, RED);
    for (size_t y = 0; y < large.height; y++)
        for (size_t x = 0; x < large.width; x++)
            assert_memory_equal(large.pixels + 3 * (y * large.width + x),
                                small.pixels + 3 * (y / 3 * small.width + x / 3), 3);
    img_free(&small);
    img_free(&large);
}

static void test_characters_differ(void **state) {
    (void)state;
    enum { WIDTH = 5, HEIGHT = 7, SIZE = 3 * WIDTH * HEIGHT };
    static const char characters[] = "0123456789+-.e "; /* the last is not in the font */
    struct image image[sizeof characters - 1];
    for (size_t i = 0; i < COUNT(image); i++) {
        image[i] = create(WIDTH, HEIGHT);
        img_text(&image[i], 0, 0, (const char[]){characters[i], '\0'}, 1, RED);
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(image[i].pixels, image[k].pixels, SIZE);
    }
    for (size_t i = 0; i < SIZE; i++)
        assert_int_equal(image[COUNT(image) - 1].pixels[i], 255);
    for (size_t i = 0; i < COUNT(image); i++)
        img_free(&image[i]);
}

/* --- files ------------------------------------------------------------------------------------ */

static void test_formats(void **state) {
    (void)state;
    assert_ptr_equal(img_format_named("png"), img_formats);
    assert_ptr_equal(img_format_named("PNG")->write, img_write_png);
    assert_ptr_equal(img_format_named("ppm")->write, img_write_ppm);
    assert_string_equal(img_format_named("Ppm")->name, "ppm");
    assert_null(img_format_named("pngx"));
    assert_null(img_format_named("pn"));
    assert_null(img_format_named(""));
}

typedef int writer(const struct image *image, struct output *output, struct error *error);

/* Writes to a file and returns what it then holds; to free. */
static char *written(writer *write, const struct image *image, size_t *size) {
    const char *path = support_path("image");
    struct output output;
    struct error error;
    assert_int_equal(output_open(&output, path, true, &error), 0);
    assert_int_equal(write(image, &output, &error), 0);
    assert_int_equal(output_commit(&output, &error), 0);
    return support_get(path, size);
}

static struct image noise(size_t width, size_t height) {
    struct image image = create(width, height);
    struct rng rng;
    rng_seed(&rng, 1);
    for (size_t i = 0; i < 3 * width * height; i++)
        image.pixels[i] = (uint8_t)rng_next(&rng);
    return image;
}

static void test_ppm(void **state) {
    (void)state;
    static const char expected[] = "P6\n2 1\n255\n\xff\xff\xff\xff\x01\x02";
    struct image image = create(2, 1);
    img_rectangle(&image, 1, 0, 1, 1, RED);
    size_t size;
    char *bytes = written(img_write_ppm, &image, &size);
    assert_int_equal(size, sizeof expected - 1);
    assert_memory_equal(bytes, expected, size);
    free(bytes);
    img_free(&image);
}

static void assert_decodes(const char *bytes, size_t size, const struct image *image) {
    png_image png = {.version = PNG_IMAGE_VERSION};
    assert_true(png_image_begin_read_from_memory(&png, bytes, size));
    assert_int_equal(png.format, PNG_FORMAT_RGB);
    assert_int_equal(png.width, image->width);
    assert_int_equal(png.height, image->height);
    uint8_t *pixels = malloc(PNG_IMAGE_SIZE(png));
    assert_non_null(pixels);
    assert_true(png_image_finish_read(&png, NULL, pixels, 0, NULL));
    assert_memory_equal(pixels, image->pixels, 3 * image->width * image->height);
    free(pixels);
}

static void test_png(void **state) {
    (void)state;
    static const size_t sizes[][2] = {{1, 1}, {3, 2}, {1, 500}, {257, 129}};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct image image = noise(sizes[i][0], sizes[i][1]);
        size_t size;
        char *bytes = written(img_write_png, &image, &size);
        assert_decodes(bytes, size, &image);
        free(bytes);
        img_free(&image);
    }
}

/* Wider than libpng allows by default. */
static void test_png_wide(void **state) {
    (void)state;
    struct image image = create(1000001, 1);
    size_t size;
    char *bytes = written(img_write_png, &image, &size);
    assert_memory_equal(bytes + 16, "\x00\x0f\x42\x41\x00\x00\x00\x01", 8);
    free(bytes);
    img_free(&image);
}

/* Nothing but the header, the pixels and the end. */
static void test_png_chunks(void **state) {
    (void)state;
    struct image image = noise(50, 50);
    size_t size, data = 0;
    char *bytes = written(img_write_png, &image, &size);
    assert_memory_equal(bytes + 8, "\0\0\0\x0dIHDR", 8);
    assert_memory_equal(bytes + size - 12, "\0\0\0\0IEND", 8);
    for (size_t at = 33; at < size - 12; data++) {
        const unsigned char *p = (unsigned char *)bytes + at;
        assert_memory_equal(p + 4, "IDAT", 4);
        at += 12 + ((size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3]);
    }
    assert_true(data > 0);
    free(bytes);
    img_free(&image);
}

/* After so many bytes. */
static void assert_write_fails(writer *write, const struct image *image, const char *path,
                               size_t after, const char *what) {
    static const char bytes[1 << 16];
    struct output output;
    struct error error;
    assert_int_equal(output_open(&output, path, true, &error), 0);
    assert_int_equal(output_write(&output, bytes, after, &error), 0);
    assert_int_equal(write(image, &output, &error), -1);
    support_assert_error(&error, path, what);
    output_discard(&output);
}

static void test_write_errors(void **state) {
    (void)state;
    struct image image = noise(300, 300);
    const char *full = "cannot write: No space left on device";
    assert_write_fails(img_write_png, &image, "/dev/full", 0, full);
    assert_write_fails(img_write_ppm, &image, "/dev/full", 0, full);
    assert_write_fails(img_write_ppm, &image, "/dev/full", (1 << 16) - 1, full); /* the header */
    img_free(&image);
}

static void test_libpng_error(void **state) {
    (void)state;
    const struct image nothing = {0};
    assert_write_fails(img_write_png, &nothing, support_path("nothing"), 0,
                       "cannot write PNG: Invalid IHDR data");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create),
        cmocka_unit_test(test_create_bounds),
        cmocka_unit_test(test_rectangle),
        cmocka_unit_test(test_rectangle_is_clipped),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_text_enlarged),
        cmocka_unit_test(test_characters_differ),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_ppm),
        cmocka_unit_test(test_png),
        cmocka_unit_test(test_png_wide),
        cmocka_unit_test(test_png_chunks),
        cmocka_unit_test(test_write_errors),
        cmocka_unit_test(test_libpng_error),
    };
    return cmocka_run_group_tests_name("image", tests, support_setup, support_teardown);
}
