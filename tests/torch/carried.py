"""carried.py A B SCORE SAMPLES: what systems.py finds carried between two networks by the top of a score, for each part."""

import math
import sys

import torch

import systems
from engram_torch import load


def network(path):
    model = systems.SYSTEMS["post"][0]()
    model.load_state_dict(load(path))
    return model


def main(a, b, score, samples):
    ranking = systems.ranking_of(load(score)["layer1.weight"], 1).flip(0)
    choices = [{"layer1.weight": ranking[: math.floor(k * len(ranking) + 0.5)]} for k in systems.PARTS]
    for k, share in zip(systems.PARTS, systems.carried([network(a), network(b)], systems.Samples(**load(samples)).x, choices)):
        print(k, f"{share:.9g}", sep="\t")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(*sys.argv[1:])
