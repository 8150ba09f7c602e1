"""A picture as a stream of rows, so that a result of any size is made in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from ganvas.images import Floats, taps
from ganvas.images.resize import weighted_sum


@dataclass(frozen=True)
class Strips:
    """A picture that is made while it is read: ``strips`` are arrays (h, width, channels), from the top."""

    height: int
    width: int
    channels: int
    strips: Iterator[Floats]

    @classmethod
    def of(cls, pixels: Floats) -> Strips:
        """A picture that is already there."""
        return cls(*pixels.shape, strips=iter([pixels]))


class Window:
    """The rows of a stream within reach: asked for in ascending order, those no longer needed are let go."""

    def __init__(self, source: Strips) -> None:
        self._strips = source.strips
        self._top = 0
        self._held: Floats = np.empty((0, source.width, source.channels), np.float32)

    def rows(self, top: int, bottom: int) -> Floats:
        """Rows ``top`` to ``bottom``, (bottom - top, width, channels); earlier rows than ``top`` cannot be asked for
        again.
        """
        if top < self._top:
            raise ValueError(f"row {top} was let go: the window begins at {self._top}")
        parts = [self._held[top - self._top :]]
        reached = self._top + len(self._held)
        while reached < bottom:
            strip = next(self._strips)
            parts.append(strip[max(0, top - reached) :])
            reached += len(strip)
        filled = [part for part in parts if len(part)]
        # A picture that came in one piece is not copied: it may be half of all memory.
        self._held = filled[0] if len(filled) == 1 else np.concatenate(filled)
        self._top = top
        return self._held[: bottom - top]


def resized(source: Strips, height: int, width: int) -> Strips:
    """``source`` resized to ``height`` x ``width`` by antialiased bicubic, the same as resizing it as a whole."""
    if (height, width) == (source.height, source.width):
        return source
    across = taps(source.width, width, width / source.width)
    index, weight = taps(source.height, height, height / source.height)
    first = index.amin(dim=1).flip(0).cummin(0).values.flip(0).tolist()
    last = index.amax(dim=1).cummax(0).values.tolist()

    def narrowed() -> Iterator[Floats]:
        for strip in source.strips:
            yield weighted_sum(torch.from_numpy(strip), 1, *across).numpy()

    def strips() -> Iterator[Floats]:
        window = Window(Strips(source.height, width, source.channels, narrowed()))
        step = max(1, 2**24 // (width * source.channels * max(1, round(source.height / height))))
        for top in range(0, height, step):
            bottom = min(top + step, height)
            held = torch.from_numpy(window.rows(first[top], last[bottom - 1] + 1))
            yield weighted_sum(held, 0, index[top:bottom] - first[top], weight[top:bottom]).numpy()

    return Strips(height, width, source.channels, strips())
