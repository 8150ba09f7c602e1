"""Rows of pictures, each with a line above."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch.nn.functional import pad

from ganvas.images import Picture

SIDE = 84
"""Smaller pictures are shown by whole pixels as large as that, or a little larger."""

GAP = 4
MARGIN = 14
LINE = 22


class Row(NamedTuple):
    """A line and the pictures (N, C, H, W) in [0, 1] below it."""

    caption: str
    images: torch.Tensor


def sheet(rows: Sequence[Row]) -> Picture:
    """The ``rows`` below each other, their pictures from the left, on white; all are enlarged alike."""
    font = ImageFont.load_default(14)
    times = max(1, math.ceil(SIDE / max(rows[0].images.shape[-2:])))
    strips = [_strip(enlarged(row.images, times)) for row in rows]
    heights = [strip.height for strip in strips]
    width = max(
        max(strip.width, math.ceil(font.getlength(row.caption))) for row, strip in zip(rows, strips, strict=True)
    )
    # A row without a line belongs to the one above it.
    gaps = [(MARGIN + LINE if row.caption else GAP) for row in rows]
    tops = [gap + above for gap, above in zip(accumulate(gaps), accumulate(heights, initial=0), strict=False)]
    paper = Image.new("RGB", (width + 2 * MARGIN, tops[-1] + heights[-1] + MARGIN), "white")
    pen = ImageDraw.Draw(paper)
    for row, strip, top in zip(rows, strips, tops, strict=True):
        pen.text((MARGIN, top - LINE), row.caption, "black", font)
        paper.paste(strip, (MARGIN, top))
    return Picture((np.asarray(paper) / 255).astype(np.float32))


def _strip(images: torch.Tensor) -> Image.Image:
    """``images`` (N, 3, H, W) side by side."""
    beside = torch.cat([pad(image, [0, GAP, 0, 0], value=1.0) for image in images], 2)[..., :-GAP]
    return Image.fromarray((beside.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy())


def enlarged(images: torch.Tensor, times: int) -> torch.Tensor:
    """``images`` (N, C, H, W), every pixel ``times`` as large, in colour."""
    large = images.detach().repeat_interleave(times, 2).repeat_interleave(times, 3)
    return large.expand(-1, 3, -1, -1) if large.shape[1] == 1 else large


def frames(images: torch.Tensor) -> list[Picture]:
    """``images`` (N, C, H, W) as the frames of a film, as large as on a sheet."""
    times = max(1, math.ceil(2 * SIDE / max(images.shape[-2:])))
    return [Picture.from_tensor(image) for image in enlarged(images, times)]


def shades(values: torch.Tensor) -> torch.Tensor:
    """(1, 3, H, W): ``values`` (H, W) as a map, dark where they are low, on a scale of their roots."""
    root = (values - values.min()).clamp(min=0).sqrt()
    share = root / root.max().clamp(min=1e-12)
    ends = torch.tensor([[0.05, 0.05, 0.3], [0.9, 0.5, 0.1], [1.0, 1.0, 0.85]])
    low, high = share.clamp(max=0.5) * 2, (share - 0.5).clamp(min=0) * 2
    colours = [ends[0, c] + low * (ends[1, c] - ends[0, c]) + high * (ends[2, c] - ends[1, c]) for c in range(3)]
    return torch.stack(colours)[None]
