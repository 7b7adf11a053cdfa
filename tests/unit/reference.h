/* What a step of learning computes, written to be read; lib/kernel.c does the same, only faster.
 *
 * `struct reference` is the definition to the last bit: scalar floats, every operation rounded by
 * itself, in the order written. `struct dense` is the textbook's network in double precision,
 * W x + b without any rearrangement and with the C library's functions: what the definition has to
 * agree with up to rounding. Arrays are [out][in] unless said otherwise. */
#ifndef ENGRAM_TEST_REFERENCE_H
#define ENGRAM_TEST_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engram/measure.h"
#include "engram/net.h"

/* --- the definition --------------------------------------------------------------------------- */

/* The first layer is W[i][j] = v[i][j] + c[i]; r[i] is the sum of W[i][j] over j, kept up to date
 * by adding to it. The first layer's tally is v[i][j] + 2^-8 b[i], or
 * 2^-16 b[i] where squares are tallied. */
struct reference_tally {
    float *v;
    float *w[NET_MAX_LAYERS]; /* [1] .. [layers - 1] */
    float *b[NET_MAX_LAYERS];
};

struct reference {
    struct net_spec spec;
    float rate;
    float *v, *c, *r;
    float *w[NET_MAX_LAYERS]; /* [1] .. [layers - 1] */
    float *b[NET_MAX_LAYERS];
    float *a[NET_MAX_LAYERS]; /* activations, their derivatives, and dloss / dz */
    float *derivative[NET_MAX_LAYERS];
    float *delta[NET_MAX_LAYERS];
    float leak;
    enum net_measure measure;
    struct reference_tally *tally; /* [classes] */
};

/* A network with the parameters of `net` before its first step, and empty tallies. */
struct reference *reference_copy(const struct net *net);
void reference_free(struct reference *reference);

/* Tallies the step in the class `tallied`; -1 for none. */
double reference_step(struct reference *reference, const uint8_t *image, uint8_t label,
                      int tallied);

/* As net_get_layer and net_get_tally. */
void reference_get_layer(const struct reference *reference, size_t layer, float *weights,
                         float *biases);
void reference_get_tally(const struct reference *reference, size_t class, size_t layer,
                         float *weights, float *biases);

/* e^-|x|, with |x| cut at 87. */
float reference_exp_of_minus(float x);

void reference_activate(enum net_activation activation, float z, float *a, float *derivative);

/* Errors of an activation that are allowed. Where |x| is beyond 87, e^-|x| stays e^-87 = 1.6e-38:
 * results below `floor` are 0 to a network. Seen, of value and derivative: 2.4 and 2.6; 0; 0.9 and
 * 0.3; 2.6 and 4.5; 2.0 and 4.9 ulp. */
extern const struct reference_bound {
    double a, derivative; /* in ulp, of results above */
    double floor;
} reference_bounds[NET_ACTIVATIONS];

/* --- the textbook ----------------------------------------------------------------------------- */

struct dense {
    struct net_spec spec;
    double *w[NET_MAX_LAYERS], *b[NET_MAX_LAYERS];
    double *a[NET_MAX_LAYERS + 1]; /* [0]: the input */
    double *derivative[NET_MAX_LAYERS], *delta[NET_MAX_LAYERS];
    double *tally_w[NET_MAX_CLASSES][NET_MAX_LAYERS], *tally_b[NET_MAX_CLASSES][NET_MAX_LAYERS];
};

/* A network with the parameters of `net` as they are, and empty tallies. */
struct dense *dense_copy(const struct net *net);
void dense_free(struct dense *dense);

/* The loss of an image, without learning. */
double dense_loss(struct dense *dense, const uint8_t *image, uint8_t label);

/* Adds what is measured to the tallies of the label's class, too; backward through
 * the hidden units of other classes by the leak. */
double dense_step(struct dense *dense, const uint8_t *image, uint8_t label,
                  enum net_measure measure, double leak);

void dense_activate(enum net_activation activation, double z, double *a, double *derivative);

#endif
