"""Tallies out of PyTorch: how much the steps of each class change each parameter, for engram's programs.

    from engram_torch import Tally, save_network
    tally = Tally(model, optimizer, classes={"a": [1, 7], "b": [6, 8]})
    for images, labels in batches:                    # each batch of one class
        with tally.of(labels=labels):                 # or tally.of("a"): whose step it is
            optimizer.zero_grad()
            loss_of(model(images), labels).backward()
            optimizer.step()
    tally.save("a.safetensors", "a")
    tally.save("b.safetensors", "b")
    save_network(model, "network.safetensors")

Copy this file beside your own: it needs torch, 1.13 or later, and nothing else.

A tally sums, over the steps of a class, a measure of every parameter theta. With g, its gradient as the step
finds it (that of a batch, if it is one, and after any clipping), and d = theta after - theta before the step:

    change            |d|
    squared-change    d^2
    squared-gradient  g^2
    path-integral     -g d    (Synaptic Intelligence; F. Zenke, B. Poole, S. Ganguli, ICML 2017)
    gradient          g

Under plain SGD, d = -rate g, and these are train-tally's. Under any other optimizer d is what its step does, with
momentum, moments, preconditioning and weight decay, and path-integral and gradient may be negative:
correlate takes such tallies with --any alone. train-tally's measure `input` is no measure of a step, and unknown here.

A step belongs to one class. What an optimizer remembers does not: with momentum, or the moments of Adam, a step of
class b also moves the parameters by what class a left there, and that counts as b's. Weight decay moves them in every
step. Steps outside `with tally.of(...)` are not tallied. Gradients that several calls of backward() add up for one
step are to be of one class.

d is the change of what is stored: a step below half a unit in the last place of a parameter is none. g and d are right
to 2^-24 of themselves, sums are in float64 and rounded once, to F32, when saved, so that a tally has a relative error
below 2^-22, however many the steps; train-tally adds in F32, n steps to within n 2^-24. Where a device has no float64,
dtype=torch.float32 does the same here.

Names are those of state_dict(). Of tied weights, that of the first; buffers are no parameters. What is not trained
(requires_grad=False, or not in the optimizer) has a tally of zeros, which correlate counts as undefined."""

import collections
import contextlib
import ctypes
import functools
import json
import os
import sys

import torch

if sys.byteorder != "little":
    raise ImportError("engram_torch: safetensors files are little-endian, and this machine is not")

# Of a measure: whether it needs g, and d; and what it adds, of g and e = -d, in place.
MEASURES = {
    "change": (False, True, lambda g, e: e.abs_()),
    "squared-change": (False, True, lambda g, e: e.square_()),
    "squared-gradient": (True, False, lambda g, e: g.square_()),
    "path-integral": (True, True, lambda g, e: g.mul_(e)),
    "gradient": (True, False, lambda g, e: g),
}


class Tally:
    """Sums a measure over the steps of `optimizer`, class by class, for every parameter of `model`.

    `classes` says which labels belong to which class, for of(labels=...); sums have this dtype. steps[name] is how
    many steps of a class were tallied."""

    def __init__(self, model, optimizer, measure="change", classes=None, dtype=torch.float64):
        if measure not in MEASURES:
            raise ValueError(f"no measure of a step is called {measure!r}; there are {', '.join(MEASURES)}")
        self.model, self.optimizer, self.measure, self.dtype = model, optimizer, measure, dtype
        self.class_of = {}
        for name, labels in (classes or {}).items():
            for label in labels:
                if label in self.class_of:
                    raise ValueError(f"label {label} belongs to class {self.class_of[label]!r} already")
                self.class_of[label] = name
        self.steps = collections.Counter()
        self.sums = {}
        if not self._trained():
            raise ValueError("the optimizer trains no parameter of the model")
        for name, parameter in self._trained().items():
            if parameter.is_complex():
                raise ValueError(f"{name} is complex, and a tally is of real numbers")

    @contextlib.contextmanager
    def of(self, name=None, labels=None):
        """Within it, steps of the optimizer are those of class `name`, or of the class of all `labels` of a batch."""
        if labels is not None:
            name = self._class_of(labels, name)
        if name is None:
            raise ValueError("whose steps? of(NAME), or of(labels=LABELS)")
        step, own = self.optimizer.step, vars(self.optimizer).get("step")
        self.optimizer.step = self._tallied(step, name)
        try:
            yield self
        finally:
            if own is None:
                del self.optimizer.step
            else:
                self.optimizer.step = own

    def save(self, path, name, **metadata):
        """Writes the tally of class `name`; metadata as image_shape="28,28", which correlate --map uses."""
        if not self.steps[name]:
            raise ValueError(f"no step of class {name!r} was tallied, of {', '.join(map(repr, self.steps)) or 'none'}")
        tensors = {}
        for key, parameter in self.model.named_parameters():
            total = self.sums[name].get(key)
            tensors[key] = torch.zeros(parameter.shape) if total is None else total.to(torch.float32)
            if not torch.isfinite(tensors[key]).all():
                raise ValueError(f"{key}: the tally of class {name!r} holds a value that is not finite")
        of = {"class": str(name), "measure": self.measure}
        write(path, tensors, format="engram.params", kind="tally", **of, **metadata)

    def _trained(self):
        """The model's parameters, tied ones once, that the optimizer has now."""
        held = {id(p) for group in self.optimizer.param_groups for p in group["params"]}
        return {name: p for name, p in self.model.named_parameters() if id(p) in held}

    def _class_of(self, labels, name):
        labels = collections.Counter(labels.tolist() if isinstance(labels, torch.Tensor) else labels)
        if not labels:
            raise ValueError("the batch has no labels")
        counts = collections.Counter()
        for label, count in labels.items():
            if label not in self.class_of:
                raise ValueError(f"label {label} has no class; Tally(..., classes={{NAME: LABELS, ...}}) says which has")
            counts[self.class_of[label]] += count
        if len(counts) > 1:
            raise ValueError("a step belongs to one class, and this batch holds labels of "
                             + ", ".join(f"{count} of {found!r}" for found, count in sorted(counts.items()))
                             + "; sort the samples by class before they are cut into batches, or step once for each class")
        found = next(iter(counts))
        if name not in (None, found):
            raise ValueError(f"the labels are of class {found!r}, not {name!r}")
        return found

    def _tallied(self, step, name):
        wants_gradient, wants_change, measure = MEASURES[self.measure]

        @functools.wraps(step)
        def tallied(*arguments, **named):
            if wants_gradient and (arguments or named.get("closure") is not None):
                raise ValueError(f"measure {self.measure}: a step with a closure has no gradient of its own")
            trained = self._trained()
            with torch.no_grad():
                gradient = {key: gradient_of(p) for key, p in trained.items()} if wants_gradient else {}
                before = {key: wide(p) for key, p in trained.items()} if wants_change else {}
            result = step(*arguments, **named)
            sums = self.sums.setdefault(name, {})
            with torch.no_grad():
                for key, p in trained.items():
                    more = measure(gradient.get(key), before[key].sub_(p) if wants_change else None)
                    sums[key] = sums[key].add_(more) if key in sums else more.to(self.dtype)
            self.steps[name] += 1
            return result

        return tallied


def wide(tensor):
    """A copy, of float32 at least."""
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32), copy=True)


def gradient_of(parameter):
    g = parameter.grad
    return wide(torch.zeros_like(parameter) if g is None else g.to_dense() if g.is_sparse else g)


def save_network(model, path, **metadata):
    """Writes the parameters, for param-diff and others; fork-train goes on from them, if metadata is as it asks for."""
    tensors = {name: p.detach() for name, p in model.named_parameters()}
    write(path, tensors, format="engram.params", kind="network", **metadata)


# In the order in which the safetensors package writes them.
DTYPES = {"I64": torch.int64, "F64": torch.float64, "F32": torch.float32, "I32": torch.int32, "BF16": torch.bfloat16,
          "F16": torch.float16, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8, "BOOL": torch.bool}


def write(path, tensors, **metadata):
    """Writes a safetensors file, whole or not at all; the same bytes as the safetensors package."""
    rank = {dtype: (place, name) for place, (name, dtype) in enumerate(DTYPES.items())}
    for name, tensor in tensors.items():
        if tensor.dtype not in rank or name == "__metadata__":
            raise ValueError(f"{name}: no tensor of this {'name' if tensor.dtype in rank else 'dtype'} can be written")
    names = sorted(tensors, key=lambda name: (rank[tensors[name].dtype], name))
    header, end = {"__metadata__": dict(sorted(metadata.items()))}, 0
    for name in names:
        tensor = tensors[name]
        start, end = end, end + tensor.numel() * tensor.element_size()
        header[name] = {"dtype": rank[tensor.dtype][1], "shape": list(tensor.shape), "data_offsets": [start, end]}
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path = os.path.realpath(path)
    whole = path if os.path.exists(path) and not os.path.isfile(path) else f"{path}.{os.getpid()}"
    try:
        with open(whole, "wb") as file:
            file.write(len(text).to_bytes(8, "little") + text)
            for name in names:
                values = tensors[name].cpu().contiguous()
                file.write(ctypes.string_at(values.data_ptr(), values.numel() * values.element_size()))
        if whole != path:
            os.replace(whole, path)
    except BaseException:
        if whole != path and os.path.exists(whole):
            os.remove(whole)
        raise


def load(path):
    """The tensors of a safetensors file by their names, as model.load_state_dict() takes them."""
    with open(path, "rb") as file:
        data = file.read()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    tensors = {}
    for name, tensor in header.items():
        if tensor["dtype"] not in DTYPES:
            raise ValueError(f"{path}: {name} is {tensor['dtype']}, which is not read here")
        values = bytearray(data[start + tensor["data_offsets"][0] : start + tensor["data_offsets"][1]])
        dtype = DTYPES[tensor["dtype"]]
        flat = torch.frombuffer(values, dtype=dtype) if values else torch.empty(0, dtype=dtype)
        tensors[name] = flat.reshape(tensor["shape"])
    return tensors
