"""Reading: from the bytes of a file, by their content and not by their name, to a Picture."""

from __future__ import annotations

import io
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from ganvas.images import decode_libvips, decode_pillow, libvips
from ganvas.images.formats import NAMES, recognise
from ganvas.images.picture import Floats, Picture, PictureError
from ganvas.images.stored import Stored, UnreadableError

MAX_PIXELS = 200_000_000


def read(source: Path | str | bytes, *, max_pixels: int = MAX_PIXELS) -> Picture:
    """The picture in the file ``source``, or in the contents of a file if that is bytes, turned upright.

    JPEG, PNG, WebP, TIFF, BMP, GIF (its first frame) and, with pillow-heif, HEIC. Palettes become colours, CMYK and Lab
    become sRGB; 16-bit samples stay exact. Raises PictureError, one sentence that names the file, where it is missing,
    no picture, damaged, or larger than ``max_pixels``, which is known before anything of it is decoded.
    """
    with _opened(source) as file:
        stored = _stored(file, max_pixels)
        pixels, alpha = _decoded(stored)
    return Picture(
        pixels, alpha, stored.icc, stored.exif, stored.depth, stored.format, stored.dpi, tuple(stored.remarks)
    )


def probe(source: Path | str | bytes, *, max_pixels: int = MAX_PIXELS) -> tuple[int, int]:
    """Width and height of the picture once upright, from its header alone; PictureError as from :func:`read`."""
    with _opened(source) as file:
        stored = _stored(file, max_pixels)
        return (stored.height, stored.width) if stored.orientation >= 5 else (stored.width, stored.height)


@contextmanager
def _opened(source: Path | str | bytes) -> Generator[BinaryIO]:
    """The open file; what goes wrong with it, inside the ``with`` too, becomes a sentence that starts with its name."""
    name = "the picture" if isinstance(source, bytes) else str(source)
    try:
        if isinstance(source, bytes):
            yield io.BytesIO(source)
        else:
            # Opening a pipe would wait for its other end for ever.
            if Path(source).exists() and not Path(source).is_file():
                raise UnreadableError(
                    "is a folder, not a picture" if Path(source).is_dir() else "is not a regular file"
                )
            with Path(source).open("rb") as file:
                yield file
    except UnreadableError as refused:
        raise PictureError(f"{name} {refused}") from refused.__cause__
    except libvips.Failures:
        raise PictureError(f"{name} is damaged or cut off: not all of its pixels are there") from None
    except MemoryError:
        raise PictureError(f"{name} does not fit into the memory of this machine") from None
    except FileNotFoundError:
        raise PictureError(f"{name} does not exist") from None
    except OSError as error:
        raise PictureError(f"{name} cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a name with a null byte
        raise PictureError(f"{name!r} cannot be read: {error}") from error


def _stored(file: BinaryIO, max_pixels: int) -> Stored:
    head = file.read(4096)
    if not head:
        raise UnreadableError("is empty (0 bytes)")
    format = recognise(head)
    if format is None:
        raise UnreadableError(f"{_nature(head)}: {', '.join(NAMES.values())} can be read")
    if format == "bmp":
        return decode_pillow.bitmap(file, max_pixels)
    if format == "heif":
        return decode_pillow.heif(file, max_pixels)
    return decode_libvips.stored(file, format, max_pixels)


def _nature(head: bytes) -> str:
    """What a file that is none of our pictures seems to be."""
    if not head.strip(b"\0"):
        return "is no picture, it starts with nothing but zeros"
    if head[4:12] == b"ftypavif":
        return "is an AVIF, which cannot be read"
    if head.startswith(b"%PDF"):
        return "is a PDF, not a picture"
    try:
        head[:-4].decode("utf-8")
    except UnicodeDecodeError:
        return "is not a picture of a known format"
    return "is a text file, not a picture" if b"\0" not in head else "is not a picture of a known format"


def _decoded(stored: Stored) -> tuple[Floats, Floats | None]:
    """Pixels and alpha, upright: each strip is written to where it belongs, so that there is never a second copy."""
    image = stored.load()
    channels = 1 if image.bands < 3 else 3
    width, height = (image.height, image.width) if stored.orientation >= 5 else (image.width, image.height)
    pixels = np.empty((height, width, channels), np.float32)
    alpha = np.empty((height, width), np.float32) if image.bands in (2, 4) else None
    lying = turned(pixels, _BACK.get(stored.orientation, stored.orientation))
    lying_alpha = None if alpha is None else turned(alpha, _BACK.get(stored.orientation, stored.orientation))
    white = np.float32(2**stored.depth - 1)
    for top, rows in libvips.strips(image):
        place = slice(top, top + len(rows))
        np.divide(rows[..., :channels], white, out=lying[place])
        if lying_alpha is not None:
            np.divide(rows[..., channels], white, out=lying_alpha[place])
    return pixels, alpha


_BACK = {6: 8, 8: 6}
"""The orientation that undoes another; the six others undo themselves."""


def turned(array: NDArray[np.float32], orientation: int) -> NDArray[np.float32]:
    """A view of ``array`` (H, W, ...) stored in an EXIF ``orientation``, upright (Exif 2.32, tag 0x0112).

    >>> turned(np.array([[1, 2], [3, 4]], dtype=np.float32), 6).tolist()
    [[3.0, 1.0], [4.0, 2.0]]
    """
    if orientation in (2, 4):
        return np.flip(array, axis=1 if orientation == 2 else 0)
    if orientation in (5, 7):
        return np.swapaxes(array if orientation == 5 else np.rot90(array, 2), 0, 1)
    return np.rot90(array, {3: 2, 6: -1, 8: 1}.get(orientation, 0))
