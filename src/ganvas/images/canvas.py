"""Where a result of any size is collected, as integers, before it is written to a file."""

from __future__ import annotations

import io
import struct
import sys
import tempfile
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np

from ganvas.images import libvips
from ganvas.images.libvips import vips
from ganvas.images.picture import Depth, Floats, PictureError
from ganvas.images.tiff import LONG8, SHORT, Order, integers, pack_directory

IN_MEMORY = 64 * 2**20
"""Bytes up to which a canvas stays in memory; a larger one is a nameless temporary file."""

_NATIVE: Order = "<" if sys.byteorder == "little" else ">"


class Canvas:
    """An empty picture of ``depth``-bit integers that is filled from the top, strip by strip.

    Use it as a context manager: a large canvas is a temporary file, gone when the canvas is closed, whatever happens.
    """

    def __init__(
        self, width: int, height: int, channels: int, depth: Depth = 8, alpha: bool = False, in_memory: int = IN_MEMORY
    ) -> None:
        if width < 1 or height < 1 or channels not in (1, 3):
            raise ValueError(
                f"a canvas has 1 or 3 channels and at least one pixel, not {width} x {height} x {channels}"
            )
        self.width, self.height, self.channels, self.alpha = width, height, channels, alpha
        self.depth: Depth = depth
        self.bands = channels + alpha
        self.filled = 0
        self._sources = list[libvips.Source]()
        self._bytes_a_row = width * self.bands * depth // 8
        large = self._bytes_a_row * height > in_memory
        try:
            self._file: BinaryIO = tempfile.TemporaryFile(prefix="ganvas-") if large else io.BytesIO()  # noqa: SIM115
        except OSError as error:
            raise PictureError(f"no temporary file can be made in {tempfile.gettempdir()}: {error.strerror}") from error

    def put(self, top: int, rows: Floats) -> None:
        """Add ``rows``, (h, W, channels) in [0, 1] with the alpha as last channel if there is one, from row ``top`` on.

        Values are clamped and rounded to the nearest integer. Rows come in order: ``top`` is the number of rows so far.
        """
        if top != self.filled or top + len(rows) > self.height:
            raise ValueError(f"rows {top} to {top + len(rows)} do not follow row {self.filled} of {self.height}")
        if rows.shape[1:] != (self.width, self.bands):
            raise ValueError(f"rows are (h, {self.width}, {self.bands}), not {rows.shape}")
        step = max(1, libvips.STRIP // (self.width * self.bands * 4))
        self._file.seek(top * self._bytes_a_row)
        try:
            for first in range(0, len(rows), step):
                self._file.write(quantised(rows[first : first + step], self.depth).data)
        except OSError as error:
            raise PictureError(
                f"the temporary folder {tempfile.gettempdir()} cannot hold the result: {error.strerror} "
                "(set TMPDIR to a folder with more room)"
            ) from error
        self.filled += len(rows)

    def image(self) -> libvips.Image:
        """The canvas as a sequential ``pyvips.Image``, read strip by strip; ValueError while rows are missing.

        libvips would map a raw file into memory as a whole, and on a picture of some gigabytes that looks, to those who
        watch the memory, like having it all loaded. So the canvas is handed over as a stream, in the one container that
        libvips streams at any depth and number of channels: an uncompressed BigTIFF.
        """
        if self.filled != self.height:
            raise ValueError(f"the canvas is not complete: {self.filled} of {self.height} rows")
        stream = _AsTiff(self._file, self._bytes_a_row * self.height, self._directory())
        source = vips.SourceCustom()
        source.on_read(stream.read)
        source.on_seek(stream.seek)
        self._sources.append(source)
        image = vips.Image.tiffload_source(source, access="sequential")
        grey, colour = ("b-w", "srgb") if self.depth == 8 else ("grey16", "rgb16")
        return image.copy(interpretation=grey if self.channels == 1 else colour)

    def _directory(self) -> bytes:
        """The TIFF directory of the canvas, to stand behind its pixels."""
        strip = max(1, libvips.STRIP // 4 // self._bytes_a_row)
        tops = range(0, self.height, strip)
        tags: list[tuple[int, int, list[int]]] = [
            (256, LONG8, [self.width]),
            (257, LONG8, [self.height]),
            (258, SHORT, [self.depth] * self.bands),
            (259, SHORT, [1]),
            (262, SHORT, [1 if self.channels == 1 else 2]),
            (273, LONG8, [_AsTiff.HEAD + top * self._bytes_a_row for top in tops]),
            (277, SHORT, [self.bands]),
            (278, LONG8, [strip]),
            (279, LONG8, [min(strip, self.height - top) * self._bytes_a_row for top in tops]),
            *([(338, SHORT, [2])] if self.alpha else []),
        ]
        start = _AsTiff.HEAD + self._bytes_a_row * self.height
        return pack_directory([integers(*tag, _NATIVE) for tag in tags], start, _NATIVE, big=True)

    def close(self) -> None:
        """Give back the memory or the temporary file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def quantised(rows: Floats, depth: Depth) -> libvips.Integers:
    """``rows`` in [0, 1], clamped, as integers of ``depth`` bits: the nearest ones, never cut off.

    >>> quantised(np.array([-0.1, 0.5, 0.999, 1.5], dtype=np.float32), 8).tolist()
    [0, 128, 255, 255]
    """
    scaled = np.multiply(rows, 2**depth - 1, dtype=np.float32)
    np.rint(scaled, out=scaled)
    np.clip(scaled, 0, 2**depth - 1, out=scaled)
    return scaled.astype(np.uint8) if depth == 8 else scaled.astype(np.uint16)


class _AsTiff:
    """A raw file of pixels as a stream of a BigTIFF: header, pixels, directory."""

    HEAD = 16

    def __init__(self, file: BinaryIO, size: int, directory: bytes) -> None:
        mark = b"II+\0" if _NATIVE == "<" else b"MM\0+"
        self._head = mark + struct.pack(f"{_NATIVE}HHQ", 8, 0, self.HEAD + size)
        self._file, self._tail, self._at = file, directory, 0
        self._pixels_end = self.HEAD + size
        self._end = self._pixels_end + len(directory)

    def read(self, size: int) -> bytes:
        if self._at < self.HEAD:
            data = self._head[self._at : self._at + size]
        elif self._at < self._pixels_end:
            self._file.seek(self._at - self.HEAD)
            data = self._file.read(min(size, self._pixels_end - self._at))
        else:
            data = self._tail[self._at - self._pixels_end :][:size]
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int) -> int:
        self._at = offset + (0, self._at, self._end)[whence]
        return self._at
