"""The U-Net generator of Pix2Pix (Isola et al. 2017, arXiv 1611.07004, section 6.1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import torch
from torch import nn
from torch.nn.functional import dropout as dropped

from ganvas.nets.initialise import initialise
from ganvas.nets.normalisation import Norm, biased, normalisation
from ganvas.nets.sides import filled

DROPPING = {"torch": range(3), "pytorch": range(1, 4)}
"""The levels of the decoder, 0 the innermost, in which each of the authors' programs drops; the paper is as torch."""


class UNetGenerator(nn.Module):
    """(N, inputs, H, W) in [0, 1] to (N, outputs, H, W) in [0, 1], sides of any length.

    Sides are halved ``levels`` times, twice or more; without ``skips`` it is the paper's encoder-decoder. While
    ``noisy`` is True dropout, the paper's only source of chance, is active at test time too. With ``statistics``
    "batch" the norm takes the batch at hand even then, as in the paper: what a picture becomes depends on those beside
    it. 54,413,955 parameters, 41,828,995 with seven levels, 39,075,459 without skips.
    """

    def __init__(
        self,
        inputs: int = 3,
        outputs: int = 3,
        levels: int = 8,
        width: int = 64,
        norm: Norm = "batch",
        skips: bool = True,
        dropout: float = 0.5,
        dropout_from: Literal["torch", "pytorch"] = "torch",
        noisy: bool = False,
        statistics: Literal["batch", "running"] = "batch",
    ) -> None:
        super().__init__()
        self.multiple = 2**levels
        # at most: a pixel hangs on up to three cells of the innermost map, each on 3 * 2^levels - 2 pixels
        self.receptive_field = 5 * 2**levels - 2
        self.skips, self.dropout, self.noisy = skips, dropout, noisy
        self.dropping = [level for level in DROPPING[dropout_from] if level < levels - 1]
        widths = [width * min(2**level, 8) for level in range(levels)]
        self.encoder = encoder(inputs, widths, norm, statistics == "running")
        self.decoder = decoder(outputs, widths, norm, statistics == "running", doubled=skips)
        initialise(self)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        features = filled(2 * image - 1, self.multiple)
        kept: list[torch.Tensor] = []
        for encode in self.encoder:
            features = encode(features)
            kept.append(features)
        kept.pop()  # the innermost goes straight on
        for level, decode in enumerate(self.decoder):
            features = decode(features)
            if level in self.dropping:
                features = dropped(features, self.dropout, self.training or self.noisy)
            if self.skips and kept:
                features = torch.cat([features, kept.pop()], dim=1)
        return (features[..., : image.shape[-2], : image.shape[-1]] + 1) / 2


def encoder(inputs: int, widths: Sequence[int], norm: Norm, running: bool) -> nn.ModuleList:
    """One convolution a level; neither the first is normalised nor the last, whose map may be a single place."""
    levels = [nn.Sequential(nn.Conv2d(inputs, widths[0], 4, stride=2, padding=1, bias=biased(norm)))]
    for read, made in pairwise(widths):
        conv = nn.Conv2d(read, made, 4, stride=2, padding=1, bias=biased(norm))
        levels.append(nn.Sequential(nn.LeakyReLU(0.2), conv, normalisation(norm, made, running)))
    del levels[-1][-1]
    return nn.ModuleList(levels)


def decoder(outputs: int, widths: Sequence[int], norm: Norm, running: bool, doubled: bool) -> nn.ModuleList:
    """The way back; if ``doubled`` every level but the innermost reads a skip beside what the one before made."""
    reads = [widths[-1], *((1 + doubled) * width for width in reversed(widths[:-1]))]
    levels: list[nn.Module] = []
    for read, made in zip(reads[:-1], reversed(widths[:-1]), strict=True):
        conv = nn.ConvTranspose2d(read, made, 4, stride=2, padding=1, bias=biased(norm))
        levels.append(nn.Sequential(nn.ReLU(), conv, normalisation(norm, made, running)))
    last = nn.ConvTranspose2d(reads[-1], outputs, 4, stride=2, padding=1)
    return nn.ModuleList([*levels, nn.Sequential(nn.ReLU(), last, nn.Tanh())])
