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

/* So many draws are summed at once. */
enum { LANES = 8 };

/* Leaves the finite numbers, over the length sqrt(n sum x^2): their sum is then r, and |r| <= 1. */
static void normalize(struct runs_group *group) {
    struct runs_value *value = group->value;
    size_t n = 0;
    double most = 0, squares = 0;
    for (size_t i = 0; i < group->count; i++)
        if (isfinite(value[i].x)) {
            most = fmax(most, fabs(value[i].x));
            value[n++] = value[i];
        }
    group->count = n > 1 && most > 0 ? n : 0;
    const double scale = stat_scale(stat_exponent(&most, 1));
    for (size_t i = 0; i < group->count; i++)
        squares += value[i].x * scale * (value[i].x * scale);
    const double length = sqrt((double)n * squares);
    for (size_t i = 0; i < group->count; i++)
        value[i].x = value[i].x * scale / length;
}

static double t_squared(double r, const struct runs_group *group) {
    return r < 1 ? (double)(group->count - 1) * (r * r / ((1 - r) * (1 + r))) : INFINITY;
}

/* Raises `most` to the t^2 of a group for the signs of LANES draws, [runs][LANES]. */
static void raise_most(const struct runs_group *group, const double (*sign)[LANES],
                       double most[LANES]) {
    double sum[LANES] = {0};
    for (size_t i = 0; i < group->count; i++)
        for (size_t l = 0; l < LANES; l++)
            sum[l] += sign[group->value[i].run][l] * group->value[i].x;
    for (size_t l = 0; l < LANES && group->count > 0; l++) {
        const double square = t_squared(fabs(sum[l]), group);
        most[l] = square > most[l] ? square : most[l];
    }
}

static void draw_signs(struct rng *rng, double (*sign)[LANES], size_t runs) {
    for (size_t run = 0; run < runs; run++) {
        const uint64_t bits = rng_next(rng);
        for (size_t l = 0; l < LANES; l++)
            sign[run][l] = bits >> (63 - l) & 1 ? -1 : 1;
    }
}

/* p of a group whose signs are as they are. */
static double flipped_p(const struct runs_group *group, const double *most, uint64_t draws) {
    double r = 0;
    for (size_t i = 0; i < group->count; i++)
        r += group->value[i].x;
    if (group->count == 0)
        return NAN;
    const double limit = t_squared(fmax(fabs(r) - PERMUTE_TIE, 0), group);
    uint64_t extreme = 0;
    for (uint64_t k = 0; k < draws; k++)
        extreme += most[k] >= limit;
    return permute_p(extreme, draws);
}

static int by_family(const void *a, const void *b) {
    const struct runs_group *s = *(struct runs_group *const *)a,
                            *t = *(struct runs_group *const *)b;
    return s->family < t->family ? -1 : s->family > t->family;
}

/* Fills p of the groups of one family; `most` [draws, up to whole blocks]. */
static void flip_family(struct runs_group *const *groups, size_t count, double (*sign)[LANES],
                        size_t runs, double *most, uint64_t draws, uint64_t seed) {
    struct rng rng;
    rng_seed(&rng, seed);
    for (uint64_t k = 0; k < draws; k += LANES) {
        for (size_t l = 0; l < LANES; l++)
            most[k + l] = 0;
        draw_signs(&rng, sign, runs);
        for (size_t i = 0; i < count; i++)
            raise_most(groups[i], sign, most + k);
    }
    for (size_t i = 0; i < count; i++)
        groups[i]->p = flipped_p(groups[i], most, draws);
}

int runs_flips(struct runs_group **groups, size_t count, size_t runs, uint64_t draws, uint64_t seed,
               struct error *error) {
    double(*sign)[LANES] = malloc((runs + 1) * sizeof *sign);
    double *most = malloc(((size_t)draws + LANES) * sizeof *most);
    if (sign == NULL || most == NULL) {
        free(sign);
        free(most);
        return error_errno(error, "%" PRIu64 " sign flips of %zu runs", draws, runs);
    }
    for (size_t i = 0; i < count; i++)
        normalize(groups[i]);
    if (count > 0)
        qsort(groups, count, sizeof(struct runs_group *), by_family);
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first; end < count && groups[end]->family == groups[first]->family; end++)
            ;
        flip_family(groups + first, end - first, sign, runs, most, draws, seed);
    }
    free(sign);
    free(most);
    return 0;
}
