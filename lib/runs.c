/* Intervals of means and of rates, and sign flips. */
#include "engram/runs.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "engram/permute.h"
#include "engram/rng.h"
#include "engram/stats.h"

static const double NORMAL_975 = 0x1.f5c0331eeff84p+0; /* 97.5% point of the normal distribution */
static const double LOG_05 = -0x1.7f7427b73e391p+1;

void runs_add(struct runs *runs, double x) {
    const double before = x - runs->mean;
    runs->n++;
    runs->mean += before / (double)runs->n;
    runs->squares += before * (x - runs->mean);
}

double runs_sd(const struct runs *runs) {
    return runs->n > 1 ? sqrt(runs->squares / ((double)runs->n - 1)) : NAN;
}

/* The two-sided p of t is that of r = t / sqrt(df + t^2), which halving finds. */
double runs_t(double df) {
    double low = 0, high = 1;
    for (int step = 0; step < 70; step++) {
        const double middle = low + (high - low) / 2;
        if (stat_log_p(middle, df) > LOG_05)
            low = middle;
        else
            high = middle;
    }
    return low * sqrt(df / ((1 - low) * (1 + low)));
}

static struct runs_interval around(const struct runs *runs, double variance_of) {
    if (runs->n < 2)
        return (struct runs_interval){NAN, NAN};
    const double reach = runs_t((double)runs->n - 1) * runs_sd(runs) * sqrt(variance_of);
    return (struct runs_interval){runs->mean - reach, runs->mean + reach};
}

struct runs_interval runs_mean_interval(const struct runs *runs) {
    return around(runs, 1 / (double)runs->n);
}

struct runs_interval runs_further_interval(const struct runs *runs) {
    return around(runs, 1 + 1 / (double)runs->n);
}

double runs_log_p(const struct runs *runs) {
    const double error = runs_sd(runs) / sqrt((double)runs->n);
    return error > 10 * DBL_EPSILON * fabs(runs->mean) && stat_safe(runs->squares)
               ? stat_log_p_of_t(runs->mean / error, (double)runs->n - 1)
               : NAN;
}

void runs_count(struct runs_rate *rate, bool fired) {
    rate->runs++;
    rate->fired += fired;
    rate->cluster_runs++;
    rate->cluster_fired += fired;
}

void runs_end_cluster(struct runs_rate *rate) {
    if (rate->cluster_runs == 0)
        return;
    const double runs = (double)rate->cluster_runs, fired = (double)rate->cluster_fired / runs;
    rate->clusters++;
    rate->rates += fired;
    rate->squared_rates += fired * fired;
    rate->inverse_sizes += 1 / runs;
    rate->cluster_runs = rate->cluster_fired = 0;
}

/* The sum over clusters of (fired / runs - rate)^2, multiplied out. */
double runs_design_effect(const struct runs_rate *rate) {
    const double clusters = (double)rate->clusters, p = (double)rate->fired / (double)rate->runs;
    const double independent = p * (1 - p) * rate->inverse_sizes;
    if (rate->clusters < 2 || rate->clusters == rate->runs || !(independent > 0))
        return 1;
    const double squares = rate->squared_rates - 2 * p * rate->rates + clusters * p * p;
    const double effect = squares * (clusters / (clusters - 1)) / independent;
    return effect > 1 ? effect : 1;
}

struct runs_interval runs_rate_interval(const struct runs_rate *rate) {
    if (rate->runs == 0)
        return (struct runs_interval){NAN, NAN};
    const double z = NORMAL_975, p = (double)rate->fired / (double)rate->runs;
    const double n = (double)rate->runs / runs_design_effect(rate);
    const double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
    const double reach = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return (struct runs_interval){fmax(centre - reach, 0), fmin(centre + reach, 1)};
}

/* P(X = k) / P(X = k - 1) of the binomial distribution. */
static double ratio(uint64_t k, uint64_t n, double p) {
    return (double)(n - k + 1) / (double)k * (p / (1 - p));
}

/* Relative to P(X = mode), so nothing under- or overflows; what is below NEGLIGIBLE does not count.
 */
struct runs_range runs_valid_range(uint64_t runs, double level) {
    static const double NEGLIGIBLE = 0x1p-60;
    if (!(level > 0 && level < 1))
        return level > 0 ? (struct runs_range){runs, runs} : (struct runs_range){0, 0};
    const double peak = ((double)runs + 1) * level;
    const uint64_t mode = peak < (double)runs ? (uint64_t)peak : runs;
    uint64_t first = mode;
    double all = 1, term = 1, least = 1;
    for (uint64_t k = mode + 1; k <= runs && term > NEGLIGIBLE; k++)
        all += term *= ratio(k, runs, level);
    for (; first > 0 && least > NEGLIGIBLE; first--)
        all += least /= ratio(first, runs, level);
    struct runs_range range = {first, first};
    double below = least;
    term = least;
    for (uint64_t k = first; below < .995 * all; range.high = k) {
        if (below < .005 * all)
            range.low = k + 1;
        below += term *= ratio(++k, runs, level);
    }
    return range;
}

/* --- sign flips ------------------------------------------------------------------------------- */

/* FNV-1a, of the seed and the name. Source: G. Fowler, L. Noll, K. Vo, "The FNV Non-Cryptographic
 * Hash Algorithm". */
static uint64_t hash(uint64_t seed, const char *name) {
    static const uint64_t PRIME = 0x100000001b3;
    uint64_t sum = 0xcbf29ce484222325;
    for (int shift = 0; shift < 64; shift += 8)
        sum = (sum ^ (seed >> shift & 0xff)) * PRIME;
    for (; *name != '\0'; name++)
        sum = (sum ^ (unsigned char)*name) * PRIME;
    return sum;
}

void runs_signs(double *sign, uint64_t draws, uint64_t seed, const char *run) {
    struct rng rng;
    uint64_t bits = 0;
    rng_seed(&rng, hash(seed, run));
    for (uint64_t k = 0; k < draws; k++) {
        bits = k % 64 == 0 ? rng_next(&rng) : bits << 1;
        sign[k] = bits >> 63 != 0 ? -1 : 1;
    }
    sign[draws] = 1;
}

static void rescale(struct runs_flips *group, int exponent, uint64_t draws) {
    const double factor = ldexp(1, group->exponent - exponent);
    for (uint64_t k = 0; k <= draws; k++)
        group->sum[k] *= factor;
    group->squares *= factor * factor;
    group->exponent = exponent;
}

int runs_flip(struct runs_flips *group, double x, const double *sign, uint64_t draws,
              struct error *error) {
    if (!isfinite(x))
        return 0;
    if (group->sum == NULL) {
        group->sum = calloc((size_t)draws + 1, sizeof *group->sum);
        if (group->sum == NULL)
            return error_errno(error, "%" PRIu64 " sign flips", draws);
        group->exponent = stat_exponent(NULL, 0);
    }
    const int exponent = stat_exponent(&x, 1);
    if (exponent > group->exponent)
        rescale(group, exponent, draws);
    x *= stat_scale(group->exponent);
    for (uint64_t k = 0; k <= draws; k++)
        group->sum[k] += sign[k] * x;
    group->squares += x * x;
    group->n++;
    return 0;
}

static double t_squared(double r, uint64_t n) {
    return r < 1 ? (double)(n - 1) * (r * r / ((1 - r) * (1 + r))) : INFINITY;
}

/* r of a draw, of |r| <= 1: the sum over the length sqrt(n sum x^2). */
static double r_of(const struct runs_flips *group, uint64_t k) {
    return fabs(group->sum[k]) / sqrt((double)group->n * group->squares);
}

static bool has_t(const struct runs_flips *group) {
    return group->n > 1 && group->squares > 0;
}

static void raise_most(const struct runs_flips *group, double *most, uint64_t draws) {
    for (uint64_t k = 0; k < draws; k++) {
        const double square = t_squared(r_of(group, k), group->n);
        most[k] = square > most[k] ? square : most[k];
    }
}

static double flipped_p(const struct runs_flips *group, const double *most, uint64_t draws) {
    const double limit = t_squared(fmax(r_of(group, draws) - PERMUTE_TIE, 0), group->n);
    uint64_t extreme = 0;
    for (uint64_t k = 0; k < draws; k++)
        extreme += most[k] >= limit;
    return permute_p(extreme, draws);
}

static int by_family(const void *a, const void *b) {
    const struct runs_flips *s = *(struct runs_flips *const *)a,
                            *t = *(struct runs_flips *const *)b;
    return s->family < t->family ? -1 : s->family > t->family;
}

/* Fills p of the groups of one family; `most` [draws]. */
static void flip_family(struct runs_flips *const *groups, size_t count, double *most,
                        uint64_t draws) {
    for (uint64_t k = 0; k < draws; k++)
        most[k] = 0;
    for (size_t i = 0; i < count; i++)
        if (has_t(groups[i]))
            raise_most(groups[i], most, draws);
    for (size_t i = 0; i < count; i++)
        groups[i]->p = has_t(groups[i]) ? flipped_p(groups[i], most, draws) : NAN;
}

int runs_flips_p(struct runs_flips **groups, size_t count, uint64_t draws, struct error *error) {
    double *most = malloc((size_t)draws * sizeof *most);
    if (most == NULL)
        return error_errno(error, "%" PRIu64 " sign flips", draws);
    if (count > 0)
        qsort(groups, count, sizeof(struct runs_flips *), by_family);
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first; end < count && groups[end]->family == groups[first]->family; end++)
            ;
        flip_family(groups + first, end - first, most, draws);
    }
    free(most);
    return 0;
}
