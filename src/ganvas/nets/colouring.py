"""Colour for grey pictures: a net that is given lightness and makes the two chroma channels of CIE Lab."""

from __future__ import annotations

import torch
from torch import nn

WHITE = (0.95047, 1.0, 1.08883)
"""XYZ of D65."""

TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))

MOST = 110.0
"""What |a| and |b| of sRGB colours stay below."""


class Colouring(nn.Module):
    """(N, 3, H, W) in [0, 1] to the same with the lightness kept and the colours that ``chroma`` makes of it.

    ``chroma`` takes (N, 1, H, W) and gives (N, 2, H, W), both in [0, 1]: L / 100, and a and b from -110 to 110 (Isola
    et al. 2017, section 6.2).
    """

    def __init__(self, chroma: nn.Module) -> None:
        super().__init__()
        self.chroma = chroma
        self.receptive_field: int = getattr(chroma, "receptive_field", 1)
        self.multiple: int = getattr(chroma, "multiple", 1)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        lightness = to_lab(image)[:, :1]
        made = self.chroma(lightness / 100)
        return from_lab(torch.cat([lightness, MOST * (2 * made - 1)], dim=1)).clamp(0, 1)


def to_lab(image: torch.Tensor) -> torch.Tensor:
    """L in [0, 100], a and b of sRGB in [0, 1], (N, 3, H, W) (CIE 15:2004, section 8.2.1; white D65).

    >>> [round(value, 1) for value in to_lab(torch.ones(1, 3, 1, 1)).abs().flatten().tolist()]
    [100.0, 0.0, 0.0]
    """
    light = torch.where(image <= 0.04045, image / 12.92, ((image.clamp(min=0) + 0.055) / 1.055) ** 2.4)
    ratios = torch.einsum("ij,njhw->nihw", light.new_tensor(TO_XYZ), light) / light.new_tensor(WHITE).view(1, 3, 1, 1)
    # Below the border a line goes on, for the root has no slope at black.
    shades = torch.where(ratios > (6 / 29) ** 3, ratios.clamp(min=1e-6) ** (1 / 3), ratios * (29 / 6) ** 2 / 3 + 4 / 29)
    x, y, z = shades.unbind(dim=1)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], dim=1)


def from_lab(lab: torch.Tensor) -> torch.Tensor:
    """The inverse of :func:`to_lab`; colours that sRGB does not have lie outside of [0, 1]."""
    lightness, a, b = lab.unbind(dim=1)
    y = (lightness + 16) / 116
    shades = torch.stack([y + a / 500, y, y - b / 200], dim=1)
    ratios = torch.where(shades > 6 / 29, shades**3, 3 * (6 / 29) ** 2 * (shades - 4 / 29))
    xyz = ratios * lab.new_tensor(WHITE).view(1, 3, 1, 1)
    light = torch.einsum("ij,njhw->nihw", torch.linalg.inv(lab.new_tensor(TO_XYZ)), xyz)
    power = 1.055 * light.clamp(min=1e-6) ** (1 / 2.4) - 0.055
    return torch.where(light <= 0.0031308, light * 12.92, power)
