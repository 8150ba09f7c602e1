"""Blur kernels of cameras, scanners and editors, and how they are drawn (Wang et al. 2021, Real-ESRGAN, section 3.1).

On the integer grid v with covariance Σ = R diag(σ_x², σ_y²) Rᵀ every kernel but the sinc is a function of q = vᵀΣ⁻¹v.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch.nn import functional

Range = tuple[float, float]
"""Least and greatest of a uniform draw."""

LARGE = 13
"""The side from which a sinc kernel is wide enough to hold a lower cutoff."""


def gaussian(size: int, deviation: Range, rotation: float = 0.0) -> torch.Tensor:
    """exp(-q/2) / sum, (size, size), ``size`` odd; ``deviation`` is (σ_x, σ_y), ``rotation`` in radians.

    >>> gaussian(7, (1.0, 1.0)).sum().round(decimals=5).item()
    1.0
    """
    return _normalised(torch.exp(-_squared_distance(size, deviation, rotation) / 2))


def generalised(size: int, deviation: Range, rotation: float, power: float) -> torch.Tensor:
    """exp(-q^β/2) / sum with β = ``power``: heavier tails than the Gaussian below 1, a flatter top above."""
    return _normalised(torch.exp(-(_squared_distance(size, deviation, rotation) ** power) / 2))


def plateau(size: int, deviation: Range, rotation: float, power: float) -> torch.Tensor:
    """1/(1 + q^β) / sum with β = ``power``."""
    return _normalised(1 / (1 + _squared_distance(size, deviation, rotation) ** power))


def sinc(size: int, cutoff: float) -> torch.Tensor:
    """ω J₁(ωρ)/(2πρ) / sum with ω = ``cutoff`` in (0, π]: the ideal low pass in two dimensions, which rings at edges
    (equation 6). At the centre it is ω²/4π.
    """
    offset = torch.arange(size, dtype=torch.float64) - size // 2
    distance = torch.hypot(offset[:, None], offset)
    kernel = cutoff * torch.special.bessel_j1(cutoff * distance) / (2 * math.pi * distance)
    kernel[size // 2, size // 2] = cutoff**2 / (4 * math.pi)
    return _normalised(kernel)


def blurred(image: torch.Tensor, kernels: Sequence[torch.Tensor]) -> torch.Tensor:
    """``image`` (N, C, H, W), each sample convolved with its own kernel (k, k), k odd; mirrored beyond the border.

    By the Fourier transform, which for 21 taps a side takes a third of the time of the sum.
    """
    reach = max(len(kernel) for kernel in kernels) // 2
    if reach == 0:
        return image
    same = [functional.pad(kernel, [reach - len(kernel) // 2] * 4) for kernel in kernels]
    padded = mirrored(image, reach)
    # A multiple of 16 has a fast transform; what wraps around falls on the margin, which is cut away.
    shape = [side + -side % 16 for side in padded.shape[-2:]]
    spectrum = torch.fft.rfft2(padded, s=shape) * torch.fft.rfft2(torch.stack(same).to(image), s=shape)[:, None]
    height, width = image.shape[-2:]
    return torch.fft.irfft2(spectrum, s=shape)[..., 2 * reach :, 2 * reach :][..., :height, :width]


def mirrored(image: torch.Tensor, reach: int) -> torch.Tensor:
    """``image`` with ``reach`` more pixels on each side, reflected as often as a picture smaller than that needs."""
    if reach < min(image.shape[-2:]):
        return functional.pad(image, [reach] * 4, mode="reflect")
    for axis in (-2, -1):
        last = image.shape[axis] - 1
        position = torch.arange(-reach, last + 1 + reach, device=image.device) % max(2 * last, 1)
        image = image.index_select(axis, torch.minimum(position, 2 * last - position).clamp(min=0))
    return image


class Shape(NamedTuple):
    """A family of kernels and how often it is drawn, in proportion to the others."""

    family: Literal["gaussian", "generalised", "plateau"]
    share: float
    anisotropic: bool = False


@dataclass(frozen=True)
class Blur:
    """Blurs each sample, with ``probability``, by a kernel of its own: a sinc in the share ``sinc`` of the cases, else
    one of the ``shapes``.

    ``generalised`` and ``plateau`` are the ranges of β: half of the draws lie below 1, half above (with a plateau from
    [1, 2] half are exactly 1). ``cutoff`` is for sinc kernels of less than 13 pixels, ``large_cutoff`` for the others.
    """

    probability: float = 1.0
    sizes: tuple[int, ...] = (7, 9, 11, 13, 15, 17, 19, 21)
    sinc: float = 0.1
    shapes: tuple[Shape, ...] = (
        Shape("gaussian", 0.45),
        Shape("gaussian", 0.25, anisotropic=True),
        Shape("generalised", 0.12),
        Shape("generalised", 0.03, anisotropic=True),
        Shape("plateau", 0.12),
        Shape("plateau", 0.03, anisotropic=True),
    )
    deviation: Range = (0.2, 3.0)
    rotation: Range = (-math.pi, math.pi)
    generalised: Range = (0.5, 4.0)
    plateau: Range = (1.0, 2.0)
    cutoff: Range = (math.pi / 3, math.pi)
    large_cutoff: Range = (math.pi / 5, math.pi)

    def __call__(self, image: torch.Tensor, random: np.random.Generator) -> torch.Tensor:
        """``image`` (N, C, H, W) blurred."""
        return blurred(image, [self.kernel(random) for _ in image])

    def kernel(self, random: np.random.Generator) -> torch.Tensor:
        """One kernel, float32 (k, k); that of a sample left as it is has k = 1."""
        if random.random() >= self.probability:
            return torch.ones(1, 1)
        size = int(random.choice(self.sizes))
        if random.random() < self.sinc:
            return sinc(size, random.uniform(*(self.cutoff if size < LARGE else self.large_cutoff)))
        shares = np.array([shape.share for shape in self.shapes])
        shape = self.shapes[random.choice(len(shares), p=shares / shares.sum())]
        wide, high = random.uniform(*self.deviation, size=2)
        deviation, rotation = ((wide, high), random.uniform(*self.rotation)) if shape.anisotropic else ((wide, wide), 0)
        match shape.family:
            case "gaussian":
                return gaussian(size, deviation, rotation)
            case "generalised":
                return generalised(size, deviation, rotation, _power(self.generalised, random))
            case "plateau":
                return plateau(size, deviation, rotation, _power(self.plateau, random))


def _power(limits: Range, random: np.random.Generator) -> float:
    least, greatest = limits
    return random.uniform(least, 1) if random.random() < 0.5 else random.uniform(1, greatest)


def _squared_distance(size: int, deviation: Range, rotation: float) -> torch.Tensor:
    """The grid of q = vᵀΣ⁻¹v, float64 (size, size); x runs along the rows."""
    offset = torch.arange(size, dtype=torch.float64) - size // 2
    x, y = offset, offset[:, None]
    cosine, sine = math.cos(rotation), math.sin(rotation)
    return ((x * cosine + y * sine) / deviation[0]) ** 2 + ((y * cosine - x * sine) / deviation[1]) ** 2


def _normalised(kernel: torch.Tensor) -> torch.Tensor:
    return (kernel / kernel.sum()).float()
