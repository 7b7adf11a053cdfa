"""What the peers in Python share: files, and the same round that bench.h describes for those in C.

A peer is a function make(layers, rate, tallies) that returns run(images, classes). `layers` is a list
of (weights [units, inputs], biases [units]), float32 arrays that run() updates in place; `tallies` is
None or, for each class, a list like it, to which run() adds the size of every update. run() learns
from images [n, pixels] of bytes, one at a time, and returns their losses; it alone is timed."""

import argparse
import json
import resource
import time

import numpy as np

DTYPES = {"F64": "<f8", "F32": "<f4", "U8": "u1"}


def load(path):
    """The tensors of a safetensors file, and its metadata."""
    data = np.fromfile(path, np.uint8)
    start = 8 + int(data[:8].view("<u8")[0])
    header = json.loads(data[8:start].tobytes())
    metadata = header.pop("__metadata__", {})
    return {name: data[start:][slice(*tensor["data_offsets"])].view(DTYPES[tensor["dtype"]])
            .reshape(tensor["shape"]) for name, tensor in header.items()}, metadata


def load_network(path):
    """Its layers, learning rate, and class of every label."""
    tensors, metadata = load(path)
    layers = [(tensors[f"layer{l + 1}.weight"].copy(), tensors[f"layer{l + 1}.bias"].copy())
              for l in range(len(tensors) // 2)]
    classes = {int(label): k for k, labels in enumerate(metadata["classes"].split(";"))
               for label in labels.split(",")}
    return layers, float(metadata["learning_rate"]), classes


def copy(layers):
    return [(w.copy(), b.copy()) for w, b in layers]


def zeros(layers):
    return [(np.zeros_like(w), np.zeros_like(b)) for w, b in layers]


def measure(make):
    parser = argparse.ArgumentParser()
    parser.add_argument("-t", "--tally", action="store_true")
    parser.add_argument("-n", "--images", type=int)
    parser.add_argument("network")
    parser.add_argument("samples")
    options = parser.parse_args()
    initial, rate, class_of = load_network(options.network)
    samples, _ = load(options.samples)
    images = samples["images"].reshape(len(samples["images"]), -1)[: options.images]
    classes = [class_of[label] for label in samples["labels"][: options.images].tolist()]

    # A whole pass takes seconds, in which much may come between: the fastest tenth counts, ten times.
    n = len(images)
    part = n // 10 if n >= 5000 else n
    wall = cpu = np.inf
    spent = 0
    while spent < 0.2:
        layers = copy(initial)
        tallies = [zeros(initial), zeros(initial)] if options.tally else None
        run = make(layers, rate, tallies)
        losses = []
        for first in range(0, n, part):
            chosen = slice(first, min(first + part, n))
            start = time.monotonic(), time.process_time()
            losses.extend(run(images[chosen], classes[chosen]))
            end = time.monotonic(), time.process_time()
            spent += end[0] - start[0]
            if chosen.stop - first == part:
                wall = min(wall, (end[0] - start[0]) * n / part)
                cpu = min(cpu, (end[1] - start[1]) * n / part)

    total = sum(float(x.sum(dtype=np.float64)) for t in tallies or [] for layer in t for x in layer)
    print(f"{1e6 * wall / n:.4f}\t{1e6 * cpu / n:.4f}\t{np.mean(losses):.8g}\t"
          f"{np.mean(losses[-((n + 9) // 10):]):.8g}\t{total:.8g}\t"
          f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.1f}")
