"""Diversity: its bounds, closed forms, and what intensity is."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from ganvas.metrics import MetricError, diversity


@pytest.fixture
def image() -> torch.Tensor:
    return torch.rand(1, 3, 12, 16, generator=torch.Generator().manual_seed(0))


def shuffled(image: torch.Tensor, count: int) -> torch.Tensor:
    """Samples with the pixels of ``image`` at random places."""
    generator = torch.Generator().manual_seed(1)
    pixels = image.flatten(2)
    places = [torch.randperm(pixels.shape[2], generator=generator) for _ in range(count)]
    return torch.cat([pixels[..., place].view_as(image) for place in places])


@pytest.mark.parametrize("intensity", ["grey", "rgb"])
def test_equal_samples_are_0_and_shuffled_pixels_1(image: torch.Tensor, intensity) -> None:
    assert diversity(image.expand(5, -1, -1, -1), image, intensity) == pytest.approx(0, abs=1e-12)
    assert diversity(shuffled(image, 200), image, intensity) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("intensity", ["grey", "rgb"])
def test_it_is_the_deviation_over_samples_by_that_over_pixels(image: torch.Tensor, intensity) -> None:
    samples = torch.rand(7, 3, 9, 5, generator=torch.Generator().manual_seed(2))
    values, truth = samples.double().numpy(), image.double().numpy()
    if intensity == "grey":
        values, truth = values.mean(1, keepdims=True), truth.mean(1, keepdims=True)
    over_samples = np.sqrt(((values - values.mean(0)) ** 2).sum(0) / 6).mean()
    over_pixels = np.mean([np.sqrt(((c - c.mean()) ** 2).sum() / (c.size - 1)) for c in truth[0]])
    assert diversity(samples, image, intensity) == pytest.approx(over_samples / over_pixels, rel=1e-12)


def test_samples_that_differ_more_are_more_diverse(image: torch.Tensor) -> None:
    noise = torch.randn(50, *image.shape[1:], generator=torch.Generator().manual_seed(3))
    figures = [diversity(image + level * noise, image) for level in (0.05, 0.1, 0.2)]
    assert figures[1:] == pytest.approx([2 * figures[0], 4 * figures[0]], rel=1e-4)


def test_the_scale_of_the_values_does_not_matter(image: torch.Tensor) -> None:
    samples = shuffled(image, 10)
    assert diversity(2 * samples - 1, 2 * image - 1) == pytest.approx(diversity(samples, image), rel=1e-5)


def test_colours_of_one_brightness_differ_in_rgb_alone(image: torch.Tensor) -> None:
    red, blue = (torch.eye(3)[channel].view(1, 3, 1, 1).expand_as(image) for channel in (0, 2))
    samples = torch.cat([red, blue])
    assert diversity(samples, image) == pytest.approx(0, abs=1e-7)
    spread = image.double().std(dim=(2, 3)).mean().item()
    assert diversity(samples, image, "rgb") == pytest.approx(2 / 3 * math.sqrt(1 / 2) / spread, rel=1e-6)


def test_what_has_no_diversity(image: torch.Tensor) -> None:
    with pytest.raises(MetricError, match="at least two samples"):
        diversity(image, image)
    with pytest.raises(MetricError, match="of one colour"):
        diversity(shuffled(image, 3), torch.full_like(image, 0.1))
    with pytest.raises(MetricError, match="not numbers"):
        diversity(shuffled(image, 3) * math.nan, image)
    with pytest.raises(ValueError, match="samples"):
        diversity(shuffled(image, 3), image[0])
