"""Photos taken by hand in poor light: shaken, grainy, compressed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch

from ganvas.degrade.jpeg import jpeg
from ganvas.degrade.kernels import Range
from ganvas.degrade.motion import MotionBlur


@dataclass(frozen=True)
class Shaken:
    """Motion blur, then grain of a deviation up to ``grain`` of 255 in each sample, then in the share ``compressed`` of
    the samples JPEG of a ``quality`` in that range. The share ``steady`` of the samples is not blurred; in the share
    ``linear`` the blur adds up light, whatever ``motion`` says. In the share ``moving`` something moved by itself: what
    lies within some ellipse is blurred by a kernel of its own.
    """

    motion: MotionBlur = field(default_factory=lambda: MotionBlur(exposures=(0.25, 0.5, 1.0), longest=36.0))
    steady: float = 0.1
    grain: float = 1.0
    compressed: float = 0.5
    quality: Range = (88.0, 98.0)
    linear: float = 0.0
    moving: float = 0.0

    def __call__(self, image: torch.Tensor, random: np.random.Generator) -> torch.Tensor:
        """``image`` (N, 3, H, W) in [0, 1], spoilt."""
        count = len(image)
        kernels = self.motion.kernels(count, random)
        steady, compressed = random.random((2, count))
        still = torch.ones(1, 1)
        kernels = [still if chance < self.steady else own for chance, own in zip(steady, kernels, strict=True)]
        motions = [self.motion] * count
        if self.linear:
            light = random.random(count) < self.linear
            motions = [replace(self.motion, linear=bool(each) or self.motion.linear) for each in light]
        spoilt = _each(motions, image, kernels)
        if self.moving:
            moved = torch.from_numpy(random.random((count, 1, 1, 1)) < self.moving)
            own = _each(motions, image, self.motion.kernels(count, random))
            spoilt = torch.where(moved, spoilt.lerp(own, _ellipses(image, random)), spoilt)
        deviation = torch.from_numpy(random.uniform(0, self.grain / 255, size=(count, 1, 1, 1))).to(image)
        noise = torch.from_numpy(random.standard_normal(image.shape, dtype=np.float32)).to(image)
        spoilt = (spoilt + deviation * noise).clamp(0, 1)
        chosen = torch.from_numpy(compressed < self.compressed)
        if chosen.any():
            quality = torch.from_numpy(random.uniform(*self.quality, size=count))
            spoilt[chosen] = jpeg(spoilt[chosen], quality[chosen])
        return spoilt


def _each(motions: Sequence[MotionBlur], image: torch.Tensor, kernels: Sequence[torch.Tensor]) -> torch.Tensor:
    """Each row of ``image`` blurred by its kernel, as its own of the ``motions`` blurs."""
    if len(set(motions)) == 1:
        return motions[0].blurred(image, kernels)
    rows = zip(motions, image.split(1), kernels, strict=True)
    return torch.cat([motion.blurred(row, [kernel]) for motion, row, kernel in rows])


def _ellipses(image: torch.Tensor, random: np.random.Generator) -> torch.Tensor:
    """For each row an ellipse of up to the picture's longer side, anywhere: 1 within, 0 without, (N, 1, H, W)."""
    (count, height, width), longer = (len(image), *image.shape[-2:]), max(image.shape[-2:])
    centre = random.uniform(0, width, count) + 1j * random.uniform(0, height, count)
    turn = np.exp(1j * random.uniform(0, math.pi, count))
    across, down = random.uniform(0.1, 0.5, size=(2, count, 1, 1)) * longer
    y, x = np.mgrid[:height, :width]
    place = (x + 1j * y - centre[:, None, None]) * turn[:, None, None]
    # The border is about as soft as a movement makes it.
    inside = (8 - 8 * np.hypot(place.real / across, place.imag / down) + 0.5).clip(0, 1)
    return torch.from_numpy(inside[:, None].astype(np.float32)).to(image)
