"""Points of the plane as a picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ganvas.images import Picture

SIDE = 320


@dataclass(frozen=True)
class Dot:
    colour: tuple[float, float, float]
    opacity: float
    radius: float


DATA = Dot((0.74, 0.74, 0.76), opacity=1.0, radius=4.5)
GENERATED = Dot((0.0, 0.38, 0.68), opacity=0.6, radius=1.8)
MARGIN = DATA.radius + 2


def scatter(generated: torch.Tensor, data: torch.Tensor) -> Picture:
    """A square picture of both, (N, 2) each: data in grey, generated in blue over it, the origin in the middle.

    The frame reaches 1.3 times as far as the data; points beyond it are drawn at its edge, those that are not finite
    not at all.
    """
    reach = 1.3 * float(data.abs().max()) or 1.0
    canvas = np.ones((SIDE, SIDE, 3), np.float32)
    canvas[[0, -1]] = canvas[:, [0, -1]] = 0.85
    for points, dot in ((data, DATA), (generated, GENERATED)):
        for x, y in points.detach().double().cpu().numpy():
            if np.isfinite((x, y)).all():
                _stamp(canvas, _place(float(x), reach), _place(-float(y), reach), dot)
    return Picture(canvas)


def _place(value: float, reach: float) -> float:
    """The pixel at which ``value``, from -reach to reach, lies, kept so far inside that any dot is whole."""
    return min(max((value / reach + 1) / 2 * (SIDE - 1), MARGIN), SIDE - 1 - MARGIN)


def _stamp(canvas: NDArray[np.float32], x: float, y: float, dot: Dot) -> None:
    left, top, side = int(x - dot.radius - 1), int(y - dot.radius - 1), int(2 * dot.radius + 4)
    window = canvas[top : top + side, left : left + side]
    rows, columns = np.ogrid[top : top + window.shape[0], left : left + window.shape[1]]
    # One pixel of slope at the rim is the antialiasing.
    cover = np.clip(dot.radius + 0.5 - np.hypot(rows - y, columns - x), 0, 1)[..., None].astype(np.float32)
    window += cover * dot.opacity * (np.array(dot.colour, np.float32) - window)
