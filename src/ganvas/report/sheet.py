"""A contact sheet: pictures side by side, each with a line below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

from ganvas.images import Picture

COLUMNS = 4
GAP = 12
LINE = 24
"""Height of the line below a picture."""

INSET = 0.28
"""The side of an inset, in parts of the picture's shorter one."""


class Tile(NamedTuple):
    """A picture (3, H, W) in [0, 1], the line below it, and a kernel (k, k) to be shown in its corner, if any."""

    image: torch.Tensor
    label: str
    inset: torch.Tensor | None = None


def contact_sheet(tiles: Sequence[Tile], room: Sequence[str] = ()) -> Picture:
    """The ``tiles``, four in a row, on white, as far apart as if they also had the lines ``room``."""
    columns = min(len(tiles), COLUMNS)
    height, width = (max(tile.image.shape[axis] for tile in tiles) for axis in (-2, -1))
    font = ImageFont.load_default(15)
    across = math.ceil(max(width, *map(font.getlength, [*(tile.label for tile in tiles), *room]))) + GAP
    down = height + LINE + GAP
    sheet = Image.new("RGB", (columns * across + GAP, -(-len(tiles) // columns) * down + GAP), "white")
    pen = ImageDraw.Draw(sheet)
    for place, tile in enumerate(tiles):
        left, top = GAP + place % columns * across, GAP + place // columns * down
        sheet.paste(_bitmap(tile.image), (left, top))
        if tile.inset is not None:
            inset = _enlarged(tile.inset, round(INSET * min(tile.image.shape[-2:])))
            sheet.paste(inset, (left, top + tile.image.shape[-2] - inset.height))
        pen.text((left, top + height + 3), tile.label, "black", font)
    return Picture((np.asarray(sheet) / 255).astype(np.float32))


def _bitmap(image: torch.Tensor) -> Image.Image:
    return Image.fromarray((image.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).cpu().numpy())


def _enlarged(kernel: torch.Tensor, side: int) -> Image.Image:
    """``kernel`` in white on black, about ``side`` pixels large, its faint parts lifted, with a white frame."""
    times = max(1, side // len(kernel))
    shown = (kernel / kernel.max()).clamp(min=0).sqrt().repeat_interleave(times, 0).repeat_interleave(times, 1)
    return _bitmap(torch.nn.functional.pad(shown, [1] * 4, value=1.0).expand(3, -1, -1))
