"""A net of one size at work on pictures of any: its result is the coarse part, the fine bands are the picture's own
(Engin, Genç, Ekenel 2018, Cycle-Dehaze, section 3.3).
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import conv2d, interpolate, pad

TAPS = (0.0625, 0.25, 0.375, 0.25, 0.0625)
"""Burt and Adelson's filter with a = 0.375."""


class AtOneSize(nn.Module):
    """(N, 3, H, W) in [0, 1] to the same: ``net`` works on a square of ``side``, whatever the aspect."""

    whole = True

    def __init__(self, net: nn.Module, side: int, levels: int = 4) -> None:
        super().__init__()
        self.net, self.side, self.levels = net, side, levels

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        square = interpolate(image, (self.side, self.side), mode="bicubic", antialias=True).clamp(0, 1)
        return with_bands(self.net(square), image, self.levels).clamp(0, 1)


def with_bands(coarse: torch.Tensor, image: torch.Tensor, levels: int = 4) -> torch.Tensor:
    """``coarse`` (N, C, h, w) enlarged to the size of ``image`` with the ``levels`` finest bands of its Laplacian
    pyramid added on the way; not clamped. What is reduced from ``image`` becomes ``image`` again.
    """
    pyramid = [image]
    for _ in range(levels):
        pyramid.append(reduced(pyramid[-1]))
    result = coarse if levels else resized(coarse, image)
    for finer, coarser in zip(reversed(pyramid[:-1]), reversed(pyramid[1:]), strict=True):
        result = resized(result, finer) + finer - resized(coarser, finer)
    return result


def reduced(image: torch.Tensor) -> torch.Tensor:
    """Half of ``image`` (N, C, H, W), sides rounded up, after the filter; borders are repeated."""
    channels = image.shape[1]
    taps = image.new_tensor(TAPS)
    across = taps.view(1, 1, 1, 5).expand(channels, 1, 1, 5)
    padded = pad(image, (2, 2, 2, 2), mode="replicate")
    rows = conv2d(padded, across, stride=(1, 2), groups=channels)
    return conv2d(rows, across.transpose(2, 3), stride=(2, 1), groups=channels)


def resized(image: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """``image`` at the size of ``like``, bicubic; smaller too, where a net's result is larger than a band."""
    size = like.shape[-2:]
    return image if image.shape[-2:] == size else interpolate(image, size, mode="bicubic", antialias=True)
