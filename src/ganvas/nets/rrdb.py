"""RRDBNet, the generator of ESRGAN (Wang et al. 2018, arXiv 1809.00219) and of Real-ESRGAN (2021, arXiv 2107.10833)."""

from __future__ import annotations

from typing import Literal

import torch
from torch import nn
from torch.nn.functional import pad

from ganvas.nets.receptive_field import receptive_field
from ganvas.nets.srresnet import Residual


class DenseBlock(nn.Module):
    """x + residual_scale · x_n, where each of n 3x3 convolutions reads x and all results before it.

    The first n - 1 make ``growth`` channels and are activated, the last makes ``width`` and is not.
    """

    def __init__(
        self, width: int = 64, growth: int = 32, depth: int = 5, residual_scale: float = 0.2, slope: float = 0.2
    ) -> None:
        super().__init__()
        self.convs = nn.ModuleList(
            nn.Conv2d(width + index * growth, growth if index < depth - 1 else width, 3, padding=1)
            for index in range(depth)
        )
        self.activation = nn.LeakyReLU(slope)
        self.residual_scale = residual_scale

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        features = [input]
        *inner, last = self.convs
        for conv in inner:
            features.append(self.activation(conv(torch.cat(features, dim=1))))
        return torch.add(input, last(torch.cat(features, dim=1)), alpha=self.residual_scale)


def rrdb(width: int = 64, growth: int = 32, residual_scale: float = 0.2, slope: float = 0.2) -> Residual:
    """Residual in residual: three dense blocks, scaled and added to what went in."""
    dense = (DenseBlock(width, growth, residual_scale=residual_scale, slope=slope) for _ in range(3))
    return Residual(*dense, scale=residual_scale)


class RRDBNet(nn.Module):
    """(N, 3, H, W) in [0, 1] to (N, 3, scale·H, scale·W), unclamped.

    The body enlarges four times; at scale 2 and 1 it works on the picture folded 2x2 and 4x4 into channels, for which
    odd sides are filled up by repeating the border. ``multiple`` is the side of that fold: tiles must begin at a
    multiple of it. ``init_scale`` shrinks the first weights of the dense blocks: without it and ``residual_scale`` deep
    nets without normalisation diverge. 16,697,987 parameters at scale 4.
    """

    def __init__(
        self,
        scale: Literal[1, 2, 4] = 4,
        width: int = 64,
        growth: int = 32,
        blocks: int = 23,
        residual_scale: float = 0.2,
        init_scale: float = 0.1,
    ) -> None:
        super().__init__()
        self.scale: int = scale
        self.multiple = 4 // scale
        self.unshuffle = nn.PixelUnshuffle(self.multiple)
        self.first = conv(3 * self.multiple**2, width)
        self.trunk = Residual(*(rrdb(width, growth, residual_scale) for _ in range(blocks)), conv(width, width))
        self.up = nn.Sequential(
            *(layer for _ in range(2) for layer in (nn.Upsample(scale_factor=2), conv(width, width), nn.LeakyReLU(0.2)))
        )
        self.tail = nn.Sequential(conv(width, width), nn.LeakyReLU(0.2), conv(width, 3))
        self.receptive_field = receptive_field(self.unshuffle, self.first, self.trunk, self.up, self.tail)
        begin_small(self, init_scale)

    def forward(self, low: torch.Tensor) -> torch.Tensor:
        height, width = low.shape[-2:]
        if self.multiple > 1:
            low = pad(low, (0, -width % self.multiple, 0, -height % self.multiple), mode="replicate")
        high = self.tail(self.up(self.trunk(self.first(self.unshuffle(low)))))
        return high[..., : self.scale * height, : self.scale * width]


def conv(inputs: int, outputs: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, padding=1)


def begin_small(net: nn.Module, scale: float) -> None:
    """Initialises the dense blocks of ``net``: Kaiming's normal weights times ``scale``, zero biases."""
    for block in net.modules():
        if isinstance(block, DenseBlock):
            for name, parameter in block.named_parameters():
                if name.endswith("bias"):
                    nn.init.zeros_(parameter)
                else:
                    nn.init.kaiming_normal_(parameter)
                    with torch.no_grad():
                        parameter.mul_(scale)
