/* Parts of an input as files in memory and as pipes. */
#include "fuzz.h"

#include <ctype.h>
#include <endian.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engram/safetensors.h"

enum { PIPE = 1 << 20 };
static const char SEPARATOR[] = "\n=part=\n";

struct fuzz_part fuzz_next(struct fuzz_part *rest) {
    const size_t length = sizeof SEPARATOR - 1;
    const uint8_t *end = rest->size > 0 ? memmem(rest->bytes, rest->size, SEPARATOR, length) : NULL;
    const struct fuzz_part part = {rest->bytes,
                                   end != NULL ? (size_t)(end - rest->bytes) : rest->size};
    const size_t taken = end != NULL ? part.size + length : part.size;
    *rest = (struct fuzz_part){taken > 0 ? rest->bytes + taken : rest->bytes, rest->size - taken};
    return part;
}

struct fuzz_part fuzz_line(struct fuzz_part *rest) {
    const uint8_t *end = rest->size > 0 ? memchr(rest->bytes, '\n', rest->size) : NULL;
    const struct fuzz_part line = {rest->bytes,
                                   end != NULL ? (size_t)(end - rest->bytes) : rest->size};
    const size_t taken = line.size + (end != NULL);
    *rest = (struct fuzz_part){taken > 0 ? rest->bytes + taken : rest->bytes, rest->size - taken};
    return line;
}

uint8_t fuzz_byte(struct fuzz_part *part) {
    if (part->size == 0)
        return 0;
    part->size--;
    return *part->bytes++;
}

static void set_path(struct fuzz_file *file, int fd) {
    fuzz_check(fd >= 0, "a descriptor");
    file->fd = fd;
    snprintf(file->path, sizeof file->path, "/dev/fd/%d", fd);
}

void fuzz_pipe(struct fuzz_file *reading, struct fuzz_file *writing) {
    int ends[2];
    fuzz_check(pipe2(ends, O_CLOEXEC) == 0, "a pipe");
    fuzz_check(fcntl(ends[1], F_SETPIPE_SZ, PIPE) >= PIPE, "a pipe's room");
    set_path(reading, ends[0]);
    set_path(writing, ends[1]);
}

/* --- numbers ---------------------------------------------------------------------------------- */

static bool starts_number(const uint8_t *data, size_t at) {
    return isdigit(data[at]) && (at == 0 || !isdigit(data[at - 1]));
}

/* The start of a number of the input, each as likely; `size` if there is none. */
static size_t find_number(const uint8_t *data, size_t size, unsigned seed) {
    size_t count = 0, at = 0;
    for (size_t i = 0; i < size; i++)
        count += starts_number(data, i);
    for (size_t skip = count > 0 ? seed % count : 0; at < size; at++)
        if (starts_number(data, at) && skip-- == 0)
            break;
    return at;
}

/* Half of the changes are of a number, such as a dimension, into one that has done harm elsewhere;
 * the others are libFuzzer's own. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed) {
    static const char numbers[][24] = {"0",
                                       "1",
                                       "2",
                                       "255",
                                       "65536",
                                       "1000000",
                                       "268435456",
                                       "4294967295",
                                       "1099511627776",
                                       "2305843009213693952",
                                       "18446744073709551615"};
    const char *number = numbers[seed / 2 % (sizeof numbers / sizeof *numbers)];
    const size_t at = find_number(data, size, seed / 32), length = strlen(number);
    if (seed % 2 == 0 || at == size)
        return LLVMFuzzerMutate(data, size, room);
    size_t end = at;
    while (end < size && isdigit(data[end]))
        end++;
    if (at + length + (size - end) > room)
        return size;
    memmove(data + at + length, data + end, size - end);
    memcpy(data + at, number, length);
    return at + length + (size - end);
}

/* --- files that are described ----------------------------------------------------------------- */

/* The next word of a line, up to `end`, in what a JSON string may hold as it is. */
static void next_word(struct fuzz_part *line, char end, char word[64]) {
    size_t used = 0;
    while (line->size > 0) {
        const char c = (char)fuzz_byte(line);
        if (c == end)
            break;
        if (isprint((unsigned char)c) && c != '"' && c != '\\' && used < 63)
            word[used++] = c;
    }
    word[used] = '\0';
}

static unsigned bits_of(const char *dtype) {
    for (enum st_dtype d = 0; d < ST_DTYPES; d++)
        if (strcmp(st_dtype_name(d), dtype) == 0)
            return st_dtype_bits(d);
    return 8;
}

static void put_tensor(FILE *header, struct fuzz_part line, const char *comma, uint64_t *end) {
    char name[64], dtype[64], size[64];
    next_word(&line, ' ', name);
    next_word(&line, ' ', dtype);
    fprintf(header, "%s\"%s\":{\"dtype\":\"%s\",\"shape\":[", comma, name, dtype);
    const uint64_t begin = *end;
    uint64_t bits = bits_of(dtype);
    for (const char *between = ""; line.size > 0; between = ",") {
        next_word(&line, ',', size);
        fprintf(header, "%s%s", between, size);
        bits *= strtoull(size, NULL, 10);
    }
    *end += bits / 8;
    fprintf(header, "],\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}", begin, *end);
}

static void put_metadatum(FILE *metadata, struct fuzz_part line, const char *comma) {
    char key[64], value[64];
    next_word(&line, '=', key);
    next_word(&line, '\n', value);
    fprintf(metadata, "%s\"%s\":\"%s\"", comma, key, value);
}

/* The file that a part describes; its bytes are to free. */
static struct fuzz_part build(struct fuzz_part part) {
    char *text = NULL, *strings = NULL, *all = NULL;
    size_t text_size, strings_size, size;
    FILE *header = open_memstream(&text, &text_size);
    FILE *metadata = open_memstream(&strings, &strings_size);
    uint64_t end = 0;
    for (struct fuzz_part line; (line = fuzz_line(&part)).size > 0;) {
        const uint8_t kind = fuzz_byte(&line);
        if (kind == '!')
            put_tensor(header, line, ftell(header) > 0 ? "," : "", &end);
        else if (kind == '?')
            put_metadatum(metadata, line, ftell(metadata) > 0 ? "," : "");
    }
    fclose(header);
    fclose(metadata);
    FILE *file = open_memstream(&all, &size);
    fprintf(file, "        {\"__metadata__\":{%s}%s%s}", strings, text_size > 0 ? "," : "", text);
    fflush(file);
    const uint64_t length = htole64(size - 8);
    fwrite(part.bytes, 1, part.size, file);
    fclose(file);
    memcpy(all, &length, sizeof length);
    free(text);
    free(strings);
    return (struct fuzz_part){(uint8_t *)all, size};
}

void fuzz_open(struct fuzz_file *file, struct fuzz_part part, bool through_pipe) {
    struct fuzz_file written;
    const bool described = part.size > 0 && (part.bytes[0] == '!' || part.bytes[0] == '?');
    if (described)
        part = build(part);
    if (through_pipe)
        fuzz_pipe(file, &written);
    else
        set_path(file, memfd_create("part", MFD_CLOEXEC));
    fuzz_check(part.size == 0 || write(through_pipe ? written.fd : file->fd, part.bytes,
                                       part.size) == (ssize_t)part.size,
               "a part is written");
    if (through_pipe)
        fuzz_close(&written);
    if (described)
        free((void *)part.bytes);
}

void fuzz_close(struct fuzz_file *file) {
    close(file->fd);
    file->fd = -1;
}

void fuzz_check(bool truth, const char *what) {
    if (truth)
        return;
    fprintf(stderr, "fuzz: it does not hold: %s\n", what);
    abort();
}
