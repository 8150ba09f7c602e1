"""Pictures over time: every one is in the page, and a slider says which is seen."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ganvas.images import Picture, PictureError, probe, read
from ganvas.report.page import data_uri, shrunk
from ganvas.report.record import Frame, Record

MOST = 30
"""The most moments of a film: more would make the page heavy and the slider no better."""

PIXELS = 12_000_000
"""The most pixels of all pictures of a film, but for a few moments."""

NOTES = {
    "points": "grey: the data; blue: what was generated; what lies beyond the frame is drawn at its edge",
    "answers": (
        "how often the discriminator gives which answer, small left, large right: grey to the data, blue to what was"
        " generated; the line is 0. Where they lie on each other it cannot tell the two apart"
    ),
}
"""What is to be seen in samples that do not speak for themselves."""


@dataclass(frozen=True)
class Still:
    """A picture of a film, made after ``at`` rounds of its run; ``caption`` is HTML."""

    at: int
    picture: Picture
    caption: str


def samples(records: Iterable[Record]) -> list[str]:
    """The names under which there are pictures over time, those of all runs together."""
    return sorted({frame.name for record in records for frame in record.frames})


def moments(frames: Sequence[Frame], most: int = MOST) -> list[int]:
    """Some of the rounds after which there are ``frames``, the first and the last among them, evenly chosen."""
    every = sorted({frame.at for frame in frames})
    most = min(most, max(4, PIXELS // max(1, _pixels(frames, every))))
    if len(every) <= most:
        return every
    return [every[round(index * (len(every) - 1) / (most - 1))] for index in range(most)]


def stills(record: Record, name: str, chosen: Sequence[int]) -> list[Still]:
    """The pictures of the sample ``name`` at the moments ``chosen``; those that cannot be read are left out."""
    names = {stage.index: stage.name for stage in record.stages}
    found: list[Still] = []
    for frame in record.frames:
        picture = picture_at(frame.path) if frame.name == name and frame.at in chosen else None
        if picture is not None:
            stage = f" of {html.escape(names[frame.stage])}" if len(names) > 1 and frame.stage in names else ""
            found.append(Still(frame.at, picture, f"round {frame.round:,}{stage}"))
    return found


def picture_at(path: Path | None) -> Picture | None:
    """The picture in ``path``, or None where it cannot be read."""
    try:
        return None if path is None else read(path)
    except PictureError:
        return None


def film(shown: Sequence[Still], alt: str, draw: Callable[[Picture, str], str]) -> str:
    """The pictures on top of each other in time: of all only the last is seen until the slider is moved."""
    figures = [
        f'<figure data-at="{still.at}"{"" if still is shown[-1] else " hidden"}>'
        f"{draw(still.picture, f'{alt}, {still.at} rounds')}<figcaption>{still.caption}</figcaption></figure>"
        for still in shown
    ]
    return f'<div class="film">{"".join(figures)}</div>' if figures else ""


def image(picture: Picture, alt: str, kind: str = "whole") -> str:
    """``picture`` itself, in the page."""
    return f'<img class="{kind}" alt="{html.escape(alt)}" src="{data_uri(shrunk(picture))}">'


def figure(picture: Picture | None, caption: str, kind: str = "whole") -> str:
    """``picture`` with ``caption``, or nothing."""
    text = html.escape(caption)
    return "" if picture is None else f"<figure>{image(picture, caption, kind)}<figcaption>{text}</figcaption></figure>"


def times(chosen: Iterable[int], script: str) -> str:
    """The slider over ``chosen``, moments of all films of the page, and what moves it; "" if there is but one."""
    stops = sorted(set(chosen))
    if len(stops) < 2:
        return ""
    last = len(stops) - 1
    return (
        f'<div class="times"><input type="range" id="times" min="0" max="{last}" value="{last}" '
        f'data-stops="{" ".join(map(str, stops))}" aria-label="Rounds played">'
        f'<output for="times">{stops[-1]:,} rounds</output></div><script>{script}</script>'
    )


def sample_note(name: str) -> str:
    return f"<p>{NOTES[name].capitalize()}.</p>" if name in NOTES else ""


def _pixels(frames: Sequence[Frame], every: Sequence[int]) -> int:
    """How many pixels belong to the last moment."""
    sizes: Mapping[str, tuple[int, int]] = {f.name: _size(f.path) for f in frames if f.at == every[-1]}
    return sum(width * height for width, height in sizes.values())


def _size(path: Path) -> tuple[int, int]:
    try:
        return probe(path)
    except PictureError:
        return 0, 0
