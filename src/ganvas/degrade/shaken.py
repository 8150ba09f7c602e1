"""Photos taken by hand in poor light: shaken, grainy, compressed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch

from ganvas.degrade.jpeg import jpeg
from ganvas.degrade.kernels import Range
from ganvas.degrade.motion import MotionBlur


@dataclass(frozen=True)
class Shaken:
    """Motion blur, then grain of a deviation up to ``grain`` of 255 in each sample, then in the share ``compressed`` of
    the samples JPEG of a ``quality`` in that range. The share ``steady`` of the samples is not blurred.
    """

    motion: MotionBlur = field(default_factory=lambda: MotionBlur(exposures=(0.25, 0.5, 1.0), longest=36.0))
    steady: float = 0.1
    grain: float = 1.0
    compressed: float = 0.5
    quality: Range = (88.0, 98.0)

    def __call__(self, image: torch.Tensor, random: np.random.Generator) -> torch.Tensor:
        """``image`` (N, 3, H, W) in [0, 1], spoilt."""
        count = len(image)
        kernels = self.motion.kernels(count, random)
        steady, compressed = random.random((2, count))
        still = torch.ones(1, 1)
        kernels = [still if chance < self.steady else own for chance, own in zip(steady, kernels, strict=True)]
        spoilt = self.motion.blurred(image, kernels)
        deviation = torch.from_numpy(random.uniform(0, self.grain / 255, size=(count, 1, 1, 1))).to(image)
        noise = torch.from_numpy(random.standard_normal(image.shape, dtype=np.float32)).to(image)
        spoilt = (spoilt + deviation * noise).clamp(0, 1)
        chosen = torch.from_numpy(compressed < self.compressed)
        if chosen.any():
            quality = torch.from_numpy(random.uniform(*self.quality, size=count))
            spoilt[chosen] = jpeg(spoilt[chosen], quality[chosen])
        return spoilt
