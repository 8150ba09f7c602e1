"""Rows of pictures."""

from __future__ import annotations

import torch

from ganvas.latent.sheet import GAP, LINE, MARGIN, SIDE, Row, enlarged, frames, shades, sheet


def test_pictures_stand_where_they_belong() -> None:
    levels = torch.tensor([0.2, 0.4, 0.6])[:, None, None, None]
    paper = sheet([Row("a", levels.expand(3, 1, 28, 28)), Row("", levels[:1].expand(1, 1, 28, 28))]).pixels
    side = SIDE
    assert paper.shape == (2 * MARGIN + LINE + 2 * side + GAP, 2 * MARGIN + 3 * side + 2 * GAP, 3)
    top = MARGIN + LINE
    for place, level in enumerate((51, 102, 153)):
        left = MARGIN + place * (side + GAP)
        assert (paper[top : top + side, left : left + side] * 255 == level).all()
        assert (paper[top : top + side, left - GAP : left] == 1).all()
    below = top + side + GAP
    assert (paper[below : below + side, MARGIN : MARGIN + side] * 255 == 51).all()
    assert (paper[below:, MARGIN + side :] == 1).all()
    assert paper[MARGIN : MARGIN + LINE].min() < 0.5, "the line is written"


def test_a_long_line_has_room() -> None:
    assert sheet([Row("w" * 60, torch.zeros(1, 1, 28, 28))]).width > 60 * 5


def test_frames_and_whole_pixels() -> None:
    image = torch.rand(2, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    large = enlarged(image, 3)
    assert large.shape == (2, 3, 24, 24)
    assert torch.equal(large[:, 1, 1::3, 2::3], image[:, 0])
    assert [(frame.height, frame.width) for frame in frames(image)] == [(168, 168)] * 2


def test_a_map_is_dark_where_it_is_low() -> None:
    values = torch.arange(9.0).view(3, 3) + 2
    light = shades(values)[0].sum(0).flatten()
    assert (light.diff() > 0).all()
    assert shades(torch.zeros(2, 2)).isfinite().all()
