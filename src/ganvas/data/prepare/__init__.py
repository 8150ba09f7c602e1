"""Preparing photos: random crops at several reductions, as PNG files for people and one array for training."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from ganvas.data.prepare.collection import ARRAY, JOURNAL, Collection, Prepared, summary, write_whole
from ganvas.data.prepare.cut import Skipped, cut_photo
from ganvas.data.prepare.photos import Photo, find_photos, fingerprint
from ganvas.data.prepare.processes import available, in_order
from ganvas.data.prepare.settings import PrepareError, Settings

__all__ = ["PrepareError", "Prepared", "Settings", "Skipped", "available", "prepare"]

SETTINGS = "settings.json"

Watch = Callable[[int, int], None]


def prepare(
    places: Sequence[Path], out: Path, settings: Settings | None = None, *, workers: int = 1, watch: Watch | None = None
) -> Prepared:
    """What was cut out of the photos in ``places`` (files and folders) into the folder ``out``.

    The set depends on ``settings`` and the photos alone: crops are numbered in the order of the photos' names, and
    those of a photo depend on the seed, its name and its contents. A run that was stopped, by whatever means, goes on
    where it was and ends with the same bytes; with a finished set in ``out`` nothing is done. Photos that give no crop
    are listed in ``skipped.jsonl``. With several ``workers`` a script that calls this needs the usual ``if __name__ ==
    "__main__"``. ``watch`` is told how many photos of how many are done.

    Raises PrepareError if there are no photos, if none gives a crop, if ``out`` holds anything else or was begun with
    other settings or photos, if it cannot be written, and on Ctrl-C.
    """
    settings = settings or Settings()
    photos = find_photos(places, apart_from=out)
    try:
        _claim(out, settings, photos)
        if (out / ARRAY).exists():
            (out / JOURNAL).unlink(missing_ok=True)
            return summary(out)
        return _fill(out, photos, settings, workers, watch or (lambda done, total: None))
    except OSError as error:
        raise PrepareError(
            f"{error.filename or out} cannot be written ({error.strerror}): once it can, the same command goes on"
        ) from error


def _fill(out: Path, photos: list[Photo], settings: Settings, workers: int, watch: Watch) -> Prepared:
    with Collection(out, settings) as collection:
        remaining = photos[collection.done :]
        try:
            watch(collection.done, len(photos))
            with closing(in_order(partial(cut_photo, settings=settings), remaining, workers)) as results:
                for photo, result in zip(remaining, results, strict=True):
                    collection.add(photo.name, result)
                    watch(collection.done, len(photos))
            return collection.finish()
        except KeyboardInterrupt:
            raise PrepareError(
                f"stopped after {collection.done} of {len(photos)} photos: the same command goes on from there"
            ) from None


def _claim(out: Path, settings: Settings, photos: list[Photo]) -> None:
    """Writes what the set is made with into a new ``out``, or makes sure that an existing one is of the same."""
    own: dict[str, Any] = {
        "settings": asdict(settings),
        "photos": {"count": len(photos), "sha256": fingerprint(photos)},
    }
    path = out / SETTINGS
    if path.exists():
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
            _compare(out, held["settings"], held["photos"], json.loads(json.dumps(own)))
        except (ValueError, LookupError, TypeError):
            raise PrepareError(f"{path} is damaged or of another program: name a new folder") from None
        return
    if out.exists() and (not out.is_dir() or any(entry.name != f"{SETTINGS}.partial" for entry in out.iterdir())):
        raise PrepareError(f"{out} exists and holds something else than prepared photos: name a new folder")
    out.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(own, indent=2).encode() + b"\n")


def _compare(out: Path, settings: dict[str, Any], photos: dict[str, Any], own: dict[str, Any]) -> None:
    for name, value in own["settings"].items():
        before = settings.get(name)
        if before != value:
            raise PrepareError(
                f"{out} was begun with {name} = {before!r}, not {value!r}: give that again, or name a new folder"
            )
    if photos != own["photos"]:
        raise PrepareError(
            f"{out} was begun with other photos ({photos['count']} of them, now there are "
            f"{own['photos']['count']}; names or sizes differ): name a new folder"
        )
