"""What generators begin with: the priors from which their noise is drawn."""

from __future__ import annotations

from typing import Literal

import torch

Prior = Literal["normal", "uniform", "sphere"]
"""Standard normal; uniform in [-1, 1), as DCGAN's; uniform on the sphere of mean square 1, where ProGAN puts noise."""


def draw_noise(
    prior: Prior, count: int, dims: int, device: torch.device | None = None, generator: torch.Generator | None = None
) -> torch.Tensor:
    """Noise (count, dims) of ``prior``."""
    if prior == "uniform":
        return 2 * torch.rand(count, dims, device=device, generator=generator) - 1
    noise = torch.randn(count, dims, device=device, generator=generator)
    return on_sphere(noise) if prior == "sphere" else noise


def on_sphere(noise: torch.Tensor) -> torch.Tensor:
    """``noise`` (N, dims), each row scaled to mean square 1.

    >>> on_sphere(torch.tensor([[3.0, 3.0, 3.0, 3.0]])).tolist()
    [[1.0, 1.0, 1.0, 1.0]]
    """
    return noise * noise.square().mean(dim=1, keepdim=True).rsqrt()
