/* The random numbers of engram: xoshiro256++, its state filled by splitmix64 from one seed.
 *
 * Source: D. Blackman and S. Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47
 * (2021); G. Steele, D. Lea and C. Flood, "Fast splittable pseudorandom number generators" (2014).
 *
 * Reference output, seed 1:  rng_next gives
 *   cfc5d07f6f03c29b bf424132963fe08d 19a37d5757aaf520 bf08119f05cd56d6
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
