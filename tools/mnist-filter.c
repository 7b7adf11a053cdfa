/* Takes labelled images out of a pair of IDX files and writes them as samples, or as plain IDX
 * files.
 *
 * The labels come first; of those chosen a byte each is kept, and a bit for every position up to
 * the last of them. Then the images pass. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/grow.h"
#include "engram/idx.h"
#include "engram/io.h"
#include "engram/parse.h"
#include "engram/rng.h"
#include "engram/samples.h"
#include "engram/tool.h"

enum { KEY_SHUFFLE = 256, KEY_COUNT, KEY_SHAPE, KEY_TRANSPOSE, KEY_IDX_IMAGES, KEY_IDX_LABELS };

static const struct tool_option options[] = {
    {'i', "images", "FILE", NULL, "IDX file of images, plain or gzip"},
    {'l', "labels", "FILE", NULL, "IDX file of their labels, plain or gzip"},
    {KEY_SHAPE, "shape", "ROWSxCOLS", NULL,
     "rows and columns of an image, as 28x28 [those of the file, or one row]"},
    {KEY_TRANSPOSE, "transpose", NULL, NULL,
     "exchange rows and columns of each image, as EMNIST needs"},
    {'d', "digits", "LABELS", NULL, "labels to keep, as 1,7,6,8 [all]"},
    {'r', "range", "FIRST:LAST", NULL,
     "positions in the source to look at, before filtering, from FIRST up to\n"
     "        but not including LAST; either may be left out [all]"},
    {'n', "max", "MAX", NULL, "keep at most MAX samples [no limit]"},
    {KEY_SHUFFLE, "shuffle", "SEED", NULL,
     "shuffle what -d and -r leave, before -n; keeps it in memory"},
    {KEY_COUNT, "count", NULL, NULL, "write a table of labels and their counts instead"},
    {KEY_IDX_IMAGES, "idx-images", "FILE", NULL,
     "write the images as a plain IDX file of bytes instead"},
    {KEY_IDX_LABELS, "idx-labels", "FILE", NULL,
     "write the labels as a plain IDX file of bytes instead; both may be given"},
    {'o', "output", "FILE", NULL, "where to write samples or the table [-]"},
    {0},
};

static const struct tool tool = {
    .name = "mnist-filter",
    .synopsis = "[OPTION]... -i IMAGES -l LABELS",
    .summary = "Select labelled images from IDX files and write them as samples (safetensors).",
    .options = options,
};

struct source {
    const char *images, *labels; /* paths */
    bool shaped, transpose;
    struct idx_shape shape;
};

struct selection {
    bool digits[256];
    bool named, ranged;   /* whether digits, or a range, were given */
    uint64_t first, last; /* positions in the source */
    uint64_t max;
    bool shuffle;
    uint64_t seed;
};

/* What is written: samples or the table, or one or both of the IDX files. */
enum { MAIN, IDX_IMAGES, IDX_LABELS, OUTPUTS };

struct results {
    bool count; /* the table */
    const char *path[OUTPUTS];
    struct output output[OUTPUTS], *open[OUTPUTS]; /* NULL where there is none */
};

/* --- the command line ------------------------------------------------------------------------- */

/* Splits two whole numbers, either of which may be missing; false if the text is something else. */
static bool split(const char *text, char between, char first[32], const char **second) {
    const size_t length = strspn(text, "0123456789");
    if (length >= 32 || text[length] != between)
        return false;
    snprintf(first, 32, "%.*s", (int)length, text);
    *second = text + length + 1;
    return strspn(*second, "0123456789") == strlen(*second);
}

static void parse_range(const char *text, struct selection *selection) {
    char first[32];
    const char *last;
    if (!split(text, ':', first, &last))
        tool_usage("-r: '%s' is not FIRST:LAST", text);
    selection->ranged = true;
    selection->first = *first != '\0' ? tool_integer('r', first, 0, UINT32_MAX) : 0;
    selection->last = *last != '\0' ? tool_integer('r', last, 0, UINT32_MAX) : UINT64_MAX;
    if (selection->last < selection->first)
        tool_usage("-r: %s ends before it begins", text);
}

static uint32_t check_side(uint64_t side) {
    if (side == 0 || side > UINT32_MAX)
        tool_usage("--shape: %" PRIu64 " is not between 1 and %" PRIu32, side, UINT32_MAX);
    return (uint32_t)side;
}

static void read_shape(const char *text, struct source *source) {
    uint64_t rows, cols;
    if (!parse_shape(text, 'x', &rows, &cols))
        tool_usage("--shape: '%s' is not ROWSxCOLS", text);
    source->shaped = true;
    source->shape = (struct idx_shape){check_side(rows), check_side(cols)};
}

static bool needs_images(const struct results *results) {
    return !results->count && (results->path[IDX_IMAGES] != NULL || results->path[MAIN] != NULL);
}

static void check_usage(const struct source *source, struct results *results) {
    const bool idx = results->path[IDX_IMAGES] != NULL || results->path[IDX_LABELS] != NULL;
    if (idx && results->count)
        tool_usage("--count writes a table, and no IDX files");
    if (idx && results->path[MAIN] != NULL)
        tool_usage("-o is for samples, which are not written beside IDX files");
    tool_distinct_outputs(results->path, OUTPUTS);
    if (!idx && results->path[MAIN] == NULL)
        results->path[MAIN] = "-";
    if (source->labels == NULL || (source->images == NULL && needs_images(results)))
        tool_usage("%s is required", source->labels == NULL ? "-l LABELS" : "-i IMAGES");
    if (source->images != NULL && strcmp(source->images, "-") == 0 &&
        strcmp(source->labels, "-") == 0)
        tool_usage("standard input can be read only once");
}

static void read_command_line(int argc, char **argv, struct source *source,
                              struct selection *selection, struct results *results) {
    for (int key; (key = tool_option(argc, argv)) != -1;)
        switch (key) {
        case 'i':
            source->images = optarg;
            break;
        case 'l':
            source->labels = optarg;
            break;
        case KEY_SHAPE:
            read_shape(optarg, source);
            break;
        case KEY_TRANSPOSE:
            source->transpose = true;
            break;
        case 'd':
            selection->named = true;
            tool_labels(key, optarg, selection->digits);
            break;
        case 'r':
            parse_range(optarg, selection);
            break;
        case 'n':
            selection->max = tool_integer(key, optarg, 0, UINT32_MAX);
            break;
        case KEY_SHUFFLE:
            selection->shuffle = true;
            selection->seed = tool_integer(key, optarg, 0, UINT64_MAX);
            break;
        case KEY_COUNT:
            results->count = true;
            break;
        case KEY_IDX_IMAGES:
            results->path[IDX_IMAGES] = optarg;
            break;
        case KEY_IDX_LABELS:
            results->path[IDX_LABELS] = optarg;
            break;
        case 'o':
            results->path[MAIN] = optarg;
            break;
        }
    check_usage(source, results);
}

/* --- memory that grows with what arrives ------------------------------------------------------ */

struct bytes {
    uint8_t *data;
    size_t size, room;
};

/* Makes room for `more` bytes behind those that are there. */
static int extend(struct bytes *bytes, size_t more, const char *name, struct error *error) {
    uint8_t *data = grow(bytes->data, &bytes->room, bytes->size + more, SIZE_MAX, 1);
    if (data == NULL)
        return error_errno(error, "%s", name);
    bytes->data = data;
    return 0;
}

/* --- which samples ---------------------------------------------------------------------------- */

struct chosen {
    const char *name;       /* of the file of labels */
    size_t source;          /* labels in it */
    uint64_t in_range[256]; /* of each label, samples that -r and -d leave */
    uint64_t count[256];    /* and -n */
    struct bytes kept;      /* a bit for each position in the source, as far as any is set */
    struct bytes labels;    /* of those kept, in the order of writing */
    uint32_t *order;        /* if shuffled: which of those kept is written at each place */
};

static bool is_kept(const struct chosen *chosen, size_t position) {
    return position / 8 < chosen->kept.size &&
           (chosen->kept.data[position / 8] >> position % 8 & 1);
}

static int keep(struct chosen *chosen, size_t position, uint8_t label, struct error *error) {
    const size_t size = position / 8 + 1, old = chosen->kept.size;
    if (size > old) {
        if (extend(&chosen->kept, size - old, chosen->name, error) != 0)
            return -1;
        memset(chosen->kept.data + old, 0, size - old);
        chosen->kept.size = size;
    }
    if (extend(&chosen->labels, 1, chosen->name, error) != 0)
        return -1;
    chosen->kept.data[position / 8] |= (uint8_t)(1u << position % 8);
    chosen->labels.data[chosen->labels.size++] = label;
    return 0;
}

/* Reads all labels and chooses, as far as it can be done without --shuffle; with `only_count`,
 * keeps none. */
static int choose(struct idx *idx, const struct selection *selection, bool only_count,
                  struct chosen *chosen, struct error *error) {
    uint64_t left = selection->shuffle ? UINT64_MAX : selection->max;
    const uint8_t *labels;
    size_t position = 0;
    for (int64_t got; (got = idx_next(idx, &labels, error)) != 0;) {
        if (got < 0)
            return -1;
        for (int64_t i = 0; i < got; i++, position++) {
            const uint8_t label = labels[i];
            if (position < selection->first || position >= selection->last ||
                !selection->digits[label])
                continue;
            chosen->in_range[label]++;
            if (left == 0)
                continue;
            left--;
            chosen->count[label]++;
            if (!only_count && keep(chosen, position, label, error) != 0)
                return -1;
        }
    }
    return 0;
}

static int check_range(const struct idx *idx, const struct selection *selection,
                       struct error *error) {
    const uint64_t last = selection->last == UINT64_MAX ? 0 : selection->last;
    const uint64_t beyond = selection->first > idx->count ? selection->first : last;
    if (beyond <= idx->count)
        return 0;
    return error_set(error,
                     "%s: position %" PRIu64 " of the range is beyond the %" PRIu32 " samples",
                     idx->input.name, beyond, idx->count);
}

static int read_labels(const char *path, const struct selection *selection, bool only_count,
                       struct chosen *chosen, struct error *error) {
    struct idx idx;
    if (idx_open_labels(&idx, path, error) != 0)
        return -1;
    chosen->name = idx.input.name;
    chosen->source = idx.count;
    int result = check_range(&idx, selection, error);
    if (result == 0)
        result = choose(&idx, selection, only_count, chosen, error);
    idx_close(&idx);
    return result;
}

/* A label that is named and has no sample is most likely a slip, and what is learned without it
 * means something else. */
static int check_labels(const struct selection *selection, const struct chosen *chosen,
                        struct error *error) {
    char list[400] = "", range[64] = "";
    size_t used = 0, missing = 0, unlisted = 0;
    for (unsigned label = 0; selection->named && label < 256; label++) {
        if (!selection->digits[label] || chosen->in_range[label] > 0)
            continue;
        missing++;
        if (used + 32 < sizeof list)
            used += (size_t)sprintf(list + used, "%s%u", used > 0 ? ", " : "", label);
        else
            unlisted++;
    }
    if (missing == 0)
        return 0;
    if (unlisted > 0)
        sprintf(list + used, " and %zu more", unlisted);
    if (selection->ranged)
        snprintf(range, sizeof range, " in the range %" PRIu64 ":%" PRIu64, selection->first,
                 selection->last == UINT64_MAX ? chosen->source : selection->last);
    return error_set(error, "%s: no sample of label%s %s%s", chosen->name, missing > 1 ? "s" : "",
                     list, range);
}

/* Of all that is kept, keeps only order[0 .. count-1], which tells their places among these then.
 */
static int narrow(struct chosen *chosen, size_t all, size_t count, struct error *error) {
    const size_t words = all / 64 + 1;
    uint64_t *wanted = calloc(words, sizeof *wanted);
    uint32_t *before = malloc(words * sizeof *before);
    if (wanted == NULL || before == NULL) {
        free(wanted);
        free(before);
        return error_errno(error, "%s", chosen->name);
    }
    uint32_t *order = chosen->order;
    for (size_t k = 0; k < count; k++)
        wanted[order[k] / 64] |= (uint64_t)1 << order[k] % 64;
    for (size_t w = 0, sum = 0; w < words; sum += (size_t)__builtin_popcountll(wanted[w]), w++)
        before[w] = (uint32_t)sum;
    for (size_t position = 0, i = 0; i < all; position++)
        if (is_kept(chosen, position)) {
            if (!(wanted[i / 64] >> i % 64 & 1))
                chosen->kept.data[position / 8] &= (uint8_t) ~(1u << position % 8);
            i++;
        }
    for (size_t k = 0; k < count; k++) {
        const uint64_t lower = wanted[order[k] / 64] & (((uint64_t)1 << order[k] % 64) - 1);
        order[k] = before[order[k] / 64] + (uint32_t)__builtin_popcountll(lower);
    }
    free(wanted);
    free(before);
    return 0;
}

/* rng_shuffle, in half the memory; then -n. */
static int shuffle(struct chosen *chosen, const struct selection *selection, struct error *error) {
    const size_t all = chosen->labels.size;
    const size_t count = all < selection->max ? all : (size_t)selection->max;
    uint32_t *order = chosen->order = malloc((all > 0 ? all : 1) * sizeof *order);
    uint8_t *labels = malloc(count > 0 ? count : 1);
    if (order == NULL || labels == NULL) {
        free(labels);
        return error_errno(error, "%s", chosen->name);
    }
    for (size_t i = 0; i < all; i++)
        order[i] = (uint32_t)i;
    struct rng rng;
    rng_seed(&rng, selection->seed);
    for (size_t i = all; i > 1; i--) {
        const size_t j = (size_t)rng_below(&rng, i);
        const uint32_t other = order[j];
        order[j] = order[i - 1];
        order[i - 1] = other;
    }
    memset(chosen->count, 0, sizeof chosen->count);
    for (size_t k = 0; k < count; k++) {
        labels[k] = chosen->labels.data[order[k]];
        chosen->count[labels[k]]++;
    }
    free(chosen->labels.data);
    chosen->labels = (struct bytes){.data = labels, .size = count, .room = count};
    return count < all ? narrow(chosen, all, count, error) : 0;
}

/* --- writing ---------------------------------------------------------------------------------- */

static int write_counts(struct output *output, const struct selection *selection,
                        const struct chosen *chosen, struct error *error) {
    int result = output_printf(output, error, "label\tcount\n");
    for (int label = 0; label < 256 && result == 0; label++)
        if (chosen->count[label] > 0 || (selection->named && selection->digits[label]))
            result = output_printf(output, error, "%d\t%" PRIu64 "\n", label, chosen->count[label]);
    return result;
}

static void transpose(const uint8_t *image, size_t rows, size_t cols, uint8_t *transposed) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < cols; c++)
            transposed[c * rows + r] = image[r * cols + c];
}

/* Reads all images; those kept go to the output or, without one, to memory, in the source's order.
 */
static int pass_images(struct idx *images, const struct source *source, const struct chosen *chosen,
                       struct output *output, struct bytes *memory, struct error *error) {
    struct bytes transposed = {0};
    const size_t size = (size_t)images->rows * images->cols;
    const uint8_t *items;
    size_t position = 0;
    int64_t got;
    int result = 0;
    while (result == 0 && (got = idx_next(images, &items, error)) != 0) {
        if (got < 0)
            result = -1;
        for (int64_t i = 0; i < got && result == 0; i++, items += size) {
            if (!is_kept(chosen, position++))
                continue;
            const uint8_t *image = items;
            if (source->transpose &&
                (result = extend(&transposed, size, images->input.name, error)) == 0) {
                transpose(items, images->rows, images->cols, transposed.data);
                image = transposed.data;
            }
            if (result == 0 && output != NULL)
                result = output_write(output, image, size, error);
            else if (result == 0 &&
                     (result = extend(memory, size, images->input.name, error)) == 0) {
                memcpy(memory->data + memory->size, image, size);
                memory->size += size;
            }
        }
        progress_report(&tool_progress_shown, "filtering", position, images->count);
    }
    free(transposed.data);
    return result;
}

static int write_images(struct idx *images, const struct source *source,
                        const struct chosen *chosen, struct output *output, struct error *error) {
    struct bytes memory = {0};
    const bool shuffled = chosen->order != NULL;
    const size_t size = (size_t)images->rows * images->cols;
    int result = pass_images(images, source, chosen, shuffled ? NULL : output, &memory, error);
    for (size_t k = 0; shuffled && k < chosen->labels.size && result == 0; k++)
        result = output_write(output, memory.data + chosen->order[k] * size, size, error);
    free(memory.data);
    return result;
}

/* Writes images, and with samples the labels too. */
static int write_with_images(const struct source *source, const struct selection *selection,
                             struct chosen *chosen, struct results *results, struct error *error) {
    struct idx images;
    if (idx_open_images(&images, source->images, source->shaped ? &source->shape : NULL, error) !=
        0)
        return -1;
    int result = 0;
    if (images.count != chosen->source)
        result = error_set(error, "%s: %" PRIu32 " images, but %zu labels in %s", images.input.name,
                           images.count, chosen->source, chosen->name);
    if (result == 0 && selection->shuffle)
        result = shuffle(chosen, selection, error);
    const size_t count = chosen->labels.size;
    const uint32_t rows = source->transpose ? images.cols : images.rows;
    const uint32_t cols = source->transpose ? images.rows : images.cols;
    struct output *output = results->open[MAIN];
    if (result == 0 && output != NULL)
        result = samples_write_header(output, count, rows, cols, chosen->labels.data, error);
    else if (result == 0)
        result = idx_write_header(output = results->open[IDX_IMAGES],
                                  (uint32_t[]){(uint32_t)count, rows, cols}, 3, error);
    if (result == 0)
        result = write_images(&images, source, chosen, output, error);
    idx_close(&images);
    return result;
}

static int write_idx_labels(const struct chosen *chosen, struct output *output,
                            struct error *error) {
    const uint32_t count = (uint32_t)chosen->labels.size;
    return idx_write_header(output, &count, 1, error) != 0
               ? -1
               : output_write(output, chosen->labels.data, count, error);
}

static int write_results(const struct source *source, const struct selection *selection,
                         struct chosen *chosen, struct results *results, struct error *error) {
    int result = 0;
    if (needs_images(results))
        result = write_with_images(source, selection, chosen, results, error);
    else if (selection->shuffle)
        result = shuffle(chosen, selection, error);
    if (result == 0 && results->count)
        result = write_counts(results->open[MAIN], selection, chosen, error);
    if (result == 0 && results->open[IDX_LABELS] != NULL)
        result = write_idx_labels(chosen, results->open[IDX_LABELS], error);
    return result;
}

static int open_results(struct results *results, struct error *error) {
    for (size_t i = 0; i < OUTPUTS; i++)
        if (results->path[i] != NULL) {
            if (output_open(&results->output[i], results->path[i], !results->count, error) != 0)
                return -1;
            results->open[i] = &results->output[i];
        }
    return 0;
}

int main(int argc, char **argv) {
    struct source source = {0};
    struct selection selection = {.last = UINT64_MAX, .max = UINT64_MAX};
    struct results results = {0};
    memset(selection.digits, true, sizeof selection.digits);
    tool_start(&tool);
    read_command_line(argc, argv, &source, &selection, &results);

    struct error error;
    struct chosen chosen = {0};
    int result = read_labels(source.labels, &selection, results.count && !selection.shuffle,
                             &chosen, &error);
    if (result == 0 && !results.count)
        result = check_labels(&selection, &chosen, &error);
    if (result == 0)
        result = open_results(&results, &error);
    if (result == 0)
        result = write_results(&source, &selection, &chosen, &results, &error);
    if (result == 0)
        result = output_commit_all(results.open, OUTPUTS, &error);
    free(chosen.kept.data);
    free(chosen.labels.data);
    free(chosen.order);
    if (result == 0)
        return 0;
    for (size_t i = 0; i < OUTPUTS; i++)
        output_discard(&results.output[i]);
    tool_fail(&error);
}
