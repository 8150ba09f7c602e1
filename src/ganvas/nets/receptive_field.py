"""How much of its input one output pixel sees, worked out from the layers; tiles must overlap by half of it."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from torch import nn


def receptive_field(*path: nn.Module) -> int:
    """The side, in input pixels and odd, of the square around an input pixel on which its output pixels depend.

    ``path`` is the longest way through the net. Of a module with parts all layers count, in the order in which they
    were registered: right for chains of stride 1 whatever skips they have, with shuffles and enlargements among them.
    With an unshuffle the worst place of the pixel within its block counts.

    >>> receptive_field(nn.Conv2d(3, 12, 5, padding=2), nn.PixelShuffle(2), nn.Conv2d(3, 3, 3, padding=1))
    7
    """
    layers = [layer for part in path for layer in part.modules()]
    block = prod(layer.downscale_factor for layer in layers if isinstance(layer, nn.PixelUnshuffle))
    scale = prod(map(enlargement, layers)) // block
    return 2 * max(_reach(layers, pixel, scale) for pixel in range(block)) + 1


def _reach(layers: Sequence[nn.Module], pixel: int, scale: int) -> int:
    """How far from the input pixel ``pixel`` the inputs lie on which its ``scale`` output pixels depend."""
    low, high = pixel * scale, (pixel + 1) * scale - 1
    for layer in reversed(layers):
        low, high = _seen(layer, low, high)
    return max(pixel - low, high - pixel)


def enlargement(layer: nn.Module) -> int:
    """How many times as wide a picture leaves ``layer``."""
    match layer:
        case nn.PixelShuffle():
            return layer.upscale_factor
        case nn.ConvTranspose2d():
            return layer.stride[0]
        case nn.Upsample():
            assert isinstance(layer.scale_factor, float)
            return round(layer.scale_factor)
        case _:
            return 1


def _seen(layer: nn.Module, low: int, high: int) -> tuple[int, int]:
    """The first and last position before ``layer`` on which those from ``low`` to ``high`` behind it depend."""
    scale = enlargement(layer)
    match layer:
        case nn.ConvTranspose2d():
            shift, kernel = int(layer.padding[0]), layer.kernel_size[0]
            return -((kernel - 1 - shift - low) // scale), (high + shift) // scale
        case nn.Conv2d():
            reach = layer.dilation[0] * (layer.kernel_size[0] - 1) // 2
            return low - reach, high + reach
        case nn.Upsample(mode="bilinear"):  # between the pixels on both sides of (p + 1/2) / scale - 1/2
            return (2 * low + 1 - scale) // (2 * scale), (2 * high + 1 - scale) // (2 * scale) + 1
        case nn.PixelUnshuffle():
            block = layer.downscale_factor
            return low * block, high * block + block - 1
        case _:
            return low // scale, high // scale
