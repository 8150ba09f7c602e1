"""Pairs of pictures: what a net is given, and what it should make of it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from ganvas.data.albums import Kept, Pixels, pictures_below, sized, window
from ganvas.data.batches import Pairs
from ganvas.data.pairs import DataError
from ganvas.data.stream import Stream, walk
from ganvas.images import Picture, read

FOLDERS = (("input", "target"), ("A", "B"), ("a", "b"), ("blur", "sharp"), ("hazy", "clear"))
"""What the two folders of a paired set may be called."""


class Files(NamedTuple):
    """What a pair is called, and the files of input and target: one file, where it holds both side by side."""

    name: str
    input: Path
    target: Path


class PairedPhotos:
    """The pairs in ``folder``, in either layout.

    Two folders, called as one of :data:`FOLDERS`, in which partners have the same name (endings may differ); or, as
    Pix2Pix has it, pictures with the input in their left half and the target in the right. DataError where a picture
    has no partner or another size than it, and where a picture of two halves has an odd width.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise DataError(f"there is no folder {folder}")
        self.files = _in_two_folders(folder) or [
            Files(name, path, path) for name, path in pictures_below(folder).items()
        ]

    def __len__(self) -> int:
        return len(self.files)

    def pictures(self, number: int) -> tuple[Picture, Picture]:
        """Input and target of pair ``number``, as their files hold them."""
        _, input, target = self.files[number]
        return _halves(input) if input == target else (read(input), read(target))

    def pair(self, number: int, side: int | None = None, least: int = 1) -> Pixels:
        """Pair ``number`` as uint8 (H, W, 6), the input's colours before the target's; each resized to a square of
        ``side`` where one is given.
        """
        _, *paths = self.files[number]
        halves = [sized(path, half, side, least) for path, half in zip(paths, self.pictures(number), strict=True)]
        if halves[0].shape != halves[1].shape:
            sizes = " and ".join(f"{half.shape[1]} x {half.shape[0]}" for half in halves)
            raise DataError(f"{paths[0]} and {paths[1]} have {sizes} pixels: the two of a pair must be of one size")
        return np.concatenate(halves, axis=2)

    def stream(
        self,
        batch: int,
        patch: int,
        *,
        side: int | None = None,
        mirrored: bool = True,
        swapped: bool = False,
        seed: int = 0,
    ) -> Stream[Pairs]:
        """Batches of the same random window, mirrored in half of the cases, of the two of a pair, (N, 3, patch, patch).

        Pairs are resized to squares of ``side`` first; ``swapped`` takes the target for the input. Each pass goes
        through the pairs in a new order.
        """
        kept = Kept(lambda number: self.pair(number, side, patch))

        def draw(random: np.random.Generator, rows: slice, position: int) -> Pairs:
            seeds = random.integers(2**32, size=batch)[rows]
            numbers = walk(len(self), seed, position * batch, batch)[rows].tolist()
            both = torch.stack(
                [
                    window(kept[number], patch, np.random.default_rng(own), mirrored)
                    for number, own in zip(numbers, seeds, strict=True)
                ]
            )
            first, second = both[:, :3], both[:, 3:]
            return Pairs(second, first) if swapped else Pairs(first, second)

        return Stream(draw, batch, seed, ahead=2)


def _in_two_folders(folder: Path) -> list[Files]:
    for names in FOLDERS:
        first, second = (folder / name for name in names)
        if first.is_dir() and second.is_dir():
            inputs, targets = pictures_below(first), pictures_below(second)
            for name in sorted(inputs.keys() ^ targets.keys()):
                path, other = (inputs[name], second) if name in inputs else (targets[name], first)
                raise DataError(f"{path} has no partner in {other}: a picture called {name} was looked for")
            return [Files(name, inputs[name], targets[name]) for name in sorted(inputs)]
    return []


def _halves(path: Path) -> tuple[Picture, Picture]:
    picture = read(path)
    if picture.width % 2:
        raise DataError(
            f"{path} is {picture.width} pixels wide and has no two equal halves: give a folder with the folders input"
            " and target, or pictures with the input on the left and the target on the right"
        )
    middle = picture.width // 2
    left, right = (picture.with_pixels(picture.pixels[:, part]) for part in (slice(middle), slice(middle, None)))
    return left, right
