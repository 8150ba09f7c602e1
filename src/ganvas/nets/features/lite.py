"""EfficientNet-Lite0, cut open.

It is EfficientNet-B0 (Tan, Le 2019, table 1) without squeeze-and-excitation and with ReLU6 for swish (Google, 2020).
Modules bear the names under which the weights are published, hence the underscores.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn.functional import conv2d, interpolate, pad, relu6

STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
"""Blocks, side of the kernel, stride, expansion and channels of each stage."""

STEM = 32
LAYERS = ("stem", *(f"stage{number}" for number in range(1, len(STAGES) + 1)))

POOLED, LOGITS = "pooled", "logits"
"""What is behind the trunk: the mean of 1280 channels over all places, and a value for each of ImageNet's classes."""

WIDTH, CLASSES = 1280, 1000

SIDE = 224
"""Pixels a side of what the net was trained on."""


class EfficientNetLite0(nn.Module):
    """(N, 3, H, W) RGB in [0, 1] to the values of ``layers``, by name: stem, stage1 to stage7, pooled, logits.

    A stage ends in a linear bottleneck, and the stem's value is taken before its activation, so features have both
    signs. Their sides are H/2 (stem, stage1), H/4, H/8, H/16 (stage4, stage5), H/32, rounded up. ``pooled`` is
    (N, 1280, 1, 1), after its activation, ``logits`` (N, 1000). ``resized`` brings pictures to 224 x 224 first,
    bilinear with antialiasing. The net runs no deeper than it must; it is frozen, its batch norms included, and
    gradients flow to the picture.
    """

    def __init__(self, layers: Sequence[str], *, resized: bool = False) -> None:
        super().__init__()
        known = (*LAYERS, POOLED, LOGITS)
        for layer in layers:
            if layer not in known:
                raise ValueError(f"EfficientNet-Lite0 has no layer {layer!r}: choose from {', '.join(known)}")
        self.wanted, self.resized = frozenset(layers), resized
        depth = min(max(known.index(layer) for layer in layers), len(STAGES))
        self._conv_stem = SameConv2d(3, STEM, 3, 2)
        self._bn0 = _norm(STEM)
        blocks, channels = list[Block](), STEM
        self.ends = dict[int, str]()
        for name, (count, side, stride, expansion, width) in zip(LAYERS[1 : depth + 1], STAGES, strict=False):
            for number in range(count):
                blocks.append(Block(channels, width, side, 1 if number else stride, expansion))
                channels = width
            self.ends[len(blocks) - 1] = name
        self._blocks = nn.ModuleList(blocks)
        self.pools = not self.wanted.isdisjoint((POOLED, LOGITS))
        if self.pools:
            self._conv_head = SameConv2d(channels, WIDTH, 1)
            self._bn1 = _norm(WIDTH)
        if LOGITS in self.wanted:
            self._fc = nn.Linear(WIDTH, CLASSES)
        self.requires_grad_(False).eval()

    def train(self, mode: bool = True) -> EfficientNetLite0:
        """Stays in eval mode, whatever the net that holds this one does: its statistics are frozen too."""
        return super().train(False)

    def forward(self, image: torch.Tensor) -> dict[str, torch.Tensor]:
        if self.resized:
            image = interpolate(image, (SIDE, SIDE), mode="bilinear", antialias=True)
        value = self._bn0(self._conv_stem((255 * image - 127.5) / 127.5))
        found = {"stem": value}
        value = relu6(value)
        for index, block in enumerate(self._blocks):
            value = block(value)
            if index in self.ends:
                found[self.ends[index]] = value
        if self.pools:
            found[POOLED] = relu6(self._bn1(self._conv_head(value))).mean(dim=(2, 3), keepdim=True)
        if LOGITS in self.wanted:
            found[LOGITS] = self._fc(found[POOLED].flatten(1))
        return {layer: feature for layer, feature in found.items() if layer in self.wanted}


class Block(nn.Module):
    """Expand, filter each channel, project (Sandler et al. 2018, figure 3); a skip where the shapes allow it."""

    def __init__(self, channels: int, width: int, side: int, stride: int, expansion: int) -> None:
        super().__init__()
        inner = channels * expansion
        self.expands = expansion > 1
        self.skips = stride == 1 and channels == width
        if self.expands:
            self._expand_conv = SameConv2d(channels, inner, 1)
            self._bn0 = _norm(inner)
        self._depthwise_conv = SameConv2d(inner, inner, side, stride, groups=inner)
        self._bn1 = _norm(inner)
        self._project_conv = SameConv2d(inner, width, 1)
        self._bn2 = _norm(width)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        value = relu6(self._bn0(self._expand_conv(input))) if self.expands else input
        value = relu6(self._bn1(self._depthwise_conv(value)))
        value = self._bn2(self._project_conv(value))
        return value + input if self.skips else value


class SameConv2d(nn.Conv2d):
    """A convolution without bias that pads as TensorFlow does: n pixels to ceil(n / stride), the odd one at the end."""

    def __init__(self, channels: int, width: int, side: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(channels, width, side, stride, groups=groups, bias=False)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        (side, _), (stride, _) = self.kernel_size, self.stride
        height, width = (max(side - stride if n % stride == 0 else side - n % stride, 0) for n in input.shape[-2:])
        if height % 2 or width % 2:
            input = pad(input, [0, width % 2, 0, height % 2])
        return conv2d(input, self.weight, None, self.stride, (height // 2, width // 2), groups=self.groups)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)
