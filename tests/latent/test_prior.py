"""Noise: its priors, and that truncation keeps its shape within the bounds."""

from __future__ import annotations

import math

import pytest
import torch
from scipy.stats import kstest, truncnorm

from ganvas.data.noise import Prior, draw_noise
from ganvas.latent.prior import draw, truncated


@pytest.mark.parametrize("tau", [2.0, 1.0, 0.3])
def test_what_is_truncated_is_a_normal_within_bounds(tau: float) -> None:
    noise = torch.randn(100, 80, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    kept = truncated(noise, tau, torch.Generator().manual_seed(1))
    assert kept.abs().max() <= tau
    assert (kept.abs() == tau).sum() == 0, "drawn again, not clamped"
    inside = noise.abs() <= tau
    assert torch.equal(kept[inside], noise[inside])
    assert kstest(kept.flatten().numpy(), truncnorm(-tau, tau).cdf).pvalue > 0.01
    assert torch.equal(truncated(noise, math.inf), noise)


@pytest.mark.parametrize("prior", ["normal", "uniform", "sphere"])
def test_a_draw_depends_on_its_seed_alone_and_keeps_to_tau(prior: Prior) -> None:
    first, again, other = (draw(prior, 6, 40, seed, tau=0.5) for seed in (3, 3, 4))
    assert first.shape == (6, 40)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    spreads = [torch.pdist(draw(prior, 60, 40, tau=tau)).mean().item() for tau in (0.3, 0.5, 0.7, 2.0)]
    assert spreads == sorted(spreads)
    assert spreads[0] < 0.6 * spreads[-1]


def test_priors() -> None:
    uniform, sphere = draw("uniform", 400, 50), draw("sphere", 400, 50)
    assert -1 <= uniform.min() < -0.99 < 0.99 < uniform.max() < 1
    assert uniform.var().item() == pytest.approx(1 / 3, rel=0.03)
    assert torch.allclose(sphere.square().mean(1), torch.ones(400), atol=1e-5)
    assert draw("normal", 400, 50).std().item() == pytest.approx(1, rel=0.03)
    assert draw("uniform", 400, 50, tau=0.25).abs().max().item() == pytest.approx(0.25, rel=0.01)
    torch.manual_seed(0)
    plain = draw_noise("normal", 3, 4)
    torch.manual_seed(0)
    assert torch.equal(plain, torch.randn(3, 4))


def test_on_the_sphere_codes_move_towards_a_centre() -> None:
    centre = 9 * torch.randn(40)
    near = draw("sphere", 20, 40, tau=1e-4, centre=centre)
    assert torch.allclose(near, (centre / centre.square().mean().sqrt()).expand(20, 40), atol=1e-2)
    middle = draw("sphere", 20, 40, tau=0.5)
    assert torch.allclose(middle.square().mean(1), torch.ones(20), atol=1e-5)


@pytest.mark.parametrize("tau", [0.0, -1.0, math.nan])
def test_nothing_lies_within_nothing(tau: float) -> None:
    with pytest.raises(ValueError, match="tau must be above 0"):
        draw("normal", 2, 3, tau=tau)
