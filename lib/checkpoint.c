/* The shards give their tensors and metadata to one file, whose reads go back to them. */
#include "engram/checkpoint.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "engram/escape.h"

static const char INDEX_END[] = ".safetensors.index.json", MODEL_END[] = ".safetensors";

static const uint64_t MAX_INDEX = 100000000;

static bool ends_with(const char *text, const char *end) {
    const size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* Bytes of a path up to its last slash, with it. */
static size_t folder_length(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL ? (size_t)(slash + 1 - path) : 0;
}

/* The path of a file in a folder, whose path ends with a slash or is empty; to be freed. */
static char *join(const char *folder, size_t length, const char *slash, const char *name) {
    const size_t size = length + strlen(slash) + strlen(name) + 1;
    char *path = malloc(size);
    if (path != NULL)
        snprintf(path, size, "%.*s%s%s", (int)length, folder, slash, name);
    return path;
}

/* --- folders ---------------------------------------------------------------------------------- */

/* The only file of a folder with such an end. */
struct found {
    const char *end;
    size_t count;
    char name[NAME_MAX + 1];
};

/* Hidden ones, such as another system's notes on a file, are none. */
static void look_at(struct found *found, const char *name) {
    if (name[0] != '.' && ends_with(name, found->end) && found->count++ == 0)
        snprintf(found->name, sizeof found->name, "%s", name);
}

static int look_through(const char *folder, struct found *index, struct found *model,
                        struct error *error) {
    DIR *stream = opendir(folder);
    if (stream == NULL)
        return error_errno(error, "%s", folder);
    errno = 0;
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL; errno = 0) {
        look_at(index, entry->d_name);
        look_at(model, entry->d_name);
    }
    const int result = errno == 0 ? 0 : error_errno(error, "%s", folder);
    closedir(stream);
    return result;
}

/* The path of the file that stands for a folder, to be freed. */
static char *find_in_folder(const char *folder, struct error *error) {
    struct found index = {.end = INDEX_END}, model = {.end = MODEL_END};
    if (look_through(folder, &index, &model, error) != 0)
        return NULL;
    const struct found *found = index.count > 0 ? &index : &model;
    char *path = NULL;
    if (found->count == 0)
        error_set(error, "%s: Is a directory, and none with a file *%s or *%s", folder, INDEX_END,
                  MODEL_END);
    else if (found->count > 1)
        error_set(error, "%s: Is a directory, with %zu files *%s: name one", folder, found->count,
                  found->end);
    else if ((path = join(folder, strlen(folder), ends_with(folder, "/") ? "" : "/",
                          found->name)) == NULL)
        error_errno(error, "%s", folder);
    return path;
}

/* --- the index -------------------------------------------------------------------------------- */

struct entry {
    const char *tensor, *shard; /* of the JSON */
};

struct index {
    const struct st_file *file; /* its name */
    json_t *json;
    const json_t *total_size; /* or NULL */
    size_t entries;
    struct entry *entry; /* ascending by tensor */
    size_t shards;
    const char **shard; /* ascending */
};

static int by_tensor(const void *a, const void *b) {
    return strcmp(((const struct entry *)a)->tensor, ((const struct entry *)b)->tensor);
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static json_t *parse(struct input *input, struct error *error) {
    if (input->size > MAX_INDEX) {
        error_set(error, "%s: an index of %" PRIu64 " bytes, over %" PRIu64, input->name,
                  input->size, MAX_INDEX);
        return NULL;
    }
    const size_t size = (size_t)input->size;
    char *text = malloc(size + 1);
    if (text == NULL) {
        error_errno(error, "%s", input->name);
        return NULL;
    }
    json_t *json = NULL;
    json_error_t why;
    if (input_read_at(input, 0, text, size, error) == 0) {
        errno = 0; /* jansson may call the want of memory something else */
        json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &why);
        if (json == NULL && errno == ENOMEM)
            error_errno(error, "%s", input->name);
        else if (json == NULL)
            error_set(error, "%s: not an index of shards: line %d: %s", input->name, why.line,
                      why.text);
    }
    free(text);
    return json;
}

/* The two members there may be. */
static int check_members(struct index *index, json_t **map, struct error *error) {
    const char *name = index->file->input.name;
    *map = json_object_get(index->json, "weight_map");
    if (!json_is_object(*map) || json_object_size(*map) == 0)
        return error_set(error, "%s: not an index of shards: no weight_map with tensors", name);
    for (void *at = json_object_iter(index->json); at != NULL;
         at = json_object_iter_next(index->json, at)) {
        const char *key = json_object_iter_key(at);
        char escaped[256];
        escape_fit(key, escaped, sizeof escaped);
        if (strcmp(key, "weight_map") != 0 && strcmp(key, "metadata") != 0)
            return error_set(error, "%s: not an index of shards: unknown member \"%s\"", name,
                             escaped);
    }
    const json_t *metadata = json_object_get(index->json, "metadata");
    if (metadata != NULL && !json_is_object(metadata))
        return error_set(error, "%s: not an index of shards: metadata is not an object", name);
    index->total_size = json_object_get(metadata, "total_size");
    return 0;
}

/* A shard is a file beside the index, and neither the index nor standard input. */
static int check_entry(const struct index *index, const char *tensor, const json_t *value,
                       struct error *error) {
    const char *shard = json_string_value(value), *own = index->file->input.name;
    if (shard == NULL)
        return st_tensor_error(index->file, tensor, error, "its file in weight_map is no string");
    if (*shard != '\0' && strchr(shard, '/') == NULL && strcmp(shard, ".") != 0 &&
        strcmp(shard, "..") != 0 && strcmp(shard, "-") != 0 &&
        strcmp(shard, own + folder_length(own)) != 0)
        return 0;
    char escaped[256];
    escape_fit(shard, escaped, sizeof escaped);
    return st_tensor_error(index->file, tensor, error,
                           "\"%s\" is not the name of a file beside the index", escaped);
}

static int read_map(struct index *index, json_t *map, struct error *error) {
    const size_t count = json_object_size(map);
    index->entry = calloc(count, sizeof *index->entry);
    index->shard = calloc(count, sizeof(const char *));
    if (index->entry == NULL || index->shard == NULL)
        return error_errno(error, "%s", index->file->input.name);
    for (void *at = json_object_iter(map); at != NULL; at = json_object_iter_next(map, at))
        index->entry[index->entries++].tensor = json_object_iter_key(at);
    qsort(index->entry, count, sizeof *index->entry, by_tensor);
    for (size_t e = 0; e < count; e++) {
        struct entry *entry = &index->entry[e];
        const json_t *value = json_object_get(map, entry->tensor);
        if (check_entry(index, entry->tensor, value, error) != 0)
            return -1;
        entry->shard = index->shard[e] = json_string_value(value);
    }
    qsort(index->shard, count, sizeof(const char *), by_text);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || strcmp(index->shard[i], index->shard[index->shards - 1]) != 0)
            index->shard[index->shards++] = index->shard[i];
    return 0;
}

static int read_index(struct index *index, struct input *input, struct error *error) {
    json_t *map = NULL;
    index->json = parse(input, error);
    return index->json != NULL && check_members(index, &map, error) == 0 &&
                   read_map(index, map, error) == 0
               ? 0
               : -1;
}

static void free_index(struct index *index) {
    json_decref(index->json);
    free(index->entry);
    free(index->shard);
}

/* --- the shards ------------------------------------------------------------------------------- */

/* As many files as the system allows: four models may have hundreds of shards each. */
static void allow_files(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit); /* if not, opening says so */
}

/* One that is not there is named with its first tensor. */
static int open_shard(struct st_file *shard, const struct index *index, const char *name,
                      struct error *error) {
    const char *own = index->file->input.name;
    struct stat status;
    char *path = join(own, folder_length(own), "", name);
    if (path == NULL)
        return error_errno(error, "%s", own);
    const bool there = stat(path, &status) == 0;
    int result = -1;
    if (there && S_ISREG(status.st_mode)) /* nothing to wait for */
        result = st_open(shard, path, error);
    else {
        const char *why = there ? "not a regular file" : strerror(errno);
        size_t e = 0;
        while (strcmp(index->entry[e].shard, name) != 0)
            e++;
        st_tensor_error(index->file, index->entry[e].tensor, error, "its file %s: %s", path, why);
    }
    if (result == 0)
        shard->path = path;
    else
        free(path);
    return result;
}

static int open_shards(struct st_file *file, const struct index *index, struct error *error) {
    file->shard = calloc(index->shards, sizeof *file->shard);
    if (file->shard == NULL)
        return error_errno(error, "%s", file->input.name);
    allow_files();
    for (; file->shards < index->shards; file->shards++)
        if (open_shard(&file->shard[file->shards], index, index->shard[file->shards], error) != 0)
            return -1;
    return 0;
}

/* By name; where several have one, by shard. */
static int by_name_and_shard(const void *a, const void *b) {
    const struct st_tensor *s = a, *t = b;
    const int order = strcmp(s->name, t->name);
    return order != 0 ? order : s->shard < t->shard ? -1 : s->shard > t->shard;
}

/* Moves all tensors into one array. */
static int take_tensors(struct st_file *file, struct error *error) {
    size_t count = 0;
    for (size_t s = 0; s < file->shards; s++)
        count += file->shard[s].tensors;
    file->tensor = malloc((count + 1) * sizeof *file->tensor);
    if (file->tensor == NULL)
        return error_errno(error, "%s", file->input.name);
    for (size_t s = 0; s < file->shards; s++) {
        struct st_file *shard = &file->shard[s];
        for (size_t t = 0; t < shard->tensors; t++) {
            file->tensor[file->tensors] = shard->tensor[t];
            file->tensor[file->tensors++].shard = s;
        }
        file->data_size += shard->data_size;
        shard->tensors = 0;
    }
    qsort(file->tensor, file->tensors, sizeof *file->tensor, by_name_and_shard);
    return 0;
}

static int by_key(const void *a, const void *b) {
    return strcmp(((const struct st_metadata *)a)->key, ((const struct st_metadata *)b)->key);
}

/* Moves the metadata that no shard before has. */
static int take_metadata(struct st_file *file, struct error *error) {
    size_t count = 0;
    for (size_t s = 0; s < file->shards; s++)
        count += file->shard[s].metadata;
    file->metadatum = malloc((count + 1) * sizeof *file->metadatum);
    if (file->metadatum == NULL)
        return error_errno(error, "%s", file->input.name);
    for (size_t s = 0; s < file->shards; s++) {
        const struct st_file *shard = &file->shard[s];
        const size_t before = file->metadata;
        for (size_t m = 0; m < shard->metadata; m++) {
            struct st_metadata *metadatum = &shard->metadatum[m];
            if (before > 0 &&
                bsearch(metadatum, file->metadatum, before, sizeof *metadatum, by_key))
                continue;
            file->metadatum[file->metadata++] = *metadatum;
            *metadatum = (struct st_metadata){NULL, NULL};
        }
        qsort(file->metadatum, file->metadata, sizeof *file->metadatum, by_key);
    }
    return 0;
}

/* That the index has every tensor where it is, and nowhere else. */
static int check_tensors(const struct st_file *file, const struct index *index,
                         struct error *error) {
    for (size_t t = 0; t < file->tensors; t++) {
        const struct st_tensor *tensor = &file->tensor[t];
        const char *name = tensor->name, *shard = index->shard[tensor->shard];
        const struct entry key = {.tensor = name},
                           *entry =
                               bsearch(&key, index->entry, index->entries, sizeof key, by_tensor);
        if (entry == NULL)
            return st_tensor_error(file, name, error, "in %s, but not in the index", shard);
        if (t + 1 < file->tensors && strcmp(tensor[1].name, name) == 0)
            return st_tensor_error(file, name, error, "both in %s and in %s", shard,
                                   index->shard[tensor[1].shard]);
        if (strcmp(shard, entry->shard) != 0)
            return st_tensor_error(file, name, error, "in %s, not in %s, where the index has it",
                                   shard, entry->shard);
    }
    return 0;
}

/* That there is every tensor the index has. */
static int check_entries(const struct st_file *file, const struct index *index,
                         struct error *error) {
    for (const struct entry *entry = index->entry; entry < index->entry + index->entries; entry++)
        if (st_find(file, entry->tensor) == NULL)
            return st_tensor_error(file, entry->tensor, error, "not in %s, where the index has it",
                                   entry->shard);
    return 0;
}

static int check_size(const struct st_file *file, const struct index *index, struct error *error) {
    if (!json_is_integer(index->total_size))
        return 0;
    const json_int_t size = json_integer_value(index->total_size);
    if ((uint64_t)size == file->data_size)
        return 0;
    return error_set(
        error, "%s: total_size is %" JSON_INTEGER_FORMAT ", but the tensors take %" PRIu64 " bytes",
        file->input.name, size, file->data_size);
}

/* Takes the input of an index. */
static int open_index(struct st_file *file, struct input *input, struct error *error) {
    *file = (struct st_file){.input = {.fd = -1, .name = input->name, .regular = true}};
    struct index index = {.file = file};
    const int result =
        read_index(&index, input, error) == 0 && open_shards(file, &index, error) == 0 &&
                take_tensors(file, error) == 0 && take_metadata(file, error) == 0 &&
                check_tensors(file, &index, error) == 0 &&
                check_entries(file, &index, error) == 0 && check_size(file, &index, error) == 0
            ? 0
            : -1;
    input_close(input);
    free_index(&index);
    if (result != 0)
        st_close(file);
    return result;
}

/* ---------------------------------------------------------------------------------------------- */

/* A header of fewer than 2^56 bytes has a NUL in its length, JSON has none. 1: it is; -1: error. */
static int begins_as_json(struct input *input, struct error *error) {
    char bytes[8];
    const size_t size = input->size < sizeof bytes ? (size_t)input->size : sizeof bytes;
    if (input_read_at(input, 0, bytes, size, error) != 0)
        return -1;
    return size > 0 && bytes[0] == '{' && memchr(bytes, '\0', size) == NULL;
}

static int open_found(struct st_file *file, const char *path, struct error *error) {
    struct input input;
    if (input_open(&input, path, error) != 0)
        return -1;
    const bool named = !input_is_standard(path) && input.regular;
    const int index = !named                           ? 0
                      : ends_with(path, ".index.json") ? 1
                                                       : begins_as_json(&input, error);
    if (index == 0)
        return st_open_input(file, &input, error);
    if (index > 0)
        return open_index(file, &input, error);
    input_close(&input);
    return -1;
}

int checkpoint_open(struct st_file *file, const char *path, struct error *error) {
    struct stat status;
    *file = (struct st_file){.input.fd = -1};
    if (input_is_standard(path))
        return open_found(file, path, error);
    if (stat(path, &status) != 0)
        return error_errno(error, "%s", input_name(path));
    if (!S_ISDIR(status.st_mode))
        return open_found(file, path, error);
    char *found = find_in_folder(path, error);
    if (found != NULL && open_found(file, found, error) == 0) {
        file->path = found;
        return 0;
    }
    free(found);
    return -1;
}
