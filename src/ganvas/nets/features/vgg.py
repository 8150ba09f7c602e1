"""The convolutions of VGG16 and VGG19, cut open (Simonyan, Zisserman 2015, table 1, columns D and E)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import nn

Depth = Literal[16, 19]
Door = Literal["imagenet", "caffe", "signed", "imagenet-signed"]

BLOCKS: dict[Depth, tuple[int, ...]] = {16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
"""How many convolutions stand before each pool."""

WIDTHS = (64, 128, 256, 512, 512)

DOORS: dict[Door, tuple[float, tuple[float, ...], tuple[float, ...]]] = {
    "imagenet": (1.0, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "caffe": (255.0, (104.00699, 116.66877, 122.67892), (1.0, 1.0, 1.0)),
    "signed": (1.0, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    "imagenet-signed": (2.0, (1.485, 1.456, 1.406), (0.229, 0.224, 0.225)),
}
"""The white that a net was trained with, and the mean and deviation of each channel; Caffe's are in the order BGR. The
last two are what DeblurGAN's code and Cycle-Dehaze's do: pictures in [-1, 1], as they are or as if in [0, 1].
"""


def layer_names(depth: Depth) -> list[str]:
    """conv1_1, relu1_1, ..., pool5: the place in the list is torchvision's number of the layer.

    >>> layer_names(19)[34]
    'conv5_4'
    """
    names = list[str]()
    for block, count in enumerate(BLOCKS[depth], 1):
        names += [f"{kind}{block}_{number}" for number in range(1, count + 1) for kind in ("conv", "relu")]
        names.append(f"pool{block}")
    return names


class VGG(nn.Module):
    """(N, 3, H, W) RGB in [0, 1] to the values of ``layers``, by name: conv1_1 to conv5_3 (VGG19: conv5_4), pool1 to
    pool5.

    A convolution's value is taken before its activation, with ``after`` after it. The net runs no deeper than it must.
    It is frozen; gradients flow to the picture. ``door`` is what the weights were trained on: ImageNet's mean and
    deviation, or Caffe's BGR of 0 to 255 less its mean; see :data:`DOORS`.
    The state dict has torchvision's names (features.0.weight).
    """

    def __init__(self, depth: Depth, layers: Sequence[str], *, after: bool = False, door: Door = "imagenet") -> None:
        super().__init__()
        names = layer_names(depth)
        known = [name for name in names if not name.startswith("relu")]
        for layer in layers:
            if layer not in known:
                raise ValueError(f"VGG{depth} has no layer {layer!r}: choose from {', '.join(known)}")
        self.wanted = {names.index(layer) + (after and layer.startswith("conv")): layer for layer in layers}
        self.features = _trunk(names[: max(self.wanted) + 1])
        self.white, mean, deviation = DOORS[door]
        self.swapped = door == "caffe"
        self.mean: torch.Tensor
        self.deviation: torch.Tensor
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(deviation).view(1, 3, 1, 1), persistent=False)
        self.requires_grad_(False).eval()

    def forward(self, image: torch.Tensor) -> dict[str, torch.Tensor]:
        value = image.flip(1) if self.swapped else image
        value = (self.white * value - self.mean) / self.deviation
        found = dict[str, torch.Tensor]()
        for index, layer in enumerate(self.features):
            value = layer(value)
            if index in self.wanted:
                found[self.wanted[index]] = value
        return found


def _trunk(names: Sequence[str]) -> nn.Sequential:
    layers, channels = list[nn.Module](), 3
    for name in names:
        if name.startswith("conv"):
            width = WIDTHS[int(name[4]) - 1]
            layers.append(nn.Conv2d(channels, width, 3, padding=1))
            channels = width
        elif name.startswith("relu"):
            # In place it would overwrite the convolution's value, which is what was asked for.
            layers.append(nn.ReLU(inplace=False))
        else:
            layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers)
