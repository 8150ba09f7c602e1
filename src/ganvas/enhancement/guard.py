"""The guard: a result that is not the picture any more must never be called a success.

An enlarger adds detail; reduced to the size it came from, its result is the picture again. What is black, grey, not a
number or shifted in colour then is a failure of the net, the device or the memory, and is refused.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.ndimage import uniform_filter

from ganvas.errors import GanvasError
from ganvas.images import Floats, Picture

SIDE = 64
"""The comparison is made on means over at least 4x4 pixels, at most this many a side: sharpening does not count."""

MEAN_SHIFT = 0.06
"""How far the mean of a channel may move; honest results stay below 0.02 (see tests/enhancement/test_guard.py)."""

COARSE_ERROR = 0.12
"""How far the coarse pictures may differ, as root mean square; honest results stay below 0.03."""

LOCAL_SHIFT = 0.15
"""How far a channel's mean over 3x3 neighbouring cells may move: one tile gone black or grey; honest results stay below
0.1."""

CONTRAST_SHARE, COLOUR_SHARE = 0.5, 0.35
"""How much of the picture's own contrast, and of its own colour, the difference may be; honest results stay below 0.2,
a result without colour is at 1, one with two channels swapped near it."""

LEAST_CONTRAST, LEAST_COLOUR = 0.04, 0.005
"""How large the difference may be in any case, as root mean square over the cells."""

BLANK = 0.004
"""Contrast, as root mean square, that must not vanish altogether: one step of 8 bits."""

Fault = Literal[
    "holds values that are not numbers",
    "is black",
    "is blank",
    "has lost its colours",
    "has changed its colours",
    "is spoilt in places",
    "is not the picture any more",
]


ADVICE = "try --precision fp32 or --device cpu, or --no-guard if you want it all the same"


class GuardError(GanvasError):
    """A result that was refused; the message is one sentence for the user."""


def check(picture: Picture, result: Picture, *, alike: bool = True, advice: str = ADVICE) -> None:
    """Raises :class:`GuardError`, which ends with the ``advice``, when ``result`` is not ``picture`` any more."""
    guard = Guard(picture, (result.width, result.height), alike=alike)
    guard.see(result.pixels)
    guard.verdict(advice)


class Guard:
    """Watches the rows of a result of ``size`` (width, height) come in, and compares them with ``picture``.

    Where the result is to have other tones or colours, ``alike`` is False: then it must only be a picture at all.
    """

    def __init__(self, picture: Picture, size: tuple[int, int], *, alike: bool = True) -> None:
        self._alike = alike
        self._grid = (
            max(1, min(SIDE, picture.height // 4, size[1] // 4)),
            max(1, min(SIDE, picture.width // 4, size[0] // 4)),
        )
        self._made = Cells(self._grid, size[1], size[0], picture.pixels.shape[2])
        self._picture = picture

    def see(self, rows: Floats) -> None:
        """Takes note of the next ``rows``, (h, W, channels), with or without alpha."""
        with np.errstate(invalid="ignore"):  # the verdict will say it
            self._made.add(rows[..., : self._picture.pixels.shape[2]])

    def verdict(self, advice: str = ADVICE) -> None:
        """Raises :class:`GuardError`, which ends with the ``advice``, when what was seen is not the picture."""
        fault = _fault(self._made.means(), self._means(self._picture.pixels), self._visible(), self._alike)
        if fault is not None:
            raise GuardError(f"the result {fault}, so it was not kept: {advice}")

    def _visible(self) -> np.ndarray:
        """1 where the picture can be seen, 0 where it is transparent: what lies hidden there is made up anyway."""
        if self._picture.alpha is None:
            return np.ones((*self._grid, 1))
        return (self._means(self._picture.alpha[..., None]) > 0.9).astype(np.float64)

    def _means(self, pixels: Floats) -> np.ndarray:
        height, width, channels = pixels.shape
        cells = Cells(self._grid, height, width, channels)
        for top in range(0, height, 256):
            cells.add(pixels[top : top + 256])
        return cells.means()


class Cells:
    """Means over the cells of a ``grid`` (lines, columns) laid over a picture whose rows come in from top to bottom.

    A pixel on the border of two cells counts in each by its share, so pictures of any two sizes can be compared.
    """

    def __init__(self, grid: tuple[int, int], height: int, width: int, channels: int) -> None:
        self._lines, self._columns = np.linspace(0, height, grid[0] + 1), np.linspace(0, width, grid[1] + 1)
        self._sums = np.zeros((*grid, channels))
        self._seen = 0

    def add(self, rows: Floats) -> None:
        """Adds the next ``rows`` (h, width, channels)."""
        whole = self._columns.astype(int)
        part = (self._columns - whole)[:, None]
        cut = rows[:, np.minimum(whole, rows.shape[1] - 1)] * part
        across = np.add.reduceat(rows, whole[:-1], axis=1, dtype=np.float64) + cut[:, 1:] - cut[:, :-1]
        places = np.arange(self._seen, self._seen + len(rows))
        shares = np.minimum(self._lines[1:, None], places + 1) - np.maximum(self._lines[:-1, None], places)
        self._sums += np.tensordot(shares.clip(0), across, axes=1)
        self._seen += len(rows)

    def means(self) -> np.ndarray:
        """(lines, columns, channels)."""
        return self._sums / (np.diff(self._lines)[:, None, None] * np.diff(self._columns)[:, None])


def _fault(made: np.ndarray, expected: np.ndarray, visible: np.ndarray, alike: bool = True) -> Fault | None:
    if not np.isfinite(made).all():
        return "holds values that are not numbers"
    if visible.sum() == 0:
        return None

    def mean(values: np.ndarray) -> np.ndarray:
        return (values * visible).sum((0, 1)) / visible.sum()

    def spread(values: np.ndarray) -> float:
        return float(np.sqrt(mean(values**2).mean()))

    difference = made - expected
    contrast, colour = spread(expected - mean(expected)), spread(_chroma(expected))
    if (contrast > BLANK or mean(expected).max() > MEAN_SHIFT) and (made * visible).max() < BLANK:
        return "is black"
    if contrast > BLANK and spread(made - mean(made)) < contrast / 10:
        return "is blank"
    if not alike:
        return None
    error = min(COARSE_ERROR, max(CONTRAST_SHARE * contrast, LEAST_CONTRAST))
    moved = np.abs(mean(difference)).max() > MEAN_SHIFT or spread(difference) > error
    recoloured = spread(_chroma(difference)) > max(COLOUR_SHARE * colour, LEAST_COLOUR)
    if recoloured and spread(_chroma(made)) < colour / 4:
        return "has lost its colours"
    if moved:
        return "is not the picture any more"
    if recoloured:
        return "has changed its colours"
    spoilt = np.abs(uniform_filter(difference * visible, (3, 3, 0))).max() > LOCAL_SHIFT
    return "is spoilt in places" if spoilt else None


def _chroma(pixels: np.ndarray) -> np.ndarray:
    return pixels - pixels.mean(axis=2, keepdims=True)
