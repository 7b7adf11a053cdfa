/* The random numbers of engram: xoshiro256++, its state filled by splitmix64 from one seed.
 *
 * Source: D. Blackman and S. Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47
 * (2021); G. Steele, D. Lea and C. Flood, "Fast splittable pseudorandom number generators" (2014).
 *
 * Reference output, seed 1:  rng_next gives
 *   cfc5d07f6f03c29b bf424132963fe08d 19a37d5757aaf520 bf08119f05cd56d6
 * and its streams 1 and 2
 *   dafd92f1adffc5b9 89d5ed6828f5becf c81a7b85673e9dac e3ed98a07ef5a746
 *   cf14ec0cd23320f2 0d996ecdd4a89305 9a094a1d92763d30 998f46b945e5c6f8
 * splitmix64 from state 0 gives e220a8397b1dcdaf 6e789e6aa1b965f4 06c45d188009454f.
 *
 * A generator is a value: copy it to repeat a sequence. */
#ifndef ENGRAM_RNG_H
#define ENGRAM_RNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rng {
    uint64_t state[4];
    double spare; /* the second normal deviate of a pair */
    bool has_spare;
};

uint64_t rng_splitmix64(uint64_t *state);

void rng_seed(struct rng *rng, uint64_t seed);

/* What draws from which stream of a seed, so that one seed may serve them all. */
enum rng_stream {
    RNG_NETWORK, /* initial weights and permutations of labels: that of rng_seed */
    RNG_SHUFFLE, /* the order of images */
    RNG_REORDER, /* that order anew */
};

/* rng_seed, and 2^128 draws on for each stream (the authors' jump). */
void rng_seed_stream(struct rng *rng, uint64_t seed, enum rng_stream stream);

uint64_t rng_next(struct rng *rng);

/* Uniform in [0, 1), a multiple of 2^-53. */
double rng_uniform(struct rng *rng);

/* Uniform in 0 .. bound-1, unbiased; bound > 0: draws that would favour
 * the low residues are rejected. */
uint64_t rng_below(struct rng *rng, uint64_t bound);

/* Standard normal deviate by Marsaglia's polar method, on det_log. */
double rng_normal(struct rng *rng);

/* Fisher-Yates shuffle of `items`. */
void rng_shuffle(struct rng *rng, size_t *items, size_t count);

#endif
