"""Colour losses: what an offset costs, what moving pixels costs, and the outside reference."""

from __future__ import annotations

import pytest
import torch
from scipy.stats import wasserstein_distance

from ganvas.losses.colour import colour_balance, histogram, soft_histogram, sorted_values

LOSSES = [colour_balance, histogram, sorted_values]


def picture(seed: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """Values between the outer centres of 64 bins, away from 1 by more than the offset of the tests."""
    return torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(seed), dtype=dtype) * 0.85 + 0.01


@pytest.mark.parametrize("loss", LOSSES)
def test_an_offset_costs_itself(loss) -> None:
    target = picture(0)
    assert loss(target + 0.1, target).item() == pytest.approx(0.1, abs=1e-5)


@pytest.mark.parametrize("loss", LOSSES)
def test_moving_the_pixels_of_a_channel_costs_nothing(loss) -> None:
    target = picture(0)
    moved = target.flatten(2)[..., torch.randperm(256)].view_as(target)
    assert loss(moved, target).item() == pytest.approx(0, abs=1e-6)
    assert loss(target.flip(1), target).item() > 1e-3


@pytest.mark.parametrize("loss", LOSSES)
def test_gradients(loss) -> None:
    output, target = picture(0, torch.float64)[:1, :2, :4, :4], picture(1, torch.float64)[:1, :2, :4, :4]
    assert torch.autograd.gradcheck(lambda image: loss(image, target), output.requires_grad_())


def test_colour_balance_sees_contrast() -> None:
    target = torch.tensor([0.4, 0.6]).view(1, 1, 1, 2).expand(1, 3, 2, 2)
    assert colour_balance(0.5 + 3 * (target - 0.5), target).item() == pytest.approx(0.3 - 0.1)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_flat_picture_has_finite_gradients(loss) -> None:
    output = torch.full((1, 3, 4, 4), 0.5, requires_grad=True)
    loss(output, picture(0)[:1, :, :4, :4]).backward()
    assert output.grad is not None
    assert output.grad.isfinite().all()
    assert output.grad.abs().sum() > 0


def test_the_soft_histogram_is_the_formula() -> None:
    """mean of max(0, 1 - |v - centre| · bins), the centres at (k + 1/2) / bins."""
    image = picture(0, torch.float64)
    centres = (torch.arange(64, dtype=torch.float64) + 0.5) / 64
    expected = (1 - 64 * (image.flatten(2)[..., None] - centres).abs()).clamp(min=0).mean(2)
    torch.testing.assert_close(soft_histogram(image), expected)


def test_shares_sum_to_one_even_beyond_the_range() -> None:
    image = torch.randn(2, 3, 16, 16)
    torch.testing.assert_close(soft_histogram(image).sum(2), torch.ones(2, 3))
    ends = soft_histogram(torch.tensor([-1.0, 0.0, 1.0, 2.0]).view(1, 1, 2, 2), 8)
    assert ends[0, 0].tolist() == [0.5, 0, 0, 0, 0, 0, 0, 0.5]


def test_both_distances_are_the_earth_movers() -> None:
    one, other = picture(0, torch.float64) ** 2, picture(1, torch.float64)
    pairs = zip(one.flatten(0, 1).flatten(1), other.flatten(0, 1).flatten(1), strict=True)
    distances = [float(wasserstein_distance(a.numpy(), b.numpy())) for a, b in pairs]
    expected = sum(distances) / len(distances)
    assert sorted_values(one, other).item() == pytest.approx(expected)
    assert histogram(one, other).item() == pytest.approx(expected, rel=0.02)
