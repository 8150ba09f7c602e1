"""A net over a picture of any size: tiles that overlap by what the net can see, so that no seam can be.

A tile at the border of the picture is cut there, so the net pads it as it would pad the whole picture: tiled and
untiled results differ by rounding only. Deep nets see hundreds of pixels, of which the far ones hardly count; what it
costs to leave those out is measured in docs/decisions/0009-margins.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from ganvas.enhancement.strips import Strips, Window
from ganvas.images import Floats

LARGEST_MARGIN = 56
"""By how many pixels tiles overlap at most (docs/decisions/0009-margins.md)."""

STRIP_BYTES = 96 * 2**20
"""What one strip of the result may take in float32: wide pictures are done in flatter tiles."""


def tiled(
    source: Strips, enlarge: Callable[[Floats], Floats], scale: int, margin: int, tile: int, multiple: int = 1
) -> Strips:
    """``source`` enlarged ``scale`` times by ``enlarge``, which maps (h, w, channels) to (scale·h, scale·w, channels).

    ``margin`` is how far, in source pixels, one result pixel sees; ``tile`` the side of what is kept of each tile. What
    ``enlarge`` is given begins at multiples of ``multiple``, as a net needs that folds its input into blocks.
    """
    width = source.width * scale
    height = min(tile, max(32, STRIP_BYTES // (4 * width * source.channels * scale)))

    def first(kept: int) -> int:
        return max(0, kept - margin) // multiple * multiple

    def strips() -> Iterator[Floats]:
        window = Window(source)
        for top, bottom in pieces(source.height, height):
            above, below = first(top), min(source.height, bottom + margin)
            rows = window.rows(above, below)
            strip = np.empty(((bottom - top) * scale, width, source.channels), np.float32)
            for left, right in pieces(source.width, tile):
                before, behind = first(left), min(source.width, right + margin)
                made = enlarge(rows[:, before:behind])
                y, x = (top - above) * scale, (left - before) * scale
                kept = made[y : y + len(strip), x : x + (right - left) * scale]
                strip[:, left * scale : right * scale] = kept
            yield strip

    return Strips(source.height * scale, width, source.channels, strips())


def blended(source: Strips, restore: Callable[[Floats], Floats], tile: int, overlap: int) -> Strips:
    """``source`` as ``restore`` makes it, which maps (h, w, channels) to the same and treats each tile in its own way.

    Tiles, of sides up to ``tile`` and no less than three times ``overlap``, overlap by so many pixels, and over these
    they fade into each other.
    """
    across = shares(source.width, tile, overlap)

    def strips() -> Iterator[Floats]:
        window = Window(source)
        begun = np.empty((0, source.width, source.channels), np.float32)
        down = shares(source.height, tile, overlap)
        for (top, weights), following in zip(down, [*down[1:], (source.height, None)], strict=True):
            rows = window.rows(top, top + len(weights))
            strip = np.zeros((len(weights), source.width, source.channels), np.float32)
            for left, share in across:
                columns = slice(left, left + len(share))
                strip[:, columns] += restore(rows[:, columns]) * share[:, None]
            strip *= weights[:, None, None]
            strip[: len(begun)] += begun
            done = following[0] - top
            begun = strip[done:]
            yield strip[:done]

    return Strips(source.height, source.width, source.channels, strips())


def shares(length: int, tile: int, overlap: int) -> list[tuple[int, Floats]]:
    """The tiles along a side of ``length``: where each begins, and its share in each of its pixels, (n,).

    >>> [(first, share.tolist()) for first, share in shares(6, 4, 2)]
    [(0, [1.0, 1.0, 0.75, 0.25]), (2, [0.25, 0.75, 1.0, 1.0])]
    """
    half = overlap // 2
    made: list[tuple[int, Floats]] = []
    for first, last in pieces(length, max(2 * overlap, tile - overlap)):
        begin, end = max(0, first - half), min(length, last + half)
        place = np.arange(begin, end, dtype=np.float32) + 0.5
        up = (place - (first - half)) / (2 * half) if first else np.ones_like(place)
        down = ((last + half) - place) / (2 * half) if last < length else np.ones_like(place)
        made.append((begin, np.minimum(up, down).clip(0, 1).astype(np.float32)))
    return made


def pieces(length: int, most: int) -> list[tuple[int, int]]:
    """``length`` cut into the fewest pieces of at most ``most``, as equal as can be.

    >>> pieces(10, 4)
    [(0, 3), (3, 6), (6, 10)]
    """
    count = -(-length // most)
    cuts = [length * part // count for part in range(count + 1)]
    return list(pairwise(cuts))
