/* Measures, and the tallies that sum them. */
#include "engram/measure.h"

#include <stdlib.h>
#include <string.h>

#include "engram/names.h"
#include "layers.h"

static const struct measure {
    const char *name;
    bool squares_input, is_signed, by_rate, of_learning;
} measures[] = {
#define ROW(NAME, ...) {__VA_ARGS__},
    NET_MEASURE_ROWS(ROW)
#undef ROW
};

static const struct names names = {"measure", measures, NET_MEASURES, sizeof *measures};

const char *net_measure_name(enum net_measure measure) {
    return measures[measure].name;
}

enum net_measure net_measure_named(const char *name, struct error *error) {
    return (enum net_measure)names_find(&names, name, error);
}

bool net_measure_squares_input(enum net_measure measure) {
    return measures[measure].squares_input;
}

bool net_measure_signed(enum net_measure measure) {
    return measures[measure].is_signed;
}

bool net_measure_by_rate(enum net_measure measure) {
    return measures[measure].by_rate;
}

bool net_measure_of_learning(enum net_measure measure) {
    return measures[measure].of_learning;
}

void net_list_measures(char *text, size_t size) {
    names_list(&names, text, size);
}

/* An input is x = 2^-8 + s; where its square is tallied, x^2 = 2^-16 + (s^2 + 2^-7 s), exactly. */
void net_set_measure(struct net *net, enum net_measure measure) {
    const bool squared = net_measure_squares_input(measure);
    net->measure = measure;
    net->black = squared ? 0x1p-16f : 0x1p-8f;
    for (int pixel = 0; pixel < 256; pixel++)
        net->light[pixel] = (float)(squared ? pixel * (pixel + 2) : pixel) * net->black;
}

enum net_measure net_measure(const struct net *net) {
    return net->measure;
}

/* A class's tally, in one block. */
static bool allocate_tally(struct net *net, size_t class) {
    struct tally *tally = &net->tally[class];
    const size_t inputs = net->first.inputs, nonzero_in = inputs * sizeof *tally->nonzero_in,
                 waiting = TALLY_WAITING * net_place_factors(&net->spec, 0, NULL, &tally->steps);
    size_t floats = waiting;
    for (size_t l = 0; l < net->spec.layers; l++)
        floats += net_padded(net->spec.width[l + 1]) + net_padded(net_row_floats(net, l));
    float *next = net->tally_memory[class] =
        net_allocate(floats * sizeof(float) + nonzero_in + TALLY_WAITING * inputs, 1);
    if (next == NULL)
        return false;
    tally->light = net->light;
    net_place_factors(&net->spec, TALLY_WAITING, next, &tally->steps);
    next += waiting;
    for (size_t l = 0; l < net->spec.layers; l++) {
        tally->b[l] = next;
        next += net_padded(net->spec.width[l + 1]);
        *(l == 0 ? &tally->v : &tally->w[l]) = next;
        next += net_padded(net_row_floats(net, l));
    }
    tally->nonzero_in = (uint32_t *)(void *)next;
    tally->images = (uint8_t *)(tally->nonzero_in + inputs);
    return true;
}

int net_start_tally(struct net *net, struct error *error) {
    net->tally = calloc(net->spec.classes, sizeof *net->tally);
    bool good = net->tally != NULL;
    for (size_t k = 0; good && k < net->spec.classes; k++)
        good = allocate_tally(net, k);
    return good ? 0 : error_errno(error, "cannot make the tallies");
}

void net_tally(struct net *net, size_t class) {
    net->kernel->tally(net, &net->tally[class]);
}

static const float *rows_of(const struct tally *tally, size_t l) {
    return l == 0 ? tally->v : tally->w[l];
}

static bool all_zero(const float *values, size_t count) {
    size_t i = 0;
    while (i < count && values[i] == 0)
        i++;
    return i == count;
}

bool net_tally_is_zero(const struct net *net, size_t class) {
    struct tally *tally = &net->tally[class];
    net->kernel->settle(net, tally);
    for (size_t l = net->spec.layers; l-- > 0;)
        if (!all_zero(tally->b[l], net->spec.width[l + 1]) ||
            !all_zero(rows_of(tally, l), net_row_floats(net, l)))
            return false;
    return true;
}

void net_get_tally(const struct net *net, size_t class, size_t l, float *weights, float *biases) {
    struct tally *tally = &net->tally[class];
    net->kernel->settle(net, tally);
    net_unpack(net, l, rows_of(tally, l), tally->b[0], net->black, weights);
    memcpy(biases, tally->b[l], net->spec.width[l + 1] * sizeof *biases);
}
