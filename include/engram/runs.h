/* Statistics over runs, each an independent replication: means with their intervals, and rates.
 *
 * Numbers are taken in one by one, so memory does not grow with their number.
 * Checked against SciPy and statsmodels in tests/unit/runs.c. */
#ifndef ENGRAM_RUNS_H
#define ENGRAM_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engram/error.h"

/* Count, mean, and sum of squared deviations of numbers so far; zeros at first. */
struct runs {
    uint64_t n;
    double mean, squares;
};

/* Source: B. Welford, "Note on a method for calculating corrected sums of squares and products",
 * Technometrics 4 (1962). */
void runs_add(struct runs *runs, double x);

struct runs_interval {
    double low, high;
};

/* Standard deviation, with n - 1; NaN for n < 2. */
double runs_sd(const struct runs *runs);

/* 95% intervals by Student's t with n - 1 degrees of freedom, NaN for n < 2: of the mean,
 * mean -+ t sd / sqrt(n); and of a further run, mean -+ t sd sqrt(1 + 1/n). */
struct runs_interval runs_mean_interval(const struct runs *runs);
struct runs_interval runs_further_interval(const struct runs *runs);

/* log of the two-sided p of t = mean sqrt(n) / sd, that the mean is 0. NaN for n < 2, and where the
 * numbers are alike but for rounding: sd / sqrt(n) <= 10 * 2^-52 |mean|, as R's t.test has it. */
double runs_log_p(const struct runs *runs);

/* The 97.5% point of Student's t with df > 0 degrees of freedom. */
double runs_t(double df);

/* How often something happened, with clusters of runs that are alike; zeros at first. */
struct runs_rate {
    uint64_t runs, fired;
    uint64_t clusters;                    /* complete ones */
    double rates, squared_rates;          /* sums over clusters of fired / runs and its square */
    double inverse_sizes;                 /* sum over clusters of 1 / runs */
    uint64_t cluster_runs, cluster_fired; /* of the cluster at hand */
};

/* Takes in a run of the cluster at hand. */
void runs_count(struct runs_rate *rate, bool fired);

/* Ends the cluster at hand, if it has runs. */
void runs_end_cluster(struct runs_rate *rate);

/* Kish's design effect: the variance of the rates of clusters over that of independent runs; 1 at
 * least, and with fewer than two clusters, or clusters of one run each. Source: L. Kish, "Survey
 * Sampling", 1965, section 5.4. */
double runs_design_effect(const struct runs_rate *rate);

/* Wilson's 95% interval of the rate, for as many runs as the design effect leaves; NaN for none.
 * Source: E. Wilson, "Probable inference, the law of succession, and statistical inference",
 * J. Am. Stat. Assoc. 22 (1927). */
struct runs_interval runs_rate_interval(const struct runs_rate *rate);

/* How often a valid test at this level rejects in 99 of 100 experiments of so many independent
 * runs: the smallest k with P(X <= k) >= .005, and >= .995, where X ~ Binomial(runs, level). */
struct runs_range {
    uint64_t low, high;
};
struct runs_range runs_valid_range(uint64_t runs, double level);

/* Numbers of different runs, summed under the signs that each draw gives the runs; zeros at first.
 * Its user frees `sum`. */
struct runs_flips {
    size_t family;
    uint64_t n;
    double *sum;    /* [draws + 1] times 2^-exponent, of the signs of runs_signs; or NULL */
    double squares; /* sum of x^2, times 2^(-2 exponent) */
    int exponent;   /* of the largest |x| so far */
    double p;       /* NaN with fewer than two, or zeros alone */
};

/* The signs of a run in every draw, 1 or -1 as its name and the seed have it; and 1, the last of
 * sign[draws + 1]. */
void runs_signs(double *sign, uint64_t draws, uint64_t seed, const char *run);

/* Takes in a number of the run that has these signs; one that is not finite does not count. -1 on
 * no memory. */
int runs_flip(struct runs_flips *group, double x, const double *sign, uint64_t draws,
              struct error *error);

/* Fills each group's p of |t|, that its mean is 0, among the largest |t| of the groups of its
 * family, if the signs of the runs were drawn at random `draws` times: the same signs in all
 * groups, so whatever their dependence. p = (b + 1) / (draws + 1), b of the draws at least as
 * large, to within PERMUTE_TIE (permute.h) in r = t / sqrt(n - 1 + t^2). Sorts the groups by
 * family. -1 on no memory. Source: P. Westfall, S. Young, "Resampling-Based Multiple Testing"
 * (1993); sign flips: R. Fisher, "The Design of Experiments" (1935), section 21. */
int runs_flips_p(struct runs_flips **groups, size_t count, uint64_t draws, struct error *error);

#endif
