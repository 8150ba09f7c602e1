"""Two distributions in one picture."""

from __future__ import annotations

import numpy as np
import torch

from ganvas.report.histogram import HEIGHT, WIDTH, histogram
from ganvas.report.scatter import DATA


def test_data_left_and_generated_right_of_zero_stand_where_they_are() -> None:
    picture = histogram(torch.full((5,), 3.0), torch.tensor([-3.0, torch.nan, torch.inf]))
    assert (picture.height, picture.width) == (HEIGHT, WIDTH)
    left, right = picture.pixels[:, 1 : WIDTH // 2 - 4], picture.pixels[:, WIDTH // 2 + 4 : -1]
    assert np.abs(left - np.array(DATA.colour)).max(axis=2).min() < 0.01
    assert (right[..., 2] - right[..., 0]).max() > 0.3  # blue
    assert np.abs(left[..., 2] - left[..., 0]).max() < 0.05
    assert picture.pixels[HEIGHT // 4, WIDTH // 2 - 2 : WIDTH // 2 + 3].min() < 0.7  # the line at 0


def test_nothing_to_show_is_an_empty_frame() -> None:
    picture = histogram(torch.zeros(0), torch.zeros(0))
    assert np.isfinite(picture.pixels).all()
