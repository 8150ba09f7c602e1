"""ESPNet: street scenes cut into classes by a small net (Mehta et al. 2018, arXiv 1803.06815).

Modules bear the names under which the authors publish their weights. No convolution has a bias.
"""

from __future__ import annotations

from itertools import accumulate

import torch
from torch import nn
from torch.nn.functional import avg_pool2d

DILATIONS = (1, 2, 4, 8, 16)

MEAN = (72.3923111, 82.90893555, 73.15840149)
DEVIATION = (45.3192215, 46.15289307, 44.91483307)
"""Of Cityscapes' photos, BGR from 0 to 255."""


class ESPNet(nn.Module):
    """(N, 3, H, W) RGB in [0, 1] to logits (N, classes, H, W); H and W are multiples of 8.

    ``p`` and ``q`` are the ESP modules at a quarter and at an eighth of the side (the paper's alpha2 and alpha3,
    figure 4d). Trained at 1024 x 512. Cityscapes' twentieth class is what belongs to none of the nineteen.
    """

    def __init__(self, classes: int = 20, p: int = 2, q: int = 8) -> None:
        super().__init__()
        self.encoder = Encoder(classes, p, q)
        self.br = _norm(classes)
        self.up_l3 = nn.Sequential(_doubled(classes))
        self.level3_C = Conv(131, classes, 1)
        self.combine_l2_l3 = nn.Sequential(NormAct(2 * classes), ESP(2 * classes, classes, skips=False))
        self.up_l2 = nn.Sequential(_doubled(classes), NormAct(classes))
        self.conv = ConvNormAct(16 + classes, classes)
        self.classifier = _doubled(classes)
        self.mean: torch.Tensor
        self.deviation: torch.Tensor
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(DEVIATION).view(1, 3, 1, 1), persistent=False)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        # The second 255 is the authors': they divided what was normalised once more.
        half, quarter, eighth = self.encoder((255 * image.flip(1) - self.mean) / self.deviation / 255)
        logits = self.up_l3(self.br(eighth))
        logits = self.up_l2(self.combine_l2_l3(torch.cat([self.level3_C(quarter), logits], 1)))
        return self.classifier(self.conv(torch.cat([logits, half], 1)))


class Encoder(nn.Module):
    """ESPNet-C: features at 1/2 and 1/4 of the side, and logits at 1/8; the picture is put in again at each."""

    def __init__(self, classes: int, p: int, q: int) -> None:
        super().__init__()
        self.level1 = ConvNormAct(3, 16, stride=2)
        self.b1 = NormAct(16 + 3)
        self.level2_0 = Reduction(16 + 3, 64)
        self.level2 = nn.ModuleList(ESP(64, 64) for _ in range(p))
        self.b2 = NormAct(2 * 64 + 3)
        self.level3_0 = Reduction(2 * 64 + 3, 128)
        self.level3 = nn.ModuleList(ESP(128, 128) for _ in range(q))
        self.b3 = NormAct(2 * 128)
        self.classifier = Conv(2 * 128, classes, 1)

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        half_image = avg_pool2d(image, 3, 2, 1)
        first = self.level1(image)
        half = self.level2_0(self.b1(torch.cat([first, half_image], 1)))
        value = half
        for block in self.level2:
            value = block(value)
        quarter = self.b2(torch.cat([value, half, avg_pool2d(half_image, 3, 2, 1)], 1))
        start = value = self.level3_0(quarter)
        for block in self.level3:
            value = block(value)
        return first, quarter, self.classifier(self.b3(torch.cat([start, value], 1)))


class Conv(nn.Module):
    """A convolution that keeps the side, or divides it by its stride."""

    def __init__(self, channels: int, width: int, side: int, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, width, side, stride, dilation * (side // 2), dilation, bias=False)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return self.conv(input)


class NormAct(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bn = _norm(channels)
        self.act = nn.PReLU(channels)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return self.act(self.bn(input))


class ConvNormAct(nn.Module):
    """The 3x3 convolutions at either end."""

    def __init__(self, channels: int, width: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, width, 3, stride, 1, bias=False)
        self.bn = _norm(width)
        self.act = nn.PReLU(width)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return self.act(self.bn(self.conv(input)))


class Pyramid(nn.Module):
    """Reduce, split, transform, merge (section 3.1): 3x3 convolutions of dilation 1 to 16 over one reduced input.

    The dilated ones are summed up step by step before they are joined, against the grid that dilation leaves
    (hierarchical feature fusion). What 5 does not divide goes to dilation 1.
    """

    def __init__(self, channels: int, width: int, side: int, stride: int) -> None:
        super().__init__()
        part = width // len(DILATIONS)
        self.c1 = Conv(channels, part, side, stride)
        self.d1 = Conv(part, width - (len(DILATIONS) - 1) * part, 3)
        self.d2, self.d4, self.d8, self.d16 = (Conv(part, part, 3, dilation=d) for d in DILATIONS[1:])

    def spread(self, input: torch.Tensor) -> torch.Tensor:
        reduced = self.c1(input)
        dilated = (conv(reduced) for conv in (self.d2, self.d4, self.d8, self.d16))
        return torch.cat([self.d1(reduced), *accumulate(dilated)], 1)


class ESP(Pyramid):
    """The efficient spatial pyramid (figure 1): a pyramid with a pointwise reduction, and a skip."""

    def __init__(self, channels: int, width: int, *, skips: bool = True) -> None:
        super().__init__(channels, width, 1, 1)
        self.bn = NormAct(width)
        self.skips = skips

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        value = self.spread(input)
        return self.bn(value + input if self.skips else value)


class Reduction(Pyramid):
    """A pyramid at half the side."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__(channels, width, 3, 2)
        self.bn = _norm(width)
        self.act = nn.PReLU(width)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return self.act(self.bn(self.spread(input)))


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


def _doubled(channels: int) -> nn.ConvTranspose2d:
    return nn.ConvTranspose2d(channels, channels, 2, stride=2, bias=False)
