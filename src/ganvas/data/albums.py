"""Pictures in folders, decoded when they are first wanted, at one size, and kept as long as there is room."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ganvas.data.pairs import DataError
from ganvas.images import Picture, is_picture, read, resize

Pixels = NDArray[np.uint8]

ROOM = 512 * 2**20
"""Bytes of decoded pictures that an album keeps."""


class Kept:
    """What ``make`` makes of each key, the latest ``room`` bytes of it kept; threads may share it."""

    def __init__(self, make: Callable[[int], Pixels], room: int = ROOM) -> None:
        self._make, self._room = make, room
        self._held: OrderedDict[int, Pixels] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def __getitem__(self, key: int) -> Pixels:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        made = self._make(key)
        with self._lock:
            if key not in self._held:
                self._held[key] = made
                self._bytes += made.nbytes
            while self._bytes > self._room and len(self._held) > 1:
                self._bytes -= self._held.popitem(last=False)[1].nbytes
        return made


def pictures_below(folder: Path) -> dict[str, Path]:
    """The pictures below ``folder`` by their names without the ending; DataError where two have one, or none is."""
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        if is_picture(path) and path.is_file():
            name = path.relative_to(folder).with_suffix("").as_posix()
            if name in found:
                raise DataError(f"{found[name]} and {path} have one name: it is not clear which one is meant")
            found[name] = path
    if not found:
        raise DataError(f"there is no picture in {folder}")
    return found


def opened(path: Path, side: int | None, least: int) -> Pixels:
    """The colours of the picture in ``path``, uint8 (H, W, 3), resized to a square of ``side`` where one is given.

    DataError where a side is below ``least``.
    """
    return sized(path, read(path), side, least)


def sized(path: Path, picture: Picture, side: int | None, least: int) -> Pixels:
    """The same of ``picture``, which came out of ``path``."""
    image = picture.tensor()
    if side is not None and image.shape[-2:] != (side, side):
        image = resize(image, (side, side))
    if min(image.shape[-2:]) < least:
        raise DataError(f"{path} has {picture.width} x {picture.height} pixels, too few for patches of {least}")
    return image[0].clamp(0, 1).mul(255).round().byte().permute(1, 2, 0).numpy()


def window(pixels: Pixels, patch: int, random: np.random.Generator, mirrored: bool) -> torch.Tensor:
    """A random window of ``pixels`` (H, W, C), mirrored in half of the cases: (C, patch, patch) float32 in [0, 1]."""
    top, left = (int(random.integers(side - patch + 1)) for side in pixels.shape[:2])
    part = pixels[top : top + patch, left : left + patch]
    if random.random() < 0.5 and mirrored:
        part = part[:, ::-1]
    return torch.from_numpy(np.ascontiguousarray(part)).permute(2, 0, 1).float() / 255
