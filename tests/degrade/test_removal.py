"""What is taken out of a picture."""

from __future__ import annotations

import pytest
import torch

from ganvas.degrade.removal import without_centre, without_colour


@pytest.mark.parametrize(("channel", "share"), [(0, 0.299), (1, 0.587), (2, 0.114)])
def test_grey_is_the_luma_of_each_colour(channel: int, share: float) -> None:
    image = torch.zeros(1, 3, 2, 2)
    image[:, channel] = 0.8
    made = without_colour(image)
    assert made.shape == image.shape
    assert torch.allclose(made, torch.tensor(0.8 * share), atol=1e-3)


def test_grey_pictures_stay_as_they_are() -> None:
    greys = torch.linspace(0, 1, 256).view(1, 1, 16, 16).expand(1, 3, 16, 16)
    assert torch.allclose(without_colour(greys), greys, atol=1e-3)
    coloured = without_colour(torch.rand(2, 3, 8, 8))
    assert torch.equal(coloured, coloured[:, :1].expand_as(coloured))


@pytest.mark.parametrize(
    ("size", "hole"), [((8, 12), (4, 6)), ((9, 7), (5, 5)), ((4, 4), (2, 2)), ((256, 256), (128,) * 2)]
)
def test_the_centre_is_white_and_the_rest_as_it_was(size: tuple[int, int], hole: tuple[int, int]) -> None:
    image = torch.rand(2, 3, *size) * 0.9
    before = image.clone()
    made = without_centre(image)
    white = (made == 1).all(dim=(0, 1))
    rows, columns = white.any(1), white.any(0)
    assert (int(rows.sum()), int(columns.sum())) == hole
    assert torch.equal(white, rows[:, None] & columns)
    assert torch.equal(rows, rows.flip(0))
    assert torch.equal(columns, columns.flip(0))
    assert torch.equal(made[..., ~white], image[..., ~white])
    assert torch.equal(image, before)
