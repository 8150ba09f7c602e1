"""SRResNet and the discriminator that makes it SRGAN (Ledig et al. 2017, arXiv 1609.04802, figure 4)."""

from __future__ import annotations

from typing import Literal

import torch
from torch import nn

from ganvas.nets.receptive_field import receptive_field

Slopes = Literal["shared", "channel"]

STEPS = {2: (2,), 3: (3,), 4: (2, 2)}
"""The pixel shuffles that make each scale."""


class Residual(nn.Sequential):
    """x + scale · layers(x)."""

    def __init__(self, *layers: nn.Module, scale: float = 1.0) -> None:
        super().__init__(*layers)
        self.scale = scale

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return torch.add(input, super().forward(input), alpha=self.scale)


class SRResNet(nn.Module):
    """(N, 3, H, W) in [0, 1] to (N, 3, scale·H, scale·W), unclamped unless ``output`` is tanh.

    As in the paper the net reads [0, 1] and aims at [-1, 1], which leaves it as [0, 1]. ``prelu`` is one slope a layer
    or one a channel; ``conv_bias`` False drops the biases that batch normalisation takes away again. 1,549,462
    parameters; 734,219 with five blocks.
    """

    def __init__(
        self,
        scale: Literal[2, 3, 4] = 4,
        blocks: int = 16,
        width: int = 64,
        prelu: Slopes = "shared",
        conv_bias: bool = True,
        long_skip: bool = True,
        output: Literal["none", "tanh"] = "none",
    ) -> None:
        super().__init__()
        slopes = 1 if prelu == "shared" else width
        self.first = nn.Sequential(nn.Conv2d(3, width, 9, padding=4), nn.PReLU(slopes))
        trunk = [
            *(Residual(*normed(width, conv_bias), nn.PReLU(slopes), *normed(width, conv_bias)) for _ in range(blocks)),
            *normed(width, conv_bias),
        ]
        self.trunk = Residual(*trunk) if long_skip else nn.Sequential(*trunk)
        self.up = nn.Sequential(
            *(layer for step in STEPS[scale] for layer in (*shuffled(width, width, step), nn.PReLU(slopes)))
        )
        self.last = nn.Conv2d(width, 3, 9, padding=4)
        self.output = nn.Tanh() if output == "tanh" else nn.Identity()
        self.receptive_field = receptive_field(self.first, self.trunk, self.up, self.last)

    def forward(self, low: torch.Tensor) -> torch.Tensor:
        high = self.output(self.last(self.up(self.trunk(self.first(low)))))
        return (high + 1) / 2


def normed(width: int, bias: bool) -> tuple[nn.Module, nn.Module]:
    """A 3x3 convolution and batch normalisation."""
    return nn.Conv2d(width, width, 3, padding=1, bias=bias), nn.BatchNorm2d(width)


def shuffled(inputs: int, outputs: int, scale: int, kernel: int = 3) -> tuple[nn.Module, nn.Module]:
    """A convolution and a pixel shuffle, which enlarge ``scale`` times."""
    return nn.Conv2d(inputs, outputs * scale**2, kernel, padding=kernel // 2), nn.PixelShuffle(scale)


class SRGANDiscriminator(nn.Module):
    """(N, 3, crop, crop) in [0, 1] to (N, 1) logits.

    Dense layers judge the crop as a whole: 23,565,505 parameters at 96. With ``crop`` None a global average in front of
    them takes pictures of any size: 5,215,425.
    """

    def __init__(self, crop: int | None = 96) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, 64, 3, padding=1), nn.LeakyReLU(0.2)]
        inputs = 64
        for width, stride in [(64, 2), (128, 1), (128, 2), (256, 1), (256, 2), (512, 1), (512, 2)]:
            layers += [nn.Conv2d(inputs, width, 3, stride, 1), nn.BatchNorm2d(width), nn.LeakyReLU(0.2)]
            inputs = width
        side = 1 if crop is None else -(-crop // 16)
        pool = nn.AdaptiveAvgPool2d(1) if crop is None else nn.Identity()
        self.body = nn.Sequential(*layers, pool, nn.Flatten())
        self.head = nn.Sequential(nn.Linear(512 * side**2, 1024), nn.LeakyReLU(0.2), nn.Linear(1024, 1))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(image))
