"""Networks, tallies and samples for tests/cli/{graft,param-score}.bats, and what NumPy makes of them.

    python3 tests/data/graft/oracle.py tests/data/graft        (NumPy 1.24.2)

Plain definitions, in double precision: no code of the project's. Files: base, donor (6-5-2 networks,
softplus), a, b, c (tallies), samples; table.tsv, scores.tsv, tensors.tsv (expected numbers).
"""
import json
import struct
import sys

import numpy as np

rng = np.random.default_rng(14)
folder = sys.argv[1]
SHAPES = {"layer1.bias": (5,), "layer1.weight": (5, 6), "layer2.bias": (2,), "layer2.weight": (2, 5)}
DTYPES = {"float32": "F32", "uint8": "U8"}


def save(name, tensors, metadata):
    header, at = {"__metadata__": metadata}, 0
    for key, x in tensors.items():
        header[key] = {"dtype": DTYPES[str(x.dtype)], "shape": list(x.shape), "data_offsets": [at, at + x.nbytes]}
        at += x.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(f"{folder}/{name}", "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(x.tobytes() for x in tensors.values()))


def floats(make):
    return {key: np.float32(make(shape)) for key, shape in SHAPES.items()}


network = {"activation": "softplus", "classes": "1;7", "format": "engram.params", "image_shape": "2,3",
           "kind": "network", "learning_rate": "0.005", "loss": "half-squared-error", "samples": "9", "seed": "1"}
base, donor = (floats(lambda s: rng.normal(0, .7, s)) for _ in range(2))
save("base", base, network)
save("donor", donor, network)
tally = {"format": "engram.params", "kind": "tally"}
a, b, c = (floats(lambda s: rng.integers(0, 5, s)) for _ in range(3))  # with ties; 0 / 0 is undefined
a["layer2.bias"][1] = np.nan
for name, file in (("a", a), ("b", b), ("c", c)):
    save(name, file, tally)
labels = np.uint8(rng.choice([1, 7], 40))
images = np.uint8(rng.integers(0, 256, (40, 2, 3)) * (rng.random((40, 2, 3)) < .5))
save("samples", {"labels": labels, "images": images}, {"format": "engram.samples"})


def scores(measure, files):
    out = {}
    for key in SHAPES:
        x = [np.float64(f[key]) for f in files]
        with np.errstate(invalid="ignore"):
            out[key] = {"share": lambda: x[0] / sum(x), "difference": lambda: x[0] - sum(x[1:]) / len(x[1:]),
                        "product": lambda: np.prod(x, axis=0)}[measure]()
    return out


def centred(x):
    """Without rows that are undefined, then columns with a gap."""
    out = np.full(x.shape, np.nan)
    rows = np.flatnonzero(np.isfinite(x).any(1))
    cols = np.flatnonzero(np.isfinite(x[rows]).all(0))
    y = x[np.ix_(rows, cols)]
    out[np.ix_(rows, cols)] = y - y.mean(1, keepdims=True) - y.mean(0) + y.mean()
    return out


with open(f"{folder}/scores.tsv", "w") as f:
    for measure in ("share", "difference", "product"):
        for files in ("a b", "a b c"):
            s = scores(measure, [{"a": a, "b": b, "c": c}[n] for n in files.split()])
            for centre in (False, True):
                for key, x in s.items():
                    y = centred(x) if centre and x.ndim == 2 else x
                    f.write(f"{measure}\t{files}\t{'--centre' if centre else '-j1'}\t{key}\t"
                            + " ".join(f"{v:.9g}" for v in y.ravel()) + "\n")


def outputs(net, image):
    x = (np.float64(image.ravel()) + 1) / 256
    for l in (1, 2):
        x = np.logaddexp(0, np.float64(net[f"layer{l}.weight"]) @ x + np.float64(net[f"layer{l}.bias"]))
    return x


def grafted(score, k, lowest, together, named):
    """Scores without ties: the size of the difference between the networks."""
    net = {key: x.copy() for key, x in base.items()}
    for keys in [named] if together else [[key] for key in named]:
        flat = np.concatenate([score[key].ravel() for key in keys])
        where = np.concatenate([[(key, i) for i in range(score[key].size)] for key in keys])
        order = np.argsort(flat if lowest else -flat)
        for key, i in where[order[: int(np.floor(k * flat.size + .5))]]:
            net[key].flat[int(i)] = donor[key].flat[int(i)]
    return net


size = {key: np.abs(np.float64(donor[key]) - np.float64(base[key])) for key in SHAPES}
save("size", {key: np.float32(x) for key, x in size.items()}, {"format": "engram.params", "kind": "difference"})
RUNS = [("", False, False, list(SHAPES)), ("--lowest", True, False, list(SHAPES)),
        ("--rank all", False, True, list(SHAPES)), ("--rank all --lowest", True, True, list(SHAPES)),
        ("-t layer1.weight", False, False, ["layer1.weight"]),
        ("--rank all -t layer2.bias -t layer1.weight", False, True, ["layer1.weight", "layer2.bias"])]
KS = (0, .1, .25, .5, .9, 1)
o_base = np.array([outputs(base, x) for x in images])
o_donor = np.array([outputs(donor, x) for x in images])
with open(f"{folder}/table.tsv", "w") as f, open(f"{folder}/tensors.tsv", "w") as g:
    for words, lowest, together, named in RUNS:
        for k in KS:
            net = grafted(size, k, lowest, together, named)
            for key, x in net.items():
                g.write(f"{words}\t{k:g}\t{key}\t" + " ".join(f"{v:.9g}" for v in x.ravel()) + "\n")
            o = np.array([outputs(net, x) for x in images])
            for class_, label in enumerate((1, 7)):
                at = labels == label
                miss = o[at] - np.eye(2)[class_]
                far = o_donor[at] - o_base[at]
                row = [.5 * (miss ** 2).sum(1).mean(), (o[at].argmax(1) != class_).mean(),
                       ((o[at] - o_base[at]) * far).sum(), (far ** 2).sum()]
                f.write(f"{words}\t{'lowest' if lowest else 'highest'}\t{k:g}\t{label}\t{at.sum()}\t"
                        + "\t".join(f"{v:.9g}" for v in row) + "\n")
