"""Pairs made of good photos alone: what was done to them is to be undone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from ganvas.data.batches import Pairs
from ganvas.data.pairs import Crops, DataError, turned
from ganvas.data.stream import Stream

Spoil = Callable[[torch.Tensor, np.random.Generator], torch.Tensor]
"""What happens to photos (N, 3, H, W) in [0, 1]; the size stays, each sample has choices of its own."""


def spoilt_pairs(
    crops: Crops, spoil: Spoil, batch: int, patch: int, *, margin: int = 0, upright: bool = True, seed: int = 0
) -> Stream[Pairs]:
    """A stream of pairs (N, 3, patch, patch): a random window of a random crop, as ``spoil`` leaves it and as it was.

    ``margin`` pixels around are spoilt with it and cut away after, so that nothing has seen a mirrored border. Windows
    are mirrored in half of the cases; with ``upright`` off they are turned as well. Inputs are rounded to 8 bits.
    """
    whole = patch + 2 * margin
    if whole > crops.size:
        raise DataError(f"a patch of {patch} with {margin} pixels around it does not fit in a crop of {crops.size}")

    def draw(random: np.random.Generator, rows: slice, position: int) -> Pairs:
        index = crops.choose(random, position, batch)
        corners = random.integers(crops.size - whole + 1, size=(batch, 2))
        turns = random.integers(8, size=batch)
        photos = torch.from_numpy(crops[index]).permute(0, 3, 1, 2)
        windows = [
            turned(photo[:, top : top + whole, left : left + whole], turn - turn % 4 if upright else turn)
            for photo, (top, left), turn in zip(photos, corners.tolist(), turns.tolist(), strict=True)
        ]
        target = torch.stack(windows).float() / 255
        # All of the batch, also where a process takes a few rows: its choices are drawn for all at once.
        input = spoil(target, random).clamp(0, 1).mul(255).round().div(255)
        inner = slice(margin, margin + patch)
        return Pairs(*(image[rows, :, inner, inner].contiguous() for image in (input, target)))

    return Stream(draw, batch, seed, ahead=2)
