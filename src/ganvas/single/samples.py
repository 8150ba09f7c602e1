"""Other pictures like the photo, of its size or any other."""

from __future__ import annotations

from ganvas.images import Picture
from ganvas.nets.pyramid import Pyramid, scaled
from ganvas.single.trained import SingleError, checked, seeded

Scale = tuple[float, float]
"""(vertically, horizontally)."""


def sample(
    pyramid: Pyramid,
    count: int = 1,
    start_level: int = 0,
    seed: int = 0,
    *,
    scale: Scale = (1.0, 1.0),
    width: int | None = None,
    height: int | None = None,
) -> list[Picture]:
    """``count`` random pictures; the first ones are the same whatever the count.

    Levels below ``start_level`` make what they make of the photo itself: the later the start, the nearer to it. The
    sides are ``scale`` times as long as the photo's, or ``width`` and ``height`` pixels where these are given.
    """
    checked(pyramid, start_level)
    scale = _scale(pyramid, start_level, scale, width, height)
    with seeded(pyramid, seed):
        return [Picture.from_tensor(pyramid.draw(start_level, scale=scale)) for _ in range(count)]


def _scale(pyramid: Pyramid, start_level: int, scale: Scale, width: int | None, height: int | None) -> Scale:
    rows, columns = pyramid.sizes[len(pyramid.levels) - 1]
    wanted = scale[0] if height is None else height / rows, scale[1] if width is None else width / columns
    if min(wanted) <= 0 or min(scaled(pyramid.sizes[start_level], wanted)) < 1:
        least = [-(-side // coarse) for side, coarse in zip((rows, columns), pyramid.sizes[start_level], strict=True)]
        raise SingleError(f"pictures of this photo have at least {least[1]} x {least[0]} pixels: give a larger size")
    return wanted
