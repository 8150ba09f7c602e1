"""Transparency: what lies under it must not bleed into what is seen, and what was opaque stays so."""

from __future__ import annotations

import numpy as np
import torch
from scipy.ndimage import distance_transform_edt
from torch.nn.functional import interpolate, max_pool2d

from ganvas.images import Floats

INVISIBLE = 0.5 / 255


def filled(pixels: Floats, alpha: Floats) -> Floats:
    """``pixels`` with each invisible one given the colour of the nearest visible one.

    Editors leave black (or anything) under full transparency. An enlarger looks around, so that colour would become a
    fringe; the nearest visible colour is what un-premultiplying at the edge would give.
    """
    hidden = alpha < INVISIBLE
    if not hidden.any() or hidden.all():
        return pixels
    nearest: np.ndarray = distance_transform_edt(hidden, return_distances=False, return_indices=True)
    return pixels[nearest[0], nearest[1]]


def steadied(enlarged: torch.Tensor, alpha: torch.Tensor, scale: int) -> torch.Tensor:
    """``enlarged`` (N, 1, scale·H, scale·W), exactly as ``alpha`` (N, 1, H, W) wherever that is level around a pixel.

    A net returns 0.998 for 1, and a fully opaque picture must not become translucent.
    """
    highest, lowest = max_pool2d(alpha, 5, 1, 2), -max_pool2d(-alpha, 5, 1, 2)
    level = interpolate((highest == lowest).to(alpha), scale_factor=scale)
    return torch.where(level > 0, interpolate(alpha, scale_factor=scale), enlarged)
