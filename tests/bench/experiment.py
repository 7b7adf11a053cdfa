"""The experiment of `make base`, as one would write it in Python: unpack MNIST, learn with tallies, go
on in four forks, compare. Learning by NumPy or by PyTorch (torch.nn, SGD), all else by NumPy.

    experiment.py numpy|torch INITIAL FOLDER

The initial network is read, as its random numbers are engram's; everything else is computed here.
Of what `make base` also does, this leaves out: a check of the data's digest, rank correlations,
confidence intervals, logs of the loss."""

import gzip
import importlib
import math
import os
import sys

import numpy as np

import common

PHASE1 = 12000
CLASSES = {1: 0, 7: 0, 6: 1, 8: 1}


def unpack(path, rank):
    data = np.frombuffer(gzip.open(path).read(), np.uint8)
    shape = data[4 : 4 + 4 * rank].view(">u4").astype(int)
    return data[4 + 4 * rank :].reshape(shape[0], -1).squeeze()


def learn(make, layers, images, labels, tallies=None):
    make(layers, 0.005, tallies)(images, [CLASSES[label] for label in labels.tolist()])


def save(path, layers):
    np.savez(path, **{f"layer{l + 1}.{kind}": x for l, layer in enumerate(layers)
                      for kind, x in zip(("weight", "bias"), layer)})


def ratio(a, b):
    with np.errstate(invalid="ignore"):
        return a.astype(np.float64) / (a.astype(np.float64) + b)


def correlate(x, y):
    """Pearson's r, t, two-sided p and n of every column, undefined pairs left out."""
    defined = np.isfinite(x) & np.isfinite(y)
    n = defined.sum(axis=0)
    x, y = np.where(defined, x, 0), np.where(defined, y, 0)
    x, y = [np.where(defined, v - v.sum(axis=0) / n, 0) for v in (x, y)]
    r = (x * y).sum(axis=0) / np.sqrt((x * x).sum(axis=0) * (y * y).sum(axis=0))
    t = r * np.sqrt((n - 2) / (1 - r * r))
    # The tail of the t distribution beyond |t|, by the trapezoidal rule.
    u = np.abs(t)[..., None] + np.linspace(0, 40, 801)
    df = np.asarray(n - 2, float)[..., None]
    scale = np.vectorize(lambda d: math.lgamma((d + 1) / 2) - math.lgamma(d / 2))(df) - np.log(df * np.pi) / 2
    p = 2 * np.trapz(np.exp(scale - (df + 1) / 2 * np.log1p(u * u / df)), dx=0.05, axis=-1)
    return r, t, p, n


def data():
    """samples(first, last, digits): images and labels of these positions and digits."""
    images = unpack("pipeline/mnist/train-images-idx3-ubyte.gz", 3)
    labels = unpack("pipeline/mnist/train-labels-idx1-ubyte.gz", 1)
    position = np.arange(len(labels))

    def samples(first, last, digits):
        chosen = np.isin(labels, digits) & (position >= first) & (position < last)
        return images[chosen], labels[chosen]

    return samples


def run(make, network, samples):
    """Both phases: trains the network; returns tallies, forks, and the differences of each class's."""
    tallies = [common.zeros(network), common.zeros(network)]
    phase1 = samples(0, PHASE1, [1, 7, 6, 8])
    half = (len(phase1[0]) + 1) // 2
    learn(make, network, phase1[0][:half], phase1[1][:half])
    learn(make, network, phase1[0][half:], phase1[1][half:], tallies)

    forks = {}
    for digit in CLASSES:
        forks[digit] = common.copy(network)
        learn(make, forks[digit], *samples(PHASE1, 60000, [d for d in CLASSES if d != digit]))
    return tallies, forks, [[(np.abs(w - v), np.abs(b - a)) for (w, b), (v, a) in zip(forks[i], forks[j])]
                            for i, j in ((1, 7), (6, 8))]


def pairs_of(tallies, differences):
    """x and y of every layer, and by scope, those of all layers together."""
    x = [[ratio(a, b) for a, b in zip(*layers)] for layers in zip(*tallies)]
    y = [[ratio(a, b) for a, b in zip(*layers)] for layers in zip(*differences)]
    return x, y, {"biases": [np.concatenate([b for _, b in z]) for z in (x, y)],
                  "weights": [np.concatenate([w.ravel() for w, _ in z]) for z in (x, y)]}


def maker(library):
    return importlib.import_module({"numpy": "numpy_by_hand", "torch": "torch_nn"}[library]).make


def main(library, initial, folder):
    make = maker(library)
    os.makedirs(folder, exist_ok=True)
    network, _, _ = common.load_network(initial)
    tallies, forks, (c, d) = run(make, network, data())
    x, y, scopes = pairs_of(tallies, (c, d))
    for l in range(len(x)):
        for kind in (0, 1):
            if x[l][kind].size > 2:
                scopes[f"layer{l + 1}.{('weight', 'bias')[kind]}"] = x[l][kind].ravel(), y[l][kind].ravel()
    with open(f"{folder}/correlations.tsv", "w") as table:
        for scope, pairs in scopes.items():
            r, t, p, n = correlate(*pairs)
            table.write(f"{scope}\t{n}\t{r:.9g}\t{t:.9g}\t{p:.6g}\n")
    r, t, p, n = correlate(x[0][0], y[0][0])
    np.savez(f"{folder}/map", **{k: v.reshape(28, 28) for k, v in (("r", r), ("t", t), ("p", p), ("n", n))})
    np.save(f"{folder}/points", np.concatenate([np.stack(pairs) for pairs in list(scopes.values())[:2]], 1))
    for name, layers in [("network", network), ("tally-a", tallies[0]), ("tally-b", tallies[1]),
                         ("difference-a", c), ("difference-b", d),
                         *((f"fork-without-{digit}", fork) for digit, fork in forks.items())]:
        save(f"{folder}/{name}", layers)


if __name__ == "__main__":
    main(*sys.argv[1:])
