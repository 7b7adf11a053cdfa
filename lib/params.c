/* Parameter files side by side. */
#include "engram/params.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/checkpoint.h"

/* Bytes of a piece at most; and the pieces that are worth a thread. */
enum { PIECE = PARAMS_BLOCK * sizeof(double), WORTH = 16 };

/* Says how the shapes differ; of many dimensions, the first that does. */
static int another_shape(const struct st_file *first, const struct st_file *file,
                         const struct st_tensor *t, const struct st_tensor *other,
                         struct error *error) {
    size_t i = 0;
    while (i < t->rank && i < other->rank && t->shape[i] == other->shape[i])
        i++;
    if (t->rank == other->rank && i >= ST_SHAPE_SHOWN)
        return st_tensor_error(file, t->name, error,
                               "is %" PRIu64 " at dimension %zu of %zu here, %" PRIu64 " in %s",
                               other->shape[i], i + 1, t->rank, t->shape[i], first->input.name);
    char here[ST_SHAPE_SIZE], there[ST_SHAPE_SIZE];
    st_shape(other, here);
    st_shape(t, there);
    return st_tensor_error(file, t->name, error, "is %s here, %s in %s", here, there,
                           first->input.name);
}

static bool same_shape(const struct st_tensor *a, const struct st_tensor *b) {
    return a->rank == b->rank &&
           (a->rank == 0 || memcmp(a->shape, b->shape, a->rank * sizeof *a->shape) == 0);
}

static int check_tensor(const struct st_file *first, const struct st_file *file,
                        const struct st_tensor *t, struct error *error) {
    const struct st_tensor *other = st_find(file, t->name);
    if (other == NULL)
        return st_tensor_error(file, t->name, error, "is missing; %s has it", first->input.name);
    if (!same_shape(t, other))
        return another_shape(first, file, t, other, error);
    return 0;
}

static int check(const struct params *params, struct error *error) {
    const struct st_file *first = &params->file[0];
    for (size_t f = 0; f < params->files; f++) {
        const struct st_file *file = &params->file[f];
        for (size_t t = 0; t < first->tensors; t++)
            if (check_tensor(first, file, &first->tensor[t], error) != 0)
                return -1;
        for (size_t t = 0; t < file->tensors; t++)
            if (st_find(first, file->tensor[t].name) == NULL)
                return st_tensor_error(first, file->tensor[t].name, error, "is missing; %s has it",
                                       file->input.name);
    }
    return 0;
}

static bool is_common(const struct params *params, const struct st_tensor *t) {
    for (size_t f = 0; f < params->files; f++) {
        const struct st_tensor *other = st_find_any(&params->file[f], t->name);
        if (other == NULL || !same_shape(t, other))
            return false;
    }
    return true;
}

/* Leaves out what is not. */
static int match(struct params *params, struct error *error) {
    int result = 0;
    for (size_t f = 0; f < params->files && result == 0; f++) {
        struct st_file *file = &params->file[f];
        bool *out = calloc(file->tensors + 1, sizeof *out);
        if (out == NULL)
            return error_errno(error, "%s", file->input.name);
        for (size_t t = 0; t < file->tensors; t++)
            out[t] = !is_common(params, &file->tensor[t]);
        result = st_leave_out(file, out, ST_UNMATCHED, error);
        free(out);
    }
    return result;
}

/* Appends a name to a list. */
static void append(char *list, size_t size, const char *name) {
    const size_t used = strlen(list);
    snprintf(list + used, size - used, "%s%s", used > 0 ? ", " : "", name);
}

/* --- what is selected ------------------------------------------------------------------------- */

static int select_tensors(struct params *params, struct st_selection *selection,
                          struct error *error) {
    char files[ERROR_TEXT / 2] = "";
    size_t taken = 0;
    for (size_t f = 0; f < params->files; f++) {
        if (selection_apply(selection, &params->file[f], error) != 0)
            return -1;
        append(files, sizeof files, params->file[f].input.name);
        taken += params->file[f].tensors;
    }
    return selection_check(selection, files, taken, error);
}

/* --- tensors that are no numbers -------------------------------------------------------------- */

/* "A, B: what: C64, F4", of the files and dtypes that are no numbers. */
struct no_numbers {
    char files[ERROR_TEXT / 2], dtypes[64];
};

static struct no_numbers find_no_numbers(const struct params *params) {
    struct no_numbers found = {"", ""};
    bool seen[ST_DTYPES] = {false};
    for (size_t f = 0; f < params->files; f++) {
        const struct st_file *file = &params->file[f];
        bool any = false;
        for (size_t t = file->tensors; t < file->tensors + file->left_out; t++) {
            const struct st_tensor *tensor = &file->tensor[t];
            const bool none = tensor->out == ST_NO_NUMBER && !st_is_number(tensor->dtype);
            any |= none;
            seen[tensor->dtype] |= none;
        }
        if (any)
            append(found.files, sizeof found.files, file->input.name);
    }
    for (size_t d = 0; d < ST_DTYPES; d++)
        if (seen[d])
            append(found.dtypes, sizeof found.dtypes, st_dtype_name((enum st_dtype)d));
    return found;
}

static bool has_unmatched(const struct params *params) {
    bool any = false;
    for (size_t f = 0; f < params->files; f++) {
        const struct st_file *file = &params->file[f];
        for (size_t t = file->tensors; t < file->tensors + file->left_out; t++)
            any |= file->tensor[t].out == ST_UNMATCHED;
    }
    return any;
}

static int leave_out(struct params *params, struct error *error) {
    const size_t tensors = params->file[0].tensors;
    bool *out = calloc(tensors + 1, sizeof *out), any = false;
    if (out == NULL)
        return error_errno(error, "%s", params->file[0].input.name);
    for (size_t f = 0; f < params->files; f++)
        for (size_t t = 0; t < tensors; t++) { /* same names, same order */
            out[t] |= !st_is_number(params->file[f].tensor[t].dtype);
            any |= out[t];
        }
    int result = 0;
    for (size_t f = 0; f < params->files && any && result == 0; f++)
        result = st_leave_out(&params->file[f], out, ST_NO_NUMBER, error);
    free(out);
    if (result != 0 || !any || params->file[0].tensors > 0 || has_unmatched(params))
        return result;
    const struct no_numbers found = find_no_numbers(params);
    return error_set(error, "%s: every tensor is of a dtype that is no number: %s", found.files,
                     found.dtypes);
}

void params_warn(const struct params *params, params_warning *warn) {
    const struct st_file *first = &params->file[0];
    size_t left_out = 0;
    for (size_t t = first->tensors; t < first->tensors + first->left_out; t++)
        left_out += first->tensor[t].out == ST_NO_NUMBER;
    if (left_out > 0) {
        const struct no_numbers found = find_no_numbers(params);
        warn("%s: %zu tensor%s passed over, of dtypes that are no numbers: %s", found.files,
             left_out, left_out == 1 ? "" : "s", found.dtypes);
    }
    if (params->rounded > 0) {
        char files[ERROR_TEXT / 2] = "";
        for (size_t f = 0; f < params->files; f++)
            append(files, sizeof files, params->file[f].input.name);
        warn("%s: numbers of I64 or U64 with more digits than a double, and so rounded: %" PRIu64,
             files, params->rounded);
    }
}

/* ---------------------------------------------------------------------------------------------- */

static int open_all(struct params *params, char *const *paths, size_t files, struct error *error) {
    *params = (struct params){0};
    for (; params->files < files; params->files++)
        if (checkpoint_open(&params->file[params->files], paths[params->files], error) != 0)
            return -1;
    return 0;
}

/* `common`: what is makes the files match, or else errors. */
static int open_params(struct params *params, char *const *paths, size_t files,
                       struct st_selection *selection, bool common, struct error *error) {
    if (open_all(params, paths, files, error) != 0 ||
        (selection != NULL && select_tensors(params, selection, error) != 0) ||
        (common ? match(params, error) : check(params, error)) != 0 ||
        leave_out(params, error) != 0) {
        params_close(params);
        return -1;
    }
    params->tensors = params->file[0].tensors;
    return 0;
}

int params_open(struct params *params, char *const *paths, size_t files,
                struct st_selection *selection, struct error *error) {
    return open_params(params, paths, files, selection, false, error);
}

int params_open_common(struct params *params, char *const *paths, size_t files,
                       struct st_selection *selection, struct error *error) {
    return open_params(params, paths, files, selection, true, error);
}

const struct st_tensor *params_tensor(const struct params *params, size_t t) {
    return &params->file[0].tensor[t];
}

/* --- pieces ----------------------------------------------------------------------------------- */

struct params_slot {
    struct params_piece piece;
    _Alignas(PARAMS_ALIGNMENT) unsigned char own[]; /* then PIECE bytes of each file */
};

static size_t width_of(const struct params *params, size_t f, size_t t) {
    return st_dtype_bits(params->file[f].tensor[t].dtype) / 8; /* same names, same order */
}

/* Numbers of a whole piece of a tensor. */
static size_t piece_size(const struct params *params, size_t t) {
    size_t widest = 1;
    for (size_t f = 0; f < params->files; f++)
        widest = width_of(params, f, t) > widest ? width_of(params, f, t) : widest;
    return PIECE / widest < PARAMS_PIECE ? PIECE / widest : PARAMS_PIECE;
}

/* Pipes are read by one thread at a time, in order; regular files by all. */
static int read_piece(const struct params_piece *piece, bool regular, struct error *error) {
    struct params *params = piece->params;
    for (size_t f = 0; f < params->files; f++) {
        struct st_file *file = &params->file[f];
        const size_t width = width_of(params, f, piece->tensor);
        if (file->input.regular == regular &&
            st_read(file, &file->tensor[piece->tensor], piece->start * width, piece->bytes[f],
                    piece->count * width, error) != 0)
            return -1;
    }
    return 0;
}

static int take(void *data, void *of, struct error *error) {
    struct params_pass *pass = data;
    struct params_piece *piece = &((struct params_slot *)of)->piece;
    const uint64_t left = params_tensor(pass->params, pass->tensor)->elements - pass->next;
    const size_t size = piece_size(pass->params, pass->tensor);
    if (left == 0)
        return 0;
    piece->tensor = pass->tensor;
    piece->start = pass->next;
    piece->count = left < size ? (size_t)left : size;
    pass->next += piece->count;
    return read_piece(piece, false, error) != 0 ? -1 : 1;
}

static int work(void *data, void *of, struct error *error) {
    const struct params_pass *pass = data;
    struct params_slot *slot = of;
    return read_piece(&slot->piece, true, error) != 0
               ? -1
               : pass->work(pass->data, &slot->piece, slot->own, error);
}

static int join(void *data, void *of, struct error *error) {
    const struct params_pass *pass = data;
    struct params_slot *slot = of;
    struct params *params = pass->params;
    for (size_t f = 0; f < params->files; f++)
        params->rounded += st_rounded(params->file[f].tensor[slot->piece.tensor].dtype,
                                      slot->piece.bytes[f], slot->piece.count);
    return pass->join(pass->data, &slot->piece, slot->own, error);
}

/* Makes that many slots, if there is memory. */
static void make_slots(struct params_pass *pass, size_t slots) {
    const size_t own = pass->own - pass->own % PARAMS_ALIGNMENT + PARAMS_ALIGNMENT;
    const size_t size = sizeof(struct params_slot) + own + pass->params->files * PIECE;
    while (pass->slots < slots) {
        struct params_slot *slot = aligned_alloc(PARAMS_ALIGNMENT, size);
        if (slot == NULL)
            return;
        slot->piece.params = pass->params;
        for (size_t f = 0; f < pass->params->files; f++)
            slot->piece.bytes[f] = slot->own + own + f * PIECE;
        pass->slot[pass->slots++] = slot;
    }
}

int params_each(struct params_pass *pass, size_t t, struct error *error) {
    static const struct parallel steps = {take, work, join};
    const uint64_t worth =
        params_tensor(pass->params, t)->elements / piece_size(pass->params, t) / WORTH;
    const size_t threads = worth < 1 ? 1 : worth < pass->jobs ? (size_t)worth : pass->jobs;
    const size_t slots = threads == 1 ? 1 : 2 * threads;
    make_slots(pass, slots);
    if (pass->slots == 0)
        return error_errno(error, "%s", pass->params->file[0].input.name);
    pass->tensor = t;
    pass->next = 0;
    const size_t used = slots < pass->slots ? slots : pass->slots;
    return parallel_run(&steps, pass, (void **)pass->slot, used, used < threads ? used : threads,
                        error);
}

void params_pass_free(struct params_pass *pass) {
    for (size_t i = 0; i < pass->slots; i++)
        free(pass->slot[i]);
    pass->slots = 0;
}

void params_doubles(const struct params_piece *piece, size_t f, size_t at, double *values,
                    size_t count) {
    st_to_double(piece->params->file[f].tensor[piece->tensor].dtype,
                 piece->bytes[f] + at * width_of(piece->params, f, piece->tensor), values, count);
}

void params_floats(const struct params_piece *piece, size_t f, size_t at, float *values,
                   size_t count) {
    st_to_float(piece->params->file[f].tensor[piece->tensor].dtype,
                piece->bytes[f] + at * width_of(piece->params, f, piece->tensor), values, count);
}

/* ---------------------------------------------------------------------------------------------- */

int params_finish(struct params *params, struct error *error) {
    for (size_t f = 0; f < params->files; f++)
        if (st_finish(&params->file[f], error) != 0)
            return -1;
    return 0;
}

void params_close(struct params *params) {
    for (size_t f = 0; f < params->files; f++)
        st_close(&params->file[f]);
    *params = (struct params){0};
}

const char *params_metadata(const struct params *params, const char *key) {
    for (size_t f = 0; f < params->files; f++) {
        const char *value = st_metadata(&params->file[f], key);
        if (value != NULL)
            return value;
    }
    return NULL;
}
