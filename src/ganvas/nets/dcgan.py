"""Generators of noise and their judges: DCGAN's (Radford, Metz, Chintala 2016, arXiv 1511.06434), those that the codes
of WGAN and WGAN-GP put in its place, and their multilayer perceptrons.

Pictures are in [0, 1]; the nets work on [-1, 1] and convert at the door.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import torch
from torch import nn

from ganvas.nets.initialise import initialise

Design = Literal["dcgan", "wgan", "wgan-gp"]
"""Whose code: kernels of 5 and dense layers at 4x4, no biases, N(0, 0.02); the same with kernels of 4 and convolutions
at 4x4; DCGAN's kernels with biases and weights drawn after He.
"""

CriticNorm = Literal["batch", "layer", "none"]
"""A gradient penalty is for each picture alone, so it forbids the first; "layer" is over all of a picture's map."""


class DCGANGenerator(nn.Module):
    """Noise (N, ``noise``) to pictures (N, channels, side, side) in [0, 1]; ``side`` is a power of two from 8 on.

    ``width`` is that of the last hidden layer, each before it has twice as many maps unless they are ``constant``.
    18,885,760 parameters, 18,851,200 of them weights; with design "wgan" and width 64 3,576,704, without ``norm``
    3,574,784; constant 64 of noise 128 without norm, as WGAN-GP's code has it, 444,291.
    """

    def __init__(
        self,
        side: int = 64,
        channels: int = 3,
        width: int = 128,
        noise: int = 100,
        design: Design = "dcgan",
        *,
        norm: bool = True,
        constant: bool = False,
    ) -> None:
        super().__init__()
        widths = [width if constant else width * 2**doubling for doubling in reversed(range(doublings(side)))]
        stack = _rising(noise, widths[0], design, norm)
        for inputs, outputs in pairwise(widths):
            stack.append(_enlarging(inputs, outputs, design))
            stack += [nn.BatchNorm2d(outputs)] if norm else []
            stack.append(nn.ReLU())
        self.body = nn.Sequential(*stack, _enlarging(widths[-1], channels, design), nn.Tanh())
        start(self, design)

    def forward(self, noise: torch.Tensor) -> torch.Tensor:
        return (self.body(noise) + 1) / 2


class DCGANDiscriminator(nn.Module):
    """Pictures (N, channels, side, side) in [0, 1] to logits, or scores of a critic, (N, 1).

    ``width`` is that of the first layer, which has no norm; each further one has twice as many maps. 17,232,768
    parameters; with design "wgan" and width 64 2,765,568.
    """

    def __init__(
        self,
        side: int = 64,
        channels: int = 3,
        width: int = 128,
        design: Design = "dcgan",
        norm: CriticNorm = "batch",
    ) -> None:
        super().__init__()
        widths = [width * 2**halving for halving in range(doublings(side))]
        stack: list[nn.Module] = [_halving(channels, width, design), nn.LeakyReLU(0.2)]
        for inputs, outputs in pairwise(widths):
            stack += [_halving(inputs, outputs, design), *_normed(outputs, norm), nn.LeakyReLU(0.2)]
        self.body = nn.Sequential(*stack, *_falling(widths[-1], design))
        start(self, design)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.body(2 * image - 1)


class MLPGenerator(nn.Module):
    """Noise (N, ``noise``) to pictures about [0, 1], with no bound: WGAN's code has none. 6,880,768 parameters."""

    def __init__(self, side: int = 64, channels: int = 3, width: int = 512, noise: int = 100) -> None:
        super().__init__()
        shape = (channels, side, side)
        self.body = nn.Sequential(*_perceptron(noise, width, channels * side**2), nn.Unflatten(1, shape))

    def forward(self, noise: torch.Tensor) -> torch.Tensor:
        return (self.body(noise) + 1) / 2


class MLPDiscriminator(nn.Module):
    """Pictures (N, channels, side, side) in [0, 1] to logits, or scores of a critic, (N, 1). 6,817,793 parameters."""

    def __init__(self, side: int = 64, channels: int = 3, width: int = 512) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(), *_perceptron(channels * side**2, width, 1))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.body(2 * image - 1)


def doublings(side: int) -> int:
    """How often 4 is doubled to reach ``side``.

    >>> doublings(64)
    4
    """
    if side < 8 or side & (side - 1):
        raise ValueError(f"side must be a power of two from 8 on, not {side}")
    return side.bit_length() - 3


def start(net: nn.Module, design: Design) -> None:
    """Draws the weights of ``net`` anew: N(0, 0.02), scales of norms N(1, 0.02), biases zero; or, as WGAN-GP's code,
    uniform ones of variance 4 / (fan in + fan out), scales one.
    """
    if design == "wgan-gp":
        for layer in net.modules():
            if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
                _he(layer)
        return
    initialise(net)
    for layer in net.modules():
        match layer:
            case nn.Linear():
                nn.init.normal_(layer.weight, 0, 0.02)
            case nn.BatchNorm1d() | nn.GroupNorm():
                nn.init.normal_(layer.weight, 1, 0.02)
            case _:
                pass


def _he(layer: nn.Conv2d | nn.ConvTranspose2d | nn.Linear) -> None:
    outputs, inputs = layer.weight[..., 0, 0].shape if layer.weight.ndim == 4 else layer.weight.shape
    taps = layer.weight[0, 0].numel() if layer.weight.ndim == 4 else 1
    # A stride of two leaves each output of the one kind, each input of the other, a quarter of the taps. Transposed
    # convolutions hold their weights the other way round, so the two quarters change places with inputs and outputs.
    quarter = 4 if layer.weight.ndim == 4 else 1
    bound = (3 * 4 / (taps * (inputs + outputs / quarter))) ** 0.5
    nn.init.uniform_(layer.weight, -bound, bound)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)


def _rising(noise: int, width: int, design: Design, norm: bool) -> list[nn.Module]:
    """From noise to 4x4; DCGAN's code norms each of the 16 · ``width`` features of its dense layer."""
    if design == "wgan":
        first = [nn.Unflatten(1, (noise, 1, 1)), nn.ConvTranspose2d(noise, width, 4, bias=False)]
        return [*first, *([nn.BatchNorm2d(width)] if norm else []), nn.ReLU()]
    dense = nn.Linear(noise, 16 * width, bias=design == "wgan-gp")
    normed = [nn.BatchNorm1d(16 * width)] if norm else []
    return [dense, *normed, nn.Unflatten(1, (width, 4, 4)), nn.ReLU()]


def _falling(width: int, design: Design) -> list[nn.Module]:
    """From 4x4 to one number."""
    if design == "wgan":
        return [nn.Conv2d(width, 1, 4, bias=False), nn.Flatten()]
    return [nn.Flatten(), nn.Linear(16 * width, 1, bias=design == "wgan-gp")]


def _enlarging(inputs: int, outputs: int, design: Design) -> nn.ConvTranspose2d:
    if design == "wgan":
        return nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False)
    return nn.ConvTranspose2d(inputs, outputs, 5, 2, 2, output_padding=1, bias=design == "wgan-gp")


def _halving(inputs: int, outputs: int, design: Design) -> nn.Conv2d:
    if design == "wgan":
        return nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False)
    return nn.Conv2d(inputs, outputs, 5, 2, 2, bias=design == "wgan-gp")


def _normed(channels: int, norm: CriticNorm) -> list[nn.Module]:
    match norm:
        case "batch":
            return [nn.BatchNorm2d(channels)]
        case "layer":
            return [nn.GroupNorm(1, channels)]
        case "none":
            return []


def _perceptron(inputs: int, width: int, outputs: int) -> list[nn.Module]:
    """Three hidden layers, as in WGAN's code; its paper speaks of four."""
    hidden = [layer for size in (inputs, width, width) for layer in (nn.Linear(size, width), nn.ReLU())]
    return [*hidden, nn.Linear(width, outputs)]
