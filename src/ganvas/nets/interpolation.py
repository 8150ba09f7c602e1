"""Bicubic interpolation as a convolution and a pixel shuffle: where enlargers start from, or what they leave to it."""

from __future__ import annotations

import torch
from torch import nn


def kernels(scale: int) -> torch.Tensor:
    """One 5x5 kernel for each of the scale² positions within a pixel, (scale², 5, 5) (Keys 1981, a = -1/2)."""
    phase = (torch.arange(scale) + 0.5) / scale - 0.5
    x = (phase[:, None] - torch.arange(-2, 3)).abs()
    near, far = (1.5 * x - 2.5) * x * x + 1, ((-0.5 * x + 2.5) * x - 4) * x + 2
    keys = torch.where(x <= 1, near, torch.where(x < 2, far, torch.zeros_like(x)))
    return torch.einsum("ah,bw->abhw", keys, keys).reshape(scale**2, 5, 5)


def interpolation(scale: int, channels: int = 3) -> nn.Conv2d:
    """A convolution that, before a pixel shuffle, enlarges each channel by bicubic; the border is repeated outwards."""
    conv = nn.Conv2d(channels, channels * scale**2, 5, padding=2, padding_mode="replicate", bias=False)
    with torch.no_grad():
        weight = torch.einsum("io,phw->ipohw", torch.eye(channels), kernels(scale))
        conv.weight.copy_(weight.reshape(channels * scale**2, channels, 5, 5))
    return conv
