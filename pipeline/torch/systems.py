"""The experiment in other systems than the post's, by PyTorch.

    systems.py                                   prints a table of the systems
    systems.py SYSTEM SEED FIRST REST HELD       one network of one of them

FIRST are the samples of phase 1, whose second half is tallied; REST those of the forks, each without a label; HELD those
that no network learns from. Writes to the folder it runs in, for correlate: same-a and same-b, the tallies; other-init-a
and other-init-b, those of a network of other initial weights on the same images; and fork-LABEL. And two tables:

    learned   of the network before and after phase 1, and of its forks: loss and error rate on HELD
    graft     of x of both networks, S; and the difference of both

Loss, layers, initialization, inputs and order are as train-tally and fork-train have them. PyTorch promises no bits."""

import contextlib
import copy
import math
import sys

import torch
from torch import nn
from torch.nn.functional import conv2d, softplus

from engram_torch import Tally, load, save_network

CLASSES = {"a": (1, 7), "b": (6, 8)}
OTHER = 1000000  # from the seed of a network to that of the other one
PARTS = 0.01, 0.02, 0.05, 0.1, 0.2, 0.5  # of the weights of a tensor, grafted


class Layer(nn.Module):
    """softplus(W x + b), all of it as the post has it: He's initialization of weights and biases alike."""

    def __init__(self, inputs, units):
        super().__init__()
        deviation = math.sqrt(2 / inputs)
        self.weight = nn.Parameter(deviation * torch.randn(units, inputs))
        self.bias = nn.Parameter(deviation * torch.randn(units))

    def forward(self, x):
        return softplus(x.flatten(1) @ self.weight.t() + self.bias)


class Kernels(Layer):
    """Kernels of 5 x 5, two pixels apart; their weights are a matrix [kernels, inputs], like those of a layer."""

    size = " of 5 × 5"

    def __init__(self, channels, kernels):
        super().__init__(25 * channels, kernels)
        self.shape = kernels, channels, 5, 5

    def forward(self, x):
        x = x if x.dim() == 4 else x.reshape(-1, 1, 28, 28)
        return softplus(conv2d(x, self.weight.reshape(self.shape), self.bias, stride=2))


def stack(layers):
    model = nn.Sequential()
    for n, layer in enumerate(layers, 1):
        model.add_module(f"layer{n}", layer)
    return model


def dense(*widths):
    return lambda: stack([Layer(i, o) for i, o in zip(widths, widths[1:])])


# A system: its network, its optimizer, and how many images, all of one class, a step learns from.
SYSTEMS = {
    "post": (dense(784, 100, 2), torch.optim.SGD, 0.005, 1),
    "batches": (dense(784, 100, 2), torch.optim.SGD, 0.05, 32),
    "adam": (dense(784, 100, 2), torch.optim.Adam, 0.001, 1),
    "deep": (dense(784, 100, 100, 100, 100, 2), torch.optim.SGD, 0.002, 1),
    "convolutional": (lambda: stack([Kernels(1, 16), Kernels(16, 32), Layer(512, 2)]), torch.optim.SGD, 0.005, 1),
    "fashion": (dense(784, 100, 2), torch.optim.SGD, 0.005, 1),
}


def describe():
    """A table; layers are the inputs, and the units, or the kernels and their size, of each."""
    print("system", "layers", "parameters", "optimizer", "rate", "batch", sep="\t")
    for name, (build, optimizer, rate, batch) in SYSTEMS.items():
        model = build()
        layers = " → ".join(["784"] + [str(len(layer.bias)) + getattr(layer, "size", "") for layer in model])
        parameters = sum(p.numel() for p in model.parameters())
        print(name, layers, parameters, optimizer.__name__, rate, batch, sep="\t")


# --- learning


class Samples:
    """x = (pixel + 1) / 256, labels, and the class of each, as a number and as what the outputs should be."""

    def __init__(self, images, labels):
        self.x = (images.float().flatten(1) + 1) / 256
        self.labels = labels.tolist()
        self.classes = [int(label in CLASSES["b"]) for label in self.labels]
        self.targets = torch.eye(2)[self.classes]

    def places(self, size, without):
        """Those of `size` images of a class at a time, in the order in which batches fill."""
        waiting = [], []
        for place, k in enumerate(self.classes):
            if self.labels[place] != without:
                waiting[k].append(place)
            if len(waiting[k]) == size:
                yield waiting[k][:]
                waiting[k].clear()


def losses(outputs, targets):
    return 0.5 * (outputs - targets).square().sum(1)


def learn(model, optimizer, size, samples, without=None, tally_from=None):
    """One pass. Returns the tally of the steps from this fraction of them on."""
    tally = Tally(model, optimizer, classes=CLASSES)
    batches = list(samples.places(size, without))
    for step, batch in enumerate(batches):
        tallied = tally_from is not None and step >= tally_from * len(batches)
        with tally.of(labels=[samples.labels[place] for place in batch]) if tallied else contextlib.nullcontext():
            optimizer.zero_grad(set_to_none=True)
            losses(model(samples.x[batch]), samples.targets[batch]).mean().backward()
            optimizer.step()
    return tally


def phase1(system, seed, samples, name):
    """A network, as it was and as it is then, and its optimizer; writes its tallies."""
    build, optimizer_of, rate, size = SYSTEMS[system]
    torch.manual_seed(seed)
    model = build()
    initial = copy.deepcopy(model)
    optimizer = optimizer_of(model.parameters(), lr=rate)
    tally = learn(model, optimizer, size, samples, tally_from=0.5)
    for k in CLASSES:
        tally.save(f"{name}-{k}", k)
    return initial, model, optimizer


def fork(system, model, optimizer, samples, without):
    """A network that goes on without a label; so does what its optimizer remembers."""
    _, optimizer_of, rate, size = SYSTEMS[system]
    forked = copy.deepcopy(model)
    again = optimizer_of(forked.parameters(), lr=rate)
    again.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    learn(forked, again, size, samples, without)
    save_network(forked, f"fork-{without}")
    return forked


# --- what networks do on images held out


@torch.no_grad()
def evaluate(model, samples):
    """Mean loss, error rate."""
    outputs = model(samples.x)
    wrong = outputs.argmax(1) != torch.tensor(samples.classes)
    return losses(outputs, samples.targets).mean().item(), wrong.float().mean().item()


def ranking_of(scores, seed):
    """The places of the numbers that are none but NaN, in ascending order; ties at random."""
    scores = scores.flatten()
    places = torch.randperm(len(scores), generator=torch.Generator().manual_seed(seed))
    places = places[torch.argsort(scores[places], stable=True)]
    return places[: len(scores) - int(scores.isnan().sum())]


def share_of_class_a(name):
    a, b = (load(f"{name}-{k}") for k in CLASSES)
    return {key: a[key].double() / (a[key].double() + b[key].double()) for key in a}


@torch.no_grad()
def carried(forks, x, choices):
    """Of what tells the donor from the base, what share grafts carry, whose parameters of a choice are the donor's, for each
    choice, a mean over both ways round: sum (o_graft - o_base) . (o_donor - o_base) / sum |o_donor - o_base|^2, of outputs o."""
    outputs = [fork(x) for fork in forks]
    shares = [0] * len(choices)
    for base, donor in (0, 1), (1, 0):
        whole = outputs[donor] - outputs[base]
        for i, chosen in enumerate(choices):
            graft = copy.deepcopy(forks[base])
            for name, places in chosen.items():
                to, of = graft.get_parameter(name).view(-1), forks[donor].get_parameter(name).view(-1)
                to[places] = of[places]
            shares[i] += ((graft(x) - outputs[base]) * whole).sum().item() / whole.square().sum().item() / 2
    return shares


def graft(share, forks, held, seed):
    """S of the weights below the outputs by a score: the mean over log k of half of (C_a - C_b by the top k of every
    tensor) - (C_a - C_b by the bottom k), C_a what is carried between the forks that tell class a apart."""
    ranking = {name: ranking_of(share[name], seed) for name in [name for name in share if name.endswith("weight")][:-1]}
    count = {name: [math.floor(k * share[name].numel() + 0.5) for k in PARTS] for name in ranking}
    top = [{name: places.flip(0)[: count[name][i]] for name, places in ranking.items()} for i in range(len(PARTS))]
    bottom = [{name: places[: count[name][i]] for name, places in ranking.items()} for i in range(len(PARTS))]
    of = {}
    for k, pair in CLASSES.items():
        x = held.x[torch.tensor([label in pair for label in held.labels])]
        of[k] = carried([forks[label] for label in pair], x, top + bottom)
    apart = [a - b for a, b in zip(of["a"], of["b"])]
    s = [(high - low) / 2 for high, low in zip(apart, apart[len(PARTS):])]
    logs = [math.log(k) for k in PARTS]
    return sum((v + w) / 2 * (m - l) for v, w, l, m in zip(s, s[1:], logs, logs[1:])) / (logs[-1] - logs[0])


def main(system, seed, *files):
    torch.set_num_threads(1)
    first, rest, held = (Samples(**load(file)) for file in files)
    seed = int(seed)
    initial, model, optimizer = phase1(system, seed, first, "same")
    phase1(system, seed + OTHER, first, "other-init")
    forks = {label: fork(system, model, optimizer, rest, label) for pair in CLASSES.values() for label in pair}
    with open("learned", "w") as table:
        print("network", "loss", "error_rate", sep="\t", file=table)
        networks = {"initial": initial, "phase1": model, **{f"without-{label}": forks[label] for label in forks}}
        for name, network in networks.items():
            print(name, *map("{:.9g}".format, evaluate(network, held)), sep="\t", file=table)
    with open("graft", "w") as table:
        s = {name: graft(share_of_class_a(name), forks, held, seed) for name in ("same", "other-init")}
        s["same-other-init"] = s["same"] - s["other-init"]
        print("control", "s", sep="\t", file=table)
        for name, value in s.items():
            print(name, f"{value:.9g}", sep="\t", file=table)


if __name__ == "__main__":
    main(*sys.argv[1:]) if sys.argv[1:] else describe()
