"""Closed forms, and equality with scikit-image, torchmetrics and the authors' own definition."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy.ndimage import correlate, gaussian_filter
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from torchmetrics.functional.image import multiscale_structural_similarity_index_measure

from ganvas.metrics import MetricError, ms_ssim, psnr, ssim
from ganvas.metrics.fidelity import MS_WEIGHTS

METRICS = [psnr, ssim, ms_ssim]
Array = np.ndarray


def noise(height: int, width: int, channels: int = 3) -> tuple[Array, Array]:
    random = np.random.default_rng(height * width)
    one, other = random.uniform(0, 255, (2, channels, height, width))
    return one, other


def scene(height: int, width: int, channels: int = 3) -> tuple[Array, Array]:
    """Something like a photograph: light, edges and texture; and the same blurred, shifted in tone and grained."""
    random = np.random.default_rng(7)
    y, x = np.mgrid[:height, :width]
    edges = 60 * ((x // 9 + y // 14) % 2) + 40 * np.sin(x * y / 90)
    truth = np.stack([(60 + 30 * channel + 0.4 * y + edges).clip(0, 255) for channel in range(channels)])
    spoiled = 0.95 * gaussian_filter(truth, (0, 1.2, 1.2)) + random.normal(4, 3, truth.shape)
    return spoiled.clip(0, 255), truth


def batch(image: Array) -> torch.Tensor:
    return torch.from_numpy(image)[None]


@pytest.mark.parametrize("difference", [1.0, 25.5, 255.0])
def test_psnr_of_a_constant_difference(difference: float) -> None:
    black = torch.zeros(1, 3, 5, 7)
    assert psnr(black + difference, black) == pytest.approx(20 * math.log10(255 / difference), abs=1e-9)


def test_psnr_is_of_the_mean_error_over_channels_and_for_the_given_range() -> None:
    output, target = torch.zeros(1, 2, 1, 2), torch.zeros(1, 2, 1, 2)
    output[0, 0, 0, 0] = 0.2
    assert psnr(output, target, data_range=1.0) == pytest.approx(10 * math.log10(4 / 0.04), abs=1e-5)


def test_equal_pictures() -> None:
    image = batch(scene(176, 180)[1])
    assert psnr(image, image) == math.inf
    assert ssim(image, image) == pytest.approx(1, abs=1e-12)
    assert ms_ssim(image, image) == pytest.approx(1, abs=1e-12)


def test_eight_bit_differences_do_not_wrap() -> None:
    black, white = torch.zeros(1, 1, 11, 11, dtype=torch.uint8), torch.full((1, 1, 11, 11), 255, dtype=torch.uint8)
    assert psnr(black, white) == psnr(white, black) == 0
    assert ssim(black, white) == pytest.approx(6.5025 / (255**2 + 6.5025), rel=1e-9)


@pytest.mark.parametrize("made", [noise, scene])
@pytest.mark.parametrize("size", [(11, 11), (37, 64), (120, 91)])
def test_psnr_and_ssim_equal_scikit_image(made: Callable[..., tuple[Array, Array]], size: tuple[int, int]) -> None:
    output, target = made(*size)
    expected = peak_signal_noise_ratio(target, output, data_range=255)
    assert psnr(batch(output), batch(target)) == pytest.approx(expected, abs=1e-9)
    expected = structural_similarity(
        target, output, data_range=255, channel_axis=0,
        gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
    )  # fmt: skip
    assert ssim(batch(output), batch(target)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("size", [(161, 161), (163, 190), (176, 240)])
@pytest.mark.parametrize("made", [noise, scene])
def test_ms_ssim_equals_the_authors_definition(made: Callable[..., tuple[Array, Array]], size: tuple[int, int]) -> None:
    output, target = made(*size)
    expected = np.mean([plain_ms_ssim(one, other) for one, other in zip(output, target, strict=True)])
    assert ms_ssim(batch(output), batch(target)) == pytest.approx(expected, abs=1e-9)


def plain_ms_ssim(one: Array, other: Array) -> float:
    """As in the authors' program: 2x2 means with a mirrored border, every second of them; windows inside only."""
    product, c1, c2 = 1.0, 2.55**2, 7.65**2
    for scale, weight in enumerate(MS_WEIGHTS):
        if scale:
            one, other = (correlate(each, np.full((2, 2), 0.25), origin=-1)[::2, ::2] for each in (one, other))

        def mean(image: Array) -> Array:
            return gaussian_filter(image, 1.5, radius=5)[5:-5, 5:-5]

        x, y = mean(one), mean(other)
        term = (2 * (mean(one * other) - x * y) + c2) / (mean(one**2) - x**2 + mean(other**2) - y**2 + c2)
        if scale == len(MS_WEIGHTS) - 1:
            term = term * (2 * x * y + c1) / (x**2 + y**2 + c1)
        product *= max(term.mean(), 0.0) ** weight
    return product


def test_ms_ssim_is_near_that_of_torchmetrics() -> None:
    output, target = (batch(each) for each in scene(192, 208))
    theirs = multiscale_structural_similarity_index_measure(output, target, data_range=255.0)
    assert ms_ssim(output, target) == pytest.approx(theirs.item(), abs=5e-3)


@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_is_symmetric_and_falls_with_noise(metric: Callable[..., float]) -> None:
    _, truth = scene(161, 170)
    grain = np.random.default_rng(1).normal(0, 1, truth.shape)
    values = [metric(batch(truth + level * grain), batch(truth)) for level in (1, 4, 16, 64)]
    assert values == sorted(values, reverse=True)
    assert metric(batch(truth), batch(truth + 4 * grain)) == pytest.approx(values[1], abs=1e-9)


def test_an_inverted_picture_is_unlike() -> None:
    _, truth = scene(161, 161, 1)
    assert ssim(batch(255 - truth), batch(truth)) < 0
    assert ms_ssim(batch(255 - truth), batch(truth)) == 0


@pytest.mark.parametrize(("metric", "side", "needed"), [(ssim, 10, "11 pixels"), (ms_ssim, 160, "161 pixels")])
def test_pictures_too_small_are_refused(metric: Callable[..., float], side: int, needed: str) -> None:
    image = torch.zeros(1, 1, 200, side)
    with pytest.raises(MetricError, match=needed):
        metric(image, image)
    image = torch.zeros(1, 1, 200, side + 1)
    assert metric(image, image) == 1


@pytest.mark.parametrize("metric", METRICS)
def test_shapes_are_not_broadcast(metric: Callable[..., float]) -> None:
    with pytest.raises(ValueError, match="one shape"):
        metric(torch.zeros(1, 3, 200, 200), torch.zeros(1, 1, 200, 200))
