"""Compact: our small, fast enlarger, 3x3 convolutions throughout, so that every step is one dense matrix product.

It follows the plain nets of recent efficient super-resolution (ECBSR, Zhang et al. 2021; ABPN, Du et al. 2021). Ours
starts as bicubic interpolation: what the body adds is zero before the first round, so training begins where the classic
method ends. And it ends with one step of back projection, which costs next to nothing: what the result lacks to be the
input again when reduced is added to it.
"""

from __future__ import annotations

import torch
from torch import nn

from ganvas.nets.interpolation import BackProjection, interpolation


class Compact(nn.Module):
    """(N, 3, H, W) in [0, 1] to (N, 3, scale·H, scale·W), unclamped.

    ``depth`` activated 3x3 convolutions of ``width`` channels, from the second on in blocks of ``block`` with a skip
    around each; a convolution to 3·scale² channels, and beside them one 5x5 convolution straight from the input; their
    sum is shuffled into pixels. Without ``back_projection`` the net may leave noise of its input behind.
    """

    def __init__(
        self, scale: int, width: int = 40, depth: int = 17, block: int = 2, back_projection: bool = True
    ) -> None:
        super().__init__()
        self.project = BackProjection(scale) if back_projection else None
        self.receptive_field = 2 * (depth + 1 + (BackProjection.reach if back_projection else 0)) + 1
        self.first = nn.Conv2d(3, width, 3, padding=1)
        self.body = nn.ModuleList(
            nn.Sequential(
                *(layer for _ in range(convs) for layer in (nn.PReLU(width), nn.Conv2d(width, width, 3, padding=1)))
            )
            for convs in (min(block, depth - 1 - before) for before in range(0, depth - 1, block))
        )
        self.activation = nn.PReLU(width)
        self.last = nn.Conv2d(width, 3 * scale**2, 3, padding=1)
        self.base = interpolation(scale)
        self.shuffle = nn.PixelShuffle(scale)
        for parameter in self.last.parameters():
            nn.init.zeros_(parameter)

    def forward(self, low: torch.Tensor) -> torch.Tensor:
        features = self.first(low)
        for block in self.body:
            features = features + block(features)
        high = self.last(self.activation(features)) + self.base(low)
        return self.shuffle(high if self.project is None else self.project(high, low))
