"""Writing: from a canvas and the photograph that it came from to a file that is either whole or not there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np

from ganvas.images import libvips, profile
from ganvas.images.canvas import Canvas
from ganvas.images.encode_libvips import ENCODERS, exif_obstacle
from ganvas.images.formats import (
    ABILITIES,
    NAMES,
    Carried,
    Writable,
    check_asked,
    check_target,
    default_format,
    format_of,
)
from ganvas.images.libvips import vips
from ganvas.images.picture import Picture, PictureError


def write(
    picture: Picture, target: Path | str | BinaryIO, *, format: str | None = None, quality: int | None = None
) -> tuple[str, ...]:
    """Write ``picture`` to ``target`` as :func:`encode` does, and tell what the format could not hold."""
    alpha = picture.alpha
    channels = picture.pixels.shape[2]
    with Canvas(picture.width, picture.height, channels, picture.depth, alpha is not None) as canvas:
        step = max(1, libvips.STRIP // (picture.width * canvas.bands * 4))
        for top in range(0, picture.height, step):
            rows = picture.pixels[top : top + step]
            canvas.put(top, rows if alpha is None else np.dstack((rows, alpha[top : top + step])))
        return encode(canvas, picture, target, format=format, quality=quality)


def encode(
    canvas: Canvas,
    like: Picture,
    target: Path | str | BinaryIO,
    *,
    format: str | None = None,
    quality: int | None = None,
) -> tuple[str, ...]:
    """Write a full ``canvas`` with profile, EXIF and resolution of ``like``; a sentence for each thing that got lost.

    The format is ``format``, else what the ending of ``target`` says, else, for a stream, that of
    :func:`default_format`. JPEG, WebP and BMP hold 8 bits; JPEG and BMP hold no alpha, and show the picture over white;
    BMP holds nothing but pixels and resolution. ``quality`` is 1 to 100 for JPEG (95 if not given, colour at full
    resolution from 90 on) and WebP (90). A path is replaced only when all is written. Raises PictureError where the
    target cannot be written.
    """
    target = Path(target) if isinstance(target, str) else target
    check_asked(format, quality)
    chosen = format_of(target, format, None if isinstance(target, Path) else default_format(like))
    check_target(target, canvas.width, canvas.height, chosen)
    image, remarks = _fitted(canvas.image(), canvas, chosen)
    carried = _carried(like, chosen, image, remarks)
    with _replacing(target) as file:
        ENCODERS[chosen](image, file, carried, quality)
    return tuple(remarks)


def _fitted(image: libvips.Image, canvas: Canvas, format: Writable) -> tuple[libvips.Image, list[str]]:
    """``image`` with the channels and the depth that ``format`` can hold, and what it lost."""
    remarks, ability, white = list[str](), ABILITIES[format], 2**canvas.depth - 1
    kind, space = image.format, image.interpretation
    if canvas.alpha and not ability.alpha:
        alpha = image[canvas.channels] / white
        image = ((image[0 : canvas.channels] - white) * alpha + white).rint().cast(kind).copy(interpretation=space)
        remarks.append(f"{NAMES[format]} holds no transparency: the picture was laid over white.")
    if canvas.depth == 16 and not ability.deep:
        image = (image / 257).rint().cast("uchar").copy(interpretation="b-w" if canvas.channels == 1 else "srgb")
        remarks.append(f"{NAMES[format]} holds 8 bits: 16 were rounded to 8.")
    return image, remarks


def _carried(like: Picture, format: Writable, image: libvips.Image, remarks: list[str]) -> Carried:
    """The metadata of ``like`` that goes along with ``image``; what does not is added to ``remarks``."""
    icc, block = like.icc, like.exif
    if icc is not None and profile.fault(icc, 1 if image.bands < 3 else 3) is not None:
        icc = None
        remarks.append("The colour profile does not fit these pixels: it was left out.")
    if icc is not None and format == "bmp":
        icc = None
        remarks.append("BMP holds no colour profile: it was left out.")
    if block is not None and (reason := exif_obstacle(block, format, image)) is not None:
        block = None
        remarks.append(reason)
    return Carried(icc, block, like.dpi)


@contextmanager
def _replacing(target: Path | BinaryIO) -> Generator[BinaryIO]:
    """A seekable file that becomes ``target`` when the block ends well, and vanishes when it does not."""
    called = str(target) if isinstance(target, Path) else "the output"
    try:
        if isinstance(target, Path):
            with _beside(target) as file:
                yield file
        else:
            with tempfile.TemporaryFile(prefix="ganvas-") as file:
                yield file
                file.seek(0)
                shutil.copyfileobj(file, target, 1 << 20)
    except BrokenPipeError:
        raise PictureError("the output was closed before the picture was written") from None
    except OSError as error:
        raise PictureError(f"{called} cannot be written: {error.strerror or error}") from error
    except vips.Error as error:
        reason = (error.detail or "").strip().split("\n")[0] or "libvips gives no reason"
        raise PictureError(f"{called} cannot be written: {reason}") from error


@contextmanager
def _beside(target: Path) -> Generator[BinaryIO]:
    """A temporary file in the folder of ``target``, with the permissions of any new file, that then replaces it."""
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:100]}-", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
        Path(name).chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        Path(name).replace(target)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def _umask() -> int:
    """The process's mask of permissions, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
