"""recorder.py CASE: one test of pipeline/torch/engram_torch.py, in a folder of its own; see tests/pipeline/torch.bats."""

import ctypes
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from torch import nn

from engram_torch import MEASURES, Tally, load, save_network, write

OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01),
}


def model_of(width=3):
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(4, width), nn.Tanh(), nn.Linear(width, 1))


def refused(message, call, error=ValueError):
    try:
        call()
    except error as found:
        assert str(found) == message, f"says: {found}"
    else:
        raise AssertionError(f"not refused: {message}")


def enter(context):
    with context:
        pass


def step(model, optimizer, x):
    optimizer.zero_grad()
    model(x).square().sum().backward()
    optimizer.step()


def batches(count=6):
    generator = torch.Generator().manual_seed(2)
    return [torch.randn(2, 4, generator=generator) for _ in range(count)]


def measures():
    """Against sums over a record of every step: plain lists of numbers, in Python's own doubles."""
    by_hand = {
        "change": lambda g, d: abs(d),
        "squared-change": lambda g, d: d * d,
        "squared-gradient": lambda g, d: g * g,
        "path-integral": lambda g, d: -g * d,
        "gradient": lambda g, d: g,
    }
    assert set(by_hand) == set(MEASURES)
    for optimizer_of in OPTIMIZERS.values():
        for measure, formula in by_hand.items():
            model = model_of()
            optimizer = optimizer_of(model.parameters())
            tally = Tally(model, optimizer, measure)
            expected = {}
            for n, x in enumerate(batches()):
                name = "ab"[n % 2]
                before = {key: p.detach().reshape(-1).tolist() for key, p in model.named_parameters()}
                with tally.of(name):
                    step(model, optimizer, x)
                    gradient = {key: p.grad.reshape(-1).tolist() for key, p in model.named_parameters()}
                    optimizer.zero_grad()
                for key, p in model.named_parameters():
                    sums = expected.setdefault((name, key), [0] * p.numel())
                    for i, after in enumerate(p.detach().reshape(-1).tolist()):
                        sums[i] += formula(gradient[key][i], after - before[key][i])
            for name in "ab":
                tally.save(name, name)
                for key, values in load(name).items():
                    assert values.dtype == torch.float32
                    torch.testing.assert_close(values.reshape(-1).double(), torch.tensor(expected[name, key], dtype=torch.float64),
                                               rtol=1e-6, atol=1e-12)


def sums():
    """Steps of 2^-24 after one of 1: in float32 the sum stays there."""
    p = nn.Parameter(torch.zeros(1, dtype=torch.float64))
    model = nn.ParameterDict({"p": p})
    optimizer = torch.optim.SGD([p], lr=1)
    tally, single = Tally(model, optimizer), Tally(model, optimizer, dtype=torch.float32)
    for n in range(1001):
        p.grad = torch.full((1,), 1.0 if n == 0 else 2.0**-24, dtype=torch.float64)
        with tally.of("a"), single.of("a"):
            optimizer.step()
    tally.save("a", "a")
    single.save("single", "a")
    assert load("a")["p"].item() == torch.tensor(1 + 1000 * 2.0**-24, dtype=torch.float64).float().item()
    assert load("single")["p"].item() == 1


def steps():
    """Only those within; each of several; the class's alone. What the optimizer does outside is as it was."""
    model = model_of()
    optimizer = OPTIMIZERS["sgd"](model.parameters())
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1)  # replaces optimizer.step by its own
    own = optimizer.step
    tally = Tally(model, optimizer)
    step(model, optimizer, batches()[0])
    for k in "aab":
        with tally.of(k):
            step(model, optimizer, batches()[1])
            step(model, optimizer, batches()[2])
        scheduler.step()
    assert optimizer.step is own
    assert dict(tally.steps) == {"a": 4, "b": 2}
    plain = OPTIMIZERS["sgd"](model.parameters())
    tally = Tally(model, plain)
    with tally.of("a"):
        pass
    assert "step" not in vars(plain)
    try:
        with tally.of("a"):
            raise KeyError
    except KeyError:
        assert "step" not in vars(plain)
    assert not tally.steps


def shared():
    """Tied weights once, by their first name; what is not trained is zero; buffers and other optimizers' are left out."""
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(5, 3, sparse=True)
            self.norm = nn.BatchNorm1d(3)
            self.frozen = nn.Linear(3, 3).requires_grad_(False)
            self.other = nn.Linear(3, 3)
            self.out = nn.Linear(3, 5, bias=False)
            self.again = self.other

        def forward(self, x):
            return self.out(self.again(self.other(self.frozen(self.norm(self.embedding(x))))))

    torch.manual_seed(1)
    model = Model()
    trained = [model.embedding.weight, *model.norm.parameters(), model.out.weight]
    optimizer = torch.optim.SGD(trained, lr=0.1)
    for measure in MEASURES:
        tally = Tally(model, optimizer, measure)
        with tally.of("a"):
            step(model, optimizer, torch.tensor([1, 2, 2]))
        tally.save("a", "a")
        found = load("a")
        assert list(found) == sorted(name for name in model.state_dict()
                                     if not name.startswith("again") and "running" not in name and "tracked" not in name)
        for name, values in found.items():
            still = name.startswith(("frozen", "other"))
            assert values.any() != still, name
        assert not found["embedding.weight"][[0, 3, 4]].any()
        assert found["embedding.weight"][[1, 2]].any()
    model.out.weight = model.embedding.weight
    model.embedding.sparse = False
    tally = Tally(model, torch.optim.SGD(model.parameters(), lr=0.1))
    with tally.of("a"):
        step(model, tally.optimizer, torch.tensor([1, 2, 2]))
    tally.save("a", "a")
    assert "embedding.weight" in load("a") and "out.weight" not in load("a")
    save_network(model, "network")
    assert list(load("network")) == list(load("a"))


def narrow():
    """bfloat16: what is stored changes by, which rounds."""
    p = nn.Parameter(torch.tensor([1.0, 1.0, 2.0**-9], dtype=torch.bfloat16))
    model = nn.ParameterDict({"p": p})
    optimizer = torch.optim.SGD([p], lr=1)
    tally = Tally(model, optimizer)
    p.grad = torch.tensor([2.0**-10, 2.0**-7, -1.0], dtype=torch.bfloat16)
    with tally.of("a"):
        optimizer.step()
    tally.save("a", "a")
    assert load("a")["p"].tolist() == [0, 2.0**-7, 1 - 2.0**-9]
    save_network(model, "network")
    assert load("network")["p"].dtype == torch.bfloat16


def classes():
    model = model_of()
    optimizer = OPTIMIZERS["sgd"](model.parameters())
    tally = Tally(model, optimizer, classes={"a": [1, 7], "b": [6, 8]})
    for labels in (torch.tensor([1, 7, 7]), [1], torch.tensor([6])):
        with tally.of(labels=labels):
            step(model, optimizer, batches()[0])
    with tally.of("a", labels=[7]):
        step(model, optimizer, batches()[0])
    assert dict(tally.steps) == {"a": 3, "b": 1}
    refused("a step belongs to one class, and this batch holds labels of 3 of 'a', 1 of 'b'; sort the samples by class before "
            "they are cut into batches, or step once for each class", lambda: enter(tally.of(labels=torch.tensor([1, 6, 7, 1]))))
    refused("label 2 has no class; Tally(..., classes={NAME: LABELS, ...}) says which has", lambda: enter(tally.of(labels=[1, 2])))
    refused("the labels are of class 'b', not 'a'", lambda: enter(tally.of("a", labels=[6, 8])))
    refused("the batch has no labels", lambda: enter(tally.of(labels=[])))
    refused("whose steps? of(NAME), or of(labels=LABELS)", lambda: enter(tally.of()))
    assert dict(tally.steps) == {"a": 3, "b": 1}


def refusals():
    model = model_of()
    optimizer = OPTIMIZERS["sgd"](model.parameters())
    known = "change, squared-change, squared-gradient, path-integral, gradient"
    for name in ("input", "chnage"):
        refused(f"no measure of a step is called {name!r}; there are {known}", lambda: Tally(model, optimizer, name))
    refused("label 7 belongs to class 'a' already", lambda: Tally(model, optimizer, classes={"a": [1, 7], "b": [7]}))
    refused("the optimizer trains no parameter of the model", lambda: Tally(model_of(), optimizer))
    odd = nn.ParameterDict({"p": nn.Parameter(torch.zeros(2, dtype=torch.complex64))})
    refused("p is complex, and a tally is of real numbers", lambda: Tally(odd, torch.optim.SGD(odd.parameters(), lr=1)))
    for measure in ("squared-gradient", "path-integral", "gradient"):
        tally = Tally(model, optimizer, measure)

        def closure(*arguments, **named):
            with tally.of("a"):
                optimizer.step(*arguments, **named)
        for call in (lambda: closure(float), lambda: closure(closure=float)):
            refused(f"measure {measure}: a step with a closure has no gradient of its own", call)
    tally = Tally(model, optimizer)
    refused("no step of class 'a' was tallied, of none", lambda: tally.save("a", "a"))
    for name in "ab":
        with tally.of(name):
            optimizer.step(lambda: model(batches()[0]).sum())
    refused("no step of class 'c' was tallied, of 'a', 'b'", lambda: tally.save("c", "c"))
    with torch.no_grad(), tally.of("b"):
        model[0].weight[0, 0] = float("inf")
        step_of_nan = optimizer.step
        model[0].weight.grad = torch.full((3, 4), float("nan"))
        step_of_nan()
    refused("0.weight: the tally of class 'b' holds a value that is not finite", lambda: tally.save("b", "b"))
    tally.save("a", "a")
    assert os.listdir() == ["a"], os.listdir()


def files():
    """Whole or not at all; through a link; into a pipe; what cannot be written, or read, is said."""
    model = model_of()
    save_network(model, "network")
    whole = Path("network").read_bytes()
    os.symlink("network", "link")
    save_network(model, "link")
    assert os.path.islink("link") and Path("network").read_bytes() == whole
    refused("x: no tensor of this dtype can be written", lambda: write("x", {"x": torch.zeros(1, dtype=torch.complex64)}))
    refused("__metadata__: no tensor of this name can be written", lambda: write("x", {"__metadata__": torch.zeros(1)}))
    os.mkfifo("pipe")
    with ThreadPoolExecutor() as reader:
        found = reader.submit(Path("pipe").read_bytes)
        save_network(model, "pipe")
        assert found.result() == whole
    assert Path("pipe").is_fifo()
    refused("[Errno 2] No such file or directory: '" + os.path.realpath("none/x") + f".{os.getpid()}'",
            lambda: save_network(model, "none/x"), OSError)
    string_at = ctypes.string_at

    def broken(*_):
        raise OSError("broken")
    ctypes.string_at = broken
    refused("broken", lambda: write("network", {"x": torch.zeros(1)}), OSError)
    ctypes.string_at = string_at
    assert Path("network").read_bytes() == whole
    assert sorted(os.listdir()) == ["link", "network", "pipe"], os.listdir()
    Path("f4").write_bytes((64).to_bytes(8, "little") + b'{"x":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}'.ljust(64) + b"1")
    refused("f4: x is F4, which is not read here", lambda: load("f4"))


def order():
    """The order, escapes and padding of the safetensors package (tests/data/safetensors-writer.txt, its dtypes that torch has)."""
    name = 'a"q\\s/n\n\x01\x7f\b\f\t\r\x1f\u00e9\U0001f600'
    tensors = {"z": torch.zeros(1), "B": torch.zeros(()), name: torch.zeros(0), "d": torch.zeros(2, dtype=torch.float64),
               "i": torch.zeros(1, dtype=torch.int64), "b": torch.zeros(3, dtype=torch.uint8), "h": torch.zeros(1, dtype=torch.bfloat16)}
    write("file", tensors, **{"k\n": "v\u2028"})
    escaped = 'a\\"q\\\\s/n\\n\\u0001\x7f\\b\\f\\t\\r\\u001f\u00e9\U0001f600'
    text = ('{"__metadata__":{"k\\n":"v\u2028"},"i":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},'
            '"d":{"dtype":"F64","shape":[2],"data_offsets":[8,24]},"B":{"dtype":"F32","shape":[],"data_offsets":[24,28]},'
            f'"{escaped}":{{"dtype":"F32","shape":[0],"data_offsets":[28,28]}},'
            '"z":{"dtype":"F32","shape":[1],"data_offsets":[28,32]},"h":{"dtype":"BF16","shape":[1],"data_offsets":[32,34]},'
            '"b":{"dtype":"U8","shape":[3],"data_offsets":[34,37]}}').encode()
    text += b" " * (-len(text) % 8)
    assert Path("file").read_bytes() == len(text).to_bytes(8, "little") + text + bytes(37)
    for key, values in load("file").items():
        assert values.dtype == tensors[key].dtype and torch.equal(values, tensors[key]), key
    # a transposed view, and one within a larger tensor
    x = torch.arange(12.0).reshape(3, 4)
    write("file", {"x": x.t(), "y": x[1:2]})
    assert torch.equal(load("file")["x"], x.t()) and torch.equal(load("file")["y"], x[1:2])


globals()[sys.argv[1]]()
