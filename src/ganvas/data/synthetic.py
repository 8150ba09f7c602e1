"""Data that needs no file: points of the plane whose distribution is known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from ganvas.data.batches import Images
from ganvas.data.stream import Stream

Toy = Literal["ring", "grid", "swiss-roll"]

DIVISORS: Mapping[Toy, float] = {"ring": 1.414, "grid": 2.828, "swiss-roll": 7.5}
"""By what the code of Gulrajani et al. 2017 divides the points of each."""


def toy(name: Toy, batch: int, *, divide: float | None = 1.0, seed: int = 0) -> Stream[Images]:
    """Points (N, 2) of the distribution ``name``, with the constants of the papers, divided as :func:`divisor` says."""
    draws = {"ring": ring_of_gaussians, "grid": grid_of_gaussians, "swiss-roll": swiss_roll}
    return draws[name](batch, divide=divisor(name, divide), seed=seed)


def divisor(name: Toy, divide: float | None) -> float:
    """By what the points of ``name`` are divided: ``divide``, or where that is None as in :data:`DIVISORS`."""
    return DIVISORS[name] if divide is None else divide


def ring_centres(modes: int = 8, radius: float = 2.0) -> torch.Tensor:
    """The centres of the ring's modes, (modes, 2)."""
    angle = torch.arange(modes) * (2 * math.pi / modes)
    return radius * torch.stack([angle.cos(), angle.sin()], dim=1)


def grid_centres(side: int = 5, spacing: float = 2.0) -> torch.Tensor:
    """The centres of a square grid around the origin, (side², 2)."""
    along = spacing * (torch.arange(side) - (side - 1) / 2)
    return torch.cartesian_prod(along, along)


def ring_of_gaussians(
    batch: int, *, modes: int = 8, radius: float = 2.0, deviation: float = 0.02, divide: float = 1.0, seed: int = 0
) -> Stream[Images]:
    """Points (N, 2) drawn from equally likely Gaussians on a circle: the test of mode collapse of Metz et al. 2017."""
    return _mixture(batch, ring_centres(modes, radius), deviation, divide, seed)


def grid_of_gaussians(
    batch: int, *, side: int = 5, spacing: float = 2.0, deviation: float = 0.05, divide: float = 1.0, seed: int = 0
) -> Stream[Images]:
    """Points (N, 2) drawn from equally likely Gaussians on a grid: the 25 of Gulrajani et al. 2017."""
    return _mixture(batch, grid_centres(side, spacing), deviation, divide, seed)


def swiss_roll(batch: int, *, noise: float = 0.25, divide: float = 1.0, seed: int = 0) -> Stream[Images]:
    """Points (N, 2) around the spiral t (cos t, sin t), t uniform from 3/2 π to 9/2 π: a Swiss roll seen from its end.

    ``noise`` is the deviation of the normal noise on each coordinate (Gulrajani et al. 2017, code).
    """

    def draw(random: np.random.Generator, rows: slice, position: int) -> Images:
        turn = 1.5 * math.pi * (1 + 2 * random.random(batch))
        spiral = turn[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        return _batch((spiral + random.normal(scale=noise, size=(batch, 2)))[rows] / divide)

    return Stream(draw, batch, seed)


def _mixture(batch: int, centres: torch.Tensor, deviation: float, divide: float, seed: int) -> Stream[Images]:
    places = centres.numpy()

    def draw(random: np.random.Generator, rows: slice, position: int) -> Images:
        mode = random.integers(len(places), size=batch)
        points = places[mode] + random.normal(scale=deviation, size=(batch, 2))
        return _batch(points[rows] / divide)

    return Stream(draw, batch, seed)


def _batch(points: NDArray[np.float64]) -> Images:
    return Images(torch.from_numpy(points.astype(np.float32)))
