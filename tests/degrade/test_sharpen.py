"""Unsharp masking."""

from __future__ import annotations

import pytest
import torch

from ganvas.degrade.sharpen import sharpen


def edge(step: float) -> torch.Tensor:
    """Dark on the left, brighter by ``step`` on the right."""
    image = torch.full((1, 3, 64, 128), 0.4)
    image[..., 64:] += step
    return image


@pytest.mark.parametrize("value", [0.0, 0.37, 1.0])
def test_a_constant_stays(value: float) -> None:
    image = torch.full((2, 3, 40, 30), value)
    torch.testing.assert_close(sharpen(image), image, atol=1e-6, rtol=0)


def test_a_step_grows_by_half_of_what_the_blur_takes() -> None:
    """Beside a step h the blur takes about h/2; half of that is added, as far as the mask is one."""
    image = edge(0.2)
    overshoot = sharpen(image, threshold=0.0)[0, 0, 32, 64] - 0.6
    assert overshoot.item() == pytest.approx(0.5 * 0.2 / 2, rel=0.08)
    assert sharpen(image)[0, 0, 32, 64] > 0.6
    assert sharpen(image)[0, 0, 32, 63] < 0.4


def test_faint_steps_stay() -> None:
    faint = edge(15 / 255)  # of which the blur takes at most 7.5
    torch.testing.assert_close(sharpen(faint), faint, atol=1e-6, rtol=0)
    assert (sharpen(edge(25 / 255)) - edge(25 / 255)).abs().max() > 0.003


def test_stays_in_range_and_does_nothing_without_weight() -> None:
    image = torch.rand(1, 3, 60, 60)
    assert sharpen(image).min() >= 0
    assert sharpen(image).max() <= 1
    torch.testing.assert_close(sharpen(image, weight=0.0), image, atol=1e-6, rtol=0)
    assert sharpen(torch.rand(1, 3, 5, 7)).shape == (1, 3, 5, 7)  # smaller than the blur


def test_samples_do_not_touch_each_other() -> None:
    images = torch.rand(2, 3, 30, 30)
    torch.testing.assert_close(sharpen(images)[1:], sharpen(images[1:]), atol=1e-6, rtol=0)
