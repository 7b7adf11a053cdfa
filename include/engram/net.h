/* A fully connected network that learns from one image at a time.
 *
 * Input: x = (pixel + 1) / 256, so a black pixel is 1/256, never 0. Layers of any number and width,
 * one activation for all. Loss: 1/2 sum (y - t)^2 with t one-hot over the classes. Initialization:
 * every weight and bias of a layer ~ N(0, 2 / fan-in) (K. He et al., ICCV 2015). Learning: plain
 * stochastic gradient descent, theta <- theta - rate * dloss/dtheta after every image.
 *
 * Parameters are float; what a step computes is defined to the last bit by tests/unit/reference.c,
 * on every machine. A network must not be shared between threads. */
#ifndef ENGRAM_NET_H
#define ENGRAM_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engram/activation.h"
#include "engram/error.h"

enum {
    NET_MAX_LAYERS = 16,
    NET_MAX_WIDTH = 1 << 20, /* units in a layer */
    NET_MAX_CLASSES = 256,
    NET_MAX_RATE = 1000
};

/* Everything but the parameters: what a network file keeps in its metadata. */
struct net_spec {
    enum net_activation activation;
    double rate;                      /* learning rate */
    uint64_t seed;                    /* of the initialization */
    uint64_t samples;                 /* images learned from so far */
    size_t rows, cols;                /* of an image */
    size_t layers;                    /* of weights: hidden layers + 1 */
    size_t width[NET_MAX_LAYERS + 1]; /* [0] = rows * cols, ..., [layers] = classes */
    size_t classes;
    int16_t class_of[256]; /* a label's class, -1 for none */
};

/* Adds a class of the labels for which `labels` is true; -1 if one belongs to a class already. */
int net_spec_add_class(struct net_spec *spec, const bool labels[256], struct error *error);

/* Whether the same labels belong to the same classes. */
bool net_same_classes(const struct net_spec *a, const struct net_spec *b);

struct net;

/* A network with parameters drawn from spec->seed, layer by layer, weights [out][in] then biases.
 */
struct net *net_create(const struct net_spec *spec, struct error *error);

/* A network of the same parameters, that goes on from there on its own; no tally. */
struct net *net_clone(const struct net *net, struct error *error);

void net_free(struct net *net);

const struct net_spec *net_spec(const struct net *net);

/* Changes the learning rate for the steps to come. */
void net_set_rate(struct net *net, double rate);

/* Routes the gradients of the steps to come (A. Cloud et al., "Gradient Routing",
 * arXiv:2410.04332). Unit i of u in a hidden layer belongs to class i * classes / u, rounded down;
 * an image of class k has leak f'(z) for f'(z) at the units of other classes, 0 <= leak <= 1. The
 * forward pass is as always. 1, that of a new net, routes nothing. */
void net_set_leak(struct net *net, double leak);

/* Learns from an image [rows][cols] of `label`, which must have a class. Returns the loss before
 * the step; not finite when learning has diverged. `right` (may be NULL): the label's class had the
 * largest output. */
double net_step(struct net *net, const uint8_t *image, uint8_t label, bool *right);

/* Up to NET_IMAGES images, looked through once for all the networks that learn from them. */
enum { NET_IMAGES = 128 };

struct net_images;
struct net_images *net_images_create(struct error *error);
void net_images_free(struct net_images *images);

/* Takes `count` images of `size` pixels, which must stay, in place of those before. */
int net_images_list(struct net_images *images, const uint8_t *pixels, size_t count, size_t size,
                    struct error *error);

/* net_step on image n of these. */
double net_learn(struct net *net, const struct net_images *images, size_t n, uint8_t label,
                 bool *right);

/* What net_learn would return and say of image n, and the outputs [classes], without learning. */
double net_test(struct net *net, const struct net_images *images, size_t n, uint8_t label,
                float *outputs, bool *right);

/* The outputs [classes] for an image, without learning. */
void net_forward(struct net *net, const uint8_t *image, float *outputs);

/* Copies layer l, 0 the first: weights [out][in], biases [out]. */
void net_get_layer(const struct net *net, size_t l, float *weights, float *biases);

/* A copy of all parameters, to be freed; whether one of layer l is another than there. */
float *net_copy(const struct net *net, struct error *error);
bool net_differs(const struct net *net, const float *copy, size_t l);

/* The instruction sets this program was built for and this processor has, best last; steps give the
 * same bits with each. net_use picks one by its place in the list; a new net uses the best. */
size_t net_kernels(void);
const char *net_kernel_name(size_t kernel);
void net_use(struct net *net, size_t kernel);

#endif
