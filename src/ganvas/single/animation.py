"""The photo in motion: a walk through the noise around that of its reconstruction."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from ganvas.images import Picture
from ganvas.nets.pyramid import Pyramid
from ganvas.single.trained import SingleError, checked, seeded


def animate(
    pyramid: Pyramid, frames: int = 100, start_level: int = 0, alpha: float = 0.1, beta: float = 0.9, seed: int = 0
) -> Iterator[Picture]:
    """``frames`` pictures, one at a time. A lower ``start_level`` moves more, a higher ``beta`` more smoothly.

    ``alpha`` in [0, 1] is the pull back to the photo. The recipe's preset ``animation`` is the training for it.
    """
    checked(pyramid, start_level)
    for name, value in (("alpha", alpha), ("beta", beta)):
        if not 0 <= value <= 1:
            raise SingleError(f"{name} is {value:g}: give a number from 0 to 1")
    if frames < 1:
        raise SingleError(f"an animation cannot have {frames} frames: give 1 or more")
    moving = drawn(pyramid, start_level, alpha, beta, torch.Generator().manual_seed(seed))
    return (Picture.from_tensor(next(moving)) for _ in range(frames))


def drawn(
    pyramid: Pyramid, start_level: int, alpha: float, beta: float, generator: torch.Generator
) -> Iterator[torch.Tensor]:
    """Endless frames (1, 3, H, W) in [0, 1]; levels below ``start_level`` stand still."""
    with seeded(pyramid, 0):
        still = {level: torch.zeros_like(pyramid.noise(level)) for level in range(start_level, len(pyramid.levels))}
    if start_level == 0:
        still[0] = pyramid.reconstruction
    walks = {level: walk(noise, alpha, beta, generator) for level, noise in still.items()}
    while True:
        with torch.no_grad():
            yield pyramid.draw(noise="rec", noises={level: next(steps) for level, steps in walks.items()})


def walk(still: torch.Tensor, alpha: float, beta: float, generator: torch.Generator) -> Iterator[torch.Tensor]:
    """z1, z2, ... around ``still`` (any shape), the noise of the reconstruction.

    z_t = alpha·still + (1 - alpha)·(z_t-1 + d_t) with d_t = beta·(z_t-1 - z_t-2) + (1 - beta)·u_t, u_t standard normal;
    z_-1 = still, z_0 = 0.95·still + 0.05·u (the authors' code; supplement of Rott Shaham et al. 2019).
    """

    def fresh() -> torch.Tensor:
        return torch.randn(still.shape, generator=generator).to(still.device)

    before, now = still, 0.95 * still + 0.05 * fresh()
    while True:
        drift = beta * (now - before) + (1 - beta) * fresh()
        before, now = now, alpha * still + (1 - alpha) * (now + drift)
        yield now
