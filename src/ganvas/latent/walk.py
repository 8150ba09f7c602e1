"""Walks from code to code."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import torch
from scipy.ndimage import gaussian_filter1d

from ganvas.data.noise import Prior, on_sphere
from ganvas.latent.model import Generator

Way = Literal["linear", "spherical"]

STRAIGHT = 1e-3
"""Angles as near to 0 or pi as this have no arc of their own: the walk between them is linear."""


def linear(first: torch.Tensor, last: torch.Tensor, steps: int) -> torch.Tensor:
    """(steps, d): z_t = (1 - t) z_0 + t z_1, both ends among them, bit for bit.

    >>> linear(torch.tensor([0.0]), torch.tensor([1.0]), 3).flatten().tolist()
    [0.0, 0.5, 1.0]
    """
    share = _shares(first, steps)
    return _ends((1 - share) * first + share * last, first, last)


def spherical(first: torch.Tensor, last: torch.Tensor, steps: int, *, norms: bool = False) -> torch.Tensor:
    """(steps, d): z_t = [sin((1 - t) w) z_0 + sin(t w) z_1] / sin w, w the angle between the ends.

    Where w is about 0 or pi it is the linear walk. ``norms``: |z_t| is brought to (1 - t) |z_0| + t |z_1|. The straight
    line between two codes of N(0, I) has a middle of norm sqrt(d / 2), where there are none.
    """
    lengths = first.norm(), last.norm()
    # The cosine is taken in float64: near 0 and pi its angle depends on the last digits.
    cosine = (first.double() @ last.double()) / (lengths[0].double() * lengths[1].double()).clamp(min=1e-30)
    angle = cosine.clamp(-1, 1).arccos()
    if not STRAIGHT <= angle <= torch.pi - STRAIGHT:
        return linear(first, last, steps)
    share = _shares(first.double(), steps)
    arc = (((1 - share) * angle).sin() * first + (share * angle).sin() * last) / angle.sin()
    if norms:
        arc = arc * ((1 - share) * lengths[0] + share * lengths[1]) / arc.norm(dim=1, keepdim=True)
    return _ends(arc.to(first.dtype), first, last)


def way_for(prior: Prior) -> Way:
    """How to walk where codes come from ``prior``: along a straight line in a cube, else along an arc."""
    return "linear" if prior == "uniform" else "spherical"


def chain(
    codes: torch.Tensor, steps: int, way: Way = "spherical", *, closed: bool = False, norms: bool = False
) -> torch.Tensor:
    """(n, d): from each of ``codes`` to the next in ``steps`` steps, and ``closed`` back to the first.

    Every code is there once; a closed walk ends one step before the first, so that it can be shown in a loop. DCGAN's
    figure is such a walk through nine. ``norms`` is for the spherical ``way``.
    """
    ends = torch.cat([codes, codes[:1]]) if closed else codes
    parts = [_leg(one, other, steps + 1, way, norms)[:-1] for one, other in pairwise(ends)]
    return torch.cat(parts if closed else [*parts, codes[-1:]])


def legs(images: torch.Tensor, steps: int) -> list[torch.Tensor]:
    """The pictures of an open :func:`chain`, leg by leg, ``steps`` + 1 of each: both its ends are in it."""
    return [images[first : first + steps + 1] for first in range(0, len(images) - 1, steps)]


def smoothed(generator: Generator, frames: int, seed: int = 0, *, sigma: float = 45.0) -> torch.Tensor:
    """(frames, d): ProGAN's walk (Karras et al. 2018): a code a frame, blurred along time, each brought to the sphere.

    ``sigma`` is in frames: 45 of 60 a second there. The walk is a loop.
    """
    noise = torch.randn(frames, generator.dims, generator=torch.Generator().manual_seed(seed))
    blurred = gaussian_filter1d(noise.double().numpy(), sigma, axis=0, mode="wrap", radius=min(round(4 * sigma), 4096))
    codes = on_sphere(torch.from_numpy(blurred)).float()
    # The same walk in a cube: what is N(0, 1) in each frame is uniform after its own distribution function.
    return torch.erf(codes / 2**0.5) if generator.prior == "uniform" else codes


def speeds(images: torch.Tensor) -> torch.Tensor:
    """(n - 1,): the Euclidean distances between neighbours among ``images`` (n, ...)."""
    return (images[1:] - images[:-1]).flatten(1).norm(dim=1)


def evenness(images: torch.Tensor) -> float:
    """The largest of the distances between neighbours over their median: 1 for a walk at constant speed."""
    steps = speeds(images)
    return float(steps.max() / steps.median().clamp(min=1e-12))


def _leg(one: torch.Tensor, other: torch.Tensor, steps: int, way: Way, norms: bool) -> torch.Tensor:
    return linear(one, other, steps) if way == "linear" else spherical(one, other, steps, norms=norms)


def _shares(like: torch.Tensor, steps: int) -> torch.Tensor:
    if steps < 2:
        raise ValueError(f"a walk has two ends at least, not {steps} steps")
    return torch.linspace(0, 1, steps, dtype=like.dtype)[:, None]


def _ends(walk: torch.Tensor, first: torch.Tensor, last: torch.Tensor) -> torch.Tensor:
    """``walk`` with exact ends: what is divided by sin w is not."""
    return torch.cat([first[None], walk[1:-1], last[None]])
