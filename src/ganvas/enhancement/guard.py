"""The guard: a result that is not the picture any more must never be called a success.

An enlarger adds detail; reduced to the size it came from, its result is the picture again. What is black, grey, not a
number or shifted in colour then is a failure of the net, the device or the memory, and is refused.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch

from ganvas.errors import GanvasError
from ganvas.images import Floats, Picture, resize

SIDE = 64
"""The comparison is made on means over at least 4x4 pixels, at most this many a side: sharpening does not count."""

MEAN_SHIFT = 0.06
"""How far the mean of a channel may move; honest results stay below 0.01 (see tests/enhancement/test_guard.py)."""

COARSE_ERROR = 0.12
"""How far the coarse pictures may differ, as root mean square; honest results stay below 0.03."""

Fault = Literal["holds values that are not numbers", "is black", "has lost its colours", "is not the picture any more"]


class GuardError(GanvasError):
    """A result that was refused; the message is one sentence for the user."""


class Guard:
    """Watches the rows of a result of ``size`` (width, height) come in, and compares them with ``picture``."""

    def __init__(self, picture: Picture, size: tuple[int, int]) -> None:
        self._columns = max(1, min(SIDE, picture.width // 4, size[0] // 4))
        self._lines = max(1, min(SIDE, picture.height // 4, size[1] // 4))
        self._height, self._rows = size[1], 0
        self._sums = np.zeros((self._lines, self._columns, picture.pixels.shape[2]))
        self._counts = np.zeros(self._lines)
        self._picture = picture

    def see(self, rows: Floats) -> None:
        """Takes note of the next ``rows``, (h, W, channels), with or without alpha."""
        colours = rows[..., : self._picture.pixels.shape[2]]
        edges = np.linspace(0, rows.shape[1], self._columns + 1).astype(int)
        across = np.add.reduceat(colours, edges[:-1], axis=1, dtype=np.float64) / np.diff(edges)[:, None]
        lines = (np.arange(self._rows, self._rows + len(rows)) * self._lines) // self._height
        np.add.at(self._sums, lines, across)
        np.add.at(self._counts, lines, 1)
        self._rows += len(rows)

    def verdict(self) -> None:
        """Raises :class:`GuardError` when what was seen is not the picture."""
        made = self._sums / self._counts[:, None, None]
        fault = _fault(made, _coarse(self._picture.pixels, self._lines, self._columns), self._visible())
        if fault is not None:
            raise GuardError(
                f"the result {fault}, so it was not kept: try --precision fp32 or --device cpu, "
                "or --no-guard if you want it all the same"
            )

    def _visible(self) -> Floats:
        """1 where the picture can be seen, 0 where it is transparent: what lies hidden there is made up anyway."""
        if self._picture.alpha is None:
            return np.ones((self._lines, self._columns, 1), np.float32)
        return (_coarse(self._picture.alpha[..., None], self._lines, self._columns) > 0.9).astype(np.float32)


def _fault(made: np.ndarray, expected: np.ndarray, visible: np.ndarray) -> Fault | None:
    if not np.isfinite(made).all():
        return "holds values that are not numbers"
    share = max(visible.sum(), 1e-9)
    if visible.sum() == 0:
        return None
    difference = (made - expected) * visible
    shift = np.abs(difference.sum((0, 1)) / share).max()
    error = np.sqrt((difference**2).sum() / (share * made.shape[2]))
    if shift <= MEAN_SHIFT and error <= COARSE_ERROR:
        return None
    if (made * visible).max() < 0.02:
        return "is black"
    if made.shape[2] == 3 and np.ptp(made, axis=2).max() < 0.02 < np.ptp(expected, axis=2).max():
        return "has lost its colours"
    return "is not the picture any more"


def _coarse(pixels: Floats, lines: int, columns: int) -> np.ndarray:
    image = torch.from_numpy(pixels).permute(2, 0, 1)[None]
    return resize(image, (lines, columns), kernel="box").squeeze(0).permute(1, 2, 0).double().numpy()
