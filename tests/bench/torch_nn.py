"""PyTorch as it is meant to be used: torch.nn, autograd, torch.optim.SGD; float32, one thread.

The tally takes the gradients that the step leaves behind, which is cheaper than the difference of
parameters before and after."""

import torch
from torch import nn
from torch.nn.functional import mse_loss

import common

torch.set_num_threads(1)


def make(layers, rate, tallies):
    modules = []
    for w, b in layers:
        linear = nn.Linear(w.shape[1], w.shape[0])
        linear.weight = nn.Parameter(torch.from_numpy(w))
        linear.bias = nn.Parameter(torch.from_numpy(b))
        modules += [linear, nn.Softplus()]
    model = nn.Sequential(*modules)
    parameters = list(model.parameters())
    sgd = torch.optim.SGD(parameters, lr=rate, foreach=False)
    targets = torch.eye(len(layers[-1][1]))
    tally = tallies and [[torch.from_numpy(x) for layer in t for x in layer] for t in tallies]

    def run(images, classes):
        losses = []
        for image, k in zip(torch.from_numpy(images).unbind(), classes):
            x = image.float().add_(1).div_(256)
            loss = 0.5 * mse_loss(model(x), targets[k], reduction="sum")
            sgd.zero_grad(set_to_none=True)
            loss.backward()
            sgd.step()
            losses.append(loss.item())
            if tally:
                for t, p in zip(tally[k], parameters):
                    t.add_(p.grad.abs_(), alpha=rate)
        return losses

    return run


if __name__ == "__main__":
    common.measure(make)
