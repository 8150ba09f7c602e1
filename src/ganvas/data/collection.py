"""Whole pictures of one size, in memory: what an unconditional generator learns from."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ganvas.data.batches import Images
from ganvas.data.digits import SIDE, open_digits
from ganvas.data.pairs import DataError
from ganvas.data.stream import Stream, walk
from ganvas.images import Picture, PictureError, is_picture, luma, read, resize

DIGITS = ("train-images-idx3-ubyte.gz", "train-images-idx3-ubyte")
"""By these files a folder is known as MNIST's."""

CHUNK = 1024
"""So many pictures at once are float32."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """``pixels``, uint8 (n, C, S, S)."""

    pixels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.pixels)

    @property
    def side(self) -> int:
        return self.pixels.shape[-1]

    def reduced(self, side: int) -> Pictures:
        """The same at a ``side`` that divides theirs, each pixel the rounded mean of a square, as in ProGAN's data."""
        if side == self.side:
            return self
        if self.side % side:
            raise ValueError(f"squares of {self.side} pixels do not divide into {side} parts")
        made = np.empty((*self.pixels.shape[:2], side, side), np.uint8)
        for first in range(0, len(self), CHUNK):
            part = torch.from_numpy(self.pixels[first : first + CHUNK]).float()
            means = torch.nn.functional.avg_pool2d(part, self.side // side)
            made[first : first + CHUNK] = means.round().byte().numpy()
        return Pictures(made)

    def stream(self, batch: int, *, mirror: bool = False, seed: int = 0) -> Stream[Images]:
        """A shuffled walk through them in batches (N, C, S, S), each pass in a new order; with ``mirror`` half of the
        pictures are turned left to right. A batch may end one pass and begin the next.
        """

        def draw(random: np.random.Generator, rows: slice, position: int) -> Images:
            chosen = walk(len(self), seed, position * batch, batch)[rows]
            image = torch.from_numpy(self.pixels[chosen]).float() / 255
            if mirror:
                turned = torch.from_numpy(random.random(batch)[rows] < 0.5)
                image = torch.where(turned[:, None, None, None], image.flip(-1), image)
            return Images(image)

        return Stream(draw, batch, seed)


class Collection:
    """The pictures below the folder ``source``, in the .zip ``source``, or the digits to learn from where that is the
    folder of MNIST's files. They are found at once and decoded by :meth:`at`; DataError where there is none.
    """

    def __init__(self, source: Path) -> None:
        self.source = source
        self._digits: NDArray[np.uint8] | None = None
        self.names: list[str] = []
        if source.is_dir() and any((source / name).is_file() for name in DIGITS):
            self._digits = open_digits(source).images
            return
        self.names = _names(source)
        if not self.names:
            raise DataError(f"there is no picture in {source}")

    def __len__(self) -> int:
        return len(self.names) if self._digits is None else len(self._digits)

    def at(self, side: int, channels: int = 3, room: int | None = None) -> Pictures:
        """All of them as squares of ``side``: the middle of each picture, resized; with one channel, its luma.

        Digits, 28 pixels wide, are padded to 32 where ``side`` is not 28, and resized if it is not 32 either. DataError
        names a file that cannot be read, or says by how much they are too many: for ``room`` bytes, by default half
        of the memory of this machine.
        """
        self._fits(side, channels, room or memory() // 2)
        if self._digits is not None:
            return Pictures(np.repeat(_digits_at(self._digits, side), channels, axis=1))
        made = np.empty((len(self), channels, side, side), np.uint8)
        for place, picture in zip(made, self._decoded(), strict=True):
            place[...] = squared(picture, side, channels)
        return Pictures(made)

    def _fits(self, side: int, channels: int, room: int) -> None:
        needed = len(self) * channels * side**2
        if needed > room:
            raise DataError(
                f"the {len(self)} pictures in {self.source} take {needed / 2**30:.2f} GB of memory at {side} x {side}, "
                f"and there is room for {room / 2**30:.2f}: give a smaller side, or fewer pictures"
            )

    def _decoded(self) -> Iterator[Picture]:
        if self.source.is_dir():
            for name in self.names:
                yield _read(self.source / name)
            return
        with zipfile.ZipFile(self.source) as archive:
            for name in self.names:
                yield _unpacked(archive, self.source, name)


def squared(picture: Picture, side: int, channels: int = 3) -> NDArray[np.uint8]:
    """The square in the middle of ``picture``, as large as its shorter side, resized: uint8 (channels, side, side)."""
    image = picture.tensor()
    short = min(image.shape[-2:])
    top, left = ((length - short) // 2 for length in image.shape[-2:])
    image = image[..., top : top + short, left : left + short]
    if channels == 1:
        image = (255 * luma(image) - 16) / 219  # from studio range to all of [0, 1]
    if short != side:
        image = resize(image, (side, side))
    return image[0].clamp(0, 1).mul(255).round().byte().numpy()


def memory() -> int:
    """The bytes of memory of this machine, or 8 GB where it does not tell."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 8 * 2**30


def _names(source: Path) -> list[str]:
    """The pictures below or in ``source``, in order."""
    if source.is_dir():
        found = (path for path in source.rglob("*") if is_picture(path) and path.is_file())
        return sorted(path.relative_to(source).as_posix() for path in found)
    if not source.is_file():
        raise DataError(f"{source} does not exist: give a folder of pictures, or a .zip of them")
    try:
        with zipfile.ZipFile(source) as archive:
            return sorted(each.filename for each in archive.infolist() if is_picture(Path(each.filename)))
    except (zipfile.BadZipFile, OSError):
        raise DataError(f"{source} is not a whole .zip: give a folder of pictures, or a .zip of them") from None


def _read(path: Path) -> Picture:
    try:
        return read(path)
    except PictureError as error:
        raise DataError(f"{error}") from None


def _unpacked(archive: zipfile.ZipFile, source: Path, name: str) -> Picture:
    try:
        return read(archive.read(name))
    except PictureError as error:
        raise DataError(f"{name} in {source}{str(error).removeprefix('the picture')}") from None
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError) as error:
        raise DataError(f"{name} in {source} cannot be unpacked: {error}") from None


def _digits_at(images: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """``images`` (n, 28, 28) as (n, 1, side, side)."""
    if side == SIDE:
        return images[:, None]
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2)))[:, None]
    if side == padded.shape[-1]:
        return padded
    parts = [torch.from_numpy(padded[first : first + CHUNK]).float() for first in range(0, len(padded), CHUNK)]
    return torch.cat([resize(part, (side, side)).clamp(0, 255).round().byte() for part in parts]).numpy()
