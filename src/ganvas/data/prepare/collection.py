"""The set while it grows: photo after photo in their order, so that a killed run loses no more than the photo in hand.

In the folder are, while it grows,

    settings.json          what it is made with, and from which photos
    0/0.png ...            the crops, 1000 a folder
    crops.npy.partial      the same crops one after another, to be mapped into memory
    photos.jsonl.partial   a line for each finished photo: only what this journal holds counts

and when it is finished manifest.jsonl (a line a crop), skipped.jsonl (a line for each photo that gave none) and, last
of all, crops.npy. The number of a crop is known once all photos before its own are cut. So a photo that turns out to be
broken when it is decoded leaves no hole, and nothing needs to be read twice or moved.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from ganvas.data.prepare.cut import Cut, Skipped
from ganvas.data.prepare.settings import PrepareError, Settings

SHARD = 1000
ARRAY, MANIFEST, SKIPPED = "crops.npy", "manifest.jsonl", "skipped.jsonl"
PARTIAL_ARRAY, JOURNAL = "crops.npy.partial", "photos.jsonl.partial"


class Prepared(NamedTuple):
    """What a finished set holds: the number of crops, of photos that gave some, and the photos that gave none."""

    crops: int
    photos: int
    skipped: tuple[Skipped, ...]


class Collection:
    """The growing set in ``out``: opened where an earlier run left it, with ``done`` photos and ``crops`` in it."""

    def __init__(self, out: Path, settings: Settings) -> None:
        self.out, self._settings = out, settings
        self._journal = _locked(_opened(out / JOURNAL), out)
        self._array = _opened(out / PARTIAL_ARRAY)
        self.done, self.crops = self._recover()

    def __enter__(self) -> Collection:
        return self

    def __exit__(self, *_: object) -> None:
        self._journal.close()
        self._array.close()

    def add(self, name: str, result: Cut | Skipped) -> None:
        """Adds the next photo. Its line in the journal comes last: without it the next run overwrites all else."""
        entry: dict[str, Any] = {"source": name}
        if isinstance(result, Skipped):
            entry["skipped"] = result.reason
        else:
            for number, file in enumerate(result.files, self.crops):
                path = self.out / shard_path(number, self._settings.prefix)
                path.parent.mkdir(exist_ok=True)
                write_whole(path, file)
            self._array.write(result.pixels.data)
            self._array.flush()
            crops = [[*place, sha256] for place, sha256 in zip(result.places, result.hashes, strict=True)]
            entry |= {"size": result.size, "halved": result.halved, "crops": crops}
        self._journal.write(json.dumps(entry).encode() + b"\n")
        self._journal.flush()
        self.crops += len(entry.get("crops", ()))
        self.done += 1

    def finish(self) -> Prepared:
        """Writes what makes the set complete; PrepareError, and nothing left behind, if no photo gave a crop."""
        skipped = [entry for entry in self._entries() if "skipped" in entry]
        if self.crops == 0:
            self._vanish()
            first = f"{skipped[0]['source']} {skipped[0]['skipped']}"
            raise PrepareError(f"none of the {len(skipped)} photos gave a crop; the first: {first}")
        _write_lines(self.out / SKIPPED, ({"source": e["source"], "reason": e["skipped"]} for e in skipped))
        _write_lines(self.out / MANIFEST, manifest(self._entries(), self._settings.prefix))
        self._array.seek(0)
        self._array.write(_header(self.crops, self._settings.size))
        self._array.flush()
        os.fsync(self._array.fileno())
        self._array.close()
        os.replace(self.out / PARTIAL_ARRAY, self.out / ARRAY)
        self._journal.close()
        (self.out / JOURNAL).unlink()
        return summary(self.out)

    def _recover(self) -> tuple[int, int]:
        """The photos and crops that earlier runs finished; what they left unfinished is cut off."""
        side = self._settings.size
        start, row = len(_header(0, side)), side * side * 3
        room = (self._array.seek(0, os.SEEK_END) - start) // row
        photos = crops = length = 0
        for line in self._journal:
            count = _crops_in(line)
            if count is None or crops + count > room:
                break
            photos, crops, length = photos + 1, crops + count, length + len(line)
        self._journal.truncate(length)
        self._journal.seek(length)
        if photos == 0:
            self._array.seek(0)
            self._array.write(_header(0, side))
        self._array.truncate(start + crops * row)
        self._array.seek(0, os.SEEK_END)
        return photos, crops

    def _entries(self) -> Iterator[dict[str, Any]]:
        with (self.out / JOURNAL).open("rb") as lines:
            yield from map(json.loads, lines)

    def _vanish(self) -> None:
        self.__exit__()
        for name in (JOURNAL, PARTIAL_ARRAY, "settings.json"):
            (self.out / name).unlink()


def shard_path(number: int, prefix: str = "") -> str:
    """Where the PNG of crop ``number`` lies in the set.

    >>> shard_path(12678)
    '12/12678.png'
    """
    return f"{number // SHARD}/{prefix}{number}.png"


def manifest(entries: Iterator[dict[str, Any]], prefix: str) -> Iterator[dict[str, Any]]:
    """A line for each crop, from the journal's line for each photo.

    ``box`` is (left, top, right, bottom) in the photo reduced ``reduction`` times, after it was ``halved`` if it was.
    """
    number = 0
    for entry in entries:
        for reduction, box, sha256 in entry.get("crops", ()):
            photo = {"source": entry["source"], "size": entry["size"], "halved": entry["halved"]}
            place = {"reduction": reduction, "box": box, "sha256": sha256}
            yield {"index": number, "file": shard_path(number, prefix), **photo, **place}
            number += 1


def summary(out: Path) -> Prepared:
    """What the finished set in ``out`` holds."""
    with (out / MANIFEST).open(encoding="utf-8") as lines:
        sources = [json.loads(line)["source"] for line in lines]
    with (out / SKIPPED).open(encoding="utf-8") as lines:
        skipped = tuple(Skipped(entry["source"], entry["reason"]) for entry in map(json.loads, lines))
    return Prepared(len(sources), len(set(sources)), skipped)


def write_whole(path: Path, content: bytes) -> None:
    """Writes ``path`` so that it is there with all its ``content`` or not at all."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(content)
    os.replace(partial, path)


def _write_lines(path: Path, lines: Iterator[dict[str, Any]]) -> None:
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    os.replace(partial, path)


def _header(rows: int, side: int) -> bytes:
    """The head of an .npy file; numpy pads it so that its length is the same for any number of rows."""
    buffer = io.BytesIO()
    layout = {"descr": "|u1", "fortran_order": False, "shape": (rows, side, side, 3)}
    np.lib.format.write_array_header_1_0(buffer, layout)
    return buffer.getvalue()


def _crops_in(line: bytes) -> int | None:
    """The number of crops that a line of the journal tells of; None where the line was cut off."""
    try:
        return len(json.loads(line).get("crops", ())) if line.endswith(b"\n") else None
    except ValueError:
        return None


def _opened(path: Path) -> BinaryIO:
    path.touch()
    return path.open("r+b")


def _locked(file: BinaryIO, out: Path) -> BinaryIO:
    try:
        import fcntl
    except ImportError:  # Windows has no such lock: there two runs into one folder are the user's to avoid
        return file
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise PrepareError(f"another run is preparing photos into {out}: wait until it has ended") from None
    return file
