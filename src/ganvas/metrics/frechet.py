"""The Fréchet distance of two Gaussians, which FID and SIFID take between the features of pictures."""

from __future__ import annotations

from typing import NamedTuple

import torch

from ganvas.metrics.fidelity import MetricError


class Gaussian(NamedTuple):
    """A mean (D) and a covariance (D, D), float64."""

    mean: torch.Tensor
    covariance: torch.Tensor


def gaussian(samples: torch.Tensor) -> Gaussian:
    """The mean of ``samples`` (N, D) and their covariance, divided by N - 1.

    Raises :class:`MetricError` where there are fewer than two, or a value is not a number.

    >>> gaussian(torch.tensor([[0.0, 1.0], [2.0, 1.0]])).covariance.tolist()
    [[2.0, 0.0], [0.0, 0.0]]
    """
    if samples.ndim != 2:
        raise ValueError(f"samples are (N, D), not {[*samples.shape]}")
    if len(samples) < 2:
        raise MetricError("a covariance needs at least two samples")
    if not samples.isfinite().all():
        raise MetricError("features with values that are not numbers cannot be compared")
    # On the CPU: not every device has float64.
    values = samples.detach().cpu().double()
    mean = values.mean(dim=0)
    centred = values - mean
    return Gaussian(mean, centred.mT @ centred / (len(values) - 1))


def frechet(
    mean: torch.Tensor, covariance: torch.Tensor, other_mean: torch.Tensor, other_covariance: torch.Tensor
) -> float:
    """|m1 - m2|² + tr(C1 + C2 - 2 (C1 C2)^½) (Dowson, Landau 1982; Heusel et al. 2017, equation 6), a squared distance.

    ``mean`` is (D), ``covariance`` (D, D); computed in float64.

    With C = F Fᵀ, the trace of the root is the sum of the singular values of F1ᵀ F2. That is symmetric, never complex,
    and exact to rounding for singular covariances too, where roots of eigenvalues that should be 0 are not.

    >>> one, two = torch.eye(2), 4 * torch.eye(2)
    >>> round(frechet(torch.zeros(2), one, torch.ones(2), two), 6)  # 2 + 2 (1 - 2)²
    4.0
    """
    if mean.shape != other_mean.shape or covariance.shape != other_covariance.shape:
        raise ValueError(f"two Gaussians of {mean.numel()} and {other_mean.numel()} dimensions cannot be compared")
    one, other = covariance.double(), other_covariance.double()
    root = torch.linalg.svdvals(_factor(one).mT @ _factor(other)).sum()
    distance = (mean.double() - other_mean.double()).square().sum() + one.trace() + other.trace() - 2 * root
    return max(distance.item(), 0.0)


def _factor(covariance: torch.Tensor) -> torch.Tensor:
    """F with F Fᵀ the covariance, no wider than its rank.

    Values that are 0 but for rounding would add their roots, which are not small, and with few samples much work.
    """
    values, vectors = torch.linalg.eigh(covariance)
    rank = values > values.max() * len(values) * torch.finfo(values.dtype).eps
    return vectors[:, rank] * values[rank].sqrt()
