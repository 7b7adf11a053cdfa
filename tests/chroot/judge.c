/* Says of files, one after another on standard input, what the reader makes of each: `ok` and name
 * (in hexadecimal), dtype, shape and CRC-32 of every tensor, in the order of names; or `no` and
 * why. Before each file stands its size, a little-endian u32; package.py writes them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "engram/safetensors.h"

static void fail(const char *what) {
    perror(what);
    exit(2);
}

/* false at the end of the input. */
static bool next_file(int fd) {
    unsigned char size[4], bytes[1 << 16];
    if (fread(size, sizeof size, 1, stdin) != 1)
        return false;
    size_t left = size[0] | (size_t)size[1] << 8 | (size_t)size[2] << 16 | (size_t)size[3] << 24;
    if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0)
        fail("judge: memory file");
    while (left > 0) {
        const size_t part = left < sizeof bytes ? left : sizeof bytes;
        if (fread(bytes, 1, part, stdin) != part || write(fd, bytes, part) != (ssize_t)part)
            fail("judge: standard input, or memory file");
        left -= part;
    }
    return true;
}

static int read_tensor(struct st_file *file, const struct st_tensor *tensor, uLong *crc,
                       struct error *error) {
    unsigned char bytes[1 << 12];
    for (uint64_t at = 0, size = tensor->end - tensor->begin; at < size; at += sizeof bytes) {
        const size_t part = size - at < sizeof bytes ? (size_t)(size - at) : sizeof bytes;
        if (st_read(file, tensor, at, bytes, part, error) != 0)
            return -1;
        *crc = crc32(*crc, bytes, (uInt)part);
    }
    return 0;
}

/* Writes all tensors. */
static int list(struct st_file *file, FILE *listed, struct error *error) {
    for (size_t t = 0; t < file->tensors; t++) {
        const struct st_tensor *tensor = &file->tensor[t];
        uLong crc = 0;
        if (read_tensor(file, tensor, &crc, error) != 0)
            return -1;
        fputc(' ', listed);
        for (const char *c = tensor->name; *c != '\0'; c++)
            fprintf(listed, "%02x", (unsigned char)*c);
        fprintf(listed, ":%s:[", st_dtype_name(tensor->dtype));
        for (size_t i = 0; i < tensor->rank; i++)
            fprintf(listed, "%s%" PRIu64, i > 0 ? "," : "", tensor->shape[i]);
        fprintf(listed, "]:%08lx", crc);
    }
    return st_finish(file, error);
}

static void judge(const char *path) {
    struct st_file file;
    struct error error;
    char *listed = NULL;
    size_t size;
    FILE *const list_file = open_memstream(&listed, &size);
    bool good = st_open(&file, path, &error) == 0;
    if (list_file == NULL)
        fail("judge");
    if (good) {
        good = list(&file, list_file, &error) == 0;
        st_close(&file);
    }
    fclose(list_file);
    printf("%s%s\n", good ? "ok" : "no ", good ? listed : error.text);
    free(listed);
}

int main(void) {
    char path[32];
    const int fd = memfd_create("judged", 0);
    if (fd < 0)
        fail("judge");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    while (next_file(fd))
        judge(path);
    return 0;
}
