// Eigen by hand, over the arrays of the round. Rows of weights are updated and tallied together,
// which is faster than two expressions over whole matrices. Built with SPARSE too: the first layer
// then takes an image as a sparse vector, as lib/kernel.c leaves out black pixels.
#include "bench.h"

#include <Eigen/Dense>
#include <Eigen/Sparse>
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

static void activate(Layer &layer) {
    layer.derivative = layer.a.array().logistic();
    layer.a = layer.a.array().max(0) + (1 + (-layer.a.array().abs()).exp()).log();
}

static void forward(Layer &layer, const Vector &x) {
    layer.a = layer.b;
    layer.a.noalias() += layer.w * x;
    activate(layer);
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

#ifdef SPARSE

// The first layer's weights are v + c, c the same for all inputs, and r their sums; its tallies,
// tally + bias_tally / 256.
using Sparse = Eigen::SparseVector<float>;
static Eigen::MatrixXf v, tally[BENCH_CLASSES];
static Eigen::VectorXf c, r, q;
static Sparse nonzero;

static void start_first(struct bench *bench) {
    v = layers[0].w;
    c = 0 * layers[0].b;
    r = v.rowwise().sum();
    nonzero.resize(v.cols());
    nonzero.reserve(v.cols());
    for (auto &t : tally)
        t.setZero(bench->tally ? v.rows() : 0, bench->tally ? v.cols() : 0);
}

void peer_finish(struct bench *bench) {
    layers[0].w = v.colwise() + c;
    for (size_t k = 0; k < BENCH_CLASSES && bench->tally; k++)
        layers[0].tally[k] = tally[k].colwise() + layers[0].bias_tally[k] / 256;
}

static void first_forward(struct bench *, const uint8_t *image) {
    nonzero.setZero();
    for (long j = 0; j < v.cols(); j++)
        if (image[j] != 0)
            nonzero.insertBack(j) = float(image[j]) / 256;
    layers[0].a = layers[0].b + r / 256 + nonzero.sum() * c;
    layers[0].a += v * nonzero;
    activate(layers[0]);
}

static void first_update(struct bench *bench, unsigned k) {
    q = bench->rate * layers[0].delta;
    c -= q / 256;
    r -= (nonzero.sum() + float(v.cols()) / 256) * q;
    layers[0].b -= q;
    for (Sparse::InnerIterator x(nonzero); x; ++x)
        v.col(x.index()) -= x.value() * q;
    if (!bench->tally)
        return;
    q = q.cwiseAbs();
    layers[0].bias_tally[k] += q;
    for (Sparse::InnerIterator x(nonzero); x; ++x)
        tally[k].col(x.index()) += x.value() * q;
}

#else

static void start_first(struct bench *) {
}

void peer_finish(struct bench *) {
}

static void first_forward(struct bench *bench, const uint8_t *image) {
    Vector x(bench->x, long(bench->pixels));
    x = (Bytes(image, x.size()).cast<float>() + 1) / 256;
    forward(layers[0], x);
}

static void first_update(struct bench *bench, unsigned k) {
    const Vector x(bench->x, long(bench->pixels));
    if (bench->tally)
        update_and_tally(layers[0], x, bench->rate, k);
    else
        update(layers[0], x, bench->rate);
}

#endif

void peer_start(struct bench *bench) {
    layers.clear();
    for (size_t l = 0; l < bench->layers; l++)
        layers.emplace_back(bench->layer[l]);
    start_first(bench);
}

double peer_step(struct bench *bench, const uint8_t *image, unsigned class_of_image) {
    first_forward(bench, image);
    for (size_t l = 1; l < layers.size(); l++)
        forward(layers[l], layers[l - 1].a);
    Layer &top = layers.back();
    top.delta = top.a;
    top.delta[class_of_image] -= 1;
    const double loss = 0.5 * double(top.delta.squaredNorm());
    top.delta.array() *= top.derivative.array();
    for (size_t l = layers.size() - 1; l > 0; l--) {
        layers[l - 1].delta.noalias() = layers[l].w.transpose() * layers[l].delta;
        layers[l - 1].delta.array() *= layers[l - 1].derivative.array();
        if (bench->tally)
            update_and_tally(layers[l], layers[l - 1].a, bench->rate, class_of_image);
        else
            update(layers[l], layers[l - 1].a, bench->rate);
    }
    first_update(bench, class_of_image);
    return loss;
}
