"""The generator of CycleGAN (Zhu et al. 2017, arXiv 1703.10593, appendix 7.2), of DeblurGAN and of Cycle-Dehaze."""

from __future__ import annotations

from typing import Literal

import torch
from torch import nn
from torch.nn.functional import dropout as dropped

from ganvas.nets.initialise import initialise
from ganvas.nets.normalisation import Norm, biased, normalisation
from ganvas.nets.sides import filled

Upsampling = Literal["transposed", "resize"]
"""A transposed convolution; or the nearest pixel and a convolution, which leaves no checkerboard."""


class ResNetGenerator(nn.Module):
    """(N, 3, H, W) in [0, 1] to the same, sides of any length.

    ``dropout`` is the probability within each block; while ``noisy`` is True it drops at test time too. With
    ``global_skip`` the net learns what to add to its input (Kupyn et al. 2018, arXiv 1711.07064). 11,378,179 parameters
    with ``norm`` "instance", 11,383,427 with the others; with 6 blocks 7,837,699 and 7,841,411.
    """

    multiple = 4

    def __init__(
        self,
        blocks: int = 9,
        norm: Norm = "instance",
        dropout: float = 0.0,
        global_skip: bool = False,
        width: int = 64,
        upsample: Upsampling = "transposed",
        noisy: bool = False,
    ) -> None:
        super().__init__()
        # worked out by hand for a chain that halves and doubles twice; statistics of instances are not counted
        self.receptive_field = 16 * blocks + (25 if upsample == "transposed" else 31)
        self.dropout, self.global_skip, self.noisy = dropout, global_skip, noisy
        self.enter = nn.Sequential(
            *mirrored(3, width, norm, kernel=7),
            nn.ReLU(),
            *(layer for inputs in (width, 2 * width) for layer in (*halved(inputs, norm), nn.ReLU())),
        )
        self.blocks = nn.ModuleList(Block(4 * width, norm) for _ in range(blocks))
        self.leave = nn.Sequential(
            *(layer for inputs in (4 * width, 2 * width) for layer in (*doubled(inputs, norm, upsample), nn.ReLU())),
            nn.ReflectionPad2d(3),
            nn.Conv2d(width, 3, 7),
            nn.Tanh(),
        )
        initialise(self)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        height, width = image.shape[-2:]
        inside = filled(2 * image - 1, self.multiple, least=8)  # a map of 1x1 could not be mirrored or normalised
        features = self.enter(inside)
        for block in self.blocks:
            features = block(features, self.dropout if self.training or self.noisy else 0.0)
        made = self.leave(features)
        if self.global_skip:
            made = (inside + made).clamp(-1, 1)
        return (made[..., :height, :width] + 1) / 2


class Block(nn.Module):
    """x + convolution(dropout(convolution(x)))."""

    def __init__(self, width: int, norm: Norm) -> None:
        super().__init__()
        self.first = nn.Sequential(*mirrored(width, width, norm), nn.ReLU())
        self.second = nn.Sequential(*mirrored(width, width, norm))

    def forward(self, features: torch.Tensor, dropout: float) -> torch.Tensor:
        return features + self.second(dropped(self.first(features), dropout))


def mirrored(inputs: int, outputs: int, norm: Norm, kernel: int = 3) -> list[nn.Module]:
    """A convolution that sees its input mirrored beyond the border, and its norm."""
    conv = nn.Conv2d(inputs, outputs, kernel, bias=biased(norm))
    return [nn.ReflectionPad2d(kernel // 2), conv, normalisation(norm, outputs)]


def halved(inputs: int, norm: Norm) -> list[nn.Module]:
    """Half the sides, twice the channels."""
    conv = nn.Conv2d(inputs, 2 * inputs, 3, stride=2, padding=1, bias=biased(norm))
    return [conv, normalisation(norm, 2 * inputs)]


def doubled(inputs: int, norm: Norm, upsample: Upsampling) -> list[nn.Module]:
    """Twice the sides, half the channels."""
    outputs = inputs // 2
    if upsample == "resize":
        return [nn.Upsample(scale_factor=2), *mirrored(inputs, outputs, norm)]
    conv = nn.ConvTranspose2d(inputs, outputs, 3, stride=2, padding=1, output_padding=1, bias=biased(norm))
    return [conv, normalisation(norm, outputs)]
