/* A fully connected network that learns from one image at a time, and tallies of its steps.
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

#include "engram/error.h"
#include "engram/io.h"
#include "engram/safetensors.h"

enum {
    NET_MAX_LAYERS = 16,
    NET_MAX_WIDTH = 1 << 20, /* units in a layer */
    NET_MAX_CLASSES = 256,
    NET_MAX_RATE = 1000
};

/* A member that is added is no activation yet, and does not compile (nor does a measure): it needs
 * a row of the table in net-internal.h, from which names and help follow, and a case in every
 * switch over the enum (-Wswitch-enum; none has a default). */
enum net_activation {
    NET_SOFTPLUS,   /* log(1 + e^z) */
    NET_RELU,       /* max(z, 0) */
    NET_LEAKY_RELU, /* z for z > 0, else z / 100 */
    NET_SIGMOID,    /* 1 / (1 + e^-z) */
    NET_TANH,
    NET_ACTIVATIONS
};

const char *net_activation_name(enum net_activation activation);

/* NET_ACTIVATIONS, and an error that says which there are, if none has that name. */
enum net_activation net_activation_named(const char *name, struct error *error);

/* What a tally sums over steps, for each parameter theta of gradient g = dloss/dtheta, whose step
 * is delta theta = -rate * g. Per step and layer all are products f h, of a number for each unit
 * and one for each input x (1 for a bias). */
enum net_measure {
    NET_CHANGE,           /* |delta theta| */
    NET_SQUARED_CHANGE,   /* (delta theta)^2 */
    NET_SQUARED_GRADIENT, /* g^2: the diagonal of the empirical Fisher information, which takes the
                           * true labels instead of an expectation over the model's */
    NET_PATH_INTEGRAL,    /* -g delta theta = rate * g^2: the path integral of Synaptic Intelligence
                           * (F. Zenke, B. Poole, S. Ganguli, ICML 2017) */
    NET_INPUT,            /* |x|: the image and the units below alone, without what is learned */
    NET_MEASURES
};

const char *net_measure_name(enum net_measure measure);

/* NET_MEASURES, and an error that says which there are, if none has that name. */
enum net_measure net_measure_named(const char *name, struct error *error);

/* Whether a measure is 0 at a learning rate of 0, and whether it tells of what is learned. */
bool net_measure_by_rate(enum net_measure measure);
bool net_measure_of_learning(enum net_measure measure);

/* The names as in "relu, sigmoid or tanh", cut to `size`. */
void net_list_activations(char *text, size_t size);
void net_list_measures(char *text, size_t size);

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

/* Writes the labels of a class, as in "1,7", into NET_CLASS_TEXT bytes or as many as are left of
 * such a text; returns how many. */
enum { NET_CLASS_TEXT = 1280 };
size_t net_write_class(const struct net_spec *spec, size_t class, char *text, size_t size);

struct net;

/* A network with parameters drawn from spec->seed, layer by layer, weights [out][in] then biases.
 */
struct net *net_create(const struct net_spec *spec, struct error *error);

/* Reads a network (kind=network) from an open file, up to its end. */
struct net *net_load(struct st_file *file, struct error *error);

void net_free(struct net *net);

const struct net_spec *net_spec(const struct net *net);

/* Changes the learning rate for the steps to come. */
void net_set_rate(struct net *net, double rate);

/* Routes the gradients of the steps to come (A. Cloud et al., "Gradient Routing",
 * arXiv:2410.04332): the gradient of an image of class k flows back through the k-th of `classes`
 * equal parts of every hidden layer only, unit i of u being in part i * classes / u, rounded down.
 * The weights and biases into the other units, and what lies below through them, do not learn from
 * the image; the forward pass is as always. */
void net_set_routed(struct net *net, bool routed);

/* What tallies sum; a new net has NET_CHANGE. Call before the first of them. */
void net_set_measure(struct net *net, enum net_measure measure);
enum net_measure net_measure(const struct net *net);

/* Makes room for one tally per class, all zero. Call once, before net_tally. */
int net_start_tally(struct net *net, struct error *error);

/* One step of learning from an image [rows][cols] of `label`, which must have a class. Returns the
 * loss before the step; not finite when learning has diverged. `right` (may be NULL) tells whether
 * the largest output was that of the label's class. */
double net_step(struct net *net, const uint8_t *image, uint8_t label, bool *right);

/* Adds the last step to the tally of a class, the image's own or any other. The image must still be
 * where it was. */
void net_tally(struct net *net, size_t class);

/* Whether the tally of a class is 0 for every parameter. */
bool net_tally_is_zero(const struct net *net, size_t class);

/* The outputs [classes] for an image, without learning. */
void net_forward(struct net *net, const uint8_t *image, float *outputs);

/* Copies layer `layer` (0 is the first): weights [out][in] and biases [out], of the network or of
 * the tally of class `class`. */
void net_get_layer(const struct net *net, size_t layer, float *weights, float *biases);
void net_get_tally(const struct net *net, size_t class, size_t layer, float *weights,
                   float *biases);

/* A copy of all parameters, to be freed, and whether a layer has one that is no longer as it was.
 */
float *net_copy(const struct net *net, struct error *error);
bool net_differs(const struct net *net, const float *copy, size_t layer);

/* Writes a parameter file: the network, or the tally of a class. Fails if the network holds a value
 * that is not finite. */
int net_save(const struct net *net, struct output *output, struct error *error);
int net_save_tally(const struct net *net, size_t class, struct output *output, struct error *error);

/* The instruction sets this program was built for and this processor has, best last; steps give the
 * same bits with each. net_use picks one by its place in the list; a new net uses the best. */
size_t net_kernels(void);
const char *net_kernel_name(size_t kernel);
void net_use(struct net *net, size_t kernel);

#endif
