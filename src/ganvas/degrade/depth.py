"""How far away things are: plausible random depth for photos of which it is not known, and depth from disparity."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch.nn import functional

from ganvas.degrade.guided_filter import box_mean, guided_filter
from ganvas.images import luma

GRIDS = (2, 3, 5, 9)
"""Sides of the grids of random heights that make up smooth noise, coarse to fine."""

CONSTANT = 0.1
"""The share of scenes where all is equally far: a wall, a view from the air."""

FAR = (-0.3, 0.3, 1.0)
"""How much redder, greener and bluer the farther of two things tends to be: sky and distant hills are bright."""

SPREAD = 0.7
"""The deviation of scenes from that."""

EDGE = 1e-2
"""The variance of brightness that makes an edge of an object: texture has less."""


def random_depth(random: Sequence[np.random.Generator], photo: torch.Tensor) -> torch.Tensor:
    """A depth for each ``photo`` (N, 3, H, W), drawn by its own generator: (N, 1, H, W) in [0, 1], 1 the farthest.

    A mixture of a ground plane that runs to a horizon at any height and tilt, of smooth noise, and of objects: what has
    the same colour lies together. The guided filter puts the edges where the photo has them. Some scenes are flat.
    """
    numbers = np.array([each.random(9) for each in random], np.float32)
    colour = np.stack([each.normal(FAR, SPREAD).astype(np.float32) for each in random])
    ground, noise = _ground(numbers[:, :3], *photo.shape[-2:]), _noise(random, *photo.shape[-2:])
    radius = max(min(photo.shape[-2:]) // 8, 1)
    # Without their texture, so that only borders which the filter finds in the photo come back.
    objects = box_mean((photo.cpu() * _column(colour)).sum(dim=1, keepdim=True), max(radius // 3, 1))
    shares = zip((ground, noise, objects), _column(numbers[:, 3:6]).split(1, dim=1), (2.0, 1.0, 1.0), strict=True)
    mixed = torch.stack([_standardised(part) * share * most for part, share, most in shares]).sum(dim=0)
    smooth = guided_filter(luma(photo.cpu()), mixed, radius, EDGE)
    low, high = smooth.amin((1, 2, 3), keepdim=True), smooth.amax((1, 2, 3), keepdim=True)
    nearest, flat, distance = _column(numbers[:, 6:9]).split(1, dim=1)
    depth = 1 - (1 - 0.4 * nearest) * (high - smooth) / (high - low).clamp(min=1e-6)
    return torch.where(flat < CONSTANT, 0.2 + 0.8 * distance, depth).to(photo)


def depth_from_disparity(disparity: torch.Tensor) -> torch.Tensor:
    """Depth in (0, 1], 1 the farthest, of ``disparity`` (N, 1, H, W): inversely proportional to it.

    Where it is not a positive number it is unknown; the nearest pixel that knows stands in.

    >>> depth_from_disparity(torch.tensor([4.0, 0.0, 1.0, 2.0]).view(1, 1, 1, 4)).flatten().tolist()
    [0.25, 0.25, 1.0, 0.5]
    """
    known = disparity.isfinite() & (disparity > 0)
    least = torch.where(known, disparity, math.inf).amin((1, 2, 3), keepdim=True)
    return filled(least / torch.where(known, disparity, 1), known)


def filled(depth: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """``depth`` (N, 1, H, W) where ``known``, elsewhere that of the nearest pixel where it is; 1 if it is nowhere."""
    rows = [_filled(*each) for each in zip(depth[:, 0].cpu().numpy(), known[:, 0].cpu().numpy(), strict=True)]
    return torch.from_numpy(np.stack(rows)[:, None]).to(depth)


def _filled(depth: NDArray[np.float32], known: NDArray[np.bool_]) -> NDArray[np.float32]:
    if not known.any():
        return np.ones_like(depth)
    row, column = ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True)
    return depth[row, column]


def _ground(numbers: NDArray[np.float32], height: int, width: int) -> torch.Tensor:
    """Planes that come nearer below a horizon, (N, 1, height, width), from three numbers in [0, 1) for each."""
    horizon, tilt, steepness = _column(numbers).split(1, dim=1)
    across, down = (torch.linspace(-0.5, 0.5, side) * side / height for side in (width, height))
    angle = (tilt - 0.5) * 0.5
    below = down[:, None] * torch.cos(angle) + across * torch.sin(angle) - (horizon - 0.9)
    return 1 / (1 + (1 + 9 * steepness) * below.clamp(min=0))


def _noise(random: Sequence[np.random.Generator], height: int, width: int) -> torch.Tensor:
    """Smooth noise of several scales, coarse ones stronger, (N, 1, height, width)."""
    total = torch.zeros(len(random), 1, height, width)
    for side in GRIDS:
        grid = torch.from_numpy(np.stack([each.standard_normal((1, side, side), np.float32) for each in random]))
        total += functional.interpolate(grid, (height, width), mode="bicubic", align_corners=True) / side
    return total


def _standardised(image: torch.Tensor) -> torch.Tensor:
    """``image`` (N, 1, H, W) with mean 0 and deviation 1, if it varies at all."""
    return (image - image.mean((1, 2, 3), keepdim=True)) / (image.std((1, 2, 3), correction=0, keepdim=True) + 1e-3)


def _column(numbers: NDArray[np.float32]) -> torch.Tensor:
    return torch.from_numpy(numbers)[..., None, None]
