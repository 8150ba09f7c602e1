"""The growing nets of Karras et al. 2018 (ProGAN, arXiv 1710.10196, table 2), their widths and switches as in the code.

Level 0 makes and judges 4x4 pixels, each further one twice as many a side. ``level`` says how far a net has grown, and
``alpha`` how far its last level is faded in; all layers are there from the start, those above ``level`` unused.
Pictures are in [0, 1]; the nets work on [-1, 1].
"""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import nn
from torch.nn.functional import avg_pool2d, conv2d, interpolate, linear


class EqualisedConv(nn.Module):
    """A convolution whose weights are N(0, 1) and scaled by gain / sqrt(fan in) at run time (section 4.1), so that all
    of them learn at one speed under Adam. It keeps the size unless another ``padding`` is given.
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int, gain: float = math.sqrt(2), padding: int | None = None
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.scale = gain / math.sqrt(inputs * kernel**2)
        self.padding = kernel // 2 if padding is None else padding

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        return conv2d(maps, self.weight * self.scale, self.bias, padding=self.padding)


class EqualisedDense(nn.Module):
    """(N, inputs) to (N, outputs), in the same way."""

    def __init__(self, inputs: int, outputs: int, gain: float = math.sqrt(2)) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.scale = gain / math.sqrt(inputs)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return linear(features, self.weight * self.scale, self.bias)


class PixelNorm(nn.Module):
    """Each pixel's vector of channels, or each vector, scaled to mean square 1 (section 4.2)."""

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        return maps * (maps.square().mean(dim=1, keepdim=True) + 1e-8).rsqrt()


class MinibatchDeviation(nn.Module):
    """(N, C, H, W) to (N, C + 1, H, W): how much the pictures of a group differ, in one more map (section 3).

    That is the mean, over channels and pixels, of the standard deviation within the group. The paper's group is the
    batch, the code's at most ``group``, here the largest number up to it that divides the batch.
    """

    def __init__(self, group: int = 4) -> None:
        super().__init__()
        self.group = group

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        count, _, height, width = maps.shape
        size = next(size for size in range(min(self.group, count), 0, -1) if count % size == 0)
        groups = maps.unflatten(0, (size, count // size))  # as in the code: neighbours are in different groups
        deviation = (groups.var(dim=0, correction=0) + 1e-8).sqrt().mean(dim=(1, 2, 3))
        more = deviation.repeat(size).view(count, 1, 1, 1).expand(-1, 1, height, width)
        return torch.cat([maps, more], dim=1)


class ProGANGenerator(nn.Module):
    """Noise (N, ``noise``), put on a sphere first, to pictures (N, channels, S, S), S = 4 · 2^level up to ``side``.

    Their values are about [0, 1], with no bound. 23,079,115 parameters at 1024.
    """

    level: torch.Tensor
    alpha: torch.Tensor

    def __init__(
        self, side: int = 1024, channels: int = 3, noise: int = 512, base: int = 8192, largest: int = 512
    ) -> None:
        super().__init__()
        widths = widths_of(side, base, largest)
        # With one input pixel and a padding of 3 this convolution is the dense layer to 4x4, a bias for each map.
        dense = EqualisedConv(noise, widths[0], 4, padding=3)
        self.first = nn.Sequential(PixelNorm(), dense, *_settled(), *_made(widths[0], widths[0]))
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Upsample(scale_factor=2), *_made(inputs, outputs), *_made(outputs, outputs))
            for inputs, outputs in pairwise(widths)
        )
        self.to_rgb = nn.ModuleList(EqualisedConv(width, channels, 1, gain=1) for width in widths)
        _stands(self, len(widths) - 1)

    def forward(self, noise: torch.Tensor) -> torch.Tensor:
        level, alpha = int(self.level), float(self.alpha)
        below = maps = self.first(noise[:, :, None, None])
        for block in list(self.blocks)[:level]:
            below, maps = maps, block(maps)
        image = self.to_rgb[level](maps)
        if level and alpha < 1:
            image = torch.lerp(doubled(self.to_rgb[level - 1](below)), image, alpha)
        return (image + 1) / 2


class ProGANDiscriminator(nn.Module):
    """Pictures (N, channels, S, S), S = 4 · 2^level up to ``side``, to scores (N, 1). 23,087,249 parameters at 1024."""

    level: torch.Tensor
    alpha: torch.Tensor

    def __init__(
        self, side: int = 1024, channels: int = 3, base: int = 8192, largest: int = 512, group: int = 4
    ) -> None:
        super().__init__()
        widths = widths_of(side, base, largest)
        self.from_rgb = nn.ModuleList(
            nn.Sequential(EqualisedConv(channels, width, 1), nn.LeakyReLU(0.2)) for width in widths
        )
        self.blocks = nn.ModuleList(
            nn.Sequential(*_judged(above, above), EqualisedConv(above, below, 3), nn.AvgPool2d(2), nn.LeakyReLU(0.2))
            for below, above in pairwise(widths)
        )
        hidden = width_of(0, base, largest)
        self.last = nn.Sequential(
            MinibatchDeviation(group),
            *_judged(widths[0] + 1, widths[0]),
            nn.Flatten(),
            EqualisedDense(16 * widths[0], hidden),
            nn.LeakyReLU(0.2),
            EqualisedDense(hidden, 1, gain=1),
        )
        _stands(self, len(widths) - 1)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        level, alpha = int(self.level), float(self.alpha)
        image = 2 * image - 1
        maps = self.from_rgb[level](image)
        for at in range(level, 0, -1):
            maps = self.blocks[at - 1](maps)
            if at == level and alpha < 1:
                maps = torch.lerp(self.from_rgb[level - 1](halved(image)), maps, alpha)
        return self.last(maps)


def grow(net: ProGANGenerator | ProGANDiscriminator, level: int, alpha: float = 1.0) -> None:
    """Has ``net`` make or judge pictures of ``level``, that level being there to ``alpha``."""
    if not 0 <= level < 1 + len(net.blocks):
        raise ValueError(f"there is no level {level}: the net has 0 to {len(net.blocks)}")
    net.level.fill_(level)
    net.alpha.fill_(alpha)


def faded(image: torch.Tensor, alpha: float) -> torch.Tensor:
    """Real pictures while a level fades in: as far as it is not there yet they are as the level below shows them."""
    return image if alpha >= 1 else torch.lerp(doubled(halved(image)), image, alpha)


def doubled(image: torch.Tensor) -> torch.Tensor:
    """Each pixel as a square of four."""
    return interpolate(image, scale_factor=2.0)


def halved(image: torch.Tensor) -> torch.Tensor:
    """Each square of four pixels as their mean."""
    return avg_pool2d(image, 2)


def last_level(side: int) -> int:
    """The level that makes pictures of ``side``.

    >>> last_level(4), last_level(1024)
    (0, 8)
    """
    if side < 4 or side & (side - 1):
        raise ValueError(f"side must be a power of two from 4 on, not {side}")
    return side.bit_length() - 3


def width_of(stage: int, base: int = 8192, largest: int = 512) -> int:
    """The code's nf(stage) = min(base / 2^stage, largest), at least 1; level l has nf(l + 1) maps.

    >>> [width_of(stage) for stage in (0, 4, 5, 9)]
    [512, 512, 256, 16]
    """
    return max(1, min(base // 2**stage, largest))


def widths_of(side: int, base: int, largest: int) -> list[int]:
    """The number of maps of each level up to ``side``."""
    return [width_of(level + 1, base, largest) for level in range(last_level(side) + 1)]


def _stands(net: nn.Module, level: int) -> None:
    """A new net is as large as it can be."""
    net.register_buffer("level", torch.tensor(level))
    net.register_buffer("alpha", torch.tensor(1.0))


def _settled() -> list[nn.Module]:
    return [nn.LeakyReLU(0.2), PixelNorm()]


def _made(inputs: int, outputs: int) -> list[nn.Module]:
    return [EqualisedConv(inputs, outputs, 3), *_settled()]


def _judged(inputs: int, outputs: int) -> list[nn.Module]:
    return [EqualisedConv(inputs, outputs, 3), nn.LeakyReLU(0.2)]
