/* The score is read first, and of it only the first k of each parameter is kept. */
#include "engram/graft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/escape.h"
#include "engram/grow.h"
#include "engram/names.h"
#include "engram/net-file.h"
#include "layers.h"

enum { BASE, DONOR, SCORE, FILES };

enum { PART = 4096 }; /* numbers read at a time */

int graft_open(struct graft *graft, char *base, char *donor, char *score,
               struct st_selection *selection, struct error *error) {
    char *const paths[FILES] = {[BASE] = base, [DONOR] = donor, [SCORE] = score};
    *graft = (struct graft){0};
    if (params_open(&graft->params, paths, FILES, selection, error) != 0)
        return -1;
    const struct st_file *file = graft->params.file;
    for (size_t t = 0; t < graft->params.tensors; t++) {
        const enum st_dtype there = file[BASE].tensor[t].dtype, here = file[DONOR].tensor[t].dtype;
        if (here != there) {
            st_tensor_error(&file[DONOR], file[DONOR].tensor[t].name, error,
                            "is %s here, %s in %s; a graft copies bytes", st_dtype_name(here),
                            st_dtype_name(there), file[BASE].input.name);
            graft_close(graft);
            return -1;
        }
    }
    return 0;
}

void graft_close(struct graft *graft) {
    params_close(&graft->params);
    free(graft->first);
    free(graft->start);
    *graft = (struct graft){0};
}

int graft_finish(struct graft *graft, struct error *error) {
    return params_finish(&graft->params, error);
}

/* --- the sets --------------------------------------------------------------------------------- */

struct scores {
    double *value;
    size_t count, room;
};

/* Adds those of a tensor; memory follows what arrives. */
static int add_scores(struct st_file *file, const struct st_tensor *tensor, struct scores *scores,
                      struct error *error) {
    const size_t width = st_dtype_bits(tensor->dtype) / 8;
    if (tensor->elements > INT32_MAX - scores->count)
        return st_tensor_error(file, tensor->name, error,
                               "more than 2^31-1 parameters would be ranked together");
    for (size_t done = 0, count; done < tensor->elements; done += count) {
        const size_t left = (size_t)tensor->elements - done;
        unsigned char bytes[PART * sizeof(double)];
        count = left < PART ? left : PART;
        double *grown = grow(scores->value, &scores->room, scores->count + count,
                             scores->count + left, sizeof *grown);
        if (grown == NULL)
            return error_errno(error, "%s", file->input.name);
        scores->value = grown;
        if (st_read(file, tensor, done * width, bytes, count * width, error) != 0)
            return -1;
        st_to_double(tensor->dtype, bytes, grown + scores->count, count);
        scores->count += count;
    }
    return 0;
}

/* Ranks the scores of a set and forgets them. */
static int rank(struct graft *graft, struct scores *scores, uint64_t set, size_t *used,
                struct error *error) {
    size_t ranked;
    uint8_t *grown = grow(graft->first, &graft->room, *used + scores->count, SIZE_MAX, 1);
    if (grown == NULL)
        return error_errno(error, "%s", graft->params.file[SCORE].input.name);
    graft->first = grown;
    if (choose(scores->value, scores->count, &graft->choice, set, grown + *used, &ranked, error) !=
        0)
        return -1;
    graft->of += scores->count;
    graft->ranked += ranked;
    *used += scores->count;
    scores->count = 0;
    return 0;
}

/* Marks the tensors that may be grafted: start 0, not yet known. */
static int name_tensors(struct graft *graft, const char *const *names, size_t count,
                        struct error *error) {
    const struct st_file *file = &graft->params.file[BASE];
    const struct names known = {"tensor", file->tensor, file->tensors, sizeof *file->tensor};
    graft->start = calloc(file->tensors + 1, sizeof *graft->start);
    if (graft->start == NULL)
        return error_errno(error, "%s", file->input.name);
    for (size_t t = 0; count > 0 && t < file->tensors; t++)
        graft->start[t] = GRAFT_NOT;
    for (size_t i = 0; i < count; i++) {
        struct error why;
        const size_t t = names_find(&known, names[i], &why);
        if (t == file->tensors)
            return error_set(error, "%s: %s", file->input.name, why.text);
        graft->start[t] = 0;
    }
    return 0;
}

int graft_choose(struct graft *graft, const struct choice *choice, bool together,
                 const char *const *names, size_t count, struct error *error) {
    struct st_file *const file = &graft->params.file[SCORE];
    struct scores scores = {0};
    size_t used = 0;
    graft->choice = *choice;
    int result = name_tensors(graft, names, count, error);
    for (size_t t = 0; t < file->tensors && result == 0; t++) {
        if (graft->start[t] == GRAFT_NOT)
            continue;
        graft->start[t] = used + scores.count;
        result = add_scores(file, &file->tensor[t], &scores, error);
        if (result == 0 && !together)
            result = rank(graft, &scores, t, &used, error);
    }
    if (result == 0 && together)
        result = rank(graft, &scores, 0, &used, error);
    free(scores.value);
    return result;
}

/* --- networks --------------------------------------------------------------------------------- */

/* Names of layers and shapes are the same. */
static int check_comparable(const struct st_file *file, const struct net_spec *base,
                            const struct net_spec *donor, struct error *error) {
    const char *key = donor->activation != base->activation ? "activation"
                      : !net_same_classes(base, donor)      ? "classes"
                      : donor->rows != base->rows           ? "image_shape"
                                                            : NULL;
    if (key == NULL)
        return 0;
    char here[64], there[64];
    escape_fit(st_metadata(&file[DONOR], key), here, sizeof here);
    escape_fit(st_metadata(&file[BASE], key), there, sizeof there);
    return error_set(error, "%s: outputs cannot be compared: %s=%s here, %s in %s",
                     file[DONOR].input.name, key, here, there, file[BASE].input.name);
}

/* Puts into `to` the numbers of `from` whose first k is number j; false if there are none. */
static bool mix(const struct graft *graft, size_t l, const char *part, size_t j, const float *from,
                float *to) {
    char name[40];
    snprintf(name, sizeof name, "layer%zu.%s", l + 1, part);
    const struct st_file *file = &graft->params.file[BASE];
    const struct st_tensor *tensor = st_find(file, name);
    const size_t start = tensor != NULL ? graft->start[tensor - file->tensor] : GRAFT_NOT;
    if (start == GRAFT_NOT)
        return false;
    const uint8_t *const first = graft->first + start;
    for (size_t i = 0; i < tensor->elements; i++)
        to[i] = first[i] == j ? from[i] : to[i];
    return true;
}

/* Layer l of all grafts, one after another: each has the parameters of the one before. */
static void graft_layer(const struct graft *graft, size_t l, struct net *const *net, float *base,
                        float *donor) {
    const struct net_spec *spec = net_spec(net[BASE]);
    const size_t weights = spec->width[l] * spec->width[l + 1];
    net_get_layer(net[BASE], l, base, base + weights);
    net_get_layer(net[DONOR], l, donor, donor + weights);
    for (size_t j = 0; j < graft->choice.count; j++) {
        const bool weight = mix(graft, l, "weight", j, donor, base);
        const bool bias = mix(graft, l, "bias", j, donor + weights, base + weights);
        if (weight || bias)
            net_set_layer(net[2 + j], l, base, base + weights);
    }
}

/* What is left out of grafting belongs to a network, too. */
static struct net *load_whole(struct st_file *file, struct error *error) {
    struct st_tensor *const tensor = file->tensor;
    const size_t tensors = file->tensors, left_out = file->left_out, all = tensors + left_out;
    struct st_tensor *whole = malloc((all + 1) * sizeof *whole);
    if (whole == NULL) {
        error_errno(error, "%s", file->input.name);
        return NULL;
    }
    for (size_t t = 0; t < all; t++) {
        whole[t] = tensor[t];
        whole[t].gap = 0;
    }
    st_sort_names(whole, all);
    file->tensor = whole;
    file->tensors = all;
    file->left_out = 0;
    struct net *net = net_load(file, error);
    file->tensor = tensor;
    file->tensors = tensors;
    file->left_out = left_out;
    free(whole);
    return net;
}

static int load(struct st_file *file, bool keep, struct net **net, struct error *error) {
    if (keep && st_keep(file, error) != 0)
        return -1;
    *net = load_whole(file, error);
    return *net != NULL ? 0 : -1;
}

int graft_networks(struct graft *graft, bool keep, struct net **net, struct error *error) {
    struct st_file *const file = graft->params.file;
    if (load(&file[BASE], keep, &net[BASE], error) != 0 ||
        load(&file[DONOR], keep, &net[DONOR], error) != 0 ||
        check_comparable(file, net_spec(net[BASE]), net_spec(net[DONOR]), error) != 0)
        return -1;
    const struct net_spec *spec = net_spec(net[BASE]);
    for (size_t j = 0; j < graft->choice.count; j++)
        if ((net[2 + j] = net_clone(net[BASE], error)) == NULL)
            return -1;
    float *base = net_layer_room(spec, error);
    float *donor = base != NULL ? net_layer_room(spec, error) : NULL;
    for (size_t l = 0; donor != NULL && l < spec->layers; l++)
        graft_layer(graft, l, net, base, donor);
    free(base);
    free(donor);
    return donor != NULL ? 0 : -1;
}

/* --- the file --------------------------------------------------------------------------------- */

static int write_tensor(struct graft *graft, size_t t, struct output *output, struct error *error) {
    struct st_file *const base = &graft->params.file[BASE], *const donor = base + DONOR;
    const struct st_tensor *const tensor = &base->tensor[t];
    const size_t width = st_dtype_bits(tensor->dtype) / 8;
    unsigned char to[PART * sizeof(double)], from[PART * sizeof(double)];
    size_t count;
    for (uint64_t at = 0; at < tensor->elements; at += count) {
        const uint64_t left = tensor->elements - at;
        count = left < PART ? (size_t)left : PART;
        if (st_read(base, tensor, at * width, to, count * width, error) != 0 ||
            st_read(donor, &donor->tensor[t], at * width, from, count * width, error) != 0)
            return -1;
        for (size_t i = 0; graft->start[t] != GRAFT_NOT && i < count; i++)
            if (graft->first[graft->start[t] + (size_t)at + i] == 0)
                memcpy(to + i * width, from + i * width, width);
        if (output_write(output, to, count * width, error) != 0)
            return -1;
    }
    return 0;
}

/* The bytes of a tensor that is left out. */
static int copy_tensor(struct st_file *base, size_t t, struct output *output, struct error *error) {
    const struct st_tensor *const tensor = &base->tensor[t];
    const uint64_t size = tensor->end - tensor->begin;
    unsigned char bytes[PART * sizeof(double)];
    size_t count;
    for (uint64_t at = 0; at < size; at += count) {
        count = size - at < sizeof bytes ? (size_t)(size - at) : sizeof bytes;
        if (st_read(base, tensor, at, bytes, count, error) != 0 ||
            output_write(output, bytes, count, error) != 0)
            return -1;
    }
    return 0;
}

int graft_write(struct graft *graft, struct output *output, struct error *error) {
    struct st_file *const base = &graft->params.file[BASE];
    const size_t all = base->tensors + base->left_out;
    struct st_tensor *tensor = malloc((all + 1) * sizeof *tensor);
    if (tensor == NULL)
        return error_errno(error, "%s", base->input.name);
    for (size_t t = 0; t < all; t++) {
        base->tensor[t].gap = 0; /* everything is read */
        tensor[t] = base->tensor[t];
    }
    st_sort(tensor, all);
    int result = st_write_header(output, tensor, all, base->metadatum, base->metadata, error);
    for (size_t i = 0; i < all && result == 0; i++) {
        const size_t t = (size_t)(st_find_any(base, tensor[i].name) - base->tensor);
        result = t < base->tensors ? write_tensor(graft, t, output, error)
                                   : copy_tensor(base, t, output, error);
    }
    free(tensor);
    return result;
}
