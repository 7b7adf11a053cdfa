/* Two tables, of first words and of first bytes; the first row that fits says what the file is. */
#include "engram/kind.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static const char lfs[] = "a Git LFS pointer: fetch the file it stands for with 'git lfs pull'";
static const char html[] = "a web page (HTML): the download was answered with it, not the file";
static const char xml[] = "XML: perhaps a server's answer in place of the file";
static const char json[] =
    "JSON text: if it is the index of a model in parts, give the .safetensors files it names";

/* How a text begins, after white space, in capitals or not. */
static const struct {
    const char *words, *what;
} texts[] = {
    {"version https://git-lfs", lfs},
    {"version https://hawser", lfs},
    {"<!DOCTYPE html", html},
    {"<html", html},
    {"<head", html},
    {"<body", html},
    {"<!--", html},
    {"<?xml", xml},
    {"<!DOCTYPE", xml},
    {"<Error", xml},
    {"{", json},
};

static const char zip[] = "a zip archive, as PyTorch (.pt, .pth, .bin) and NumPy (.npz) write: "
                          "unpack it, or save what it holds as safetensors";
static const char pickle[] = "a Python pickle, as PyTorch writes: save its tensors as safetensors";
static const char idx[] = "an IDX file of images or labels: mnist-filter makes samples of it";
static const char utf16[] = "text in UTF-16: perhaps a shell wrote text where bytes were meant";

/* The bytes that stand at an offset. */
static const struct {
    size_t offset, size;
    const char *bytes, *what;
} magics[] = {
    {0, 4, "PK\3\4", zip},
    {0, 4, "PK\5\6", zip},
    {0, 4, "PK\7\10", zip},
    {0, 2, "\x80\2", pickle},
    {0, 2, "\x80\3", pickle},
    {0, 2, "\x80\4", pickle},
    {0, 2, "\x80\5", pickle},
    {0, 2, "\x1f\x8b", "gzip data: unpack it with gunzip"},
    {0, 3, "BZh", "bzip2 data: unpack it with bunzip2"},
    {0, 6, "\3757zXZ\0", "xz data: unpack it with unxz"},
    {0, 4, "\x28\xb5\x2f\xfd", "Zstandard data: unpack it with unzstd"},
    {0, 6, "7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it"},
    {257, 5, "ustar", "a tar archive: unpack it with 'tar -x'"},
    {0, 8, "\x89HDF\r\n\x1a\n", "an HDF5 file, as Keras writes: save its arrays as safetensors"},
    {0, 6, "\x93NUMPY", "a NumPy array (.npy): save it as safetensors"},
    {0, 4, "GGUF", "a GGUF model: take the safetensors it was made from, or convert it"},
    {4, 4, "TFL3", "a TensorFlow Lite model: save its tensors as safetensors"},
    {0, 10, "MATLAB 5.0", "a MATLAB file: save its arrays as safetensors"},
    {0, 4, "PAR1", "a Parquet table"},
    {0, 15, "SQLite format 3", "an SQLite database"},
    {0, 5, "%PDF-", "a PDF document"},
    {0, 4, "\177ELF", "a program"},
    {0, 8, "\x89PNG\r\n\x1a\n", "a PNG picture"},
    {0, 3, "\xff\xd8\xff", "a JPEG picture"},
    {0, 4, "GIF8", "a GIF picture"},
    {0, 3, "P6\n", "a PPM picture"},
    {0, 3, "P5\n", "a PGM picture"},
    {0, 3, "\0\0\x08", idx},
    {0, 3, "\0\0\x09", idx},
    {0, 3, "\0\0\x0b", idx},
    {0, 3, "\0\0\x0c", idx},
    {0, 3, "\0\0\x0d", idx},
    {0, 3, "\0\0\x0e", idx},
    {0, 2, "\xff\xfe", utf16},
    {0, 2, "\xfe\xff", utf16},
};

/* A header's length below 2^32 and the brace of its JSON. */
static bool is_safetensors(const unsigned char *bytes, size_t size) {
    return size > 8 && memcmp(bytes + 4, "\0\0\0\0", 4) == 0 && bytes[8] == '{';
}

/* Without control characters; bytes beyond ASCII are letters of some encoding. */
static bool is_text(const unsigned char *bytes, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (bytes[i] == '\0' || bytes[i] == 0x7f ||
            (bytes[i] < 0x20 && strchr("\t\n\f\r", bytes[i]) == NULL))
            return false;
    return true;
}

static const char *kind_of_text(const char *text, size_t size) {
    const char *at = text, *end = text + size;
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) /* a byte order mark */
        at += 3;
    while (at < end && strchr(" \t\n\r", *at) != NULL) /* no NUL is among them */
        at++;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const size_t length = strlen(texts[i].words);
        if ((size_t)(end - at) >= length && strncasecmp(at, texts[i].words, length) == 0)
            return texts[i].what;
    }
    if (size < 8)
        return NULL;
    return memchr(text, '\t', size) != NULL ? "text with tabs: perhaps a table of results" : "text";
}

const char *kind_of(const unsigned char *bytes, size_t size) {
    if (size == 0)
        return "empty: perhaps what should have written it failed";
    if (is_safetensors(bytes, size))
        return "a safetensors file";
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (size >= magics[i].offset + magics[i].size &&
            memcmp(bytes + magics[i].offset, magics[i].bytes, magics[i].size) == 0)
            return magics[i].what;
    return is_text(bytes, size) ? kind_of_text((const char *)bytes, size) : NULL;
}
