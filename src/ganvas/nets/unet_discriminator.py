"""Real-ESRGAN's discriminator: a U-Net that judges every pixel (Wang et al. 2021, arXiv 2107.10833, figure 6)."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import interpolate
from torch.nn.utils.parametrizations import spectral_norm


class UNetDiscriminator(nn.Module):
    """(N, 3, H, W) in [0, 1], sides from 8 on, to logits (N, 1, H, W).

    ``spectral`` bounds the norm of every convolution but the first and last. 4,376,897 parameters at width 64.
    """

    def __init__(self, width: int = 64, spectral: bool = True) -> None:
        super().__init__()

        def conv(inputs: int, outputs: int, kernel: int = 3) -> nn.Sequential:
            layer = nn.Conv2d(inputs, outputs, kernel, stride=kernel - 2, padding=1, bias=False)
            return nn.Sequential(spectral_norm(layer) if spectral else layer, nn.LeakyReLU(0.2))

        widths = [width, 2 * width, 4 * width, 8 * width]
        self.first = nn.Sequential(nn.Conv2d(3, width, 3, padding=1), nn.LeakyReLU(0.2))
        self.down = nn.ModuleList(conv(widths[i], widths[i + 1], kernel=4) for i in range(3))
        self.up = nn.ModuleList(conv(widths[i + 1], widths[i]) for i in reversed(range(3)))
        self.last = nn.Sequential(conv(width, width), conv(width, width), nn.Conv2d(width, 1, 3, padding=1))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        features = self.first(image)
        skips: list[torch.Tensor] = []
        for down in self.down:
            skips.append(features)
            features = down(features)
        for up in self.up:
            skip = skips.pop()
            # the size of the skip is twice that of the features, or one more where it was odd
            features = up(interpolate(features, skip.shape[-2:], mode="bilinear")) + skip
        return self.last(features)
