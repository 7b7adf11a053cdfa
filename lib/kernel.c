/* One step of learning from one image; compiled once for each instruction set, the same bits each.
 *
 * Why it is fast. An input is x = 2^-8 + s, where s = pixel/256 is 0 for about 4 of 5 pixels. Write
 * the first layer's weights as W[i][j] = v[j][i] + c[i]. Then the sum over the inputs is
 *     z[i] = b[i] + 2^-8 r[i] + c[i] S + sum over nonzero pixels of s[j] v[j][i],
 * with r[i] the sum of the weights W of unit i and S the sum of s; and the update of W[i][j], which
 * is q[i] x[j] with q = -rate * delta, becomes
 *     c[i] += 2^-8 q[i],   v[j][i] += s[j] q[i] for nonzero pixels only,   r[i] += q[i] * sum of x.
 * A tally adds f(q[i]) h(x[j]), |q[i]| x[j] if changes are measured, in the same way, for many
 * images at a time: nothing reads it meanwhile, so f(q) and the image wait, and each row is then
 * met once. No approximation is made: rows of black pixels are left alone because c holds their
 * share.
 *
 * Why the bits are the same. Hidden units lie along the vector lanes, so every lane does the scalar
 * sequence of tests/unit/reference.c, whatever the width; the only sums across lanes are the dot
 * products of the layers above, which run in LANES fixed lanes, added pairwise at the end. */
#if (defined WANT_AVX2 && !defined __AVX2__) || (defined WANT_AVX512 && !defined __AVX512F__)
typedef int not_for_this_processor;
#else

#include <math.h>
#include <string.h>

#include "kernel.h"

#define INLINE static inline __attribute__((always_inline))

/* The widest vector of the instruction set, and the largest block of units whose sums its registers
 * hold, in floats, SIDE more apart: 100 hidden units are one block, or two with SSE2. */
#if defined __AVX512F__
enum { WIDE = 16, BLOCK = 96 };
#define KERNEL kernel_avx512
#define KERNEL_NAME "avx512"
#elif defined __AVX2__
enum { WIDE = 8, BLOCK = 96 };
#define KERNEL kernel_avx2
#define KERNEL_NAME "avx2"
#else
enum { WIDE = 4, BLOCK = 48 };
#define KERNEL kernel_base
#define KERNEL_NAME "base"
#endif

/* Vectors that load and store anywhere a float may lie. */
typedef float wide __attribute__((vector_size(4 * WIDE), aligned(4), may_alias));
typedef uint32_t wide_bits __attribute__((vector_size(4 * WIDE)));
typedef float quad __attribute__((vector_size(4 * SIDE), aligned(4), may_alias));

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

static const float exponents[] = {
#define ROW(NAME, name, exponent) exponent,
    NET_ACTIVATION_ROWS(ROW)
#undef ROW
};

/* An activation of z and its derivative, from e: e^-|exponent z|, if it has an exponent. */
INLINE void activate_wide(enum net_activation activation, wide z, wide e, wide *a,
                          wide *derivative) {
    const wide zero = {0}, one = zero + 1;
    const wide_bits above = (wide_bits)(z > zero), not_below = ~(wide_bits)(z <= zero);
    switch (activation) {
    case NET_SOFTPLUS:
        *a = (wide)((wide_bits)z & not_below) + log_one_plus(e);
        *derivative = select(above, one, e) * (1 / (1 + e));
        break;
    case NET_RELU:
        *a = (wide)((wide_bits)z & not_below); /* NaN stays NaN */
        *derivative = (wide)((wide_bits)one & above);
        break;
    case NET_LEAKY_RELU:
        *derivative = select(above, one, zero + 0.01f);
        *a = z * *derivative;
        break;
    case NET_SIGMOID: {
        const wide inverse = 1 / (1 + e);
        *a = select(above, one, e) * inverse;
        *derivative = e * inverse * inverse;
        break;
    }
    case NET_TANH: {
        const wide inverse = 1 / (1 + e);
        const wide_bits sign = (wide_bits)z & 0x80000000;
        const wide large = (wide)((wide_bits)((1 - e) * inverse) | sign);
        *a = select((wide_bits)(magnitude(z) < zero + 0.625f), small_tanh(z), large);
        *derivative = 4 * e * inverse * inverse;
        break;
    }
    case NET_ACTIVATIONS:
        break;
    }
}

/* In two loops: the chains of one would be too long for a processor to work on several vectors. */
INLINE void activate_all(enum net_activation activation, struct units *units, size_t count) {
    float *const a = units->a, *const derivative = units->derivative;
    if (exponents[activation] != 0)
        for (size_t i = 0; i < count; i += WIDE)
            AT(wide, derivative + i) = exp_of_minus(AT(wide, a + i) * exponents[activation]);
    for (size_t i = 0; i < count; i += WIDE)
        activate_wide(activation, AT(wide, a + i), AT(wide, derivative + i), &AT(wide, a + i),
                      &AT(wide, derivative + i));
    for (size_t i = count; i % LANES != 0; i++) /* what lies beyond the units is 0 */
        a[i] = derivative[i] = 0;
}

/* Turns z, in units->a, into the activation and its derivative. */
static void activate(enum net_activation activation, struct units *units, size_t count) {
    switch (activation) { /* one loop each */
#define ROW(NAME, ...)                                                                             \
    case NET_##NAME:                                                                               \
        activate_all(NET_##NAME, units, count);                                                    \
        break;
        NET_ACTIVATION_ROWS(ROW)
#undef ROW
    case NET_ACTIVATIONS:
        break;
    }
}

/* --- the first layer -------------------------------------------------------------------------- */

enum { MIDDLE = 48 }; /* a smaller block */

/* A block of a row, `lanes` floats, in registers: a multiple of LANES, and with a remainder, SIDE
 * more. */
struct block {
    wide w[BLOCK / WIDE];
    quad side;
};

INLINE struct block load(const float *x, const float *side, const size_t lanes) {
    struct block b = {0};
    for (size_t k = 0; k < lanes / LANES * LANES; k += WIDE)
        b.w[k / WIDE] = AT(const wide, x + k);
    if (lanes % LANES != 0)
        b.side = AT(const quad, side);
    return b;
}

INLINE void store(float *x, float *side, const struct block *b, const size_t lanes) {
    for (size_t k = 0; k < lanes / LANES * LANES; k += WIDE)
        AT(wide, x + k) = b->w[k / WIDE];
    if (lanes % LANES != 0)
        AT(quad, side) = b->side;
}

/* b += s row */
INLINE void add_row(struct block *b, float s, const float *row, const float *side,
                    const size_t lanes) {
    for (size_t k = 0; k < lanes / LANES * LANES; k += WIDE)
        b->w[k / WIDE] += s * AT(const wide, row + k);
    if (lanes % LANES != 0)
        b->side += s * AT(const quad, side);
}

/* row += s b */
INLINE void add_to_row(float *row, float *side, float s, const struct block *b,
                       const size_t lanes) {
    for (size_t k = 0; k < lanes / LANES * LANES; k += WIDE)
        AT(wide, row + k) += s * b->w[k / WIDE];
    if (lanes % LANES != 0)
        AT(quad, side) += s * b->side;
}

/* What is done to all rows, a block of lanes at a time; of the arguments, what it needs. */
enum pass { SUM, UPDATE, SETTLE, REPLAY };

struct pass_of {
    const struct first_layer *layer;
    const struct sparse *sparse;
    float *x; /* z, q, or the row that is replayed: its SIDE floats follow the others */
    const struct tally *tally;
    const struct replay_row *replay;
    const uint64_t *chosen;
};

/* A row from a multiple of LANES on: cache lines of its own, and one register addresses all. */
INLINE float *row_of(float *v, size_t at) {
    return __builtin_assume_aligned(v + at, LANES * sizeof *v);
}

/* z += s v over the rows of the nonzero pixels. */
INLINE void sum_block(const struct pass_of *of, size_t lane, const size_t lanes) {
    const size_t stride = of->layer->stride, count = of->sparse->count;
    float *const v = of->layer->v + lane, *const sides = of->layer->v + of->layer->inputs * stride;
    const float *const s = of->layer->s;
    const uint32_t *const pixel = of->sparse->pixel;
    const uint8_t *const image = of->sparse->image;
    float *const z = of->x + lane, *const z_side = of->x + stride;
    struct block b = load(z, z_side, lanes);
    for (size_t n = 0; n < count; n++) {
        const size_t j = pixel[n];
        add_row(&b, s[image[j]], row_of(v, j * stride), sides + j * SIDE, lanes);
    }
    store(z, z_side, &b, lanes);
}

/* v += s q, the last nonzero pixel first: its row the sum has just left in the cache. */
INLINE void update_block(const struct pass_of *of, size_t lane, const size_t lanes) {
    const size_t stride = of->layer->stride;
    float *const v = of->layer->v + lane, *const sides = of->layer->v + of->layer->inputs * stride;
    const float *const s = of->layer->s;
    const uint32_t *const pixel = of->sparse->pixel;
    const uint8_t *const image = of->sparse->image;
    const struct block b = load(of->x + lane, of->x + stride, lanes);
    for (size_t n = of->sparse->count; n-- > 0;) {
        const size_t j = pixel[n];
        add_to_row(row_of(v, j * stride), sides + j * SIDE, s[image[j]], &b, lanes);
    }
}

/* Adds the products of the steps that wait to the rows of a tally, to each in the steps' order. */
INLINE void settle_block(const struct pass_of *of, size_t lane, const size_t lanes) {
    const struct tally *const tally = of->tally;
    const size_t inputs = of->layer->inputs, stride = of->layer->stride,
                 f_stride = tally->steps.f_stride[0];
    float *const v = tally->v + lane, *const sides = tally->v + inputs * stride;
    const float *const f = tally->steps.f[0], *const light = tally->light;
    for (size_t j = 0; j < inputs; j++) {
        uint32_t left = tally->nonzero_in[j];
        if (left == 0)
            continue;
        struct block b = load(v + j * stride, sides + j * SIDE, lanes);
        for (; left != 0; left &= left - 1) {
            const size_t n = (size_t)__builtin_ctz(left);
            add_row(&b, light[tally->images[n * inputs + j]], f + n * f_stride + lane,
                    f + n * f_stride + stride, lanes);
        }
        store(v + j * stride, sides + j * SIDE, &b, lanes);
    }
}

/* One row that is summed over steps. */
INLINE void replay_block(const struct pass_of *of, size_t lane, const size_t lanes) {
    const struct replay_row *const replay = of->replay;
    const size_t stride = replay->stride, at_side = replay->lanes / LANES * LANES;
    const float *const x = replay->x, *const scale = replay->scale;
    float *const row = of->x + lane, *const side = of->x + at_side;
    struct block b = load(row, side, lanes);
    for (size_t w = 0; w < replay->words; w++)
        for (uint64_t left = replay->nonzero[w] & of->chosen[w]; left != 0; left &= left - 1) {
            const size_t n = 64 * w + (size_t)__builtin_ctzll(left);
            add_row(&b, scale[n], x + n * stride + lane, x + n * stride + at_side, lanes);
        }
    store(row, side, &b, lanes);
}

/* Returns `lanes`. */
INLINE size_t pass_block(enum pass pass, const struct pass_of *of, size_t lane,
                         const size_t lanes) {
    switch (pass) {
    case SUM:
        sum_block(of, lane, lanes);
        break;
    case UPDATE:
        update_block(of, lane, lanes);
        break;
    case SETTLE:
        settle_block(of, lane, lanes);
        break;
    case REPLAY:
        replay_block(of, lane, lanes);
        break;
    }
    return lanes;
}

/* One pass over rows of `lanes` floats: the last block takes those at the side. */
INLINE void pass_all(enum pass pass, const struct pass_of *of, size_t lanes) {
    for (size_t lane = 0; lane < lanes;) {
        const size_t left = lanes - lane;
        lane += left == BLOCK + SIDE    ? pass_block(pass, of, lane, BLOCK + SIDE)
                : left >= BLOCK         ? pass_block(pass, of, lane, BLOCK)
                : left == MIDDLE + SIDE ? pass_block(pass, of, lane, MIDDLE + SIDE)
                : left >= MIDDLE        ? pass_block(pass, of, lane, MIDDLE)
                : left == LANES + SIDE  ? pass_block(pass, of, lane, LANES + SIDE)
                                        : pass_block(pass, of, lane, LANES);
    }
}

static void first_sum(const struct first_layer *layer, const struct sparse *sparse, float *z) {
    const float s = (float)sparse->sum * 0x1p-8f;
    for (size_t i = 0; i < layer->units; i += WIDE)
        AT(wide, z + i) = (AT(wide, layer->b + i) + 0x1p-8f * AT(wide, layer->r + i)) +
                          s * AT(wide, layer->c + i);
    pass_all(SUM, &(struct pass_of){.layer = layer, .sparse = sparse, .x = z}, layer->lanes);
}

/* Gives `units` the step q = -rate * delta, and takes it if it learns. */
INLINE void first_update(const struct first_layer *layer, const struct sparse *sparse, float rate,
                         const struct units *units, const bool learns) {
    const float x_sum = (float)(sparse->sum + layer->inputs) * 0x1p-8f;
    for (size_t i = 0; i < layer->units; i += WIDE) {
        const wide q = negate(rate * AT(wide, units->delta + i));
        AT(wide, units->step + i) = q;
        if (!learns)
            continue;
        AT(wide, layer->c + i) += 0x1p-8f * q;
        AT(wide, layer->r + i) += x_sum * q;
        AT(wide, layer->b + i) += q;
    }
    if (learns)
        pass_all(UPDATE, &(struct pass_of){.layer = layer, .sparse = sparse, .x = units->step},
                 layer->lanes);
}

/* --- the layers above ------------------------------------------------------------------------- */

/* The sums over lanes of `rows` rows, at most 4: l + (l + 8), then l + (l + 4), and so on. */
INLINE quad sums_of_lanes(wide lanes[4][LANES / WIDE], const size_t rows) {
    quad row[4] = {{0}};
    for (size_t n = 0; n < rows; n++) {
        quad of[LANES / 4];
        memcpy(of, lanes[n], sizeof of);
        row[n] = (of[0] + of[2]) + (of[1] + of[3]);
    }
    const quad ab = __builtin_shufflevector(row[0], row[1], 0, 1, 4, 5) +
                    __builtin_shufflevector(row[0], row[1], 2, 3, 6, 7);
    const quad cd = __builtin_shufflevector(row[2], row[3], 0, 1, 4, 5) +
                    __builtin_shufflevector(row[2], row[3], 2, 3, 6, 7);
    return __builtin_shufflevector(ab, cd, 0, 2, 4, 6) +
           __builtin_shufflevector(ab, cd, 1, 3, 5, 7);
}

/* z = b + W below for units o .. o + rows - 1. */
INLINE void dense_sum_rows(const struct dense_layer *layer, const float *below, float *z, size_t o,
                           const size_t rows) {
    const size_t stride = layer->stride;
    const float *const w = layer->w + o * stride;
    wide lanes[4][LANES / WIDE] = {{{0}}};
    for (size_t k = 0; k < stride; k += LANES)
        for (size_t at = k, n = 0; n < LANES / WIDE; at += WIDE, n++)
            for (size_t row = 0; row < rows; row++)
                lanes[row][n] += AT(const wide, w + row * stride + at) * AT(const wide, below + at);
    const quad sums = sums_of_lanes(lanes, rows);
    for (size_t row = 0; row < rows; row++)
        z[o + row] = layer->b[o + row] + sums[row];
}

static void dense_sum(const struct dense_layer *layer, const float *below, float *z) {
    size_t o = 0;
    for (; layer->units - o >= 4; o += 4)
        dense_sum_rows(layer, below, z, o, 4);
    for (; layer->units > o; o++)
        dense_sum_rows(layer, below, z, o, 1);
}

/* Returns `lanes`. */
INLINE size_t dense_update_block(const struct dense_layer *layer, const struct units *units,
                                 const struct units *below, const bool learns, size_t lane,
                                 const size_t lanes) {
    const size_t count = layer->units, stride = layer->stride;
    const float *const delta = units->delta, *const q = units->step;
    float *const w = layer->w + lane;
    const struct block a = load(below->a + lane, NULL, lanes);
    struct block sum = {0};
    for (size_t o = 0; o < count; o++) {
        float *const row = w + o * stride;
        add_row(&sum, delta[o], row, NULL, lanes);
        if (learns)
            add_to_row(row, NULL, q[o], &a, lanes);
    }
    for (size_t k = 0; k < lanes; k += WIDE)
        AT(wide, below->delta + lane + k) =
            sum.w[k / WIDE] * AT(wide, below->derivative + lane + k);
    return lanes;
}

/* Updates a layer and, from its weights before the update, gives `below` its delta. */
INLINE void dense_update(const struct dense_layer *layer, float rate, const struct units *units,
                         const struct units *below, const bool learns) {
    for (size_t o = 0; o < layer->units; o += WIDE) {
        AT(wide, units->step + o) = negate(rate * AT(const wide, units->delta + o));
        if (learns)
            AT(wide, layer->b + o) += AT(wide, units->step + o);
    }
    for (size_t lane = 0; lane < layer->stride;) {
        const size_t left = layer->stride - lane;
        lane += left >= BLOCK    ? dense_update_block(layer, units, below, learns, lane, BLOCK)
                : left >= MIDDLE ? dense_update_block(layer, units, below, learns, lane, MIDDLE)
                                 : dense_update_block(layer, units, below, learns, lane, LANES);
    }
}

INLINE void dense_settle_block(const struct dense_layer *layer, const struct tally *tally, size_t l,
                               size_t lane, const size_t lanes) {
    const size_t f_stride = tally->steps.f_stride[l], h_stride = tally->steps.h_stride[l];
    const float *const h = tally->steps.h[l] + lane;
    for (size_t o = 0; o < layer->units; o++) {
        float *const row = tally->w[l] + o * layer->stride + lane;
        const float *const f = tally->steps.f[l] + o;
        struct block b = load(row, row, lanes);
        for (size_t n = 0; n < tally->waiting; n++)
            add_row(&b, f[n * f_stride], h + n * h_stride, h, lanes);
        store(row, row, &b, lanes);
    }
}

/* The same as settle_block for layer `l`, whose rows have no floats at the side. */
static void dense_settle(const struct dense_layer *layer, const struct tally *tally, size_t l) {
    size_t lane = 0;
    for (; layer->stride - lane >= BLOCK; lane += BLOCK)
        dense_settle_block(layer, tally, l, lane, BLOCK);
    for (; layer->stride > lane; lane += LANES)
        dense_settle_block(layer, tally, l, lane, LANES);
}

/* --- tallies ---------------------------------------------------------------------------------- */

/* f of a layer's units. */
static void unit_factors(enum net_measure measure, const struct units *units, size_t count,
                         float *f) {
    for (size_t i = 0; i < count; i += WIDE) {
        const wide q = AT(const wide, units->step + i), delta = AT(const wide, units->delta + i);
        switch (measure) {
        case NET_CHANGE:
            AT(wide, f + i) = magnitude(q);
            break;
        case NET_GRADIENT:
            AT(wide, f + i) = delta;
            break;
        case NET_SQUARED_CHANGE:
            AT(wide, f + i) = q * q;
            break;
        case NET_SQUARED_GRADIENT:
            AT(wide, f + i) = delta * delta;
            break;
        case NET_PATH_INTEGRAL:
            AT(wide, f + i) = negate(q * delta);
            break;
        case NET_INPUT:
            AT(wide, f + i) = (wide){0} + 1;
            break;
        case NET_MEASURES:
            break;
        }
    }
}

/* h of the activations below a layer. */
static void input_factors(enum net_measure measure, const float *a, size_t count, float *h) {
    const bool squared = net_measure_squares_input(measure),
               is_signed = net_measure_signed(measure);
    for (size_t i = 0; i < count; i += WIDE) {
        const wide x = AT(const wide, a + i);
        if (squared)
            AT(wide, h + i) = x * x;
        else if (is_signed)
            AT(wide, h + i) = x;
        else
            AT(wide, h + i) = magnitude(x);
    }
}

static void factors(const struct net *net, struct factors *to, size_t n) {
    for (size_t l = 0; l < net->spec.layers; l++) {
        unit_factors(net->measure, &net->units[l], net->spec.width[l + 1],
                     to->f[l] + n * to->f_stride[l]);
        if (l > 0)
            input_factors(net->measure, net->units[l - 1].a, net->spec.width[l],
                          to->h[l] + n * to->h_stride[l]);
    }
}

static void settle(const struct net *net, struct tally *tally) {
    if (tally->waiting == 0)
        return;
    pass_all(SETTLE, &(struct pass_of){.layer = &net->first, .tally = tally}, net->first.lanes);
    for (size_t l = 1; l < net->spec.layers; l++)
        dense_settle(&net->dense[l], tally, l);
    memset(tally->nonzero_in, 0, net->first.inputs * sizeof *tally->nonzero_in);
    tally->waiting = 0;
}

static void tally_step(const struct net *net, struct tally *tally) {
    const struct sparse *const sparse = net->sparse;
    uint32_t *const nonzero_in = tally->nonzero_in;
    factors(net, &tally->steps, tally->waiting);
    for (size_t l = 0; l < net->spec.layers; l++) {
        const float *const f = tally->steps.f[l] + tally->waiting * tally->steps.f_stride[l];
        for (size_t i = 0; i < net->spec.width[l + 1]; i += WIDE)
            AT(wide, tally->b[l] + i) += AT(const wide, f + i);
    }
    memcpy(tally->images + tally->waiting * net->first.inputs, sparse->image, net->first.inputs);
    for (size_t n = 0; n < sparse->count; n++)
        nonzero_in[sparse->pixel[n]] |= UINT32_C(1) << tally->waiting;
    if (++tally->waiting == TALLY_WAITING)
        settle(net, tally);
}

static void replay_row(const struct replay_row *replay, const uint64_t *chosen, float *row) {
    pass_all(REPLAY, &(struct pass_of){.replay = replay, .chosen = chosen, .x = row},
             replay->lanes);
}

/* --- a step ----------------------------------------------------------------------------------- */

static void layers_above(struct net *net, size_t l) {
    for (; l < net->spec.layers; l++) {
        dense_sum(&net->dense[l], net->units[l - 1].a, net->units[l].a);
        activate(net->spec.activation, &net->units[l], net->dense[l].units);
    }
}

static void forward(struct net *net) {
    first_sum(&net->first, net->sparse, net->units[0].a);
    activate(net->spec.activation, &net->units[0], net->first.units);
    layers_above(net, 1);
}

/* Scales the derivative of the units that do not belong to `class` by the leak, in all hidden
 * layers: by 0, nothing flows back through them. Unit i of u belongs to class i * classes / u,
 * rounded down. */
static void route(const struct net *net, size_t class) {
    const size_t classes = net->spec.classes;
    for (size_t l = 0; l + 1 < net->spec.layers; l++) {
        const size_t count = net->spec.width[l + 1];
        for (size_t i = 0; i < count; i++)
            if (i * classes < class * count || i * classes >= (class + 1) * count)
                net->units[l].derivative[i] *= net->leak;
    }
}

/* Without `learns` every parameter stays, even a weight of -0. */
INLINE double step_of(struct net *net, size_t class, const bool learns) {
    forward(net);
    const struct units *top = &net->units[net->spec.layers - 1];
    double loss = 0;
    for (size_t o = 0; o < net->spec.classes; o++) {
        const float miss = top->a[o] - (o == class ? 1.0f : 0.0f);
        top->delta[o] = miss * top->derivative[o];
        loss += 0.5 * ((double)miss * (double)miss);
    }
    if (net->leak < 1)
        route(net, class);
    for (size_t l = net->spec.layers - 1; l > 0; l--)
        dense_update(&net->dense[l], net->rate, &net->units[l], &net->units[l - 1], learns);
    first_update(&net->first, net->sparse, net->rate, &net->units[0], learns);
    return loss;
}

static double step(struct net *net, size_t class) {
    return net->rate != 0 ? step_of(net, class, true) : step_of(net, class, false);
}

const struct kernel KERNEL = {KERNEL_NAME, forward,    layers_above, step,
                              factors,     tally_step, settle,       replay_row};

#endif
