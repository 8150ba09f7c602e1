"""Colour arithmetic: luma as the literature measures it, and light as it adds up."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import torch

from ganvas.images.picture import Floats

Array = TypeVar("Array", torch.Tensor, Floats)


def luma(image: torch.Tensor) -> torch.Tensor:
    """The studio-range luma Y of ITU-R BT.601, (N, 3, H, W) in [0, 1] to (N, 1, H, W) in [16/255, 235/255].

    Y = 16 + 65.481 R + 128.553 G + 24.966 B on the 0-255 scale, the convention of every super-resolution table.

    >>> (luma(torch.ones(1, 3, 1, 1)) * 255).item()
    235.0
    """
    weights = torch.tensor([65.481, 128.553, 24.966], dtype=image.dtype, device=image.device).view(1, 3, 1, 1)
    return (16 + (image * weights).sum(dim=1, keepdim=True)) / 255


def to_linear(image: Array, gamma: float | None = None) -> Array:
    """Linear light of an sRGB-encoded array in [0, 1]: IEC 61966-2-1, or a plain power law when ``gamma`` is given.

    Values below zero are taken as zero, since a negative base has no real power.
    """
    if isinstance(image, np.ndarray):
        return to_linear(torch.from_numpy(image), gamma).numpy()
    image = image.clamp(min=0)
    if gamma is not None:
        return image**gamma
    return torch.where(image <= 0.04045, image / 12.92, ((image + 0.055) / 1.055) ** 2.4)


def to_srgb(light: Array, gamma: float | None = None) -> Array:
    """The inverse of :func:`to_linear`."""
    if isinstance(light, np.ndarray):
        return to_srgb(torch.from_numpy(light), gamma).numpy()
    light = light.clamp(min=0)
    if gamma is not None:
        return light ** (1 / gamma)
    return torch.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
