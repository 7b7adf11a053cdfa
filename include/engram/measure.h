/* Measures, all there are, a row each, and tallies: their sums over steps, of each class.
 *
 * A measure is of a parameter theta with gradient g = dloss/dtheta, whose step is
 * delta theta = -rate * g. Per step and layer it is a product f h, of a number for each unit and
 * one for each input x (1 for a bias): h is |x|, x or x^2, f is kernel.c's. From a row follow the
 * member NET_NAME of the enum and the name in options, help and files; one that kernel.c lacks does
 * not compile (-Wswitch-enum). */
#ifndef ENGRAM_MEASURE_H
#define ENGRAM_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

#include "engram/error.h"
#include "engram/net.h"

/* ROW(NAME, name, ...): whether h is x^2, h is x (else |x|), it is 0 at a rate of 0, it depends on
 * more than x.
 *
 * CHANGE            |delta theta|
 * SQUARED_CHANGE    (delta theta)^2
 * GRADIENT          g, whose sum times theta' - theta is the change of the loss from theta to
 *                   theta', to first order
 * SQUARED_GRADIENT  g^2: the diagonal of the empirical Fisher information, of the true labels
 *                   instead of an expectation over the model's
 * PATH_INTEGRAL     -g delta theta = rate * g^2: the path integral of Synaptic Intelligence
 *                   (F. Zenke, B. Poole, S. Ganguli, ICML 2017)
 * INPUT             |x| */
/* clang-format off */
#define NET_MEASURE_ROWS(ROW)                                                                      \
    ROW(CHANGE,           "change",                                .by_rate = 1, .of_learning = 1) \
    ROW(SQUARED_CHANGE,   "squared-change",   .squares_input = 1,  .by_rate = 1, .of_learning = 1) \
    ROW(GRADIENT,         "gradient",         .is_signed = 1,                    .of_learning = 1) \
    ROW(SQUARED_GRADIENT, "squared-gradient", .squares_input = 1,                .of_learning = 1) \
    ROW(PATH_INTEGRAL,    "path-integral",    .squares_input = 1,  .by_rate = 1, .of_learning = 1) \
    ROW(INPUT,            "input",                                               .of_learning = 0)
/* clang-format on */

enum net_measure {
#define ROW(NAME, ...) NET_##NAME,
    NET_MEASURE_ROWS(ROW)
#undef ROW
        NET_MEASURES
};

const char *net_measure_name(enum net_measure measure);

/* NET_MEASURES, and an error that lists them, if none has that name. */
enum net_measure net_measure_named(const char *name, struct error *error);

/* "change or input", cut to `size`. */
void net_list_measures(char *text, size_t size);

/* What a row says. */
bool net_measure_squares_input(enum net_measure measure);
bool net_measure_signed(enum net_measure measure);
bool net_measure_by_rate(enum net_measure measure);
bool net_measure_of_learning(enum net_measure measure);

/* What tallies sum; NET_CHANGE of a new net. To be set before the first of them. */
void net_set_measure(struct net *net, enum net_measure measure);
enum net_measure net_measure(const struct net *net);

/* Makes a tally of zeros for each class. Call once, before net_tally. */
int net_start_tally(struct net *net, struct error *error);

/* Adds the last step to the tally of a class, the image's own or any other. The image must still be
 * where it was. */
void net_tally(struct net *net, size_t class);

/* Whether a class's tally is 0 for every parameter. */
bool net_tally_is_zero(const struct net *net, size_t class);

/* Copies the tally of layer l, 0 the first: weights [out][in], biases [out]. */
void net_get_tally(const struct net *net, size_t class, size_t l, float *weights, float *biases);

#endif
