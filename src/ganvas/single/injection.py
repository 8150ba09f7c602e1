"""A picture that enters the levels of a photo in the middle: editing, harmonisation, paint-to-image."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import torch

from ganvas.images import Picture, resize
from ganvas.nets.pyramid import fitted
from ganvas.single.masks import changed, marked, softened
from ganvas.single.patched import Patched, Photo
from ganvas.single.quantise import Clustered, palette, recoloured
from ganvas.single.trained import checked, seeded

EDIT_RADIUS, HARMONISE_RADIUS = 20, 7
"""By how many pixels a mask is dilated."""


class Blend(NamedTuple):
    """``picture`` is the photo outside of ``mask`` and ``raw``, what the levels made, inside."""

    picture: Picture
    raw: Picture
    mask: Picture


def edit(photo: Photo, edited: Picture, mask: Picture | None = None, level: int | None = None, seed: int = 0) -> Blend:
    """A roughly ``edited`` photo made natural around what was moved: where ``mask`` is white, or where it differs.

    It enters at ``level`` [default: a third of the way up], 1 or more, of a photo that is not learnt 0 or more; the
    lower, the freer the result. Pictures of another size than the photo's are resized to it, which is a remark of the
    result.
    """
    default = max(1, len(photo.levels) // 3)
    return _blended(photo, edited, mask, default if level is None else level, EDIT_RADIUS, seed)


def harmonise(
    photo: Photo, pasted: Picture, mask: Picture | None = None, level: int | None = None, seed: int = 0
) -> Blend:
    """The photo with a thing ``pasted`` into it, which takes on its look; as :func:`edit`, but with a tighter mask.

    The default ``level`` is in the middle, or two thirds of the way up where the photo is not learnt.
    """
    count = len(photo.levels)
    if isinstance(photo, Patched):
        photo, default = photo.once(), 2 * count // 3
    else:
        default = max(1, count // 2)
    return _blended(photo, pasted, mask, default if level is None else level, HARMONISE_RADIUS, seed)


def paint(
    photo: Photo, painting: Picture, level: int | None = None, seed: int = 0, *, quantise: Clustered | None = None
) -> Picture:
    """A rough ``painting`` as a photo of what was learnt; it enters at ``level`` [default: the lowest there is].

    With ``quantise`` it first gets the photo's main colours. The authors then also train the level anew on pictures of
    these colours, see :mod:`ganvas.single.retraining`.
    """
    level = checked(photo, _first(photo) if level is None else level, _first(photo))
    image, remarks = _sized(photo, painting, "painting")
    if quantise is None:
        return _picture(injected(photo, image, level, seed), remarks)
    few = recoloured(image, palette(photo.real(level), quantise), quantise)
    return _picture(injected(photo, few, level, seed, sharp=True), remarks)


def injected(photo: Photo, image: torch.Tensor, level: int, seed: int = 0, *, sharp: bool = False) -> torch.Tensor:
    """What ``photo`` makes from ``level`` on of ``image`` (1, 3, H, W), which is of its size.

    The image is reduced to the level below and enlarged again: it enters as blurred as what is drawn; or, if ``sharp``,
    as the level's own size shows it. A photo that is not learnt takes it in sharp in any case.
    """
    checked(photo, level, _first(photo))
    if isinstance(photo, Patched):
        return photo.injected(image, level)
    with seeded(photo, seed):
        if sharp:
            return photo.draw(level, photo.reduced(image, level))
        return photo.draw(level, fitted(photo.enlarged(photo.reduced(image, level - 1)), photo.sizes[level]))


def _first(photo: Photo) -> int:
    """The lowest level that a picture can enter; what is learnt has nothing enter the coarsest."""
    return 0 if isinstance(photo, Patched) else 1


def _blended(photo: Photo, picture: Picture, mask: Picture | None, level: int, radius: int, seed: int) -> Blend:
    image, remarks = _sized(photo, picture, "picture")
    real, where = photo.real(len(photo.sizes) - 1), None
    if mask is not None:
        given, more = _sized(photo, mask, "mask")
        where, remarks = marked(given), remarks + more
    soft = softened(changed(image, real) if where is None else where, radius)
    made = injected(photo, image, level, seed)
    last = len(photo.levels) - 1
    if made.shape[-2:] != real.shape[-2:]:  # the training was stopped before its finest level
        real, soft = photo.real(last), resize(soft, (made.shape[-2], made.shape[-1])).clamp(0, 1)
    return Blend(
        _picture((1 - soft) * real + soft * made, remarks), Picture.from_tensor(made), Picture.from_tensor(soft)
    )


def _sized(photo: Photo, picture: Picture, called: str) -> tuple[torch.Tensor, tuple[str, ...]]:
    """``picture`` (1, 3, H, W) in the size of the photo, and a remark if that is another than its own."""
    image, (height, width) = picture.tensor().to(photo.photo.device), photo.sizes[-1]
    if (picture.height, picture.width) == (height, width):
        return image, ()
    whose = "photo's" if isinstance(photo, Patched) else "learnt photo's"
    remark = f"The {called} of {picture.width} x {picture.height} pixels was resized to the {whose} {width} x {height}."
    return resize(image, (height, width)).clamp(0, 1), (remark,)


def _picture(image: torch.Tensor, remarks: tuple[str, ...]) -> Picture:
    return replace(Picture.from_tensor(image), remarks=remarks)
