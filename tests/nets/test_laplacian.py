"""A net of one size at pictures of any: what it does not change comes out as it was, to the last band."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.functional import interpolate

from ganvas.nets.laplacian import TAPS, AtOneSize, reduced, resized, with_bands

SIZES = [(64, 48), (61, 47), (7, 130), (200, 5), (1, 1)]


def down(image: torch.Tensor, levels: int) -> torch.Tensor:
    for _ in range(levels):
        image = reduced(image)
    return image


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("levels", [0, 1, 2, 4])
def test_what_was_reduced_becomes_itself_again(size: tuple[int, int], levels: int) -> None:
    image = torch.rand(2, 3, *size, dtype=torch.float64)
    assert torch.allclose(with_bands(down(image, levels), image, levels), image, atol=1e-12)


@pytest.mark.parametrize("size", SIZES)
def test_half_the_sides_rounded_up(size: tuple[int, int]) -> None:
    assert reduced(torch.rand(1, 3, *size)).shape[-2:] == tuple(-(-side // 2) for side in size)


def test_the_filter_is_the_outer_product_of_its_taps() -> None:
    assert sum(TAPS) == 1
    dot = torch.zeros(1, 2, 9, 9)
    dot[0, 1, 4, 4] = 1
    made = reduced(dot)
    assert not made[0, 0].any(), "channels do not mix"
    even = torch.tensor([TAPS[4], TAPS[2], TAPS[0]])
    assert torch.allclose(made[0, 1, 1:4, 1:4], torch.outer(even, even))


def test_flat_pictures_stay_flat_at_the_border_too() -> None:
    image = torch.full((1, 3, 13, 10), 0.3)
    assert torch.allclose(down(image, 3), torch.tensor(0.3))
    assert torch.allclose(with_bands(torch.full((1, 3, 5, 5), 0.7), image), torch.tensor(0.7))


def test_the_coarse_is_the_nets_and_the_fine_the_photos() -> None:
    image = torch.rand(1, 3, 64, 80, dtype=torch.float64)
    coarse = torch.rand(1, 3, 16, 20, dtype=torch.float64)
    made = with_bands(coarse, image, 2)
    fine = image - resized(reduced(image), image)
    rest = resized(resized(coarse, down(image, 1)), image)
    middle = resized(down(image, 1) - resized(down(image, 2), down(image, 1)), image)
    assert torch.allclose(made, rest + middle + fine, atol=1e-12)


def test_without_levels_it_is_plain_enlargement() -> None:
    coarse, image = torch.rand(1, 3, 8, 8), torch.rand(1, 3, 21, 30)
    assert torch.equal(with_bands(coarse, image, 0), interpolate(coarse, (21, 30), mode="bicubic", antialias=True))


@pytest.mark.parametrize("size", [(40, 24), (9, 70)])
def test_the_net_sees_a_square_whatever_the_aspect(size: tuple[int, int]) -> None:
    seen = list[torch.Tensor]()

    def net(square: torch.Tensor) -> torch.Tensor:
        seen.append(square)
        return square + 0.1

    class Net(nn.Module):
        def forward(self, square: torch.Tensor) -> torch.Tensor:
            return net(square)

    image = interpolate(torch.rand(1, 3, 3, 3), size, mode="bilinear") / 8 + 0.4
    made = AtOneSize(Net(), 16)(image)
    assert seen[0].shape == (1, 3, 16, 16)
    assert made.shape == image.shape
    shift = made - AtOneSize(nn.Identity(), 16)(image)
    assert torch.allclose(shift, torch.tensor(0.1), atol=1e-5)


def test_a_result_larger_than_a_band_is_averaged_not_picked() -> None:
    """Stripes of one pixel are grey from afar."""
    stripes = torch.arange(64).remainder(2).float().expand(1, 3, 64, 64)
    made = with_bands(stripes, torch.full((1, 3, 64, 64), 0.5))
    assert (made - 0.5).abs().max() < 0.03


def test_the_result_is_a_picture() -> None:
    class Wild(nn.Module):
        def forward(self, square: torch.Tensor) -> torch.Tensor:
            return 5 * square - 2

    made = AtOneSize(Wild(), 16)(torch.rand(1, 3, 30, 20))
    assert (made.min(), made.max()) == (0, 1)
