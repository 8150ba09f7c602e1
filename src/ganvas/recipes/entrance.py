"""What a level of a pyramid is given while it is trained: other ways than drawing it from all levels below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch

from ganvas.nets.pyramid import Noise, Pyramid, fitted

RealPath = Literal["through_prev_generator", "direct"]


@dataclass(frozen=True)
class Entrance:
    """How the picture that enters a level comes about (Mendelman 2023); by default as in SinGAN.

    With a ``photo`` the level below does not see what those further down drew, but the photo of its own size: it still
    passes "through_prev_generator", or it takes the place of what that one makes ("direct"). ``sharpened`` lets the
    level below work once more, on the enlarged picture. With ``noise_after`` noise is then added again.
    """

    photo: RealPath | None = None
    sharpened: bool = False
    noise_after: bool = False

    def __call__(self, pyramid: Pyramid, level: int, noise: Noise) -> torch.Tensor:
        """The picture (1, 3, H, W) for ``level``, made with random noise or with that of the reconstruction."""
        if level == 0:
            return pyramid.entering(0, noise)
        picture = fitted(pyramid.enlarged(self._below(pyramid, level - 1, noise)), pyramid.sizes[level])
        return self._again(pyramid, level, picture, noise) if self.sharpened else picture

    def _below(self, pyramid: Pyramid, last: int, noise: Noise) -> torch.Tensor:
        """What comes out of level ``last``, before it is enlarged."""
        if self.photo is None or (self.photo == "through_prev_generator" and last == 0):  # which takes no picture in
            return pyramid.draw(noise=noise, end=last + 1)
        real = pyramid.real(last)
        if self.photo == "through_prev_generator":
            return pyramid.draw(last, real, noise=noise, end=last + 1)
        if noise == "rec" or last == 0:  # the coarsest level's noise would drown the photo
            return real
        return real + noise_of(pyramid, last, last)

    def _again(self, pyramid: Pyramid, level: int, picture: torch.Tensor, noise: Noise) -> torch.Tensor:
        if noise == "rec":
            return pyramid.made(level - 1, picture)
        picture = pyramid.made(level - 1, picture, pyramid.noise(level))
        return picture + noise_of(pyramid, level - 1, level) if self.noise_after else picture


def noise_of(pyramid: Pyramid, strength: int, size: int) -> torch.Tensor:
    """New noise to be added to a picture in [0, 1], as strong as at one level and of the size of another."""
    return pyramid.amplitudes[strength] / 2 * pyramid.noise(size)
