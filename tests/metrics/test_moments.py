"""Moments that come batch by batch are those of the whole, and their files hold what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ganvas.metrics import MetricError, gaussian
from ganvas.metrics.moments import Moments, Statistics, read_samples, read_statistics


def drawn(count: int, size: int = 5, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    mixed = torch.randn(size, size, dtype=torch.float64, generator=generator)
    return torch.randn(count, size, dtype=torch.float64, generator=generator) @ mixed + 3


def added(samples: torch.Tensor, batch: int) -> Moments:
    moments = Moments(samples.shape[1])
    for part in samples.split(batch):
        moments.add(part)
    return moments


@pytest.mark.parametrize("batch", [1, 7, 64, 200])
def test_batches_are_the_whole(batch: int) -> None:
    samples = drawn(200)
    one, whole = added(samples, batch).gaussian(), gaussian(samples)
    torch.testing.assert_close(one.mean, whole.mean, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(one.covariance, whole.covariance, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(one.covariance, np.cov(samples.numpy(), rowvar=False), rtol=1e-11)


def test_a_large_mean_costs_no_digits() -> None:
    """Sums of squares would have 16 digits for values of 1e18, and none left for a variance of 1."""
    samples = drawn(300)
    far = added(samples + 1e9, 13).gaussian()
    torch.testing.assert_close(far.covariance, gaussian(samples).covariance, rtol=1e-5, atol=1e-5)


def test_merged_halves_are_the_whole() -> None:
    samples = drawn(101)
    one, other = added(samples[:30], 9), added(samples[30:], 40)
    one.merge(Moments(5))
    one.merge(other)
    assert one.count == 101
    torch.testing.assert_close(one.gaussian().covariance, gaussian(samples).covariance, rtol=1e-12, atol=1e-12)
    empty = Moments(5)
    empty.merge(one)
    torch.testing.assert_close(empty.gaussian().mean, samples.mean(0), rtol=1e-12, atol=1e-12)


def test_what_has_no_moments() -> None:
    moments = Moments(3)
    with pytest.raises(MetricError, match="at least two samples"):
        moments.gaussian()
    with pytest.raises(MetricError, match="not numbers"):
        moments.add(torch.full((2, 3), torch.nan))
    with pytest.raises(ValueError, match=r"\(N, 3\)"):
        moments.add(torch.zeros(2, 4))
    moments.add(torch.zeros(0, 3))
    assert moments.count == 0


def test_a_file_holds_the_statistics(tmp_path: Path) -> None:
    samples, path = drawn(20), tmp_path / "reals.npz"
    statistics = added(samples, 6).statistics("ab12")
    statistics.store(path, samples)
    kept = read_statistics(path)
    assert torch.equal(kept.gaussian.mean, statistics.gaussian.mean)
    assert torch.equal(kept.gaussian.covariance, statistics.gaussian.covariance)
    assert (kept.count, kept.made_of, kept.size) == (20, "ab12", 5)
    torch.testing.assert_close(read_samples(path), samples.float(), rtol=0, atol=0)
    assert [each.name for each in tmp_path.iterdir()] == ["reals.npz"]
    Statistics(statistics.gaussian).store(path)
    assert read_samples(path) is None


def test_pytorch_fids_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "celeba.npz"
    np.savez(path, mu=np.arange(3.0), sigma=np.eye(3))
    statistics = read_statistics(path)
    assert statistics.gaussian.mean.tolist() == [0, 1, 2]
    assert torch.equal(statistics.gaussian.covariance, torch.eye(3, dtype=torch.float64))
    assert (statistics.count, statistics.made_of) == (None, None)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "does not exist"),
        (b"text", "no .npz"),
        (b"PK\x03\x04 cut off", "no .npz"),
        ({"mu": np.zeros(3)}, "no mean mu"),
        ({"mu": np.zeros(3), "sigma": np.eye(4)}, "no mean mu"),
        ({"mu": np.zeros(2), "sigma": np.full((2, 2), np.nan)}, "not numbers"),
        ({"mu": np.array([None, 1]), "sigma": np.eye(2)}, "no .npz"),
    ],
)
def test_other_files_are_named(content, said: str, tmp_path: Path) -> None:
    path = tmp_path / "other.npz"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        np.savez(path, **content)
    with pytest.raises(MetricError, match=f"other.npz .*{said}"):
        read_statistics(path)
