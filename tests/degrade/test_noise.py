"""Noise: its mean, its deviation, its colour."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from ganvas.degrade.noise import Noise, gaussian_noise, poisson_noise

BOTH = torch.tensor([False, True])


def test_gaussian_noise_has_its_deviation_for_each_sample() -> None:
    image = torch.full((2, 3, 100, 100), 0.5)
    noise = gaussian_noise(image, torch.tensor([0.02, 0.1]), BOTH, np.random.default_rng(0)) - image
    assert noise.dtype == torch.float32
    assert noise.mean().item() == pytest.approx(0, abs=0.002)
    assert noise[0].std().item() == pytest.approx(0.02, rel=0.03)
    assert noise[1].std().item() == pytest.approx(0.1, rel=0.03)


def test_grey_noise_is_the_same_in_all_channels_and_colour_noise_is_independent() -> None:
    image = torch.full((2, 3, 100, 100), 0.5)
    noise = gaussian_noise(image, torch.tensor([0.1, 0.1]), BOTH, np.random.default_rng(0)) - image
    assert torch.equal(noise[1, 0], noise[1, 2])
    assert torch.corrcoef(noise[0].flatten(1))[0, 1].abs() < 0.05


def test_the_grey_samples_of_a_batch_share_one_field() -> None:
    image = torch.zeros(2, 3, 8, 8)
    noise = gaussian_noise(image, torch.tensor([0.1, 0.2]), torch.tensor([True, True]), np.random.default_rng(0))
    torch.testing.assert_close(2 * noise[0], noise[1])


@pytest.mark.parametrize(("levels", "power"), [(2, 2), (5, 8), (16, 16)])
def test_the_variance_of_poisson_noise_is_the_value_over_the_levels(levels: int, power: int) -> None:
    """V is the number of distinct values, rounded up to a power of two."""
    values = torch.linspace(51, 204, levels).round() / 255
    image = values.repeat_interleave(6000).expand(1, 3, 1, -1)
    noise = poisson_noise(image, torch.tensor([1.0]), BOTH[:1], np.random.default_rng(0)) - image
    deviations = noise.reshape(3, levels, 6000).transpose(0, 1).flatten(1).std(dim=1)
    torch.testing.assert_close(deviations, (values / power).sqrt(), rtol=0.05, atol=0)
    assert noise.mean().item() == pytest.approx(0, abs=0.005)


def test_poisson_noise_grows_with_its_strength_and_may_be_grey() -> None:
    image = torch.rand(2, 3, 60, 60, generator=torch.Generator().manual_seed(0))
    once = poisson_noise(image, torch.tensor([1.0, 1.0]), BOTH, np.random.default_rng(0)) - image
    thrice = poisson_noise(image, torch.tensor([3.0, 0.0]), BOTH, np.random.default_rng(0)) - image
    torch.testing.assert_close(thrice[0], 3 * once[0], atol=1e-5, rtol=0)
    assert not thrice[1].any()
    torch.testing.assert_close(once[1, 0], once[1, 1], atol=1e-6, rtol=0)
    assert (once[0, 0] - once[0, 1]).abs().max() > 0.01


def test_black_has_no_poisson_noise() -> None:
    assert not poisson_noise(torch.zeros(1, 3, 9, 9), torch.tensor([3.0]), BOTH[1:], np.random.default_rng(0)).any()


def test_the_kind_is_drawn_for_the_batch_and_the_size_for_the_sample() -> None:
    image = torch.zeros(2, 3, 32, 32)  # Poisson leaves black as it is
    noise = Noise(gaussian=0.3, deviation=(1.0, 30.0))
    outputs = [noise(image, np.random.default_rng(seed)) for seed in range(300)]
    noisy = [output.flatten(1).std(dim=1) for output in outputs if output.any()]
    assert len(noisy) == pytest.approx(90, abs=25)
    assert all(sample.all() for sample in noisy)
    # A normal variable cut off at zero has the deviation sqrt(1/2 - 1/(2π)) of the whole one.
    deviations = torch.stack(noisy) * 255 / math.sqrt(0.5 - 0.5 / math.pi)
    assert 0.9 < deviations.min() < 5
    assert 25 < deviations.max() < 32


def test_noise_is_clipped_and_neutral_at_zero() -> None:
    image = torch.rand(1, 3, 16, 16)
    strong = Noise(gaussian=1.0, deviation=(500.0, 500.0))(image, np.random.default_rng(0))
    assert strong.min() == 0
    assert strong.max() == 1
    assert torch.equal(Noise(gaussian=1.0, deviation=(0.0, 0.0))(image, np.random.default_rng(0)), image)
