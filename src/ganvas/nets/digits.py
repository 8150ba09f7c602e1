"""The notes' classifier of digits, on which they try what may halve the sides of a map."""

from __future__ import annotations

from typing import Literal

import torch
from torch import nn

Halving = Literal["max", "stride", "subsampling"]
"""Max-pooling; a convolution with stride 2, normalised and activated; or every second place of what was there."""

Kernel = Literal[2, 3, 4]


class Subsampling(nn.Module):
    """(N, C, H, W) to (N, C, ceil(H / 2), ceil(W / 2)): the convolution before might as well have had stride 2."""

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return features[..., ::2, ::2]


class DigitClassifier(nn.Sequential):
    """(N, 1, 28, 28) in [0, 1] to (N, 10) logits: 199 width² + 77 width + 10 parameters, none of them in the halving.

    The notes name its pieces, not its layout; their counts at five widths allow this one: valid convolutions leave
    26, 24, halved 12, then 10, 8, halved 4, then 2 and 1 places a side. With ``halving`` "stride" each of the two
    convolutions of ``kernel`` has a bias beside its norm, which adds 5 kernel² width² + 9 width.
    """

    def __init__(self, width: int = 64, halving: Halving = "max", kernel: Kernel = 2) -> None:
        layers: list[nn.Module] = []
        inputs = 1
        for outputs in (width, 2 * width):
            layers += [*activated(inputs, outputs, 3), *activated(outputs, outputs, 3)]
            layers += halved(outputs, halving, kernel)
            inputs = outputs
        layers += [*activated(inputs, 2 * inputs, 3), *activated(2 * inputs, 2 * inputs, 2)]
        super().__init__(*layers, nn.Flatten(), nn.Linear(4 * width, 10))


def activated(inputs: int, outputs: int, kernel: int) -> list[nn.Module]:
    """A valid convolution, normalised and activated."""
    return [nn.Conv2d(inputs, outputs, kernel, bias=False), nn.BatchNorm2d(outputs), nn.LeakyReLU(0.1)]


def halved(channels: int, halving: Halving, kernel: Kernel) -> list[nn.Module]:
    """What makes of even sides their half."""
    match halving:
        case "max":
            return [nn.MaxPool2d(2)]
        case "subsampling":
            return [Subsampling()]
        case "stride":
            conv = nn.Conv2d(channels, channels, kernel, stride=2, padding=(kernel - 1) // 2)
            return [conv, nn.BatchNorm2d(channels), nn.LeakyReLU(0.1)]
