"""The detail of a picture that is worth a closer look."""

from __future__ import annotations

import numpy as np

from ganvas.images import Picture


def busiest(picture: Picture, side: int) -> tuple[int, int]:
    """The top left corner, (top, left), of the square whose neighbouring pixels differ most, on a grid of half squares.

    Texture and lines count for more than one strong edge: they are what an enlarger has to bring back.
    """
    grey = picture.pixels.mean(axis=2)
    down, across = (np.abs(np.diff(grey, axis=axis, append=grey.take([-1], axis))) for axis in (0, 1))
    change = down + across
    corners = [(top, left) for top in _steps(picture.height, side) for left in _steps(picture.width, side)]
    return max(corners, key=lambda corner: float(change[corner[0] :, corner[1] :][:side, :side].mean()))


def square(picture: Picture, corner: tuple[int, int], side: int) -> Picture:
    """The square of ``picture`` at ``corner``, (top, left), less what lies beyond the border."""
    rows, columns = (slice(start, start + side) for start in corner)
    alpha = None if picture.alpha is None else np.ascontiguousarray(picture.alpha[rows, columns])
    return picture.with_pixels(np.ascontiguousarray(picture.pixels[rows, columns]).clip(0, 1), alpha)


def _steps(length: int, side: int) -> range:
    return range(0, max(1, length - side + 1), max(1, side // 2))
