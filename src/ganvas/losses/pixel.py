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
