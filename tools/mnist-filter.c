/* Takes labelled images out of a pair of IDX files and writes them as samples, or as plain IDX
 * files, or counts them by label or by pixel.
 *
 * The labels come first; of those chosen a byte each is kept, and a bit for every position up to
 * the last of them, or if their order changes, the positions. Then the images pass, or those chosen
 * are read where they stand. */
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
#include "engram/safetensors.h"
#include "engram/samples.h"
#include "engram/tool.h"

enum {
    KEY_SHUFFLE = 256,
    KEY_SKIP,
    KEY_WITHOUT,
    KEY_REORDER,
    KEY_COUNT,
    KEY_LIT,
    KEY_SHAPE,
    KEY_TRANSPOSE,
    KEY_IDX_IMAGES,
    KEY_IDX_LABELS
};

static const struct tool_option options[] = {
    {'i', "images", "FILE", NULL, "IDX file of images, plain or gzip"},
    {'l', "labels", "FILE", NULL, "IDX file of their labels, plain or gzip"},
    {KEY_SHAPE, "shape", "ROWSxCOLS", NULL,
     "rows and columns of an image, as 28x28 [those of the file, or one row]"},
    {KEY_TRANSPOSE, "transpose", NULL, NULL,
     "exchange rows and columns of each image, as EMNIST needs"},
    {'r', "range", "FIRST:LAST", NULL,
     "positions in the source to look at, from FIRST up to but not including\n"
     "        LAST; either may be left out [all]"},
    {'d', "digits", "LABELS", NULL, "labels to keep, as 1,7,6,8 [all]"},
    {KEY_SHUFFLE, "shuffle", "SEED", NULL, "shuffle what -r and -d leave"},
    {KEY_SKIP, "skip", "N", "0", "pass over the first N of these"},
    {KEY_WITHOUT, "without", "LABELS", NULL, "labels to leave out of the rest, as 1"},
    {'n', "max", "MAX", NULL, "keep at most MAX of what is left [no limit]"},
    {KEY_REORDER, "reorder", "SEED", NULL,
     "put these into another order, the same whatever --without leaves out"},
    {KEY_COUNT, "count", NULL, NULL, "write a table of labels and their counts instead"},
    {KEY_LIT, "lit", NULL, NULL,
     "write in how many images each pixel is not 0 (safetensors) instead"},
    {KEY_IDX_IMAGES, "idx-images", "FILE", NULL,
     "write the images as a plain IDX file of bytes instead"},
    {KEY_IDX_LABELS, "idx-labels", "FILE", NULL,
     "write the labels as a plain IDX file of bytes instead; both may be given"},
    {'o', "output", "FILE", NULL, "where to write samples, the table or the mask [-]"},
    {0},
};

static const struct tool tool = {
    .name = "mnist-filter",
    .synopsis = "[OPTION]... -i IMAGES -l LABELS",
    .summary = "Select labelled images from IDX files and write them as samples (safetensors):\n"
               "-r, -d, --shuffle, --skip, --without, -n and --reorder apply in this order.",
    .options = options,
};

struct source {
    const char *images, *labels; /* paths */
    bool shaped, transpose;
    struct idx_shape shape;
};

struct draw {
    bool wanted;
    uint64_t seed;
};

struct selection {
    bool digits[256], without[256];
    bool named, ranged;   /* whether digits, or a range, were given */
    uint64_t first, last; /* positions in the source */
    uint64_t skip, max;
    struct draw shuffle, reorder;
};

/* What is written: samples, the table or the mask, or one or both of the IDX files. */
enum { MAIN, IDX_IMAGES, IDX_LABELS, OUTPUTS };

struct results {
    bool count, lit; /* the table; the mask */
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

static void read_seed(int key, const char *text, struct draw *draw) {
    *draw = (struct draw){true, tool_integer(key, text, 0, UINT64_MAX)};
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
    if (results->lit && (idx || results->count))
        tool_usage("--lit writes a mask, and no %s", idx ? "IDX files" : "table");
    if (idx && results->path[MAIN] != NULL)
        tool_usage("-o is for samples, which are not written beside IDX files");
    tool_distinct_outputs(results->path, OUTPUTS);
    if (!idx && results->path[MAIN] == NULL)
        results->path[MAIN] = "-";
    if (source->labels == NULL || (source->images == NULL && needs_images(results)))
        tool_usage("%s is required", source->labels == NULL ? "-l LABELS" : "-i IMAGES");
    tool_one_standard_input((const char *const[]){source->images, source->labels}, 2);
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
            read_seed(key, optarg, &selection->shuffle);
            break;
        case KEY_SKIP:
            selection->skip = tool_integer(key, optarg, 0, UINT32_MAX);
            break;
        case KEY_WITHOUT:
            tool_labels(key, optarg, selection->without);
            break;
        case KEY_REORDER:
            read_seed(key, optarg, &selection->reorder);
            break;
        case KEY_COUNT:
            results->count = true;
            break;
        case KEY_LIT:
            results->lit = true;
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
    const char *name;     /* of the file of labels */
    size_t source;        /* labels in it */
    uint64_t named[256];  /* of each label, samples that -r and -d leave */
    uint64_t passed[256]; /* and --skip */
    uint64_t count[256];  /* and --without and -n */
    struct bytes kept;    /* a bit for each position in the source, as far as any is set */
    struct bytes labels;  /* of those kept, in the order of writing */
    uint32_t *order;      /* their positions, likewise; NULL: as in the source */
};

static bool is_kept(const struct chosen *chosen, size_t position) {
    return position / 8 < chosen->kept.size &&
           (chosen->kept.data[position / 8] >> position % 8 & 1);
}

static void mark(struct chosen *chosen, size_t position) {
    chosen->kept.data[position / 8] |= (uint8_t)(1u << position % 8);
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
    mark(chosen, position);
    chosen->labels.data[chosen->labels.size++] = label;
    return 0;
}

/* What --skip, --without and -n have still to pass over and to take. */
struct taking {
    uint64_t skip, max;
    const bool *without;
};

/* Whether the next sample that -r, -d and --shuffle give is taken. */
static bool takes(struct taking *taking, uint8_t label, struct chosen *chosen) {
    if (taking->skip > 0) {
        taking->skip--;
        return false;
    }
    chosen->passed[label]++;
    if (taking->without[label] || taking->max == 0)
        return false;
    taking->max--;
    chosen->count[label]++;
    return true;
}

/* Reads all labels. Keeps what -r and -d leave, if that is to be `arranged`, else what is taken of
 * it, and with `only_count` nothing. */
static int choose(struct idx *idx, const struct selection *selection, struct taking *taking,
                  bool arranged, bool only_count, struct chosen *chosen, struct error *error) {
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
            chosen->named[label]++;
            const bool kept = arranged || (takes(taking, label, chosen) && !only_count);
            if (kept && keep(chosen, position, label, error) != 0)
                return -1;
        }
    }
    return 0;
}

/* rng_shuffle of all but the first `skip` positions and their labels. */
static void shuffle(struct chosen *chosen, size_t skip, uint64_t seed, enum rng_stream stream) {
    uint32_t *order = chosen->order;
    uint8_t *labels = chosen->labels.data;
    struct rng rng;
    rng_seed_stream(&rng, seed, stream);
    for (size_t i = chosen->labels.size; i > skip + 1; i--) {
        const size_t j = skip + (size_t)rng_below(&rng, i - skip);
        const uint32_t position = order[j];
        const uint8_t label = labels[j];
        order[j] = order[i - 1];
        labels[j] = labels[i - 1];
        order[i - 1] = position;
        labels[i - 1] = label;
    }
}

/* Of what -r and -d leave, all of it kept, keeps what is taken, in the order of writing: --reorder
 * permutes all that --skip leaves, so that it is one order whatever else is left out. */
static int arrange(struct chosen *chosen, const struct selection *selection, struct taking *taking,
                   struct error *error) {
    const size_t all = chosen->labels.size, skip = (size_t)selection->skip;
    uint32_t *order = chosen->order = malloc((all > 0 ? all : 1) * sizeof *order);
    uint8_t *labels = chosen->labels.data;
    if (order == NULL)
        return error_errno(error, "%s", chosen->name);
    for (size_t position = 0, i = 0; i < all; position++)
        if (is_kept(chosen, position))
            order[i++] = (uint32_t)position;
    if (selection->shuffle.wanted)
        shuffle(chosen, 0, selection->shuffle.seed, RNG_SHUFFLE);
    if (all > 0)
        memset(chosen->kept.data, 0, chosen->kept.size);
    for (size_t i = 0; i < all; i++)
        if (takes(taking, labels[i], chosen))
            mark(chosen, order[i]);
    if (selection->reorder.wanted)
        shuffle(chosen, skip, selection->reorder.seed, RNG_REORDER);
    size_t taken = 0;
    for (size_t i = skip; i < all; i++)
        if (is_kept(chosen, order[i])) {
            order[taken] = order[i];
            labels[taken++] = labels[i];
        }
    chosen->labels.size = taken;
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

/* A label that is named and has no sample is most likely a slip, and what is learned without it
 * means something else. */
static int check_labels(const char *name, const bool named[256], const uint64_t found[256],
                        const char *where, struct error *error) {
    char list[400] = "";
    size_t used = 0, missing = 0, unlisted = 0;
    for (unsigned label = 0; label < 256; label++) {
        if (!named[label] || found[label] > 0)
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
    return error_set(error, "%s: no sample of label%s %s%s", name, missing > 1 ? "s" : "", list,
                     where);
}

static int check_digits(const struct selection *selection, const struct chosen *chosen,
                        struct error *error) {
    char range[64] = "";
    if (selection->ranged)
        snprintf(range, sizeof range, " in the range %" PRIu64 ":%" PRIu64, selection->first,
                 selection->last == UINT64_MAX ? chosen->source : selection->last);
    return selection->named
               ? check_labels(chosen->name, selection->digits, chosen->named, range, error)
               : 0;
}

static int check_skip(const struct selection *selection, const struct chosen *chosen,
                      struct error *error) {
    uint64_t samples = 0;
    for (size_t label = 0; label < 256; label++)
        samples += chosen->named[label];
    if (selection->skip <= samples)
        return 0;
    return error_set(error, "%s: --skip %" PRIu64 " is beyond the %" PRIu64 " samples chosen",
                     chosen->name, selection->skip, samples);
}

static int choose_samples(const char *path, const struct selection *selection,
                          const struct results *results, struct chosen *chosen,
                          struct error *error) {
    struct taking taking = {selection->skip, selection->max, selection->without};
    const bool only_count = results->count, ordered = !results->count && !results->lit;
    const bool arranged = selection->shuffle.wanted || (selection->reorder.wanted && ordered);
    struct idx idx;
    if (idx_open_labels(&idx, path, error) != 0)
        return -1;
    chosen->name = idx.input.name;
    chosen->source = idx.count;
    int result = check_range(&idx, selection, error);
    if (result == 0)
        result = choose(&idx, selection, &taking, arranged, only_count, chosen, error);
    idx_close(&idx);
    if (result == 0 && !only_count)
        result = check_digits(selection, chosen, error);
    if (result == 0)
        result = check_skip(selection, chosen, error);
    if (result == 0 && arranged)
        result = arrange(chosen, selection, &taking, error);
    if (result == 0 && !only_count)
        result =
            check_labels(chosen->name, selection->without, chosen->passed, " to leave out", error);
    return result;
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

/* The image as it is written: transposed, in memory of the caller, or as it is. NULL on failure. */
static const uint8_t *turn(const struct idx *images, const struct source *source,
                           const uint8_t *image, struct bytes *turned, struct error *error) {
    if (!source->transpose)
        return image;
    if (extend(turned, (size_t)images->rows * images->cols, images->input.name, error) != 0)
        return NULL;
    transpose(image, images->rows, images->cols, turned->data);
    return turned->data;
}

/* Where the images kept go, each turned: to the output, into memory, or into counts. */
struct sink {
    struct output *output;
    struct bytes *memory;
    uint32_t **lit; /* [rows][cols] images in which a pixel is not 0; NULL before the first */
};

static int count_lit(uint32_t **lit, const uint8_t *image, size_t size, const char *name,
                     struct error *error) {
    if (*lit == NULL && (*lit = calloc(size, sizeof **lit)) == NULL)
        return error_errno(error, "%s", name);
    for (size_t i = 0; i < size; i++)
        (*lit)[i] += image[i] != 0;
    return 0;
}

static int sink_image(const struct sink *sink, const uint8_t *image, size_t size, const char *name,
                      struct error *error) {
    struct bytes *memory = sink->memory;
    if (sink->output != NULL)
        return output_write(sink->output, image, size, error);
    if (sink->lit != NULL)
        return count_lit(sink->lit, image, size, name, error);
    if (extend(memory, size, name, error) != 0)
        return -1;
    memcpy(memory->data + memory->size, image, size);
    memory->size += size;
    return 0;
}

/* Reads all images; those kept go to the sink, in the source's order. */
static int pass_images(struct idx *images, const struct source *source, const struct chosen *chosen,
                       const struct sink *sink, struct error *error) {
    struct bytes turned = {0};
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
            const uint8_t *image = turn(images, source, items, &turned, error);
            result = image == NULL ? -1 : sink_image(sink, image, size, images->input.name, error);
        }
        progress_report(&tool_progress_shown, "filtering", position, images->count);
    }
    free(turned.data);
    return result;
}

/* Reads those kept where they stand. */
static int seek_images(struct idx *images, const struct source *source, const struct chosen *chosen,
                       struct output *output, struct error *error) {
    struct bytes turned = {0};
    const size_t size = (size_t)images->rows * images->cols, count = chosen->labels.size;
    const uint8_t *item = NULL;
    int result = 0;
    for (size_t k = 0; k < count && result == 0; k++) {
        result = idx_item(images, chosen->order[k], &item, error);
        if (result == 0 && (item = turn(images, source, item, &turned, error)) == NULL)
            result = -1;
        if (result == 0)
            result = output_write(output, item, size, error);
        progress_report(&tool_progress_shown, "filtering", k + 1, count);
    }
    free(turned.data);
    return result;
}

/* Passes all and keeps in memory those kept, in the source's order: `before`[i] of them stand
 * before position 8 i. */
static int hold_images(struct idx *images, const struct source *source, const struct chosen *chosen,
                       struct output *output, struct error *error) {
    const struct bytes *kept = &chosen->kept;
    const size_t size = (size_t)images->rows * images->cols;
    struct bytes memory = {0};
    uint32_t *before = calloc(kept->size + 1, sizeof *before);
    int result = before == NULL ? error_errno(error, "%s", images->input.name)
                                : pass_images(images, source, chosen,
                                              &(struct sink){.memory = &memory}, error);
    for (size_t i = 0; i < kept->size && result == 0; i++)
        before[i + 1] = before[i] + (uint32_t)__builtin_popcount(kept->data[i]);
    for (size_t k = 0; k < chosen->labels.size && result == 0; k++) {
        const uint32_t position = chosen->order[k];
        const unsigned lower = kept->data[position / 8] & ((1u << position % 8) - 1);
        const size_t place = before[position / 8] + (uint32_t)__builtin_popcount(lower);
        result = output_write(output, memory.data + place * size, size, error);
    }
    free(memory.data);
    free(before);
    return result;
}

static int write_images(struct idx *images, const struct source *source,
                        const struct chosen *chosen, struct output *output, struct error *error) {
    if (chosen->order == NULL)
        return pass_images(images, source, chosen, &(struct sink){.output = output}, error);
    return idx_seeks(images) ? seek_images(images, source, chosen, output, error)
                             : hold_images(images, source, chosen, output, error);
}

static int write_counted(const uint32_t *lit, uint32_t rows, uint32_t cols, struct output *output,
                         struct error *error) {
    struct st_tensor tensor = {
        .name = "lit", .dtype = ST_U32, .rank = 2, .shape = (uint64_t[]){rows, cols}};
    const struct st_metadata format = {"format", "engram.mask"};
    int result = st_write_header(output, &tensor, 1, &format, 1, error);
    for (size_t i = 0; i < (size_t)rows * cols && result == 0; i++) {
        const unsigned char bytes[] = {(unsigned char)lit[i], (unsigned char)(lit[i] >> 8),
                                       (unsigned char)(lit[i] >> 16),
                                       (unsigned char)(lit[i] >> 24)};
        result = output_write(output, bytes, sizeof bytes, error);
    }
    return result;
}

static int write_lit(struct idx *images, const struct source *source, const struct chosen *chosen,
                     uint32_t rows, uint32_t cols, struct output *output, struct error *error) {
    if (chosen->labels.size == 0)
        return error_set(error, "%s: no sample is chosen, so no mask", chosen->name);
    uint32_t *lit = NULL;
    int result = pass_images(images, source, chosen, &(struct sink){.lit = &lit}, error);
    if (result == 0)
        result = write_counted(lit, rows, cols, output, error);
    free(lit);
    return result;
}

/* Writes images, and with samples the labels too; or counts. */
static int write_with_images(const struct source *source, const struct chosen *chosen,
                             struct results *results, struct error *error) {
    struct idx images;
    if (idx_open_images(&images, source->images, source->shaped ? &source->shape : NULL, error) !=
        0)
        return -1;
    int result = 0;
    if (images.count != chosen->source)
        result = error_set(error, "%s: %" PRIu32 " images, but %zu labels in %s", images.input.name,
                           images.count, chosen->source, chosen->name);
    const size_t count = chosen->labels.size;
    const uint32_t rows = source->transpose ? images.cols : images.rows;
    const uint32_t cols = source->transpose ? images.rows : images.cols;
    struct output *output = results->open[MAIN];
    if (result == 0 && results->lit)
        result = write_lit(&images, source, chosen, rows, cols, output, error);
    else if (result == 0 && output != NULL)
        result = samples_write_header(output, count, rows, cols, chosen->labels.data, error);
    else if (result == 0)
        result = idx_write_header(output = results->open[IDX_IMAGES],
                                  (uint32_t[]){(uint32_t)count, rows, cols}, 3, error);
    if (result == 0 && !results->lit)
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
                         const struct chosen *chosen, struct results *results,
                         struct error *error) {
    int result = 0;
    if (needs_images(results))
        result = write_with_images(source, chosen, results, error);
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
    int result = choose_samples(source.labels, &selection, &results, &chosen, &error);
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
