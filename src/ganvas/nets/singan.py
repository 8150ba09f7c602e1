"""The two nets of a level of SinGAN, which see 11 x 11 pixels (Rott Shaham, Dekel, Michaeli 2019, arXiv 1905.01164).

The sizes and the start are those of the authors' code; both nets work on pictures in [-1, 1].
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn


def width_of(level: int, first: int = 32, last: int = 128) -> int:
    """Channels of the nets of ``level`` (0 = coarsest): twice as many every four levels.

    >>> [width_of(level) for level in (0, 3, 4, 7, 8, 12)]
    [32, 32, 64, 64, 128, 128]
    """
    return min(first * 2 ** (level // 4), last)


class SinGANGenerator(nn.Module):
    """psi(x) + y of equation 2, where x is y with noise on it: x (N, 3, H + 2·margin, W + 2·margin) to (N, 3, H, W).

    ``y`` may be of the size of x; its centre is taken. No convolution pads, so the margin, 5 with five of kernel 3,
    is the caller's to give. 29,763 parameters at width 32, 114,819 at 64, 450,819 at 128.
    """

    def __init__(self, widths: Sequence[int] = (32, 32, 32, 32), kernel: int = 3) -> None:
        super().__init__()
        self.layers = layers(3, widths, 3, kernel)
        self.receptive_field = 1 + (kernel - 1) * (len(widths) + 1)

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        made = self.layers(x).tanh()
        return made + centre(y, (made.shape[-2], made.shape[-1]))


class SinGANCritic(nn.Module):
    """(N, 3, H, W) to a map of scores (N, 1, H - 2·margin, W - 2·margin), one for each patch.

    29,185 parameters at width 32, 113,665 at 64, 448,513 at 128.
    """

    def __init__(self, widths: Sequence[int] = (32, 32, 32, 32), kernel: int = 3) -> None:
        super().__init__()
        self.layers = layers(3, widths, 1, kernel)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.layers(image)


def layers(inputs: int, widths: Sequence[int], outputs: int, kernel: int) -> nn.Sequential:
    """A normed and activated convolution for each of ``widths``, then one to ``outputs``; weights drawn anew."""
    stack: list[nn.Module] = []
    for width in widths:
        conv = nn.Conv2d(inputs, width, kernel)
        stack.append(nn.Sequential(conv, nn.BatchNorm2d(width), nn.LeakyReLU(0.2, inplace=True)))
        inputs = width
    return nn.Sequential(*stack, nn.Conv2d(inputs, outputs, kernel)).apply(_draw)


def centre(image: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """The middle of ``image``, ``size`` (height, width)."""
    top, left = (image.shape[-2] - size[0]) // 2, (image.shape[-1] - size[1]) // 2
    return image[..., top : top + size[0], left : left + size[1]]


def _draw(module: nn.Module) -> None:
    """The authors' start; the biases of the convolutions keep PyTorch's."""
    if isinstance(module, nn.Conv2d):
        nn.init.normal_(module.weight, 0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1, 0.02)
