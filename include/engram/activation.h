/* Activations a = f(z), all there are, a row each: ROW(NAME, name, exponent).
 *
 * From a row follow the member NET_NAME of the enum, the name in options, help and files, and the
 * loop of kernel.c, which computes f and f' from e^-|exponent z|; 0: without. A row that kernel.c
 * lacks does not compile (-Wswitch-enum). */
#ifndef ENGRAM_ACTIVATION_H
#define ENGRAM_ACTIVATION_H

#include <stddef.h>

#include "engram/error.h"

/* clang-format off */
#define NET_ACTIVATION_ROWS(ROW)                                    \
    ROW(SOFTPLUS,   "softplus",   1) /* log(1 + e^z) */             \
    ROW(RELU,       "relu",       0) /* max(z, 0) */                \
    ROW(LEAKY_RELU, "leaky-relu", 0) /* z for z > 0, else z / 100 */ \
    ROW(SIGMOID,    "sigmoid",    1) /* 1 / (1 + e^-z) */           \
    ROW(TANH,       "tanh",       2)
/* clang-format on */

enum net_activation {
#define ROW(NAME, ...) NET_##NAME,
    NET_ACTIVATION_ROWS(ROW)
#undef ROW
        NET_ACTIVATIONS
};

const char *net_activation_name(enum net_activation activation);

/* NET_ACTIVATIONS, and an error that lists them, if none has that name. */
enum net_activation net_activation_named(const char *name, struct error *error);

/* "relu, sigmoid or tanh", cut to `size`. */
void net_list_activations(char *text, size_t size);

#endif
