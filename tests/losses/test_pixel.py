"""Smooth L1 and total variation; the other pixel losses are in test_losses.py."""

from __future__ import annotations

import pytest
import torch

from ganvas.losses.pixel import decibels, mse, smooth_l1, total_variation


@pytest.mark.parametrize(("threshold", "value"), [(1.0, (0.125 + 1.5) / 2), (0.25, (0.375 + 1.875) / 2)])
def test_smooth_l1_is_quadratic_then_linear(threshold: float, value: float) -> None:
    output = torch.tensor([0.5, -2.0])
    assert smooth_l1(output, torch.zeros(2), threshold).item() == pytest.approx(value)


def test_smooth_l1_is_half_the_squared_error_of_pictures() -> None:
    output, target = torch.rand(2, 2, 3, 8, 8)
    assert smooth_l1(output, target).item() == pytest.approx(mse(output, target).item() / 2)


def test_decibels_are_the_mean_of_what_each_sample_has() -> None:
    target = torch.zeros(2, 3, 4, 4)
    output = target + torch.tensor([0.1, 0.01])[:, None, None, None]
    assert decibels(output, target, floor=0.0).item() == pytest.approx((-20 - 40) / 2, rel=1e-5)
    assert decibels(target, target).item() == pytest.approx(-30, rel=1e-5)
    output.requires_grad_()
    decibels(output, target, floor=0.0).backward()
    assert output.grad is not None
    first, second = output.grad.flatten(1).sum(dim=1)
    assert second.item() == pytest.approx(10 * first.item(), rel=1e-4)  # as much a share of its error


def test_total_variation_of_a_ramp_is_its_slopes() -> None:
    rows, columns = torch.meshgrid(torch.arange(6.0), torch.arange(9.0), indexing="ij")
    assert total_variation((0.1 * rows + 0.2 * columns)[None, None]).item() == pytest.approx(0.01 + 0.04)
    assert total_variation(torch.ones(1, 3, 5, 5)).item() == 0


@pytest.mark.parametrize("loss", [lambda x: smooth_l1(x, torch.zeros_like(x), 0.5), total_variation])
def test_gradients(loss) -> None:
    image = torch.rand(1, 2, 4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert torch.autograd.gradcheck(loss, image.requires_grad_())
