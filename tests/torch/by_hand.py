"""What systems.py does itself: batches, forks, rankings, the carried share and S, on what is known by hand."""

import copy
import math

import torch
from torch import nn

import systems


def rankings():
    nan = float("nan")
    order = systems.ranking_of(torch.tensor([[0.5, nan, 0.1], [0.9, nan, 0.1]]), 1).tolist()
    assert order[2:] == [0, 3] and sorted(order[:2]) == [2, 5], order
    ties = {tuple(systems.ranking_of(torch.zeros(3), seed).tolist()) for seed in range(60)}
    assert len(ties) == 6  # every order


class Net(nn.Module):
    """Two layers of sums."""

    def __init__(self, weight):
        super().__init__()
        self.layer1 = nn.Linear(200, 2, bias=False)
        self.layer2 = nn.Linear(2, 1, bias=False)
        self.layer1.weight.data = weight
        self.layer2.weight.data.fill_(1)

    def forward(self, x):
        return self.layer2(self.layer1(x))


class Square(nn.Module):
    """Of the sum of two weights."""

    def __init__(self, *weight):
        super().__init__()
        self.layer1 = nn.Linear(2, 1, bias=False)
        self.layer1.weight.data = torch.tensor([weight])

    def forward(self, x):
        return self.layer1(x).square()


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
    # both ways round: of 4 and 25, (16 - 4) / 21 and (9 - 25) / -21
    found = systems.carried([Square(1.0, 1.0), Square(3.0, 2.0)], torch.ones(1, 2), [{"layer1.weight": torch.tensor([0])}])
    torch.testing.assert_close(found, [14 / 21])
    for fork, state in zip(forks, before):
        assert torch.equal(fork.layer1.weight, state["layer1.weight"])


def s():
    """All that tells class a apart has the highest score, all that tells b apart the lowest: S is 1; the other way round, -1;
    if both have the highest, 0; if b's is in the middle, half of what the top carries. The outputs' layer is not grafted."""
    weights = {label: torch.zeros(2, 200) for label in (1, 7, 6, 8)}
    weights[1][0, 0] = weights[6][1, 199] = 1.0
    forks = {label: Net(weight) for label, weight in weights.items()}
    held = systems.Samples(torch.full((4, 10, 20), 255, dtype=torch.uint8), torch.tensor([1, 7, 6, 8]))

    def of(score):
        return systems.graft({"layer1.weight": score, "layer2.weight": torch.rand(1, 2)}, forks, held, 1)

    score = torch.arange(400, 0, -1).reshape(2, 200) / 400
    for found, known in (of(score), 1), (of(-score), -1):
        assert abs(found - known) < 1e-6, found
    both, middle = score.clone(), score.clone()
    both[1, 199] = 2
    assert abs(of(both)) < 1e-6
    middle[1, 199] = 201.5 / 400  # the 200th, in the top half alone
    logs = [math.log(k) for k in (0.01, 0.2, 0.5)]
    known = (0.5 * (logs[1] - logs[0]) + 0.25 * (logs[2] - logs[1])) / (logs[2] - logs[0])
    assert abs(of(middle) - known) < 1e-6, (of(middle), known)
    carried, chosen = systems.carried, []
    systems.carried = lambda forks, x, choices: chosen.append(choices) or carried(forks, x, choices)
    of(score)
    systems.carried = carried
    assert [[len(choice["layer1.weight"]) for choice in choices] for choices in chosen] == 2 * [2 * [4, 8, 20, 40, 80, 200]]
    assert all(list(choice) == ["layer1.weight"] for choices in chosen for choice in choices)


def batches():
    """Of one class each, in the order in which they fill; what does not fill one is left out, and so is a label."""
    samples = systems.Samples(torch.zeros(9, 1, 1), torch.tensor([1, 6, 7, 8, 1, 6, 6, 8, 1]))
    assert list(samples.places(2, None)) == [[0, 2], [1, 3], [5, 6], [4, 8]]
    assert list(samples.places(2, 6)) == [[0, 2], [3, 7], [4, 8]]
    assert list(samples.places(1, 1)) == [[n] for n in (1, 2, 3, 5, 6, 7)]
    assert samples.x.unique().tolist() == [1 / 256]
    assert samples.targets[:2].tolist() == [[1, 0], [0, 1]]


def forks():
    """A fork begins with the parameters and the moments, and changes neither of the network's own."""
    torch.manual_seed(1)
    model = systems.SYSTEMS["adam"][0]()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    samples = systems.Samples(torch.randint(256, (2, 28, 28), dtype=torch.uint8), torch.tensor([1, 6]))
    systems.learn(model, optimizer, 1, samples)
    parameter, moments = model.layer1.weight.clone(), copy.deepcopy(optimizer.state_dict()["state"])
    learn, begun = systems.learn, []

    def watched(forked, again, *rest):
        begun.append((forked.layer1.weight.clone(), copy.deepcopy(again.state_dict()["state"])))
        return learn(forked, again, *rest)
    systems.learn = watched
    forked = systems.fork("adam", model, optimizer, samples, 6)
    systems.learn = learn
    assert torch.equal(begun[0][0], parameter) and torch.equal(begun[0][1][0]["exp_avg"], moments[0]["exp_avg"])
    assert not torch.equal(forked.layer1.weight, parameter)
    assert torch.equal(model.layer1.weight, parameter)
    assert torch.equal(optimizer.state_dict()["state"][0]["exp_avg"], moments[0]["exp_avg"])


for test in batches, forks, rankings, shares, s:
    test()
