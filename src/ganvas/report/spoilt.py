"""A photo beside what each degradation makes of it: to see what a net is asked to undo."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal, get_args

import numpy as np
import torch

from ganvas.degrade import Reduction, reduce
from ganvas.degrade.depth import random_depth
from ganvas.degrade.haze import Haze
from ganvas.degrade.jpeg import jpeg
from ganvas.degrade.motion import FrameAverage, MotionBlur
from ganvas.degrade.noise import Noise
from ganvas.degrade.rows import generators
from ganvas.degrade.second_order import SecondOrder
from ganvas.errors import GanvasError
from ganvas.images import Picture, resize
from ganvas.report.sheet import Tile, contact_sheet

Kind = Literal["motion", "frames", "haze", "low-resolution", "noise", "jpeg", "second-order"]
Spoil = Callable[[torch.Tensor, np.random.Generator], Tile]
"""What becomes of a photo (1, 3, H, W)."""

LARGEST = 480
"""The long side of a tile; a larger photo is reduced before it is spoilt."""

SMALLEST = 16


class SpoiltError(GanvasError):
    """A photo or a depth of no use, or a file in danger; the message is one sentence for the user."""


def spoilt_sheet(photo: Picture, kind: Kind, count: int, seed: int, depth: Picture | None = None) -> Picture:
    """A contact sheet of ``photo`` and ``count`` versions of it, each from the next number of the ``seed``'s generator.

    ``depth``, for haze, is brighter where the photo is farther away. Raises :class:`SpoiltError`.
    """
    image = _reduced(photo.tensor())
    if min(image.shape[-2:]) < SMALLEST:
        raise SpoiltError(f"a photo of {photo.width} x {photo.height} pixels has too little to be spoilt")
    spoil = KINDS[kind]
    if depth is not None:
        if kind != "haze":
            raise SpoiltError(f"depth is for haze: {kind} makes no use of it")
        if (depth.width, depth.height) != (photo.width, photo.height):
            sizes = f"{depth.width} x {depth.height} pixels, but the photo {photo.width} x {photo.height}"
            raise SpoiltError(f"the depth has {sizes}: they must be of one size")
        spoil = partial(_haze, depth=_reduced(depth.tensor()).mean(dim=1, keepdim=True))
    versions = [spoil(image, random) for random in generators(np.random.default_rng(seed), count)]
    return contact_sheet([Tile(image[0], f"the photo, {photo.width} x {photo.height}"), *versions])


def _reduced(image: torch.Tensor) -> torch.Tensor:
    scale = LARGEST / max(image.shape[-2:])
    return resize(image, scale=scale).clamp(0, 1) if scale < 1 else image


def _motion(photo: torch.Tensor, random: np.random.Generator) -> Tile:
    blur = MotionBlur()
    (kernel,) = blur.kernels(1, random)
    return Tile(blur.blurred(photo, [kernel])[0], f"motion, kernel {len(kernel)} x {len(kernel)}", kernel)


def _frames(photo: torch.Tensor, random: np.random.Generator) -> Tile:
    average = FrameAverage()
    moves = average.moves((photo.shape[-2], photo.shape[-1]), random)
    way = moves[:, :, 2].diff(dim=0).norm(dim=1).sum()
    first, last = (math.degrees(math.atan2(move[1, 0], move[0, 0])) for move in (moves[0], moves[-1]))
    label = f"frames, {way:.0f} pixels and {abs(last - first):.1f}° of way"
    return Tile(average.averaged(photo, [moves])[0], label)


def _haze(photo: torch.Tensor, random: np.random.Generator, depth: torch.Tensor | None = None) -> Tile:
    haze = Haze()
    air = haze.air(random)
    distance = random_depth([random], photo) if depth is None else depth
    return Tile(haze.seen(photo, distance, [air])[0], f"haze, beta {air.beta:.2f}, A {air.light[0]:.2f}")


def _low_resolution(photo: torch.Tensor, random: np.random.Generator) -> Tile:
    how: Reduction = random.choice(get_args(Reduction))
    scale = int(random.choice((2, 3, 4)))
    return Tile(_enlarged(reduce(_whole(photo, scale), scale, how), scale), f"low resolution, {how}, 1/{scale}")


def _noise(photo: torch.Tensor, random: np.random.Generator) -> Tile:
    default = Noise()
    gaussian, grey = random.random() < default.gaussian, random.random() < default.grey
    size = random.uniform(*(default.deviation if gaussian else default.strength))
    noise = Noise(float(gaussian), (size, size), (size, size), float(grey))
    label = f"Gaussian noise, deviation {size:.0f}/255" if gaussian else f"Poisson noise, times {size:.2f}"
    return Tile(noise(photo, random)[0], label + (", grey" if grey else ""))


def _jpeg(photo: torch.Tensor, random: np.random.Generator) -> Tile:
    quality = int(random.integers(10, 96))
    return Tile(jpeg(photo, quality)[0], f"JPEG, quality {quality}")


def _second_order(photo: torch.Tensor, random: np.random.Generator) -> Tile:
    low = SecondOrder()(_whole(photo, 4), 4, random)
    return Tile(_enlarged(low, 4), "second order, 1/4")


def _whole(photo: torch.Tensor, scale: int) -> torch.Tensor:
    height, width = (side - side % scale for side in photo.shape[-2:])
    return photo[..., :height, :width]


def _enlarged(low: torch.Tensor, scale: int) -> torch.Tensor:
    """Every pixel as a square."""
    return low[0].repeat_interleave(scale, -1).repeat_interleave(scale, -2)


KINDS: Mapping[Kind, Spoil] = {
    "motion": _motion,
    "frames": _frames,
    "haze": _haze,
    "low-resolution": _low_resolution,
    "noise": _noise,
    "jpeg": _jpeg,
    "second-order": _second_order,
}
