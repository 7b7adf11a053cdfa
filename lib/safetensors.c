/* The header has a grammar of its own, three objects deep at most, and is read as it stands: so
 * memory follows its bytes, and integers have their 64 bits. jansson reads the strings. */
#include "engram/safetensors.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/decimal.h"
#include "engram/escape.h"
#include "engram/grow.h"
#include "engram/kind.h"

static const uint64_t MAX_HEADER = 100000000;
enum { CHUNK = 1 << 16 };

void st_describe(const struct st_tensor *tensor, char *text, size_t size) {
    size_t used = (size_t)snprintf(text, size, "%s [", st_dtype_name(tensor->dtype));
    for (size_t i = 0; i < tensor->rank && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%" PRIu64, i > 0 ? "," : "",
                                 tensor->shape[i]);
    if (used < size)
        snprintf(text + used, size - used, "]");
}

/* Writes the first dimensions; returns how many bytes. */
static size_t write_shape(const struct st_tensor *tensor, size_t dimensions, char *text,
                          size_t size) {
    size_t used = (size_t)snprintf(text, size, "%s", tensor->rank == 0 ? "scalar" : "");
    for (size_t i = 0; i < dimensions; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%" PRIu64, i > 0 ? "x" : "",
                                 tensor->shape[i]);
    return used;
}

void st_shape(const struct st_tensor *tensor, char text[ST_SHAPE_SIZE]) {
    const size_t shown = tensor->rank < ST_SHAPE_SHOWN ? tensor->rank : ST_SHAPE_SHOWN;
    const size_t used = write_shape(tensor, shown, text, ST_SHAPE_SIZE);
    if (tensor->rank > shown)
        snprintf(text + used, ST_SHAPE_SIZE - used, "x... of %zu dimensions", tensor->rank);
}

char *st_whole_shape(const struct st_tensor *tensor) {
    const size_t size = sizeof "scalar" + tensor->rank * sizeof "x18446744073709551615";
    char *text = malloc(size);
    if (text != NULL)
        write_shape(tensor, tensor->rank, text, size);
    return text;
}

__attribute__((format(printf, 4, 0))) static int tensor_error(const char *file, const char *name,
                                                              struct error *error,
                                                              const char *format, va_list args) {
    char escaped[256];
    struct error what;
    escape_fit(name, escaped, sizeof escaped);
    error_vset(&what, format, args);
    return error_set(error, "%s: tensor \"%s\": %s", file, escaped, what.text);
}

int st_tensor_error(const struct st_file *file, const char *name, struct error *error,
                    const char *format, ...) {
    va_list args;
    va_start(args, format);
    tensor_error(file->input.name, name, error, format, args);
    va_end(args);
    return -1;
}

/* --- the header ------------------------------------------------------------------------------- */

/* A header on the way to the tensors and metadata of a file. */
struct reader {
    struct st_file *file;
    const char *text; /* [size], without NUL, but for one behind it */
    size_t size, at;
    size_t tensor_room, metadatum_room;
    bool has_metadata;
    unsigned fields; /* of the last tensor: a bit for each that was read */
};

/* Reads what belongs to the name of a member of an object. Takes the name. */
typedef int read_member(struct reader *reader, char *name, struct error *error);

/* Passes white space; the character that follows, or NUL at the end. */
static char next_character(struct reader *reader) {
    while (reader->at < reader->size && strchr(" \t\n\r", reader->text[reader->at]) != NULL)
        reader->at++;
    return reader->text[reader->at];
}

static bool take(struct reader *reader, char c) {
    const bool there = next_character(reader) == c;
    reader->at += there;
    return there;
}

static int expected(const struct reader *reader, struct error *error, const char *what) {
    return error_set(error, "%s: header byte %zu: no %s", reader->file->input.name, reader->at,
                     what);
}

/* A string to free, or NULL. */
static char *read_string(struct reader *reader, struct error *error) {
    const char *file = reader->file->input.name;
    if (next_character(reader) != '"') {
        expected(reader, error, "string");
        return NULL;
    }
    json_error_t why;
    errno = 0; /* jansson may go on without memory, or call the want of it something else */
    json_t *string = json_loadb(reader->text + reader->at, reader->size - reader->at,
                                JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL, &why);
    char *copy = NULL;
    const bool starved = errno == ENOMEM;
    if (string == NULL && !starved)
        error_set(error, "%s: header byte %zu: no JSON string: %s", file, reader->at, why.text);
    else if (!starved && strlen(json_string_value(string)) != json_string_length(string))
        error_set(error, "%s: header byte %zu: the string holds a NUL", file, reader->at);
    else if (starved || (copy = strdup(json_string_value(string))) == NULL)
        error_errno(error, "%s", file);
    else
        reader->at += (size_t)why.position;
    json_decref(string);
    return copy;
}

static int read_object(struct reader *reader, read_member *read, struct error *error) {
    if (!take(reader, '{'))
        return expected(reader, error, "'{'");
    if (take(reader, '}'))
        return 0;
    do {
        char *name = read_string(reader, error);
        if (name == NULL)
            return -1;
        if (!take(reader, ':')) {
            free(name);
            return expected(reader, error, "':'");
        }
        if (read(reader, name, error) != 0)
            return -1;
    } while (take(reader, ','));
    return take(reader, '}') ? 0 : expected(reader, error, "',' or '}'");
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Reads an integer `0` or `[1-9][0-9]*` up to 2^64-1; false if it is anything else. */
static bool read_integer(struct reader *reader, uint64_t *value) {
    const char *start = reader->text + reader->at, *end = start;
    *value = 0;
    for (; is_digit(*end); end++) {
        const unsigned digit = (unsigned)(*end - '0');
        if (*value > (UINT64_MAX - digit) / 10)
            return false;
        *value = 10 * *value + digit;
    }
    const bool leading_zero = *start == '0' && end > start + 1;
    const bool goes_on = *end != '\0' && strchr(".eE+-", *end) != NULL;
    if (end == start || leading_zero || goes_on)
        return false;
    reader->at += (size_t)(end - start);
    return true;
}

/* How many integers an array holds at most. */
static size_t count_integers(const struct reader *reader) {
    size_t count = 1;
    for (const char *at = reader->text + reader->at + 1; *at != '\0' && *at != ']'; at++)
        count += *at == ',';
    return count;
}

/* Reads an array of integers, to free even on failure. */
static int read_integers(struct reader *reader, const char *what, uint64_t **values, size_t *count,
                         struct error *error) {
    const struct st_file *file = reader->file;
    const char *tensor = file->tensor[file->tensors - 1].name;
    *count = 0;
    if (next_character(reader) != '[')
        return st_tensor_error(file, tensor, error, "%s is not an array of integers", what);
    *values = malloc(count_integers(reader) * sizeof **values);
    if (*values == NULL)
        return error_errno(error, "%s", file->input.name);
    reader->at++;
    if (take(reader, ']'))
        return 0;
    do {
        const char c = next_character(reader);
        if (!is_digit(c) && c != '-')
            return st_tensor_error(file, tensor, error, "%s holds no integer at %zu", what, *count);
        if (!read_integer(reader, &(*values)[*count]))
            return error_set(error,
                             "%s: header byte %zu: a number is not an integer from 0 to 2^64-1",
                             file->input.name, reader->at);
        ++*count;
    } while (take(reader, ','));
    return take(reader, ']') ? 0 : expected(reader, error, "',' or ']'");
}

/* Names the dtypes there are. */
static int unknown_dtype(const struct reader *reader, const char *text, struct error *error) {
    const struct st_file *file = reader->file;
    char escaped[64], names[256];
    size_t used = 0;
    for (size_t i = 0; i < ST_DTYPES; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "",
                                 st_dtype_name((enum st_dtype)i));
    escape_fit(text, escaped, sizeof escaped);
    return st_tensor_error(file, file->tensor[file->tensors - 1].name, error,
                           "unknown dtype \"%s\", none of %s", escaped, names);
}

static int read_dtype(struct reader *reader, struct st_tensor *tensor, struct error *error) {
    const struct st_file *file = reader->file;
    if (next_character(reader) != '"')
        return st_tensor_error(file, tensor->name, error, "dtype is not a string");
    char *text = read_string(reader, error);
    if (text == NULL)
        return -1;
    while (tensor->dtype < ST_DTYPES && strcmp(st_dtype_name(tensor->dtype), text) != 0)
        tensor->dtype++;
    const int result = tensor->dtype < ST_DTYPES ? 0 : unknown_dtype(reader, text, error);
    free(text);
    return result;
}

static int read_shape(struct reader *reader, struct st_tensor *tensor, struct error *error) {
    return read_integers(reader, "shape", &tensor->shape, &tensor->rank, error);
}

static int read_offsets(struct reader *reader, struct st_tensor *tensor, struct error *error) {
    uint64_t *offset = NULL;
    size_t count;
    int result = read_integers(reader, "data_offsets", &offset, &count, error);
    if (result == 0 && count == 2) {
        tensor->begin = offset[0];
        tensor->end = offset[1];
    } else if (result == 0)
        result = st_tensor_error(reader->file, tensor->name, error,
                                 "data_offsets are %zu integers, not 2", count);
    free(offset);
    return result;
}

static const struct {
    const char *name;
    int (*read)(struct reader *reader, struct st_tensor *tensor, struct error *error);
} fields[] = {{"dtype", read_dtype}, {"shape", read_shape}, {"data_offsets", read_offsets}};

enum { FIELDS = sizeof fields / sizeof *fields, ALL_FIELDS = (1 << FIELDS) - 1 };

static int read_field(struct reader *reader, char *name, struct error *error) {
    struct st_tensor *tensor = &reader->file->tensor[reader->file->tensors - 1];
    size_t f = 0;
    while (f < FIELDS && strcmp(fields[f].name, name) != 0)
        f++;
    free(name);
    if (f == FIELDS || (reader->fields >> f & 1) != 0)
        return st_tensor_error(reader->file, tensor->name, error,
                               "not an object of exactly dtype, shape and data_offsets");
    reader->fields |= 1u << f;
    return fields[f].read(reader, tensor, error);
}

/* Elements and bytes of a shape, checked for overflow; false if there is one, or a broken byte. */
static bool shape_size(const struct st_tensor *tensor, uint64_t *elements, uint64_t *bytes) {
    uint64_t bits;
    *elements = 1;
    for (size_t i = 0; i < tensor->rank; i++)
        if (__builtin_mul_overflow(*elements, tensor->shape[i], elements))
            return false;
    if (__builtin_mul_overflow(*elements, (uint64_t)st_dtype_bits(tensor->dtype), &bits))
        return false;
    *bytes = bits / 8;
    return bits % 8 == 0;
}

static int read_tensor(struct reader *reader, char *name, struct error *error) {
    struct st_file *file = reader->file;
    struct st_tensor *grown =
        grow(file->tensor, &reader->tensor_room, file->tensors + 1, SIZE_MAX, sizeof *grown);
    if (grown == NULL) {
        free(name);
        return error_errno(error, "%s", file->input.name);
    }
    file->tensor = grown;
    struct st_tensor *tensor = &file->tensor[file->tensors++];
    *tensor = (struct st_tensor){.name = name};
    reader->fields = 0;
    const bool object = next_character(reader) == '{';
    if (object && read_object(reader, read_field, error) != 0)
        return -1;
    if (reader->fields != ALL_FIELDS)
        return st_tensor_error(file, name, error,
                               "not an object of exactly dtype, shape and data_offsets");
    uint64_t bytes;
    if (!shape_size(tensor, &tensor->elements, &bytes))
        return st_tensor_error(file, name, error, "shape has no size in whole bytes below 2^64");
    if (tensor->begin > tensor->end || tensor->end - tensor->begin != bytes)
        return st_tensor_error(file, name, error,
                               "data_offsets [%" PRIu64 ",%" PRIu64 "] do not span the %" PRIu64
                               " bytes of its shape",
                               tensor->begin, tensor->end, bytes);
    return 0;
}

static int read_metadatum(struct reader *reader, char *key, struct error *error) {
    struct st_file *file = reader->file;
    struct st_metadata *grown =
        grow(file->metadatum, &reader->metadatum_room, file->metadata + 1, SIZE_MAX, sizeof *grown);
    if (grown == NULL) {
        free(key);
        return error_errno(error, "%s", file->input.name);
    }
    file->metadatum = grown;
    struct st_metadata *metadatum = &file->metadatum[file->metadata++];
    *metadatum = (struct st_metadata){.key = key};
    if (next_character(reader) != '"')
        return error_set(error, "%s: __metadata__ is not an object of strings", file->input.name);
    metadatum->value = read_string(reader, error);
    return metadatum->value != NULL ? 0 : -1;
}

static int read_entry(struct reader *reader, char *name, struct error *error) {
    if (strcmp(name, "__metadata__") != 0)
        return read_tensor(reader, name, error);
    free(name);
    const char *file = reader->file->input.name;
    if (reader->has_metadata)
        return error_set(error, "%s: __metadata__ stands there twice", file);
    reader->has_metadata = true;
    return next_character(reader) == '{'
               ? read_object(reader, read_metadatum, error)
               : error_set(error, "%s: __metadata__ is not an object of strings", file);
}

static int by_key(const void *a, const void *b) {
    return strcmp(((const struct st_metadata *)a)->key, ((const struct st_metadata *)b)->key);
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct st_tensor *)a)->name, ((const struct st_tensor *)b)->name);
}

static int by_offset(const void *a, const void *b) {
    const struct st_tensor *s = a, *t = b;
    if (s->begin != t->begin)
        return s->begin < t->begin ? -1 : 1;
    return s->end < t->end ? -1 : s->end > t->end;
}

void st_sort_names(struct st_tensor *tensor, size_t count) {
    if (count > 0)
        qsort(tensor, count, sizeof *tensor, by_name);
}

static void sort_tensors(struct st_file *file, int (*order)(const void *, const void *)) {
    if (file->tensors > 0)
        qsort(file->tensor, file->tensors, sizeof *file->tensor, order);
}

/* Sorts by key and by name; neither may stand there twice. */
static int sort_names(struct st_file *file, struct error *error) {
    if (file->metadata > 0)
        qsort(file->metadatum, file->metadata, sizeof *file->metadatum, by_key);
    for (size_t i = 1; i < file->metadata; i++)
        if (strcmp(file->metadatum[i].key, file->metadatum[i - 1].key) == 0) {
            char key[256];
            escape_fit(file->metadatum[i].key, key, sizeof key);
            return error_set(error, "%s: __metadata__: \"%s\" stands there twice", file->input.name,
                             key);
        }
    sort_tensors(file, by_name);
    for (size_t i = 1; i < file->tensors; i++)
        if (strcmp(file->tensor[i].name, file->tensor[i - 1].name) == 0)
            return st_tensor_error(file, file->tensor[i].name, error, "stands there twice");
    return 0;
}

/* Sorted by offset, the tensors must tile the data. */
static int check_tiling(struct st_file *file, struct error *error) {
    sort_tensors(file, by_offset);
    for (size_t i = 0; i < file->tensors; i++) {
        const struct st_tensor *t = &file->tensor[i];
        if (t->begin != file->data_size)
            return st_tensor_error(file, t->name, error,
                                   "data begins at %" PRIu64
                                   ", but the data before ends at %" PRIu64,
                                   t->begin, file->data_size);
        file->data_size = t->end;
    }
    sort_tensors(file, by_name);
    return 0;
}

static int parse_header(struct st_file *file, const char *text, size_t size, struct error *error) {
    struct reader reader = {.file = file, .text = text, .size = size};
    if (memchr(text, '\0', size) != NULL)
        return error_set(error, "%s: the header holds a NUL byte", file->input.name);
    if (next_character(&reader) != '{')
        return error_set(error, "%s: the header is not a JSON object", file->input.name);
    if (read_object(&reader, read_entry, error) != 0)
        return -1;
    if (next_character(&reader) != '\0')
        return error_set(error, "%s: header byte %zu: text behind the object", file->input.name,
                         reader.at);
    return sort_names(file, error) != 0 ? -1 : check_tiling(file, error);
}

/* --- reading ---------------------------------------------------------------------------------- */

static uint64_t little_endian(const unsigned char bytes[8]) {
    uint64_t value = 0;
    for (int i = 7; i >= 0; i--)
        value = value << 8 | bytes[i];
    return value;
}

/* Reads N bytes and puts a NUL behind them, allocating as they arrive: on a pipe, N cannot be
 * trusted. `*got` is less than N where the input ends. */
static char *read_text(struct st_file *file, uint64_t size, size_t *got, struct error *error) {
    char *text = NULL;
    size_t room = 0;
    *got = 0;
    do {
        const uint64_t left = size - *got;
        const size_t least = *got + (left < CHUNK ? (size_t)left : CHUNK) + 1;
        char *grown = grow(text, &room, least, (size_t)size + 1, 1);
        if (grown == NULL) {
            error_errno(error, "%s", file->input.name);
            free(text);
            return NULL;
        }
        text = grown;
        const int64_t more = input_read(&file->input, text + *got, room - 1 - *got, error);
        if (more < 0) {
            free(text);
            return NULL;
        }
        *got += (size_t)more;
    } while (*got == room - 1 && *got < size);
    text[*got] = '\0';
    return text;
}

/* Replaces the error by what the file is, if it is known to be something else. */
static void name_kind(const struct st_file *file, const unsigned char prefix[8], const char *text,
                      size_t size, struct error *error) {
    unsigned char first[KIND_BYTES];
    if (size > 0 && text[0] == '{')
        return; /* a safetensors file that is damaged */
    if (size > sizeof first - 8)
        size = sizeof first - 8;
    memcpy(first, prefix, 8);
    if (size > 0)
        memcpy(first + 8, text, size);
    const char *kind = kind_of(first, 8 + size);
    if (kind != NULL)
        error_set(error, "%s: not a safetensors file but %s", file->input.name, kind);
}

/* Reads and checks the header of the length that stands in `prefix`. */
static int read_header(struct st_file *file, const unsigned char prefix[8], struct error *error) {
    const char *name = file->input.name;
    const uint64_t size = little_endian(prefix), left = file->input.size - 8;
    const bool cut = file->input.regular && size > left, huge = size > MAX_HEADER;
    size_t got;
    char *text = read_text(file, cut || huge ? KIND_BYTES : size, &got, error);
    if (text == NULL)
        return -1;
    int result = -1;
    if (huge)
        error_set(error, "%s: not a safetensors file: header of %" PRIu64 " bytes, over %" PRIu64,
                  name, size, MAX_HEADER);
    else if (cut)
        error_set(error, "%s: header of %" PRIu64 " bytes, but only %" PRIu64 " follow", name, size,
                  left);
    else if (got < size)
        error_set(error, "%s: header of %" PRIu64 " bytes ends after %zu", name, size, got);
    else
        result = parse_header(file, text, got, error);
    if (result != 0)
        name_kind(file, prefix, text, got, error);
    free(text);
    file->data_start = 8 + size;
    return result;
}

int st_open(struct st_file *file, const char *path, struct error *error) {
    struct input input;
    *file = (struct st_file){0};
    return input_open(&input, path, error) != 0 ? -1 : st_open_input(file, &input, error);
}

int st_open_input(struct st_file *file, const struct input *input, struct error *error) {
    *file = (struct st_file){.input = *input};
    const char *name = file->input.name;
    unsigned char prefix[8];
    const int64_t got = input_read(&file->input, prefix, sizeof prefix, error);
    if (got < 0)
        goto failed;
    if (got < 8) {
        const char *kind = kind_of(prefix, (size_t)got);
        if (kind != NULL)
            error_set(error, "%s: not a safetensors file but %s", name, kind);
        else
            error_set(error, "%s: not a safetensors file: %d bytes, fewer than 8", name, (int)got);
        goto failed;
    }
    if (read_header(file, prefix, error) != 0)
        goto failed;
    if (file->input.regular && file->input.size - file->data_start != file->data_size) {
        error_set(error, "%s: %" PRIu64 " bytes of data, but the tensors take %" PRIu64, name,
                  file->input.size - file->data_start, file->data_size);
        goto failed;
    }
    return 0;
failed:
    st_close(file);
    return -1;
}

/* Sets the gap before each tensor that has data. */
static void find_gaps(struct st_file *file) {
    uint64_t end = 0;
    sort_tensors(file, by_offset);
    for (size_t t = 0; t < file->tensors; t++) {
        struct st_tensor *tensor = &file->tensor[t];
        if (tensor->begin == tensor->end)
            continue;
        tensor->gap = tensor->begin - end;
        end = tensor->end;
    }
    sort_tensors(file, by_name);
}

int st_leave_out(struct st_file *file, const bool *out, enum st_reason reason,
                 struct error *error) {
    const size_t all = file->tensors;
    size_t count = 0;
    if (all == 0)
        return 0;
    struct st_tensor *left_out = malloc(all * sizeof *left_out);
    if (left_out == NULL)
        return error_errno(error, "%s", file->input.name);
    file->tensors = 0;
    for (size_t t = 0; t < all; t++)
        if (out[t]) {
            left_out[count] = file->tensor[t];
            left_out[count++].out = reason;
        } else
            file->tensor[file->tensors++] = file->tensor[t];
    if (count > 0)
        memcpy(file->tensor + file->tensors, left_out, count * sizeof *left_out);
    free(left_out);
    file->left_out += count;
    st_sort_names(file->tensor + file->tensors, file->left_out);
    if (!file->input.regular)
        find_gaps(file);
    return 0;
}

static int read_pipe(struct st_file *file, void *buffer, size_t size, struct error *error) {
    const int64_t got = input_read(&file->input, buffer, size, error);
    if (got < 0)
        return -1;
    file->read += (uint64_t)got;
    if ((size_t)got < size)
        return error_set(error, "%s: the data ends after %" PRIu64 " of %" PRIu64 " bytes",
                         file->input.name, file->read, file->data_size);
    return 0;
}

/* Takes the rest of a pipe into memory, as it arrives. */
static int keep_rest(struct st_file *file, struct error *error) {
    const uint64_t total = file->data_size - file->read;
    file->rest_start = file->read;
    for (size_t room = 0; file->rest_size < total; file->rest_size = room) {
        const uint64_t left = total - file->rest_size;
        const size_t least = (size_t)file->rest_size + (left < CHUNK ? (size_t)left : CHUNK);
        unsigned char *grown = grow(file->rest, &room, least, (size_t)total, 1);
        if (grown == NULL)
            return error_errno(error, "%s", file->input.name);
        file->rest = grown;
        if (read_pipe(file, grown + file->rest_size, room - file->rest_size, error) != 0)
            return -1;
    }
    return 0;
}

int st_keep(struct st_file *file, struct error *error) {
    return file->input.regular ? 0 : keep_rest(file, error);
}

/* Takes the data of a pipe before `end` and forgets them. */
static int pass_to(struct st_file *file, uint64_t end, struct error *error) {
    unsigned char buffer[CHUNK];
    while (file->read < end) {
        const uint64_t left = end - file->read;
        if (read_pipe(file, buffer, left < CHUNK ? (size_t)left : CHUNK, error) != 0)
            return -1;
    }
    return 0;
}

int st_read(struct st_file *whole, const struct st_tensor *tensor, uint64_t offset, void *buffer,
            size_t size, struct error *error) {
    struct st_file *file = whole->shards > 0 ? &whole->shard[tensor->shard] : whole;
    const uint64_t from = tensor->begin + offset;
    if (size == 0)
        return 0;
    if (file->input.regular)
        return input_read_at(&file->input, file->data_start + from, buffer, size, error);
    if (file->rest == NULL && file->read == tensor->begin - tensor->gap &&
        pass_to(file, tensor->begin, error) != 0)
        return -1;
    if (file->rest == NULL && from == file->read)
        return read_pipe(file, buffer, size, error);
    if (file->rest == NULL && keep_rest(file, error) != 0)
        return -1;
    if (file->rest == NULL || from < file->rest_start)
        return st_tensor_error(file, tensor->name, error,
                               "its data has passed and a pipe cannot go back");
    memcpy(buffer, file->rest + (from - file->rest_start), size);
    return 0;
}

int st_pass(struct st_file *file, const struct st_tensor *tensor, uint64_t offset,
            struct error *error) {
    return file->input.regular ? 0 : pass_to(file, tensor->begin + offset, error);
}

int st_finish(struct st_file *file, struct error *error) {
    if (file->input.regular)
        return 0;
    if (pass_to(file, file->data_size, error) != 0)
        return -1;
    unsigned char byte;
    const int64_t more = input_read(&file->input, &byte, 1, error);
    if (more > 0)
        return error_set(error, "%s: data goes on after the %" PRIu64 " bytes the tensors take",
                         file->input.name, file->data_size);
    return more < 0 ? -1 : 0;
}

/* All but its shards. */
static void close_file(struct st_file *file) {
    input_close(&file->input);
    for (size_t i = 0; i < file->tensors + file->left_out; i++) {
        free(file->tensor[i].name - file->tensor[i].stripped);
        free(file->tensor[i].shape);
    }
    for (size_t i = 0; i < file->metadata; i++) {
        free(file->metadatum[i].key);
        free(file->metadatum[i].value);
    }
    free(file->tensor);
    free(file->metadatum);
    free(file->path);
    free(file->rest);
    *file = (struct st_file){.input.fd = -1};
}

void st_close(struct st_file *file) {
    for (size_t s = 0; s < file->shards; s++)
        close_file(&file->shard[s]);
    free(file->shard);
    close_file(file);
}

/* Among so many tensors of a file, from that number on: it may have none at all. */
static const struct st_tensor *find(const struct st_file *file, size_t from, size_t tensors,
                                    const char *name) {
    const struct st_tensor key = {.name = (char *)name};
    return tensors == 0 ? NULL : bsearch(&key, file->tensor + from, tensors, sizeof key, by_name);
}

const struct st_tensor *st_find(const struct st_file *file, const char *name) {
    return find(file, 0, file->tensors, name);
}

const struct st_tensor *st_find_left_out(const struct st_file *file, const char *name) {
    return find(file, file->tensors, file->left_out, name);
}

const struct st_tensor *st_find_any(const struct st_file *file, const char *name) {
    const struct st_tensor *tensor = st_find(file, name);
    return tensor != NULL ? tensor : st_find_left_out(file, name);
}

const char *st_metadata(const struct st_file *file, const char *key) {
    for (size_t i = 0; i < file->metadata; i++)
        if (strcmp(file->metadatum[i].key, key) == 0)
            return file->metadatum[i].value;
    return NULL;
}

/* --- writing ---------------------------------------------------------------------------------- */

static int by_dtype_and_name(const void *a, const void *b) {
    const struct st_tensor *s = a, *t = b;
    return s->dtype != t->dtype ? (s->dtype < t->dtype ? -1 : 1) : strcmp(s->name, t->name);
}

void st_sort(struct st_tensor *tensor, size_t tensors) {
    qsort(tensor, tensors, sizeof *tensor, by_dtype_and_name);
}

/* A header as it grows; `failed` once memory has. */
struct text {
    char *bytes;
    size_t used, room;
    bool failed;
};

static void put_bytes(struct text *text, const char *bytes, size_t size) {
    char *grown =
        text->failed ? NULL : grow(text->bytes, &text->room, text->used + size, SIZE_MAX, 1);
    text->failed = grown == NULL;
    if (text->failed)
        return;
    text->bytes = grown;
    memcpy(grown + text->used, bytes, size);
    text->used += size;
}

static void put(struct text *text, const char *words) {
    put_bytes(text, words, strlen(words));
}

static void put_integer(struct text *text, uint64_t value) {
    char digits[DECIMAL_SIZE];
    const size_t length = decimal_integer(value, digits);
    put_bytes(text, digits, length);
}

static void put_string(struct text *text, const char *string) {
    put(text, "\"");
    for (; *string != '\0'; string++) {
        char escaped[ESCAPE_SIZE];
        const size_t length = escape_json(*string, escaped);
        put_bytes(text, escaped, length);
    }
    put(text, "\"");
}

static void put_tensor(struct text *text, const struct st_tensor *tensor) {
    put_string(text, tensor->name);
    put(text, ":{\"dtype\":");
    put_string(text, st_dtype_name(tensor->dtype));
    put(text, ",\"shape\":[");
    for (size_t i = 0; i < tensor->rank; i++) {
        put(text, i > 0 ? "," : "");
        put_integer(text, tensor->shape[i]);
    }
    put(text, "],\"data_offsets\":[");
    put_integer(text, tensor->begin);
    put(text, ",");
    put_integer(text, tensor->end);
    put(text, "]}");
}

__attribute__((format(printf, 4, 5))) static int refuse(const char *file,
                                                        const struct st_tensor *tensor,
                                                        struct error *error, const char *format,
                                                        ...) {
    va_list args;
    va_start(args, format);
    tensor_error(file, tensor->name, error, format, args);
    va_end(args);
    return -1;
}

/* Sets elements and offsets, and refuses what no file can hold. */
static int lay_out(const char *file, struct st_tensor *tensor, size_t tensors,
                   struct error *error) {
    uint64_t end = 0;
    for (size_t i = 0; i < tensors; i++) {
        struct st_tensor *t = &tensor[i];
        uint64_t bytes;
        t->begin = end;
        if (!shape_size(t, &t->elements, &bytes) || __builtin_add_overflow(end, bytes, &end))
            return refuse(file, t, error, "has no size in whole bytes below 2^64");
        t->end = end;
        if (strcmp(t->name, "__metadata__") == 0)
            return error_set(error, "%s: no tensor can be named __metadata__", file);
    }
    struct st_tensor *sorted = malloc((tensors + 1) * sizeof *sorted);
    if (sorted == NULL)
        return error_errno(error, "%s", file);
    if (tensors > 0)
        memcpy(sorted, tensor, tensors * sizeof *sorted);
    qsort(sorted, tensors, sizeof *sorted, by_name);
    int result = 0;
    for (size_t i = 1; i < tensors && result == 0; i++)
        if (strcmp(sorted[i].name, sorted[i - 1].name) == 0)
            result = refuse(file, &sorted[i], error, "two have this name");
    free(sorted);
    return result;
}

static void put_header(struct text *text, const struct st_tensor *tensor, size_t tensors,
                       const struct st_metadata *metadata, size_t count) {
    put(text, "{");
    for (size_t i = 0; i < count; i++) {
        put(text, i > 0 ? "," : "\"__metadata__\":{");
        put_string(text, metadata[i].key);
        put(text, ":");
        put_string(text, metadata[i].value);
    }
    put(text, count == 0 ? "" : tensors > 0 ? "}," : "}");
    for (size_t i = 0; i < tensors; i++) {
        put(text, i > 0 ? "," : "");
        put_tensor(text, &tensor[i]);
    }
    put(text, "}");
    while (!text->failed && text->used % 8 != 0)
        put(text, " ");
}

int st_write_header(struct output *output, struct st_tensor *tensor, size_t tensors,
                    const struct st_metadata *metadata, size_t metadata_count,
                    struct error *error) {
    if (lay_out(output->name, tensor, tensors, error) != 0)
        return -1;
    struct st_metadata *sorted = malloc((metadata_count + 1) * sizeof *sorted);
    if (sorted == NULL)
        return error_errno(error, "%s", output->name);
    if (metadata_count > 0)
        memcpy(sorted, metadata, metadata_count * sizeof *sorted);
    qsort(sorted, metadata_count, sizeof *sorted, by_key);
    struct text text = {0};
    put_header(&text, tensor, tensors, sorted, metadata_count);
    free(sorted);
    unsigned char prefix[8];
    for (int i = 0; i < 8; i++)
        prefix[i] = (unsigned char)((uint64_t)text.used >> 8 * i);
    int result = -1;
    if (text.failed)
        error_errno(error, "%s", output->name);
    else if (text.used > MAX_HEADER)
        error_set(error, "%s: a header of %zu bytes is over %" PRIu64, output->name, text.used,
                  MAX_HEADER);
    else if (output_write(output, prefix, sizeof prefix, error) == 0)
        result = output_write(output, text.bytes, text.used, error);
    free(text.bytes);
    return result;
}
