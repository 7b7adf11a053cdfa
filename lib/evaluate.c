/* Each block of images is read and looked through once; the weights of one network at a time fill
 * the cache. */
#include "engram/evaluate.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "engram/train.h"

/* A block, and outputs [images][classes] for it. */
struct block {
    struct samples_block samples;
    struct net_images *images;
    size_t classes;
    float *first, *second, *own;
};

static void evaluate_block(struct net *net, const struct block *block, float *outputs,
                           struct evaluation *results) {
    for (size_t n = 0; n < block->samples.count; n++) {
        struct evaluation *of = &results[block->samples.labels[n]];
        bool right;
        of->loss += net_test(net, block->images, n, block->samples.labels[n],
                             outputs + n * block->classes, &right);
        of->images++;
        of->wrong += !right;
    }
}

/* Adds dot and norm of the network whose outputs are `own`. */
static void project_block(const struct block *block, struct evaluation *results) {
    for (size_t n = 0; n < block->samples.count; n++) {
        struct evaluation *of = &results[block->samples.labels[n]];
        for (size_t o = n * block->classes; o < (n + 1) * block->classes; o++) {
            const double far = (double)block->second[o] - (double)block->first[o];
            of->dot += ((double)block->own[o] - (double)block->first[o]) * far;
            of->norm += far * far;
        }
    }
}

static void evaluate_all(struct net *const *net, size_t count, const struct block *block,
                         struct evaluation *results) {
    evaluate_block(net[0], block, block->first, results);
    evaluate_block(net[1], block, block->second, results + EVALUATE_LABELS);
    for (size_t k = 2; k < count; k++) {
        evaluate_block(net[k], block, block->own, results + k * EVALUATE_LABELS);
        project_block(block, results + k * EVALUATE_LABELS);
    }
}

static int check_finite(const struct evaluation *results, size_t count,
                        const struct samples *samples, struct error *error) {
    for (size_t i = 0; i < count * EVALUATE_LABELS; i++)
        if (!isfinite(results[i].loss))
            return error_set(error, "%s: the loss on images of label %zu is not finite",
                             samples->file.input.name, i % EVALUATE_LABELS);
    return 0;
}

int evaluate(struct net *const *net, size_t count, struct samples *samples,
             struct evaluation *results, const struct progress *progress, struct error *error) {
    struct net_spec spec = *net_spec(net[0]);
    spec.samples = 0; /* nothing is learned from these */
    if (train_check(&spec, samples, error) != 0)
        return -1;
    struct block block = {.images = net_images_create(error), .classes = spec.classes};
    if (block.images == NULL)
        return -1;
    const size_t room = NET_IMAGES * spec.classes;
    block.first = malloc(3 * room * sizeof *block.first);
    int more = block.first != NULL ? 1 : error_errno(error, "outputs of %zu classes", spec.classes);
    block.second = block.first + (more == 1 ? room : 0);
    block.own = block.second + (more == 1 ? room : 0);
    memset(results, 0, count * EVALUATE_LABELS * sizeof *results);
    while (more == 1 && (more = samples_block(samples, NET_IMAGES, &block.samples, error)) == 1) {
        if (net_images_list(block.images, block.samples.images, block.samples.count,
                            samples->rows * samples->cols, error) != 0)
            more = -1;
        else
            evaluate_all(net, count, &block, results);
        progress_report(progress, "evaluating", samples->next, samples->count);
    }
    free(block.first);
    net_images_free(block.images);
    return more == 0 ? check_finite(results, count, samples, error) : -1;
}
