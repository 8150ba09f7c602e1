"""Which photos there are: every picture below the given folders, under a name that stays the same from run to run."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ganvas.data.prepare.settings import PrepareError
from ganvas.images import is_picture


class Photo(NamedTuple):
    """A file and its ``name`` in the set: relative to the folder that was given, with forward slashes."""

    name: str
    path: Path


def find_photos(places: Sequence[Path], apart_from: Path | None = None) -> list[Photo]:
    """The pictures in ``places`` (files, or folders with their subfolders), sorted by name.

    With several places each name starts with that of its folder. Hidden files and folders and the folder ``apart_from``
    are left out; linked folders are not entered. Raises PrepareError if a place is missing or cannot be listed, if two
    photos would have the same name, and if there is none at all.
    """
    found: dict[str, Path] = {}
    for place in places:
        for path in _below(place, apart_from):
            name = _name(path, place, alone=len(places) == 1)
            if name in found:
                raise PrepareError(
                    f"{found[name]} and {path} would both be called {name}: give a folder that holds both"
                )
            found[name] = path
    if not found:
        raise PrepareError(f"there is no picture in {', '.join(map(str, places))}")
    return [Photo(name, found[name]) for name in sorted(found)]


def fingerprint(photos: Sequence[Photo]) -> str:
    """A hash of the names and file sizes of ``photos``: enough to notice that photos came, went or were replaced."""
    digest = hashlib.sha256()
    for name, path in photos:
        size = path.stat().st_size if path.exists() else -1
        digest.update(f"{name}\0{size}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _below(place: Path, apart_from: Path | None) -> Iterator[Path]:
    if not place.exists():
        raise PrepareError(f"{place} does not exist")
    if not place.is_dir():
        yield place
        return
    left_out = apart_from.resolve() if apart_from else None
    for folder, folders, files in os.walk(place, onerror=_unlisted):
        here = Path(folder)
        folders[:] = [name for name in folders if not name.startswith(".") and (here / name).resolve() != left_out]
        yield from (here / name for name in files if is_picture(here / name))


def _unlisted(error: OSError) -> None:
    raise PrepareError(f"{error.filename} cannot be listed: {error.strerror}") from error


def _name(path: Path, place: Path, alone: bool) -> str:
    if path == place:
        return path.name
    inside = path.relative_to(place).as_posix()
    return inside if alone else f"{place.resolve().name}/{inside}"
