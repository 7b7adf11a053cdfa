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
    {BYTES("\x36\0\0\0\0\0\0\0{"), "a safetensors file"},
    {BYTES("\xff\xfe<\0h\0"), "text in UTF-16: "},
    {BYTES("scope\tmeasure\tn\n"), "text with tabs: "},
    {BYTES("0.25 0.5 0.75\n"), "text"},
    {BYTES("caf\xe9 and more\n"), "text"},
    {BYTES("12345678"), "text"},
    {BYTES("{"), "JSON text: "},
    {BYTES("<head>"), "a web page (HTML): "},
    {BYTES("<body>"), "a web page (HTML): "},
    {BYTES("<!-- -->"), "a web page (HTML): "},
    {BYTES("<!DOCTYPE plist"), "XML: "},
    {BYTES("version https://hawser"), "a Git LFS pointer: "},
    /* Nothing it knows. */
    {BYTES("1234567"), NULL},
    {BYTES("PK"), NULL},
    {BYTES("\x80\1abc"), NULL},
    {BYTES("{\0"), NULL},
    {BYTES("\0\0\x0a\1"), NULL},
    {BYTES("\0\0\0\0\0\0\0\0"), NULL},
    {BYTES("some text \1 that is none"), NULL},
    {BYTES("\1some text that is none"), NULL},
    {BYTES("some text \x7f that is none"), NULL},
    {BYTES("\x36\0\0\0\1\0\0\0{\"a\":"), NULL},
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

/* What is known by its first bytes alone. */
static const struct {
    size_t offset;
    const char *bytes;
    size_t size;
    const char *begins;
} magics[] = {
    {0, BYTES("PK\3\4"), "a zip archive, "},
    {0, BYTES("PK\5\6"), "a zip archive, "},
    {0, BYTES("PK\7\10"), "a zip archive, "},
    {0, BYTES("\x80\2"), "a Python pickle, "},
    {0, BYTES("\x80\3"), "a Python pickle, "},
    {0, BYTES("\x80\4"), "a Python pickle, "},
    {0, BYTES("\x80\5"), "a Python pickle, "},
    {0, BYTES("\x1f\x8b"), "gzip data: "},
    {0, BYTES("BZh"), "bzip2 data: "},
    {0, BYTES("\3757zXZ\0"), "xz data: "},
    {0, BYTES("\x28\xb5\x2f\xfd"), "Zstandard data: "},
    {0, BYTES("7z\xbc\xaf\x27\x1c"), "a 7z archive: "},
    {257, BYTES("ustar"), "a tar archive: "},
    {0, BYTES("\x89HDF\r\n\x1a\n"), "an HDF5 file, "},
    {0, BYTES("\x93NUMPY"), "a NumPy array (.npy): "},
    {0, BYTES("GGUF"), "a GGUF model: "},
    {4, BYTES("TFL3"), "a TensorFlow Lite model: "},
    {0, BYTES("MATLAB 5.0"), "a MATLAB file: "},
    {0, BYTES("PAR1"), "a Parquet table"},
    {0, BYTES("SQLite format 3"), "an SQLite database"},
    {0, BYTES("%PDF-"), "a PDF document"},
    {0, BYTES("\177ELF"), "a program"},
    {0, BYTES("\x89PNG\r\n\x1a\n"), "a PNG picture"},
    {0, BYTES("\xff\xd8\xff"), "a JPEG picture"},
    {0, BYTES("GIF8"), "a GIF picture"},
    {0, BYTES("P6\n"), "a PPM picture"},
    {0, BYTES("P5\n"), "a PGM picture"},
    {0, BYTES("\0\0\x08"), "an IDX file "},
    {0, BYTES("\0\0\x09"), "an IDX file "},
    {0, BYTES("\0\0\x0b"), "an IDX file "},
    {0, BYTES("\0\0\x0c"), "an IDX file "},
    {0, BYTES("\0\0\x0d"), "an IDX file "},
    {0, BYTES("\0\0\x0e"), "an IDX file "},
    {0, BYTES("\xff\xfe"), "text in UTF-16: "},
    {0, BYTES("\xfe\xff"), "text in UTF-16: "},
};

static bool is_magic(const unsigned char *bytes, size_t size, const char *begins) {
    const char *kind = kind_of(bytes, size);
    return kind != NULL && strncmp(kind, begins, strlen(begins)) == 0;
}

/* With other bytes behind them and without; none of them may be missing or another. */
static void test_magics(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(magics); i++) {
        const size_t offset = magics[i].offset, end = offset + magics[i].size;
        unsigned char bytes[KIND_BYTES];
        memset(bytes, 1, sizeof bytes);
        memcpy(bytes + offset, magics[i].bytes, magics[i].size);
        bool good = is_magic(bytes, end + 1, magics[i].begins) &&
                    is_magic(bytes, end, magics[i].begins) &&
                    !is_magic(bytes, end - 1, magics[i].begins);
        for (size_t k = offset; k < end; k++) {
            bytes[k] ^= 0x40;
            good &= !is_magic(bytes, end + 1, magics[i].begins);
            bytes[k] ^= 0x40;
        }
        if (!good)
            fail_msg("magic %zu: %s", i, magics[i].begins);
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
        cmocka_unit_test(test_magics),
        cmocka_unit_test(test_tar),
        cmocka_unit_test(test_every_length),
    };
    return cmocka_run_group_tests_name("kind", tests, NULL, NULL);
}
