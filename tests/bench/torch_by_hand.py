"""PyTorch by hand: no autograd, no modules; updates of rank one in place; float32, one thread.

The tally needs no differences: |q x| is |q| x, as inputs and activations are positive."""

import torch
from torch.nn.functional import softplus

import common

torch.set_num_threads(1)


def make(layers, rate, tallies):
    theta = [(torch.from_numpy(w), torch.from_numpy(b)) for w, b in layers]
    targets = torch.eye(len(layers[-1][1]))
    tally = tallies and [[(torch.from_numpy(w), torch.from_numpy(b)) for w, b in t] for t in tallies]

    @torch.inference_mode()
    def run(images, classes):
        losses = []
        for image, k in zip(torch.from_numpy(images).unbind(), classes):
            inputs, derivatives = [image.float().add_(1).div_(256)], []
            for w, b in theta:
                z = torch.addmv(b, w, inputs[-1])
                inputs.append(softplus(z))
                derivatives.append(z.sigmoid_())
            miss = inputs.pop().sub_(targets[k])
            losses.append(0.5 * miss.dot(miss).item())
            delta = miss.mul_(derivatives.pop())
            for l in range(len(theta) - 1, -1, -1):
                (w, b), x = theta[l], inputs[l]
                below = torch.mv(w.t(), delta).mul_(derivatives[l - 1]) if l > 0 else None
                w.addr_(delta, x, alpha=-rate)
                b.add_(delta, alpha=-rate)
                if tally:
                    size = delta.abs_()
                    tally[k][l][0].addr_(size, x, alpha=rate)
                    tally[k][l][1].add_(size, alpha=rate)
                delta = below
        return losses

    return run


if __name__ == "__main__":
    common.measure(make)
