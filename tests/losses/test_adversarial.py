"""Closed forms, fixed points and gradients of the adversarial losses."""

from __future__ import annotations

import math

import pytest
import torch
from torch.autograd import gradcheck

from ganvas.losses.adversarial import (
    Adversarial,
    LeastSquares,
    Minimax,
    NonSaturating,
    Pairing,
    RelativisticAverage,
    Wasserstein,
    WassersteinGP,
    gradient_penalty,
)

LN2 = math.log(2)
ALL: dict[str, tuple[Adversarial, float, float]] = {
    "minimax": (Minimax(), 2 * LN2, -LN2),
    "non-saturating": (NonSaturating(), 2 * LN2, LN2),
    "non-saturating, halved": (NonSaturating(halved=True), LN2, LN2),
    "least squares": (LeastSquares(), 0.5, 1.0),
    "wasserstein": (Wasserstein(), 0.0, 0.0),
    "pairing": (Pairing(), LN2, LN2),
    "one-sided pairing": (Pairing(one_sided=True), LN2, LN2),
    "relativistic average": (RelativisticAverage(), LN2, LN2),
    "relativistic average, paper": (RelativisticAverage(halved=False), 2 * LN2, 2 * LN2),
}


@pytest.fixture(params=sorted(ALL))
def row(request: pytest.FixtureRequest) -> tuple[Adversarial, float, float]:
    return ALL[request.param]


def linear(image: torch.Tensor) -> torch.Tensor:
    return (image * torch.arange(1, 1 + image[0].numel(), dtype=image.dtype).view(image[0].shape)).flatten(1).sum(1)


def test_a_judge_that_knows_nothing(row: tuple[Adversarial, float, float]) -> None:
    loss, discriminator, generator = row
    image = torch.zeros(4, 3, 2, 2)
    assert loss.discriminator_loss(linear, image, image).item() == pytest.approx(discriminator)
    assert loss.generator_loss(linear, image, image).item() == pytest.approx(generator)


def test_sides_pull_against_each_other(row: tuple[Adversarial, float, float]) -> None:
    loss, *_ = row
    torch.manual_seed(0)
    real, fake = torch.randn(2, 5, 1, 1, 1, dtype=torch.float64) * 0.3
    fake.requires_grad_()
    (up,) = torch.autograd.grad(loss.generator_loss(lambda image: image, real, fake), fake)
    assert (up <= 0).all()
    assert (up < 0).any()
    (down,) = torch.autograd.grad(loss.discriminator_loss(lambda image: image, real, fake), fake)
    assert (down > 0).all() or isinstance(loss, LeastSquares)


def test_gradients_are_those_of_the_value(row: tuple[Adversarial, float, float]) -> None:
    loss, *_ = row
    torch.manual_seed(1)
    real, fake = torch.randn(2, 3, 1, 2, 2, dtype=torch.float64)
    assert gradcheck(lambda x: loss.generator_loss(linear, real, x), fake.requires_grad_())


def test_one_sided_pays_nothing_where_the_fake_wins() -> None:
    real = torch.tensor([[0.0], [0.0]])
    fake = torch.tensor([[1.0], [-1.0]], requires_grad=True)
    value = Pairing(one_sided=True).generator_loss(lambda image: image, real, fake)
    assert value.item() == pytest.approx(math.log(1 + math.e) / 2)
    (gradient,) = torch.autograd.grad(value, fake)
    assert gradient[0].item() == 0
    assert gradient[1].item() < 0


def test_pairing_of_maps_is_place_by_place() -> None:
    real, fake = torch.randn(2, 2, 1, 4, 4)
    expected = torch.nn.functional.binary_cross_entropy_with_logits(fake - real, torch.zeros_like(real))
    assert Pairing().discriminator_loss(lambda image: image, real, fake).item() == pytest.approx(expected.item())


@pytest.mark.parametrize("penalty", [1.0, 10.0])
def test_penalty_of_a_linear_critic(penalty: float) -> None:
    weight = torch.tensor([3.0, 4.0], dtype=torch.float64)
    real, fake = torch.randn(2, 6, 2, dtype=torch.float64)
    critic = lambda point: point @ weight  # noqa: E731
    assert gradient_penalty(critic, real, fake).item() == pytest.approx((5 - 1) ** 2)
    whole = WassersteinGP(penalty).discriminator_loss(critic, real, fake)
    assert (whole - Wasserstein().discriminator_loss(critic, real, fake)).item() == pytest.approx(penalty * 16)


def test_drift_is_of_real_scores_alone_and_a_span_is_of_the_gradient() -> None:
    weight = torch.tensor([3.0, 4.0], dtype=torch.float64)
    real, fake = torch.randn(2, 6, 2, dtype=torch.float64)
    critic = lambda point: point @ weight  # noqa: E731
    plain = Wasserstein().discriminator_loss(critic, real, fake)
    drifting = WassersteinGP(0.0, drift=0.001).discriminator_loss(critic, real, fake)
    assert (drifting - plain).item() == pytest.approx(0.001 * (real @ weight).square().mean().item())
    assert gradient_penalty(critic, real, fake, span=2.0).item() == pytest.approx((5 / 2 - 1) ** 2)
    signed = gradient_penalty(lambda image: critic((image + 1) / 2), 2 * real - 1, 2 * fake - 1)
    assert signed.item() == pytest.approx((5 / 2 - 1) ** 2), "the same critic of pictures in [-1, 1]"
    whole = WassersteinGP(10.0, span=2.0).discriminator_loss(critic, real, fake)
    assert (whole - plain).item() == pytest.approx(10 * (5 / 2 - 1) ** 2)


def test_penalty_of_a_linear_critic_pixel_by_pixel() -> None:
    weight = torch.tensor([1.0, 2.0, 2.0], dtype=torch.float64).view(1, 3, 1, 1)
    real, fake = torch.randn(2, 1, 3, 4, 5, dtype=torch.float64)
    critic = lambda image: (image * weight).sum(1, keepdim=True)  # noqa: E731
    assert gradient_penalty(critic, real, fake, "channels").item() == pytest.approx((3 - 1) ** 2)
    assert gradient_penalty(critic, real, fake, "sample").item() == pytest.approx((3 * 20**0.5 - 1) ** 2)
    whole = WassersteinGP(0.1, "channels").discriminator_loss(critic, real, fake)
    assert (whole - Wasserstein().discriminator_loss(critic, real, fake)).item() == pytest.approx(0.4)


def test_optimal_discriminator_gives_jensen_shannon() -> None:
    """With D* = p / (p + q), Minimax is 2 ln 2 - 2 JS(p, q) (Goodfellow et al. 2014, equation 6)."""
    p, q = torch.tensor([0.7, 0.2, 0.1], dtype=torch.float64), torch.tensor([0.1, 0.3, 0.6], dtype=torch.float64)
    logit = (p / q).log()
    loss = (p * torch.nn.functional.softplus(-logit)).sum() + (q * torch.nn.functional.softplus(logit)).sum()
    middle = (p + q) / 2
    divergence = ((p * (p / middle).log()).sum() + (q * (q / middle).log()).sum()) / 2
    assert loss.item() == pytest.approx(2 * LN2 - 2 * divergence.item())
    points = torch.cat([torch.full((round(n * 1000),), i) for i, n in enumerate(p.tolist())])
    others = torch.cat([torch.full((round(n * 1000),), i) for i, n in enumerate(q.tolist())])
    value = Minimax().discriminator_loss(lambda index: logit[index], points, others)
    assert value.item() == pytest.approx(loss.item())
