/* Tables of pairs, split into what units, inputs and neither explain. */
#include "engram/twoway.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A part of which no more than this is left, of the sum of the numbers' squares, is rounding: a
 * mean of up to 2^23 numbers is off by some 2e-13 of them, the square of which is 4e-26. The least
 * that numbers of 24 bits can differ by is far above. */
static const double DUST = 1e-24;

static bool defined(double x, double y) {
    return isfinite(x) && isfinite(y);
}

static bool any_defined(const double *x, const double *y, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (defined(x[i], y[i]))
            return true;
    return false;
}

int twoway_keep(struct twoway_kept *kept, const double *x, const double *y, size_t rows,
                size_t columns, struct error *error) {
    *kept = (struct twoway_kept){.unit = malloc((rows + 1) * sizeof *kept->unit),
                                 .input = malloc((columns + 1) * sizeof *kept->input)};
    bool *lacks = calloc(columns + 1, sizeof *lacks);
    if (kept->unit == NULL || kept->input == NULL || lacks == NULL) {
        error_errno(error, "a table of %zu by %zu", rows, columns);
        twoway_free_kept(kept);
        free(lacks);
        return -1;
    }
    for (size_t i = 0; i < rows; i++) {
        const double *xi = x + i * columns, *yi = y + i * columns;
        if (!any_defined(xi, yi, columns))
            continue;
        kept->unit[kept->units++] = i;
        for (size_t j = 0; j < columns; j++)
            lacks[j] |= !defined(xi[j], yi[j]);
    }
    for (size_t j = 0; j < columns && kept->units > 0; j++)
        if (!lacks[j])
            kept->input[kept->inputs++] = j;
    if (kept->inputs == 0)
        kept->units = 0;
    free(lacks);
    return 0;
}

void twoway_compact(const struct twoway_kept *kept, double *numbers, size_t columns) {
    for (size_t i = 0; i < kept->units; i++) {
        double *to = numbers + i * kept->inputs;
        const double *from = numbers + kept->unit[i] * columns;
        if (kept->inputs == columns)
            memmove(to, from, columns * sizeof *to);
        else
            for (size_t j = 0; j < kept->inputs; j++)
                to[j] = from[kept->input[j]];
    }
}

void twoway_free_kept(struct twoway_kept *kept) {
    free(kept->unit);
    free(kept->input);
    *kept = (struct twoway_kept){0};
}

int twoway_split(struct twoway *variable, double *numbers, size_t units, size_t inputs,
                 struct error *error) {
    *variable = (struct twoway){.units = units,
                                .inputs = inputs,
                                .unit = malloc(2 * units * sizeof *variable->unit + 1),
                                .input = malloc(2 * inputs * sizeof *variable->input + 1),
                                .residual = numbers};
    if (variable->unit == NULL || variable->input == NULL) {
        error_errno(error, "a table of %zu by %zu", units, inputs);
        twoway_free(variable);
        return -1;
    }
    twoway_split_again(variable);
    return 0;
}

/* Means of the rows and of the columns. */
static void take_means(const double *numbers, size_t units, size_t inputs, double *of_unit,
                       double *restrict of_input) {
    for (size_t j = 0; j < inputs; j++)
        of_input[j] = 0;
    for (size_t i = 0; i < units; i++) {
        const double *restrict row = numbers + i * inputs;
        of_unit[i] = stat_sum(row, inputs) / (double)inputs;
        for (size_t j = 0; j < inputs; j++)
            of_input[j] += row[j];
    }
    for (size_t j = 0; j < inputs; j++)
        of_input[j] /= (double)units;
}

/* Subtracts from every number the means of its row and column, the mean once less. */
static void subtract(double *numbers, size_t units, size_t inputs, double mean,
                     const double *of_unit, const double *restrict of_input) {
    for (size_t i = 0; i < units; i++) {
        double *restrict row = numbers + i * inputs;
        const double of_row = of_unit[i] - mean;
        for (size_t j = 0; j < inputs; j++)
            row[j] = row[j] - of_row - of_input[j];
    }
}

/* Subtracts the mean, which may be a sum of many equal numbers and then is off: so twice. */
static void centre(double *values, size_t count) {
    for (int twice = 0; twice < 2; twice++) {
        const double mean = stat_sum(values, count) / (double)count;
        for (size_t i = 0; i < count; i++)
            values[i] -= mean;
    }
}

static double sum_of_squares(const double *values, size_t count) {
    return stat_products(values, 0, values, 0, count);
}

static double dust_of(const double *numbers, size_t units, size_t inputs) {
    double dust = 0;
    for (size_t i = 0; i < units; i++)
        dust += DUST * sum_of_squares(numbers + i * inputs, inputs);
    return dust;
}

/* What is dust in the numbers, which are brought to a size whose squares tell. */
static double scale(struct twoway *variable) {
    const size_t units = variable->units, inputs = variable->inputs;
    const double dust = dust_of(variable->residual, units, inputs);
    variable->exponent = 0;
    if (stat_safe(dust))
        return dust;
    variable->exponent = stat_exponent(variable->residual, units * inputs);
    const double factor = stat_scale(variable->exponent);
    for (size_t i = 0; i < units * inputs; i++)
        variable->residual[i] *= factor;
    return dust_of(variable->residual, units, inputs);
}

/* Means are taken twice, the second time of what the first have left: a sum of many numbers that
 * are alike drifts. */
void twoway_split_again(struct twoway *variable) {
    const size_t units = variable->units, inputs = variable->inputs;
    double *unit = variable->unit, *input = variable->input, *residual = variable->residual,
           *squares = variable->squares;
    memset(squares, 0, sizeof variable->squares);
    if (units == 0 || inputs == 0)
        return;
    const double dust = scale(variable);
    variable->mean = 0;
    for (int twice = 0; twice < 2; twice++) {
        double *of_unit = twice ? unit + units : unit;
        double *of_input = twice ? input + inputs : input;
        take_means(residual, units, inputs, of_unit, of_input);
        const double mean = stat_sum(of_unit, units) / (double)units;
        subtract(residual, units, inputs, mean, of_unit, of_input);
        variable->mean += mean;
    }
    for (size_t i = 0; i < units; i++)
        unit[i] += unit[units + i];
    for (size_t j = 0; j < inputs; j++)
        input[j] += input[inputs + j];
    centre(unit, units);
    centre(input, inputs);
    for (size_t i = 0; i < units; i++)
        squares[TWOWAY_CENTRED] += sum_of_squares(residual + i * inputs, inputs);
    squares[TWOWAY_UNITS] = (double)inputs * sum_of_squares(unit, units);
    squares[TWOWAY_INPUTS] = (double)units * sum_of_squares(input, inputs);
    for (size_t part = TWOWAY_UNITS; part < TWOWAY_PARTS; part++) {
        if (squares[part] <= dust)
            squares[part] = 0;
        squares[TWOWAY_ALL] += squares[part];
    }
}

void twoway_free(struct twoway *variable) {
    free(variable->unit);
    free(variable->input);
    *variable = (struct twoway){0};
}

void twoway_products(const struct twoway *x, const struct twoway *y,
                     double products[TWOWAY_PARTS]) {
    const size_t units = x->units, inputs = x->inputs;
    products[TWOWAY_UNITS] = (double)inputs * stat_products(x->unit, 0, y->unit, 0, units);
    products[TWOWAY_INPUTS] = (double)units * stat_products(x->input, 0, y->input, 0, inputs);
    products[TWOWAY_CENTRED] = 0;
    for (size_t i = 0; i < units; i++)
        products[TWOWAY_CENTRED] +=
            stat_products(x->residual + i * inputs, 0, y->residual + i * inputs, 0, inputs);
    products[TWOWAY_ALL] = 0;
    for (size_t part = TWOWAY_UNITS; part < TWOWAY_PARTS; part++) {
        if (x->squares[part] == 0 || y->squares[part] == 0)
            products[part] = 0;
        products[TWOWAY_ALL] += products[part];
    }
}

/* df + 2. */
static uint64_t effective(enum twoway_part part, size_t units, size_t inputs) {
    if (units == 0 || inputs == 0)
        return 0;
    switch (part) {
    case TWOWAY_UNITS:
        return units;
    case TWOWAY_INPUTS:
        return inputs;
    case TWOWAY_CENTRED:
        return (uint64_t)(units - 1) * (inputs - 1) + 1;
    case TWOWAY_ALL:
    case TWOWAY_PARTS:
        break;
    }
    return (uint64_t)units * inputs;
}

struct stat_correlation twoway_correlate(const struct twoway *x, const struct twoway *y,
                                         const double products[TWOWAY_PARTS],
                                         enum twoway_part part) {
    const double r = stat_r(products[part], x->squares[part], y->squares[part]);
    struct stat_correlation c = stat_correlation_of(r, effective(part, x->units, x->inputs));
    if (part == TWOWAY_CENTRED)
        c.n = (uint64_t)x->units * x->inputs;
    return c;
}

double twoway_share(const struct twoway *x, const struct twoway *y,
                    const double products[TWOWAY_PARTS], enum twoway_part part) {
    const double root = stat_root(x->squares[TWOWAY_ALL], y->squares[TWOWAY_ALL]);
    return root > 0 ? products[part] / root : NAN;
}

double twoway_variance(const struct twoway *variable, enum twoway_part part) {
    const double all = variable->squares[TWOWAY_ALL];
    return all > 0 ? variable->squares[part] / all : NAN;
}
