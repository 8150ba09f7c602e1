"""The notes' discriminators, which give a logit for every place of a map of a fourth or an eighth of the sides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from torch import nn

Strided = Literal[2, 3, 4]


@dataclass(frozen=True)
class Pieces:
    """What the rows are built of.

    ``strided`` is the kernel of the strided convolutions that stand in place of max-pooling (none by default), and
    ``dropout`` the probability behind every activation. ``width`` 32 is the notes'.
    """

    width: int = 32
    strided: Strided | None = None
    dropout: float = 0.0

    def conv(self, kernel: int, inputs: int, outputs: int, dilation: int = 1, stride: int = 1) -> nn.Sequential:
        """A convolution, normalised and activated."""
        padding = (kernel - 1) // 2 * dilation
        layers = [
            nn.Conv2d(inputs, outputs, kernel, stride, padding, dilation, bias=False),
            nn.BatchNorm2d(outputs),
            nn.LeakyReLU(0.1),
        ]
        return nn.Sequential(*layers, nn.Dropout(self.dropout)) if self.dropout else nn.Sequential(*layers)

    def levels(self, *depths: int) -> list[nn.Module]:
        """Levels of so many convolutions, the first of which is 5x5; each doubles the channels and ends in halving."""
        layers: list[nn.Module] = []
        inputs, kernel = 3, 5
        for level, depth in enumerate(depths):
            outputs = self.width * 2**level
            for _ in range(depth):
                layers.append(self.conv(kernel, inputs, outputs))
                inputs, kernel = outputs, 3
            layers.append(self.halved(outputs))
        return layers

    def halved(self, channels: int) -> nn.Module:
        return nn.MaxPool2d(2) if self.strided is None else self.conv(self.strided, channels, channels, stride=2)


def basic(pieces: Pieces) -> nn.Sequential:
    """(N, 3, H, W) to (N, 1, H/4, W/4): 174,817 parameters, sees 26x26."""
    m = pieces.width
    return nn.Sequential(
        *pieces.levels(2, 2), pieces.conv(3, 2 * m, 4 * m), pieces.conv(1, 4 * m, 8 * m), nn.Conv2d(8 * m, 1, 1)
    )


def deep(pieces: Pieces) -> nn.Sequential:
    """(N, 3, H, W) to (N, 1, H/4, W/4): 368,801 parameters, sees 40x40."""
    m = pieces.width
    return nn.Sequential(
        *pieces.levels(3, 3),
        pieces.conv(3, 2 * m, 4 * m),
        pieces.conv(3, 4 * m, 4 * m),
        pieces.conv(1, 4 * m, 8 * m),
        nn.Conv2d(8 * m, 1, 1),
    )


def dilated(pieces: Pieces, dilations: Sequence[int] = (1, 2, 4, 1)) -> nn.Sequential:
    """(N, 3, H, W) to (N, 1, H/8, W/8): 2,504,001 parameters, the final one, sees 166x166."""
    m = pieces.width
    widths = [4 * m] + [8 * m] * len(dilations)
    return nn.Sequential(
        *pieces.levels(2, 2, 2),
        *(pieces.conv(3, i, o, d) for i, o, d in zip(widths[:-1], widths[1:], dilations, strict=True)),
        pieces.conv(1, 8 * m, 16 * m),
        pieces.conv(1, 16 * m, m),
        nn.Conv2d(m, 1, 1),
    )


def dilated8(pieces: Pieces) -> nn.Sequential:
    """As ``dilated`` with the series 1, 2, 4, 8 of the notes' text: sees 278x278."""
    return dilated(pieces, (1, 2, 4, 8))


NOTES_DISCRIMINATORS: Mapping[str, Callable[[Pieces], nn.Sequential]] = {
    "base": basic,
    "deep": deep,
    "dilated": dilated,
    "dilated8": dilated8,
}
