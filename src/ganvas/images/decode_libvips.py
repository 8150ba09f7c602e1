"""JPEG, PNG, WebP, TIFF and GIF, decoded by libvips: a few rows at a time, and with all bits of 16."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ganvas.images import libvips, tiff
from ganvas.images.formats import NAMES, Format
from ganvas.images.libvips import vips
from ganvas.images.stored import Stored, UnreadableError, check_size, keep_exif, keep_profile, keep_tiff_exif


def stored(file: BinaryIO, format: Format, max_pixels: int) -> Stored:
    """The picture in ``file``, not yet decoded; UnreadableError where its header is damaged or it is too large."""
    directory = _tiff_directory(file) if format == "tiff" else None
    lab = directory is not None and directory.numbers(262) == (8,) and directory.numbers(258)[:1] == (8,)
    source = _source(_called_rgb(file, directory) if directory is not None and lab else file)
    try:
        image = getattr(vips.Image, f"{format}load_source")(source, access="sequential", fail_on="truncated")
    except libvips.Failures:
        raise UnreadableError(f"is a damaged {NAMES[format]}: its header makes no sense") from None
    check_size(image.width, image.height, max_pixels)
    image = _lab(image) if lab and image.bands >= 3 else image
    result = Stored(format, image.width, image.height, lambda: _as_rgb(image, result), source=source)
    _keep_metadata(result, image, file, directory)
    return result


def _keep_metadata(result: Stored, image: libvips.Image, file: BinaryIO, directory: tiff.Directory | None) -> None:
    fields = image.get_fields()
    frames: int = image.get("n-pages") if "n-pages" in fields else 1
    icc: bytes | None = image.get("icc-profile-data") if "icc-profile-data" in fields else None
    if result.format == "jpeg" and "resolution-unit" in fields:
        result.dpi = image.xres * 25.4, image.yres * 25.4
    elif result.format == "png":
        result.dpi, frames, profiled = _png_extras(file)
        icc = b"" if profiled and icc is None else icc
    if frames > 1:
        kind = "pages" if result.format == "tiff" else "frames"
        result.remarks.append(f"Only the first of its {frames} {kind} was read.")
    if directory is not None:
        keep_tiff_exif(result, file, directory)
    elif "exif-data" in fields:
        keep_exif(result, image.get("exif-data"))
    keep_profile(result, icc, 4 if image.interpretation == "cmyk" else 1 if image.bands < 3 else 3)


def _source(file: BinaryIO) -> libvips.Source:
    """``file`` for libvips. A file is handed over as a descriptor: libvips takes no name that is not UTF-8."""
    if isinstance(file, io.BytesIO):
        return vips.Source.new_from_memory(file.getvalue())
    # Opened anew: a duplicate of the descriptor, which is what libvips makes, would share the place in the file.
    with Path(file.name).open("rb") as own:
        return vips.Source.new_from_descriptor(own.fileno())


def _called_rgb(file: BinaryIO, directory: tiff.Directory) -> io.BytesIO:
    """The TIFF with its colour space changed from Lab to RGB: libvips refuses Lab of 8 bits."""
    file.seek(0)
    data = bytearray(file.read())
    for entry in directory.entries:
        if entry.tag == 262:
            value = entry.position + (12 if directory.big else 8)
            data[value : value + 2] = tiff.integers(262, tiff.SHORT, [2], directory.order).value
    return io.BytesIO(bytes(data))


def _lab(image: libvips.Image) -> libvips.Image:
    """The Lab that ``image`` holds as bytes: L from 0 to 255, a and b signed (TIFF 6.0, section 23)."""
    signed = (image[1:3] ^ 128) - 128
    return (image[0] * (100 / 255)).bandjoin(signed).cast("float").copy(interpretation="lab")


def _tiff_directory(file: BinaryIO) -> tiff.Directory:
    try:
        directory = tiff.first_directory(file)
    except ValueError:
        raise UnreadableError("is a damaged TIFF: its header makes no sense") from None
    # The first picture of a camera raw file is a small preview: enlarging that would be a bad surprise.
    if (directory.numbers(254) or (0,))[0] & 1 or any(entry.tag == 50706 for entry in directory.entries):
        raise UnreadableError(
            "is a camera raw file or starts with a preview: develop it and save it as TIFF, PNG or JPEG first"
        )
    # libvips would fill what is missing of a TIFF with black.
    end = file.seek(0, io.SEEK_END)
    for places, sizes in ((273, 279), (324, 325)):
        if any(sum(part) > end for part in zip(directory.numbers(places), directory.numbers(sizes), strict=False)):
            raise UnreadableError("is damaged or cut off: not all of its pixels are there")
    return directory


class _PngExtras(NamedTuple):
    """What libvips does not tell: it knows no APNG, calls a missing resolution 72 dpi, and hides a damaged profile."""

    dpi: tuple[float, float] | None = None
    frames: int = 1
    profiled: bool = False


def _png_extras(file: BinaryIO) -> _PngExtras:
    extras, at = _PngExtras(), 8
    while True:
        file.seek(at)
        head = file.read(8)
        if len(head) < 8 or head[4:] in (b"IDAT", b"IEND"):
            return extras
        size, kind = struct.unpack(">I4s", head)
        if kind == b"pHYs" and size == 9:
            x, y, unit = struct.unpack(">IIB", file.read(9).ljust(9, b"\0"))
            extras = extras._replace(dpi=(x * 0.0254, y * 0.0254) if unit == 1 and x and y else None)
        elif kind == b"acTL" and size == 8:
            extras = extras._replace(frames=struct.unpack(">I", file.read(4).ljust(4, b"\0"))[0])
        elif kind == b"iCCP":
            extras = extras._replace(profiled=True)
        at += 12 + size


def _as_rgb(image: libvips.Image, result: Stored) -> libvips.Image:
    """``image`` as grey or RGB with 8 or 16 bits, with or without alpha; what that takes is told to ``result``."""
    if image.interpretation == "cmyk":
        image = _from_cmyk(image, result)
    elif image.interpretation in ("lab", "labs"):
        # Files mean the Lab of ICC, under D50; libvips alone would take it to be under D65.
        image, result.icc = image.icc_export(output_profile="srgb", intent="perceptual", depth=16), None
    elif image.format not in ("uchar", "ushort"):
        image = _from_measurements(image, result)
    # Samples beyond colour and alpha (masks of layers, infrared) have no place in a photograph.
    image = image[0:4] if image.bands > 4 else image
    result.depth = 16 if image.format == "ushort" else 8
    return image


def _from_cmyk(image: libvips.Image, result: Stored) -> libvips.Image:
    deep = image.format == "ushort"
    if result.icc is not None:
        result.icc = None
        return image.icc_transform("srgb", embedded=True, intent="perceptual", depth=16 if deep else 8)
    result.remarks.append("It is CMYK without a colour profile: its colours are approximate.")
    white = 65535 if deep else 255
    colours = ((white - image[0:3]) * (white - image[3]) / white).rint().cast(image.format)
    colours = colours.bandjoin(image[4]) if image.bands > 4 else colours
    return colours.copy(interpretation="rgb16" if deep else "srgb")


def _from_measurements(image: libvips.Image, result: Stored) -> libvips.Image:
    """16 bits of integers beyond 16 bits or of floats: white is the first usual value that no sample exceeds."""
    image = image.copy_memory()
    largest = image.max()
    whites = (1, 255, 65535, 2**32 - 1) if image.format in ("float", "double") else (255, 65535, 2**32 - 1)
    white = next((white for white in whites if largest <= white), largest)
    result.remarks.append(f"Its {image.format} samples were read as values from 0 to {white:g}.")
    grey = image.bands < 3
    return (image * (65535 / white)).rint().cast("ushort").copy(interpretation="grey16" if grey else "rgb16")
