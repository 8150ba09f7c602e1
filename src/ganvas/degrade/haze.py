"""Haze: the light of things fades with distance and that of the air takes its place (Koschmieder 1924; Narasimhan and
Nayar 2002). I = J·t + A·(1 - t) with t = exp(-β·d); only β·d matters, so each set of ranges says what unit d has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import torch

from ganvas.degrade.depth import random_depth
from ganvas.degrade.rows import generators
from ganvas.images import to_linear, to_srgb

LEAST = 0.05
"""The transmission below which the inverse would only enlarge noise."""


def transmission(depth: torch.Tensor, beta: torch.Tensor | float) -> torch.Tensor:
    """The part exp(-β·d) of the light that is left after ``depth`` (N, 1, H, W), d >= 0; ``beta`` >= 0 for all or (N,).

    At 3.912/β, the meteorological range, 2 % are left:

    >>> round(transmission(torch.full((1, 1, 1, 1), 3.912), 1.0).item(), 3)
    0.02
    """
    beta = torch.as_tensor(beta, dtype=depth.dtype, device=depth.device).view(-1, 1, 1, 1)
    return torch.exp(-beta * depth)


def hazed(clear: torch.Tensor, transmission: torch.Tensor, airlight: torch.Tensor) -> torch.Tensor:
    """I = J·t + A·(1 - t), clipped to [0, 1], of ``clear`` (N, C, H, W); t (N, 1, H, W), A (N, C) or (N, 1)."""
    return torch.lerp(airlight[..., None, None].expand_as(clear), clear, transmission).clamp(0, 1)


def dehazed(hazy: torch.Tensor, transmission: torch.Tensor, airlight: torch.Tensor) -> torch.Tensor:
    """J = (I - A·(1 - t)) / max(t, 0.05), the inverse of :func:`hazed`; not clipped."""
    light = airlight[..., None, None]
    return (hazy - light * (1 - transmission)) / transmission.clamp(min=LEAST)


class Uniform(NamedTuple):
    """Any number from ``low`` to ``high``."""

    low: float
    high: float

    def __call__(self, random: np.random.Generator) -> float:
        return random.uniform(self.low, self.high)


class OneOf(NamedTuple):
    """One of some numbers."""

    values: tuple[float, ...]

    def __call__(self, random: np.random.Generator) -> float:
        return float(random.choice(self.values))


class Air(NamedTuple):
    """What lies between a scene and the camera: β, and the light A of each channel, sRGB."""

    beta: float
    light: tuple[float, float, float]


INDOOR = Uniform(0.6, 1.8), Uniform(0.7, 1.0)


@dataclass(frozen=True)
class Haze:
    """Haze of each sample's own density and light; by default the ranges of RESIDE's indoor scenes (Li et al. 2019).

    ``farthest`` is what the depth 1 stands for in the unit of 1/β. ``tint`` is how far the channels of the air-light
    may be from their common value, in parts of it. ``linear`` adds up light, as physics has it, instead of sRGB values,
    as the literature does.
    """

    beta: Uniform | OneOf = INDOOR[0]
    airlight: Uniform | OneOf = INDOOR[1]
    farthest: float = 1.0
    tint: float = 0.0
    linear: bool = False

    def __call__(
        self, image: torch.Tensor, random: np.random.Generator, depth: torch.Tensor | None = None
    ) -> torch.Tensor:
        """``image`` (N, 3, H, W) in [0, 1] in haze; ``depth`` (N, 1, H, W) in [0, 1], a random one where it is None.

        Row k depends on itself and the k-th number of ``random``.
        """
        each = generators(random, len(image))
        airs = [self.air(own) for own in each]
        return self.seen(image, random_depth(each, image) if depth is None else depth, airs)

    def air(self, random: np.random.Generator) -> Air:
        """The air of one sample."""
        beta, light = self.beta(random), self.airlight(random)
        red, green, blue = (min(light * (1 + self.tint * each), 1.0) for each in random.uniform(-1, 1, size=3).tolist())
        return Air(beta, (red, green, blue))

    def seen(self, image: torch.Tensor, depth: torch.Tensor, airs: Sequence[Air]) -> torch.Tensor:
        """``image`` (N, 3, H, W) seen through ``airs``, one a sample, at ``depth`` (N, 1, H, W) in [0, 1]."""
        through = transmission(depth * self.farthest, torch.tensor([air.beta for air in airs]))
        light = torch.tensor([air.light for air in airs]).to(image)
        if self.linear:
            return to_srgb(hazed(to_linear(image), through, to_linear(light)))
        return hazed(image, through, light)


HAZES: Mapping[Literal["indoor", "outdoor", "fixed"], Haze] = {
    "indoor": Haze(),
    # RESIDE's outdoor β is for metres; where depth is relative, 20 m leave 2 to 45 % of the farthest things' light.
    "outdoor": Haze(OneOf((0.04, 0.06, 0.08, 0.1, 0.12, 0.16, 0.2)), OneOf((0.8, 0.85, 0.9, 0.95, 1.0)), farthest=20.0),
    "fixed": Haze(OneOf((1.0,)), OneOf((1.0,))),
}
"""Sets of ranges by name; ``fixed`` is that of D-HAZY (Ancuti et al. 2016)."""
