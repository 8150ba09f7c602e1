"""Per-pixel losses; every mean is over all elements."""

from __future__ import annotations

import torch
from torch.nn import functional


def l1(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Mean |output - target|: in [0, 1] half the value it has in [-1, 1]."""
    return functional.l1_loss(output, target)


def mse(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Mean (output - target)²: in [0, 1] a quarter of the value it has in [-1, 1].

    >>> mse(torch.zeros(2), torch.tensor([0.0, 2.0])).item()
    2.0
    """
    return functional.mse_loss(output, target)


def charbonnier(output: torch.Tensor, target: torch.Tensor, epsilon: float = 1e-3) -> torch.Tensor:
    """Mean sqrt((output - target)² + epsilon²), an L1 that is smooth at zero (Lai et al. 2017, equation 4)."""
    return ((output - target) ** 2 + epsilon**2).sqrt().mean()


def smooth_l1(output: torch.Tensor, target: torch.Tensor, threshold: float = 1.0) -> torch.Tensor:
    """Mean of d² / (2·threshold) where |d| < threshold, of |d| - threshold / 2 elsewhere; d = output - target.

    In [0, 1] with threshold 1 it is half the squared error.
    """
    return functional.smooth_l1_loss(output, target, beta=threshold)


def decibels(output: torch.Tensor, target: torch.Tensor, floor: float = 1e-3) -> torch.Tensor:
    """Mean over the samples of 10·log10(MSE + ``floor``), (N, C, H, W) in [0, 1]: the negative PSNR (Chen et al. 2021,
    HINet, section 3.3). Without the floor samples that are all but right would count for more than all others, and the
    best a net can do for them is nothing.

    >>> round(decibels(torch.zeros(1, 1, 1, 1), torch.full((1, 1, 1, 1), 0.1), floor=0.0).item(), 4)
    -20.0
    """
    return 10 * ((output - target).square().mean(dim=(1, 2, 3)) + floor).log10().mean()


def total_variation(image: torch.Tensor) -> torch.Tensor:
    """Mean squared step from row to row plus mean squared step from column to column, (N, C, H, W).

    >>> total_variation(torch.tensor([[[[0.0, 1.0], [0.0, 1.0]]]])).item()
    1.0
    """
    return image.diff(dim=-2).square().mean() + image.diff(dim=-1).square().mean()
