"""Samples that photos seldom show."""

from __future__ import annotations

import numpy as np
import torch

from ganvas.data.rare import crisped, smoothed
from ganvas.images import resize


def test_crisped_reaches_from_clean_shapes_to_dots() -> None:
    photo = resize(torch.rand(1, 3, 4, 4, generator=torch.Generator().manual_seed(0)), (40, 40))[0].clamp(0, 1)
    shares = [
        (crisped(photo, np.random.default_rng(seed)).diff(dim=-1) != 0).float().mean().item() for seed in range(60)
    ]
    assert min(shares) < 0.05
    assert max(shares) > 0.3


def test_smoothed_keeps_the_colour_and_little_else() -> None:
    photo = torch.rand(3, 24, 36, generator=torch.Generator().manual_seed(0))
    results = [smoothed(photo, np.random.default_rng(seed), noise=0.0) for seed in range(40)]
    assert all(result.shape == photo.shape for result in results)
    assert all((result.mean((1, 2)) - photo.mean((1, 2))).abs().max() < 0.03 for result in results)
    spread = [result.std(dim=(1, 2)).max().item() for result in results]
    assert min(spread) < 1e-6
    assert 0.005 < max(spread) < photo.std().item() / 2


def test_half_of_the_smoothed_have_noise() -> None:
    flat = torch.full((3, 24, 24), 0.4)
    spread = [255 * smoothed(flat, np.random.default_rng(seed)).std().item() for seed in range(400)]
    assert 0.4 < np.mean(np.array(spread) > 0.05) < 0.6
    assert 3 < max(spread) < 4.5
