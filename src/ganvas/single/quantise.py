"""A picture in the few main colours of another: K-means, as SinGAN's paint-to-image has it."""

from __future__ import annotations

from typing import Literal

import torch

Clustered = Literal["rgb", "official"]
"""Colours, or, as the authors' code has it by a slip, triples of neighbouring values of one channel."""


def palette(image: torch.Tensor, how: Clustered = "rgb", count: int = 5, seed: int = 0) -> torch.Tensor:
    """The centres (count, 3) of the clusters in ``image`` (1, 3, H, W), the best of ten runs."""
    points, generator = _points(image, how), torch.Generator().manual_seed(seed)
    found = [lloyd(points, spread(points, count, generator)) for _ in range(10)]
    return min(found, key=lambda centres: _apart(points, centres).amin(dim=1).sum().item())


def recoloured(image: torch.Tensor, centres: torch.Tensor, how: Clustered = "rgb") -> torch.Tensor:
    """``image`` (1, 3, H, W) with ``centres`` for colours; which gets which is the outcome of K-means from there."""
    points = _points(image, how)
    colours = centres[_apart(points, lloyd(points, centres)).argmin(dim=1)]
    if how == "official":
        return colours.reshape(image.shape)
    return colours.view(*image.shape[-2:], 3).permute(2, 0, 1)[None].contiguous()


def lloyd(points: torch.Tensor, centres: torch.Tensor, rounds: int = 100) -> torch.Tensor:
    """``centres`` (k, d) moved to the means of the ``points`` (n, d) that are nearest to them, until they stay.

    >>> lloyd(torch.tensor([[0.0], [1.0], [8.0], [10.0]]), torch.tensor([[0.0], [2.0]])).tolist()
    [[0.5], [9.0]]
    """
    for _ in range(rounds):
        nearest = _apart(points, centres).argmin(dim=1)
        sums = torch.zeros_like(centres).index_add(0, nearest, points)
        counts = nearest.bincount(minlength=len(centres))[:, None]
        moved = torch.where(counts > 0, sums / counts.clamp(min=1), centres)  # what nothing is near to stays
        if torch.equal(moved, centres):
            break
        centres = moved
    return centres


def spread(points: torch.Tensor, count: int, generator: torch.Generator) -> torch.Tensor:
    """``count`` of ``points``, far ones more likely (k-means++, Arthur and Vassilvitskii 2007)."""
    chosen = points[torch.randint(len(points), (1,), generator=generator)]
    while len(chosen) < count:
        chances = _apart(points, chosen).amin(dim=1).cpu().cumsum(0)
        place = torch.searchsorted(chances, torch.rand(1, generator=generator) * chances[-1])
        chosen = torch.cat([chosen, points[place.clamp(max=len(points) - 1)]])
    return chosen


def _apart(points: torch.Tensor, centres: torch.Tensor) -> torch.Tensor:
    """Squared distances (n, k)."""
    return (points[:, None] - centres).square().sum(dim=2)


def _points(image: torch.Tensor, how: Clustered) -> torch.Tensor:
    return image.reshape(-1, 3) if how == "official" else image[0].flatten(1).T.contiguous()
