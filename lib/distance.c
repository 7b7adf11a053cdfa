/* Sums over two arrays, of plain numbers by lanes.c, of any others by what is here. */
#include "engram/distance.h"

#include <math.h>

#include "engram/stats.h"
#include "lanes.h"

static void add(struct scaled *to, double sum, int exponent) {
    int shift;
    sum = frexp(sum, &shift);
    exponent += shift;
    if (sum == 0)
        return;
    if (to->sum == 0)
        *to = (struct scaled){sum, exponent};
    else if (exponent <= to->exponent)
        to->sum += ldexp(sum, exponent - to->exponent);
    else
        *to = (struct scaled){ldexp(to->sum, to->exponent - exponent) + sum, exponent};
}

static struct scaled root(struct scaled x) {
    const int odd = x.exponent & 1;
    return (struct scaled){sqrt(odd ? 2 * x.sum : x.sum), (x.exponent - odd) / 2};
}

static struct scaled times(struct scaled x, struct scaled y) {
    return (struct scaled){x.sum * y.sum, x.exponent + y.exponent};
}

static double quotient(struct scaled x, struct scaled y) {
    return ldexp(x.sum / y.sum, x.exponent - y.exponent);
}

/* Scales by a power of two, so that squares tell; returns its exponent. */
static int scale(double *x, size_t count) {
    const int exponent = stat_exponent(x, count);
    const double factor = stat_scale(exponent);
    for (size_t i = 0; i < count; i++)
        x[i] *= factor;
    return exponent;
}

/* Whether a sum of products can be taken as it is: none of them that matters left a double. */
static bool is_moderate(double sum) {
    return fabs(sum) >= 0x1p-400 && fabs(sum) <= 0x1p900;
}

/* Adds |a - b|, which are `difference` times 2^exponent and finite; may overwrite them. */
static void add_differences(struct distance *sums, double *difference, size_t count, int exponent) {
    double largest = 0, squared = stat_products(difference, 0, difference, 0, count);
    for (size_t i = 0; i < count; i++)
        largest = difference[i] > largest ? difference[i] : largest;
    sums->largest = ldexp(largest, exponent);
    if (sums->largest > 0 && !is_moderate(squared)) {
        exponent += scale(difference, count);
        squared = stat_products(difference, 0, difference, 0, count);
    }
    add(&sums->difference, stat_sum(difference, count), exponent);
    add(&sums->squared, squared, 2 * exponent);
}

/* Counts the NaN and leaves the pairs without. */
static size_t drop_nan(struct distance *sums, struct distance_room *room, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const double a = room->a[i], b = room->b[i];
        room->a[kept] = a;
        room->b[kept] = b;
        sums->nan_a += isnan(a) != 0;
        sums->nan_b += isnan(b) != 0;
        kept += !isnan(a) && !isnan(b);
    }
    return kept;
}

/* Moves infinite numbers out of x: 1, -1 or 0 for each. Returns whether there are any. */
static bool take_infinite(double *x, double *infinite, size_t count) {
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        infinite[i] = isinf(x[i]) ? copysign(1, x[i]) : 0;
        x[i] = isinf(x[i]) ? 0 : x[i];
        any |= infinite[i] != 0;
    }
    return any;
}

/* |a - b| of the finite, halved where one of them is beyond a double; returns the exponent. */
static int subtract_block(struct distance *sums, struct distance_room *room, size_t count) {
    const double *a = room->a, *b = room->b, *at_a = room->infinite_a, *at_b = room->infinite_b;
    double *difference = room->difference;
    bool beyond = false;
    for (size_t i = 0; i < count; i++) {
        difference[i] = at_a[i] == 0 && at_b[i] == 0 ? fabs(a[i] - b[i]) : 0;
        beyond |= isinf(difference[i]) != 0;
        sums->infinite_differences += at_a[i] != at_b[i];
    }
    for (size_t i = 0; i < count && beyond; i++)
        difference[i] = at_a[i] == 0 && at_b[i] == 0 ? fabs(a[i] / 2 - b[i] / 2) : 0;
    return beyond;
}

/* Adds a block of any numbers, and overwrites it. */
static void add_any(struct distance *sums, struct distance_room *room, size_t count) {
    double *a = room->a, *b = room->b;
    count = drop_nan(sums, room, count);
    const bool infinite_a = take_infinite(a, room->infinite_a, count);
    const bool infinite_b = take_infinite(b, room->infinite_b, count);
    sums->pairs += count;
    const int halved = subtract_block(sums, room, count);
    add_differences(sums, room->difference, count, halved);
    const int of_a = scale(a, count), of_b = scale(b, count);
    add(&sums->aa, stat_products(a, 0, a, 0, count), 2 * of_a);
    add(&sums->bb, stat_products(b, 0, b, 0, count), 2 * of_b);
    add(&sums->ab, stat_products(a, 0, b, 0, count), of_a + of_b);
    if (!infinite_a && !infinite_b)
        return;
    const double *at_a = room->infinite_a, *at_b = room->infinite_b;
    sums->infinite_aa += stat_products(at_a, 0, at_a, 0, count);
    sums->infinite_bb += stat_products(at_b, 0, at_b, 0, count);
    sums->infinite_ab += stat_products(at_a, 0, at_b, 0, count);
    add(&sums->a_at_b, stat_products(a, 0, at_b, 0, count), of_a);
    add(&sums->b_at_a, stat_products(at_a, 0, b, 0, count), of_b);
}

/* Reads the block and adds it. */
static void add_read(struct distance *sums, const struct params_piece *piece, size_t at,
                     size_t count, struct distance_room *room) {
    params_doubles(piece, 0, at, room->a, count);
    params_doubles(piece, 1, at, room->b, count);
    add_any(sums, room, count);
}

/* Reads the block and adds what is its |a - b|. */
static void add_read_differences(struct distance *sums, const struct params_piece *piece, size_t at,
                                 size_t count, struct distance_room *room) {
    params_doubles(piece, 0, at, room->a, count);
    params_doubles(piece, 1, at, room->b, count);
    for (size_t i = 0; i < count; i++)
        room->difference[i] = fabs(room->a[i] - room->b[i]);
    add_differences(sums, room->difference, count, 0);
}

static bool is_narrow(const struct params_piece *piece) {
    const struct params *params = piece->params;
    return params->file[0].tensor[piece->tensor].dtype != ST_F64 &&
           params->file[1].tensor[piece->tensor].dtype != ST_F64;
}

/* Of narrow numbers, no product of finite ones leaves a double. A part of the block after the
 * other, which stays in the innermost cache. */
struct distance distance_of(const struct params_piece *piece, size_t at, size_t count,
                            struct distance_room *room) {
    enum { PART = 512 };
    double lane[5][LANES] = {{0}}, largest = 0;
    for (size_t i = 0, part; i < count; i += part) {
        _Alignas(PARAMS_ALIGNMENT) double a[PART], b[PART];
        part = count - i < PART ? count - i : PART;
        params_doubles(piece, 0, at + i, a, part);
        params_doubles(piece, 1, at + i, b, part);
        largest = lanes()->distances(a, b, part, largest, lane);
    }
    struct distance sums = {0};
    const double aa = stat_add_lanes(lane[0]), bb = stat_add_lanes(lane[1]),
                 ab = stat_add_lanes(lane[2]), squared = stat_add_lanes(lane[4]);
    const bool plain = is_narrow(piece) ? isfinite(aa + bb) != 0
                                        : is_moderate(aa) && is_moderate(bb) && is_moderate(ab);
    if (!plain) {
        add_read(&sums, piece, at, count, room);
        return sums;
    }
    sums.pairs = count;
    add(&sums.aa, aa, 0);
    add(&sums.bb, bb, 0);
    add(&sums.ab, ab, 0);
    if (largest > 0 && !is_moderate(squared)) {
        add_read_differences(&sums, piece, at, count, room);
        return sums;
    }
    sums.largest = largest;
    add(&sums.difference, stat_add_lanes(lane[3]), 0);
    add(&sums.squared, squared, 0);
    return sums;
}

static void join(struct scaled *to, struct scaled block) {
    add(to, block.sum, block.exponent);
}

void distance_join(struct distance *distance, const struct distance *block) {
    distance->pairs += block->pairs;
    distance->nan_a += block->nan_a;
    distance->nan_b += block->nan_b;
    distance->largest = block->largest > distance->largest ? block->largest : distance->largest;
    distance->infinite_differences += block->infinite_differences;
    distance->infinite_aa += block->infinite_aa;
    distance->infinite_bb += block->infinite_bb;
    distance->infinite_ab += block->infinite_ab;
    join(&distance->difference, block->difference);
    join(&distance->squared, block->squared);
    join(&distance->aa, block->aa);
    join(&distance->bb, block->bb);
    join(&distance->ab, block->ab);
    join(&distance->a_at_b, block->a_at_b);
    join(&distance->b_at_a, block->b_at_a);
}

static double relative_l2(const struct distance *sums) {
    const double aa = sums->infinite_aa;
    if (aa > 0)
        return sqrt(aa + sums->infinite_bb - 2 * sums->infinite_ab) / sqrt(aa);
    return sums->infinite_differences > 0 ? INFINITY
                                          : quotient(root(sums->squared), root(sums->aa));
}

static struct scaled norm(double infinite, struct scaled finite) {
    return root(infinite > 0 ? (struct scaled){infinite, 0} : finite);
}

static double cosine(const struct distance *sums) {
    const bool a = sums->infinite_aa > 0, b = sums->infinite_bb > 0;
    const struct scaled ab = a && b ? (struct scaled){sums->infinite_ab, 0}
                             : a    ? sums->b_at_a
                             : b    ? sums->a_at_b
                                    : sums->ab;
    const double result =
        quotient(ab, times(norm(sums->infinite_aa, sums->aa), norm(sums->infinite_bb, sums->bb)));
    return result > 1 ? 1 : result < -1 ? -1 : result; /* by rounding */
}

/* `nothing`: there are numbers, but none with one in the other file that is not NaN. */
struct distance_measures distance_measure(const struct distance *sums, uint64_t elements) {
    const bool infinite = sums->infinite_differences > 0;
    const bool nothing = sums->pairs == 0 && elements > 0;
    const struct scaled l2 = root(sums->squared);
    const double none = nothing ? NAN : INFINITY;
    return (struct distance_measures){
        .max_abs = nothing || infinite ? none : sums->largest,
        .mean_abs =
            infinite ? INFINITY
                     : ldexp(sums->difference.sum / (double)sums->pairs, sums->difference.exponent),
        .l2 = nothing || infinite ? none : ldexp(l2.sum, l2.exponent),
        .relative_l2 = relative_l2(sums),
        .cosine = cosine(sums),
    };
}
