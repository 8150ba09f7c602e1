"""ESRGAN's discriminator in the style of VGG, as the authors' code has it (Wang et al. 2018, arXiv 1809.00219)."""

from __future__ import annotations

import torch
from torch import nn


class VGGDiscriminator(nn.Module):
    """(N, 3, size, size) in [0, 1] to (N, 1) logits; ``size`` is a power of two from 8 on.

    Each level halves the sides until 4x4 are left, which dense layers judge: 14,499,401 parameters at 128, 21,055,049
    at 256.
    """

    def __init__(self, size: int = 128) -> None:
        super().__init__()
        if size < 8 or size & (size - 1):
            raise ValueError(f"the size must be a power of two from 8 on, not {size}")
        layers: list[nn.Module] = [nn.Conv2d(3, 64, 3, padding=1), nn.LeakyReLU(0.2), *activated(64, 64, 4)]
        width = 64
        for _ in range(size.bit_length() - 4):
            inputs, width = width, min(2 * width, 512)
            layers += [*activated(inputs, width, 3), *activated(width, width, 4)]
        self.body = nn.Sequential(*layers, nn.Flatten())
        self.head = nn.Sequential(nn.Linear(width * 4 * 4, 100), nn.LeakyReLU(0.2), nn.Linear(100, 1))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(image))


def activated(inputs: int, outputs: int, kernel: int) -> tuple[nn.Module, nn.Module, nn.Module]:
    """A normed and activated convolution; kernel 3 keeps the size, kernel 4 halves it."""
    conv = nn.Conv2d(inputs, outputs, kernel, stride=kernel - 2, padding=1, bias=False)
    return conv, nn.BatchNorm2d(outputs), nn.LeakyReLU(0.2)
