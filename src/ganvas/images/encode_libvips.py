"""What each format is made of: pixels encoded strip by strip, metadata put in byte for byte.

libvips would rebuild the EXIF from the fields it knows and lose the rest, so it writes pixels and profile only, and the
EXIF is placed here, into the container.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from ganvas.images import exif, libvips
from ganvas.images.encode_plain import bmp, is_big, tiff
from ganvas.images.formats import Carried, Writable
from ganvas.images.libvips import vips


def exif_obstacle(block: bytes, format: Writable, image: libvips.Image) -> str | None:
    """Why ``format`` cannot hold the EXIF ``block``, as a sentence; None where it can."""
    if format == "bmp":
        return "BMP holds no EXIF: it was left out."
    # An APP1 segment has 16 bits for its length, of which two are the length and six the word Exif.
    if format == "jpeg" and len(block) > 65535 - 8:
        return f"Its EXIF of {len(block):,} bytes is too long for a JPEG: it was left out."
    if format == "tiff" and is_big(image):
        return "A TIFF beyond 4 GB holds no EXIF: it was left out."
    try:
        exif.parse(block)
    except ValueError:
        return "Its EXIF is damaged: it was left out."
    return None


def _jpeg(image: libvips.Image, file: BinaryIO, carried: Carried, quality: int | None) -> None:
    quality = quality or 95

    def head(start: bytes) -> bytes:
        x, y = (round(value) for value in carried.dpi or (1, 1))
        unit = 1 if carried.dpi and min(x, y) >= 1 and max(x, y) < 2**16 else 0
        density = (x, y) if unit else (1, 1)
        jfif = b"\xff\xe0" + struct.pack(">H5sHBHHBB", 16, b"JFIF\0", 0x0101, unit, *density, 0, 0)
        block = b"Exif\0\0" + (carried.exif or b"")
        app1 = b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block if carried.exif else b""
        return start[:2] + jfif + app1 + start[2:]

    target = _Target(file, b"\xff\xd8", head)
    chroma = "off" if quality >= 90 else "on"
    # Optimal Huffman codes would save 2 %, but the encoder then holds all coefficients: 11 bytes a pixel.
    target.run(lambda out: _profiled(image, carried).jpegsave_target(out, Q=quality, subsample_mode=chroma, keep="icc"))


def _png(image: libvips.Image, file: BinaryIO, carried: Carried, quality: int | None) -> None:
    del quality

    def head(start: bytes) -> bytes:
        added = b""
        if carried.dpi is not None:
            per_metre = (min(round(value / 0.0254), 2**31 - 1) for value in carried.dpi)
            added += _chunk(b"pHYs", struct.pack(">IIB", *per_metre, 1))
        if carried.exif is not None:
            added += _chunk(b"eXIf", carried.exif)
        # Signature and IHDR are 33 bytes. The pHYs that libvips writes even for an unknown resolution is 21 bytes.
        at = start.find(struct.pack(">I4s", 9, b"pHYs"), 33)
        rest = start[33:] if at < 0 else start[33:at] + start[at + 21 :]
        return start[:33] + added + rest

    target = _Target(file, b"IDAT", head)
    target.run(lambda out: _profiled(image, carried).pngsave_target(out, filter="all", keep="icc"))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _webp(image: libvips.Image, file: BinaryIO, carried: Carried, quality: int | None) -> None:
    # The encoder holds the whole picture, so there is nothing to be gained from a stream.
    data: bytes = _profiled(image, carried).webpsave_buffer(Q=quality or 90, keep="icc")
    file.write(data if carried.exif is None else _webp_with_exif(data, carried.exif, image))


def _webp_with_exif(data: bytes, block: bytes, image: libvips.Image) -> bytes:
    """RFC 9649: a chunk EXIF at the end, and at the start a VP8X with bit 3 set, which a simple file does not have."""
    chunks = data[12:]
    if chunks[:4] != b"VP8X":
        size = struct.pack("<I", image.width - 1)[:3] + struct.pack("<I", image.height - 1)[:3]
        # The alpha of a lossless picture, for which alone there is no VP8X although it has some, is its fourth band.
        chunks = b"VP8X" + struct.pack("<II", 10, 0x10 if image.bands == 4 else 0) + size + chunks
    chunks = chunks[:8] + bytes([chunks[8] | 0x08]) + chunks[9:]
    chunks += b"EXIF" + struct.pack("<I", len(block)) + block + bytes(len(block) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


def _profiled(image: libvips.Image, carried: Carried) -> libvips.Image:
    image = image.copy()
    if carried.icc is not None:
        image.set_type(vips.GValue.blob_type, "icc-profile-data", carried.icc)
    return image


class _Target:
    """Lets libvips write to a Python file, where the bytes up to the first ``mark`` go through ``head``."""

    def __init__(self, file: BinaryIO, mark: bytes, head: Callable[[bytes], bytes]) -> None:
        self._file, self._mark, self._head = file, mark, head
        self._start: bytes | None = b""
        self._error: OSError | None = None

    def run(self, save: Callable[[Any], None]) -> None:
        """Call ``save`` with the target; OSError where the file could not take it all."""
        target = vips.TargetCustom()
        target.on_write(self._write)
        try:
            save(target)
        except vips.Error:
            if self._error is not None:
                raise self._error from None
            raise

    def _write(self, data: bytes) -> int:
        data = bytes(data)
        try:
            if self._start is None:
                self._file.write(data)
            else:
                self._start += data
                if self._mark in self._start:
                    self._file.write(self._head(self._start))
                    self._start = None
        except OSError as error:  # an exception cannot pass through libvips
            self._error = error
            return -1
        return len(data)


ENCODERS: Mapping[Writable, Callable[[libvips.Image, BinaryIO, Carried, int | None], None]] = {
    "jpeg": _jpeg,
    "png": _png,
    "webp": _webp,
    "tiff": tiff,
    "bmp": bmp,
}
