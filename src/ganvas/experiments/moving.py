"""An animation of what the runs of an experiment made over time, side by side."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from ganvas.experiments.play import Played
from ganvas.images import resize
from ganvas.replacing import replacing
from ganvas.report.film import moments, picture_at
from ganvas.report.record import Frame, read_record
from ganvas.report.scatter import DATA, GENERATED
from ganvas.report.sheet import Tile, contact_sheet
from ganvas.report.text import ReportError, check_target

SIDE = 168
"""Of each picture, in pixels."""

WHITE, BLACK = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)
MIXED = ((WHITE, DATA.colour), (WHITE, GENERATED.colour), (DATA.colour, GENERATED.colour), (WHITE, BLACK))
"""Of dots on white and of words no colours are seen but these and what lies between them: so the file stays small."""

LASTING, LINGERING = 250, 2500
"""How many milliseconds a frame is seen, and the last one."""


class Arm(NamedTuple):
    """The pictures of one run, in the order of play."""

    label: str
    frames: Sequence[Frame]

    def line(self, frame: Frame) -> str:
        """What is written below ``frame``."""
        return f"{self.label}, round {frame.at:,}"


def animation(runs: Sequence[Played], name: str) -> bytes:
    """A GIF that loops: of each of ``runs`` the pictures of the sample ``name``, the run and its round below; b"" where
    there are none.

    Every run is shown from its first moment to its last, however many rounds these are apart: a frame is the same share
    of each.
    """
    arms = [Arm(run.arm, frames) for run in runs if (frames := _frames(run, name))]
    count = max((len(arm.frames) for arm in arms), default=0)
    drawn = [_drawn(arms, place / max(count - 1, 1)) for place in range(count)]
    if not drawn:
        return b""
    held = io.BytesIO()
    first, *rest = drawn
    lasting = [LASTING] * len(rest) + [LINGERING]
    first.save(held, "GIF", save_all=True, append_images=rest, duration=lasting, loop=0)
    return held.getvalue()


def film_of(gif: bytes, alt: str) -> str:
    """``gif`` in a page; nothing where there is none."""
    if not gif:
        return ""
    address = f"data:image/gif;base64,{base64.b64encode(gif).decode('ascii')}"
    return f'<p class="moving"><img class="whole" alt="{alt}" src="{address}"></p>'


def store_film(gif: bytes, path: Path) -> None:
    """Writes ``gif``, unless there is none, to ``path`` in one step; ReportError where that cannot be."""
    if not gif:
        return
    check_target(path)
    try:
        with replacing(path) as scratch:
            scratch.write_bytes(gif)
    except OSError as error:
        raise ReportError(f"{path} cannot be written: {error.strerror or error}") from None


def _frames(run: Played, name: str) -> list[Frame]:
    frames = [frame for frame in read_record(run.folder).frames if frame.name == name]
    chosen = moments(frames) if frames else []
    return [frame for frame in frames if frame.at in chosen]


def _drawn(arms: Sequence[Arm], share: float) -> Image.Image:
    """All of ``arms`` after that ``share`` of their moments."""
    tiles: list[Tile] = []
    for arm in arms:
        frame = arm.frames[round(share * (len(arm.frames) - 1))]
        picture = picture_at(frame.path)
        if picture is not None:
            small = resize(picture.tensor(), (SIDE, SIDE))[0].clamp(0, 1)
            tiles.append(Tile(small, arm.line(frame)))
    sheet = contact_sheet(tiles, [arm.line(frame) for arm in arms for frame in arm.frames])
    bitmap = Image.fromarray((sheet.pixels * 255).round().astype(np.uint8))
    return bitmap.quantize(palette=_palette(), dither=Image.Dither.NONE)


def _palette() -> Image.Image:
    """What carries the colours of a frame: both of each pair of :data:`MIXED`, and two between them."""
    shares = np.linspace(0, 1, 4)[:, None]
    colours = np.concatenate([(1 - shares) * np.array(one) + shares * np.array(other) for one, other in MIXED])
    carrier = Image.new("P", (1, 1))
    carrier.putpalette((colours * 255).round().astype(np.uint8).tobytes())
    return carrier
