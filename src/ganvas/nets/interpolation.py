"""Bicubic interpolation as a convolution and a pixel shuffle: where enlargers start from, or what they leave to it."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import conv2d, pad


def kernels(scale: int) -> torch.Tensor:
    """One 5x5 kernel for each of the scale² positions within a pixel, (scale², 5, 5) (Keys 1981, a = -1/2)."""
    keys = _keys(_distances(scale))
    return torch.einsum("ah,bw->abhw", keys, keys).reshape(scale**2, 5, 5)


def _distances(scale: int) -> torch.Tensor:
    """From each of the ``scale`` positions within a pixel to the five pixels around it, in pixels."""
    phase = (torch.arange(scale) + 0.5) / scale - 0.5
    return (phase[:, None] - torch.arange(-2, 3)).abs()


def _keys(x: torch.Tensor) -> torch.Tensor:
    near, far = (1.5 * x - 2.5) * x * x + 1, ((-0.5 * x + 2.5) * x - 4) * x + 2
    return torch.where(x <= 1, near, torch.where(x < 2, far, torch.zeros_like(x)))


def interpolation(scale: int, channels: int = 3) -> nn.Conv2d:
    """A convolution that, before a pixel shuffle, enlarges each channel by bicubic; the border is repeated outwards."""
    conv = nn.Conv2d(channels, channels * scale**2, 5, padding=2, padding_mode="replicate", bias=False)
    with torch.no_grad():
        weight = torch.einsum("io,phw->ipohw", torch.eye(channels), kernels(scale))
        conv.weight.copy_(weight.reshape(channels * scale**2, channels, 5, 5))
    return conv


class BackProjection(nn.Module):
    """Adds to an enlarged picture what it lacks to be its input again when it is reduced (Irani, Peleg 1991).

    high + enlarged(low - reduced(high)), both by bicubic, the reduction antialiased. The high picture is
    (N, 3·scale², H, W), as it is before a pixel shuffle, the low one (N, 3, H, W): so each step is one small
    convolution. Nothing is learnt here. An output pixel sees 4 low pixels farther than without.
    """

    reach = 4

    def __init__(self, scale: int, channels: int = 3) -> None:
        super().__init__()
        one = torch.eye(channels)
        up = torch.einsum("io,phw->ipohw", one, kernels(scale)).reshape(-1, channels, 5, 5)
        # Antialiased, a high pixel counts by its distance from the low one's centre, which is the same as above.
        weight = _keys(_distances(scale)).flip(1)
        weight = weight / weight.sum()
        folded = torch.einsum("ah,bw->abhw", weight, weight).reshape(scale**2, 5, 5)
        down = torch.einsum("io,phw->iophw", one, folded).reshape(channels, -1, 5, 5)
        self.up: torch.Tensor
        self.down: torch.Tensor
        self.register_buffer("up", up, persistent=False)
        self.register_buffer("down", down, persistent=False)

    def forward(self, high: torch.Tensor, low: torch.Tensor) -> torch.Tensor:
        lacking = low - conv2d(pad(high, [2] * 4, mode="replicate"), self.down)
        return high + conv2d(pad(lacking, [2] * 4, mode="replicate"), self.up)
