"""Which gradient each loss gives the generator, and what the best discriminator makes of the game."""

from __future__ import annotations

import math

import pytest
import torch
from torch.distributions import Normal

from ganvas.losses.adversarial import Minimax, NonSaturating

LN2 = math.log(2)
COUNT = 20_000


def same(point: torch.Tensor) -> torch.Tensor:
    return point


@pytest.mark.parametrize("logit", [-10.0, -5.0, 0.0, 5.0])
def test_minimax_vanishes_where_the_discriminator_is_sure_and_the_other_does_not(logit: float) -> None:
    """Minimax has the slope -σ(s), the other -(1 - σ(s))."""
    sure = 1 / (1 + math.exp(-logit))
    for loss, expected in ((Minimax(), -sure), (NonSaturating(), sure - 1)):
        score = torch.tensor([logit], dtype=torch.float64, requires_grad=True)
        (slope,) = torch.autograd.grad(loss.generator_loss(same, torch.zeros(1), score), score)
        assert slope.item() == pytest.approx(expected, abs=1e-6)


def value_of_the_best(mean: float) -> float:
    """V(G, D*) of data N(0, 1) and fakes N(mean, 1): expectations by midpoints of equal probability."""
    share = (torch.arange(COUNT, dtype=torch.float64) + 0.5) / COUNT
    data, made = Normal(0.0, 1.0), Normal(mean, 1.0)

    def best(point: torch.Tensor) -> torch.Tensor:
        """The logit of D* = p / (p + q)."""
        return data.log_prob(point) - made.log_prob(point)

    real = data.icdf(share)
    return -Minimax().discriminator_loss(best, real, real + mean).item()


def divergence(mean: float) -> float:
    """Jensen and Shannon's between N(0, 1) and N(mean, 1), by the trapezium rule."""
    place = torch.linspace(-12.0, 16.0, 28_001, dtype=torch.float64)
    p, q = (Normal(centre, 1.0).log_prob(place) for centre in (0.0, mean))
    middle = torch.logaddexp(p, q) - LN2
    inside = (p.exp() * (p - middle) + q.exp() * (q - middle)) / 2
    return torch.trapezoid(inside, place).item()


@pytest.mark.parametrize("mean", [0.0, 1.0, 4.0])
def test_the_value_of_the_best_discriminator(mean: float) -> None:
    """2 JSD - 2 ln 2 (Goodfellow et al. 2014, theorem 1)."""
    assert value_of_the_best(mean) == pytest.approx(2 * divergence(mean) - 2 * LN2, abs=1e-3)


def test_the_value_where_fakes_are_like_data_is_the_least() -> None:
    values = [value_of_the_best(mean) for mean in (0.0, 1.0, 4.0)]
    assert values[0] == pytest.approx(-2 * LN2, abs=1e-12)
    assert values[0] < values[1] < values[2] < 0
    assert 0.5 * LN2 < divergence(4.0) < LN2
