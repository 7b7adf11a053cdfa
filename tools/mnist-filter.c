/* Takes labelled images out of a pair of IDX files and writes them as samples. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engram/idx.h"
#include "engram/io.h"
#include "engram/rng.h"
#include "engram/samples.h"
#include "engram/tool.h"

enum { KEY_SHUFFLE = 256, KEY_COUNT };

static const struct tool_option options[] = {
    {'i', "images", "FILE", NULL, "IDX file of images, plain or gzip"},
    {'l', "labels", "FILE", NULL, "IDX file of their labels, plain or gzip"},
    {'d', "digits", "LABELS", NULL, "labels to keep, as 1,7,6,8 [all]"},
    {'r', "range", "FIRST:LAST", NULL,
     "positions in the source to look at, before filtering, from FIRST up to\n"
     "        but not including LAST; either may be left out [all]"},
    {'n', "max", "MAX", NULL, "stop after MAX samples [no limit]"},
    {KEY_SHUFFLE, "shuffle", "SEED", NULL,
     "shuffle what -d and -r leave, before -n; keeps it in memory"},
    {KEY_COUNT, "count", NULL, NULL, "write a table of labels and their counts instead"},
    {'o', "output", "FILE", "-", "where to write"},
    {0},
};

static const struct tool tool = {
    .name = "mnist-filter",
    .synopsis = "[OPTION]... -i IMAGES -l LABELS",
    .summary = "Select labelled images from IDX files and write them as samples (safetensors).",
    .options = options,
};

struct selection {
    bool digits[256];
    uint64_t first, last; /* positions in the source */
    uint64_t max;
    bool shuffle;
    uint64_t seed;
};

/* The samples to write: positions in the source, and their labels, in the order of writing. */
struct chosen {
    size_t *position;
    uint8_t *label;
    size_t count;
};

static void parse_range(const char *text, struct selection *selection) {
    const size_t first = strspn(text, "0123456789");
    if (text[first] != ':' || strspn(text + first + 1, "0123456789") != strlen(text + first + 1))
        tool_usage("-r: '%s' is not FIRST:LAST", text);
    char digits[32] = "";
    if (first > 0 && first < sizeof digits) {
        memcpy(digits, text, first);
        selection->first = tool_integer('r', digits, 0, UINT32_MAX);
    } else if (first > 0)
        tool_usage("-r: '%s' is not FIRST:LAST", text);
    if (text[first + 1] != '\0')
        selection->last = tool_integer('r', text + first + 1, 0, UINT32_MAX);
    if (selection->last < selection->first)
        tool_usage("-r: %s ends before it begins", text);
}

/* The labels of the whole source; its number is checked by reading it. */
static uint8_t *read_labels(const char *path, size_t *count, struct error *error) {
    struct idx idx;
    if (idx_open(&idx, path, 1, error) != 0)
        tool_fail(error);
    *count = idx.size[0];
    uint8_t *labels = NULL;
    for (size_t used = 0, room = 1 << 16; used < *count; room *= 2) {
        const size_t size = room < *count ? room : *count;
        labels = realloc(labels, size);
        if (labels == NULL) {
            error_errno(error, "%s", idx.input.name);
            tool_fail(error);
        }
        if (idx_read(&idx, labels + used, size - used, error) != 0)
            tool_fail(error);
        used = size;
    }
    if (idx_finish(&idx, error) != 0)
        tool_fail(error);
    idx_close(&idx);
    return labels;
}

static struct chosen choose(const struct selection *selection, const uint8_t *labels, size_t count,
                            const char *path, struct error *error) {
    const char *name = strcmp(path, "-") == 0 ? "<stdin>" : path;
    const uint64_t last = selection->last == UINT64_MAX ? count : selection->last;
    if (last > count || selection->first > count) {
        error_set(error, "%s: position %" PRIu64 " of the range is beyond the %zu samples", name,
                  selection->first > count ? selection->first : last, count);
        tool_fail(error);
    }
    struct chosen chosen = {.position = malloc((count + 1) * sizeof *chosen.position),
                            .label = malloc(count + 1)};
    if (chosen.position == NULL || chosen.label == NULL) {
        error_errno(error, "%s", name);
        tool_fail(error);
    }
    for (size_t i = (size_t)selection->first; i < last; i++)
        if (selection->digits[labels[i]])
            chosen.position[chosen.count++] = i;
    if (selection->shuffle) {
        struct rng rng;
        rng_seed(&rng, selection->seed);
        rng_shuffle(&rng, chosen.position, chosen.count);
    }
    if (chosen.count > selection->max)
        chosen.count = (size_t)selection->max;
    for (size_t i = 0; i < chosen.count; i++)
        chosen.label[i] = labels[chosen.position[i]];
    return chosen;
}

static int write_counts(struct output *output, const struct chosen *chosen, struct error *error) {
    size_t counts[256] = {0};
    for (size_t i = 0; i < chosen->count; i++)
        counts[chosen->label[i]]++;
    int result = output_printf(output, error, "label\tcount\n");
    for (int label = 0; label < 256 && result == 0; label++)
        if (counts[label] > 0)
            result = output_printf(output, error, "%d\t%zu\n", label, counts[label]);
    return result;
}

/* Writes the chosen images as they pass, in the order of the source. */
static int write_passing(struct idx *images, const struct chosen *chosen, struct output *output,
                         struct error *error) {
    const size_t block = images->item < 1 << 18 ? (size_t)((1 << 18) / images->item) : 1;
    uint8_t *buffer = malloc(block * images->item);
    if (buffer == NULL)
        return error_errno(error, "%s", images->input.name);
    int result = 0;
    size_t next = 0;
    for (size_t start = 0; start < images->size[0] && next < chosen->count && result == 0;
         start += block) {
        const size_t count = images->size[0] - start < block ? images->size[0] - start : block;
        result = idx_read(images, buffer, count, error);
        while (result == 0 && next < chosen->count && chosen->position[next] < start + count) {
            const uint8_t *image = buffer + (chosen->position[next++] - start) * images->item;
            result = output_write(output, image, images->item, error);
        }
        tool_progress("filtering", next, chosen->count);
    }
    free(buffer);
    return result;
}

/* Keeps the images of all chosen positions in memory and writes them in the chosen order. */
static int write_shuffled(struct idx *images, const struct chosen *chosen, struct output *output,
                          struct error *error) {
    const size_t none = SIZE_MAX, item = (size_t)images->item;
    size_t *place = malloc(((size_t)images->size[0] + 1) * sizeof *place);
    uint8_t *kept = malloc(chosen->count * item + 1);
    int result = place == NULL || kept == NULL ? error_errno(error, "%s", images->input.name) : 0;
    for (size_t i = 0; result == 0 && i < images->size[0]; i++)
        place[i] = none;
    for (size_t k = 0; result == 0 && k < chosen->count; k++)
        place[chosen->position[k]] = k;
    for (size_t i = 0, left = chosen->count; result == 0 && left > 0; i++)
        if (place[i] == none)
            result = idx_skip(images, 1, error);
        else {
            result = idx_read(images, kept + place[i] * item, 1, error);
            left--;
        }
    if (result == 0)
        result = output_write(output, kept, chosen->count * item, error);
    free(place);
    free(kept);
    return result;
}

static int write_samples(const char *path, const struct selection *selection,
                         const struct chosen *chosen, size_t labels, struct output *output,
                         struct error *error) {
    struct idx images;
    if (idx_open(&images, path, 3, error) != 0)
        return -1;
    int result = 0;
    if (images.size[0] != labels)
        result = error_set(error, "%s: %" PRIu32 " images, but %zu labels", images.input.name,
                           images.size[0], labels);
    if (result == 0)
        result = samples_write_header(output, chosen->count, images.size[1], images.size[2],
                                      chosen->label, error);
    if (result == 0)
        result = selection->shuffle ? write_shuffled(&images, chosen, output, error)
                                    : write_passing(&images, chosen, output, error);
    if (result == 0)
        result = idx_finish(&images, error);
    idx_close(&images);
    return result;
}

int main(int argc, char **argv) {
    const char *images = NULL, *labels_path = NULL, *output_path = NULL;
    struct selection selection = {.last = UINT64_MAX, .max = UINT64_MAX};
    memset(selection.digits, true, sizeof selection.digits);
    bool count_only = false;
    tool_start(&tool);
    for (int key; (key = tool_option(argc, argv)) != -1;)
        switch (key) {
        case 'i':
            images = optarg;
            break;
        case 'l':
            labels_path = optarg;
            break;
        case 'd':
            tool_labels(key, optarg, selection.digits);
            break;
        case 'r':
            parse_range(optarg, &selection);
            break;
        case 'n':
            selection.max = tool_integer(key, optarg, 0, UINT32_MAX);
            break;
        case KEY_SHUFFLE:
            selection.shuffle = true;
            selection.seed = tool_integer(key, optarg, 0, UINT64_MAX);
            break;
        case KEY_COUNT:
            count_only = true;
            break;
        default:
            output_path = optarg;
        }
    if (labels_path == NULL || (images == NULL && !count_only))
        tool_usage("%s is required", labels_path == NULL ? "-l LABELS" : "-i IMAGES");
    if (images != NULL && strcmp(images, "-") == 0 && strcmp(labels_path, "-") == 0)
        tool_usage("standard input can be read only once");

    struct error error;
    struct output output;
    size_t count;
    uint8_t *labels = read_labels(labels_path, &count, &error);
    struct chosen chosen = choose(&selection, labels, count, labels_path, &error);
    if (output_open(&output, output_path, !count_only, &error) != 0)
        tool_fail(&error);
    const int result = count_only
                           ? write_counts(&output, &chosen, &error)
                           : write_samples(images, &selection, &chosen, count, &output, &error);
    if (result != 0 || output_commit(&output, &error) != 0) {
        output_discard(&output);
        tool_fail(&error);
    }
    free(labels);
    free(chosen.position);
    free(chosen.label);
    return 0;
}
