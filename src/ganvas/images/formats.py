"""The file formats: how each is recognised, what each can hold, and which one a result gets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple, get_args

from ganvas.images.picture import Picture, PictureError

Format = Literal["jpeg", "png", "webp", "tiff", "bmp", "gif", "heif"]
Writable = Literal["jpeg", "png", "webp", "tiff", "bmp"]


class Carried(NamedTuple):
    """What a file carries beside its pixels; ``dpi`` is (horizontal, vertical)."""

    icc: bytes | None
    exif: bytes | None
    dpi: tuple[float, float] | None


class Ability(NamedTuple):
    """What a format that is written can hold; ``side`` is its largest width or height in pixels."""

    deep: bool
    alpha: bool
    side: int


ABILITIES: dict[Writable, Ability] = {
    "jpeg": Ability(deep=False, alpha=False, side=65_535),
    "png": Ability(deep=True, alpha=True, side=2**31 - 1),
    "webp": Ability(deep=False, alpha=True, side=16_383),
    "tiff": Ability(deep=True, alpha=True, side=2**31 - 1),
    "bmp": Ability(deep=False, alpha=False, side=2**31 - 1),
}

NAMES: dict[Format, str] = {
    "jpeg": "JPEG", "png": "PNG", "webp": "WebP", "tiff": "TIFF", "bmp": "BMP", "gif": "GIF", "heif": "HEIC",
}  # fmt: skip

_ENDINGS: dict[str, Format] = {
    ".jpg": "jpeg", ".jpeg": "jpeg", ".jpe": "jpeg", ".jfif": "jpeg", ".png": "png", ".apng": "png", ".webp": "webp",
    ".tif": "tiff", ".tiff": "tiff", ".bmp": "bmp", ".dib": "bmp", ".gif": "gif", ".heic": "heif", ".heif": "heif",
}  # fmt: skip

SUFFIXES = frozenset(_ENDINGS)
"""The file endings, in lower case, of the pictures that can be read."""


def is_picture(path: Path) -> bool:
    """Whether the ending of ``path`` is that of a picture that can be read; hidden files are none.

    >>> is_picture(Path("holiday/IMG_1.JPG")), is_picture(Path("notes.txt")), is_picture(Path("._IMG_1.JPG"))
    (True, False, False)
    """
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")


def recognise(head: bytes) -> Format | None:
    """The format of a file that starts with ``head`` (32 bytes are enough), whatever its name says; None if unknown."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "tiff"
    if head[:2] == b"BM" and head[14:18] in (b"\x0c\0\0\0", b"\x28\0\0\0", b"\x40\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0"):
        return "bmp"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"):
        return "heif"
    return None


def default_format(picture: Picture) -> Writable:
    """The format in which an edited ``picture`` is written if nobody asks for one: its own, if that can be written.

    A GIF becomes a PNG, since its few colours would not hold the result; a HEIC photo becomes a JPEG, or a PNG where it
    has 16 bits or alpha.
    """
    if picture.format in get_args(Writable):
        return picture.format  # pyright: ignore[reportReturnType]
    photo = picture.format == "heif" and picture.depth == 8 and picture.alpha is None
    return "jpeg" if photo else "png"


def format_of(target: Path | BinaryIO, format: str | None, default: Writable | None = None) -> Writable:
    """The format in which ``target`` is to be written: ``format`` if given, else by its ending, else ``default``.

    Raises PictureError, listing what can be written, where that leads nowhere.
    """
    ending = f".{format.lower().removeprefix('.')}" if format else target.suffix if isinstance(target, Path) else ""
    found = _ENDINGS.get(ending.lower())
    if found is None and not ending and default is not None:
        return default
    if found in get_args(Writable):
        return found  # pyright: ignore[reportReturnType]
    known = ", ".join(NAMES[name] for name in ABILITIES)
    if format:
        raise PictureError(f"{format!r} is not a format that can be written: choose among {known}")
    raise PictureError(f"{_called(target)} does not say a format that can be written: end its name in that of {known}")


def check_asked(format: str | None, quality: int | None) -> None:
    """Raise PictureError for a format that cannot be written or a quality that is none: to be asked before the work."""
    if format is not None:
        format_of(Path(), format)
    if quality is not None and not 1 <= quality <= 100:
        raise PictureError(f"the quality is a number from 1 to 100, not {quality}")


def check_target(target: Path | BinaryIO, width: int, height: int, format: str | None = None) -> None:
    """Raise PictureError if a picture of this size could not be written to ``target``: to be asked before the work."""
    chosen = format_of(target, format, None if isinstance(target, Path) else "png")
    if max(width, height) > ABILITIES[chosen].side:
        raise PictureError(
            f"{_called(target)} would be {width} x {height} pixels, but {NAMES[chosen]} ends at "
            f"{ABILITIES[chosen].side:,} a side: write PNG or TIFF, or make it smaller"
        )
    if chosen == "bmp" and width * height * 3 >= 2**32 - 2**20:
        raise PictureError(f"{_called(target)} would be beyond the 4 GB that a BMP can hold: write PNG or TIFF")
    if isinstance(target, Path):
        _check_place(target)


def _check_place(target: Path) -> None:
    if target.is_dir():
        raise PictureError(f"{target} is a folder: name the file in it that is to be written")
    if not target.parent.is_dir():
        raise PictureError(f"{target} cannot be written: there is no folder {target.parent}")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise PictureError(f"{target} cannot be written: permission denied in the folder {target.parent}")


def _called(target: Path | BinaryIO) -> str:
    return str(target) if isinstance(target, Path) else "the output"
