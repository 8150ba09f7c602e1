"""ESPCN: three convolutions at low resolution and one pixel shuffle (Shi et al. 2016, arXiv 1609.05158)."""

from __future__ import annotations

from typing import Literal

import torch
from torch import nn

from ganvas.nets.interpolation import interpolation

Activation = Literal["tanh", "relu", "lrelu"]
OutputActivation = Literal["none", "tanh", "sigmoid"]

ACTIVATIONS: dict[Activation, nn.Module] = {"tanh": nn.Tanh(), "relu": nn.ReLU(), "lrelu": nn.LeakyReLU(0.1)}


class ESPCN(nn.Module):
    """(N, channels, H, W) in [0, 1] to (N, channels, scale·H, scale·W).

    The paper's net has widths (64, 32), tanh inside and a linear output, on the luma alone: 24,752 parameters at scale
    4. ``output`` tanh makes [-1, 1] internally and returns [0, 1]: it shows why a saturating output washes out the
    extremes.
    """

    receptive_field = 9

    def __init__(
        self,
        scale: int,
        widths: tuple[int, int] = (64, 32),
        activation: Activation = "tanh",
        output: OutputActivation = "none",
        channels: int = 1,
    ) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, widths[0], 5, padding=2),
            ACTIVATIONS[activation],
            nn.Conv2d(widths[0], widths[1], 3, padding=1),
            ACTIVATIONS[activation],
        )
        self.last = nn.Conv2d(widths[1], channels * scale**2, 3, padding=1)
        self.shuffle = nn.PixelShuffle(scale)
        self.output: OutputActivation = output

    def forward(self, low: torch.Tensor) -> torch.Tensor:
        return squashed(self.shuffle(self.last(self.body(low))), self.output)


def squashed(image: torch.Tensor, output: OutputActivation) -> torch.Tensor:
    """``image`` into [0, 1] by ``output``: tanh makes [-1, 1], which is brought there; none leaves it as it is."""
    match output:
        case "none":
            return image
        case "sigmoid":
            return image.sigmoid()
        case "tanh":
            return (image.tanh() + 1) / 2


class OnLuma(nn.Module):
    """Lets a net for luma enlarge RGB: the net makes Y, bicubic interpolation makes Cb and Cr (section 3.1 of the
    paper).

    (N, 3, H, W) in [0, 1] to (N, 3, scale·H, scale·W), by ITU-R BT.601 with the studio range.
    """

    def __init__(self, net: nn.Module, scale: int) -> None:
        super().__init__()
        self.net = net
        self.chroma = nn.Sequential(interpolation(scale, 2), nn.PixelShuffle(scale))
        matrix = torch.tensor([[65.481, 128.553, 24.966], [-37.797, -74.203, 112.0], [112.0, -93.786, -18.214]]) / 255
        self.matrix: torch.Tensor
        self.inverse: torch.Tensor
        self.offset: torch.Tensor
        self.register_buffer("matrix", matrix[..., None, None])
        self.register_buffer("inverse", matrix.inverse()[..., None, None])
        self.register_buffer("offset", torch.tensor([16.0, 128.0, 128.0]).view(1, 3, 1, 1) / 255)

    def forward(self, low: torch.Tensor) -> torch.Tensor:
        ycc = nn.functional.conv2d(low, self.matrix) + self.offset
        high = torch.cat([self.net(ycc[:, :1]), self.chroma(ycc[:, 1:])], dim=1)
        return nn.functional.conv2d(high - self.offset, self.inverse)
