"""BMP and HEIC, which the common builds of libvips do not read."""

from __future__ import annotations

import struct
from typing import Any, BinaryIO

import numpy as np
from PIL import Image
from PIL.BmpImagePlugin import BmpImageFile

from ganvas.images import libvips
from ganvas.images.libvips import vips
from ganvas.images.stored import Stored, UnreadableError, check_size, keep_exif, keep_profile

# What Pillow raises on damaged files; it has no exception of its own.
_PILLOW_ERRORS = (OSError, SyntaxError, ValueError, struct.error, LookupError, TypeError, ArithmeticError, EOFError)


def bitmap(file: BinaryIO, max_pixels: int) -> Stored:
    """A BMP, by the class of its format: ``Image.open`` has a limit of its own for the pixels, and warns."""
    file.seek(0)
    try:
        image = BmpImageFile(file)
    except _PILLOW_ERRORS:
        raise UnreadableError("is a damaged BMP: its header makes no sense") from None
    check_size(image.width, image.height, max_pixels)

    def load() -> libvips.Image:
        try:
            return _to_libvips(np.asarray(_plain(image)))
        except _PILLOW_ERRORS:
            raise UnreadableError("is damaged or cut off: not all of its pixels are there") from None

    return Stored("bmp", image.width, image.height, load, dpi=image.info.get("dpi"))


def _plain(image: Image.Image) -> Image.Image:
    """``image`` as grey or RGB, with alpha where it has some."""
    if image.mode in ("L", "LA", "RGB", "RGBA"):
        image.load()
        return image
    if image.mode == "1":
        return image.convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _to_libvips(pixels: np.ndarray[Any, np.dtype[Any]]) -> libvips.Image:
    pixels = np.ascontiguousarray(pixels)
    bands = 1 if pixels.ndim == 2 else pixels.shape[2]
    kind = "uchar" if pixels.dtype == np.uint8 else "ushort"
    return vips.Image.new_from_memory(pixels.data, pixels.shape[1], pixels.shape[0], bands, kind)


def heif(file: BinaryIO, max_pixels: int) -> Stored:
    """A HEIC picture, which is upright already: its turn is part of the format, not of its EXIF (ISO 23008-12)."""
    try:
        import pillow_heif
    except ImportError:
        raise UnreadableError("is a HEIC picture, which needs one more package: pip install ganvas[heif]") from None
    file.seek(0)
    try:
        image = pillow_heif.open_heif(file, convert_hdr_to_8bit=False)
        width, height = image.size
    except (*_PILLOW_ERRORS, RuntimeError):
        raise UnreadableError("is a damaged HEIC: its header makes no sense") from None
    check_size(width, height, max_pixels)

    def load() -> libvips.Image:
        try:
            return _to_libvips(np.asarray(image))
        except (*_PILLOW_ERRORS, RuntimeError):
            raise UnreadableError("is damaged or cut off: not all of its pixels are there") from None

    result = Stored("heif", width, height, load, depth=16 if ";16" in image.mode else 8)
    carried: dict[str, Any] = dict(image.info)
    if carried.get("exif"):
        keep_exif(result, carried["exif"])
        result.orientation = 1
    keep_profile(result, carried.get("icc_profile"), 3 if "RGB" in image.mode else 1)
    return result
