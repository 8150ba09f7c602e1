"""What happens to a photo between the camera and the screen, twice over (Wang et al. 2021, Real-ESRGAN, section 3)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import torch
from torch.nn import functional

from ganvas.degrade.jpeg import jpeg
from ganvas.degrade.kernels import Blur, Range
from ganvas.degrade.low_resolution import reduce
from ganvas.degrade.noise import Noise

Mode = Literal["area", "bilinear", "bicubic"]
"""How a program resizes without care: none of these but ``area`` is antialiased."""

MODES: tuple[Mode, ...] = ("area", "bilinear", "bicubic")


@dataclass(frozen=True)
class Pass:
    """Blur, resize, noise, JPEG: the classical degradation once.

    The share ``up`` of the batches is enlarged, the share ``down`` reduced, the rest keeps its size; ``factor`` is the
    least and the greatest. ``quality`` None leaves JPEG out.
    """

    blur: Blur = field(default_factory=Blur)
    up: float = 0.2
    down: float = 0.7
    factor: Range = (0.15, 1.5)
    modes: tuple[Mode, ...] = MODES
    noise: Noise = field(default_factory=Noise)
    quality: Range | None = (30.0, 95.0)

    def spoil(self, image: torch.Tensor, size: tuple[int, int], random: np.random.Generator) -> torch.Tensor:
        """``image`` (N, 3, H, W) blurred, resized to about ``size`` (that is what the factor is relative to), noisy."""
        factor = self._factor(random)
        around = max(round(size[0] * factor), 1), max(round(size[1] * factor), 1)
        return self.noise(resized(self.blur(image, random), around, self.modes, random), random)

    def compress(self, image: torch.Tensor, random: np.random.Generator) -> torch.Tensor:
        """``image`` (N, 3, H, W) after JPEG, each sample at its own quality."""
        if self.quality is None:
            return image.clamp(0, 1)
        return jpeg(image, torch.from_numpy(random.uniform(*self.quality, size=len(image))))

    def _factor(self, random: np.random.Generator) -> float:
        least, greatest = self.factor
        which = random.random()
        if which < self.up:
            return random.uniform(1, greatest)
        return random.uniform(least, 1) if which < self.up + self.down else 1.0


FIRST = Pass()
SECOND = Pass(
    blur=Blur(probability=0.8, deviation=(0.2, 1.5)),
    up=0.3,
    down=0.4,
    factor=(0.3, 1.2),
    noise=Noise(deviation=(1.0, 25.0), strength=(0.05, 2.5)),
)
MILD = Noise(deviation=(1.0, 10.0), strength=(0.05, 1.0))
RINGING = Blur(probability=0.8, sinc=1.0, large_cutoff=(math.pi / 3, math.pi))


@dataclass(frozen=True)
class SecondOrder:
    """Two passes; the second ends with the resize to the low size and a sinc filter, before or after JPEG.

    Kernels, sizes of noise and JPEG qualities are drawn for each sample; factor and mode of the resizes, kind of noise
    and order of the last steps for each batch. Whether a sample is blurred at all goes with its kernel. ``second`` None
    leaves the second pass out, ``ringing`` None the final sinc filter. The share ``spared`` of the batches is reduced
    with care and nothing else (MATLAB's bicubic), so that good pictures are known when they come.
    """

    first: Pass = FIRST
    second: Pass | None = SECOND
    ringing: Blur | None = RINGING
    modes: tuple[Mode, ...] = MODES
    spared: float = 0.0

    @classmethod
    def first_order(cls) -> SecondOrder:
        """Only the first pass, then the resize to the low size: what was done before this paper."""
        return cls(second=None, ringing=None)

    @classmethod
    def mild(cls, spared: float = 1 / 3) -> SecondOrder:
        """What happens to photos that people keep."""
        return cls(
            Pass(Blur(0.7, deviation=(0.2, 2.0)), 0.2, 0.6, (0.4, 1.3), noise=MILD, quality=(40.0, 95.0)),
            Pass(Blur(0.4, deviation=(0.2, 1.0)), 0.3, 0.3, (0.5, 1.2), noise=MILD, quality=(40.0, 95.0)),
            Blur(probability=0.4, sinc=1.0, large_cutoff=(math.pi / 3, math.pi)),
            spared=spared,
        )

    def __call__(self, high: torch.Tensor, scale: int, random: np.random.Generator) -> torch.Tensor:
        """The low (N, 3, H/scale, W/scale) of ``high`` (N, 3, H, W), both in [0, 1]; rounded to 8 bits.

        The same state of ``random`` gives the same picture. H and W must be multiples of ``scale``.
        """
        height, width = high.shape[-2:]
        if height % scale or width % scale:
            raise ValueError(f"{(height, width)} is not a multiple of the scale {scale}")
        if self.spared and random.random() < self.spared:
            return reduce(high, scale)
        size = height // scale, width // scale
        image = self.first.compress(self.first.spoil(high, (height, width), random), random)
        if self.second is None:
            low = self._final(image, size, random)
        else:
            image = self.second.spoil(image, size, random)
            if random.random() < 0.5:
                low = self.second.compress(self._final(image, size, random), random)
            else:
                low = self._final(self.second.compress(image, random), size, random)
        return low.clamp(0, 1).mul(255).round().div(255)

    def _final(self, image: torch.Tensor, size: tuple[int, int], random: np.random.Generator) -> torch.Tensor:
        low = resized(image, size, self.modes, random)
        return low if self.ringing is None else self.ringing(low, random)


def resized(
    image: torch.Tensor, size: tuple[int, int], modes: tuple[Mode, ...], random: np.random.Generator
) -> torch.Tensor:
    """``image`` (N, C, H, W) resized to ``size`` by one of the ``modes``."""
    mode = modes[random.integers(len(modes))]
    return functional.interpolate(image, size=size, mode=mode)
