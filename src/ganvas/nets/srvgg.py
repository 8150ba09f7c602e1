"""SRVGGNet, Real-ESRGAN's compact generator: plain convolutions at low resolution (Wang et al. 2021)."""

from __future__ import annotations

import torch
from torch import nn

from ganvas.nets.receptive_field import receptive_field


class SRVGGNet(nn.Module):
    """(N, 3, H, W) in [0, 1] to (N, 3, scale·H, scale·W), unclamped: what is learnt is added to the nearest pixel.

    ``convs`` convolutions between the first and the last, each with one PReLU slope a channel. 621,424 parameters with
    16 convolutions at scale 4, 1,213,296 with 32.
    """

    def __init__(self, scale: int = 4, convs: int = 16, width: int = 64) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, width, 3, padding=1), nn.PReLU(width)]
        for _ in range(convs):
            layers += [nn.Conv2d(width, width, 3, padding=1), nn.PReLU(width)]
        self.body = nn.Sequential(*layers, nn.Conv2d(width, 3 * scale**2, 3, padding=1))
        self.shuffle = nn.PixelShuffle(scale)
        self.base = nn.Upsample(scale_factor=scale)
        self.receptive_field = receptive_field(self.body, self.shuffle)

    def forward(self, low: torch.Tensor) -> torch.Tensor:
        return self.shuffle(self.body(low)) + self.base(low)
