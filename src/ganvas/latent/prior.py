"""Noise for a trained generator, kept to where it was trained most: more fidelity, less diversity."""

from __future__ import annotations

import math

import torch

from ganvas.data.noise import Prior, draw_noise, on_sphere


def truncated(noise: torch.Tensor, tau: float, generator: torch.Generator | None = None) -> torch.Tensor:
    """Standard normal ``noise`` with every component beyond ``tau`` drawn again until it is within (Brock, Donahue,
    Simonyan 2019, section 3.1; not clamped, which would heap them up at the bounds).
    """
    _positive(tau)
    kept = noise.clone()
    while (beyond := kept.abs() > tau).any():
        kept[beyond] = torch.randn(int(beyond.sum()), dtype=kept.dtype, generator=generator).to(kept.device)
    return kept


def draw(
    prior: Prior, n: int, dims: int, seed: int = 0, tau: float = math.inf, centre: torch.Tensor | None = None
) -> torch.Tensor:
    """Noise (n, dims) of ``prior``, the same for the same ``seed``, truncated by ``tau`` (infinite: not at all).

    Normal: :func:`truncated`. Uniform: in [-tau, tau) where tau < 1. On the sphere scaling is undone, so there the way
    from ``centre`` (dims; by default a code that the seed draws) is gone as far as ``tau`` < 1 says, and what is
    reached put back onto the sphere.
    """
    _positive(tau)
    random = torch.Generator().manual_seed(seed)
    share = min(tau, 1.0)
    if prior == "sphere":
        middle = draw_noise(prior, 1, dims, generator=random) if centre is None else centre[None]
        return on_sphere(torch.lerp(on_sphere(middle), draw_noise(prior, n, dims, generator=random), share))
    noise = draw_noise(prior, n, dims, generator=random)
    return share * noise if prior == "uniform" else truncated(noise, tau, random)


def _positive(tau: float) -> None:
    if not tau > 0:
        raise ValueError(f"noise cannot be kept within {tau}: tau must be above 0")
