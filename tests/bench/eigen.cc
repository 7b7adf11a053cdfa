// Eigen by hand, over the arrays of the round. Rows of weights are updated and tallied together,
// which is faster than two expressions over whole matrices.
#include "bench.h"

#include <Eigen/Dense>
#include <vector>

using Matrix =
    Eigen::Map<Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>, 64>;
using Vector = Eigen::Map<Eigen::VectorXf>;
using Bytes = Eigen::Map<const Eigen::Array<uint8_t, Eigen::Dynamic, 1>>;

struct Layer {
    Matrix w, tally[BENCH_CLASSES];
    Vector b, bias_tally[BENCH_CLASSES], a, derivative, delta;

    explicit Layer(const bench_layer &l)
        : w(matrix(l, l.weights)), tally{matrix(l, l.tally[0]), matrix(l, l.tally[1])},
          b(vector(l, l.biases)), bias_tally{vector(l, l.bias_tally[0]),
                                             vector(l, l.bias_tally[1])},
          a(vector(l, l.a)), derivative(vector(l, l.derivative)), delta(vector(l, l.delta)) {
    }

    static Matrix matrix(const bench_layer &l, float *values) {
        return Matrix(values, long(l.units), long(l.inputs));
    }
    static Vector vector(const bench_layer &l, float *values) {
        return Vector(values, long(l.units));
    }
};
static std::vector<Layer> layers;

void peer_start(struct bench *bench) {
    layers.clear();
    for (size_t l = 0; l < bench->layers; l++)
        layers.emplace_back(bench->layer[l]);
}

void peer_finish(struct bench *) {
}

static void forward(Layer &layer, const Vector &x) {
    layer.a = layer.b;
    layer.a.noalias() += layer.w * x;
    layer.derivative = layer.a.array().logistic();
    layer.a = layer.a.array().max(0) + (1 + (-layer.a.array().abs()).exp()).log();
}

static void update(Layer &layer, const Vector &x, float rate) {
    layer.w.noalias() -= rate * layer.delta * x.transpose();
    layer.b -= rate * layer.delta;
}

// The tally needs no differences: |q x| is |q| x, as inputs and activations are positive.
static void update_and_tally(Layer &layer, const Vector &x, float rate, unsigned k) {
    for (long i = 0; i < layer.w.rows(); i++) {
        const float q = rate * layer.delta[i];
        layer.w.row(i) -= q * x.transpose();
        layer.tally[k].row(i) += std::abs(q) * x.transpose();
    }
    layer.b -= rate * layer.delta;
    layer.bias_tally[k] += rate * layer.delta.cwiseAbs();
}

double peer_step(struct bench *bench, const uint8_t *image, unsigned class_of_image) {
    Vector x(bench->x, long(bench->pixels));
    x = (Bytes(image, x.size()).cast<float>() + 1) / 256;
    for (size_t l = 0; l < layers.size(); l++)
        forward(layers[l], l == 0 ? x : layers[l - 1].a);
    Layer &top = layers.back();
    top.delta = top.a;
    top.delta[class_of_image] -= 1;
    const double loss = 0.5 * double(top.delta.squaredNorm());
    top.delta.array() *= top.derivative.array();
    for (size_t l = layers.size(); l-- > 0;) {
        const Vector &input = l == 0 ? x : layers[l - 1].a;
        if (l > 0) {
            layers[l - 1].delta.noalias() = layers[l].w.transpose() * layers[l].delta;
            layers[l - 1].delta.array() *= layers[l - 1].derivative.array();
        }
        if (bench->tally)
            update_and_tally(layers[l], input, bench->rate, class_of_image);
        else
            update(layers[l], input, bench->rate);
    }
    return loss;
}
