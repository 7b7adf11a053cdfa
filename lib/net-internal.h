/* The inside of a network, shared by net.c (making, loading, saving) and kernel.c (learning). */
#ifndef ENGRAM_NET_INTERNAL_H
#define ENGRAM_NET_INTERNAL_H

#include "engram/net.h"

/* Vectors over the units of a layer have room for a multiple of LANES; the room beyond the units
 * is zero and stays zero. */
enum { LANES = 16 };

/* The first layer, input-major, so that hidden units lie along the vector lanes. Its weights are
 * W[i][j] = v[j][i] + c[i]: hidden unit i, input j. */
struct first_layer {
    size_t inputs, units;
    size_t stride; /* floats from a row of v to the next: units, rounded up to a multiple of 8 */
    float *v;      /* [inputs][stride] */
    float *c;      /* [LANES] shared by all weights of a unit */
    float *r;      /* [LANES] sum over the weights W of a unit, kept up to date */
    float *b;      /* [LANES] biases */
};

/* A layer above, output-major: rows of weights, [units][stride]. */
struct dense_layer {
    size_t inputs, units;
    size_t stride; /* inputs, rounded up to a multiple of LANES */
    float *w;      /* [units][stride] */
    float *b;      /* [LANES] */
};

/* Tallies of one class. A first-layer weight's tally is v[j][i] + 2^-8 b[i], once what waits has
 * been added to v: of each image that waits, |q[i]| s[j], where s is pixel value / 256. */
enum { TALLY_WAITING = 32 };

struct tally {
    float *v;                 /* [inputs][stride] */
    float *b;                 /* [LANES] */
    float *w[NET_MAX_LAYERS]; /* as in dense_layer */
    float *dense_b[NET_MAX_LAYERS];
    size_t waiting;
    float *steps;     /* [TALLY_WAITING][stride]: |q| */
    uint8_t *images;  /* [TALLY_WAITING][inputs] */
    uint32_t *lit_in; /* [inputs]: the images in which a pixel is not black, a bit each */
};

/* The pixels of an image that are not black. */
struct lit {
    const uint8_t *image;
    uint32_t *pixel; /* [inputs + 8] */
    size_t count;
    uint64_t sum; /* of all pixel values */
};

/* What a step computes about one layer's units, each [LANES]. */
struct units {
    float *a;     /* activation */
    float *slope; /* its derivative */
    float *delta; /* dloss / dz */
};

struct net {
    struct net_spec spec;
    float rate;
    struct first_layer first;
    struct dense_layer dense[NET_MAX_LAYERS]; /* 1 .. spec.layers - 1 used */
    struct units units[NET_MAX_LAYERS];       /* [spec.layers] used */
    struct lit lit;
    struct tally *tally; /* [classes], or NULL */
    const struct kernel *kernel;
    void *memory[3 * NET_MAX_LAYERS + 8]; /* every array above but the tallies, to free */
    size_t memories;
    void *tally_memory[NET_MAX_CLASSES]; /* one block a class */
};

struct kernel {
    const char *name;
    void (*forward)(struct net *net, const uint8_t *image);
    double (*step)(struct net *net, const uint8_t *image, size_t class, struct tally *tally);
    void (*settle)(const struct first_layer *layer, struct tally *tally);
};

/* kernel.c is compiled once for each of these. */
extern const struct kernel kernel_base, kernel_avx2, kernel_avx512;

#endif
