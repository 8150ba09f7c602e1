"""Blur kernels against their moments and limits; blurring against a direct sum."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from ganvas.degrade.kernels import Blur, Shape, blurred, gaussian, generalised, mirrored, plateau, sinc

POSITIVE = [
    gaussian(21, (2.0, 1.0), 0.7),
    generalised(21, (2.0, 1.0), 0.7, 0.5),
    generalised(21, (0.2, 0.2), 0.0, 4.0),
    plateau(21, (2.0, 1.0), 0.7, 1.5),
]


@pytest.mark.parametrize("kernel", [*POSITIVE, sinc(7, math.pi), sinc(21, math.pi / 5)])
def test_sums_to_one_and_is_symmetric_about_its_centre(kernel: torch.Tensor) -> None:
    assert kernel.dtype == torch.float32
    assert kernel.sum().item() == pytest.approx(1, abs=1e-5)
    torch.testing.assert_close(kernel, kernel.flip(0, 1), atol=1e-7, rtol=0)


@pytest.mark.parametrize("kernel", POSITIVE)
def test_all_but_the_sinc_are_nowhere_negative(kernel: torch.Tensor) -> None:
    assert kernel.min() >= 0
    assert sinc(21, math.pi / 3).min() < -1e-3


@pytest.mark.parametrize("rotation", [0.0, 0.5, -2.0])
def test_the_covariance_of_the_gaussian_is_rotated(rotation: float) -> None:
    kernel = gaussian(31, (3.0, 1.0), rotation).double()
    x = torch.arange(31.0, dtype=torch.float64) - 15
    points = torch.stack(torch.meshgrid(x, x, indexing="xy")).flatten(1)
    measured = (points * kernel.flatten()) @ points.T
    turn = torch.tensor([[math.cos(rotation), -math.sin(rotation)], [math.sin(rotation), math.cos(rotation)]]).double()
    torch.testing.assert_close(
        measured, turn @ torch.diag(torch.tensor([9.0, 1.0]).double()) @ turn.T, atol=0.01, rtol=0
    )


def test_the_generalised_gaussian_of_power_one_is_the_gaussian() -> None:
    torch.testing.assert_close(generalised(15, (2.0, 1.2), 0.3, 1.0), gaussian(15, (2.0, 1.2), 0.3))


def test_plateau_ratio() -> None:
    kernel = plateau(7, (2.0, 2.0), 0.0, 2.0)
    assert (kernel[3, 5] / kernel[3, 3]).item() == pytest.approx(1 / 2)  # q = 1
    assert (kernel[3, 6] / kernel[3, 3]).item() == pytest.approx(1 / (1 + 2.25**2), rel=1e-5)


def test_a_wide_sinc_passes_low_and_stops_high_frequencies() -> None:
    response = torch.fft.rfft2(sinc(101, math.pi / 2), s=(256, 256)).abs()
    assert response[0, 32].item() == pytest.approx(1, abs=0.1)  # a frequency of π/4
    assert response[0, 96].item() == pytest.approx(0, abs=0.1)  # of 3π/4


def test_blurring_is_the_direct_sum_with_each_samples_own_kernel() -> None:
    image = torch.rand(2, 3, 23, 30, generator=torch.Generator().manual_seed(0))
    skewed = torch.rand(7, 7, generator=torch.Generator().manual_seed(1))
    kernels = [skewed, gaussian(11, (2.0, 0.7), 1.0)]
    for sample, kernel, output in zip(image, kernels, blurred(image, kernels), strict=True):
        padded = functional.pad(sample[:, None], [len(kernel) // 2] * 4, mode="reflect")
        expected = functional.conv2d(padded, kernel.flip(0, 1)[None, None])[:, 0]
        torch.testing.assert_close(output, expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("side", [1, 2, 5, 40])
def test_a_constant_picture_of_any_size_stays(side: int) -> None:
    image = torch.full((1, 3, side, side + 1), 0.3)
    torch.testing.assert_close(blurred(image, [sinc(21, 1.5)]), image, atol=1e-5, rtol=0)


def test_mirroring_goes_on_beyond_small_pictures() -> None:
    row = torch.tensor([1.0, 2.0, 3.0]).view(1, 1, 1, 3)
    assert mirrored(row, 5)[0, 0, 0].tolist() == [2, 1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2]


def test_only_listed_sizes_and_shapes_are_drawn() -> None:
    random = np.random.default_rng(0)
    blur = Blur(sizes=(9, 13), sinc=0.0, shapes=(Shape("gaussian", 2.0),), deviation=(1.0, 1.0))
    kernels = [blur.kernel(random) for _ in range(30)]
    assert {len(kernel) for kernel in kernels} == {9, 13}
    assert all(torch.equal(kernel, gaussian(len(kernel), (1.0, 1.0))) for kernel in kernels)


def test_shares_of_sincs_and_of_samples_left_alone() -> None:
    random = np.random.default_rng(0)
    kernels = [Blur(probability=0.8, sinc=0.5, cutoff=(2, 2), large_cutoff=(1, 1)).kernel(random) for _ in range(1000)]
    alone = sum(len(kernel) == 1 for kernel in kernels)
    known = {size: sinc(size, 2 if size < 13 else 1) for size in Blur().sizes}
    sincs = sum(torch.equal(kernel, known[len(kernel)]) for kernel in kernels if len(kernel) > 1)
    assert alone == pytest.approx(200, abs=50)
    assert sincs == pytest.approx(400, abs=60)


def test_half_of_the_plateaus_have_power_one() -> None:
    random = np.random.default_rng(0)
    blur = Blur(sizes=(7,), sinc=0.0, shapes=(Shape("plateau", 1.0),), deviation=(2.0, 2.0))
    once = plateau(7, (2.0, 2.0), 0.0, 1.0)
    assert sum(torch.equal(blur.kernel(random), once) for _ in range(400)) == pytest.approx(200, abs=40)


def test_a_sample_left_alone_keeps_its_bits() -> None:
    image = torch.rand(2, 3, 8, 8)
    assert torch.equal(Blur(probability=0.0)(image, np.random.default_rng(0)), image)
