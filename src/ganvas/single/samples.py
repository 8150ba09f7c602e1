"""Other pictures like the photo, of its size or any other."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import torch

from ganvas.images import Picture
from ganvas.nets.pyramid import scaled
from ganvas.single.patched import Patched, Photo
from ganvas.single.patches import Size
from ganvas.single.trained import SingleError, checked, seeded

Scale = tuple[float, float]
"""(vertically, horizontally)."""

Progress = Callable[[int, int], None]
"""Told after each picture how many are done and how many there are to be."""


def sample(
    photo: Photo,
    count: int = 1,
    start_level: int = 0,
    seed: int = 0,
    *,
    scale: Scale = (1.0, 1.0),
    width: int | None = None,
    height: int | None = None,
    progress: Progress = lambda done, total: None,
) -> list[Picture]:
    """``count`` random pictures; the first ones are the same whatever the count.

    Levels below ``start_level`` make what they make of the photo itself: the later the start, the nearer to it. The
    sides are ``scale`` times as long as the photo's, or ``width`` and ``height`` pixels where these are given.
    """
    checked(photo, start_level)
    finest = photo.sizes[len(photo.levels) - 1]
    scale = _scale(finest, scale, width, height)
    if isinstance(photo, Patched):
        return _counted(photo.drawn(count, start_level, seed, scaled(finest, scale)), count, progress)
    if min(scaled(photo.sizes[start_level], scale)) < 1:
        least = [-(-side // coarse) for side, coarse in zip(finest, photo.sizes[start_level], strict=True)]
        raise SingleError(f"pictures of this photo have at least {least[1]} x {least[0]} pixels: give a larger size")
    with seeded(photo, seed):
        return _counted((photo.draw(start_level, scale=scale) for _ in range(count)), count, progress)


def _counted(drawn: Iterable[torch.Tensor], count: int, progress: Progress) -> list[Picture]:
    """What is ``drawn``, as pictures; ``progress`` hears of each."""
    pictures = list[Picture]()
    for image in drawn:
        pictures.append(Picture.from_tensor(image))
        progress(len(pictures), count)
    return pictures


def _scale(finest: Size, scale: Scale, width: int | None, height: int | None) -> Scale:
    """What the sides of ``finest`` are to be multiplied with; a side can be asked for in one way only."""
    for factor, side, name in ((scale[0], height, "height"), (scale[1], width, "width")):
        if factor != 1 and side is not None:
            raise SingleError(f"the {name} is asked for twice, as a scale and in pixels: give one of them")
        if not 0 < factor < math.inf:
            raise SingleError(f"the {name} cannot be {factor:g} times the photo's: give a scale above 0")
    rows, columns = finest
    return scale[0] if height is None else height / rows, scale[1] if width is None else width / columns
