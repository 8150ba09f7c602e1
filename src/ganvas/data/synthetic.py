"""Data that needs no file: points of the plane whose distribution is known."""

from __future__ import annotations

import math

import numpy as np
import torch

from ganvas.data.batches import Images
from ganvas.data.stream import Stream


def ring_centres(modes: int = 8, radius: float = 2.0) -> torch.Tensor:
    """The centres of the ring's modes, (modes, 2)."""
    angle = torch.arange(modes) * (2 * math.pi / modes)
    return radius * torch.stack([angle.cos(), angle.sin()], dim=1)


def ring_of_gaussians(
    batch: int, *, modes: int = 8, radius: float = 2.0, deviation: float = 0.02, seed: int = 0
) -> Stream[Images]:
    """Points (N, 2) drawn from equally likely Gaussians on a circle: the test of mode collapse of Metz et al. 2017."""
    centres = ring_centres(modes, radius).numpy()

    def draw(random: np.random.Generator, rows: slice, position: int) -> Images:
        mode = random.integers(modes, size=batch)
        points = centres[mode] + random.normal(scale=deviation, size=(batch, 2))
        return Images(torch.from_numpy(points[rows].astype(np.float32)))

    return Stream(draw, batch, seed)
