"""Contact sheets: where tiles stand and what is drawn on them."""

from __future__ import annotations

import torch

from ganvas.report.sheet import COLUMNS, GAP, LINE, Tile, contact_sheet


def test_tiles_stand_in_rows_with_room_for_their_lines() -> None:
    colours = torch.eye(3).repeat(2, 1)[:5, :, None, None].expand(5, 3, 60, 90)
    sheet = contact_sheet([Tile(colour, "a") for colour in colours])
    assert (sheet.height, sheet.width) == (2 * (60 + LINE + GAP) + GAP, COLUMNS * (90 + GAP) + GAP)
    for place, colour in enumerate(colours):
        left, top = GAP + place % COLUMNS * (90 + GAP), GAP + place // COLUMNS * (60 + LINE + GAP)
        assert (sheet.pixels[top : top + 60, left : left + 90] == colour[:, 0, 0].numpy()).all()
        assert sheet.pixels[top + 60 : top + 60 + LINE, left : left + 90].min() < 0.5
    assert (sheet.pixels[-60:, -90:] == 1).all()


def test_a_long_line_has_room() -> None:
    short, long = (contact_sheet([Tile(torch.zeros(3, 20, 20), "w" * length)] * 2) for length in (1, 40))
    assert short.width == 2 * (20 + GAP) + GAP
    assert long.width > 2 * 40 * 5


def test_the_kernel_stands_in_a_frame_in_the_lower_left_corner() -> None:
    kernel = torch.tensor([[0.0, 0.0, 0.0], [0.0, 0.64, 0.36], [0.0, 0.0, 0.0]])
    sheet = contact_sheet([Tile(torch.full((3, 100, 120), 0.5), "a", kernel)]).pixels[GAP:, GAP:, 0]
    inset = sheet[71:100, :29]  # 28 / 3 is 9 times, and the frame
    assert (inset[0] == 1).all()
    assert (inset[:, -1] == 1).all()
    shown = inset[5:25:9, 5:25:9]
    assert shown.tolist() == [[0, 0, 0], [0, 1, torch.tensor(191 / 255).item()], [0, 0, 0]]
    assert (abs(sheet[:70, :120] - 0.5) < 0.01).all()
