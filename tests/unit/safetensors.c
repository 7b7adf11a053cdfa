/* safetensors.h: the verdict on every file of tests/data/safetensors.tsv, each message, truncation
 * at every byte, any order of reading, all from a regular file and through a pipe; the writer's
 * bytes against the reference implementation's. */
#include "engram/safetensors.h"
#include "engram/escape.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support.h"

/* How often read succeeds before it fails once. */
static size_t reads = SIZE_MAX;

ssize_t read(int fd, void *buffer, size_t size) {
    if (reads-- > 0)
        return syscall(SYS_read, fd, buffer, size);
    errno = EIO;
    return -1;
}

/* Reads every tensor, ascending by name, to the end. */
static int read_all(const char *path, struct error *error) {
    struct st_file file;
    if (st_open(&file, path, error) != 0)
        return -1;
    int result = 0;
    for (size_t i = 0; i < file.tensors && result == 0; i++) {
        const struct st_tensor *t = &file.tensor[i];
        const size_t size = (size_t)(t->end - t->begin);
        char *buffer = malloc(size + 1);
        assert_non_null(buffer);
        result = st_read(&file, t, 0, buffer, size, error);
        free(buffer);
    }
    if (result == 0)
        result = st_finish(&file, error);
    st_close(&file);
    return result;
}

static int read_bytes(bool through_pipe, const void *bytes, size_t size, char path[4096],
                      struct error *error) {
    struct source source;
    *error = (struct error){{0}};
    source_open(&source, through_pipe, bytes, size);
    const int result = read_all(source.path, error);
    source_close(&source);
    memcpy(path, source.path, sizeof source.path);
    assert_true((result == 0) == (error->text[0] == '\0'));
    if (result != 0) /* the message begins with the file */
        assert_memory_equal(error->text, path, strlen(path));
    return result;
}

/* A file of the header `json` and `data` zeros; `json` may hold a NUL. Returns its size. */
static size_t build(unsigned char *bytes, const char *json, size_t length, size_t data) {
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)length >> 8 * i);
    memcpy(bytes + 8, json, length);
    memset(bytes + 8 + length, 0, data);
    return 8 + length + data;
}

/* --- reading ---------------------------------------------------------------------------------- */

static void test_vectors(void **state) {
    (void)state;
    size_t size, accepted = 0, rejected = 0;
    char *text = support_data("safetensors.tsv", &size), *rest;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        if (*line == '#')
            continue;
        char *field[4];
        for (int i = 0; i < 4; i++)
            assert_non_null(field[i] = strsep(&line, "\t"));
        unsigned char *bytes = malloc(strlen(field[3]) / 2 + 1);
        assert_non_null(bytes);
        const size_t count = support_from_hex(field[3], bytes);
        assert_int_equal(2 * count, strlen(field[3]));
        const bool good = strcmp(field[2], "OK") == 0;
        assert_true(good || strcmp(field[2], "REJECT") == 0);
        *(good ? &accepted : &rejected) += 1;
        for (int through_pipe = 0; through_pipe < 2; through_pipe++) {
            struct error error;
            char path[4096];
            if ((read_bytes(through_pipe, bytes, count, path, &error) == 0) != good)
                fail_msg("%s, %s: not \"%s\" but \"%s\"", field[0], through_pipe ? "pipe" : "file",
                         field[2], error.text);
        }
        free(bytes);
    }
    free(text);
    assert_int_equal(accepted, 31);
    assert_int_equal(rejected, 46);
}

#define TENSOR(dtype, shape, offsets)                                                              \
    "{\"a\":{\"dtype\":" dtype ",\"shape\":" shape ",\"data_offsets\":" offsets "}}"

struct rejection {
    const char *json; /* NULL: `raw` is the whole file */
    size_t data;      /* bytes behind it */
    const char *message;
    bool file, pipe; /* where this message comes */
};

static const struct rejection rejections[] = {
    {"", 0, "the header is not a JSON object", true, true},
    {"[1]", 0, "the header is not a JSON object", true, true},
    {"{}x", 0, "header byte 2: text behind the object", true, true},
    {"{", 0, "header byte 1: no string", true, true},
    {"{\"a\"", 0, "header byte 4: no ':'", true, true},
    {"{\"__metadata__\":{} \"a\":", 0, "header byte 19: no ',' or '}'", true, true},
    {"{\"__metadata__\":{},}", 0, "header byte 19: no string", true, true},
    {"{\"a", 0, "header byte 1: no JSON string: premature end of input near '\"a'", true, true},
    {"{\"\\u0000\":{}}", 0, "header byte 1: the string holds a NUL", true, true},
    {"{\"__metadata__\":1}", 0, "__metadata__ is not an object of strings", true, true},
    {"{\"__metadata__\":{\"k\":1}}", 0, "__metadata__ is not an object of strings", true, true},
    {"{\"__metadata__\":{\"k\":\"v\\u0000\"}}", 0, "header byte 21: the string holds a NUL", true,
     true},
    {"{\"__metadata__\":{\"k\":\"v\",\"k\":\"v\"}}", 0, "__metadata__: \"k\" stands there twice",
     true, true},
    {"{\"__metadata__\":{},\"__metadata__\":{}}", 0, "__metadata__ stands there twice", true, true},
    {"{\"a\\n\":1}", 0, "tensor \"a\\n\": not an object of exactly dtype, shape and data_offsets",
     true, true},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4],\"x\":0}}", 4,
     "tensor \"a\": not an object of exactly dtype, shape and data_offsets", true, true},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"shape\":[],\"data_offsets\":[0,4]}}", 4,
     "tensor \"a\": not an object of exactly dtype, shape and data_offsets", true, true},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[]}}", 4,
     "tensor \"a\": not an object of exactly dtype, shape and data_offsets", true, true},
    {"{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},"
     "\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}",
     0, "tensor \"a\": stands there twice", true, true},
    {TENSOR("\"f32\\u202e\"", "[1]", "[0,4]"), 4,
     "tensor \"a\": unknown dtype \"f32\\u202e\", none of U64, I64, F64, C64, F32, U32, I32, BF16, "
     "F16, "
     "U16, I16, F8_E5M2FNUZ, F8_E4M3FNUZ, F8_E8M0, F8_E4M3, F8_E5M2, I8, U8, F6_E3M2, F6_E2M3, F4, "
     "BOOL",
     true, true},
    {TENSOR("1", "[1]", "[0,4]"), 4, "tensor \"a\": dtype is not a string", true, true},
    {TENSOR("\"F32\\u0000\"", "[1]", "[0,4]"), 4, "header byte 14: the string holds a NUL", true,
     true},
    {TENSOR("\"F32\"", "1", "[0,4]"), 4, "tensor \"a\": shape is not an array of integers", true,
     true},
    {TENSOR("\"F32\"", "[1,\"1\"]", "[0,4]"), 4, "tensor \"a\": shape holds no integer at 1", true,
     true},
    {TENSOR("\"F32\"", "[1,]", "[0,4]"), 4, "tensor \"a\": shape holds no integer at 1", true,
     true},
    {TENSOR("\"F32\"", "[[1]]", "[0,4]"), 4, "tensor \"a\": shape holds no integer at 0", true,
     true},
    {TENSOR("\"F32\"", "[1 1]", "[0,4]"), 4, "header byte 31: no ',' or ']'", true, true},
    {TENSOR("\"F32\"", "[-0]", "[0,4]"), 4,
     "header byte 29: a number is not an integer from 0 to 2^64-1", true, true},
    {TENSOR("\"F32\"", "[04]", "[0,4]"), 4,
     "header byte 29: a number is not an integer from 0 to 2^64-1", true, true},
    {TENSOR("\"F32\"", "[1]", "[0,4.0]"), 4,
     "header byte 50: a number is not an integer from 0 to 2^64-1", true, true},
    {TENSOR("\"F32\"", "[1]", "[0,4e0]"), 4,
     "header byte 50: a number is not an integer from 0 to 2^64-1", true, true},
    {TENSOR("\"F32\"", "[18446744073709551616]", "[0,4]"), 4,
     "header byte 29: a number is not an integer from 0 to 2^64-1", true, true},
    {TENSOR("\"F32\"", "[1]", "[0]"), 4, "tensor \"a\": data_offsets are 1 integers, not 2", true,
     true},
    {TENSOR("\"F32\"", "[1]", "[0,null]"), 4, "tensor \"a\": data_offsets holds no integer at 1",
     true, true},
    {TENSOR("\"F4\"", "[3]", "[0,1]"), 1,
     "tensor \"a\": shape has no size in whole bytes below 2^64", true, true},
    {TENSOR("\"U8\"", "[4294967296,4294967296,0]", "[0,0]"), 0,
     "tensor \"a\": shape has no size in whole bytes below 2^64", true, true},
    {TENSOR("\"F32\"", "[2]", "[0,4]"), 4,
     "tensor \"a\": data_offsets [0,4] do not span the 8 bytes of its shape", true, true},
    {TENSOR("\"F32\"", "[1]", "[4,0]"), 4,
     "tensor \"a\": data_offsets [4,0] do not span the 4 bytes of its shape", true, true},
    {TENSOR("\"F32\"", "[1]", "[4,8]"), 8,
     "tensor \"a\": data begins at 4, but the data before ends at 0", true, true},
    {TENSOR("\"F32\"", "[1]", "[0,4]"), 5, "5 bytes of data, but the tensors take 4", true, false},
    {TENSOR("\"F32\"", "[1]", "[0,4]"), 3, "3 bytes of data, but the tensors take 4", true, false},
    {TENSOR("\"F32\"", "[1]", "[0,4]"), 5, "data goes on after the 4 bytes the tensors take", false,
     true},
    {TENSOR("\"F32\"", "[1]", "[0,4]"), 3, "the data ends after 3 of 4 bytes", false, true},
};

static void assert_rejected(const void *bytes, size_t size, const char *message,
                            bool through_pipe) {
    char path[4096];
    struct error error;
    if (read_bytes(through_pipe, bytes, size, path, &error) == 0)
        fail_msg("accepted, and not rejected with \"%s\"", message);
    support_assert_error(&error, path, message);
}

static void test_reader_messages(void **state) {
    (void)state;
    unsigned char bytes[512];
    for (size_t i = 0; i < COUNT(rejections); i++) {
        const struct rejection *r = &rejections[i];
        const size_t size = build(bytes, r->json, strlen(r->json), r->data);
        for (int through_pipe = 0; through_pipe < 2; through_pipe++)
            if (through_pipe ? r->pipe : r->file)
                assert_rejected(bytes, size, r->message, through_pipe);
    }
    for (int through_pipe = 0; through_pipe < 2; through_pipe++) {
        assert_rejected(
            "", 0, "not a safetensors file but empty: perhaps what should have written it failed",
            through_pipe);
        assert_rejected("1234567", 7, "not a safetensors file: 7 bytes, fewer than 8",
                        through_pipe);
        assert_rejected("\x01\xe1\xf5\x05\0\0\0\0{}", 10,
                        "not a safetensors file: header of 100000001 bytes, over 100000000",
                        through_pipe);
        assert_rejected("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10,
                        "not a safetensors file: header of 18446744073709551615 bytes, over "
                        "100000000",
                        through_pipe);
        assert_rejected(bytes, build(bytes, "{}\0", 3, 0), "the header holds a NUL byte",
                        through_pipe);
    }
    assert_rejected("\0\xe1\xf5\x05\0\0\0\0{}", 10, "header of 100000000 bytes, but only 2 follow",
                    false);
    assert_rejected("\0\xe1\xf5\x05\0\0\0\0{}", 10, "header of 100000000 bytes ends after 2", true);

    struct error error;
    struct st_file file;
    assert_int_equal(st_open(&file, support_path("nothing"), &error), -1);
    support_assert_error(&error, support_path("nothing"), "No such file or directory");
}

/* What is often given in place of a safetensors file. Where the first eight bytes are the length of
 * a header that could be, as of "gzip -n", the reader finds out by what follows. */
static void test_other_files(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *message;
    } cases[] = {
#define BYTES(text) (text), sizeof(text) - 1
        {BYTES("version https://git-lfs.github.com/spec/v1\n"),
         "not a safetensors file but a Git LFS pointer: fetch the file it stands for with 'git lfs "
         "pull'"},
        {BYTES("\n<!doctype html>\n<html><head>"),
         "not a safetensors file but a web page (HTML): the download was answered with it, not the "
         "file"},
        {BYTES("{\"weight_map\":{}}"),
         "not a safetensors file but JSON text: if it is the index of a model in parts, give the "
         ".safetensors files it names"},
        {BYTES("{}"),
         "not a safetensors file but JSON text: if it is the index of a model in parts, give the "
         ".safetensors files it names"},
        {BYTES("PK\3\4\0\0\0\0\0\0!\0"),
         "not a safetensors file but a zip archive, as PyTorch (.pt, .pth, .bin) and NumPy (.npz) "
         "write: unpack it, or save what it holds as safetensors"},
        {BYTES("\x80\2\x8a\nl\xfc\x9c\x46"),
         "not a safetensors file but a Python pickle, as PyTorch writes: save its tensors as "
         "safetensors"},
        {BYTES("\x1f\x8b\x08\0\0\0\0\0\2\3"),
         "not a safetensors file but gzip data: unpack it with gunzip"},
        {BYTES("\0\0\x08\1\0\0\0\0"), "not a safetensors file but an IDX file of images or labels: "
                                      "mnist-filter makes samples of "
                                      "it"},
        {BYTES("\0\0\x08\1\0\0\0\2\7\7"), "not a safetensors file but an IDX file of images or "
                                          "labels: mnist-filter makes samples of "
                                          "it"},
        {BYTES("0.5 0.25 0.125\n"), "not a safetensors file but text"},
        {BYTES("1234567"), "not a safetensors file: 7 bytes, fewer than 8"},
        {BYTES("\1\2\3\4\5\6\7\10"),
         "not a safetensors file: header of 578437695752307201 bytes, over 100000000"},
        {BYTES("\0\0\x08\0\0\0\0\0{}"), NULL}, /* safetensors, cut */
    };
    enum { LONG = 1000000 };
    char *bytes = calloc(1, LONG);
    assert_non_null(bytes);
    for (size_t i = 0; i < COUNT(cases); i++)
        for (int through_pipe = 0; through_pipe < 2; through_pipe++) {
            const char *cut = through_pipe ? "header of 524288 bytes ends after 2"
                                           : "header of 524288 bytes, but only 2 follow";
            assert_rejected(cases[i].bytes, cases[i].size,
                            cases[i].message != NULL ? cases[i].message : cut, through_pipe);
        }
    memcpy(bytes, "\x1f\x8b\x08\0\0\0\0\0\2\3", 10); /* a header of 559,903 bytes */
    for (int through_pipe = 0; through_pipe < 2; through_pipe++)
        assert_rejected(bytes, LONG, "not a safetensors file but gzip data: unpack it with gunzip",
                        through_pipe);
    memset(bytes, 'x', LONG);
    memcpy(bytes + 257, "ustar", 5);
    for (int through_pipe = 0; through_pipe < 2; through_pipe++)
        assert_rejected(bytes, 1024,
                        "not a safetensors file but a tar archive: unpack it with "
                        "'tar -x'",
                        through_pipe);
    free(bytes);
}

/* The largest integers are taken as they are. */
static void test_large_numbers(void **state) {
    (void)state;
    static const char json[] =
        "{\"b\":{\"dtype\":\"U8\",\"shape\":[18446744073709551615,0],\"data_offsets\":[0,0]},"
        "\"a\":{\"dtype\":\"U8\",\"shape\":[2305843009213693951],\"data_offsets\":"
        "[0,2305843009213693951]}}";
    unsigned char bytes[512];
    struct source source;
    source_open(&source, true, bytes, build(bytes, json, strlen(json), 3));
    struct error error = {{0}};
    struct st_file file;
    assert_int_equal(st_open(&file, source.path, &error), 0);
    assert_int_equal(st_find(&file, "b")->shape[0], UINT64_MAX);
    assert_int_equal(st_find(&file, "b")->elements, 0);
    assert_int_equal(st_find(&file, "a")->end, (1ULL << 61) - 1);
    assert_int_equal(st_finish(&file, &error), -1);
    support_assert_error(&error, source.path, "the data ends after 3 of 2305843009213693951 bytes");
    st_close(&file);
    source_close(&source);
}

/* Three tensors, in the file in the order "middle", "z", "a": a to be read last, ... */
static const char three_json[] =
    "{\"__metadata__\":{\"z\":\"\\u00e9 \\\"q\\\"\",\"a\":\"1\"},"
    "\"a\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[17,25]},"
    "\"middle\":{\"dtype\":\"U8\",\"shape\":[3,3],\"data_offsets\":[0,9]},"
    "\"z\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[9,17]}}";

/* That file, its data numbered from 0; returns its size. */
static size_t build_three(unsigned char bytes[512]) {
    const size_t size = build(bytes, three_json, strlen(three_json), 25);
    for (size_t i = 0; i < 25; i++)
        bytes[size - 25 + i] = (unsigned char)i;
    return size;
}

static void test_truncation(void **state) {
    (void)state;
    unsigned char bytes[512];
    const size_t size = build_three(bytes);
    struct error error;
    char path[4096];
    for (int through_pipe = 0; through_pipe < 2; through_pipe++) {
        for (size_t cut = 0; cut < size; cut++)
            if (read_bytes(through_pipe, bytes, cut, path, &error) == 0)
                fail_msg("accepted when cut at %zu of %zu", cut, size);
        assert_int_equal(read_bytes(through_pipe, bytes, size, path, &error), 0);
        bytes[size] = 0;
        assert_int_equal(read_bytes(through_pipe, bytes, size + 1, path, &error), -1);
    }
}

/* Asserts that `size` bytes of `name` from `offset` are those numbered so. */
static void assert_read(struct st_file *file, const char *name, uint64_t offset, size_t size) {
    struct error error = {{0}};
    unsigned char buffer[64];
    const struct st_tensor *t = st_find(file, name);
    assert_non_null(t);
    if (st_read(file, t, offset, buffer, size, &error) != 0)
        fail_msg("%s", error.text);
    for (size_t i = 0; i < size; i++)
        assert_int_equal(buffer[i], t->begin + offset + i);
}

static void test_order_of_reading(void **state) {
    (void)state;
    unsigned char bytes[512];
    const size_t size = build_three(bytes);
    for (int through_pipe = 0; through_pipe < 2; through_pipe++) {
        struct error error = {{0}};
        struct source source;
        struct st_file file;
        source_open(&source, through_pipe, bytes, size);
        assert_int_equal(st_open(&file, source.path, &error), 0);
        assert_int_equal(file.tensors, 3);
        assert_string_equal(file.tensor[0].name, "a");
        assert_string_equal(file.tensor[1].name, "middle");
        assert_string_equal(file.tensor[2].name, "z");
        assert_int_equal(file.tensor[0].dtype, ST_F32);
        assert_int_equal(file.tensor[0].rank, 2);
        assert_int_equal(file.tensor[0].shape[0], 2);
        assert_int_equal(file.tensor[0].shape[1], 1);
        assert_int_equal(file.tensor[1].elements, 9);
        assert_int_equal(file.tensor[2].rank, 0);
        assert_int_equal(file.tensor[2].elements, 1);
        assert_null(st_find(&file, "b"));
        assert_string_equal(st_metadata(&file, "z"), "\xc3\xa9 \"q\"");
        assert_string_equal(st_metadata(&file, "a"), "1");
        assert_null(st_metadata(&file, "b"));

        assert_read(&file, "middle", 0, 2); /* ascending */
        assert_read(&file, "middle", 2, 0); /* nothing */
        assert_read(&file, "middle", 2, 7);
        assert_read(&file, "a", 4, 4); /* ahead: what lies between is kept */
        assert_read(&file, "z", 0, 8);
        assert_read(&file, "a", 0, 8);
        assert_read(&file, "z", 3, 5);
        if (through_pipe) {
            unsigned char buffer[9];
            assert_int_equal(st_read(&file, st_find(&file, "middle"), 1, buffer, 2, &error), -1);
            support_assert_error(&error, source.path,
                                 "tensor \"middle\": its data has passed and a pipe cannot go "
                                 "back");
        } else
            assert_read(&file, "middle", 1, 2); /* back */
        assert_int_equal(st_finish(&file, &error), 0);
        st_close(&file);
        source_close(&source);
    }
}

/* More data than any buffer, read backwards; and a pipe that ends, or goes on, behind it. */
static void test_large_pipe(void **state) {
    (void)state;
    enum { SIZE = 300001 };
    static const char json[] =
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[300000],\"data_offsets\":[1,300001]},"
        "\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}";
    unsigned char *bytes = malloc(SIZE + 512), *copy = malloc(SIZE);
    assert_true(bytes != NULL && copy != NULL);
    const size_t size = build(bytes, json, strlen(json), SIZE + 1);
    for (size_t i = 0; i < SIZE; i++)
        bytes[size - SIZE - 1 + i] = (unsigned char)(i * i >> 4);
    for (int wrong = -1; wrong <= 1; wrong++) { /* one byte missing, none, one too many */
        struct error error = {{0}};
        struct source source;
        struct st_file file;
        source_open(&source, true, bytes, wrong < 0 ? size - 2 : size - 1 + (size_t)wrong);
        assert_int_equal(st_open(&file, source.path, &error), 0);
        int result = st_read(&file, st_find(&file, "a"), 1, copy, SIZE - 2, &error);
        if (result == 0)
            assert_memory_equal(copy, bytes + size - SIZE + 1, SIZE - 2);
        if (result == 0)
            result = st_read(&file, st_find(&file, "b"), 0, copy, 1, &error);
        if (result == 0)
            result = st_finish(&file, &error);
        assert_int_equal(result, wrong == 0 ? 0 : -1);
        if (wrong != 0)
            support_assert_error(&error, source.path,
                                 wrong < 0 ? "the data ends after 300000 of 300001 bytes"
                                           : "data goes on after the 300001 bytes the tensors "
                                             "take");
        st_close(&file);
        source_close(&source);
    }
    free(bytes);
    free(copy);
}

static struct st_tensor make(const char *name, enum st_dtype dtype, size_t rank,
                             const uint64_t *shape) {
    return (struct st_tensor){
        .name = (char *)name, .dtype = dtype, .rank = rank, .shape = (uint64_t *)shape};
}

/* Writes a file of the tensors, each full of its number; their dimensions are their bytes. */
static void write_numbered(const char *path, struct st_tensor *tensor, size_t tensors) {
    struct output output;
    struct error error;
    assert_int_equal(output_open(&output, path, true, &error), 0);
    assert_int_equal(st_write_header(&output, tensor, tensors, NULL, 0, &error), 0);
    for (size_t t = 0; t < tensors; t++)
        for (uint64_t i = tensor[t].begin; i < tensor[t].end; i++)
            output_write(&output, &(char){(char)t}, 1, &error);
    assert_int_equal(output_commit(&output, &error), 0);
}

enum { CHUNK = 1 << 16 };

/* Headers longer than what is read at a time, and as long. */
static void test_long_headers(void **state) {
    (void)state;
    static const char before[] = "{\"__metadata__\":{\"k\":\"", after[] = "\"}}";
    static const size_t sizes[] = {CHUNK - 1,     CHUNK,         CHUNK + 1,
                                   2 * CHUNK - 1, 2 * CHUNK,     2 * CHUNK + 1,
                                   3 * CHUNK + 7, 4 * CHUNK - 1, 5 * CHUNK};
    for (size_t i = 0; i < 2 * COUNT(sizes); i++) {
        const size_t size = sizes[i / 2], fill = size - strlen(before) - strlen(after);
        char *json = malloc(size + 1), *bytes = malloc(size + 8);
        assert_true(json != NULL && bytes != NULL);
        memcpy(json, before, strlen(before));
        for (size_t k = 0; k < fill; k++)
            json[strlen(before) + k] = (char)('a' + k % 26);
        memcpy(json + size - strlen(after), after, strlen(after));
        build((unsigned char *)bytes, json, size, 0);
        struct source source;
        struct st_file file;
        struct error error;
        source_open(&source, i % 2 == 1, bytes, size + 8);
        assert_int_equal(st_open(&file, source.path, &error), 0);
        assert_int_equal(strlen(st_metadata(&file, "k")), fill);
        assert_memory_equal(st_metadata(&file, "k"), json + strlen(before), fill);
        assert_int_equal(st_finish(&file, &error), 0);
        st_close(&file);
        source_close(&source);
        free(json);
        free(bytes);
    }
}

/* What is left out of a pipe is passed over, before, between and behind what is taken. */
static void test_left_out(void **state) {
    (void)state;
    static const uint64_t size[] = {CHUNK + 1, 2 * CHUNK, 3, 5, 2 * CHUNK + 9, 1};
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    static const bool out[2][6] = {{true, false, true, true, false, true},
                                   {false, true, false, false, true, false}};
    const char *path = support_path("numbered");
    struct st_tensor tensor[COUNT(size)];
    for (size_t t = 0; t < COUNT(size); t++)
        tensor[t] = make(names[t], ST_U8, 1, &size[t]);
    write_numbered(path, tensor, COUNT(size));
    size_t whole;
    char *bytes = support_get(path, &whole);
    unlink(path);
    for (int run = 0; run < 4; run++) {
        const bool *which = out[run / 2];
        struct source source;
        struct st_file file;
        struct error error;
        source_open(&source, run % 2 == 1, bytes, whole);
        assert_int_equal(st_open(&file, source.path, &error), 0);
        assert_int_equal(st_leave_out(&file, which, ST_UNMATCHED, &error), 0);
        size_t taken = 0;
        for (size_t t = 0; t < COUNT(size); t++) {
            const struct st_tensor *found = st_find(&file, names[t]),
                                   *left = st_find_left_out(&file, names[t]);
            assert_true((found == NULL) == which[t] && (left == NULL) != which[t]);
            assert_ptr_equal(st_find_any(&file, names[t]), which[t] ? left : found);
            assert_int_equal(st_find_any(&file, names[t])->out, which[t] ? ST_UNMATCHED : ST_TAKEN);
            taken += !which[t];
        }
        assert_int_equal(file.tensors, taken);
        assert_int_equal(file.left_out, COUNT(size) - taken);
        for (size_t t = 0; t < taken; t++) {
            unsigned char read[3 * CHUNK];
            const size_t bytes_of = (size_t)file.tensor[t].elements;
            assert_int_equal(st_read(&file, &file.tensor[t], 0, read, bytes_of, &error), 0);
            for (size_t i = 0; i < bytes_of; i++)
                assert_int_equal(read[i], file.tensor[t].name[0] - 'a');
        }
        assert_int_equal(st_finish(&file, &error), 0);
        st_close(&file);
        source_close(&source);
    }
    free(bytes);
}

/* The rest of a pipe that is kept can be read in any order, what has been dropped cannot. */
static void test_keep_and_pass(void **state) {
    (void)state;
    unsigned char bytes[512];
    const size_t size = build_three(bytes);
    for (int through_pipe = 0; through_pipe < 2; through_pipe++) {
        struct error error = {{0}};
        struct source source;
        struct st_file file;
        source_open(&source, through_pipe, bytes, size);
        assert_int_equal(st_open(&file, source.path, &error), 0);
        assert_int_equal(st_pass(&file, st_find(&file, "middle"), 4, &error), 0);
        assert_int_equal(file.read, through_pipe ? 4 : 0);
        assert_read(&file, "middle", 4, 1);
        assert_int_equal(st_keep(&file, &error), 0);
        assert_int_equal(file.rest_size, through_pipe ? 20 : 0);
        assert_read(&file, "a", 0, 8);
        assert_read(&file, "middle", 5, 4);
        assert_read(&file, "z", 7, 1);
        unsigned char byte;
        assert_int_equal(st_read(&file, st_find(&file, "middle"), 4, &byte, 1, &error),
                         through_pipe ? -1 : 0);
        assert_int_equal(st_finish(&file, &error), 0);
        st_close(&file);
        source_close(&source);
    }
}

/* Each read that fails is an error, wherever it is. */
static void test_read_errors(void **state) {
    (void)state;
    unsigned char bytes[512];
    const size_t size = build_three(bytes);
    int result = -1;
    size_t failed = 0;
    for (; result != 0; failed++) {
        struct source source;
        struct error error = {{0}};
        source_open(&source, true, bytes, size);
        reads = failed;
        result = read_all(source.path, &error);
        reads = SIZE_MAX;
        assert_int_equal(result, result == 0 ? 0 : -1);
        if (result != 0)
            support_assert_error(&error, source.path, "cannot read: Input/output error");
        source_close(&source);
    }
    assert_int_equal(failed, 5); /* length, header, data, end; none */
}

static void test_shapes(void **state) {
    (void)state;
    static const uint64_t dimensions[] = {2, 3, 5, 7, 11, 13, 17, 19, UINT64_MAX};
    static const struct {
        size_t rank;
        const char *described, *shown, *whole;
    } cases[] = {
        {0, "F32 []", "scalar", "scalar"},
        {1, "F32 [2]", "2", "2"},
        {2, "F32 [2,3]", "2x3", "2x3"},
        {8, "F32 [2,3,5,7,11,13,17,19]", "2x3x5x7x11x13x17x19", "2x3x5x7x11x13x17x19"},
        {9, "F32 [2,3,5,7,11,13,17,19,18446744073709551615]",
         "2x3x5x7x11x13x17x19x... of 9 dimensions", "2x3x5x7x11x13x17x19x18446744073709551615"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t *shape = malloc(cases[i].rank * sizeof *shape + 1); /* with an end */
        assert_non_null(shape);
        memcpy(shape, dimensions, cases[i].rank * sizeof *shape);
        const struct st_tensor tensor = make("a", ST_F32, cases[i].rank, shape);
        char text[ST_SHAPE_SIZE];
        for (size_t size = 1; size < sizeof text; size++) {
            memset(text, '#', sizeof text);
            st_describe(&tensor, text, size);
            const size_t length = strlen(cases[i].described);
            assert_int_equal(strlen(text), length < size ? length : size - 1);
            assert_memory_equal(text, cases[i].described, strlen(text));
            assert_int_equal(text[size], '#');
        }
        st_shape(&tensor, text);
        assert_string_equal(text, cases[i].shown);
        char *whole = st_whole_shape(&tensor);
        assert_string_equal(whole, cases[i].whole);
        free(whole);
        free(shape);
    }
}

static void test_shrinking_file(void **state) {
    (void)state;
    unsigned char bytes[512];
    struct source source;
    struct st_file file;
    struct error error = {{0}};
    const size_t size = build_three(bytes);
    source_open(&source, false, bytes, size);
    assert_int_equal(st_open(&file, source.path, &error), 0);
    assert_int_equal(truncate(source.path, (off_t)size - 4), 0);
    unsigned char buffer[8];
    assert_int_equal(st_read(&file, st_find(&file, "a"), 0, buffer, 8, &error), -1);
    support_assert_error(&error, source.path, "the file became shorter while it was read");
    st_close(&file);
    source_close(&source);
}

/* Standard input that is a file, read from where it stands. */
static void test_standard_input(void **state) {
    (void)state;
    unsigned char bytes[520] = {0};
    const size_t size = build_three(bytes + 8);
    struct source source;
    source_open(&source, false, bytes, size + 8);
    const int saved = dup(STDIN_FILENO), fd = open(source.path, O_RDONLY);
    assert_true(fd >= 0 && lseek(fd, 8, SEEK_SET) == 8 && dup2(fd, STDIN_FILENO) == STDIN_FILENO);
    struct st_file file;
    struct error error = {{0}};
    assert_int_equal(st_open(&file, "-", &error), 0);
    assert_read(&file, "z", 0, 8);
    assert_read(&file, "middle", 0, 9);
    st_tensor_error(&file, "z\t", &error, "number %d", 1);
    support_assert_error(&error, "<stdin>", "tensor \"z\\t\": number 1");
    st_close(&file);
    if (saved >= 0)
        dup2(saved, STDIN_FILENO);
    close(saved);
    close(fd);
    source_close(&source);
}

/* --- writing ---------------------------------------------------------------------------------- */

static const uint64_t shapes[] = {0, 1, 2, 3};

static void test_writer_bytes(void **state) {
    (void)state;
    size_t size;
    char *text = support_data("safetensors-writer.txt", &size);
    const char *hex = strrchr(text, '#');
    assert_non_null(hex);
    unsigned char expected[1024];
    assert_int_equal(support_from_hex(strchr(hex, '\n') + 1, expected), 621);
    free(text);

    struct st_tensor tensor[] = {
        make("z", ST_F32, 1, &shapes[1]),
        make("B", ST_F32, 0, NULL),
        make("a\"q\\s/n\n\x01\x7f\b\f\t\r\x1f\xc3\xa9\xf0\x9f\x98\x80", ST_F32, 1, &shapes[0]),
        make("d", ST_F64, 1, &shapes[2]),
        make("u", ST_U64, 1, &shapes[1]),
        make("i", ST_I64, 1, &shapes[1]),
        make("b", ST_U8, 1, &shapes[3]),
        make("c", ST_C64, 1, &shapes[1]),
        make("h", ST_BF16, 1, &shapes[1]),
    };
    const struct st_metadata metadata[] = {{"k\n", "v\xe2\x80\xa8"}};
    st_sort(tensor, COUNT(tensor));
    struct output output;
    struct error error = {{0}};
    char path[4096];
    snprintf(path, sizeof path, "%s", support_path("written"));
    assert_int_equal(output_open(&output, path, true, &error), 0);
    assert_int_equal(st_write_header(&output, tensor, COUNT(tensor), metadata, 1, &error), 0);
    static const char zeros[64];
    for (size_t i = 0; i < COUNT(tensor); i++)
        output_write(&output, zeros, (size_t)(tensor[i].end - tensor[i].begin), &error);
    assert_int_equal(output_commit(&output, &error), 0);
    char *written = support_get(path, &size);
    assert_int_equal(size, 621);
    assert_memory_equal(written, expected, 621);
    free(written);
    assert_int_equal(read_all(path, &error), 0);
    unlink(path);
}

/* Writes only a header, and gives the file's bytes, or NULL with the error. */
static char *write_header(struct st_tensor *tensor, size_t tensors,
                          const struct st_metadata *metadata, size_t count, size_t *size,
                          struct error *error) {
    struct output output;
    char path[4096];
    snprintf(path, sizeof path, "%s", support_path("written"));
    assert_int_equal(output_open(&output, path, true, error), 0);
    output.name = "written";
    if (st_write_header(&output, tensor, tensors, metadata, count, error) != 0) {
        output_discard(&output);
        return NULL;
    }
    assert_int_equal(output_commit(&output, error), 0);
    char *bytes = support_get(path, size);
    unlink(path);
    return bytes;
}

/* The order of dtypes and names, metadata by key, empty files, padding. */
static void test_writer_order(void **state) {
    (void)state;
    struct st_tensor tensor[ST_DTYPES + 1];
    const uint64_t shape[] = {4};
    for (size_t i = 0; i < ST_DTYPES; i++)
        tensor[i] = make("x", (enum st_dtype)(ST_DTYPES - 1 - i), 1, shape);
    tensor[ST_DTYPES] = make("B", ST_BOOL, 1, shape);
    st_sort(tensor, COUNT(tensor));
    static const char *const order[] = {
        "U64", "I64", "F64",     "C64",         "F32",         "U32",     "I32",     "BF16",
        "F16", "U16", "I16",     "F8_E5M2FNUZ", "F8_E4M3FNUZ", "F8_E8M0", "F8_E4M3", "F8_E5M2",
        "I8",  "U8",  "F6_E3M2", "F6_E2M3",     "F4",          "BOOL"};
    static const unsigned bits[] = {64, 64, 64, 64, 32, 32, 32, 16, 16, 16, 16,
                                    8,  8,  8,  8,  8,  8,  8,  6,  6,  4,  8};
    assert_int_equal(COUNT(order), ST_DTYPES);
    for (size_t i = 0; i < ST_DTYPES; i++) {
        assert_string_equal(st_dtype_name(tensor[i].dtype), order[i]);
        assert_int_equal(st_dtype_bits(tensor[i].dtype), bits[i]);
    }
    assert_string_equal(tensor[ST_DTYPES - 1].name, "B");
    assert_string_equal(tensor[ST_DTYPES].name, "x");

    struct error error = {{0}};
    size_t size;
    const struct st_metadata metadata[] = {{"b", "2"}, {"a", "1"}, {"aa", "3"}};
    char *bytes = write_header(NULL, 0, metadata, 3, &size, &error);
    assert_non_null(bytes);
    static const char text[] = "{\"__metadata__\":{\"a\":\"1\",\"aa\":\"3\",\"b\":\"2\"}}";
    assert_int_equal(size, 8 + (sizeof text - 1 + 7) / 8 * 8);
    assert_int_equal(bytes[0], size - 8);
    assert_memory_equal(bytes + 8, text, sizeof text - 1);
    for (size_t i = 8 + sizeof text - 1; i < size; i++)
        assert_int_equal(bytes[i], ' ');
    free(bytes);

    bytes = write_header(NULL, 0, NULL, 0, &size, &error);
    assert_non_null(bytes);
    assert_int_equal(size, 16);
    assert_memory_equal(bytes, "\x08\0\0\0\0\0\0\0{}      ", 16);
    free(bytes);
}

static void test_writer_messages(void **state) {
    (void)state;
    const uint64_t odd[] = {3}, huge[] = {UINT64_MAX / 4, 2}, half[] = {1ULL << 63}, one[] = {1};
    struct error error;
    size_t size;
    struct {
        struct st_tensor tensor[2];
        const char *message;
    } cases[] = {
        {{make("a", ST_U8, 1, one), make("b", ST_F4, 1, odd)},
         "tensor \"b\": has no size in whole bytes below 2^64"},
        {{make("a", ST_U8, 1, one), make("b", ST_F32, 2, huge)},
         "tensor \"b\": has no size in whole bytes below 2^64"},
        {{make("a", ST_U8, 1, half), make("b", ST_U8, 1, half)},
         "tensor \"a\": has no size in whole bytes below 2^64"},
        {{make("a", ST_U8, 1, one), make("__metadata__", ST_U8, 1, one)},
         "no tensor can be named __metadata__"},
        {{make("a", ST_U8, 1, one), make("a", ST_F32, 1, one)}, "tensor \"a\": two have this name"},
        {{make("\x1b\xe2\x80\xae", ST_U8, 1, one), make("\x1b\xe2\x80\xae", ST_F32, 1, one)},
         "tensor \"\\u001b\\u202e\": two have this name"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_null(write_header(cases[i].tensor, 2, NULL, 0, &size, &error));
        support_assert_error(&error, "written", cases[i].message);
    }
    struct st_tensor nine[9]; /* each has a size, all together have not */
    const uint64_t largest[] = {(1ULL << 61) - 1};
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
    for (size_t i = 0; i < COUNT(nine); i++)
        nine[i] = make(names[i], ST_U8, 1, largest);
    assert_null(write_header(nine, 9, NULL, 0, &size, &error));
    support_assert_error(&error, "written", "tensor \"i\": has no size in whole bytes below 2^64");

    char *value = malloc(100000001);
    assert_non_null(value);
    memset(value, 'x', 100000000);
    value[100000000 - 25] = '\0'; /* with what is round it, exactly 100,000,000 */
    struct st_metadata metadata = {"k", value};
    char *bytes = write_header(NULL, 0, &metadata, 1, &size, &error);
    assert_non_null(bytes);
    assert_int_equal(size, 100000008);
    free(bytes);
    value[100000000 - 25] = 'x';
    value[100000000 - 24] = '\0';
    assert_null(write_header(NULL, 0, &metadata, 1, &size, &error));
    free(value);
    support_assert_error(&error, "written", "a header of 100000008 bytes is over 100000000");
}

static void test_escape(void **state) {
    (void)state;
    char text[64];
    escape_fit("a\"\\\b\f\n\r\t\x01\x7f/\xc3\xa9\xe2\x80\xae", text, sizeof text);
    assert_string_equal(text, "a\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u007f/\xc3\xa9\\u202e");
    escape_fit("\xc3\xa9/", text, sizeof text);
    assert_string_equal(text, "\xc3\xa9/");
    /* What fits, and what is one byte too long. */
    escape_fit("the.first.half.of.it-the.other.hal", text, 35);
    assert_string_equal(text, "the.first.half.of.it-the.other.hal");
    escape_fit("the.first.half.of.it-the.other.half", text, 35);
    assert_string_equal(text, "the.first....61947e96...other.half");
    for (size_t size = 1; size < 32; size++) { /* too short for all of that, but never overrun */
        memset(text, '#', sizeof text);
        escape_fit("the.first.half.of.it-the.other.half", text, size);
        assert_int_equal(strlen(text), size - 1);
        assert_int_equal(text[size], '#');
    }
}

/* Names that differ at one place of a long text are printed differently, in whole characters. */
static void test_escape_distinct(void **state) {
    (void)state;
    for (size_t size = 32; size < 64; size++)
        for (size_t place = 0; place < 300; place++) {
            char a[301], b[301], shown_a[64], shown_b[64];
            for (size_t i = 0; i < 300; i += 2)
                memcpy(a + i, "\xc3\xa9", 2);
            a[300] = '\0';
            memcpy(b, a, sizeof a);
            memcpy(b + place / 2 * 2, "\xc3\xa8", 2);
            escape_fit(a, shown_a, size);
            escape_fit(b, shown_b, size);
            assert_string_not_equal(shown_a, shown_b);
            assert_true(strlen(shown_a) < size && strlen(shown_a) + 4 > size);
            assert_null(strstr(shown_a, "\\x"));
            assert_true(shown_a[0] == '\xc3' && shown_a[strlen(shown_a) - 1] == '\xa9');
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),         cmocka_unit_test(test_reader_messages),
        cmocka_unit_test(test_other_files),     cmocka_unit_test(test_large_numbers),
        cmocka_unit_test(test_truncation),      cmocka_unit_test(test_order_of_reading),
        cmocka_unit_test(test_large_pipe),      cmocka_unit_test(test_long_headers),
        cmocka_unit_test(test_left_out),        cmocka_unit_test(test_keep_and_pass),
        cmocka_unit_test(test_read_errors),     cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_shrinking_file),  cmocka_unit_test(test_standard_input),
        cmocka_unit_test(test_writer_bytes),    cmocka_unit_test(test_writer_order),
        cmocka_unit_test(test_writer_messages), cmocka_unit_test(test_escape),
        cmocka_unit_test(test_escape_distinct),
    };
    return cmocka_run_group_tests_name("safetensors", tests, support_setup, support_teardown);
}
