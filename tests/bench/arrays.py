"""What param-diff and correlate do, by NumPy over large files, block by block.

    arrays.py summary A B         what param-diff --summary prints
    arrays.py diff A B OUT        |A - B|, float32, to a file
    arrays.py correlate A B C D   Pearson's r of a/(a+b) and c/(c+d)

Each file holds one tensor, of F32 or BF16. The blocks fit the cache."""

import json
import sys

import numpy as np

BLOCK = 1 << 16


def tensor(path):
    file = np.memmap(path, np.uint8, "r")
    start = 8 + int(file[:8].view("<u8")[0])
    header = json.loads(file[8:start].tobytes())
    return file[start:].view("<f4" if header["w"]["dtype"] == "F32" else "<u2")


def blocks(*paths):
    tensors = [tensor(path) for path in paths]
    for start in range(0, len(tensors[0]), BLOCK):
        cut = [t[start : start + BLOCK] for t in tensors]
        yield [x if x.dtype == np.float32 else (x.astype(np.uint32) << 16).view(np.float32) for x in cut]


def summary(*paths):
    largest, sums = 0, np.zeros(6)
    for a, b in blocks(*paths):
        x, y = a.astype(np.float64), b.astype(np.float64)
        z = np.abs(x - y)
        largest = max(largest, z.max())
        sums += len(x), z.sum(), z.dot(z), x.dot(x), y.dot(y), x.dot(y)
    n, total, zz, xx, yy, xy = sums
    print(largest, total / n, np.sqrt(zz), np.sqrt(zz / xx), xy / np.sqrt(xx * yy))


def diff(a, b, out):
    with open(out, "wb") as file:
        for x, y in blocks(a, b):
            z = x - y
            np.abs(z, out=z).tofile(file)


def correlate(*paths):
    sums = np.zeros(6)
    for a, b, c, d in blocks(*paths):
        x, y = (a / (a + b)).astype(np.float64) - 0.5, (c / (c + d)).astype(np.float64) - 0.5
        sums += len(x), x.sum(), y.sum(), x.dot(x), y.dot(y), x.dot(y)
    n, sx, sy, xx, yy, xy = sums
    print((xy - sx * sy / n) / np.sqrt((xx - sx * sx / n) * (yy - sy * sy / n)))


{"summary": summary, "diff": diff, "correlate": correlate}[sys.argv[1]](*sys.argv[2:])
