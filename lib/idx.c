/* Three steps, one upon the other: bytes, unpacked if they are gzip; the header, in one of the
 * forms people have; items, their numbers made bytes. */
#include "engram/idx.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/decimal.h"
#include "engram/grow.h"
#include "engram/kind.h"

enum { BUFFER = 1 << 17, BLOCK = 1 << 18, PART = 1 << 16, PIECE = 1 << 30 };
enum { MAX_RANK = 8, QMNIST = 8 /* numbers of a label */ };

/* --- the types -------------------------------------------------------------------------------- */

static uint32_t big_endian(const unsigned char bytes[4]) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static double from_u8(const unsigned char *bytes) {
    return bytes[0];
}

static double from_i8(const unsigned char *bytes) {
    return (int8_t)bytes[0];
}

static double from_i16(const unsigned char *bytes) {
    return (int16_t)(bytes[0] << 8 | bytes[1]);
}

static double from_i32(const unsigned char *bytes) {
    return (int32_t)big_endian(bytes);
}

static double from_f32(const unsigned char *bytes) {
    const uint32_t bits = big_endian(bytes);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double from_f64(const unsigned char *bytes) {
    const uint64_t bits = (uint64_t)big_endian(bytes) << 32 | big_endian(bytes + 4);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Every value is a double, exactly. */
static const struct idx_type {
    unsigned char code;
    size_t width;
    double (*value)(const unsigned char *bytes);
    const char *name;
} types[] = {
    {0x08, 1, from_u8, "uint8"},  {0x09, 1, from_i8, "int8"},     {0x0b, 2, from_i16, "int16"},
    {0x0c, 4, from_i32, "int32"}, {0x0d, 4, from_f32, "float32"}, {0x0e, 8, from_f64, "float64"},
};

static const struct idx_type *find_type(unsigned char code) {
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].code == code)
            return &types[i];
    return NULL;
}

/* --- bytes ------------------------------------------------------------------------------------ */

static int no_memory(const struct idx *idx, struct error *error) {
    errno = ENOMEM;
    return error_errno(error, "%s", idx->input.name);
}

/* Reads more of the file if none is left; at its end, none is left afterwards. */
static int refill(struct idx *idx, struct error *error) {
    if (idx->stream.avail_in > 0)
        return 0;
    const int64_t got = input_read(&idx->input, idx->input_buffer, BUFFER, error);
    if (got < 0)
        return -1;
    idx->stream.next_in = idx->input_buffer;
    idx->stream.avail_in = (unsigned)got;
    return 0;
}

/* After a gzip member: another, or zeros, as tapes and block devices are filled up with, or the
 * end. */
static int next_member(struct idx *idx, struct error *error) {
    z_stream *z = &idx->stream;
    if (refill(idx, error) != 0)
        return -1;
    if (z->avail_in > 0 && *z->next_in == 0x1f)
        return inflateReset(z) == Z_OK ? 0 : no_memory(idx, error);
    while (z->avail_in > 0) {
        for (; z->avail_in > 0; z->avail_in--)
            if (*z->next_in++ != 0)
                return error_set(error, "%s: other bytes than zeros follow the gzip data",
                                 idx->input.name);
        if (refill(idx, error) != 0)
            return -1;
    }
    idx->ended = true;
    return 0;
}

static int64_t unpack(struct idx *idx, unsigned char *bytes, size_t size, struct error *error) {
    z_stream *z = &idx->stream;
    z->next_out = bytes;
    for (size_t left = size; left > 0 && !idx->ended; left = size - (size_t)(z->next_out - bytes)) {
        if (refill(idx, error) != 0)
            return -1;
        const bool at_end = z->avail_in == 0;
        z->avail_out = left < PIECE ? (unsigned)left : PIECE;
        const int code = inflate(z, Z_NO_FLUSH);
        if (code == Z_MEM_ERROR)
            return no_memory(idx, error);
        if (code == Z_BUF_ERROR && at_end)
            return error_set(error, "%s: the gzip data is cut", idx->input.name);
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
            return error_set(error, "%s: damaged gzip data (%s)", idx->input.name,
                             z->msg != NULL ? z->msg : "it needs a dictionary");
        if (code == Z_STREAM_END && next_member(idx, error) != 0)
            return -1;
    }
    return z->next_out - bytes;
}

static int64_t copy(struct idx *idx, unsigned char *bytes, size_t size, struct error *error) {
    z_stream *z = &idx->stream;
    const size_t held = size < z->avail_in ? size : z->avail_in;
    memcpy(bytes, z->next_in, held);
    z->next_in += held;
    z->avail_in -= (unsigned)held;
    const int64_t got = input_read(&idx->input, bytes + held, size - held, error);
    return got < 0 ? -1 : (int64_t)held + got;
}

/* The next bytes of the data; fewer only at its end. Returns how many, or -1. */
static int64_t take(struct idx *idx, void *bytes, size_t size, struct error *error) {
    return idx->packed ? unpack(idx, bytes, size, error) : copy(idx, bytes, size, error);
}

static int open_bytes(struct idx *idx, const char *path, struct error *error) {
    *idx = (struct idx){.input.fd = -1};
    if (input_open(&idx->input, path, error) != 0)
        return -1;
    idx->input_buffer = malloc(BUFFER);
    if (idx->input_buffer == NULL)
        return no_memory(idx, error);
    if (refill(idx, error) != 0)
        return -1;
    const z_stream *z = &idx->stream;
    if (z->avail_in >= 2 && z->next_in[0] == 0x1f && z->next_in[1] == 0x8b) {
        if (inflateInit2(&idx->stream, 16 + MAX_WBITS) != Z_OK) /* 16: gzip */
            return no_memory(idx, error);
        idx->packed = true;
    }
    return 0;
}

/* --- the header ------------------------------------------------------------------------------- */

struct header {
    size_t rank;
    uint32_t size[MAX_RANK];
};

/* "60000 x 28 x 28" */
static const char *text_of(const struct header *header, char text[MAX_RANK * 13]) {
    size_t used = 0;
    for (size_t i = 0; i < header->rank; i++)
        used += (size_t)sprintf(text + used, "%s%" PRIu32, i > 0 ? " x " : "", header->size[i]);
    return text;
}

/* What begins with these four bytes is no IDX file. */
static int another_kind(struct idx *idx, const unsigned char first[4], struct error *error) {
    unsigned char bytes[KIND_BYTES];
    struct error ignored;
    memcpy(bytes, first, 4);
    const int64_t more = take(idx, bytes + 4, sizeof bytes - 4, &ignored);
    const char *kind = kind_of(bytes, 4 + (more > 0 ? (size_t)more : 0)), *name = idx->input.name;
    if (kind != NULL)
        return error_set(error, "%s: not an IDX file but %s", name, kind);
    if (first[0] != 0 || first[1] != 0)
        return error_set(error, "%s: not an IDX file: it begins with %02x %02x, not 00 00", name,
                         first[0], first[1]);
    return error_set(error, "%s: IDX type 0x%02x is none of 0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e",
                     name, first[2]);
}

static int read_header(struct idx *idx, struct header *header, struct error *error) {
    const char *name = idx->input.name;
    unsigned char bytes[4 * MAX_RANK];
    int64_t got = take(idx, bytes, 4, error);
    if (got == 0)
        return error_set(error, "%s: not an IDX file but %s", name, kind_of(bytes, 0));
    if (got == 4 && (bytes[0] != 0 || bytes[1] != 0 || find_type(bytes[2]) == NULL))
        return another_kind(idx, bytes, error);
    if (got == 4) {
        idx->type = find_type(bytes[2]);
        header->rank = bytes[3];
        if (header->rank == 0 || header->rank > MAX_RANK)
            return error_set(error, "%s: IDX data of %zu dimensions, not 1 to %d", name,
                             header->rank, MAX_RANK);
        got = take(idx, bytes, 4 * header->rank, error);
    }
    if (got < 0)
        return -1;
    if ((size_t)got != 4 * header->rank)
        return error_set(error, "%s: not an IDX file: it ends within the header", name);
    uint64_t item = idx->type->width;
    for (size_t i = 0; i < header->rank; i++) {
        header->size[i] = big_endian(bytes + 4 * i);
        if (i > 0 && (header->size[i] == 0 || (item *= header->size[i]) > UINT32_MAX))
            return error_set(error, "%s: IDX items of no size, or of 4 GiB or more", name);
    }
    idx->start = 4 + 4 * header->rank;
    idx->count = header->size[0];
    return 0;
}

/* Dimensions of 1 at the end say nothing beyond `rank`. */
static void drop_ones(struct header *header, size_t rank) {
    while (header->rank > rank && header->size[header->rank - 1] == 1)
        header->rank--;
}

static int exchanged(const struct idx *idx, const struct header *header, const char *wanted,
                     struct error *error) {
    char text[MAX_RANK * 13];
    return error_set(
        error,
        "%s: %zu-dimensional data, %s, where %s are needed; are images and labels exchanged?",
        idx->input.name, header->rank, text_of(header, text), wanted);
}

static int labels_header(struct idx *idx, struct error *error) {
    struct header header = {0};
    if (read_header(idx, &header, error) != 0)
        return -1;
    drop_ones(&header, 1);
    idx->what = "label";
    idx->rows = idx->cols = 1;
    idx->item = 1;
    idx->spacing = idx->type->width;
    if (header.rank == 1)
        return 0;
    if (header.rank > 2)
        return exchanged(idx, &header, "labels", error);
    if (idx->type->value != from_i32 || header.size[1] != QMNIST)
        return error_set(error,
                         "%s: %" PRIu32 " numbers of type %s for each label, where one is needed, "
                         "or the %d of type int32 of QMNIST",
                         idx->input.name, header.size[1], idx->type->name, QMNIST);
    idx->spacing *= QMNIST;
    return 0;
}

static int images_header(struct idx *idx, const struct idx_shape *shape, struct error *error) {
    struct header header = {0};
    if (read_header(idx, &header, error) != 0)
        return -1;
    drop_ones(&header, 3);
    idx->what = "pixel";
    if (header.rank == 4 && header.size[1] == 1) { /* one channel, in PyTorch's order */
        header.rank = 3;
        header.size[1] = header.size[2];
        header.size[2] = header.size[3];
    }
    if (header.rank == 1)
        return exchanged(idx, &header, "images", error);
    if (header.rank > 3) {
        char text[MAX_RANK * 13];
        return error_set(error,
                         "%s: IDX data of %zu dimensions, %s, where images are needed: their "
                         "number, rows and columns, one channel alone",
                         idx->input.name, header.rank, text_of(&header, text));
    }
    idx->rows = header.rank == 3 ? header.size[1] : 1;
    idx->cols = header.size[header.rank - 1];
    idx->item = (size_t)idx->rows * idx->cols;
    idx->spacing = idx->type->width;
    if (shape == NULL)
        return 0;
    if ((uint64_t)shape->rows * shape->cols != idx->item)
        return error_set(error,
                         "%s: images of %" PRIu32 " x %" PRIu32
                         " pixels, which do not make %" PRIu32 " x %" PRIu32,
                         idx->input.name, idx->rows, idx->cols, shape->rows, shape->cols);
    idx->rows = shape->rows;
    idx->cols = shape->cols;
    return 0;
}

int idx_open_labels(struct idx *idx, const char *path, struct error *error) {
    if (open_bytes(idx, path, error) == 0 && labels_header(idx, error) == 0)
        return 0;
    idx_close(idx);
    return -1;
}

int idx_open_images(struct idx *idx, const char *path, const struct idx_shape *shape,
                    struct error *error) {
    if (open_bytes(idx, path, error) == 0 && images_header(idx, shape, error) == 0)
        return 0;
    idx_close(idx);
    return -1;
}

/* --- items ------------------------------------------------------------------------------------ */

static int read_bytes(struct idx *idx, void *bytes, size_t size, struct error *error) {
    const int64_t got = take(idx, bytes, size, error);
    if (got < 0)
        return -1;
    idx->read += (uint64_t)got;
    if ((size_t)got == size)
        return 0;
    return error_set(error, "%s: the data ends after %" PRIu64 " of %" PRIu64 " bytes",
                     idx->input.name, idx->read, (uint64_t)idx->count * idx->item * idx->spacing);
}

/* A whole number in full, if that is not too long. */
static const char *shown(double value, bool single, char text[DECIMAL_SIZE]) {
    if (value == rint(value) && fabs(value) < 1e15)
        snprintf(text, DECIMAL_SIZE, "%.0f", value);
    else
        decimal_shortest(value, single, text);
    return text;
}

static int not_a_byte(const struct idx *idx, uint64_t number, double value, struct error *error) {
    char text[DECIMAL_SIZE];
    const bool grey = value > 0 && value < 1 && strcmp(idx->what, "pixel") == 0;
    return error_set(error,
                     "%s: item %" PRIu64 " has the %s %s, not a whole number from 0 to 255%s",
                     idx->input.name, number / idx->item, idx->what,
                     shown(value, idx->type->value == from_f32, text),
                     grey ? "; grey levels from 0 to 1 must be times 255" : "");
}

static int read_numbers(struct idx *idx, uint8_t *numbers, size_t count, struct error *error) {
    if (idx->type->value == from_u8)
        return read_bytes(idx, numbers, count, error);
    unsigned char part[PART];
    for (size_t done = 0; done < count;) {
        const size_t most = PART / idx->spacing, some = count - done < most ? count - done : most;
        if (read_bytes(idx, part, some * idx->spacing, error) != 0)
            return -1;
        for (size_t i = 0; i < some; i++) {
            const double value = idx->type->value(part + i * idx->spacing);
            if (!(value >= 0 && value <= 255 && value == (uint8_t)value))
                return not_a_byte(idx, idx->given + done + i, value, error);
            numbers[done + i] = (uint8_t)value;
        }
        done += some;
    }
    return 0;
}

/* Reads numbers into the block, which grows as they arrive. */
static int fill_block(struct idx *idx, size_t size, struct error *error) {
    for (size_t filled = 0; filled < size;) {
        const size_t least = filled > 0 ? filled + 1 : size < BLOCK ? size : BLOCK;
        uint8_t *block = grow(idx->block, &idx->room, least, size, 1);
        if (block == NULL)
            return no_memory(idx, error);
        idx->block = block;
        const size_t some = size < idx->room ? size - filled : idx->room - filled;
        if (read_numbers(idx, idx->block + filled, some, error) != 0)
            return -1;
        filled += some;
        idx->given += some;
    }
    return 0;
}

static int check_end(struct idx *idx, struct error *error) {
    unsigned char byte;
    const int64_t got = take(idx, &byte, 1, error);
    if (got <= 0)
        return (int)got;
    return error_set(error, "%s: data goes on after the %" PRIu32 " items of its header",
                     idx->input.name, idx->count);
}

int64_t idx_next(struct idx *idx, const uint8_t **items, struct error *error) {
    const uint64_t left = idx->count - idx->given / idx->item;
    if (left == 0)
        return check_end(idx, error);
    const size_t most = idx->item < BLOCK ? BLOCK / idx->item : 1;
    const size_t count = left < most ? (size_t)left : most;
    if (fill_block(idx, count * idx->item, error) != 0)
        return -1;
    *items = idx->block;
    return (int64_t)count;
}

bool idx_seeks(const struct idx *idx) {
    return idx->input.regular && !idx->packed && idx->type->value == from_u8 &&
           idx->input.size == idx->start + (uint64_t)idx->count * idx->item;
}

int idx_item(struct idx *idx, uint32_t number, const uint8_t **item, struct error *error) {
    uint8_t *block = grow(idx->block, &idx->room, idx->item, idx->item, 1);
    if (block == NULL)
        return no_memory(idx, error);
    *item = idx->block = block;
    return input_read_at(&idx->input, idx->start + (uint64_t)number * idx->item, block, idx->item,
                         error);
}

void idx_close(struct idx *idx) {
    if (idx->packed)
        inflateEnd(&idx->stream);
    free(idx->input_buffer);
    free(idx->block);
    input_close(&idx->input);
    *idx = (struct idx){.input.fd = -1};
}

int idx_write_header(struct output *output, const uint32_t *sizes, size_t rank,
                     struct error *error) {
    const unsigned char start[] = {0, 0, 0x08, (unsigned char)rank};
    int result = output_write(output, start, sizeof start, error);
    for (size_t i = 0; i < rank && result == 0; i++) {
        const unsigned char bytes[] = {(unsigned char)(sizes[i] >> 24),
                                       (unsigned char)(sizes[i] >> 16),
                                       (unsigned char)(sizes[i] >> 8), (unsigned char)sizes[i]};
        result = output_write(output, bytes, sizeof bytes, error);
    }
    return result;
}
