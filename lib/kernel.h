/* What a step of learning works on, and what kernel.c does with it. */
#ifndef ENGRAM_KERNEL_H
#define ENGRAM_KERNEL_H

#include "engram/measure.h"
#include "engram/net.h"

/* Vectors over the units of a layer have room for a multiple of LANES; the room beyond the units
 * is zero and stays zero. */
enum { LANES = 16 };

/* The first layer, input-major, so that hidden units lie along the vector lanes. Its weights are
 * W[i][j] = v[j][i] + c[i]: hidden unit i, input j.
 *
 * A row of v fills its cache lines: it has a multiple of LANES floats. Up to SIDE units left over,
 * 4 of 100, have short rows of their own, after all others. */
enum { SIDE = 4 };

struct first_layer {
    size_t inputs, units;
    size_t lanes;  /* net_lanes(units): those of a row, and of its short row if it has one */
    size_t stride; /* those of a row alone */
    float *v;      /* [inputs][stride], then [inputs][SIDE], in use if lanes > stride */
    float *c;      /* [LANES] shared by all weights of a unit */
    float *r;      /* [LANES] sum over the weights W of a unit, kept up to date */
    float *b;      /* [LANES] biases */
    float s[256];  /* of a pixel: pixel / 256 */
};

/* A layer above, output-major: rows of weights, [units][stride]. */
struct dense_layer {
    size_t inputs, units;
    size_t stride; /* inputs, rounded up to a multiple of LANES */
    float *w;      /* [units][stride] */
    float *b;      /* [LANES] */
};

/* What steps add to a tally, by its measure: f[l][i] to a bias of layer l, f[l][i] h[l][j] to a
 * weight. The first layer's h is the image's: that of a black pixel, net->black, and beyond it
 * net->light, 0 where the pixel is black. Strides are multiples of LANES. */
struct factors {
    float *f[NET_MAX_LAYERS]; /* [steps][f_stride]: units */
    float *h[NET_MAX_LAYERS]; /* [steps][h_stride]: inputs; [0] unused */
    size_t f_stride[NET_MAX_LAYERS], h_stride[NET_MAX_LAYERS];
};

/* Tallies of one class, of which a first-layer weight's is v[j][i] + net->black * b[i], once what
 * waits has been added to v and w: the products of the steps that wait. */
enum { TALLY_WAITING = 32 };

struct tally {
    float *v;                 /* as in first_layer */
    float *w[NET_MAX_LAYERS]; /* as in dense_layer */
    float *b[NET_MAX_LAYERS]; /* [LANES] */
    const float *light;       /* the network's */
    size_t waiting;
    struct factors steps; /* of TALLY_WAITING */
    uint8_t *images;      /* [TALLY_WAITING][inputs] */
    uint32_t *nonzero_in; /* [inputs]: the images in which a pixel is not black, a bit each */
};

/* An image by its nonzero pixels. */
struct sparse {
    const uint8_t *image;
    uint32_t *pixel; /* [count], in room for SPARSE_BEYOND more than there are pixels */
    size_t count;
    uint64_t sum; /* of all pixel values */
};

enum { SPARSE_BEYOND = 8 };

/* Lists the nonzero pixels of `image` from sparse->pixel on. */
void sparse_list(struct sparse *sparse, const uint8_t *image, size_t pixels);

/* Image n of those listed. */
const struct sparse *net_images_sparse(const struct net_images *images, size_t n);

/* What a step computes about one layer's units, each [LANES]. */
struct units {
    float *a;          /* activation */
    float *derivative; /* da / dz */
    float *delta;      /* dloss / dz */
    float *step;       /* -rate * delta, what the bias has changed by */
};

struct net {
    struct net_spec spec;
    float rate;
    struct first_layer first;
    struct dense_layer dense[NET_MAX_LAYERS]; /* 1 .. spec.layers - 1 used */
    struct units units[NET_MAX_LAYERS];       /* [spec.layers] used */
    const struct sparse *sparse;              /* the last image */
    struct sparse own;                        /* that of net_step */
    float leak;                               /* of the steps to come; 1: they are not routed */
    enum net_measure measure;
    float black, light[256]; /* see struct factors */
    struct tally *tally;     /* [classes], or NULL */
    const struct kernel *kernel;
    void *memory[3 * NET_MAX_LAYERS + 8]; /* every array above but the tallies, to free */
    size_t memories;
    void *tally_memory[NET_MAX_CLASSES]; /* one block a class */
};

/* A row of a tally: row += scale[n] x[n] over the steps n, in their order, whose bit is set in
 * `nonzero` and in what is chosen. */
struct replay_row {
    size_t words; /* of 64 steps */
    const uint64_t *nonzero;
    const float *scale; /* [64 * words] */
    const float *x;     /* [steps][stride] */
    size_t stride;
    size_t lanes; /* of the row, net_lanes of its units */
};

struct kernel {
    const char *name;
    void (*forward)(struct net *net);         /* of net->sparse */
    void (*above)(struct net *net, size_t l); /* layers l >= 1 and on, from the activations below */
    double (*step)(struct net *net, size_t class);
    void (*factors)(const struct net *net, struct factors *to, size_t n); /* of the last step */
    void (*tally)(const struct net *net, struct tally *tally);            /* the last step */
    void (*settle)(const struct net *net, struct tally *tally);
    void (*replay)(const struct replay_row *replay, const uint64_t *chosen, float *row);
};

/* kernel.c is compiled once for each of these. */
extern const struct kernel kernel_base, kernel_avx2, kernel_avx512;

#endif
