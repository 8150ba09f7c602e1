"""Colourfulness: closed forms, and what it does not see."""

from __future__ import annotations

import math

import pytest
import torch

from ganvas.metrics.colourfulness import colourfulness


def noise() -> torch.Tensor:
    return torch.rand(1, 3, 24, 20, generator=torch.Generator().manual_seed(0))


def test_grey_is_zero_whatever_its_texture() -> None:
    assert colourfulness(noise()[:, :1].expand(1, 3, 24, 20)) == pytest.approx(0, abs=1e-12)


def test_halves_of_opposite_colours() -> None:
    """Red and green: R - G is ±255, (R + G) / 2 - B 127.5 in both; the deviation is 255 and the mean 127.5."""
    red, green = torch.eye(3)[:2]
    image = torch.stack([red, green], dim=1).view(1, 3, 1, 2)
    assert colourfulness(image) == pytest.approx(255 + 0.3 * 127.5)
    blue = torch.eye(3)[2].view(1, 3, 1, 1)
    assert colourfulness(blue) == pytest.approx(0.3 * 255)
    assert colourfulness(torch.cat([red.view(1, 3, 1, 1), blue], dim=3)) == pytest.approx(
        math.hypot(127.5, 191.25) + 0.3 * math.hypot(127.5, 63.75)
    )


def test_neither_place_nor_brightness_counts_and_saturation_does() -> None:
    image = 0.5 * noise()
    assert colourfulness(image.flip(-1)) == pytest.approx(colourfulness(image))
    assert colourfulness(image + 0.25) == pytest.approx(colourfulness(image), rel=1e-5)
    grey = image.mean(1, keepdim=True)
    assert colourfulness(grey + 0.5 * (image - grey)) == pytest.approx(colourfulness(image) / 2, rel=1e-5)
