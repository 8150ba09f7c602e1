"""The generators that the notes compare, by what stands at the end: one step of enlargement, two, convolutions behind.

Plain convolutions at low resolution, then a head; LeakyReLU(0.1) throughout and nothing at the output.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, Protocol

import torch
from torch import nn

from ganvas.nets.receptive_field import receptive_field
from ganvas.nets.rrdb import DenseBlock, rrdb
from ganvas.nets.srresnet import Residual, shuffled

Upsampler = Literal["shuffle", "nearest", "bilinear", "transposed"]

SLOPE = 0.1


class NotesGenerator(nn.Sequential):
    """(N, 3, H, W) in [0, 1] to (N, 3, scale·H, scale·W), unclamped."""

    def __init__(self, scale: int, *layers: nn.Module) -> None:
        super().__init__(*layers)
        self.scale = scale
        self.receptive_field = receptive_field(self)


def espcn(upsampler: Upsampler = "shuffle") -> NotesGenerator:
    """Four times in one step at the very end: 212,656 parameters."""
    return NotesGenerator(4, *plain(), *enlarged(128, 3, 4, upsampler))


def tail(upsampler: Upsampler = "shuffle") -> NotesGenerator:
    """Four times in one step, two convolutions behind it: 463,491 parameters."""
    return NotesGenerator(4, *plain(), *enlarged(128, 16, 4, upsampler), activation(), *refined(16))


def x2x2(upsampler: Upsampler = "shuffle") -> NotesGenerator:
    """Twice, a convolution, twice, two convolutions: 371,331 parameters."""
    return NotesGenerator(4, *plain(), *two_steps(upsampler))


def dilated(upsampler: Upsampler = "shuffle", dilations: tuple[int, ...] = (1, 2, 4, 8, 1)) -> NotesGenerator:
    """Dilated convolutions, which see further, then as ``espcn``: 802,992 parameters."""
    return NotesGenerator(4, *plain(dilations), *enlarged(128, 3, 4, upsampler))


def dilated_x2x2(upsampler: Upsampler = "shuffle", dilations: tuple[int, ...] = (1, 2, 4, 8, 1)) -> NotesGenerator:
    """Dilated convolutions, then as ``x2x2``: 961,667 parameters."""
    return NotesGenerator(4, *plain(dilations), *two_steps(upsampler))


def rrdb_proto(upsampler: Upsampler = "shuffle", blocks: int = 16) -> NotesGenerator:
    """ESRGAN's blocks, wider, and one step of enlargement: 26,691,504 parameters."""
    deep = (rrdb(64, 64, slope=SLOPE) for _ in range(blocks))
    return NotesGenerator(4, conv(3, 64, 5), *deep, conv(64, 128), activation(), *enlarged(128, 3, 4, upsampler))


def rrdb_x2(upsampler: Upsampler = "shuffle", blocks: int = 16) -> NotesGenerator:
    """The final generator, for scale 2, of blocks dilated and dense by turns: 16,293,763 parameters."""
    deep = (dilated_dense(64) for _ in range(blocks))
    up = enlarged(128, 64, 2, upsampler, kernel=1)
    return NotesGenerator(2, conv(3, 64, 5), *deep, conv(64, 128), activation(), *up, activation(), *refined(64))


NOTES_GENERATORS: Mapping[str, Callable[[Upsampler], NotesGenerator]] = {
    "espcn": espcn,
    "tail": tail,
    "x2x2": x2x2,
    "dilated": dilated,
    "dilated-x2x2": dilated_x2x2,
    "rrdb-proto": rrdb_proto,
    "rrdb-x2": rrdb_x2,
}


class Enlarger(Protocol):
    """A net that knows how far it sees."""

    receptive_field: int

    def __call__(self, low: torch.Tensor) -> torch.Tensor: ...


class TwiceX2(nn.Module):
    """A net for scale 2 applied twice, with the same weights: (N, 3, H, W) to (N, 3, 4·H, 4·W)."""

    scale = 4

    def __init__(self, net: Enlarger) -> None:
        super().__init__()
        self.net = net
        reach = net.receptive_field // 2
        self.receptive_field = 2 * (reach + -(-reach // 2)) + 1  # the second time on pixels half as large

    def forward(self, low: torch.Tensor) -> torch.Tensor:
        return self.net(self.net(low))


def activation() -> nn.Module:
    return nn.LeakyReLU(SLOPE)


def conv(inputs: int, outputs: int, kernel: int = 3, dilation: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2 * dilation, dilation=dilation)


def plain(dilations: tuple[int, ...] = (1,)) -> list[nn.Module]:
    """RGB to 128 channels by a 5x5 convolution and one 3x3 for each of ``dilations``, all activated."""
    convs = [conv(3, 128, 5), *(conv(128, 128, dilation=dilation) for dilation in dilations)]
    return [layer for each in convs for layer in (each, activation())]


def enlarged(inputs: int, outputs: int, scale: int, upsampler: Upsampler, kernel: int = 3) -> tuple[nn.Module, ...]:
    """Enlarges ``scale`` times; ``kernel`` is that of the convolution before a pixel shuffle."""
    match upsampler:
        case "shuffle":
            return shuffled(inputs, outputs, scale, kernel)
        case "transposed":
            return (nn.ConvTranspose2d(inputs, outputs, 2 * scale, stride=scale, padding=scale // 2),)
        case "nearest" | "bilinear":
            return nn.Upsample(scale_factor=scale, mode=upsampler), conv(inputs, outputs)


def refined(inputs: int) -> list[nn.Module]:
    """The pair of convolutions behind the last enlargement, which ends in RGB."""
    return [conv(inputs, 64), activation(), conv(64, 3)]


def two_steps(upsampler: Upsampler) -> list[nn.Module]:
    """128 channels to RGB four times as wide, in two steps with convolutions between them."""
    between = [activation(), conv(32, 64), activation()]
    return [*enlarged(128, 32, 2, upsampler), *between, *enlarged(64, 16, 2, upsampler), activation(), *refined(16)]


def dilated_dense(width: int) -> Residual:
    """Three times a chain of dilated convolutions and a dense block of three."""
    layers = (layer for _ in range(3) for layer in (dilated_chain(width), DenseBlock(width, width, 3, slope=SLOPE)))
    return Residual(*layers, scale=0.2)


def dilated_chain(width: int) -> Residual:
    chain = (layer for step in (1, 2, 4) for layer in (conv(width, width, dilation=step), activation()))
    return Residual(*chain, conv(width, width, 1), scale=0.2)
