"""post.py float32|float64 INITIAL FIRST REST [MEASURE]: the post's experiment in PyTorch, from engram's initial network,
on engram's samples.

FIRST is phase 1: its second half is tallied, classes 1, 7 and 6, 8. REST is the forks'. Writes network, tally-a,
tally-b and fork-LABEL, without each label, to the folder it runs in."""

import contextlib
import copy
import sys

import torch

import engram_torch


class Post(torch.nn.Module):
    def __init__(self, tensors):
        super().__init__()
        out, hidden = tensors["layer2.weight"].shape
        self.layer1 = torch.nn.Linear(tensors["layer1.weight"].shape[1], hidden)
        self.layer2 = torch.nn.Linear(hidden, out)
        self.load_state_dict(tensors)

    def forward(self, x):
        softplus = torch.nn.functional.softplus
        return softplus(self.layer2(softplus(self.layer1(x))))


def learn(model, samples, dtype, measure="change", without=None, tally_from=None):
    """One pass, an image at a time; returns the tally of the last part."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.005)
    tally = engram_torch.Tally(model, optimizer, measure, classes={"a": [1, 7], "b": [6, 8]})
    targets = torch.eye(2, dtype=dtype)
    labels = samples["labels"].tolist()
    for step, (image, label) in enumerate(zip(samples["images"], labels)):
        if label == without:
            continue
        tallied = tally_from is not None and step >= tally_from * len(labels)
        with tally.of(labels=[label]) if tallied else contextlib.nullcontext():
            optimizer.zero_grad()
            miss = model((image.reshape(1, -1).to(dtype) + 1) / 256) - targets[int(label in (6, 8))]
            (0.5 * miss.square().sum()).backward()
            optimizer.step()
    return tally


def main(name, initial, first, rest, measure="change"):
    torch.set_num_threads(1)
    dtype = getattr(torch, name)
    model = Post(engram_torch.load(initial)).to(dtype)
    tally = learn(model, engram_torch.load(first), dtype, measure, tally_from=0.5)
    engram_torch.save_network(model, "network")
    for k in "ab":
        tally.save(f"tally-{k}", k, image_shape="28,28")
    rest = engram_torch.load(rest)
    for label in (1, 7, 6, 8):
        fork = copy.deepcopy(model)
        learn(fork, rest, dtype, without=label)
        engram_torch.save_network(fork, f"fork-{label}")


main(*sys.argv[1:])
