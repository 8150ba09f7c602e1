"""Crops to train from: a prepared set, or a folder of photos of which each is decoded once for several crops."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganvas.data.prepare.collection import ARRAY, PARTIAL_ARRAY
from ganvas.data.prepare.cut import Pixels, choose_place, open_photo, reduce, reductions
from ganvas.data.prepare.photos import Photo, find_photos
from ganvas.data.prepare.settings import PrepareError, Settings
from ganvas.images import PictureError

Indices = Sequence[int] | NDArray[np.int64]

_log = logging.getLogger(__name__)


class Crops:
    """A prepared set, mapped into memory: ``crops[indices]`` is a copy of these, uint8 (n, size, size, 3)."""

    def __init__(self, pixels: Pixels) -> None:
        self._pixels = pixels
        self.size: int = pixels.shape[1]

    def __len__(self) -> int:
        return len(self._pixels)

    def __getitem__(self, index: Indices) -> Pixels:
        return np.asarray(self._pixels[np.asarray(index, dtype=np.int64)])

    def choose(self, random: np.random.Generator, position: int, batch: int) -> NDArray[np.int64]:
        """Which crops make batch number ``position``: any, each as likely."""
        return random.integers(len(self), size=batch)


def open_crops(path: Path) -> Crops:
    """The crops that ``ganvas prepare`` wrote into ``path``; PrepareError where they are missing or unfinished."""
    array = path / ARRAY
    if not array.exists():
        if (path / PARTIAL_ARRAY).exists():
            raise PrepareError(f"the crops in {path} are not finished: run the same `ganvas prepare` again to go on")
        raise PrepareError(f"there are no crops in {path}: make them with `ganvas prepare PHOTOS {path}`")
    try:
        pixels = np.load(array, mmap_mode="r")
    except (ValueError, OSError):
        raise PrepareError(f"{array} is damaged or cut off: prepare the photos again into a new folder") from None
    if pixels.dtype != np.uint8 or pixels.ndim != 4 or pixels.shape[1:] != (pixels.shape[1], pixels.shape[1], 3):
        raise PrepareError(f"{array} holds {pixels.dtype} {pixels.shape}, not crops of uint8 (N, size, size, 3)")
    return Crops(pixels)


class PhotoCrops:
    """An endless, shuffled walk through photos: ``crops[indices]`` are its steps, uint8 (n, size, size, 3).

    Step k depends on the seed, the photos and k alone. So a training whose batch k takes the steps k·n to (k + 1)·n is
    resumed exactly by going on with k.

    The walk is made of visits. A visit decodes one photo, and cuts ``crops_per_photo`` crops at random reductions, one
    as likely as its share of the pixels; in each pass every photo is visited once, in a new order. The crops of
    ``pool`` successive visits are shuffled together, so neighbours in a batch come from many photos, and the latest
    2·``pool`` visits are kept in memory: asked for in rising order, a photo is decoded once a pass. Any other order
    gives the same crops, more slowly. A photo that cannot be used is replaced by another one, the same each time, and
    logged once. Threads may share this.
    """

    def __init__(self, photos: Sequence[Photo], settings: Settings, crops_per_photo: int, pool: int) -> None:
        self.size = settings.size
        self._photos, self._settings = photos, settings
        self._each, self._pool = crops_per_photo, pool
        self._visits: OrderedDict[int, Future[Pixels]] = OrderedDict()
        self._useless: set[int] = set()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """The steps of one pass; the walk itself has no end."""
        return len(self._photos) * self._each

    def __getitem__(self, index: Indices) -> Pixels:
        steps = [self._shuffled(int(step)) for step in np.asarray(index, dtype=np.int64)]
        crops = [self._visit(step // self._each)[step % self._each] for step in steps]
        return np.stack(crops) if crops else np.empty((0, self.size, self.size, 3), np.uint8)

    def choose(self, random: np.random.Generator, position: int, batch: int) -> NDArray[np.int64]:
        """Which steps make batch number ``position``: the next ones, so that a photo is decoded once a pass."""
        return np.arange(position * batch, (position + 1) * batch)

    def _shuffled(self, step: int) -> int:
        length = self._pool * self._each
        block, place = divmod(step, length)
        return block * length + int(self._random(0, block).permutation(length)[place])

    def _visit(self, number: int) -> Pixels:
        """The crops of visit ``number``, cut by whichever thread asks first."""
        with self._lock:
            visit = self._visits.get(number)
            first = visit is None
            visit = self._visits.setdefault(number, Future()) if visit is None else visit
            self._visits.move_to_end(number)
            if len(self._visits) > 2 * self._pool:
                self._visits.popitem(last=False)
        if first:
            try:
                visit.set_result(self._cut(number))
            except BaseException as error:
                visit.set_exception(error)
                raise
        return visit.result()

    def _cut(self, number: int) -> Pixels:
        epoch, place = divmod(number, len(self._photos))
        order = self._random(1, epoch).permutation(len(self._photos))
        random = self._random(2, number)
        for candidate in (order[place], *random.permutation(len(self._photos))):
            if candidate not in self._useless:
                crops = self._crops_of(self._photos[candidate], random)
                if crops is not None:
                    return crops
                self._useless.add(int(candidate))
        raise PrepareError(f"none of the {len(self._photos)} photos gives a crop of {self.size} x {self.size}")

    def _crops_of(self, photo: Photo, random: np.random.Generator) -> Pixels | None:
        try:
            pixels = open_photo(photo.path, self._settings).pixels
        except PictureError as error:
            _log.warning("skipped: %s", error)
            return None
        height, width = pixels.shape[:2]
        factors = reductions(width, height, self.size, self._settings.least_reduction)
        if not factors:
            _log.warning("skipped: %s is too small at %d x %d", photo.path, width, height)
            return None
        shares = np.array([factor**-2.0 for factor in factors])
        chosen = random.choice(factors, size=self._each, p=shares / shares.sum())
        reduced = {
            factor: reduce(pixels, factor, self._settings.linear_light) for factor in sorted(set(chosen.tolist()))
        }
        crops = np.empty((self._each, self.size, self.size, 3), np.uint8)
        for crop, factor in zip(crops, chosen.tolist(), strict=True):
            left, top, right, bottom = choose_place(width, height, factor, self.size, random).box
            crop[:] = reduced[factor][top:bottom, left:right]
        return crops

    def _random(self, *purpose: int) -> np.random.Generator:
        return np.random.default_rng((self._settings.seed, *purpose))


def photo_crops(
    folder: Path,
    size: int = 256,
    crops_per_photo: int = 16,
    seed: int = 0,
    *,
    pool: int = 64,
    linear_light: bool = False,
    cameras: tuple[str, ...] = (),
    max_pixels: int = 200_000_000,
) -> PhotoCrops:
    """Crops straight from the photos in ``folder``, for sets too large or too short-lived to prepare.

    Memory: 2 · ``pool`` · ``crops_per_photo`` · size² · 3 bytes, 400 MB by default. PrepareError if there is no photo.
    """
    settings = Settings(size, seed=seed, linear_light=linear_light, cameras=cameras, max_pixels=max_pixels)
    return PhotoCrops(find_photos([folder]), settings, crops_per_photo, pool)
