"""The pictures of the site, and how the pages show them: each can be had large, and compared with others there."""

from __future__ import annotations

import html
from collections.abc import Mapping
from urllib.parse import quote

from ganvas.experiments.improved_singan.arms import ORIGINAL
from ganvas.experiments.improved_singan.measuring import Kind
from ganvas.experiments.improved_singan.photos import Photo
from ganvas.experiments.improved_singan.result import BICUBIC, PATCHES, Result
from ganvas.experiments.improved_singan.tables import WRITTEN
from ganvas.images import Picture

TRUTH, LOW = "truth", "learnt"


def address(photo: Photo, what: str) -> str:
    """Where a picture of ``photo`` lies in the site."""
    return f"pictures/{photo.name}/{what}.webp"


def pictures_of(result: Result) -> Mapping[str, Picture]:
    """All pictures of the site by where they lie in it."""
    found: dict[str, Picture] = {}
    for place, photo in enumerate(result.photos):
        found |= {address(photo, TRUTH): photo.truth, address(photo, LOW): photo.low}
        for row, outcomes in result.outcomes.items():
            for kind, picture in outcomes[place].pictures.items():
                found[address(photo, f"{row}-{kind}")] = picture
    return found


def photos(result: Result) -> str:
    """What is held back of every photo."""
    shown = ""
    for photo in result.photos:
        size, low = (f"{each.width} x {each.height}" for each in (photo.truth, photo.low))
        shown += _figure(photo, TRUTH, photo.truth, "photo", photo.name, f"{size}, learnt at {low}")
    return f'<div class="held">{shown}</div>'


def held_back(result: Result, photo: Photo) -> str:
    """``photo``, and what is to be seen beside all arms."""
    place = result.photos.index(photo)
    shown = _figure(photo, TRUTH, photo.truth, "enlarged", "held back", "")
    shown += _figure(photo, LOW, photo.low, "enlarged", LOW, f"{photo.low.width} x {photo.low.height} pixels")
    shown += _shown(result, place, BICUBIC, "enlarged") + _shown(result, place, ORIGINAL, "enlarged")
    shown += _shown(result, place, PATCHES, "samples") + _shown(result, place, ORIGINAL, "samples")
    return f'<h3>{html.escape(photo.name)}</h3><div class="held">{shown}</div>'


def beside_original(result: Result, arm: str) -> str:
    """What ``arm`` made of every photo, and beside it what the original training made of it."""
    shown = ""
    for place, photo in enumerate(result.photos):
        shown += f"<h3>{html.escape(photo.name)}</h3>"
        for kind in ("enlarged", "samples"):
            pair = "".join(_shown(result, place, row, kind) for row in (ORIGINAL, arm))
            shown += f'<div class="pair">{pair}</div>'
    return shown


def _shown(result: Result, place: int, row: str, kind: Kind) -> str:
    """The picture of ``kind`` that ``row`` came to for the photo at ``place``, with its figures."""
    photo, outcome = result.photos[place], result.outcomes[row][place]
    if kind == "enlarged":
        psnr, distance = outcome.figures["PSNR"], outcome.figures["perceptual distance"]
        facts = f"{WRITTEN['PSNR'](psnr)} dB, distance {WRITTEN['perceptual distance'](distance)}"
    else:
        facts = f"samples, distance {WRITTEN['sample distance'](outcome.figures['sample distance'])}"
    return _figure(photo, f"{row}-{kind}", outcome.pictures[kind], kind, row, facts)


def _figure(photo: Photo, what: str, picture: Picture, group: str, name: str, facts: str) -> str:
    """A picture that can be had large, and beside the others of its ``group``."""
    alt = html.escape(f"{photo.name}: {name}{f', {facts}' if facts else ''}")
    url, size = quote(address(photo, what)), f'width="{picture.width}" height="{picture.height}"'
    belongs = f'data-group="{html.escape(f"{photo.name} {group}")}"'
    small = " small" if what == LOW or group == "samples" else ""
    link = f'<a class="zoom{small}" {belongs} href="{url}"><img loading="lazy" alt="{alt}" {size} src="{url}"></a>'
    return f"<figure>{link}<figcaption><b>{html.escape(name)}</b> {html.escape(facts)}</figcaption></figure>"
