/* Each image goes through the network once. Then one unit at a time is set to its mean and the
 * layers above are computed again, the units of the top hidden layer first: what lies above a unit
 * is overwritten when its turn comes, and nobody reads it any more. */
#include "engram/ablate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engram/grow.h"
#include "engram/train.h"
#include "layers.h"
#include "net-layout.h"

/* Activations of all hidden units, kept of samples until the means are known. */
struct kept {
    float *a; /* [count][units] */
    uint8_t *label;
    size_t count, a_room, label_room;
};

struct ablation {
    struct net *net;
    struct ablate_class *class;
    size_t classes;
    bool named[256]; /* labels, by a class */
    size_t units;    /* of all hidden layers */
    double *mean;    /* [units] */
    double *change;  /* [units], of one image's loss */
    struct kept kept;
    const struct progress *progress;
};

static int no_memory(const struct samples *samples, struct error *error) {
    return error_errno(error, "%s", samples->file.input.name);
}

static int check(const struct ablation *ablation, const struct samples *samples,
                 const struct samples *mean, struct error *error) {
    const struct net_spec *spec = net_spec(ablation->net);
    if (train_check_images(spec, samples, error) != 0 ||
        (mean != NULL && train_check_images(spec, mean, error) != 0))
        return -1;
    return mean == NULL || mean->count > 0
               ? 0
               : error_set(error, "%s: no samples, so units have no mean", mean->file.input.name);
}

/* --- one image -------------------------------------------------------------------------------- */

/* The loss, layers l and above computed from the activations below. */
static double loss_above(struct net *net, size_t l, size_t class) {
    net->kernel->above(net, l);
    return net_loss_of(net, class);
}

/* Adds the effects on an image, of which the network has the activations. */
static void add_image(struct ablation *ablation, uint8_t label) {
    struct net *const net = ablation->net;
    const size_t class = (size_t)net->spec.class_of[label];
    const double loss = loss_above(net, net->spec.layers - 1, class);
    size_t at = ablation->units;
    for (size_t l = net->spec.layers - 1; l > 0; l--) {
        float *const a = net->units[l - 1].a;
        for (size_t u = net->spec.width[l]; u-- > 0;) {
            const float own = a[u];
            a[u] = (float)ablation->mean[--at];
            ablation->change[at] = loss_above(net, l, class) - loss;
            a[u] = own;
        }
    }
    for (size_t k = 0; k < ablation->classes; k++) {
        struct ablate_class *const to = &ablation->class[k];
        if (!to->labels[label])
            continue;
        to->samples++;
        for (size_t u = 0; u < ablation->units; u++)
            to->effect[u] += ablation->change[u];
    }
}

/* Keeps the activations that the network has. */
static int keep_image(struct ablation *ablation, uint8_t label, struct error *error) {
    const struct net *const net = ablation->net;
    struct kept *const kept = &ablation->kept;
    float *a = grow(kept->a, &kept->a_room, kept->count + 1, SIZE_MAX, ablation->units * sizeof *a);
    if (a == NULL)
        return error_errno(error, "cannot keep the activations");
    kept->a = a;
    uint8_t *labels = grow(kept->label, &kept->label_room, kept->count + 1, SIZE_MAX, 1);
    if (labels == NULL)
        return error_errno(error, "cannot keep the activations");
    kept->label = labels;
    a += kept->count * ablation->units;
    for (size_t l = 0; l + 1 < net->spec.layers; a += net->spec.width[++l])
        memcpy(a, net->units[l].a, net->spec.width[l + 1] * sizeof *a);
    kept->label[kept->count++] = label;
    return 0;
}

static void add_means(struct ablation *ablation) {
    const struct net *const net = ablation->net;
    double *mean = ablation->mean;
    for (size_t l = 0; l + 1 < net->spec.layers; l++)
        for (size_t u = 0; u < net->spec.width[l + 1]; u++)
            *mean++ += (double)net->units[l].a[u];
}

/* --- all images ------------------------------------------------------------------------------- */

/* What is done with an image after the other: its part in the means, its effects, or both, of which
 * the effects wait. */
enum task { MEANS = 1, EFFECTS = 2 };

static int see_images(struct ablation *ablation, struct samples *samples, unsigned tasks,
                      struct error *error) {
    float outputs[NET_MAX_CLASSES];
    const uint8_t *image;
    uint8_t label;
    int more;
    while ((more = samples_next(samples, &image, &label, error)) == 1) {
        const bool named = (tasks & EFFECTS) != 0 && ablation->named[label];
        if ((tasks & MEANS) != 0 || named)
            net_forward(ablation->net, image, outputs);
        if ((tasks & MEANS) != 0)
            add_means(ablation);
        if (named && tasks == EFFECTS)
            add_image(ablation, label);
        else if (named && keep_image(ablation, label, error) != 0)
            return -1;
        progress_report(ablation->progress, "ablating", samples->next, samples->count);
    }
    for (size_t u = 0; (tasks & MEANS) != 0 && u < ablation->units; u++)
        ablation->mean[u] /= (double)samples->count;
    return more;
}

static void see_kept(struct ablation *ablation) {
    const struct net *const net = ablation->net;
    const struct kept *const kept = &ablation->kept;
    const float *a = kept->a;
    for (size_t n = 0; n < kept->count; n++) {
        for (size_t l = 0; l + 1 < net->spec.layers; a += net->spec.width[++l])
            memcpy(net->units[l].a, a, net->spec.width[l + 1] * sizeof *a);
        add_image(ablation, kept->label[n]);
        progress_report(ablation->progress, "ablating", n + 1, kept->count);
    }
}

/* Turns sums into means. */
static int finish(struct ablation *ablation, const struct samples *samples, struct error *error) {
    for (size_t k = 0; k < ablation->classes; k++)
        for (size_t u = 0; u < ablation->units; u++) {
            double *const effect = &ablation->class[k].effect[u];
            *effect /= (double)ablation->class[k].samples;
            if (!isfinite(*effect))
                return error_set(error,
                                 "%s: the loss with a unit at its mean, or as it is, is not "
                                 "finite",
                                 samples->file.input.name);
        }
    return 0;
}

static int measure(struct ablation *ablation, struct samples *samples, struct samples *mean,
                   struct error *error) {
    ablation->mean = calloc(2 * ablation->units + 1, sizeof *ablation->mean);
    if (ablation->mean == NULL)
        return no_memory(samples, error);
    ablation->change = ablation->mean + ablation->units;
    for (size_t k = 0; k < ablation->classes; k++) {
        struct ablate_class *const class = &ablation->class[k];
        class->effect = calloc(ablation->units + 1, sizeof *class->effect);
        if (class->effect == NULL)
            return no_memory(samples, error);
    }
    if (mean != NULL) {
        if (see_images(ablation, mean, MEANS, error) != 0 ||
            see_images(ablation, samples, EFFECTS, error) != 0)
            return -1;
    } else {
        if (see_images(ablation, samples, MEANS | EFFECTS, error) != 0)
            return -1;
        see_kept(ablation);
    }
    return finish(ablation, samples, error);
}

int ablate(struct net *net, struct samples *samples, struct samples *mean,
           struct ablate_class *class, size_t classes, const struct progress *progress,
           struct error *error) {
    struct ablation ablation = {
        .net = net, .class = class, .classes = classes, .progress = progress};
    for (size_t l = 1; l < net->spec.layers; l++)
        ablation.units += net->spec.width[l];
    for (size_t k = 0; k < classes; k++)
        for (int label = 0; label < 256; label++)
            ablation.named[label] |= class[k].labels[label];
    const int result =
        check(&ablation, samples, mean, error) != 0 ? -1 : measure(&ablation, samples, mean, error);
    free(ablation.mean);
    free(ablation.kept.a);
    free(ablation.kept.label);
    return result;
}

/* --- files ------------------------------------------------------------------------------------ */

/* Fills the numbers of a tensor of layer l. */
static void fill(const struct net_spec *spec, const struct ablate_class *class, bool with_sign,
                 size_t l, const struct st_tensor *tensor, float *values) {
    const double *effect = class->effect;
    const bool hidden = tensor->rank == 1 && l + 1 < spec->layers;
    for (size_t k = 0; k < l; k++)
        effect += spec->width[k + 1];
    for (size_t i = 0; i < tensor->elements; i++)
        values[i] = !hidden ? 0 : (float)(with_sign ? effect[i] : fabs(effect[i]));
}

int ablate_save(const struct net *net, const struct ablate_class *class, bool with_sign,
                struct output *output, struct error *error) {
    const struct net_spec *const spec = net_spec(net);
    struct net_spec one = {0};
    struct net_layout layout;
    char labels[NET_CLASS_TEXT];
    net_spec_add_class(&one, class->labels, error);
    net_write_class(&one, 0, labels, sizeof labels);
    const struct st_metadata more[] = {
        {"labels", labels}, {"signed", with_sign ? "true" : "false"}, {NULL, NULL}};
    float *values = net_layer_room(spec, error);
    int result = values != NULL
                     ? net_write_tally_header(net, "effect", more, 0, &layout, output, error)
                     : -1;
    for (size_t t = 0; result == 0 && t < layout.count; t++) {
        const struct st_tensor *tensor = &layout.tensor[t];
        fill(spec, class, with_sign, layout.layer[t], tensor, values);
        result = net_write_values(output, tensor->name, values, (size_t)tensor->elements, error);
    }
    free(values);
    return result;
}
