"""Pictures continued to sides that a net can halve."""

from __future__ import annotations

import pytest
import torch

from ganvas.nets.sides import filled


@pytest.mark.parametrize(
    ("size", "multiple", "least", "expected"),
    [
        ((8, 12), 4, 1, (8, 12)),
        ((5, 9), 4, 1, (8, 12)),
        ((1, 5), 4, 8, (8, 8)),
        ((3, 17), 4, 8, (8, 20)),
        ((100, 257), 256, 1, (256, 512)),
    ],
)
def test_the_size_and_what_was_there(size, multiple: int, least: int, expected) -> None:
    image = torch.rand(2, 3, *size)
    whole = filled(image, multiple, least)
    assert whole.shape == (2, 3, *expected)
    assert torch.equal(whole[..., : size[0], : size[1]], image)


def test_what_is_added_is_mirrored_about_the_last_pixel() -> None:
    image = torch.rand(1, 1, 6, 8)
    whole = filled(image, 8)
    assert torch.equal(whole[..., 6:, :], image[..., [4, 3], :])


def test_each_side_for_itself() -> None:
    """Two rows are too few for six more, which repeat the last; seven columns are mirrored all the same."""
    image = torch.rand(1, 1, 2, 7)
    whole = filled(image, 8)
    assert torch.equal(whole[..., 2:, :7], image[..., 1:, :].expand(1, 1, 6, 7))
    assert torch.equal(whole[..., :2, 7], image[..., 5])
