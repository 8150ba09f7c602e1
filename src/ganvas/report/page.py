"""Self-contained pages: one file, no network, light and dark, for a phone and for a keyboard."""

from __future__ import annotations

import base64
import html
import io
import os
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from string import Template

import numpy as np
import torch

from ganvas.images import Picture, resize, write
from ganvas.report.evaluation import Evaluation, Measured, busiest, square

LONGEST = 1600
"""The longest side, in pixels, of a picture inside a page."""


def before_after(before: Picture, after: Picture, title: str, facts: Mapping[str, str]) -> str:
    """A page with a slider between two pictures of one size, a detail of both enlarged, and ``facts`` as a table."""
    if (before.width, before.height) != (after.width, after.height):
        raise ValueError("before and after must be of one size")
    place = busiest(after)
    details = [(name, square(picture, place)) for name, picture in (("before", before), ("after", after))]
    return _template("before_after.html").substitute(
        style=_style(),
        title=html.escape(title),
        before=_data(_shrunk(before), lossless=False),
        after=_data(_shrunk(after), lossless=False),
        ratio=f"{before.width} / {before.height}",
        details="".join(_figure(picture, name) for name, picture in details),
        facts="".join(
            f"<tr><th>{html.escape(name)}</th><td>{html.escape(fact)}</td></tr>" for name, fact in facts.items()
        ),
    )


def evaluation_page(evaluation: Evaluation) -> str:
    """A page with the table of means, the protocol, and the busiest detail of every picture: truth and each method."""
    rows = "".join(
        f"<tr><th>{html.escape(row.folder)}</th><td>{html.escape(row.method)}</td><td>{row.pictures}</td>"
        f"<td>{row.psnr:.2f}</td><td>{_number(row.ssim)}</td><td>{_number(row.ms_ssim)}</td></tr>"
        for row in evaluation.rows()
    )
    return _template("evaluation.html").substitute(
        style=_style(),
        protocol=html.escape(evaluation.protocol.describe()),
        rows=rows,
        sets="".join(_set(folder, pictures) for folder, pictures in evaluation.folders.items()),
    )


def write_page(path: Path, page: str) -> None:
    """Writes ``page`` to ``path``, atomically."""
    scratch = path.with_name(f".{path.name}.partial")
    scratch.write_text(page, encoding="utf-8")
    os.replace(scratch, path)


def _set(folder: str, pictures: Sequence[Measured]) -> str:
    return f"<h2>{html.escape(folder)}</h2>" + "".join(_row(picture) for picture in pictures)


def _row(picture: Measured) -> str:
    figures = [_figure(picture.detail.truth, "truth")]
    for method, detail in picture.detail.methods.items():
        scores = picture.scores[method]
        similar = f", SSIM {scores.ssim:.4f}" if scores.ssim is not None else ""
        figures.append(_figure(detail, f"{method}: {scores.psnr:.2f} dB{similar}"))
    return f'<h3>{html.escape(picture.name)}</h3><div class="details">{"".join(figures)}</div>'


def _figure(picture: Picture, caption: str) -> str:
    text = html.escape(caption)
    image = f'<img class="detail" alt="{text}" src="{_data(picture, lossless=True)}">'
    return f"<figure>{image}<figcaption>{text}</figcaption></figure>"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _data(picture: Picture, *, lossless: bool) -> str:
    """``picture`` as a data address; over white where it is transparent."""
    format = "png" if lossless else "jpeg"
    file = io.BytesIO()
    write(Picture(picture.pixels, picture.alpha), file, format=format, quality=None if lossless else 90)
    return f"data:image/{format};base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


def _shrunk(picture: Picture) -> Picture:
    factor = LONGEST / max(picture.width, picture.height)
    if factor >= 1:
        return picture
    size = round(picture.height * factor), round(picture.width * factor)
    planes = picture.pixels if picture.alpha is None else np.dstack([picture.pixels, picture.alpha])
    small = resize(torch.from_numpy(planes).permute(2, 0, 1)[None], size)[0].clamp(0, 1).permute(1, 2, 0).numpy()
    colours = picture.pixels.shape[2]
    alpha = None if picture.alpha is None else np.ascontiguousarray(small[..., colours])
    return Picture(np.ascontiguousarray(small[..., :colours]), alpha)


def _style() -> str:
    return files("ganvas.report").joinpath("style.css").read_text(encoding="utf-8")


def _template(name: str) -> Template:
    return Template(files("ganvas.report").joinpath(name).read_text(encoding="utf-8"))
