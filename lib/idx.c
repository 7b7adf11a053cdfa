/* zlib reads plain files as they are, so one path serves both kinds. */
#include "engram/idx.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { BUFFER = 1 << 17, SKIP = 1 << 16, UNSIGNED_BYTE = 8 };

/* Why a read came back short: damage, the disk, or simply the end of the file. */
static int read_error(struct idx *idx, struct error *error, const char *at_end) {
    int code;
    const char *message = gzerror(idx->gz, &code);
    if (code == Z_ERRNO)
        return error_errno(error, "%s: cannot read", idx->input.name);
    if (code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR)
        return error_set(error, "%s: %s", idx->input.name, at_end);
    const char *words = strstr(message, ": "); /* after zlib's name for the descriptor */
    return error_set(error, "%s: damaged gzip data (%s)", idx->input.name,
                     words != NULL ? words + 2 : message);
}

static uint32_t big_endian(const unsigned char bytes[4]) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int read_header(struct idx *idx, size_t rank, struct error *error) {
    const char *name = idx->input.name, *cut = "not an IDX file: it ends within the header";
    unsigned char bytes[4];
    if (gzread(idx->gz, bytes, 4) != 4)
        return read_error(idx, error, cut);
    if (bytes[0] != 0 || bytes[1] != 0)
        return error_set(error, "%s: not an IDX file: it begins with %02x %02x, not 00 00", name,
                         bytes[0], bytes[1]);
    if (bytes[2] != UNSIGNED_BYTE)
        return error_set(error, "%s: IDX type 0x%02x is not supported, only 0x08, unsigned byte",
                         name, bytes[2]);
    if (bytes[3] != rank)
        return error_set(error, "%s: IDX data of %d dimensions where %zu are needed", name,
                         bytes[3], rank);
    idx->rank = rank;
    idx->item = 1;
    for (size_t i = 0; i < rank; i++) {
        if (gzread(idx->gz, bytes, 4) != 4)
            return read_error(idx, error, cut);
        idx->size[i] = big_endian(bytes);
        if (i > 0 && (idx->size[i] == 0 || (idx->item *= idx->size[i]) > UINT32_MAX))
            return error_set(error, "%s: IDX items of no size, or of 4 GiB or more", name);
    }
    return 0;
}

int idx_open(struct idx *idx, const char *path, size_t rank, struct error *error) {
    *idx = (struct idx){0};
    if (input_open(&idx->input, path, error) != 0)
        return -1;
    idx->gz = gzdopen(idx->input.fd, "rb");
    if (idx->gz == NULL || gzbuffer(idx->gz, BUFFER) != 0) {
        errno = ENOMEM;
        error_errno(error, "%s", idx->input.name);
        idx_close(idx);
        return -1;
    }
    if (read_header(idx, rank, error) == 0)
        return 0;
    idx_close(idx);
    return -1;
}

static int read_bytes(struct idx *idx, void *values, uint64_t bytes, struct error *error) {
    for (uint64_t done = 0; done < bytes;) {
        const unsigned want = bytes - done < 1 << 30 ? (unsigned)(bytes - done) : 1u << 30;
        const int got = gzread(idx->gz, (char *)values + done, want);
        if (got > 0) {
            done += (uint64_t)got;
            idx->read += (uint64_t)got;
        }
        if (got < 0 || (unsigned)got < want) {
            char cut[96];
            snprintf(cut, sizeof cut, "the data ends after %" PRIu64 " of %" PRIu64 " bytes",
                     idx->read, idx->size[0] * idx->item);
            return read_error(idx, error, cut);
        }
    }
    return 0;
}

int idx_read(struct idx *idx, void *values, size_t items, struct error *error) {
    return read_bytes(idx, values, items * idx->item, error);
}

int idx_skip(struct idx *idx, uint64_t items, struct error *error) {
    unsigned char buffer[SKIP];
    for (uint64_t left = items * idx->item; left > 0;) {
        const uint64_t part = left < SKIP ? left : SKIP;
        if (read_bytes(idx, buffer, part, error) != 0)
            return -1;
        left -= part;
    }
    return 0;
}

int idx_finish(struct idx *idx, struct error *error) {
    if (idx_skip(idx, idx->size[0] - idx->read / idx->item, error) != 0)
        return -1;
    unsigned char byte;
    const int got = gzread(idx->gz, &byte, 1);
    if (got > 0)
        return error_set(error, "%s: data goes on after the %" PRIu32 " items of its header",
                         idx->input.name, idx->size[0]);
    int code;
    (void)gzerror(idx->gz, &code);
    return code == Z_OK || code == Z_STREAM_END ? 0
                                                : read_error(idx, error, "the gzip data is cut");
}

void idx_close(struct idx *idx) {
    if (idx->gz != NULL)
        gzclose(idx->gz); /* closes the descriptor too */
    else
        input_close(&idx->input);
    *idx = (struct idx){.input.fd = -1};
}
