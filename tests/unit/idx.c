/* idx.h: numbers of every type, the shapes of labels and images, plain and gzip, files and pipes.
 */
#include "engram/idx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

/* Bytes that are put together piece by piece. */
struct text {
    unsigned char bytes[1 << 20];
    size_t size;
};

static void put(struct text *text, const void *bytes, size_t size) {
    assert_true(size <= sizeof text->bytes - text->size);
    memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
}

static void put_u32(struct text *text, uint32_t value) {
    const unsigned char bytes[] = {(unsigned char)(value >> 24), (unsigned char)(value >> 16),
                                   (unsigned char)(value >> 8), (unsigned char)value};
    put(text, bytes, sizeof bytes);
}

static void put_header(struct text *text, unsigned char type, size_t rank, const uint32_t *sizes) {
    text->size = 0;
    put(text, (unsigned char[]){0, 0, type, (unsigned char)rank}, 4);
    for (size_t i = 0; i < rank; i++)
        put_u32(text, sizes[i]);
}

/* The number as the type has it, however little it fits. */
static void put_number(struct text *text, unsigned char type, double value) {
    const float single = (float)value;
    uint32_t bits;
    uint64_t wide;
    unsigned char byte = 0;
    switch (type) {
    case 0x08:
        byte = (unsigned char)value;
        put(text, &byte, 1);
        return;
    case 0x09:
        byte = (unsigned char)(int8_t)value;
        put(text, &byte, 1);
        return;
    case 0x0b:
        byte = (unsigned char)((uint16_t)(int16_t)value >> 8);
        put(text, &byte, 1);
        byte = (unsigned char)(int16_t)value;
        put(text, &byte, 1);
        return;
    case 0x0c:
        put_u32(text, (uint32_t)(int32_t)value);
        return;
    case 0x0d:
        memcpy(&bits, &single, sizeof bits);
        put_u32(text, bits);
        return;
    case 0x0e:
        memcpy(&wide, &value, sizeof wide);
        put_u32(text, (uint32_t)(wide >> 32));
        put_u32(text, (uint32_t)wide);
        return;
    }
    fail();
}

/* The same, packed, as one gzip member behind what is there. */
static void pack(struct text *packed, const void *bytes, size_t size) {
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)bytes;
    z.avail_in = (unsigned)size;
    z.next_out = packed->bytes + packed->size;
    z.avail_out = (unsigned)(sizeof packed->bytes - packed->size);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    packed->size = sizeof packed->bytes - z.avail_out;
    deflateEnd(&z);
}

enum kind { LABELS, IMAGES };

static int open_as(enum kind kind, struct idx *idx, const char *path, struct error *error) {
    return kind == LABELS ? idx_open_labels(idx, path, error)
                          : idx_open_images(idx, path, NULL, error);
}

/* Reads all; returns -1 or how many numbers, which go to `numbers`. */
static int64_t read_all(enum kind kind, const char *path, uint8_t *numbers, struct error *error) {
    struct idx idx;
    const uint8_t *items;
    size_t done = 0;
    int64_t got = open_as(kind, &idx, path, error);
    if (got != 0)
        return -1;
    const size_t item = (size_t)idx.rows * idx.cols;
    while ((got = idx_next(&idx, &items, error)) > 0) {
        memcpy(numbers + done, items, (size_t)got * item);
        done += (size_t)got * item;
    }
    if (got == 0)
        assert_int_equal(done, idx.count * item);
    idx_close(&idx);
    return got < 0 ? -1 : (int64_t)done;
}

static uint8_t numbers[1 << 20];
static struct text text, packed;

/* The text is read, as a file and through a pipe, plain and packed, and gives `expected`. */
static void gives(enum kind kind, const uint8_t *expected, size_t count) {
    packed.size = 0;
    pack(&packed, text.bytes, text.size);
    for (int way = 0; way < 4; way++) {
        const struct text *given = way < 2 ? &text : &packed;
        struct source source;
        struct error error;
        source_open(&source, way % 2, given->bytes, given->size);
        const int64_t got = read_all(kind, source.path, numbers, &error);
        if (got < 0)
            fail_msg("%s", error.text);
        assert_int_equal(got, count);
        assert_memory_equal(numbers, expected, count);
        source_close(&source);
    }
}

/* The bytes are refused, as a file and through a pipe. */
static void refuses(enum kind kind, const struct text *given, size_t size, const char *what) {
    for (int pipe = 0; pipe < 2; pipe++) {
        struct source source;
        struct error error;
        source_open(&source, pipe, given->bytes, size);
        assert_int_equal(read_all(kind, source.path, numbers, &error), -1);
        support_assert_error(&error, source.path, what);
        source_close(&source);
    }
}

static const unsigned char codes[] = {0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e};

static void every_type_gives_every_number(void **state) {
    (void)state;
    for (size_t t = 0; t < COUNT(codes); t++) {
        const uint32_t count = codes[t] == 0x09 ? 128 : 256;
        uint8_t expected[256];
        put_header(&text, codes[t], 1, (uint32_t[]){count});
        for (uint32_t i = 0; i < count; i++) {
            expected[i] = (uint8_t)i;
            put_number(&text, codes[t], i);
        }
        gives(LABELS, expected, count);
    }
    put_header(&text, 0x0d, 1, (uint32_t[]){1});
    put_number(&text, 0x0d, -0.0);
    gives(LABELS, (uint8_t[]){0}, 1);
}

/* The last of three labels or pixels. */
static void numbers_that_are_none(void **state) {
    (void)state;
    static const struct {
        unsigned char type;
        double value;
        const char *shown, *hint;
    } rows[] = {
        {0x09, -1, "-1", ""},
        {0x09, -128, "-128", ""},
        {0x0b, 256, "256", ""},
        {0x0b, -1, "-1", ""},
        {0x0b, -32768, "-32768", ""},
        {0x0c, 256, "256", ""},
        {0x0c, 70000, "70000", ""},
        {0x0c, -2147483648., "-2147483648", ""},
        {0x0c, 2147483647, "2147483647", ""},
        {0x0d, 255.5, "255.5", ""},
        {0x0d, 0x1.fffffep-1, "0.99999994", "; grey levels from 0 to 1 must be times 255"},
        {0x0d, 0x1p-149, "1e-45", "; grey levels from 0 to 1 must be times 255"},
        {0x0d, 0x1.fep8, "510", ""},
        {0x0e, 0.1, "0.1", "; grey levels from 0 to 1 must be times 255"},
        {0x0e, 0x1.fe00000000001p7, "255.00000000000003", ""},
        {0x0e, -0x1p-1074, "-5e-324", ""},
        {0x0e, 1e300, "1e+300", ""},
        {0x0e, __builtin_inf(), "inf", ""},
        {0x0d, -__builtin_inf(), "-inf", ""},
        {0x0e, __builtin_nan(""), "nan", ""},
        {0x0d, __builtin_nan(""), "nan", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t k = 0; k < 2; k++) {
            const enum kind kind = k == 0 ? LABELS : IMAGES;
            char what[200];
            put_header(&text, rows[i].type, kind == LABELS ? 1 : 3, (uint32_t[]){3, 1, 1});
            put_number(&text, rows[i].type, 1);
            put_number(&text, rows[i].type, 2);
            put_number(&text, rows[i].type, rows[i].value);
            snprintf(what, sizeof what, "item 2 has the %s %s, not a whole number from 0 to 255%s",
                     kind == LABELS ? "label" : "pixel", rows[i].shown,
                     kind == LABELS ? "" : rows[i].hint);
            refuses(kind, &text, text.size, what);
        }
}

static void shapes(void **state) {
    (void)state;
    static const struct {
        enum kind kind;
        size_t rank;
        uint32_t sizes[8], rows, cols;
    } rows[] = {
        {LABELS, 1, {6}, 1, 1},
        {LABELS, 2, {6, 1}, 1, 1},
        {LABELS, 8, {6, 1, 1, 1, 1, 1, 1, 1}, 1, 1},
        {LABELS, 1, {1}, 1, 1},
        {LABELS, 3, {1, 1, 1}, 1, 1},
        {IMAGES, 2, {2, 3}, 1, 3},
        {IMAGES, 2, {6, 1}, 1, 1},
        {IMAGES, 3, {2, 3, 1}, 3, 1},
        {IMAGES, 3, {1, 2, 3}, 2, 3},
        {IMAGES, 4, {1, 2, 3, 1}, 2, 3},
        {IMAGES, 4, {1, 1, 2, 3}, 2, 3},
        {IMAGES, 4, {1, 1, 6, 1}, 1, 6},
        {IMAGES, 5, {1, 1, 2, 3, 1}, 2, 3},
        {IMAGES, 8, {1, 2, 3, 1, 1, 1, 1, 1}, 2, 3},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct source source;
        struct idx idx;
        struct error error;
        size_t count = 1;
        put_header(&text, 0x08, rows[i].rank, rows[i].sizes);
        for (size_t k = 0; k < rows[i].rank; k++)
            count *= rows[i].sizes[k];
        put(&text, "\1\2\3\4\5\6", count);
        gives(rows[i].kind, (uint8_t[]){1, 2, 3, 4, 5, 6}, count);
        source_open(&source, false, text.bytes, text.size);
        assert_int_equal(open_as(rows[i].kind, &idx, source.path, &error), 0);
        assert_int_equal(idx.count, rows[i].sizes[0]);
        assert_int_equal(idx.rows, rows[i].rows);
        assert_int_equal(idx.cols, rows[i].cols);
        idx_close(&idx);
        source_close(&source);
    }
}

static void shapes_that_are_none(void **state) {
    (void)state;
    static const struct {
        enum kind kind;
        unsigned char type;
        size_t rank;
        uint32_t sizes[8];
        const char *what;
    } rows[] = {
        {LABELS,
         8,
         3,
         {5, 1, 2},
         "3-dimensional data, 5 x 1 x 2, where labels are needed; are images and labels "
         "exchanged?"},
        {IMAGES,
         8,
         1,
         {5},
         "1-dimensional data, 5, where images are needed; are images and labels exchanged?"},
        {LABELS,
         8,
         2,
         {5, 10},
         "10 numbers of type uint8 for each label, where one is needed, or the 8 of type int32 of "
         "QMNIST"},
        {LABELS,
         13,
         2,
         {5, 8},
         "8 numbers of type float32 for each label, where one is needed, or the 8 of type int32 of "
         "QMNIST"},
        {LABELS,
         12,
         2,
         {5, 9},
         "9 numbers of type int32 for each label, where one is needed, or the 8 of type int32 of "
         "QMNIST"},
        {IMAGES,
         8,
         4,
         {5, 32, 32, 3},
         "IDX data of 4 dimensions, 5 x 32 x 32 x 3, where images are needed: their number, rows "
         "and "
         "columns, one channel alone"},
        {IMAGES,
         8,
         8,
         {4294967295, 2, 2, 2, 2, 2, 2, 2},
         "IDX data of 8 dimensions, 4294967295 x 2 x 2 x 2 x 2 x 2 x 2 x 2, where images are "
         "needed: "
         "their number, rows and columns, one channel alone"},
        {IMAGES, 8, 3, {5, 0, 2}, "IDX items of no size, or of 4 GiB or more"},
        {LABELS, 8, 2, {5, 0}, "IDX items of no size, or of 4 GiB or more"},
        {IMAGES, 14, 3, {5, 23171, 23171}, "IDX items of no size, or of 4 GiB or more"},
        {IMAGES, 8, 3, {5, 4294967295, 4294967295}, "IDX items of no size, or of 4 GiB or more"},
        {IMAGES, 8, 0, {0}, "IDX data of 0 dimensions, not 1 to 8"},
        {IMAGES, 10, 1, {0}, "IDX type 0x0a is none of 0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        put_header(&text, rows[i].type, rows[i].rank, rows[i].sizes);
        put(&text, (char[400]){0}, 400);
        refuses(rows[i].kind, &text, text.size, rows[i].what);
    }
}

/* The first of eight numbers is the label; the others may be anything. */
static void labels_of_qmnist(void **state) {
    (void)state;
    enum { COUNT_OF_LABELS = 5000 }; /* more than are converted at once */
    static uint8_t expected[COUNT_OF_LABELS];
    put_header(&text, 0x0c, 2, (uint32_t[]){COUNT_OF_LABELS, 8});
    for (uint32_t i = 0; i < COUNT_OF_LABELS; i++) {
        expected[i] = (uint8_t)(i % 10);
        put_number(&text, 0x0c, i % 10);
        for (int k = 1; k < 8; k++)
            put_number(&text, 0x0c, k % 2 ? -1 : 1e9);
    }
    gives(LABELS, expected, COUNT_OF_LABELS);
}

/* Items larger than the block, smaller, and so many that the last block is not full. */
static void items_in_blocks(void **state) {
    (void)state;
    static const uint32_t sizes[][3] = {
        {3, 1, 300000}, {1, 900, 1000}, {200, 60, 70}, {900000, 1, 1}};
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (size_t t = 0; t < 2; t++) {
            const size_t count = (size_t)sizes[i][0] * sizes[i][1] * sizes[i][2];
            static uint8_t expected[1 << 20];
            put_header(&text, codes[t], 3, sizes[i]);
            for (size_t k = 0; k < count; k++)
                expected[k] = (uint8_t)(k * 7 % 127);
            put(&text, expected, count);
            gives(IMAGES, expected, count);
        }
}

static void shape_of_the_caller(void **state) {
    (void)state;
    struct source source;
    struct idx idx;
    struct error error;
    put_header(&text, 0x08, 2, (uint32_t[]){1, 6});
    put(&text, "\1\2\3\4\5\6", 6);
    source_open(&source, false, text.bytes, text.size);
    assert_int_equal(idx_open_images(&idx, source.path, &(struct idx_shape){3, 2}, &error), 0);
    assert_int_equal(idx.rows, 3);
    assert_int_equal(idx.cols, 2);
    idx_close(&idx);
    assert_int_equal(idx_open_images(&idx, source.path, &(struct idx_shape){3, 3}, &error), -1);
    support_assert_error(&error, source.path, "images of 1 x 6 pixels, which do not make 3 x 3");
    source_close(&source);
}

/* Items in any order, from a plain regular file of bytes, of the size that it says: of any other
 * they are read from front to end. */
static void items_where_they_stand(void **state) {
    (void)state;
    static const uint32_t sizes[] = {40, 1, 20, 30};
    struct source source;
    struct idx idx;
    struct error error;
    static uint8_t bytes[24000 + 1];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7 % 251);
    const struct {
        unsigned char type;
        bool packed, pipe, seeks;
        size_t size;
    } rows[] = {
        {0x08, false, false, true, 24000},  {0x08, false, true, false, 24000},
        {0x08, true, false, false, 24000},  {0x09, false, false, false, 24000},
        {0x08, false, false, false, 23999}, {0x08, false, false, false, 24001},
    };
    for (size_t n = 0; n < COUNT(rows); n++) {
        put_header(&text, rows[n].type, 4, sizes);
        put(&text, bytes, rows[n].size);
        packed.size = 0;
        pack(&packed, text.bytes, text.size);
        const struct text *given = rows[n].packed ? &packed : &text;
        source_open(&source, rows[n].pipe, given->bytes, given->size);
        assert_int_equal(open_as(IMAGES, &idx, source.path, &error), 0);
        assert_int_equal(idx_seeks(&idx), rows[n].seeks);
        const uint8_t *item;
        for (uint32_t k = 0; rows[n].seeks && k < 80; k++) {
            const uint32_t number = k * 27 % 40;
            assert_int_equal(idx_item(&idx, number, &item, &error), 0);
            assert_memory_equal(item, bytes + 600 * (size_t)number, 600);
        }
        idx_close(&idx);
        source_close(&source);
    }
}

/* A file that is cut while it is read. */
static void an_item_that_is_gone(void **state) {
    (void)state;
    struct source source;
    struct idx idx;
    struct error error;
    const uint8_t *item;
    put_header(&text, 0x08, 3, (uint32_t[]){2, 1, 3});
    put(&text, "\1\2\3\4\5\6", 6);
    source_open(&source, false, text.bytes, text.size);
    assert_int_equal(idx_open_images(&idx, source.path, NULL, &error), 0);
    assert_int_equal(truncate(source.path, (off_t)text.size - 1), 0);
    assert_int_equal(idx_item(&idx, 0, &item, &error), 0);
    assert_int_equal(idx_item(&idx, 1, &item, &error), -1);
    support_assert_error(&error, source.path, "the file became shorter while it was read");
    idx_close(&idx);
    source_close(&source);
}

static void cut_anywhere(void **state) {
    (void)state;
    put_header(&text, 0x0b, 1, (uint32_t[]){3});
    for (int i = 0; i < 3; i++)
        put_number(&text, 0x0b, i);
    packed.size = 0;
    pack(&packed, text.bytes, text.size);
    const char *empty = "not an IDX file but empty: perhaps what should have written it failed";
    refuses(LABELS, &text, 0, empty);
    for (size_t size = 1; size < 8; size++)
        refuses(LABELS, &text, size, "not an IDX file: it ends within the header");
    for (size_t size = 8; size < 14; size++) {
        char what[100];
        snprintf(what, sizeof what, "the data ends after %zu of 6 bytes", size - 8);
        refuses(LABELS, &text, size, what);
    }
    for (size_t size = 2; size < packed.size; size++)
        refuses(LABELS, &packed, size, "the gzip data is cut");
}

static void what_follows_the_data(void **state) {
    (void)state;
    put_header(&text, 0x08, 1, (uint32_t[]){2});
    put(&text, "\1\2", 2);
    packed.size = 0;
    pack(&packed, text.bytes, text.size);
    const size_t end = packed.size;

    text.bytes[text.size] = 0;
    refuses(LABELS, &text, text.size + 1, "data goes on after the 2 items of its header");
    pack(&packed, "\0", 1);
    refuses(LABELS, &packed, packed.size, "data goes on after the 2 items of its header");

    struct source source;
    struct error error;
    for (size_t zeros = 0; zeros <= 300000; zeros += 100000) {
        memset(packed.bytes + end, 0, zeros);
        source_open(&source, false, packed.bytes, end + zeros);
        assert_int_equal(read_all(LABELS, source.path, numbers, &error), 2);
        source_close(&source);
        packed.bytes[end + zeros] = 'x';
        refuses(LABELS, &packed, end + zeros + 1, "other bytes than zeros follow the gzip data");
    }
    /* members: the bytes one by one, and none of them, at the end too */
    packed.size = 0;
    for (size_t i = 0; i < text.size; i++) {
        pack(&packed, text.bytes + i, 1);
        pack(&packed, "", 0);
    }
    source_open(&source, true, packed.bytes, packed.size);
    assert_int_equal(read_all(LABELS, source.path, numbers, &error), 2);
    source_close(&source);
}

static void damaged_gzip(void **state) {
    (void)state;
    put_header(&text, 0x08, 1, (uint32_t[]){2});
    put(&text, "\1\2", 2);
    packed.size = 0;
    pack(&packed, text.bytes, text.size);
    packed.bytes[packed.size - 1] ^= 1;
    refuses(LABELS, &packed, packed.size, "damaged gzip data (incorrect length check)");
    packed.bytes[packed.size - 5] ^= 1;
    refuses(LABELS, &packed, packed.size, "damaged gzip data (incorrect data check)");
    packed.bytes[2] = 7;
    refuses(LABELS, &packed, packed.size, "damaged gzip data (unknown compression method)");
}

static void other_files_are_named(void **state) {
    (void)state;
    text.size = 0;
    put(&text, "version https://git-lfs.github.com/spec/v1\n", 43);
    refuses(
        IMAGES, &text, text.size,
        "not an IDX file but a Git LFS pointer: fetch the file it stands for with 'git lfs pull'");
    packed.size = 0;
    pack(&packed, text.bytes, text.size);
    refuses(
        IMAGES, &packed, packed.size,
        "not an IDX file but a Git LFS pointer: fetch the file it stands for with 'git lfs pull'");
    memcpy(text.bytes, "x\1y\2", 4);
    refuses(IMAGES, &text, text.size, "not an IDX file: it begins with 78 01, not 00 00");
}

static void a_header_comes_back(void **state) {
    (void)state;
    struct output output;
    struct error error;
    const char *path = support_path("idx");
    assert_int_equal(output_open(&output, path, true, &error), 0);
    assert_int_equal(idx_write_header(&output, (uint32_t[]){1, 2, 0x10203}, 3, &error), 0);
    assert_int_equal(output_commit(&output, &error), 0);
    size_t size;
    char *written = support_get(path, &size);
    put_header(&text, 0x08, 3, (uint32_t[]){1, 2, 0x10203});
    assert_int_equal(size, text.size);
    assert_memory_equal(written, text.bytes, size);
    free(written);
    remove(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_gives_every_number),
        cmocka_unit_test(numbers_that_are_none),
        cmocka_unit_test(shapes),
        cmocka_unit_test(shapes_that_are_none),
        cmocka_unit_test(labels_of_qmnist),
        cmocka_unit_test(items_in_blocks),
        cmocka_unit_test(shape_of_the_caller),
        cmocka_unit_test(items_where_they_stand),
        cmocka_unit_test(an_item_that_is_gone),
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(what_follows_the_data),
        cmocka_unit_test(damaged_gzip),
        cmocka_unit_test(other_files_are_named),
        cmocka_unit_test(a_header_comes_back),
    };
    return cmocka_run_group_tests_name("idx", tests, support_setup, support_teardown);
}
