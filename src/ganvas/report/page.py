"""Self-contained pages: one file, no network, light and dark, for a phone and for a keyboard."""

from __future__ import annotations

import base64
import html
import io
import math
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from string import Template

import numpy as np
import torch

from ganvas.images import Picture, resize, write
from ganvas.report.detail import busiest, square
from ganvas.report.evaluation import Evaluation, Measured, Row
from ganvas.report.text import write_text

LONGEST = 1600
"""The longest side, in pixels, of a picture inside a page."""

CLOSE_UP = 256
"""Side, in pixels of the result, of the detail beside a slider."""


def before_after(before: Picture, after: Picture, title: str, facts: Mapping[str, str]) -> str:
    """A page with a slider between two pictures of one size, a detail of both enlarged, and ``facts`` as a table.

    ``page.html#20`` opens it with the first fifth as before. Raises ValueError if the sizes differ.
    """
    if (before.width, before.height) != (after.width, after.height):
        raise ValueError("before and after must be of one size")
    top, left = busiest(after, CLOSE_UP)
    details = [(name, square(each, (top, left), CLOSE_UP)) for name, each in (("before", before), ("after", after))]
    place = {"left": left / after.width, "top": top / after.height}
    place |= {"width": min(1, CLOSE_UP / after.width), "height": min(1, CLOSE_UP / after.height)}
    return filled(
        "before_after.html",
        title,
        before=data_uri(shrunk(before)),
        after=data_uri(shrunk(after)),
        ratio=f"{before.width / before.height:.6f}",
        place="; ".join(f"{name}: {100 * share:.3f}%" for name, share in place.items()),
        details="".join(_figure(picture, name) for name, picture in details),
        facts="".join(cells(("th", name), ("td", fact)) for name, fact in facts.items()),
    )


def evaluation_page(evaluation: Evaluation) -> str:
    """A page with the table of means, the protocol, and the busiest detail of every picture: truth and each method."""
    return filled(
        "evaluation.html",
        f"Evaluation on {', '.join(evaluation.folders)}",
        protocol=html.escape(evaluation.conditions()),
        measures="".join(
            cells(("th", name), ("td", meaning)) for name, meaning in evaluation.protocol.measures().items()
        ),
        distance="" if evaluation.protocol.features is None else "<th>distance</th>",
        rows="".join(_means(row) for row in evaluation.rows()),
        sets="".join(_set(folder, pictures) for folder, pictures in evaluation.folders.items()),
    )


def write_page(path: Path, page: str) -> None:
    """Writes ``page`` to ``path`` in one step; raises :class:`ganvas.report.text.ReportError` where that cannot be."""
    write_text(path, page)


def filled(template: str, title: str, **parts: str) -> str:
    """The file ``template`` filled in; ``parts`` are HTML already, ``title`` is not yet."""
    folder = files("ganvas.report")
    frame, body, style = (
        folder.joinpath(name).read_text(encoding="utf-8") for name in ("page.html", template, "style.css")
    )
    content = Template(body).substitute(title=html.escape(title), **parts)
    return Template(frame).substitute(title=html.escape(title), style=style, content=content)


def _means(row: Row) -> str:
    pictures = f"{row.pictures}, {row.infinite} of them equal to the truth" if row.infinite else f"{row.pictures}"
    figures = [_decibels(row.psnr), _similarity(row.ssim), _similarity(row.ms_ssim)]
    if row.distance is not None:
        figures.append(_similarity(row.distance))
    return cells(("th", row.folder), ("td", row.method), ("td", pictures), *(("td", figure) for figure in figures))


def _set(folder: str, pictures: Sequence[Measured]) -> str:
    return f"<h2>{html.escape(folder)}</h2>" + "".join(_compared(picture) for picture in pictures)


def _compared(picture: Measured) -> str:
    figures = [_figure(picture.detail.truth, "truth")]
    for method, detail in picture.detail.methods.items():
        scores = picture.scores[method]
        # On a phone the caption is three words wide: no line may end between a figure and what it is.
        similar = f", SSIM\N{NO-BREAK SPACE}{scores.ssim:.4f}" if scores.ssim is not None else ""
        figures.append(_figure(detail, f"{method}: {_decibels(scores.psnr)}\N{NO-BREAK SPACE}dB{similar}"))
    return f'<section><h3>{html.escape(picture.name)}</h3><div class="details">{"".join(figures)}</div></section>'


def _figure(picture: Picture, caption: str) -> str:
    text = html.escape(caption)
    image = f'<img class="detail" alt="{text}" src="{data_uri(picture)}">'
    return f"<figure>{image}<figcaption>{text}</figcaption></figure>"


def cells(*cells: tuple[str, str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{html.escape(text)}</{tag}>' for tag, text in cells)}</tr>"


def _decibels(value: float) -> str:
    return "∞" if math.isinf(value) else f"{value:.2f}"


def _similarity(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def data_uri(picture: Picture) -> str:
    """``picture`` as a data address: a WebP that the eye cannot tell from it, transparent where it is."""
    file = io.BytesIO()
    write(Picture(picture.pixels, picture.alpha, picture.icc), file, format="webp", quality=95)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


def shrunk(picture: Picture) -> Picture:
    factor = LONGEST / max(picture.width, picture.height)
    if factor >= 1:
        return picture
    size = max(1, round(picture.height * factor)), max(1, round(picture.width * factor))
    planes = picture.pixels if picture.alpha is None else np.dstack([picture.pixels, picture.alpha])
    small = resize(torch.from_numpy(planes).permute(2, 0, 1)[None], size)[0].clamp(0, 1).permute(1, 2, 0).numpy()
    colours = picture.pixels.shape[2]
    alpha = None if picture.alpha is None else np.ascontiguousarray(small[..., colours])
    return Picture(np.ascontiguousarray(small[..., :colours]), alpha, picture.icc)
