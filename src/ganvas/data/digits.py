"""Handwritten digits with their labels, in the files of MNIST."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from ganvas.data.batches import Labelled
from ganvas.data.pairs import DataError
from ganvas.data.stream import Stream, walk

Part = Literal["train", "t10k"]

SIDE = 28


@dataclass(frozen=True)
class Digits:
    """``images`` uint8 (n, 28, 28), 0 where there is no ink, and ``labels`` uint8 (n,), which digit each is."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: NDArray[np.int64] | slice) -> Labelled:
        """Images (N, 1, 28, 28), float32 in [0, 1], and labels, int64 (N,)."""
        image = torch.from_numpy(self.images[index])[:, None].float() / 255
        return Labelled(image, torch.from_numpy(self.labels[index].astype(np.int64)))


def open_digits(folder: Path, part: Part = "train") -> Digits:
    """The digits to learn from, or to be tested on ("t10k"); DataError where a file is missing or not one of theirs."""
    images, labels = (read_idx(_file(folder, f"{part}-{kind}-ubyte")) for kind in ("images-idx3", "labels-idx1"))
    if images.shape[1:] != (SIDE, SIDE) or labels.shape != (len(images),) or not len(labels) or labels.max() > 9:
        raise DataError(
            f"{folder} holds images {images.shape} and labels {labels.shape}, not (N, {SIDE}, {SIDE}) and N from 0 to 9"
        )
    return Digits(images, labels)


def read_idx(path: Path) -> NDArray[np.uint8]:
    """The array of bytes in ``path``, an IDX file, gzipped or not: two zeros, the type (8: bytes), the number of
    dimensions, each length in four bytes, highest first, and the values.
    """
    try:
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be read: {error}") from None
    start = 4 + 4 * content[3] if content[:3] == b"\0\0\x08" and len(content) > 3 else 0
    shape = tuple(np.frombuffer(content[4:start], ">u4").tolist()) if 0 < start <= len(content) else ()
    if not shape or len(content) - start != prod(shape):
        raise DataError(f"{path} is not a whole IDX file of bytes, as those of MNIST are")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape).copy()  # torch wants to be able to write


def labelled(digits: Digits, batch: int, seed: int = 0) -> Stream[Labelled]:
    """A shuffled walk through ``digits`` in batches of ``batch``, each pass in a new order; a batch may end one pass
    and begin the next.
    """

    def draw(random: np.random.Generator, rows: slice, position: int) -> Labelled:
        return digits[walk(len(digits), seed, position * batch, batch)[rows]]

    return Stream(draw, batch, seed)


def _file(folder: Path, name: str) -> Path:
    """The file ``name`` in ``folder``, gzipped as it comes or not."""
    for path in (folder / f"{name}.gz", folder / name):
        if path.is_file():
            return path
    raise DataError(f"there is no {name}.gz in {folder}: give the folder of the four files of MNIST")
