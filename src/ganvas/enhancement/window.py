"""How large a tile may be, so that a net of any depth runs in bounded memory."""

from __future__ import annotations

from collections.abc import Callable
from math import isqrt

import torch
from torch import nn

SMALLEST = 64
"""Side of a tile in input pixels: in smaller tiles most of the work would be overlap."""

LAYER_BYTES = 1100 * 2**20
"""What one layer may take, its input and its output: an RRDBNet's largest tiles in float32, whose peak is 1.6 times
that."""


def side(held: float, margin: int, largest: int) -> int:
    """The side, at most ``largest``, of a tile of a net that holds ``held`` bytes a pixel and sees ``margin`` pixels
    beyond the tile.

    >>> side(384, 10, 256), side(16384, 56, 256)
    (256, 128)
    """
    window = isqrt(int(LAYER_BYTES / held))
    return min(largest, max(SMALLEST, window - 2 * margin) // 32 * 32)


def held(net: nn.Module, run: Callable[[torch.Tensor], torch.Tensor], multiple: int = 1) -> float:
    """How many bytes the largest layer of ``net`` reads and writes for each pixel of the net's input.

    Found out by giving ``run``, which calls the net, a small picture (1, 3, H, W) with sides that ``multiple`` divides.
    """
    sizes = [1]

    def note(layer: nn.Module, given: tuple[object, ...], made: object) -> None:
        sizes.append(sum(each.nbytes for each in (*given, made) if isinstance(each, torch.Tensor)))

    layers = [layer for layer in net.modules() if next(layer.children(), None) is None]
    hooks = [layer.register_forward_hook(note) for layer in layers]
    edge = -(-16 // multiple) * multiple
    run(torch.zeros(1, 3, edge, edge))
    for hook in hooks:
        hook.remove()
    return max(sizes) / edge**2
