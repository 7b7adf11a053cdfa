/* Pearson, Spearman and their p-values. */
#include "engram/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/detmath.h"
#include "lanes.h"

static const double LN10 = 0x1.26bb1bbb55516p+1;
static const double HALF_LOG_PI = 0x1.250d048e7a1bdp-1;
static const double NORMAL_975 = 0x1.f5c0331eeff84p+0; /* 97.5% point of the normal distribution */

/* Loops of one sum each, because compilers keep its lanes in registers, but not those of several
 * sums; for these there is lanes.c. */

double stat_add_lanes(double lane[LANES]) {
    for (size_t half = LANES / 2; half > 0; half /= 2)
        for (size_t l = 0; l < half; l++)
            lane[l] += lane[l + half];
    return lane[0];
}

/* Sums of numbers times a factor, less a mean, which the compiler drops where they are 1 and 0. */
static inline double sum_of(const double *x, double factor, double mean, size_t count) {
    double lane[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        for (size_t l = 0; l < LANES; l++)
            lane[l] += x[i + l] * factor - mean;
    for (size_t l = 0; i < count; i++, l++)
        lane[l] += x[i] * factor - mean;
    return stat_add_lanes(lane);
}

static inline double products_of(const double *x, double factor_x, double mean_x, const double *y,
                                 double factor_y, double mean_y, size_t count) {
    double lane[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        for (size_t l = 0; l < LANES; l++)
            lane[l] += (x[i + l] * factor_x - mean_x) * (y[i + l] * factor_y - mean_y);
    for (size_t l = 0; i < count; i++, l++)
        lane[l] += (x[i] * factor_x - mean_x) * (y[i] * factor_y - mean_y);
    return stat_add_lanes(lane);
}

double stat_sum(const double *x, size_t count) {
    return sum_of(x, 1, 0, count);
}

double stat_products(const double *x, double mean_x, const double *y, double mean_y, size_t count) {
    return products_of(x, 1, mean_x, y, 1, mean_y, count);
}

/* --- numbers of any size ---------------------------------------------------------------------- */

/* What is lost of a number's square here is 2^-600 of the sum. */
bool stat_safe(double squares) {
    return squares >= 0x1p-400 && squares <= 0x1p400;
}

/* So that 2^exponent and 2^-exponent are numbers. */
enum { MAX_EXPONENT = 1000 };

static int exponent_of(double magnitude) {
    int exponent;
    frexp(magnitude, &exponent);
    if (magnitude == 0 || exponent < -MAX_EXPONENT)
        return -MAX_EXPONENT;
    return exponent < MAX_EXPONENT ? exponent : MAX_EXPONENT;
}

int stat_exponent(const double *x, size_t count) {
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = fabs(x[i]) > most ? fabs(x[i]) : most;
    return exponent_of(most);
}

double stat_scale(int exponent) {
    return ldexp(1, -exponent);
}

/* Two roots would be off by a bit more, and the r of what is equal not 1. */
double stat_root(double sxx, double syy) {
    int ex, ey;
    const double product = frexp(sxx, &ex) * frexp(syy, &ey);
    const int even = (ex + ey) / 2 * 2;
    return ldexp(sqrt(ldexp(product, ex + ey - even)), even / 2);
}

double stat_r(double sxy, double sxx, double syy) {
    const double r = sxy / stat_root(sxx, syy);
    if (isinf(r))
        return NAN;
    return r > 1 ? 1 : r < -1 ? -1 : r;
}

bool stat_finite(const double *x, size_t count) {
    if (isfinite(stat_sum(x, count)))
        return true;
    size_t i = 0; /* it may be the sum that is too large */
    while (i < count && isfinite(x[i]))
        i++;
    return i == count;
}

size_t stat_defined(double *x, double *y, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const double xi = x[i], yi = y[i];
        x[kept] = xi;
        y[kept] = yi;
        kept += isfinite(xi) && isfinite(yi);
    }
    return kept;
}

static bool varies(const double *x, size_t count) {
    size_t i = 1;
    while (i < count && x[i] == x[0])
        i++;
    return i < count;
}

/* What rounding leaves in a mean then tells beside what the numbers differ by. */
static inline bool nearly_alike(double squares, double mean, double count) {
    return squares <= 0x1p-30 * count * mean * mean;
}

bool stat_nearly_alike(const struct stat_pairs *pairs) {
    const double n = (double)pairs->n;
    return nearly_alike(pairs->sxx, pairs->mean_x, n) || nearly_alike(pairs->syy, pairs->mean_y, n);
}

/* The mean of what is nearly alike is taken again, of what the first has left. */
static inline double squares_of(const double *x, double factor, size_t count, double *mean) {
    *mean = sum_of(x, factor, 0, count) / (double)count;
    const double squares = products_of(x, factor, *mean, x, factor, *mean, count);
    if (!nearly_alike(squares, *mean, (double)count))
        return squares;
    *mean += sum_of(x, factor, *mean, count) / (double)count;
    return products_of(x, factor, *mean, x, factor, *mean, count);
}

static inline struct stat_pairs pairs_in(const double *x, int ex, const double *y, int ey,
                                         size_t count) {
    const double fx = ex == 0 ? 1 : stat_scale(ex), fy = ey == 0 ? 1 : stat_scale(ey);
    double mean_x, mean_y;
    const double sxx = squares_of(x, fx, count, &mean_x), syy = squares_of(y, fy, count, &mean_y);
    return (struct stat_pairs){.n = count,
                               .ex = ex,
                               .ey = ey,
                               .mean_x = mean_x,
                               .mean_y = mean_y,
                               .sxx = sxx,
                               .syy = syy,
                               .sxy = products_of(x, fx, mean_x, y, fy, mean_y, count),
                               .first_x = x[0],
                               .first_y = y[0],
                               .varies_x = varies(x, count),
                               .varies_y = varies(y, count)};
}

/* pairs_in, of numbers as they are that are not nearly alike. */
static struct stat_pairs plain_pairs(const double *x, double mean_x, const double *y, double mean_y,
                                     size_t count) {
    double sums[3][LANES] = {{0}};
    lanes()->products(x, mean_x, y, mean_y, count, sums);
    return (struct stat_pairs){.n = count,
                               .mean_x = mean_x,
                               .mean_y = mean_y,
                               .sxx = stat_add_lanes(sums[0]),
                               .syy = stat_add_lanes(sums[1]),
                               .sxy = stat_add_lanes(sums[2]),
                               .first_x = x[0],
                               .first_y = y[0],
                               .varies_x = varies(x, count),
                               .varies_y = varies(y, count)};
}

struct stat_pairs stat_pairs_of_sums(const double *x, double sum_x, const double *y, double sum_y,
                                     size_t count) {
    if (count == 0)
        return (struct stat_pairs){0};
    const double n = (double)count;
    struct stat_pairs pairs = plain_pairs(x, sum_x / n, y, sum_y / n, count);
    if (stat_nearly_alike(&pairs))
        pairs = pairs_in(x, 0, y, 0, count);
    return stat_safe(pairs.sxx) && stat_safe(pairs.syy)
               ? pairs
               : pairs_in(x, stat_exponent(x, count), y, stat_exponent(y, count), count);
}

struct stat_pairs stat_pairs_of(const double *x, const double *y, size_t count) {
    return stat_pairs_of_sums(x, stat_sum(x, count), y, stat_sum(y, count), count);
}

struct stat_pairs stat_pairs_defined(const double *x, const double *y, size_t count, double *to_x,
                                     double *to_y) {
    memcpy(to_x, x, count * sizeof *x);
    memcpy(to_y, y, count * sizeof *y);
    return stat_pairs_of(to_x, to_y, stat_defined(to_x, to_y, count));
}

/* Brings the sums to other exponents, none of them smaller. */
static void raise_to(struct stat_pairs *pairs, int ex, int ey) {
    const int x = pairs->ex - ex, y = pairs->ey - ey;
    pairs->mean_x = ldexp(pairs->mean_x, x);
    pairs->mean_y = ldexp(pairs->mean_y, y);
    pairs->sxx = ldexp(pairs->sxx, 2 * x);
    pairs->syy = ldexp(pairs->syy, 2 * y);
    pairs->sxy = ldexp(pairs->sxy, x + y);
    pairs->ex = ex;
    pairs->ey = ey;
}

/* Adds pairs to others that have the same exponents. */
static void add(struct stat_pairs *pairs, const struct stat_pairs *block) {
    const double before = (double)pairs->n, count = (double)block->n, all = before + count;
    const double dx = block->mean_x - pairs->mean_x, dy = block->mean_y - pairs->mean_y;
    const double weight = before / all * count;
    pairs->sxx += block->sxx + dx * dx * weight;
    pairs->syy += block->syy + dy * dy * weight;
    pairs->sxy += block->sxy + dx * dy * weight;
    pairs->mean_x += dx * (count / all);
    pairs->mean_y += dy * (count / all);
    pairs->n += block->n;
    pairs->varies_x |= block->varies_x || block->first_x != pairs->first_x;
    pairs->varies_y |= block->varies_y || block->first_y != pairs->first_y;
}

void stat_pairs_join(struct stat_pairs *pairs, const struct stat_pairs *block) {
    if (pairs->n == 0 || block->n == 0) {
        *pairs = pairs->n == 0 ? *block : *pairs;
        return;
    }
    if (pairs->ex == block->ex && pairs->ey == block->ey) {
        add(pairs, block);
        return;
    }
    struct stat_pairs raised = *block;
    const int ex = pairs->ex > block->ex ? pairs->ex : block->ex;
    const int ey = pairs->ey > block->ey ? pairs->ey : block->ey;
    raise_to(pairs, ex, ey);
    raise_to(&raised, ex, ey);
    add(pairs, &raised);
}

void stat_pairs_add(struct stat_pairs *pairs, double x, double y) {
    const int ex = stat_safe(x * x) ? 0 : exponent_of(fabs(x));
    const int ey = stat_safe(y * y) ? 0 : exponent_of(fabs(y));
    const struct stat_pairs pair = {.n = 1,
                                    .ex = ex,
                                    .ey = ey,
                                    .mean_x = ex == 0 ? x : x * stat_scale(ex),
                                    .mean_y = ey == 0 ? y : y * stat_scale(ey),
                                    .first_x = x,
                                    .first_y = y};
    stat_pairs_join(pairs, &pair);
}

struct stat_correlation stat_correlate(const struct stat_pairs *pairs) {
    const bool vary = pairs->varies_x && pairs->varies_y;
    return stat_correlation_of(vary ? stat_r(pairs->sxy, pairs->sxx, pairs->syy) : NAN, pairs->n);
}

struct stat_correlation stat_correlation_of(double r, uint64_t n) {
    struct stat_correlation c = {.n = n, .r = r, .t = NAN, .ci_low = NAN, .ci_high = NAN};
    c.df = n >= 2 ? (double)n - 2 : NAN;
    if (c.df > 0)
        c.t = r * sqrt(c.df / ((1 - r) * (1 + r)));
    c.log_p = isnan(r) ? NAN : stat_log_p(r, c.df);
    if (n > 3) {
        const double z = det_atanh(r), reach = NORMAL_975 / sqrt((double)n - 3);
        c.ci_low = det_tanh(z - reach);
        c.ci_high = det_tanh(z + reach);
    }
    return c;
}

/* log Gamma(a + 1/2) - log Gamma(a): the asymptotic series (from DLMF 5.11.13) beyond a = 24, where
 * its first neglected term is below 1e-16; recurrence down from there. */
static double log_gamma_half_step(double a) {
    double product = 1;
    while (a < 24) {
        product *= a / (a + 0.5);
        a += 1;
    }
    const double u = 1 / a, u2 = u * u;
    const double series =
        u * (-1.0 / 8 +
             u2 * (1.0 / 192 + u2 * (-1.0 / 640 + u2 * (17.0 / 14336 + u2 * (-31.0 / 18432)))));
    return 0.5 * det_log(a) + series + det_log(product);
}

/* The continued fraction of I_x(a, b), by the modified Lentz method; x < (a + 1) / (a + b + 2). */
static double beta_fraction(double x, double a, double b) {
    static const double tiny = 1e-300;
    double f = 1, c = 1, d = 1;
    for (int k = 1; k < 100000; k++) {
        const int half = k / 2;
        const double m = half;
        const double numerator = k % 2 == 0
                                     ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                                     : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 + numerator * d;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        if (k > 1) {
            c = 1 + numerator / c;
            c = fabs(c) < tiny ? tiny : c;
        }
        f *= c * d;
        if (k > 1 && fabs(c * d - 1) < 1e-16)
            break;
    }
    return f;
}

/* log of I_rest(df/2, 1/2), rest = r^2's complement to 1, by the logarithms of rest and |r|. */
static double log_p_by(double square, double rest, double log_rest, double log_r, double df) {
    const double a = df / 2;
    /* log of x^a (1-x)^(1/2) / B(a, 1/2), x = rest */
    const double front = a * log_rest + log_r - HALF_LOG_PI + log_gamma_half_step(a);
    if (rest < (a + 1) / (a + 2.5))
        return front - det_log(a) + det_log(beta_fraction(rest, a, 0.5));
    return det_log1p(-2 * det_exp(front) * beta_fraction(square, 0.5, a));
}

double stat_log_p(double r, double df) {
    if (!(df > 0) || r == 0)
        return isnan(r) || isnan(df) ? NAN : 0;
    if (fabs(r) >= 1)
        return -INFINITY;
    const double log_rest = det_log1p(-fabs(r)) + det_log1p(fabs(r));
    return log_p_by(r * r, 1 - r * r, log_rest, det_log(fabs(r)), df);
}

double stat_log_p_of_t(double t, double df) {
    if (!(df > 0) || t == 0)
        return isnan(t) || isnan(df) ? NAN : 0;
    const double square = t * t;
    return log_p_by(square / (df + square), df / (df + square), -det_log1p(square / df),
                    -0.5 * det_log1p(df / square), df);
}

/* Sorting is of items: the place of a number in its array, and above it what the number begins with
 * among those that are sorted together. */
enum { PLACE_BITS = 31, DIGIT_BITS = 11, DIGITS = 3, BUCKETS = 1 << DIGIT_BITS };
static const uint64_t PLACE = (UINT64_C(1) << PLACE_BITS) - 1;

/* Fewer are sorted by insertion. */
enum { FEW = 24 };

/* Ranks are correlated in blocks of this many. */
enum { BLOCK = 1024 };

/* An integer that is ordered as numbers are; -0 is next to 0. */
static uint64_t key_of(const double *values, uint64_t item) {
    uint64_t bits;
    memcpy(&bits, &values[item & PLACE], sizeof bits);
    return bits ^ (bits >> 63 != 0 ? UINT64_MAX : UINT64_C(1) << 63);
}

static void insert(const double *values, uint64_t *items, size_t count) {
    for (size_t i = 1; i < count; i++) {
        const uint64_t item = items[i], key = key_of(values, item);
        size_t k = i;
        for (; k > 0 && key_of(values, items[k - 1]) > key; k--)
            items[k] = items[k - 1];
        items[k] = item;
    }
}

/* By the digits above the places, from the last to the first, each time leaving those of equal
 * digits in their order. */
static void sort_by_digits(uint64_t *items, uint64_t *spare, size_t count, int digits) {
    size_t start[DIGITS][BUCKETS] = {{0}};
    for (size_t i = 0; i < count; i++)
        for (int d = 0; d < digits; d++)
            start[d][items[i] >> (PLACE_BITS + d * DIGIT_BITS) & (BUCKETS - 1)]++;
    uint64_t *from = items, *to = spare;
    for (int d = 0; d < digits; d++) {
        for (size_t b = 0, total = 0; b < BUCKETS; b++) {
            const size_t size = start[d][b];
            start[d][b] = total;
            total += size;
        }
        for (size_t i = 0; i < count; i++)
            to[start[d][from[i] >> (PLACE_BITS + d * DIGIT_BITS) & (BUCKETS - 1)]++] = from[i];
        uint64_t *const sorted = to;
        to = from;
        from = sorted;
    }
    if (from != items)
        memcpy(items, from, count * sizeof *items);
}

/* Sorts places by as much of their numbers as there is room for, which then stands above the
 * places; returns how many bits of the numbers are left. */
static int sort_by_start(const double *values, uint64_t *items, uint64_t *spare, size_t count) {
    uint64_t least = UINT64_MAX, most = 0;
    if (count <= FEW) {
        insert(values, items, count);
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        spare[i] = key_of(values, items[i]);
        least = spare[i] < least ? spare[i] : least;
        most = spare[i] > most ? spare[i] : most;
    }
    if (least == most)
        return 0;
    const int bits = 64 - __builtin_clzll(most - least), room = DIGITS * DIGIT_BITS;
    const int rest = bits > room ? bits - room : 0;
    for (size_t i = 0; i < count; i++)
        items[i] |= (spare[i] - least) >> rest << PLACE_BITS;
    sort_by_digits(items, spare, count, (bits - rest + DIGIT_BITS - 1) / DIGIT_BITS);
    return rest;
}

/* Numbers alike in their start differ in so few bits that there is room for all of them. */
void stat_sort(const double *values, uint64_t *items, uint64_t *spare, size_t count) {
    const int rest = sort_by_start(values, items, spare, count);
    for (size_t i = 0, end; rest > 0 && i < count; i = end) {
        const uint64_t start = items[i] >> PLACE_BITS;
        for (end = i; end < count && items[end] >> PLACE_BITS == start; end++)
            items[end] &= PLACE;
        if (end - i > 1)
            sort_by_start(values, items + i, spare, end - i);
    }
    for (size_t i = 0; i < count; i++)
        items[i] &= PLACE;
}

/* The end of the numbers equal to that of items[i]. Their mean rank, from 1, is (i + 1 + end) / 2.
 */
static size_t end_of_ties(const double *values, const uint64_t *items, size_t count, size_t i) {
    size_t end = i + 1;
    while (end < count && values[items[end]] == values[items[i]])
        end++;
    return end;
}

/* Ranks of the x of the places, and with them Pearson's r of the ranks of y, in the order of y. */
static double correlate_ranks(const double *x, const double *y, uint64_t *items, uint64_t *spare,
                              double *rank, size_t count) {
    struct stat_pairs all = {0};
    double block_x[BLOCK], block_y[BLOCK];
    size_t size = 0;
    stat_sort(x, items, spare, count);
    for (size_t i = 0, end; i < count; i = end) {
        end = end_of_ties(x, items, count, i);
        for (size_t k = i; k < end; k++)
            rank[items[k]] = 0.5 * (double)(i + 1 + end);
    }
    stat_sort(y, items, spare, count);
    for (size_t i = 0, end; i < count; i = end) {
        end = end_of_ties(y, items, count, i);
        for (size_t k = i; k < end; k++) {
            block_x[size] = rank[items[k]];
            block_y[size++] = 0.5 * (double)(i + 1 + end);
            if (size < BLOCK && k + 1 < count)
                continue;
            const struct stat_pairs block = stat_pairs_of(block_x, block_y, size);
            stat_pairs_join(&all, &block);
            size = 0;
        }
    }
    return stat_correlate(&all).r;
}

int stat_spearman(const double *x, const double *y, size_t count, double *rho,
                  struct error *error) {
    uint64_t *items = malloc(2 * (count + 1) * sizeof *items);
    double *rank = malloc((count + 1) * sizeof *rank);
    size_t defined = 0;
    if (items != NULL && rank != NULL) {
        for (size_t i = 0; i < count; i++)
            if (isfinite(x[i]) && isfinite(y[i]))
                items[defined++] = i;
        *rho = correlate_ranks(x, y, items, items + count, rank, defined);
    }
    const int result =
        items != NULL && rank != NULL ? 0 : error_errno(error, "ranks of %zu values", count);
    free(items);
    free(rank);
    return result;
}

int stat_auc(const double *values, size_t first, size_t count, double *auc, struct error *error) {
    *auc = NAN;
    if (first == 0 || first >= count)
        return 0;
    uint64_t *items = malloc(2 * count * sizeof *items);
    if (items == NULL)
        return error_errno(error, "ranks of %zu values", count);
    for (size_t i = 0; i < count; i++)
        items[i] = i;
    stat_sort(values, items, items + count, count);
    double ranks = 0; /* whole and half numbers: exact */
    for (size_t i = 0, end; i < count; i = end) {
        end = end_of_ties(values, items, count, i);
        for (size_t k = i; k < end; k++)
            ranks += items[k] < first ? 0.5 * (double)(i + 1 + end) : 0;
    }
    free(items);
    const double f = (double)first, others = (double)(count - first);
    *auc = (ranks - f * (f + 1) / 2) / (f * others);
    return 0;
}

void stat_format_p(double log_p, char *text, size_t size) {
    if (isnan(log_p)) {
        snprintf(text, size, "nan"); /* printf would show its sign */
        return;
    }
    if (log_p > -690 || isinf(log_p)) {
        snprintf(text, size, "%.6g", det_exp(log_p));
        return;
    }
    const double log10_p = log_p / LN10;
    double exponent = floor(log10_p);
    double mantissa = det_exp((log10_p - exponent) * LN10);
    if (mantissa >= 9.95) {
        mantissa /= 10;
        exponent += 1;
    }
    snprintf(text, size, "%.1fe%.0f", mantissa, exponent);
}
