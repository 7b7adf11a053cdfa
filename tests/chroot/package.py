"""package.py JUDGE COUNT FOLDER: the safetensors package and engram's reader, by tests/chroot/judge.c, of the same files.

Opens every file of FOLDER with both, and COUNT files made of the small ones by mutation, half of them of the bytes, half of the
header as JSON. Both must read the same tensors, or refuse. What differs is said, and kept beside JUDGE; but what engram alone refuses, as
its rules say, is counted: fields that no tensor has, names that stand there twice or hold a NUL, metadata that are null."""

import collections
import json
import pathlib
import random
import re
import struct
import subprocess
import sys
import zlib

import safetensors
from safetensors.numpy import load_file

SMALL = 1 << 13
CHUNK = 2000
# What engram's reader says, what stands in the file, and what it is about.
MEANT = [("not an object of exactly dtype, shape and data_offsets", rb"", "a field that no tensor has"),
         ("stands there twice", rb"", "a name that stands there twice"),
         ("the string holds a NUL", rb"", "a NUL in a name"),
         ("__metadata__ is not an object of strings", rb'"__metadata__"\s*:\s*null', "metadata null")]
WORDS = ['"dtype"', '"shape"', '"data_offsets"', '"__metadata__"', '"F32"', '"F64"', '"BF16"', '"U8"', '"f32"', "null", "true", "1e3", "-0",
         "-1", "0", "01", "1.0", "4294967296", "18446744073709551615", "18446744073709551616", "{", "}", "[", "]", "[]", "{}", ",", ":",
         '"', "\\", "\\u0000", "\\ud800", "\\u00e9", "\u00e9", " ", "\t", "\n", "\r", "\x0b", "\x00", "\ufeff", "//", "/**/", '"x":1,']


def by_package(data):
    """As judge says it; `no` and why."""
    try:
        tensors = safetensors.deserialize(data)
    except safetensors.SafetensorError as error:
        return f"no {error}"
    return "ok" + "".join(f" {name.encode().hex()}:{tensor['dtype']}:[{','.join(map(str, tensor['shape']))}]:"
                          f"{zlib.crc32(tensor['data']):08x}" for name, tensor in sorted(tensors, key=lambda t: t[0].encode()))


def by_engram(judge, files):
    said = subprocess.run([judge], input=b"".join(struct.pack("<I", len(data)) + data for data in files), stdout=subprocess.PIPE,
                          check=True).stdout.decode(errors="replace").split("\n")
    assert len(said) == len(files) + 1, "judge answered less, or more, than it was asked"
    return said[:-1]


def framed(header, data):
    return struct.pack("<Q", len(header)) + header + data


def of_bytes(draw, data):
    """Words, bytes and spans of the header put in, taken out and exchanged; ends cut off and added; another length."""
    size = struct.unpack("<Q", data[:8])[0]
    header, rest = bytearray(data[8 : 8 + size]), data[8 + size :]
    keep_length = draw.random() < 0.1
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        at = draw.randrange(len(header) + 1)
        end = min(len(header), at + draw.choice((0, 1, 1, 2, 5, 20)))
        kind = draw.randrange(7)
        if kind == 0:
            header[at:end] = draw.choice(WORDS).encode()
        elif kind == 1:
            header[at:at] = draw.choice(WORDS).encode()
        elif kind == 2:
            header[at:end] = b""
        elif kind == 3:
            header[at:at] = header[at:end]
        elif kind == 4 and at < len(header):
            header[at] ^= 1 << draw.randrange(8)
        elif kind == 5:
            numbers = list(re.finditer(rb"\d+", header))
            if numbers:
                number = draw.choice(numbers)
                header[slice(*number.span())] = str(max(0, int(number[0]) + draw.choice((-8, -4, -1, 1, 4, 8)))).encode()
        else:
            rest = draw.choice((rest[:-1], rest + b"\0", rest[: draw.randrange(len(rest) + 1)], b""))
    if keep_length:
        return struct.pack("<Q", max(0, size + draw.choice((-8, -1, 0, 1, 8, 1 << 32, 1 << 63)))) + bytes(header) + rest
    return framed(bytes(header), rest)


def of_json(draw, data):
    """Fields and tensors of the header in another order, twice, missing, renamed or with another value."""
    size = struct.unpack("<Q", data[:8])[0]
    pairs = json.loads(data[8 : 8 + size], object_pairs_hook=list)
    values = [0, 1, 2, 4, -1, 2**63, 2**64, 1.5, None, True, "F32", "F16", "I8", "BOOL", "", [], [0], [2, 2], [0, 4], {}]
    for _ in range(draw.choice((1, 1, 2))):
        top = not pairs or draw.random() < 0.4
        here = pairs if top else draw.choice(pairs)[1]
        if not isinstance(here, list) or not here or not isinstance(here[0], tuple):
            here = pairs
        place = draw.randrange(len(here)) if here else 0
        kind = draw.randrange(7)
        if kind == 0:
            draw.shuffle(here)
        elif kind == 1 and here:
            here.append(here[place])
        elif kind == 2 and here:
            del here[place]
        elif kind == 3 and here:
            here[place] = (draw.choice(("x", "dtype", "shape", "data_offsets", "__metadata__", "", "layer1.bias")), here[place][1])
        elif kind == 4:
            here.insert(place, (draw.choice(("x", "\0", "format", "__metadata__", "\u00e9")), draw.choice(values)))
        elif kind == 5 and here:
            here[place] = (here[place][0], draw.choice(values))
        elif here and isinstance(here[place][1], list) and all(isinstance(x, int) for x in here[place][1]):
            numbers = list(here[place][1])
            for i in range(len(numbers)):
                numbers[i] = max(0, numbers[i] + draw.choice((0, 0, -1, 1, 4)))
            here[place] = (here[place][0], draw.choice((numbers, numbers[::-1], numbers + [1])))

    def text(value):
        if isinstance(value, list) and value and isinstance(value[0], tuple):
            return "{" + ",".join(json.dumps(key) + ":" + text(item) for key, item in value) + "}"
        return "[" + ",".join(map(text, value)) + "]" if isinstance(value, list) else json.dumps(value)

    header = (text(pairs) if pairs else "{}").encode()
    return framed(header + b" " * draw.choice((0, -len(header) % 8)), data[8 + size :])


def main(judge, count, folder):
    files = sorted(path for path in pathlib.Path(folder).iterdir())
    for path, said in zip(files, by_engram(judge, [path.read_bytes() for path in files])):
        assert said.startswith("ok ") and said == by_package(path.read_bytes()), f"{path}: {said}\n{by_package(path.read_bytes())}"
        assert len(load_file(path)) == said.count(" ")
    print(f"safetensors, which calls itself {safetensors.__version__}, reads the same tensors of all {len(files)} kinds of files that "
          "engram writes", flush=True)

    small = [data for data in (path.read_bytes() for path in files) if len(data) <= SMALL]
    counts, differ = collections.Counter(), 0
    for start in range(0, count, CHUNK):
        mutated = []
        for n in range(start, min(start + CHUNK, count)):
            draw = random.Random(n)
            mutated.append((of_json if n % 2 else of_bytes)(draw, draw.choice(small)))
        for n, (data, ours) in enumerate(zip(mutated, by_engram(judge, mutated)), start):
            theirs = by_package(data)
            meant = [what for message, there, what in MEANT if ours.startswith("no ") and message in ours and re.search(there, data)]
            if ours == theirs:
                counts["read by both, the same tensors"] += 1
            elif ours.startswith("no ") and theirs.startswith("no "):
                counts["refused by both"] += 1
            elif meant:
                counts[f"refused by engram alone: {meant[0]}"] += 1
            else:
                differ += 1
                pathlib.Path(judge).with_name(f"mutated-{n}").write_bytes(data)
                print(f"mutated-{n}:\n  engram:  {ours}\n  package: {theirs}", file=sys.stderr)
    print(f"{count} mutated files, of {len(small)}:")
    for what, number in sorted(counts.items()):
        print(f"{number:8d} {what}")
    print(f"{differ:8d} differ otherwise")
    return differ > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
