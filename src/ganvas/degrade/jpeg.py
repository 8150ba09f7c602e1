"""What JPEG does to a picture, without writing a file (ITU-T T.81, JFIF): YCbCr 4:2:0, 8x8 DCT, the standard tables."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch.nn import functional

from ganvas.degrade.low_resolution import Reduction, reduce

LUMA = (0.299, 0.587, 0.114)
"""The full-range luma of BT.601, what JPEG and grey noise take for brightness."""

_YCBCR = (LUMA, (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))

# T.81, tables K.1 and K.2.
_LUMA_STEPS = (
    *(16, 11, 10, 16, 24, 40, 51, 61),
    *(12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56),
    *(14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77),
    *(24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101),
    *(72, 92, 95, 98, 112, 100, 103, 99),
)
_CHROMA_STEPS = (
    *(17, 18, 24, 47, 99, 99, 99, 99),
    *(18, 21, 26, 66, 99, 99, 99, 99),
    *(24, 26, 56, 99, 99, 99, 99, 99),
    *(47, 66, 99, 99, 99, 99, 99, 99),
    *(99,) * 32,
)


def jpeg(image: torch.Tensor, quality: torch.Tensor | float) -> torch.Tensor:
    """``image`` (N, 3, H, W) in [0, 1] as it comes back from a JPEG file; ``quality`` in [1, 100] for all or (N,).

    Beyond the border the edge pixel repeats, up to a multiple of 16. The chroma is enlarged linearly and all is rounded
    to 8 bits, as libjpeg does. Most of it has no useful gradient.
    """
    height, width = image.shape[-2:]
    quality = torch.as_tensor(quality, dtype=image.dtype, device=image.device).expand(len(image))
    padded = functional.pad(image.clamp(0, 1) * 255, (0, -width % 16, 0, -height % 16), mode="replicate")
    planes = _mixed(padded, torch.tensor(_YCBCR)).round()
    luma = _quantised(planes[:, :1] - 128, _steps(_LUMA_STEPS, quality)) + 128
    chroma = _quantised(_halved(planes[:, 1:]), _steps(_CHROMA_STEPS, quality))
    enlarged = functional.interpolate(chroma.round(), scale_factor=2, mode="bilinear")
    decoded = _mixed(torch.cat([luma.round(), enlarged.round()], dim=1), torch.linalg.inv(torch.tensor(_YCBCR)))
    return decoded[..., :height, :width].round().clamp(0, 255) / 255


@dataclass(frozen=True)
class Compressed:
    """A plain reduction, then JPEG at one of the ``qualities``, each sample its own."""

    reduction: Reduction = "bilinear"
    qualities: tuple[float, ...] = (50, 70, 80, 90, 95, 99)

    def __call__(self, high: torch.Tensor, scale: int, random: np.random.Generator) -> torch.Tensor:
        """The low (N, 3, H/scale, W/scale) of ``high`` (N, 3, H, W), both in [0, 1]; rounded to 8 bits."""
        return jpeg(reduce(high, scale, self.reduction), torch.from_numpy(random.choice(self.qualities, len(high))))


def _mixed(image: torch.Tensor, matrix: torch.Tensor) -> torch.Tensor:
    return functional.conv2d(image, matrix.to(image)[..., None, None])


def _halved(chroma: torch.Tensor) -> torch.Tensor:
    """The means of 2x2, whole numbers; halves go down in one column and up in the next, as in libjpeg."""
    means = functional.avg_pool2d(chroma, 2)
    return (means + torch.tensor([0.25, 0.5]).to(means).repeat(means.shape[-1] // 2)).floor()


def _steps(table: tuple[int, ...], quality: torch.Tensor) -> torch.Tensor:
    """The quantisation steps at ``quality`` (N,), whole numbers as a file stores them: (N, 1, 64)."""
    percent = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality)
    steps = (torch.tensor(table).to(quality) * percent[:, None] + 50) / 100
    return steps.floor().clamp(1, 255)[:, None]


def _quantised(planes: torch.Tensor, steps: torch.Tensor) -> torch.Tensor:
    """``planes`` (N, C, H, W), H and W multiples of 8, after their DCT coefficients were rounded to ``steps``."""
    transform = _cosines().to(planes)
    grid = planes.unflatten(-1, (-1, 8)).unflatten(-3, (-1, 8)).transpose(-3, -2)
    coefficients = grid.reshape(len(planes), -1, 64) @ transform.T
    blocks = ((coefficients / steps).round() * steps) @ transform
    return blocks.view(grid.shape).transpose(-3, -2).reshape(planes.shape)


@cache
def _cosines() -> torch.Tensor:
    """The orthonormal 8x8 DCT of a block written as a row of 64: (frequency, pixel)."""
    frequency, place = torch.arange(8.0, dtype=torch.float64)[:, None], torch.arange(8.0, dtype=torch.float64)
    row = torch.cos((2 * place + 1) * frequency * math.pi / 16) / 2
    row[0] /= math.sqrt(2)
    return torch.kron(row, row)
