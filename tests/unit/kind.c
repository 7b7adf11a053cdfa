/* kind.h: files that are often given in place of another, by their first bytes. */
#include "engram/kind.h"

#include <stdlib.h>
#include <string.h>

#include "support.h"

#define BYTES(text) (text), sizeof(text) - 1

static const struct {
    const char *bytes;
    size_t size;
    const char *begins; /* with what the phrase begins, or NULL */
} cases[] = {
    {BYTES(""), "empty"},
    {BYTES("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), "a Git LFS pointer: "},
    {BYTES("<!DOCTYPE html>\n<html>"), "a web page (HTML): "},
    {BYTES("\n\n  <!doctype HTML>"), "a web page (HTML): "},
    {BYTES("\xef\xbb\xbf<HTML lang=en>"), "a web page (HTML): "},
    {BYTES("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>"), "XML: "},
    {BYTES("<Error>"), "XML: "},
    {BYTES("{\"metadata\": {\"total_size\": 1}, \"weight_map\": {}}"), "JSON text: "},
    {BYTES("{}"), "JSON text: "},
    {BYTES("\r\n{\n  \"a\": 1}"), "JSON text: "},
    {BYTES("PK\3\4\0\0\x08\x08\0\0"), "a zip archive, as PyTorch "},
    {BYTES("PK\5\6\0\0\0\0"), "a zip archive, "},
    {BYTES("\x80\2\x8a\x0al\xfc\x9c"), "a Python pickle, "},
    {BYTES("\x80\3}q\0"), "a Python pickle, "},
    {BYTES("\x80\4\x95\0\0"), "a Python pickle, "},
    {BYTES("\x80\5\x95\0\0"), "a Python pickle, "},
    {BYTES("\x1f\x8b\x08\0"), "gzip data: "},
    {BYTES("BZh91AY&SY"), "bzip2 data: "},
    {BYTES("\xfd"
           "7zXZ\0\0\4"),
     "xz data: "},
    {BYTES("\x28\xb5\x2f\xfd\4\0"), "Zstandard data: "},
    {BYTES("\x89HDF\r\n\x1a\n\0\0"), "an HDF5 file, "},
    {BYTES("\x93NUMPY\1\0v\0{'descr'"), "a NumPy array (.npy): "},
    {BYTES("GGUF\3\0\0\0"), "a GGUF model: "},
    {BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "a PNG picture"},
    {BYTES("P6\n1 1\n255\nabc"), "a PPM picture"},
    {BYTES("\0\0\x08\1\0\0\0\0"), "an IDX file of images or labels: mnist-filter "},
    {BYTES("\0\0\x08\3\0\0\xea\x60\0\0\0\x1c"), "an IDX file "},
    {BYTES("\0\0\x0c\2"), "an IDX file "},
    {BYTES("\0\0\x0e\1"), "an IDX file "},
    {BYTES("\x36\0\0\0\0\0\0\0{\"a\":"), "a safetensors file"},
    {BYTES("\x1f\x8b\0\0\0\0\0\0{\"a\":"), "a safetensors file"},
    {BYTES("\xff\xfe<\0h\0"), "text in UTF-16: "},
    {BYTES("scope\tmeasure\tn\n"), "text with tabs: "},
    {BYTES("0.25 0.5 0.75\n"), "text"},
    {BYTES("caf\xe9 and more\n"), "text"},
    /* Nothing it knows. */
    {BYTES("1234567"), NULL},
    {BYTES("PK"), NULL},
    {BYTES("\x80\1abc"), NULL},
    {BYTES("{\0"), NULL},
    {BYTES("\0\0\x0a\1"), NULL},
    {BYTES("\0\0\0\0\0\0\0\0"), NULL},
    {BYTES("some text \1 that is none"), NULL},
    {BYTES("\x36\0\0\0\0\0\0\0"), NULL},
};

static void test_kinds(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *kind = kind_of((const unsigned char *)cases[i].bytes, cases[i].size);
        if ((kind == NULL) != (cases[i].begins == NULL) ||
            (kind != NULL && strncmp(kind, cases[i].begins, strlen(cases[i].begins)) != 0))
            fail_msg("case %zu: \"%s\", not \"%s\"", i, kind, cases[i].begins);
    }
}

static void test_tar(void **state) {
    (void)state;
    unsigned char block[KIND_BYTES] = "model/config.json";
    memcpy(block + 257,
           "ustar\0"
           "00",
           8);
    assert_string_equal(kind_of(block, sizeof block), "a tar archive: unpack it with 'tar -x'");
    assert_null(kind_of(block, 261));
}

/* Nothing beyond the bytes is read: each case cut at every byte, for the sanitizers to watch. */
static void test_every_length(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t size = 1; size <= cases[i].size; size++) {
            unsigned char *bytes = malloc(size);
            assert_non_null(bytes);
            memcpy(bytes, cases[i].bytes, size);
            const char *kind = kind_of(bytes, size);
            assert_true(kind == NULL || *kind != '\0');
            free(bytes);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_tar),
        cmocka_unit_test(test_every_length),
    };
    return cmocka_run_group_tests_name("kind", tests, NULL, NULL);
}
