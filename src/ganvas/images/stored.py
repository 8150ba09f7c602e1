"""A picture as it stands in its file: what every decoder finds out before it decodes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from ganvas.images import exif, libvips, profile, tiff
from ganvas.images.formats import Format
from ganvas.images.picture import Depth


class UnreadableError(Exception):
    """Why a file is not read: the sentence about it without its subject, which is the name of the file."""


@dataclass
class Stored:
    """A picture as it stands in its file; ``load`` gives its pixels as an 8- or 16-bit grey or RGB ``pyvips.Image``."""

    format: Format
    width: int
    height: int
    load: Callable[[], libvips.Image]
    source: libvips.Source = None
    depth: Depth = 8
    icc: bytes | None = None
    exif: bytes | None = None
    dpi: tuple[float, float] | None = None
    orientation: int = 1
    remarks: list[str] = field(default_factory=list[str])


def check_size(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        size, limit = (f"{count / 1e6:,.4f}".rstrip("0").rstrip(".") for count in (width * height, max_pixels))
        raise UnreadableError(f"is {size} megapixels, more than the limit of {limit}: raise --max-pixels")


def keep_exif(result: Stored, block: bytes) -> None:
    block = block.removeprefix(b"Exif\0\0")
    try:
        directory = exif.parse(block)
        result.orientation = exif.orientation(directory)
        result.exif = exif.upright(block)
        result.dpi = result.dpi or exif.dpi(directory)
    except ValueError:
        result.remarks.append("Its EXIF is damaged and was left out.")


def keep_tiff_exif(result: Stored, file: BinaryIO, directory: tiff.Directory) -> None:
    result.orientation, result.dpi = exif.orientation(directory), exif.dpi(directory)
    try:
        result.exif = exif.of_tiff(file, directory)
    except ValueError:
        result.remarks.append("Its EXIF is damaged and was left out.")


def keep_profile(result: Stored, icc: bytes | None, channels: int) -> None:
    if icc is None:
        return
    fault = profile.fault(icc, channels)
    if fault is None:
        result.icc = icc
    else:
        result.remarks.append(f"Its colour profile {fault}; it was left out.")
