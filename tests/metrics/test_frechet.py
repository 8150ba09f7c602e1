"""The Fréchet distance: closed forms, SciPy's root of a matrix, and covariances that are singular."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm

from ganvas.metrics import Gaussian, MetricError, frechet, gaussian


def drawn(count: int, size: int, seed: int) -> torch.Tensor:
    """Samples whose dimensions depend on each other and differ in scale."""
    generator = torch.Generator().manual_seed(seed)
    mixed = torch.rand(size, size, generator=generator) - 0.3
    return torch.rand(count, size, generator=generator, dtype=torch.float64) @ mixed.double() + seed


def test_mean_and_covariance_are_numpys() -> None:
    samples = drawn(50, 7, 1)
    mean, covariance = gaussian(samples.float())
    assert mean.dtype == covariance.dtype == torch.float64
    np.testing.assert_allclose(mean, samples.numpy().mean(0), rtol=1e-6)
    np.testing.assert_allclose(gaussian(samples).covariance, np.cov(samples.numpy(), rowvar=False), rtol=1e-12)


def test_a_covariance_does_not_suffer_from_a_large_mean() -> None:
    samples = drawn(1000, 5, 1)
    np.testing.assert_allclose(gaussian(samples + 1e6).covariance, gaussian(samples).covariance, rtol=1e-6)


def test_one_dimension() -> None:
    """(m1 - m2)² + (s1 - s2)²."""
    one, other = Gaussian(torch.tensor([1.0]), torch.tensor([[9.0]])), Gaussian(torch.tensor([3.0]), torch.eye(1))
    assert frechet(*one, *other) == pytest.approx(4 + (3 - 1) ** 2, rel=1e-14)


def test_covariances_that_share_their_axes() -> None:
    axes = torch.linalg.qr(torch.rand(6, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0))).Q
    one, other = torch.arange(1.0, 7).double(), torch.tensor([0.1, 3, 0, 2, 5, 1]).double()
    mean = torch.arange(6.0)
    value = frechet(mean, axes * one.square() @ axes.mT, torch.zeros(6), axes * other.square() @ axes.mT)
    assert value == pytest.approx(mean.square().sum().item() + (one - other).square().sum().item(), rel=1e-12)


@pytest.mark.parametrize("size", [2, 20, 64])
def test_the_root_is_scipys(size: int) -> None:
    (m1, c1), (m2, c2) = gaussian(drawn(300, size, 1)), gaussian(drawn(200, size, 2))
    root = sqrtm(c1.numpy() @ c2.numpy())
    expected = ((m1 - m2) ** 2).sum() + c1.trace() + c2.trace() - 2 * np.trace(root).real
    assert frechet(m1, c1, m2, c2) == pytest.approx(expected.item(), rel=1e-9)
    spread = frechet(m1, c1, m1, c2)
    assert spread == pytest.approx((c1.trace() + c2.trace() - 2 * np.trace(root).real).item(), rel=1e-7)
    assert spread > 0.01


def test_the_order_does_not_matter() -> None:
    one, other = gaussian(drawn(40, 12, 1)), gaussian(drawn(60, 12, 2))
    assert frechet(*one, *other) == pytest.approx(frechet(*other, *one), rel=1e-12)


@pytest.mark.parametrize("count", [30, 300])
def test_a_gaussian_is_0_from_itself_with_fewer_samples_than_dimensions_too(count: int) -> None:
    samples = drawn(count, 100, 1)
    one = gaussian(samples)
    assert 0 <= frechet(*one, *one) < 1e-10 * one.covariance.trace().item()
    shuffled = samples[torch.randperm(count, generator=torch.Generator().manual_seed(0))]
    assert frechet(*one, *gaussian(shuffled)) < 1e-6 * one.covariance.trace().item()


def test_singular_covariances_are_exact() -> None:
    """With fewer samples than dimensions the trace of the root is the nuclear norm of X1 X2ᵀ, a small matrix."""
    one, other = drawn(20, 100, 1), drawn(30, 100, 2)
    centred = [(samples - samples.mean(0)) / math.sqrt(len(samples) - 1) for samples in (one, other)]
    root = torch.linalg.matrix_norm(centred[0] @ centred[1].mT, "nuc")
    traces = sum(samples.square().sum() for samples in centred)
    expected = (one.mean(0) - other.mean(0)).square().sum() + traces - 2 * root
    assert frechet(*gaussian(one), *gaussian(other)) == pytest.approx(expected.item(), rel=1e-6)


def test_what_has_no_distance() -> None:
    with pytest.raises(MetricError, match="at least two samples"):
        gaussian(torch.zeros(1, 3))
    with pytest.raises(MetricError, match="not numbers"):
        gaussian(torch.tensor([[0.0, math.nan], [1.0, 2.0]]))
    with pytest.raises(ValueError, match="3 and 4 dimensions"):
        frechet(torch.zeros(3), torch.eye(3), torch.zeros(4), torch.eye(4))
    with pytest.raises(ValueError, match=r"\(N, D\)"):
        gaussian(torch.zeros(2, 3, 4, 4))
