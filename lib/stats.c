/* Pearson, Spearman and their p-values. */
#include "engram/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "engram/detmath.h"

static const double LN10 = 0x1.26bb1bbb55516p+1;
static const double HALF_LOG_PI = 0x1.250d048e7a1bdp-1;
static const double NORMAL_975 = 0x1.f5c0331eeff84p+0; /* 97.5% point of the normal distribution */

/* Sums run in this many lanes, added pairwise at the end: fixed, so that the order is written down,
 * and enough for any vector unit. */
enum { LANES = 8 };

static double add_lanes(double lane[LANES]) {
    for (size_t half = LANES / 2; half > 0; half /= 2)
        for (size_t l = 0; l < half; l++)
            lane[l] += lane[l + half];
    return lane[0];
}

static double sum(const double *x, size_t count) {
    double lane[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        for (size_t l = 0; l < LANES; l++)
            lane[l] += x[i + l];
    for (size_t l = 0; i < count; i++, l++)
        lane[l] += x[i];
    return add_lanes(lane);
}

/* Sum of (x - mean_x)(y - mean_y). */
static double centred(const double *x, double mean_x, const double *y, double mean_y,
                      size_t count) {
    double lane[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        for (size_t l = 0; l < LANES; l++)
            lane[l] += (x[i + l] - mean_x) * (y[i + l] - mean_y);
    for (size_t l = 0; i < count; i++, l++)
        lane[l] += (x[i] - mean_x) * (y[i] - mean_y);
    return add_lanes(lane);
}

static void widen(double *min, double *max, const double *x, size_t count) {
    for (size_t i = 0; i < count; i++) {
        *min = x[i] < *min ? x[i] : *min;
        *max = x[i] > *max ? x[i] : *max;
    }
}

void stat_pairs_add(struct stat_pairs *pairs, const double *x, const double *y, size_t count) {
    if (count == 0)
        return;
    if (pairs->n == 0)
        *pairs = (struct stat_pairs){.min_x = x[0], .max_x = x[0], .min_y = y[0], .max_y = y[0]};
    const double mean_x = sum(x, count) / (double)count, mean_y = sum(y, count) / (double)count;
    const double before = (double)pairs->n, all = before + (double)count;
    const double dx = mean_x - pairs->mean_x, dy = mean_y - pairs->mean_y;
    const double weight = before / all * (double)count;
    pairs->sxx += centred(x, mean_x, x, mean_x, count) + dx * dx * weight;
    pairs->syy += centred(y, mean_y, y, mean_y, count) + dy * dy * weight;
    pairs->sxy += centred(x, mean_x, y, mean_y, count) + dx * dy * weight;
    pairs->mean_x += dx * ((double)count / all);
    pairs->mean_y += dy * ((double)count / all);
    pairs->n += count;
    widen(&pairs->min_x, &pairs->max_x, x, count);
    widen(&pairs->min_y, &pairs->max_y, y, count);
}

struct stat_correlation stat_correlate(const struct stat_pairs *pairs) {
    const int constant = pairs->min_x == pairs->max_x || pairs->min_y == pairs->max_y;
    double r = NAN;
    if (pairs->n >= 2 && !constant)
        r = pairs->sxy / sqrt(pairs->sxx * pairs->syy);
    return stat_correlation_of(r > 1 ? 1 : r < -1 ? -1 : r, pairs->n);
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

double stat_log_p(double r, double df) {
    if (!(df > 0) || r == 0)
        return isnan(r) || isnan(df) ? NAN : 0;
    const double a = df / 2, square = r * r;
    if (fabs(r) >= 1)
        return -INFINITY;
    /* log of x^a (1-x)^(1/2) / B(a, 1/2), x = 1 - r^2 */
    const double front = a * (det_log1p(-fabs(r)) + det_log1p(fabs(r))) + det_log(fabs(r)) -
                         HALF_LOG_PI + log_gamma_half_step(a);
    if (1 - square < (a + 1) / (a + 2.5))
        return front - det_log(a) + det_log(beta_fraction(1 - square, a, 0.5));
    return det_log1p(-2 * det_exp(front) * beta_fraction(square, 0.5, a));
}

struct ranked {
    double value;
    size_t place;
};

static int by_value(const void *a, const void *b) {
    const struct ranked *s = a, *t = b;
    return s->value < t->value ? -1 : s->value > t->value;
}

/* Replaces `values` by their ranks from 1, equal values by their mean rank. */
static void rank(double *values, struct ranked *sorted, size_t count) {
    for (size_t i = 0; i < count; i++)
        sorted[i] = (struct ranked){values[i], i};
    qsort(sorted, count, sizeof *sorted, by_value);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && sorted[end].value == sorted[i].value; end++)
            ;
        for (size_t k = i; k < end; k++)
            values[sorted[k].place] = 0.5 * (double)(i + 1 + end);
    }
}

int stat_spearman(const double *x, const double *y, size_t count, double *rho,
                  struct error *error) {
    double *ranks = malloc((2 * count + 1) * sizeof *ranks);
    struct ranked *sorted = malloc((count + 1) * sizeof *sorted);
    int result = -1;
    if (ranks == NULL || sorted == NULL)
        error_errno(error, "ranks of %zu values", count);
    else {
        struct stat_pairs pairs = {0};
        for (size_t i = 0; i < count; i++) {
            ranks[i] = x[i];
            ranks[count + i] = y[i];
        }
        rank(ranks, sorted, count);
        rank(ranks + count, sorted, count);
        stat_pairs_add(&pairs, ranks, ranks + count, count);
        *rho = stat_correlate(&pairs).r;
        result = 0;
    }
    free(ranks);
    free(sorted);
    return result;
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
