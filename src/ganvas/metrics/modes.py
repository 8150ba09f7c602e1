"""Which modes of a mixture of equal Gaussians a generator of points covers, and how well it hits them."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from ganvas.metrics.fidelity import MetricError

SAMPLES = 2500
"""How many points these counts are meant for."""

LEAST = 25
"""How many points a mode must own to be covered."""

DEVIATIONS = 3.0
"""How many deviations from its centre a point is still of a mode's own quality."""

NEAR = 0.25
"""How near, in parts of the centres' mean distance from the origin, a point loosely belongs to a mode."""


@dataclass(frozen=True)
class Coverage:
    """What a generator covers. Every point belongs to the centre that is nearest to it.

    ``modes`` own at least 25 points within 3 deviations, ``loose`` modes as many within a quarter of the ring's
    radius. ``quality`` is the share of points within 3 deviations of their centre, ``radius`` the mean distance from
    the origin, ``divergence`` KL(generated || uniform) of the share of points of each mode in nats (the reverse one),
    ``majority`` the mode with the most points.
    """

    modes: int
    quality: float
    loose: int
    radius: float
    divergence: float
    majority: int


def coverage(points: torch.Tensor, centres: torch.Tensor, deviation: float) -> Coverage:
    """The coverage of ``centres`` (M, 2), Gaussians of ``deviation``, by ``points`` (N, 2), of which 2500 are usual.

    Raises :class:`MetricError` for points that are not numbers.

    >>> centres = torch.tensor([[2.0, 0.0], [-2.0, 0.0]])
    >>> coverage(centres[:1].repeat(2500, 1), centres, 0.02)
    Coverage(modes=1, quality=1.0, loose=1, radius=2.0, divergence=0.6931471805599453, majority=0)
    """
    if not points.isfinite().all():
        raise MetricError("modes cannot be counted of points that are not numbers")
    places, middles = points.detach().cpu().double(), centres.cpu().double()
    distance, owner = torch.cdist(places, middles, compute_mode="donot_use_mm_for_euclid_dist").min(dim=1)
    own = distance <= DEVIATIONS * deviation
    near = distance <= NEAR * middles.norm(dim=1).mean()
    counts, hits, loose = (torch.bincount(each, minlength=len(middles)) for each in (owner, owner[own], owner[near]))
    shares = counts.double() / len(places)
    return Coverage(
        modes=int((hits >= LEAST).sum()),
        quality=own.double().mean().item(),
        loose=int((loose >= LEAST).sum()),
        radius=places.norm(dim=1).mean().item(),
        divergence=torch.xlogy(shares, shares * len(middles)).sum().item(),
        majority=int(counts.argmax()),
    )
