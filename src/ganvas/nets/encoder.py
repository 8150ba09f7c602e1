"""From a picture back to its code."""

from __future__ import annotations

import torch
from torch import nn


class ConvEncoder(nn.Module):
    """Pictures (N, channels, height, width) in [0, 1] to codes (N, ``dims``), ``bounded`` to (-1, 1) by tanh.

    The layers are those of DCGAN's discriminator, as in iGAN (Zhu et al. 2016): kernels of 5, stride 2, from ``width``
    maps twice as many each time, leaky ReLU, batch norm in all but the first, until 4 pixels or fewer are left.
    """

    def __init__(
        self, channels: int, height: int, across: int, dims: int, width: int = 32, *, bounded: bool = False
    ) -> None:
        super().__init__()
        self.settings = {
            "channels": channels,
            "height": height,
            "across": across,
            "dims": dims,
            "width": width,
            "bounded": bounded,
        }
        layers: list[nn.Module] = []
        while max(height, across) > 4:
            norm = [nn.BatchNorm2d(width)] if layers else []
            layers += [nn.Conv2d(channels, width, 5, 2, 2, bias=not norm), *norm, nn.LeakyReLU(0.2)]
            height, across = (height + 1) // 2, (across + 1) // 2
            channels, width = width, 2 * width
        layers += [nn.Flatten(), nn.Linear(channels * height * across, dims)]
        self.body = nn.Sequential(*layers, *([nn.Tanh()] if bounded else []))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.body(2 * image - 1)
