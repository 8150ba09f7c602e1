"""An animation as a file: GIF, or MP4 with the extra ``video``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganvas.images import Picture
from ganvas.replacing import replacing
from ganvas.single.trained import SingleError

RATE = 10
"""Frames a second."""

Frames = Sequence[NDArray[np.uint8]]


def save(pictures: Iterable[Picture], target: str | Path) -> None:
    """Writes ``pictures``, all of one size, to ``target``, a .gif that loops or an .mp4; it is whole or not there."""
    target = Path(target)
    encode = check(target)
    frames = [np.round(picture.pixels * 255).astype(np.uint8) for picture in pictures]
    try:
        with replacing(target) as scratch:
            encode(frames, scratch)
    except OSError as error:
        raise SingleError(f"{target} cannot be written: {error.strerror or error}") from error


def check(target: Path) -> Callable[[Frames, Path], None]:
    """What encodes ``target``; refused are other endings, missing folders, and MP4 where PyAV is missing."""
    if not target.absolute().parent.is_dir():
        raise SingleError(f"{target} cannot be written: the folder {target.parent} does not exist")
    match target.suffix.lower():
        case ".gif":
            return _gif
        case ".mp4":
            _av()
            return _mp4
        case other:
            raise SingleError(f"an animation is a .gif or an .mp4, not {other or 'a file without an ending'}: {target}")


def _gif(frames: Frames, path: Path) -> None:
    first, *rest = [Image.fromarray(frame) for frame in frames]
    first.save(path, "GIF", save_all=True, append_images=rest, duration=1000 // RATE, loop=0)


def _mp4(frames: Frames, path: Path) -> None:
    """H.264 in 4:2:0, which halves the colours: an odd side gets one more row or column."""
    av = _av()
    height, width = frames[0].shape[:2]
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": "16"})
        stream.height, stream.width, stream.pix_fmt = height + height % 2, width + width % 2, "yuv420p"
        for frame in frames:
            even = np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
            container.mux(stream.encode(av.VideoFrame.from_ndarray(even, format="rgb24")))
        container.mux(stream.encode())


def _av() -> Any:
    try:
        return import_module("av")
    except ImportError:
        raise SingleError(
            "MP4 needs the extra video: run `pip install 'ganvas[video]'`, or give a name that ends in .gif"
        ) from None
