"""Pairs for super-resolution, made from prepared crops: what the camera would have seen from further away, and the
truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from ganvas.data.batches import Pairs
from ganvas.data.rare import crisped, smoothed
from ganvas.data.stream import Stream
from ganvas.degrade.low_resolution import Reduction, reduce
from ganvas.errors import GanvasError
from ganvas.images import luma, resize

MARGIN = 3
"""How far, in low-resolution pixels, the widest reduction reaches."""


class DataError(GanvasError):
    """Training data that is missing or does not fit the recipe; the message is one sentence for the user."""


class Crops(Protocol):
    """Square RGB crops, uint8: ``crops[indices]`` is (n, size, size, 3), ``choose`` says which make a batch."""

    @property
    def size(self) -> int: ...

    def __len__(self) -> int: ...

    def choose(self, random: np.random.Generator, position: int, batch: int) -> NDArray[np.int64]: ...

    def __getitem__(self, index: NDArray[np.int64]) -> NDArray[np.uint8]: ...


@dataclass(frozen=True)
class Fewer:
    """The first ``count`` of ``crops``, each as likely: what a smaller set would have taught."""

    crops: Crops
    count: int

    @property
    def size(self) -> int:
        return self.crops.size

    def __len__(self) -> int:
        return self.count

    def choose(self, random: np.random.Generator, position: int, batch: int) -> NDArray[np.int64]:
        return self.crops.choose(random, position, batch) % self.count

    def __getitem__(self, index: NDArray[np.int64]) -> NDArray[np.uint8]:
        return self.crops[index]


def low_high_pairs(
    crops: Crops,
    *,
    scale: int,
    batch: int,
    patch: int,
    reduction: Reduction = "bicubic",
    colour: bool = True,
    candidates: int = 1,
    crisp: float = 0.0,
    smooth: float = 0.0,
    seed: int = 0,
    ahead: int = 2,
) -> Stream[Pairs]:
    """A stream of pairs: inputs (N, C, patch, patch), targets (N, C, scale·patch, scale·patch), float32 in [0, 1].

    Each sample is a random window of a random crop, mirrored and turned at random. Its surroundings are reduced with it
    and cut away after, so that the patch is as it would be in the whole crop reduced; it is rounded to 8 bits like a
    file. With ``colour`` off both are the studio luma (C = 1). Of the samples the share ``crisp`` is :func:`crisped`,
    of the others the share ``smooth`` is :func:`smoothed`; both are to be enlarged as bicubic interpolation does.
    """
    side = crops.size // scale
    if patch > side:
        raise DataError(f"a patch of {patch} does not fit in a crop of {crops.size} reduced {scale} times ({side})")
    around = min(patch + 2 * MARGIN, side)

    def draw(random: np.random.Generator, rows: slice, position: int) -> Pairs:
        drawn = slice(rows.start * candidates, rows.stop * candidates)
        index = crops.choose(random, position, batch * candidates)[drawn]
        corners = random.integers(side - patch + 1, size=(batch * candidates, 2))[drawn]
        turns = random.integers(8, size=batch)[rows]
        crisper = random.random(batch)[rows] < crisp
        seeds = random.integers(2**32, size=batch)[rows]
        smoother = random.random(batch)[rows] < smooth
        starts = np.clip(corners - MARGIN, 0, side - around)
        photos = torch.from_numpy(crops[index]).permute(0, 3, 1, 2)
        windows = [cut(photo, start * scale, around * scale) for photo, start in zip(photos, starts, strict=True)]
        groups = range(0, len(windows), candidates)
        chosen = [max(range(first, first + candidates), key=lambda i: detail(windows[i])) for first in groups]
        corners, starts = corners[chosen], starts[chosen]
        high = torch.stack([windows[i] for i in chosen]).float() / 255
        if not colour:
            high = luma(high)
        low = reduce(high, scale, reduction)
        samples = [
            (turned(cut(low[i], corner, patch), turn), turned(cut(high[i], corner * scale, patch * scale), turn))
            for i, (corner, turn) in enumerate(zip(corners - starts, turns, strict=True))
        ]
        lows, highs = (torch.stack(images) for images in zip(*samples, strict=True))
        for i in np.flatnonzero(crisper | smoother):
            spare = crisped if crisper[i] else smoothed
            lows[i] = spare(lows[i], np.random.default_rng(seeds[i]))
            highs[i] = resize(lows[i, None], scale=scale)[0].clamp(0, 1)
        return Pairs(lows, highs)

    return Stream(draw, batch, seed, ahead)


def detail(window: torch.Tensor) -> float:
    """The mean step between neighbours in the green of ``window`` (3, H, W) uint8."""
    green = window[1].short()
    return (green.diff(dim=0).abs().float().mean() + green.diff(dim=1).abs().float().mean()).item()


def cut(image: torch.Tensor, corner: NDArray[np.int64], side: int) -> torch.Tensor:
    """The square window of ``image`` (C, H, W) whose top left pixel is ``corner``."""
    top, left = (int(value) for value in corner)
    return image[:, top : top + side, left : left + side]


def turned(image: torch.Tensor, turn: int) -> torch.Tensor:
    """``image`` (C, H, W) under one of the eight symmetries of the square."""
    if turn >= 4:
        image = image.flip(-1)
    return image.rot90(int(turn) % 4, dims=(-2, -1))
