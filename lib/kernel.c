/* One step of learning from one image; compiled once for each instruction set, the same bits each.
 *
 * Why it is fast. An input is x = 2^-8 + s, where s = pixel/256 is 0 for about 4 of 5 pixels. Write
 * the first layer's weights as W[i][j] = v[j][i] + c[i]. Then the sum over the inputs is
 *     z[i] = b[i] + 2^-8 r[i] + c[i] S + sum over lit pixels of s[j] v[j][i],
 * with r[i] the sum of the weights W of unit i and S the sum of s; and the update of W[i][j], which
 * is q[i] x[j] with q = -rate * delta, becomes
 *     c[i] += 2^-8 q[i],   v[j][i] += s[j] q[i] for lit pixels only,   r[i] += q[i] * sum of x.
 * A tally adds |q[i]| x[j] in the same way. No approximation is made: rows of black pixels are left
 * alone because c holds their share.
 *
 * Why the bits are the same. Hidden units lie along the vector lanes, so every lane does the scalar
 * sequence of tests/unit/reference.c, whatever the width; the only sums across lanes are the dot
 * products of the layers above, which run in LANES fixed lanes, added pairwise at the end. */
#if (defined WANT_AVX2 && !defined __AVX2__) || (defined WANT_AVX512 && !defined __AVX512F__)
typedef int not_for_this_processor;
#else

#include "net-internal.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

/* The widest vector of the instruction set, in floats, and the units whose sums fit its registers:
 * for 100 hidden units one block, or 52 + 48 with the 16 registers of SSE2. */
#if defined __AVX512F__
enum { WIDE = 16, BLOCK_WIDES = 6, BLOCK_QUADS = 1 };
#define KERNEL kernel_avx512
#define KERNEL_NAME "avx512"
#elif defined __AVX2__
enum { WIDE = 8, BLOCK_WIDES = 12, BLOCK_QUADS = 1 };
#define KERNEL kernel_avx2
#define KERNEL_NAME "avx2"
#else
enum { WIDE = 4, BLOCK_WIDES = 13, BLOCK_QUADS = 0 };
#define KERNEL kernel_base
#define KERNEL_NAME "base"
#endif

/* Vectors that load and store anywhere a float may lie. */
typedef float wide __attribute__((vector_size(4 * WIDE), aligned(4), may_alias));
typedef uint32_t wide_bits __attribute__((vector_size(4 * WIDE)));
typedef float quad __attribute__((vector_size(16), aligned(4), may_alias));
typedef uint32_t quad_bits __attribute__((vector_size(16)));

#define AT(type, address) (*(type *)(address))

/* --- activations, one vector of units at a time ----------------------------------------------- */

INLINE wide select(wide_bits mask, wide yes, wide no) {
    return (wide)((mask & (wide_bits)yes) | (~mask & (wide_bits)no));
}

INLINE wide magnitude(wide x) {
    return (wide)((wide_bits)x & 0x7fffffff);
}

INLINE wide negate(wide x) {
    return (wide)((wide_bits)x ^ 0x80000000);
}

/* e^-|x|, |x| cut at 87 so that the result stays normal. Error below 1.2 ulp (tests/unit/net.c). */
INLINE wide exp_of_minus(wide x) {
    const wide limit = (wide){0} - 87;
    const wide y = negate(magnitude(x));
    const wide t = select((wide_bits)(y < limit), limit, y);
    const wide shifted = t * 0x1.715476p+0f + 0x1.8p+23f; /* k = rint(t / log 2) in the low bits */
    const wide k = shifted - 0x1.8p+23f;
    const wide r = (t - k * 0x1.62e4p-1f) - k * 0x1.7f7d1cp-20f; /* |r| <= log 2 / 2 */
    const wide r2 = r * r;
    const wide tail = (0.499999934478f + 0.166665206317f * r) +
                      r2 * ((0.0416683880453f + 0.00836871687973f * r) + r2 * 0.00138145986467f);
    const wide power = (wide)(((wide_bits)shifted << 23) + 0x3f800000); /* 2^k */
    return (1 + (r + r2 * tail)) * power;
}

/* log(1 + e) for e in [0, 1]: 2 atanh(e / (2 + e)). */
INLINE wide log_one_plus(wide e) {
    const wide t = e / (2 + e), q = t * t;
    const wide tail =
        (0.666664162859f + 0.400215272302f * q) + q * q * (0.280018054018f + 0.280119862491f * q);
    return 2 * t + t * q * tail;
}

/* tanh x for |x| < 0.625. */
INLINE wide small_tanh(wide x) {
    const wide q = x * x;
    const wide tail =
        (-0.33333281942f + 0.133314421982f * q) +
        q * q * ((-0.0537397150906f + 0.0206390872587f * q) + q * q * -0.00570498700749f);
    return x + x * (q * tail);
}

INLINE void activate_wide(enum net_activation activation, wide z, wide *a, wide *slope) {
    const wide zero = {0}, one = zero + 1;
    const wide_bits above = (wide_bits)(z > zero), not_below = ~(wide_bits)(z <= zero);
    switch (activation) {
    case NET_SOFTPLUS: {
        const wide e = exp_of_minus(z), inverse = 1 / (1 + e);
        *a = (wide)((wide_bits)z & not_below) + log_one_plus(e);
        *slope = select(above, one, e) * inverse;
        break;
    }
    case NET_RELU:
        *a = (wide)((wide_bits)z & not_below); /* NaN stays NaN */
        *slope = (wide)((wide_bits)one & above);
        break;
    case NET_LEAKY_RELU:
        *slope = select(above, one, zero + 0.01f);
        *a = z * *slope;
        break;
    case NET_SIGMOID: {
        const wide e = exp_of_minus(z), inverse = 1 / (1 + e);
        *a = select(above, one, e) * inverse;
        *slope = e * inverse * inverse;
        break;
    }
    default: {
        const wide e = exp_of_minus(z + z), inverse = 1 / (1 + e);
        const wide_bits sign = (wide_bits)z & 0x80000000;
        const wide large = (wide)((wide_bits)((1 - e) * inverse) | sign);
        *a = select((wide_bits)(magnitude(z) < zero + 0.625f), small_tanh(z), large);
        *slope = 4 * e * inverse * inverse;
    }
    }
}

INLINE void activate_all(enum net_activation activation, struct units *units, size_t count) {
    for (size_t i = 0; i < count; i += WIDE)
        activate_wide(activation, AT(wide, units->a + i), &AT(wide, units->a + i),
                      &AT(wide, units->slope + i));
    for (size_t i = count; i % LANES != 0; i++) /* what lies beyond the units is 0 */
        units->a[i] = units->slope[i] = 0;
}

/* Turns z, in units->a, into the activation and its slope. */
static void activate(enum net_activation activation, struct units *units, size_t count) {
    switch (activation) { /* one loop each */
    case NET_SOFTPLUS:
        activate_all(NET_SOFTPLUS, units, count);
        break;
    case NET_RELU:
        activate_all(NET_RELU, units, count);
        break;
    case NET_LEAKY_RELU:
        activate_all(NET_LEAKY_RELU, units, count);
        break;
    case NET_SIGMOID:
        activate_all(NET_SIGMOID, units, count);
        break;
    default:
        activate_all(NET_TANH, units, count);
    }
}

/* --- the first layer -------------------------------------------------------------------------- */

/* Lists the pixels that are not black, in order; returns how many, and the sum of all pixels. */
static size_t list_lit(struct lit *lit, const uint8_t *image, size_t pixels, uint64_t *sum) {
    size_t count = 0, j = 0;
    uint64_t total = 0;
    while (j < pixels) {
        uint64_t eight;
        if (pixels - j >= 8 && (memcpy(&eight, image + j, 8), eight == 0)) {
            j += 8;
            continue;
        }
        for (const size_t end = pixels - j >= 8 ? j + 8 : pixels; j < end; j++) {
            lit[count] = (struct lit){(uint32_t)j, (float)image[j] * 0x1p-8f};
            count += image[j] != 0;
            total += image[j];
        }
    }
    *sum = total;
    return count;
}

enum pass { SUM, UPDATE, UPDATE_AND_TALLY };

/* One pass over the rows of the lit pixels, for the units from `lane` on that fill `wides` wide
 * vectors and `quads` of four, held in registers: add the rows to x (SUM), or x times s to the
 * rows. An update goes backwards, to meet first the rows that the sum has left in the cache. */
INLINE void pass_block(enum pass pass, const struct first_layer *layer, const struct lit *lit,
                       size_t count, float *x, float *tally, size_t lane, const size_t wides,
                       const size_t quads) {
    wide w[BLOCK_WIDES];
    quad q[1];
    float *rest = x + lane + wides * WIDE;
    for (size_t k = 0; k < wides; k++)
        w[k] = AT(wide, x + lane + k * WIDE);
    for (size_t k = 0; k < quads; k++)
        q[k] = AT(quad, rest);
    for (size_t n = 0; n < count; n++) {
        const struct lit now = pass == SUM ? lit[n] : lit[count - 1 - n];
        const size_t offset = now.pixel * layer->stride + lane;
        float *row = layer->v + offset;
        for (size_t k = 0; k < wides; k++)
            if (pass == SUM)
                w[k] += now.s * AT(wide, row + k * WIDE);
            else
                AT(wide, row + k * WIDE) += now.s * w[k];
        for (size_t k = 0; k < quads; k++)
            if (pass == SUM)
                q[k] += now.s * AT(quad, row + wides * WIDE);
            else
                AT(quad, row + wides * WIDE) += now.s * q[k];
        if (pass != UPDATE_AND_TALLY)
            continue;
        row = tally + offset;
        for (size_t k = 0; k < wides; k++)
            AT(wide, row + k * WIDE) += now.s * magnitude(w[k]);
        for (size_t k = 0; k < quads; k++)
            AT(quad, row + wides * WIDE) += now.s * (quad)((quad_bits)q[k] & 0x7fffffff);
    }
    if (pass != SUM)
        return;
    for (size_t k = 0; k < wides; k++)
        AT(wide, x + lane + k * WIDE) = w[k];
    for (size_t k = 0; k < quads; k++)
        AT(quad, rest) = q[k];
}

INLINE void pass_all(enum pass pass, const struct first_layer *layer, const struct lit *lit,
                     size_t count, float *x, float *tally) {
    enum { BLOCK = BLOCK_WIDES * WIDE + BLOCK_QUADS * 4 };
    size_t lane = 0;
    for (; layer->stride - lane >= BLOCK; lane += BLOCK)
        pass_block(pass, layer, lit, count, x, tally, lane, BLOCK_WIDES, BLOCK_QUADS);
    for (; layer->stride - lane >= 48; lane += 48)
        pass_block(pass, layer, lit, count, x, tally, lane, 48 / WIDE, 0);
    for (; layer->stride - lane >= 16; lane += 16)
        pass_block(pass, layer, lit, count, x, tally, lane, 16 / WIDE, 0);
    for (; layer->stride > lane; lane += 4)
        pass_block(pass, layer, lit, count, x, tally, lane, 0, 1);
}

static void first_sum(const struct first_layer *layer, const struct lit *lit, size_t count,
                      uint64_t sum, float *z) {
    const float s = (float)sum * 0x1p-8f;
    for (size_t i = 0; i < layer->units; i += WIDE)
        AT(wide, z + i) = (AT(wide, layer->b + i) + 0x1p-8f * AT(wide, layer->r + i)) +
                          s * AT(wide, layer->c + i);
    pass_all(SUM, layer, lit, count, z, NULL);
}

/* `delta` holds dloss/dz on entry and the step q = -rate * delta on return. */
static void first_update(const struct first_layer *layer, const struct lit *lit, size_t count,
                         uint64_t sum, float rate, float *delta, struct tally *tally) {
    const float x_sum = (float)(sum + layer->inputs) * 0x1p-8f;
    for (size_t i = 0; i < layer->units; i += WIDE) {
        const wide q = negate(rate * AT(wide, delta + i));
        AT(wide, delta + i) = q;
        AT(wide, layer->c + i) += 0x1p-8f * q;
        AT(wide, layer->r + i) += x_sum * q;
        AT(wide, layer->b + i) += q;
        if (tally != NULL)
            AT(wide, tally->b + i) += magnitude(q);
    }
    if (tally != NULL)
        pass_all(UPDATE_AND_TALLY, layer, lit, count, delta, tally->v);
    else
        pass_all(UPDATE, layer, lit, count, delta, NULL);
}

/* --- the layers above ------------------------------------------------------------------------- */

/* Sum of the products of two rows, `size` a multiple of LANES. */
INLINE float dot(const float *x, const float *y, size_t size) {
    wide lanes[LANES / WIDE] = {{0}};
    for (size_t k = 0; k < size; k += LANES)
        for (size_t n = 0; n < LANES / WIDE; n++)
            lanes[n] += AT(const wide, x + k + n * WIDE) * AT(const wide, y + k + n * WIDE);
    float sum[LANES];
    memcpy(sum, lanes, sizeof sum);
    for (size_t half = LANES / 2; half > 0; half /= 2)
        for (size_t l = 0; l < half; l++)
            sum[l] += sum[l + half];
    return sum[0];
}

static void dense_sum(const struct dense_layer *layer, const float *below, float *z) {
    for (size_t o = 0; o < layer->units; o++)
        z[o] = layer->b[o] + dot(layer->w + o * layer->stride, below, layer->stride);
}

/* Updates a layer and, from its weights before the update, gives `below` its delta. */
static void dense_update(const struct dense_layer *layer, float rate, const float *delta,
                         struct units *below, float *tally_w, float *tally_b) {
    memset(below->delta, 0, layer->stride * sizeof *below->delta);
    for (size_t o = 0; o < layer->units; o++) {
        const float q = -(rate * delta[o]);
        float *row = layer->w + o * layer->stride;
        for (size_t k = 0; k < layer->stride; k += WIDE) {
            const wide change = q * AT(wide, below->a + k);
            AT(wide, below->delta + k) += delta[o] * AT(wide, row + k);
            AT(wide, row + k) += change;
            if (tally_w != NULL)
                AT(wide, tally_w + o * layer->stride + k) += magnitude(change);
        }
        layer->b[o] += q;
        if (tally_b != NULL)
            tally_b[o] += q < 0 ? -q : q;
    }
    for (size_t k = 0; k < layer->stride; k += WIDE)
        AT(wide, below->delta + k) *= AT(wide, below->slope + k);
}

/* --- a step ----------------------------------------------------------------------------------- */

static size_t forward_listed(struct net *net, const uint8_t *image, uint64_t *sum) {
    const enum net_activation activation = net->spec.activation;
    const size_t count = list_lit(net->lit, image, net->first.inputs, sum);
    first_sum(&net->first, net->lit, count, *sum, net->units[0].a);
    activate(activation, &net->units[0], net->first.units);
    for (size_t l = 1; l < net->spec.layers; l++) {
        dense_sum(&net->dense[l], net->units[l - 1].a, net->units[l].a);
        activate(activation, &net->units[l], net->dense[l].units);
    }
    return count;
}

static void forward(struct net *net, const uint8_t *image) {
    uint64_t sum;
    forward_listed(net, image, &sum);
}

static double step(struct net *net, const uint8_t *image, size_t class, struct tally *tally) {
    uint64_t sum;
    const size_t count = forward_listed(net, image, &sum);
    const struct units *top = &net->units[net->spec.layers - 1];
    double loss = 0;
    for (size_t o = 0; o < net->spec.classes; o++) {
        const float miss = top->a[o] - (o == class ? 1.0f : 0.0f);
        top->delta[o] = miss * top->slope[o];
        loss += 0.5 * ((double)miss * (double)miss);
    }
    for (size_t l = net->spec.layers - 1; l > 0; l--)
        dense_update(&net->dense[l], net->rate, net->units[l].delta, &net->units[l - 1],
                     tally != NULL ? tally->w[l] : NULL, tally != NULL ? tally->dense_b[l] : NULL);
    first_update(&net->first, net->lit, count, sum, net->rate, net->units[0].delta, tally);
    return loss;
}

const struct kernel KERNEL = {KERNEL_NAME, forward, step};

#endif
