/* The definition of a step of learning, and the textbook's. Speed is no aim here. */
#include "reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void *zeros(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (memory == NULL)
        abort();
    return memory;
}

static uint32_t bits_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static float float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* --- the definition: activations -------------------------------------------------------------- */

float reference_exp_of_minus(float x) {
    const float y = -fabsf(x), t = y < -87 ? -87 : y;
    const float shifted = t * 0x1.715476p+0f + 0x1.8p+23f; /* t / log 2, rounded in the low bits */
    const float k = shifted - 0x1.8p+23f;
    const float r = (t - k * 0x1.62e4p-1f) - k * 0x1.7f7d1cp-20f;
    const float r2 = r * r;
    const float tail = (0.499999934478f + 0.166665206317f * r) +
                       r2 * ((0.0416683880453f + 0.00836871687973f * r) + r2 * 0.00138145986467f);
    const float power = float_of((bits_of(shifted) << 23) + 0x3f800000); /* 2^k */
    return (1 + (r + r2 * tail)) * power;
}

/* log(1 + e) for e in [0, 1]. */
static float log_one_plus(float e) {
    const float t = e / (2 + e), q = t * t;
    const float tail =
        (0.666664162859f + 0.400215272302f * q) + q * q * (0.280018054018f + 0.280119862491f * q);
    return 2 * t + t * q * tail;
}

/* tanh x for |x| < 0.625. */
static float small_tanh(float x) {
    const float q = x * x;
    const float tail =
        (-0.33333281942f + 0.133314421982f * q) +
        q * q * ((-0.0537397150906f + 0.0206390872587f * q) + q * q * -0.00570498700749f);
    return x + x * (q * tail);
}

void reference_activate(enum net_activation activation, float z, float *a, float *derivative) {
    const float positive_part = z <= 0 ? 0 : z; /* NaN for NaN */
    switch (activation) {
    case NET_SOFTPLUS: {
        const float e = reference_exp_of_minus(z), inverse = 1 / (1 + e);
        *a = positive_part + log_one_plus(e);
        *derivative = (z > 0 ? 1 : e) * inverse;
        break;
    }
    case NET_RELU:
        *a = positive_part;
        *derivative = z > 0 ? 1 : 0;
        break;
    case NET_LEAKY_RELU:
        *derivative = z > 0 ? 1 : 0.01f;
        *a = z * *derivative;
        break;
    case NET_SIGMOID: {
        const float e = reference_exp_of_minus(z), inverse = 1 / (1 + e);
        *a = (z > 0 ? 1 : e) * inverse;
        *derivative = e * inverse * inverse;
        break;
    }
    case NET_TANH: {
        const float e = reference_exp_of_minus(z + z), inverse = 1 / (1 + e);
        *a = fabsf(z) < 0.625f ? small_tanh(z) : copysignf((1 - e) * inverse, z);
        *derivative = 4 * e * inverse * inverse;
        break;
    }
    case NET_ACTIVATIONS:
        abort();
    }
}

const struct reference_bound reference_bounds[NET_ACTIVATIONS] = {
    [NET_SOFTPLUS] = {3, 3, 2e-38}, [NET_RELU] = {0, 0, 0},     [NET_LEAKY_RELU] = {1, 0.5, 0},
    [NET_SIGMOID] = {3, 6, 2e-38},  [NET_TANH] = {3, 6, 7e-38},
};

/* --- the definition: a step ------------------------------------------------------------------- */

/* z[i] = sum of W[i][j] x[j] with x = 2^-8 + s: the black part of all inputs through r and c, then
 * the nonzero inputs one by one. */
static void first_sum(struct reference *n, const uint8_t *image) {
    const size_t inputs = n->spec.width[0], units = n->spec.width[1];
    uint64_t sum = 0;
    for (size_t j = 0; j < inputs; j++)
        sum += image[j];
    const float s_sum = (float)sum * 0x1p-8f;
    for (size_t i = 0; i < units; i++) {
        float z = (n->b[0][i] + 0x1p-8f * n->r[i]) + s_sum * n->c[i];
        for (size_t j = 0; j < inputs; j++)
            if (image[j] != 0)
                z += ((float)image[j] * 0x1p-8f) * n->v[i * inputs + j];
        n->a[0][i] = z;
    }
}

/* z[o] = b[o] + sum of w[o][k] a[k], in 16 sums that are then added in pairs. */
static void dense_sum(struct reference *n, size_t l) {
    const size_t inputs = n->spec.width[l], units = n->spec.width[l + 1];
    for (size_t o = 0; o < units; o++) {
        float lane[16] = {0};
        for (size_t k = 0; k < inputs; k++)
            lane[k % 16] += n->w[l][o * inputs + k] * n->a[l - 1][k];
        for (size_t half = 8; half > 0; half /= 2)
            for (size_t i = 0; i < half; i++)
                lane[i] += lane[i + half];
        n->a[l][o] = n->b[l][o] + lane[0];
    }
}

static void forward(struct reference *n, const uint8_t *image) {
    for (size_t l = 0; l < n->spec.layers; l++) {
        if (l == 0)
            first_sum(n, image);
        else
            dense_sum(n, l);
        for (size_t i = 0; i < n->spec.width[l + 1]; i++)
            reference_activate(n->spec.activation, n->a[l][i], &n->a[l][i], &n->derivative[l][i]);
    }
}

/* What is tallied of a parameter of a unit, from the unit's delta and step q and from the input at
 * the parameter, its size or its square. */
static float measured(enum net_measure measure, float delta, float q, float input) {
    switch (measure) {
    case NET_CHANGE:
        return fabsf(q * input);
    case NET_GRADIENT:
        return delta * input;
    case NET_SQUARED_CHANGE:
        return (q * q) * input;
    case NET_SQUARED_GRADIENT:
        return (delta * delta) * input;
    case NET_PATH_INTEGRAL:
        return -(q * delta) * input;
    case NET_INPUT:
        return input;
    case NET_MEASURES:
        break;
    }
    abort();
}

static bool squares(enum net_measure measure) {
    return measure == NET_SQUARED_CHANGE || measure == NET_SQUARED_GRADIENT ||
           measure == NET_PATH_INTEGRAL;
}

/* The input as it is measured. */
static float measured_input(enum net_measure measure, float a) {
    return squares(measure) ? a * a : measure == NET_GRADIENT ? a : fabsf(a);
}

/* Changes layer l and gives the layer below its delta, from the weights before the change. */
static void dense_update(struct reference *n, size_t l, struct reference_tally *tally) {
    const size_t inputs = n->spec.width[l], units = n->spec.width[l + 1];
    for (size_t k = 0; k < inputs; k++) {
        float delta = 0;
        for (size_t o = 0; o < units; o++)
            delta += n->delta[l][o] * n->w[l][o * inputs + k];
        n->delta[l - 1][k] = delta * n->derivative[l - 1][k];
    }
    for (size_t o = 0; o < units; o++) {
        const float q = -(n->rate * n->delta[l][o]);
        for (size_t k = 0; k < inputs; k++) {
            const float a = n->a[l - 1][k];
            if (n->rate != 0)
                n->w[l][o * inputs + k] += q * a;
            if (tally != NULL)
                tally->w[l][o * inputs + k] +=
                    measured(n->measure, n->delta[l][o], q, measured_input(n->measure, a));
        }
        if (n->rate != 0)
            n->b[l][o] += q;
        if (tally != NULL)
            tally->b[l][o] += measured(n->measure, n->delta[l][o], q, 1);
    }
}

/* The change of W[i][j] is q x[j]: its black part for all j goes to c, the rest to the nonzero v. A
 * tally is of x or of x^2 = 2^-16 + (s^2 + 2^-7 s): what its black part holds is the bias's. */
static void first_update(struct reference *n, const uint8_t *image, struct reference_tally *tally) {
    const size_t inputs = n->spec.width[0], units = n->spec.width[1];
    uint64_t sum = inputs;
    for (size_t j = 0; j < inputs; j++)
        sum += image[j];
    const float x_sum = (float)sum * 0x1p-8f;
    for (size_t i = 0; i < units; i++) {
        const float delta = n->delta[0][i], q = -(n->rate * delta);
        if (n->rate != 0) {
            n->c[i] += 0x1p-8f * q;
            n->r[i] += x_sum * q;
            n->b[0][i] += q;
        }
        if (tally != NULL)
            tally->b[0][i] += measured(n->measure, delta, q, 1);
        for (size_t j = 0; j < inputs; j++) {
            const float s = (float)image[j] * 0x1p-8f;
            if (image[j] != 0 && n->rate != 0)
                n->v[i * inputs + j] += s * q;
            if (image[j] != 0 && tally != NULL)
                tally->v[i * inputs + j] +=
                    measured(n->measure, delta, q, squares(n->measure) ? s * s + 0x1p-7f * s : s);
        }
    }
}

double reference_step(struct reference *n, const uint8_t *image, uint8_t label, int tallied) {
    const size_t top = n->spec.layers - 1, class = (size_t)n->spec.class_of[label];
    struct reference_tally *tally = tallied >= 0 ? &n->tally[tallied] : NULL;
    forward(n, image);
    double loss = 0;
    for (size_t o = 0; o < n->spec.classes; o++) {
        const float miss = n->a[top][o] - (o == class ? 1.0f : 0.0f);
        n->delta[top][o] = miss * n->derivative[top][o];
        loss += 0.5 * ((double)miss * (double)miss);
    }
    for (size_t l = 0; l < top; l++)
        for (size_t i = 0; i < n->spec.width[l + 1]; i++)
            if (i * n->spec.classes / n->spec.width[l + 1] != class)
                n->derivative[l][i] *= n->leak;
    for (size_t l = top; l > 0; l--)
        dense_update(n, l, tally);
    first_update(n, image, tally);
    return loss;
}

/* --- the definition: making and looking ------------------------------------------------------- */

struct reference *reference_copy(const struct net *net) {
    struct reference *n = zeros(1, sizeof *n);
    n->spec = *net_spec(net);
    n->rate = (float)n->spec.rate;
    n->leak = 1;
    n->tally = zeros(n->spec.classes, sizeof *n->tally);
    for (size_t l = 0; l < n->spec.layers; l++) {
        const size_t units = n->spec.width[l + 1], weights = n->spec.width[l] * units;
        float *w = zeros(weights, sizeof *w);
        n->b[l] = zeros(units, sizeof(float));
        n->a[l] = zeros(units, sizeof(float));
        n->derivative[l] = zeros(units, sizeof(float));
        n->delta[l] = zeros(units, sizeof(float));
        net_get_layer(net, l, w, n->b[l]);
        *(l == 0 ? &n->v : &n->w[l]) = w;
        for (size_t k = 0; k < n->spec.classes; k++) {
            *(l == 0 ? &n->tally[k].v : &n->tally[k].w[l]) = zeros(weights, sizeof(float));
            n->tally[k].b[l] = zeros(units, sizeof(float));
        }
    }
    const size_t inputs = n->spec.width[0], units = n->spec.width[1];
    n->c = zeros(units, sizeof *n->c);
    n->r = zeros(units, sizeof *n->r);
    for (size_t i = 0; i < units; i++) {
        double sum = 0;
        for (size_t j = 0; j < inputs; j++)
            sum += (double)n->v[i * inputs + j];
        n->r[i] = (float)sum;
        n->c[i] = -0.0f; /* added to a weight, it leaves even -0 as it is */
    }
    return n;
}

void reference_free(struct reference *n) {
    for (size_t l = 0; l < n->spec.layers; l++) {
        for (size_t k = 0; k < n->spec.classes; k++) {
            free(n->tally[k].w[l]);
            free(n->tally[k].b[l]);
        }
        free(n->w[l]);
        free(n->b[l]);
        free(n->a[l]);
        free(n->derivative[l]);
        free(n->delta[l]);
    }
    for (size_t k = 0; k < n->spec.classes; k++)
        free(n->tally[k].v);
    free(n->tally);
    free(n->v);
    free(n->c);
    free(n->r);
    free(n);
}

void reference_get_layer(const struct reference *n, size_t layer, float *weights, float *biases) {
    const size_t inputs = n->spec.width[layer], units = n->spec.width[layer + 1];
    for (size_t i = 0; i < units; i++)
        for (size_t j = 0; j < inputs; j++)
            weights[i * inputs + j] =
                layer == 0 ? n->v[i * inputs + j] + n->c[i] : n->w[layer][i * inputs + j];
    memcpy(biases, n->b[layer], units * sizeof *biases);
}

void reference_get_tally(const struct reference *n, size_t class, size_t layer, float *weights,
                         float *biases) {
    const struct reference_tally *tally = &n->tally[class];
    const float black = squares(n->measure) ? 0x1p-16f : 0x1p-8f;
    const size_t inputs = n->spec.width[layer], units = n->spec.width[layer + 1];
    for (size_t i = 0; i < units; i++)
        for (size_t j = 0; j < inputs; j++)
            weights[i * inputs + j] = layer == 0 ? tally->v[i * inputs + j] + black * tally->b[0][i]
                                                 : tally->w[layer][i * inputs + j];
    memcpy(biases, tally->b[layer], units * sizeof *biases);
}

/* --- the textbook ----------------------------------------------------------------------------- */

void dense_activate(enum net_activation activation, double z, double *a, double *derivative) {
    const double sigmoid = 1 / (1 + exp(-z));
    switch (activation) {
    case NET_SOFTPLUS:
        *a = z > 0 ? z + log1p(exp(-z)) : log1p(exp(z));
        *derivative = sigmoid;
        break;
    case NET_RELU:
        *a = z > 0 ? z : 0;
        *derivative = z > 0 ? 1 : 0;
        break;
    case NET_LEAKY_RELU:
        *a = z > 0 ? z : z / 100;
        *derivative = z > 0 ? 1 : 0.01;
        break;
    case NET_SIGMOID:
        *a = sigmoid;
        *derivative = sigmoid / (1 + exp(z));
        break;
    case NET_TANH:
        *a = tanh(z);
        *derivative = 1 / (cosh(z) * cosh(z));
        break;
    case NET_ACTIVATIONS:
        abort();
    }
}

double dense_loss(struct dense *n, const uint8_t *image, uint8_t label) {
    for (size_t j = 0; j < n->spec.width[0]; j++)
        n->a[0][j] = (image[j] + 1) / 256.0;
    for (size_t l = 0; l < n->spec.layers; l++) {
        const size_t inputs = n->spec.width[l];
        for (size_t i = 0; i < n->spec.width[l + 1]; i++) {
            double z = n->b[l][i];
            for (size_t j = 0; j < inputs; j++)
                z += n->w[l][i * inputs + j] * n->a[l][j];
            dense_activate(n->spec.activation, z, &n->a[l + 1][i], &n->derivative[l][i]);
        }
    }
    double loss = 0;
    for (size_t o = 0; o < n->spec.classes; o++) {
        const double miss = n->a[n->spec.layers][o] - (n->spec.class_of[label] == (int)o ? 1 : 0);
        n->delta[n->spec.layers - 1][o] = miss * n->derivative[n->spec.layers - 1][o];
        loss += miss * miss / 2;
    }
    return loss;
}

static double dense_measured(enum net_measure measure, double rate, double gradient, double x) {
    switch (measure) {
    case NET_CHANGE:
        return fabs(rate * gradient * x);
    case NET_GRADIENT:
        return gradient * x;
    case NET_SQUARED_CHANGE:
        return pow(rate * gradient * x, 2);
    case NET_SQUARED_GRADIENT:
        return pow(gradient * x, 2);
    case NET_PATH_INTEGRAL:
        return rate * pow(gradient * x, 2);
    case NET_INPUT:
        return fabs(x);
    case NET_MEASURES:
        break;
    }
    abort();
}

double dense_step(struct dense *n, const uint8_t *image, uint8_t label, enum net_measure measure,
                  double leak) {
    const double loss = dense_loss(n, image, label);
    const size_t class = (size_t)n->spec.class_of[label];
    for (size_t l = n->spec.layers - 1; l > 0; l--)
        for (size_t k = 0; k < n->spec.width[l]; k++) {
            double delta = 0;
            for (size_t o = 0; o < n->spec.width[l + 1]; o++)
                delta += n->delta[l][o] * n->w[l][o * n->spec.width[l] + k];
            n->delta[l - 1][k] = delta * n->derivative[l - 1][k];
            if (k * n->spec.classes / n->spec.width[l] != class)
                n->delta[l - 1][k] *= leak;
        }
    for (size_t l = 0; l < n->spec.layers; l++) {
        const size_t inputs = n->spec.width[l];
        for (size_t i = 0; i < n->spec.width[l + 1]; i++) {
            const double delta = n->delta[l][i], rate = n->spec.rate;
            for (size_t j = 0; j < inputs; j++) {
                n->w[l][i * inputs + j] -= rate * delta * n->a[l][j];
                n->tally_w[class][l][i * inputs + j] +=
                    dense_measured(measure, rate, delta, n->a[l][j]);
            }
            n->b[l][i] -= rate * delta;
            n->tally_b[class][l][i] += dense_measured(measure, rate, delta, 1);
        }
    }
    return loss;
}

struct dense *dense_copy(const struct net *net) {
    struct dense *n = zeros(1, sizeof *n);
    n->spec = *net_spec(net);
    n->a[0] = zeros(n->spec.width[0], sizeof(double));
    for (size_t l = 0; l < n->spec.layers; l++) {
        const size_t units = n->spec.width[l + 1], weights = n->spec.width[l] * units;
        float *values = zeros(weights + units, sizeof *values);
        net_get_layer(net, l, values, values + weights);
        n->w[l] = zeros(weights, sizeof(double));
        n->b[l] = zeros(units, sizeof(double));
        for (size_t i = 0; i < weights; i++)
            n->w[l][i] = (double)values[i];
        for (size_t i = 0; i < units; i++)
            n->b[l][i] = (double)values[weights + i];
        free(values);
        n->a[l + 1] = zeros(units, sizeof(double));
        n->derivative[l] = zeros(units, sizeof(double));
        n->delta[l] = zeros(units, sizeof(double));
        for (size_t k = 0; k < n->spec.classes; k++) {
            n->tally_w[k][l] = zeros(weights, sizeof(double));
            n->tally_b[k][l] = zeros(units, sizeof(double));
        }
    }
    return n;
}

void dense_free(struct dense *n) {
    for (size_t l = 0; l < n->spec.layers; l++) {
        for (size_t k = 0; k < n->spec.classes; k++) {
            free(n->tally_w[k][l]);
            free(n->tally_b[k][l]);
        }
        free(n->w[l]);
        free(n->b[l]);
        free(n->a[l]);
        free(n->derivative[l]);
        free(n->delta[l]);
    }
    free(n->a[n->spec.layers]);
    free(n);
}
