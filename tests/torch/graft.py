"""What systems.py computes itself: rankings, the carried share and S, on networks whose outputs are known by hand."""

import copy

import torch
from torch import nn

import systems


def rankings():
    nan = float("nan")
    order = systems.ranking_of(torch.tensor([[0.5, nan, 0.1], [0.9, nan, 0.1]]), 1).tolist()
    assert order[2:] == [0, 3] and sorted(order[:2]) == [2, 5], order
    ties = {tuple(systems.ranking_of(torch.zeros(3), seed).tolist()) for seed in range(60)}
    assert len(ties) == 6  # every order


class Sum(nn.Module):
    """Outputs w x, of one layer; x has one nonzero input, so that an output is one weight."""

    def __init__(self, weight):
        super().__init__()
        self.layer1 = nn.Linear(4, 1, bias=False)
        self.layer1.weight.data = torch.tensor([weight])

    def forward(self, x):
        return self.layer1(x)


def shares():
    """x lights each input: differences of outputs are those of weights, so C is their share of the sum of squares."""
    forks = [Sum([0.0, 0.0, 0.0, 0.0]), Sum([1.0, 2.0, 0.0, 2.0])]
    before = copy.deepcopy([fork.state_dict() for fork in forks])
    choices = [{}, {"layer1.weight": torch.tensor([1])}, {"layer1.weight": torch.tensor([0, 2])}, {"layer1.weight": torch.arange(4)}]
    found = systems.carried(forks, torch.eye(4), choices)
    torch.testing.assert_close(found, [0.0, 4 / 9, 1 / 9, 1.0])
    for fork, state in zip(forks, before):
        assert torch.equal(fork.layer1.weight, state["layer1.weight"])


def s():
    """All that tells class a apart has the highest score, all that tells b apart the lowest: S is 1; the other way round, -1;
    if both have the highest scores, 0. The outputs' own layer is not grafted."""
    class Net(nn.Module):
        def __init__(self, weight):
            super().__init__()
            self.layer1 = nn.Linear(200, 2, bias=False)
            self.layer2 = nn.Linear(2, 1, bias=False)
            self.layer1.weight.data = weight
            self.layer2.weight.data.fill_(1)

        def forward(self, x):
            return self.layer2(self.layer1(x))

    weights = {label: torch.zeros(2, 200) for label in (1, 7, 6, 8)}
    weights[1][0, 0] = weights[6][1, 199] = 1.0
    forks = {label: Net(weight) for label, weight in weights.items()}
    held = systems.Samples(torch.full((4, 10, 20), 255, dtype=torch.uint8), torch.tensor([1, 7, 6, 8]))
    score = torch.arange(400, 0, -1).reshape(2, 200) / 400
    for sign, value in (1, score), (-1, -score):
        assert abs(systems.graft({"layer1.weight": value, "layer2.weight": torch.rand(1, 2)}, forks, held, 1) - sign) < 1e-6
    score[1, 199] = 2
    both = systems.graft({"layer1.weight": score, "layer2.weight": torch.rand(1, 2)}, forks, held, 1)
    assert abs(both) < 1e-6, both


for test in rankings, shares, s:
    test()
