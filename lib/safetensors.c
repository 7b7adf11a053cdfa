/* The header is parsed by jansson, after one pass of our own over its numbers: jansson has no
 * unsigned 64-bit integers, and would take -0 for 0. */
#include "engram/safetensors.h"

#include <endian.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t MAX_HEADER = 100000000;
enum { CHUNK = 1 << 16, PART = 256 };

static const struct {
    const char *name;
    unsigned bits;
} dtypes[ST_DTYPES] = {
    [ST_U64] = {"U64", 64},
    [ST_I64] = {"I64", 64},
    [ST_F64] = {"F64", 64},
    [ST_C64] = {"C64", 64},
    [ST_F32] = {"F32", 32},
    [ST_U32] = {"U32", 32},
    [ST_I32] = {"I32", 32},
    [ST_BF16] = {"BF16", 16},
    [ST_F16] = {"F16", 16},
    [ST_U16] = {"U16", 16},
    [ST_I16] = {"I16", 16},
    [ST_F8_E5M2FNUZ] = {"F8_E5M2FNUZ", 8},
    [ST_F8_E4M3FNUZ] = {"F8_E4M3FNUZ", 8},
    [ST_F8_E8M0] = {"F8_E8M0", 8},
    [ST_F8_E4M3] = {"F8_E4M3", 8},
    [ST_F8_E5M2] = {"F8_E5M2", 8},
    [ST_I8] = {"I8", 8},
    [ST_U8] = {"U8", 8},
    [ST_F6_E3M2] = {"F6_E3M2", 6},
    [ST_F6_E2M3] = {"F6_E2M3", 6},
    [ST_F4] = {"F4", 4},
    [ST_BOOL] = {"BOOL", 8},
};

const char *st_dtype_name(enum st_dtype dtype) {
    return dtypes[dtype].name;
}

unsigned st_dtype_bits(enum st_dtype dtype) {
    return dtypes[dtype].bits;
}

void st_describe(const struct st_tensor *tensor, char *text, size_t size) {
    size_t used = (size_t)snprintf(text, size, "%s [", st_dtype_name(tensor->dtype));
    for (size_t i = 0; i < tensor->rank && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%" PRIu64, i > 0 ? "," : "",
                                 tensor->shape[i]);
    if (used < size)
        snprintf(text + used, size - used, "]");
}

/* The short escape of a character in JSON, or 0. */
static char short_escape(char c) {
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *at = c != '\0' ? strchr(from, c) : NULL;
    return (char)(at != NULL ? to[at - from] : '\0');
}

/* Writes the JSON form of one character; returns its length, at most 6. */
static size_t escape_character(char c, char out[8]) {
    if (short_escape(c) != '\0') {
        out[0] = '\\';
        out[1] = short_escape(c);
        return 2;
    }
    if ((unsigned char)c < 0x20)
        return (size_t)snprintf(out, 8, "\\u%04x", (unsigned)c);
    out[0] = c;
    return 1;
}

void st_escape(const char *name, char *buffer, size_t size) {
    size_t used = 0;
    for (; *name != '\0'; name++) {
        char escaped[8];
        size_t length = escape_character(*name, escaped);
        if (*name == 0x7f)
            length = (size_t)snprintf(escaped, sizeof escaped, "\\u007f");
        if (used + length + 4 > size) {
            memcpy(buffer + used, "...", 3);
            used += 3;
            break;
        }
        memcpy(buffer + used, escaped, length);
        used += length;
    }
    buffer[used] = '\0';
}

int st_tensor_error(const struct st_file *file, const char *name, struct error *error,
                    const char *format, ...) {
    char escaped[128], what[256];
    st_escape(name, escaped, sizeof escaped);
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return error_set(error, "%s: tensor \"%s\": %s", file->input.name, escaped, what);
}

/* --- the numbers of a header ------------------------------------------------------------------ */

/* The integers of a header in the order they stand there. */
struct numbers {
    uint64_t *value;
    size_t count, room;
};

static int add_number(struct numbers *numbers, uint64_t value) {
    if (numbers->count == numbers->room) {
        const size_t room = numbers->room > 0 ? 2 * numbers->room : 64;
        uint64_t *grown = realloc(numbers->value, room * sizeof *grown);
        if (grown == NULL)
            return -1;
        numbers->value = grown;
        numbers->room = room;
    }
    numbers->value[numbers->count++] = value;
    return 0;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Reads an integer `0` or `[1-9][0-9]*` up to 2^64-1 at text[at]; false if it is anything else. */
static bool read_integer(const char *text, size_t size, size_t *at, uint64_t *value) {
    const size_t start = *at;
    *value = 0;
    for (; *at < size && is_digit(text[*at]); ++*at) {
        const unsigned digit = (unsigned)(text[*at] - '0');
        if (*value > (UINT64_MAX - digit) / 10)
            return false;
        *value = 10 * *value + digit;
    }
    const bool leading_zero = text[start] == '0' && *at > start + 1;
    const bool goes_on = *at < size && strchr(".eE+-", text[*at]) != NULL && text[*at] != '\0';
    return *at > start && !leading_zero && !goes_on;
}

/* Copies the header, each integer replaced by its index in `numbers`. Strings pass unchanged;
 * whether the rest is JSON is the parser's business. Returns a string to free, or NULL. */
static char *index_numbers(const char *text, size_t size, const char *name, struct numbers *numbers,
                           struct error *error) {
    char *copy = NULL;
    size_t used = 0, room = 0;
    bool in_string = false;
    for (size_t at = 0; at < size;) {
        if (used + 32 > room) {
            room = 2 * room + size + 64;
            char *grown = realloc(copy, room);
            if (grown == NULL) {
                error_errno(error, "%s", name);
                goto failed;
            }
            copy = grown;
        }
        const char c = text[at];
        if (!in_string && (is_digit(c) || c == '-')) {
            const size_t start = at;
            uint64_t value;
            if (!read_integer(text, size, &at, &value)) {
                error_set(error, "%s: header byte %zu: a number is not an integer from 0 to 2^64-1",
                          name, start);
                goto failed;
            }
            used += (size_t)snprintf(copy + used, 32, "%zu", numbers->count);
            if (add_number(numbers, value) != 0) {
                error_errno(error, "%s", name);
                goto failed;
            }
            continue;
        }
        if (in_string && c == '\\' && at + 1 < size)
            copy[used++] = text[at++];
        else if (c == '"')
            in_string = !in_string;
        copy[used++] = text[at++];
    }
    if (copy == NULL && (copy = malloc(1)) == NULL)
        error_errno(error, "%s", name);
    else
        copy[used] = '\0';
    return copy;
failed:
    free(copy);
    return NULL;
}

/* --- reading ---------------------------------------------------------------------------------- */

static uint64_t little_endian(const unsigned char bytes[8]) {
    uint64_t value = 0;
    for (int i = 7; i >= 0; i--)
        value = value << 8 | bytes[i];
    return value;
}

/* Reads N bytes, allocating as they arrive: on a pipe, N cannot be trusted. */
static char *read_header(struct st_file *file, uint64_t size, struct error *error) {
    char *text = NULL;
    for (size_t used = 0, room = 0; used < size || text == NULL;) {
        room = room == 0 ? CHUNK : 2 * room;
        if (room > size)
            room = size > 0 ? (size_t)size : 1;
        char *grown = realloc(text, room);
        if (grown == NULL) {
            error_errno(error, "%s", file->input.name);
            free(text);
            return NULL;
        }
        text = grown;
        const size_t want = size < room ? (size_t)size - used : room - used;
        const int64_t got = input_read(&file->input, text + used, want, error);
        if (got < 0 || (size_t)got < want) {
            if (got >= 0)
                error_set(error, "%s: header of %" PRIu64 " bytes ends after %zu", file->input.name,
                          size, used + (size_t)got);
            free(text);
            return NULL;
        }
        used += want;
    }
    return text;
}

/* The integer an indexed JSON number stands for. */
static bool number_of(const json_t *json, const struct numbers *numbers, uint64_t *value) {
    if (!json_is_integer(json) || numbers->value == NULL)
        return false;
    *value = numbers->value[json_integer_value(json)];
    return true;
}

static int read_shape(const struct st_file *file, struct st_tensor *tensor, const json_t *shape,
                      const struct numbers *numbers, struct error *error) {
    if (!json_is_array(shape))
        return st_tensor_error(file, tensor->name, error, "shape is not an array");
    tensor->rank = json_array_size(shape);
    tensor->shape = calloc(tensor->rank + 1, sizeof *tensor->shape);
    if (tensor->shape == NULL)
        return error_errno(error, "%s", file->input.name);
    for (size_t i = 0; i < tensor->rank; i++)
        if (!number_of(json_array_get(shape, i), numbers, &tensor->shape[i]))
            return st_tensor_error(file, tensor->name, error, "shape holds no integer at %zu", i);
    return 0;
}

/* Elements and bytes of a shape, checked for overflow; false if there is one, or a broken byte. */
static bool shape_size(const struct st_tensor *tensor, uint64_t *elements, uint64_t *bytes) {
    uint64_t bits;
    *elements = 1;
    for (size_t i = 0; i < tensor->rank; i++)
        if (__builtin_mul_overflow(*elements, tensor->shape[i], elements))
            return false;
    if (__builtin_mul_overflow(*elements, (uint64_t)dtypes[tensor->dtype].bits, &bits))
        return false;
    *bytes = bits / 8;
    return bits % 8 == 0;
}

static int read_tensor(const struct st_file *file, struct st_tensor *tensor, const char *name,
                       json_t *json, const struct numbers *numbers, struct error *error) {
    tensor->name = strdup(name);
    if (tensor->name == NULL)
        return error_errno(error, "%s", file->input.name);
    const json_t *dtype = json_object_get(json, "dtype"), *shape = json_object_get(json, "shape"),
                 *offsets = json_object_get(json, "data_offsets");
    if (json_object_size(json) != 3 || dtype == NULL || shape == NULL || offsets == NULL)
        return st_tensor_error(file, name, error,
                               "not an object of exactly dtype, shape and data_offsets");
    const char *text = json_string_value(dtype);
    if (text != NULL && json_string_length(dtype) != strlen(text))
        text = NULL; /* it holds a NUL */
    while (text != NULL && tensor->dtype < ST_DTYPES &&
           strcmp(dtypes[tensor->dtype].name, text) != 0)
        tensor->dtype++;
    if (text == NULL || tensor->dtype == ST_DTYPES)
        return st_tensor_error(file, name, error, "unknown dtype");
    if (read_shape(file, tensor, shape, numbers, error) != 0)
        return -1;
    if (json_array_size(offsets) != 2 ||
        !number_of(json_array_get(offsets, 0), numbers, &tensor->begin) ||
        !number_of(json_array_get(offsets, 1), numbers, &tensor->end))
        return st_tensor_error(file, name, error, "data_offsets are not two integers");
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

static int read_metadata(struct st_file *file, json_t *json, struct error *error) {
    if (!json_is_object(json))
        return error_set(error, "%s: __metadata__ is not an object of strings", file->input.name);
    file->metadatum = calloc(json_object_size(json) + 1, sizeof *file->metadatum);
    if (file->metadatum == NULL)
        return error_errno(error, "%s", file->input.name);
    const char *key;
    json_t *value;
    json_object_foreach(json, key, value) {
        if (!json_is_string(value))
            return error_set(error, "%s: __metadata__ is not an object of strings",
                             file->input.name);
        struct st_metadata *m = &file->metadatum[file->metadata++];
        m->key = strdup(key);
        m->value = strdup(json_string_value(value));
        if (m->key == NULL || m->value == NULL)
            return error_errno(error, "%s", file->input.name);
    }
    return 0;
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

/* Sorted by offset, the tensors must tile the data. */
static int check_tiling(struct st_file *file, struct error *error) {
    qsort(file->tensor, file->tensors, sizeof *file->tensor, by_offset);
    for (size_t i = 0; i < file->tensors; i++) {
        const struct st_tensor *t = &file->tensor[i];
        if (t->begin != file->data_size)
            return st_tensor_error(file, t->name, error,
                                   "data begins at %" PRIu64
                                   ", but the data before ends at %" PRIu64,
                                   t->begin, file->data_size);
        file->data_size = t->end;
    }
    qsort(file->tensor, file->tensors, sizeof *file->tensor, by_name);
    return 0;
}

static int read_object(struct st_file *file, json_t *root, const struct numbers *numbers,
                       struct error *error) {
    if (!json_is_object(root))
        return error_set(error, "%s: the header is not a JSON object", file->input.name);
    file->tensor = calloc(json_object_size(root) + 1, sizeof *file->tensor);
    if (file->tensor == NULL)
        return error_errno(error, "%s", file->input.name);
    const char *key;
    json_t *value;
    json_object_foreach(root, key, value) {
        const int failed =
            strcmp(key, "__metadata__") == 0
                ? read_metadata(file, value, error)
                : read_tensor(file, &file->tensor[file->tensors++], key, value, numbers, error);
        if (failed != 0)
            return -1;
    }
    if (file->metadata > 0)
        qsort(file->metadatum, file->metadata, sizeof *file->metadatum, by_key);
    return check_tiling(file, error);
}

static int parse_header(struct st_file *file, const char *text, size_t size, struct error *error) {
    struct numbers numbers = {0};
    char *indexed = index_numbers(text, size, file->input.name, &numbers, error);
    int result = -1;
    if (indexed != NULL && memchr(text, '\0', size) != NULL)
        error_set(error, "%s: the header holds a NUL byte", file->input.name);
    else if (indexed != NULL) {
        json_error_t why;
        json_t *root = json_loads(indexed, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
        if (root == NULL)
            error_set(error, "%s: the header is not the JSON of safetensors: %s", file->input.name,
                      why.text);
        else
            result = read_object(file, root, &numbers, error);
        json_decref(root);
    }
    free(indexed);
    free(numbers.value);
    return result;
}

int st_open(struct st_file *file, const char *path, struct error *error) {
    *file = (struct st_file){0};
    if (input_open(&file->input, path, error) != 0)
        return -1;
    const char *name = file->input.name;
    unsigned char prefix[8];
    const int64_t got = input_read(&file->input, prefix, sizeof prefix, error);
    if (got < 0)
        goto failed;
    if (got < 8) {
        error_set(error, "%s: not a safetensors file: %d bytes, fewer than 8", name, (int)got);
        goto failed;
    }
    const uint64_t size = little_endian(prefix);
    if (size > MAX_HEADER) {
        error_set(error, "%s: not a safetensors file: header of %" PRIu64 " bytes, over %" PRIu64,
                  name, size, MAX_HEADER);
        goto failed;
    }
    if (file->input.regular && size > file->input.size - 8) {
        error_set(error, "%s: header of %" PRIu64 " bytes, but only %" PRIu64 " follow", name, size,
                  file->input.size - 8);
        goto failed;
    }
    char *text = read_header(file, size, error);
    if (text == NULL)
        goto failed;
    const int parsed = parse_header(file, text, (size_t)size, error);
    free(text);
    if (parsed != 0)
        goto failed;
    file->data_start = 8 + size;
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
    for (uint64_t room = CHUNK; file->rest_size < total; room *= 2) {
        if (room > total)
            room = total;
        unsigned char *grown = realloc(file->rest, room);
        if (grown == NULL)
            return error_errno(error, "%s", file->input.name);
        file->rest = grown;
        if (read_pipe(file, grown + file->rest_size, room - file->rest_size, error) != 0)
            return -1;
        file->rest_size = room;
    }
    return 0;
}

int st_read(struct st_file *file, const struct st_tensor *tensor, uint64_t offset, void *buffer,
            size_t size, struct error *error) {
    const uint64_t from = tensor->begin + offset;
    if (size == 0)
        return 0;
    if (file->input.regular)
        return input_read_at(&file->input, file->data_start + from, buffer, size, error);
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

int st_finish(struct st_file *file, struct error *error) {
    if (file->input.regular)
        return 0;
    unsigned char buffer[CHUNK];
    while (file->read < file->data_size) {
        const uint64_t left = file->data_size - file->read;
        if (read_pipe(file, buffer, left < CHUNK ? (size_t)left : CHUNK, error) != 0)
            return -1;
    }
    const int64_t more = input_read(&file->input, buffer, 1, error);
    if (more > 0)
        return error_set(error, "%s: data goes on after the %" PRIu64 " bytes the tensors take",
                         file->input.name, file->data_size);
    return more < 0 ? -1 : 0;
}

void st_close(struct st_file *file) {
    input_close(&file->input);
    for (size_t i = 0; i < file->tensors; i++) {
        free(file->tensor[i].name);
        free(file->tensor[i].shape);
    }
    for (size_t i = 0; i < file->metadata; i++) {
        free(file->metadatum[i].key);
        free(file->metadatum[i].value);
    }
    free(file->tensor);
    free(file->metadatum);
    free(file->rest);
    *file = (struct st_file){.input.fd = -1};
}

const struct st_tensor *st_find(const struct st_file *file, const char *name) {
    const struct st_tensor key = {.name = (char *)name};
    return file->tensors == 0
               ? NULL
               : bsearch(&key, file->tensor, file->tensors, sizeof *file->tensor, by_name);
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

/* Appends a JSON string. */
static void put_string(FILE *stream, const char *text) {
    fputc('"', stream);
    for (; *text != '\0'; text++) {
        char escaped[8];
        fwrite(escaped, 1, escape_character(*text, escaped), stream);
    }
    fputc('"', stream);
}

static void put_tensor(FILE *stream, const struct st_tensor *tensor) {
    put_string(stream, tensor->name);
    fprintf(stream, ":{\"dtype\":\"%s\",\"shape\":[", dtypes[tensor->dtype].name);
    for (size_t i = 0; i < tensor->rank; i++)
        fprintf(stream, "%s%" PRIu64, i > 0 ? "," : "", tensor->shape[i]);
    fprintf(stream, "],\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}", tensor->begin, tensor->end);
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
            return error_set(error, "%s: tensor \"%s\" has no size in whole bytes below 2^64", file,
                             t->name);
        t->end = end;
        if (strcmp(t->name, "__metadata__") == 0)
            return error_set(error, "%s: no tensor can be named __metadata__", file);
    }
    struct st_tensor *sorted = calloc(tensors + 1, sizeof *sorted);
    int result = sorted == NULL ? error_errno(error, "%s", file) : 0;
    if (result == 0 && tensors > 0) {
        memcpy(sorted, tensor, tensors * sizeof *sorted);
        qsort(sorted, tensors, sizeof *sorted, by_name);
        for (size_t i = 1; i < tensors && result == 0; i++)
            if (strcmp(sorted[i].name, sorted[i - 1].name) == 0)
                result = error_set(error, "%s: two tensors are named \"%s\"", file, sorted[i].name);
    }
    free(sorted);
    return result;
}

static void put_header(FILE *stream, const struct st_tensor *tensor, size_t tensors,
                       const struct st_metadata *metadata, size_t count) {
    fputc('{', stream);
    if (count > 0) {
        fputs("\"__metadata__\":{", stream);
        for (size_t i = 0; i < count; i++) {
            if (i > 0)
                fputc(',', stream);
            put_string(stream, metadata[i].key);
            fputc(':', stream);
            put_string(stream, metadata[i].value);
        }
        fputs(tensors > 0 ? "}," : "}", stream);
    }
    for (size_t i = 0; i < tensors; i++) {
        if (i > 0)
            fputc(',', stream);
        put_tensor(stream, &tensor[i]);
    }
    fputc('}', stream);
}

int st_write_header(struct output *output, struct st_tensor *tensor, size_t tensors,
                    const struct st_metadata *metadata, size_t metadata_count,
                    struct error *error) {
    if (lay_out(output->name, tensor, tensors, error) != 0)
        return -1;
    struct st_metadata *sorted = calloc(metadata_count + 1, sizeof *sorted);
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    int result = -1;
    if (sorted != NULL && stream != NULL) {
        if (metadata_count > 0)
            memcpy(sorted, metadata, metadata_count * sizeof *sorted);
        qsort(sorted, metadata_count, sizeof *sorted, by_key);
        put_header(stream, tensor, tensors, sorted, metadata_count);
        while (ftell(stream) % 8 != 0)
            fputc(' ', stream);
    }
    const bool written = stream != NULL && ferror(stream) == 0;
    if (stream == NULL || fclose(stream) != 0 || !written || sorted == NULL)
        error_errno(error, "%s", output->name);
    else if (size > MAX_HEADER)
        error_set(error, "%s: a header of %zu bytes is over %" PRIu64, output->name, size,
                  MAX_HEADER);
    else {
        unsigned char prefix[8];
        for (int i = 0; i < 8; i++)
            prefix[i] = (unsigned char)((uint64_t)size >> 8 * i);
        result = output_write(output, prefix, sizeof prefix, error);
        if (result == 0)
            result = output_write(output, text, size, error);
    }
    free(text);
    free(sorted);
    return result;
}

/* --- numbers ---------------------------------------------------------------------------------- */

bool st_is_float(enum st_dtype dtype) {
    return dtype == ST_F64 || dtype == ST_F32 || dtype == ST_F16 || dtype == ST_BF16;
}

/* Numbers of a file are little-endian, at any address. */
static uint16_t load16(const unsigned char *p) {
    uint16_t bits;
    memcpy(&bits, p, sizeof bits);
    return le16toh(bits);
}

static uint32_t load32(const unsigned char *p) {
    uint32_t bits;
    memcpy(&bits, p, sizeof bits);
    return le32toh(bits);
}

static uint64_t load64(const unsigned char *p) {
    uint64_t bits;
    memcpy(&bits, p, sizeof bits);
    return le64toh(bits);
}

static float float_from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t bits_of_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* IEEE half precision: sign, 5 bits of exponent, 10 of fraction. In a float, the exponent is 112
 * more, and 112 more again for infinity and NaN. A subnormal gets the exponent of 2^-14, which is
 * subtracted again. No branch and no subnormal float, for both are slow. */
static float half_to_float(uint32_t half) {
    const uint32_t exponent = half & 0x7c00, special = exponent == 0x7c00, tiny = exponent == 0;
    const uint32_t bits = ((half & 0x7fff) << 13) + ((112 + 112 * special + tiny) << 23);
    const float magnitude = float_from_bits(bits) - float_from_bits(113 * tiny << 23);
    return float_from_bits(bits_of_float(magnitude) | (half & 0x8000) << 16);
}

void st_to_float(enum st_dtype dtype, const void *data, float *values, size_t count) {
    const unsigned char *p = data;
    if (dtype == ST_F32)
        for (size_t i = 0; i < count; i++)
            values[i] = float_from_bits(load32(p + 4 * i));
    else if (dtype == ST_BF16)
        for (size_t i = 0; i < count; i++)
            values[i] = float_from_bits((uint32_t)load16(p + 2 * i) << 16);
    else
        for (size_t i = 0; i < count; i++)
            values[i] = half_to_float(load16(p + 2 * i));
}

void st_to_double(enum st_dtype dtype, const void *data, double *values, size_t count) {
    const unsigned char *p = data;
    if (dtype == ST_F64)
        for (size_t i = 0; i < count; i++) {
            const uint64_t bits = load64(p + 8 * i);
            memcpy(&values[i], &bits, sizeof bits);
        }
    else
        for (size_t part; count > 0; count -= part) {
            float narrow[PART];
            part = count < PART ? count : PART;
            st_to_float(dtype, p, narrow, part);
            for (size_t i = 0; i < part; i++)
                values[i] = (double)narrow[i];
            p += part * (dtypes[dtype].bits / 8);
            values += part;
        }
}

static void store_float(float value, unsigned char *p) {
    const uint32_t bits = htole32(isnan(value) ? 0x7fc00000 : bits_of_float(value));
    memcpy(p, &bits, sizeof bits);
}

void st_from_float(const float *values, void *data, size_t count) {
    unsigned char *p = data;
    for (size_t i = 0; i < count; i++)
        store_float(values[i], p + 4 * i);
}

void st_from_double(enum st_dtype dtype, const double *values, void *data, size_t count) {
    unsigned char *p = data;
    if (dtype == ST_F32)
        for (size_t i = 0; i < count; i++)
            store_float((float)values[i], p + 4 * i);
    else
        for (size_t i = 0; i < count; i++) {
            uint64_t bits;
            memcpy(&bits, &values[i], sizeof bits);
            bits = htole64(isnan(values[i]) ? 0x7ff8000000000000 : bits);
            memcpy(p + 8 * i, &bits, sizeof bits);
        }
}
