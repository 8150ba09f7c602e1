"""A picture that enters the pyramid in the middle: editing, harmonisation, paint-to-image."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import torch

from ganvas.images import Picture, resize
from ganvas.nets.pyramid import Pyramid, fitted
from ganvas.single.masks import changed, marked, softened
from ganvas.single.quantise import Clustered, palette, recoloured
from ganvas.single.trained import checked, seeded

EDIT_RADIUS, HARMONISE_RADIUS = 20, 7
"""By how many pixels a mask is dilated."""


class Blend(NamedTuple):
    """``picture`` is the photo outside of ``mask`` and ``raw``, what the pyramid made, inside."""

    picture: Picture
    raw: Picture
    mask: Picture


def edit(
    pyramid: Pyramid, edited: Picture, mask: Picture | None = None, level: int | None = None, seed: int = 0
) -> Blend:
    """A roughly ``edited`` photo made natural around what was moved: where ``mask`` is white, or where it differs.

    It enters at ``level``, 1 or more [default: a third of the way up]; the lower, the freer the result. Pictures of
    another size than the learnt photo's are resized to it, which is a remark of the result.
    """
    default = max(1, len(pyramid.levels) // 3)
    return _blended(pyramid, edited, mask, default if level is None else level, EDIT_RADIUS, seed)


def harmonise(
    pyramid: Pyramid, pasted: Picture, mask: Picture | None = None, level: int | None = None, seed: int = 0
) -> Blend:
    """The photo with a thing ``pasted`` into it, which takes on its look; as :func:`edit`, but with a tighter mask.

    The default ``level`` is in the middle.
    """
    default = max(1, len(pyramid.levels) // 2)
    return _blended(pyramid, pasted, mask, default if level is None else level, HARMONISE_RADIUS, seed)


def paint(
    pyramid: Pyramid, painting: Picture, level: int = 1, seed: int = 0, *, quantise: Clustered | None = None
) -> Picture:
    """A rough ``painting`` as a photo of what was learnt. With ``quantise`` it first gets the photo's main colours.

    The authors then also train ``level`` anew on pictures of these colours; here it stays as it is.
    """
    checked(pyramid, level, first=1)
    image, remarks = _sized(pyramid, painting, "painting")
    if quantise is not None:
        image = recoloured(image, palette(pyramid.real(level), quantise), quantise)
    made = injected(pyramid, image, level, seed)
    return _picture(made, remarks)


def injected(pyramid: Pyramid, image: torch.Tensor, level: int, seed: int = 0) -> torch.Tensor:
    """What ``pyramid`` makes from ``level`` on of ``image`` (1, 3, H, W), which is of the photo's size.

    The image is reduced to the level below and enlarged again: it enters as blurred as what is drawn.
    """
    checked(pyramid, level, first=1)
    with seeded(pyramid, seed):
        below = pyramid.reduced(image, level - 1)
        return pyramid.draw(level, fitted(pyramid.enlarged(below), pyramid.sizes[level]))


def _blended(pyramid: Pyramid, picture: Picture, mask: Picture | None, level: int, radius: int, seed: int) -> Blend:
    image, remarks = _sized(pyramid, picture, "picture")
    photo, where = pyramid.real(len(pyramid.sizes) - 1), None
    if mask is not None:
        given, more = _sized(pyramid, mask, "mask")
        where, remarks = marked(given), remarks + more
    soft = softened(changed(image, photo) if where is None else where, radius)
    made = injected(pyramid, image, level, seed)
    last = len(pyramid.levels) - 1
    if made.shape[-2:] != photo.shape[-2:]:  # the training was stopped before its finest level
        photo, soft = pyramid.real(last), resize(soft, (made.shape[-2], made.shape[-1])).clamp(0, 1)
    return Blend(
        _picture((1 - soft) * photo + soft * made, remarks), Picture.from_tensor(made), Picture.from_tensor(soft)
    )


def _sized(pyramid: Pyramid, picture: Picture, called: str) -> tuple[torch.Tensor, tuple[str, ...]]:
    """``picture`` (1, 3, H, W) in the size of the learnt photo, and a remark if that is another than its own."""
    image, (height, width) = picture.tensor().to(pyramid.photo.device), pyramid.sizes[-1]
    if (picture.height, picture.width) == (height, width):
        return image, ()
    remark = (
        f"The {called} of {picture.width} x {picture.height} pixels was resized to the learnt photo's "
        f"{width} x {height}."
    )
    return resize(image, (height, width)).clamp(0, 1), (remark,)


def _picture(image: torch.Tensor, remarks: tuple[str, ...]) -> Picture:
    return replace(Picture.from_tensor(image), remarks=remarks)
