/* Intervals of means and of rates. */
#include "engram/runs.h"

#include <math.h>

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
