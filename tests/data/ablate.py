"""What ablate --signed is to write, in plain NumPy and double: a table of class, layer, unit, effect.

python3 ablate.py NETWORK SAMPLES MEAN LABELS..., labels as in 1,3; the commands are in ablate.tsv.
"""
import json
import struct
import sys

import numpy as np

DTYPES = {"F32": "<f4", "U8": "u1"}
ACTIVATIONS = {
    "softplus": lambda z: np.logaddexp(0, z),
    "relu": lambda z: np.maximum(z, 0),
    "leaky-relu": lambda z: np.where(z > 0, z, z / 100),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
}


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, t in header.items():
        begin, end = t["data_offsets"]
        tensors[name] = np.frombuffer(data[begin:end], DTYPES[t["dtype"]]).reshape(t["shape"])
    return tensors, metadata


def inputs(samples):
    return (samples["images"].reshape(len(samples["labels"]), -1) + 1.0) / 256


network, metadata = read(sys.argv[1])
samples, mean = read(sys.argv[2])[0], read(sys.argv[3])[0]
f = ACTIVATIONS[metadata["activation"]]
layers = len(network) // 2
classes = [[int(label) for label in labels.split(",")] for labels in metadata["classes"].split(";")]
targets = np.array([[label in labels for labels in classes] for label in samples["labels"]])


def activations(x, layer=None, unit=None, value=None):
    """Of each layer; with `layer`, that unit is set to this value."""
    result = []
    for l in range(1, layers + 1):
        x = f(x @ network[f"layer{l}.weight"].T.astype(float) + network[f"layer{l}.bias"])
        if l == layer:
            x[:, unit] = value
        result.append(x)
    return result


def losses(*ablated):
    return ((activations(inputs(samples), *ablated)[-1] - targets) ** 2).sum(axis=1) / 2


means = [a.mean(axis=0) for a in activations(inputs(mean))]
for labels in sys.argv[4:]:
    chosen = np.isin(samples["labels"], [int(label) for label in labels.split(",")])
    for l in range(1, layers):
        for u, value in enumerate(means[l - 1]):
            change = losses(l, u, value) - losses()
            print(metadata["activation"], labels, l, u, "%.9e" % change[chosen].mean(), sep="\t")
