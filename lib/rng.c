/* xoshiro256++ and what is drawn from it. */
#include "engram/rng.h"

#include <math.h>

#include "engram/detmath.h"

uint64_t rng_splitmix64(uint64_t *state) {
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

void rng_seed(struct rng *rng, uint64_t seed) {
    *rng = (struct rng){0};
    for (int i = 0; i < 4; i++)
        rng->state[i] = rng_splitmix64(&seed);
}

static uint64_t rotate_left(uint64_t x, int k) {
    return x << k | x >> (64 - k);
}

uint64_t rng_next(struct rng *rng) {
    uint64_t *s = rng->state;
    const uint64_t result = rotate_left(s[0] + s[3], 23) + s[0];
    const uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

static void jump(struct rng *rng) {
    static const uint64_t polynomial[] = {0x180ec6d33cfd0aba, 0xd5a61266f0c9392c,
                                          0xa9582618e03fc9aa, 0x39abdc4529b1661c};
    struct rng sum = {0};
    for (int bit = 0; bit < 256; bit++, rng_next(rng))
        for (int i = 0; i < 4 && polynomial[bit / 64] >> bit % 64 & 1; i++)
            sum.state[i] ^= rng->state[i];
    *rng = sum;
}

void rng_seed_stream(struct rng *rng, uint64_t seed, enum rng_stream stream) {
    rng_seed(rng, seed);
    for (unsigned i = 0; i < (unsigned)stream; i++)
        jump(rng);
}

double rng_uniform(struct rng *rng) {
    return (double)(rng_next(rng) >> 11) * 0x1p-53;
}

uint64_t rng_below(struct rng *rng, uint64_t bound) {
    uint64_t x = rng_next(rng);
    while (x < bound && x < -bound % bound) /* 2^64 mod bound: draws below it are rejected */
        x = rng_next(rng);
    return x % bound;
}

double rng_normal(struct rng *rng) {
    if (rng->has_spare) {
        rng->has_spare = false;
        return rng->spare;
    }
    double u, v, square;
    do {
        u = 2 * rng_uniform(rng) - 1;
        v = 2 * rng_uniform(rng) - 1;
        square = u * u + v * v;
    } while (square >= 1 || square == 0);
    const double scale = sqrt(-2 * det_log(square) / square);
    rng->spare = v * scale;
    rng->has_spare = true;
    return u * scale;
}

void rng_shuffle(struct rng *rng, size_t *items, size_t count) {
    for (size_t i = count; i > 1; i--) {
        const size_t j = (size_t)rng_below(rng, i), other = items[j];
        items[j] = items[i - 1];
        items[i - 1] = other;
    }
}
