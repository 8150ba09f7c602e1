"""Sets of pictures: a folder with its subfolders, or a zip; read one after the other, never held."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import torch

from ganvas.images import Picture, is_picture, probe, read
from ganvas.images.picture import PictureError
from ganvas.metrics import MetricError
from ganvas.report.folders import pictures_in

BATCH = 16
"""The most pictures of one size that are looked at together."""


@dataclass(frozen=True)
class PictureSet:
    """The pictures ``names`` in ``place``, a folder or a zip, sorted."""

    place: Path
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)

    def cut(self, limit: int | None) -> PictureSet:
        """``limit`` of the pictures, evenly spread over the names, so that each subfolder has its share."""
        if limit is None or limit >= len(self):
            return self
        return PictureSet(self.place, tuple(self.names[index * len(self) // limit] for index in range(limit)))

    def first(self, count: int) -> PictureSet:
        """The first ``count`` of the pictures."""
        return PictureSet(self.place, self.names[:count])

    def shuffled(self, seed: int) -> PictureSet:
        """The same in an order drawn with ``seed``: names are often sorted by what the pictures show."""
        order = np.random.default_rng(seed).permutation(len(self))
        return PictureSet(self.place, tuple(self.names[index] for index in order))

    def batches(self) -> Iterator[torch.Tensor]:
        """The colours, (N, 3, H, W) in [0, 1], in the order of the names; neighbours of one size come together.

        Raises a :class:`GanvasError` that names the picture where one cannot be read.
        """
        waiting = list[torch.Tensor]()
        for picture in self.pictures():
            image = picture.tensor()
            if waiting and (len(waiting) == BATCH or image.shape != waiting[0].shape):
                yield torch.cat(waiting)
                waiting = []
            waiting.append(image)
        if waiting:
            yield torch.cat(waiting)

    def pictures(self) -> Iterator[Picture]:
        """Each picture, when it is asked for."""
        for source, content in self._contents():
            try:
                yield read(content)
            except PictureError as error:
                raise MetricError(str(error).replace("the picture", source, 1)) from None

    def sizes(self) -> set[tuple[int, int]]:
        """The widths and heights that there are, from the headers."""
        if self.place.is_dir():
            return {probe(self.place / name) for name in self.names}
        found = set[tuple[int, int]]()
        for source, content in self._contents():
            try:
                found.add(probe(content))
            except PictureError as error:
                raise MetricError(str(error).replace("the picture", source, 1)) from None
        return found

    def digest(self) -> str:
        """A hash of the names, sizes and contents of the files."""
        total = hashlib.sha256()
        for name, (_, content) in zip(self.names, self._contents(), strict=True):
            line = f"{name}\0{len(content)}\0{hashlib.sha256(content).hexdigest()}\n"
            total.update(line.encode("utf-8", "surrogateescape"))
        return total.hexdigest()

    def _contents(self) -> Iterator[tuple[str, bytes]]:
        """What each file is called in a sentence, and its bytes."""
        if self.place.is_dir():
            for name in self.names:
                yield str(self.place / name), _bytes(self.place / name)
            return
        with _opened(self.place) as archive:
            for name in self.names:
                source = f"{name} in {self.place}"
                try:
                    yield source, archive.read(name)
                except (OSError, RuntimeError, zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
                    raise MetricError(f"{source} cannot be read: {error}") from None


def picture_set(place: Path) -> PictureSet:
    """The pictures below the folder ``place``, or in the zip; :class:`MetricError` if it is neither, or has none."""
    if place.is_dir():
        return PictureSet(place, tuple(path.relative_to(place).as_posix() for path in pictures_in(place)))
    if not place.exists():
        raise MetricError(f"there is no folder or zip {place}")
    with _opened(place) as archive:
        files = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
    names = sorted({name for name in files if is_picture(Path(name)) and not _hidden(name)})
    if not names:
        raise MetricError(f"there is no picture in {place}")
    return PictureSet(place, tuple(names))


def _opened(place: Path) -> zipfile.ZipFile:
    with suppress(zipfile.BadZipFile):
        try:
            return zipfile.ZipFile(place)
        except OSError as error:
            raise MetricError(f"{place} cannot be read: {error.strerror or error}") from None
    raise MetricError(f"{place} is neither a folder nor a zip of pictures")


def _hidden(name: str) -> bool:
    """Whether a part of ``name`` is hidden; macOS puts a shadow of each file into its archives."""
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MetricError(f"{path} cannot be read: {error.strerror or error}") from None
