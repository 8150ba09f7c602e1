"""The photo enlarged by its own finest level, again and again."""

from __future__ import annotations

from ganvas.data.pyramid import passes
from ganvas.images import Picture
from ganvas.nets.pyramid import Pyramid, fitted
from ganvas.single.trained import SingleError, seeded

LARGEST = 16.0


def enlarge(pyramid: Pyramid, scale: float = 4.0, seed: int = 0) -> Picture:
    """The photo ``scale`` times as large, int(scale·H) x int(scale·W): small steps, after each the finest level.

    Rott Shaham et al. 2019, section 4 (super-resolution); the recipe's preset ``enlarge`` is the training for it.
    """
    if not 1 < scale <= LARGEST:
        raise SingleError(f"a photo cannot be enlarged {scale:g} times: give a scale above 1, up to {LARGEST:g}")
    count, step = passes(scale)
    last = len(pyramid.levels) - 1
    image = pyramid.real(last)
    size = int(scale * image.shape[-2]), int(scale * image.shape[-1])
    with seeded(pyramid, seed):
        for _ in range(count):
            larger = pyramid.resize(image, step)
            image = pyramid.made(last, larger, pyramid.noise(last, (larger.shape[-2], larger.shape[-1])))
        return Picture.from_tensor(fitted(image, size))
