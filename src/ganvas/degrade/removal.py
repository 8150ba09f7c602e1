"""What is taken out of a picture, for a net to put back: its colours, or a part of it."""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch

from ganvas.images import luma

Removed = Literal["colour", "centre"]


def without_colour(image: torch.Tensor, random: np.random.Generator | None = None) -> torch.Tensor:
    """``image`` (N, 3, H, W) in [0, 1] in shades of grey, three equal channels: the full-range luma of BT.601."""
    grey = (luma(image) - 16 / 255) * 255 / 219
    return grey.expand_as(image)


def without_centre(image: torch.Tensor, random: np.random.Generator | None = None) -> torch.Tensor:
    """``image`` (N, 3, H, W) with white in the middle, half as high and half as wide (Pathak et al. 2016).

    >>> without_centre(torch.zeros(1, 1, 4, 4)).sum().item()
    4.0
    """
    height, width = image.shape[-2:]
    left = image.clone()
    left[..., height // 4 : height - height // 4, width // 4 : width - width // 4] = 1
    return left
