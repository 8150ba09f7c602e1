"""Discriminators that judge patches: Pix2Pix's (Isola et al. 2017, arXiv 1611.07004) and Cycle-Dehaze's."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn

from ganvas.nets.initialise import initialise
from ganvas.nets.normalisation import Norm, biased, normalisation


class PatchGAN(nn.Module):
    """(N, channels, H, W) in [0, 1] to a map of logits (N, 1, h, w), one for each patch of ``receptive_field`` pixels.

    ``layers`` counts the strided convolutions: 0 judges single pixels, 1, 3 and 5 are the paper's 16, 70 and 286. A
    condition goes in as further ``channels``. ``padding`` 1 makes 30x30 logits of 256x256 pixels, DeblurGAN's 2 makes
    35x35. A critic whose gradient counts is given ``signed`` pictures, in [-1, 1]. 2,765,633 parameters with three
    layers and channels; 2,764,737 with ``norm`` "instance".
    """

    def __init__(
        self,
        layers: int = 3,
        channels: int = 3,
        norm: Norm = "batch",
        padding: int = 1,
        width: int = 64,
        signed: bool = False,
    ) -> None:
        super().__init__()
        self.signed = signed
        self.receptive_field = 9 * 2**layers - 2 if layers else 1
        self.body = patches(layers, channels, norm, padding, width) if layers else pixels(channels, norm, width)
        initialise(self)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.body(image if self.signed else 2 * image - 1)


def patches(layers: int, channels: int, norm: Norm, padding: int, width: int) -> nn.Sequential:
    """Convolutions 4x4, ``layers`` of them of stride 2, then two of stride 1."""
    stack: list[nn.Module] = [nn.Conv2d(channels, width, 4, 2, padding), nn.LeakyReLU(0.2)]
    widths = [width * min(2**layer, 8) for layer in range(layers + 1)]
    strides = [2] * (layers - 1) + [1]
    for (inputs, outputs), stride in zip(pairwise(widths), strides, strict=True):
        conv = nn.Conv2d(inputs, outputs, 4, stride, padding, bias=biased(norm))
        stack += [conv, normalisation(norm, outputs), nn.LeakyReLU(0.2)]
    return nn.Sequential(*stack, nn.Conv2d(widths[-1], 1, 4, 1, padding))


def pixels(channels: int, norm: Norm, width: int) -> nn.Sequential:
    """Convolutions 1x1 alone."""
    return nn.Sequential(
        nn.Conv2d(channels, width, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(width, 2 * width, 1, bias=biased(norm)),
        normalisation(norm, 2 * width),
        nn.LeakyReLU(0.2),
        nn.Conv2d(2 * width, 1, 1, bias=biased(norm)),
    )


class CycleDehazeDiscriminator(nn.Module):
    """(N, 3, H, W) in [0, 1] to a map of scores (N, 1, ceil(H / 16), ceil(W / 16)), each for a patch of 94 pixels.

    The authors mean the PatchGAN of 70, but their fourth convolution is strided too (Engin, Genç, Ekenel 2018, arXiv
    1805.05308, their code). 2,765,569 parameters.
    """

    receptive_field = 94

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        stack: list[nn.Module] = []
        widths = [3, *(width * 2**layer for layer in range(4))]
        for inputs, outputs in pairwise(widths):
            norm = normalisation("instance-affine", outputs) if stack else nn.Identity()
            stack += [same(), nn.Conv2d(inputs, outputs, 4, stride=2, bias=False), norm, nn.LeakyReLU(0.2)]
        self.body = nn.Sequential(*stack, same(), nn.Conv2d(widths[-1], 1, 4))
        initialise(self)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.body(2 * image - 1)


def same() -> nn.Module:
    """TensorFlow's padding SAME in front of a 4x4 convolution, of stride 1 or 2 and on even or odd sides alike."""
    return nn.ZeroPad2d((1, 2, 1, 2))
