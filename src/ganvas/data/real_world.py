"""Pairs for real-world super-resolution: photos spoiled as cameras, editors and the web spoil them, and the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from ganvas.data.batches import Pairs, Sharpened
from ganvas.data.pairs import Crops, DataError, cut, turned
from ganvas.data.rare import smoothed
from ganvas.data.stream import Stream
from ganvas.degrade.second_order import SecondOrder
from ganvas.degrade.sharpen import sharpen

Degradation = Callable[[torch.Tensor, int, np.random.Generator], torch.Tensor]
"""From the high (N, 3, H, W), the scale and the random choices to the low (N, 3, H/scale, W/scale)."""


@dataclass(frozen=True)
class RealWorld:
    """Crops turned into streams of real-world pairs: low patches (N, 3, patch, patch), high ``scale`` times larger.

    Each sample is a random window of a random crop, mirrored at random (with ``upright`` off, turned as well), and
    degraded as a batch of its own. The paper instead degrades a batch with one choice of resize, noise and order, and
    makes up for the sameness with a queue of 180 pairs from which training batches are drawn; but then a batch depends
    on all before it, and no run could be resumed exactly. Choices for each sample give the mixture that the queue only
    approaches, and batch k depends on the seed and k alone.

    ``margin`` low pixels around the patch are degraded with it and cut away after, so that little of it has seen the
    mirrored border. The last filter alone reaches 10, but on photos 6 changes patches of 32 by under 0.1/255 on average
    and their outermost row by 0.3/255, measured without noise and JPEG, at reductions that keep the pixel grid. The
    paper cuts patches of 256 anywhere from crops of 400, at times from their very border.
    """

    crops: Crops
    scale: int
    batch: int
    patch: int
    degradation: Degradation = field(default_factory=SecondOrder)
    upright: bool = True
    margin: int = 6
    smooth: float = 0.0
    """The share of photos that are :func:`ganvas.data.rare.smoothed` first."""
    seed: int = 0
    ahead: int = 2

    def __post_init__(self) -> None:
        if self.patch > self._side:
            size = self.crops.size
            raise DataError(
                f"a patch of {self.patch} does not fit in a crop of {size} reduced {self.scale} times ({self._side})"
            )

    def pairs(self, *, sharpened: bool = False) -> Stream[Pairs]:
        """Inputs and targets, with ``sharpened`` both made from the sharpened photo."""

        def draw(random: np.random.Generator, rows: slice, position: int) -> Pairs:
            batch = self._draw(random, rows, position, sharpened)
            return Pairs(batch.input, batch.target)

        return Stream(draw, self.batch, self.seed, self.ahead)

    def sharpened(self) -> Stream[Sharpened]:
        """The same inputs and targets as ``pairs(sharpened=True)``, and the photo as it was."""

        def draw(random: np.random.Generator, rows: slice, position: int) -> Sharpened:
            return self._draw(random, rows, position, sharpened=True)

        return Stream(draw, self.batch, self.seed, self.ahead)

    @property
    def _side(self) -> int:
        return self.crops.size // self.scale

    def _draw(self, random: np.random.Generator, rows: slice, position: int, sharpened: bool) -> Sharpened:
        index = self.crops.choose(random, position, self.batch)[rows]
        corners = random.integers(self._side - self.patch + 1, size=(self.batch, 2))[rows]
        turns = random.integers(8, size=self.batch)[rows]
        if self.upright:
            turns -= turns % 4
        seeds = random.integers(2**32, size=self.batch)[rows]
        smoother = random.random(self.batch)[rows] < self.smooth
        photos = torch.from_numpy(self.crops[index]).permute(0, 3, 1, 2)
        around = min(self.patch + 2 * self.margin, self._side)
        starts = np.clip(corners - self.margin, 0, self._side - around)
        samples: list[Sharpened] = []
        for photo, corner, start, turn, seed, bare in zip(photos, corners, starts, turns, seeds, smoother, strict=True):
            window = cut(turned(photo, turn), start * self.scale, around * self.scale)
            choices = np.random.default_rng(seed)
            real = window[None].float() / 255
            real = smoothed(real[0], choices, noise=0.0)[None] if bare else real
            target = sharpen(real) if sharpened else real
            low = self.degradation(target, self.scale, choices)
            samples.append(self._patch(Sharpened(low, target, real), corner - start))
        inputs, targets, reals = (torch.stack(images) for images in zip(*samples, strict=True))
        return Sharpened(inputs, targets, reals)

    def _patch(self, sample: Sharpened, corner: NDArray[np.int64]) -> Sharpened:
        low, target, real = (image[0] for image in sample)
        place, side = corner * self.scale, self.patch * self.scale
        return Sharpened(cut(low, corner, self.patch), cut(target, place, side), cut(real, place, side))
