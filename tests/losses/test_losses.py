"""Every loss: a closed-form value, a gradient check in float64, the optimum."""

from __future__ import annotations

import math

import pytest
import torch

from ganvas.losses.adversarial import Adversarial, Minimax, NonSaturating
from ganvas.losses.pixel import charbonnier, l1, mse

PIXEL = [l1, mse, charbonnier]
ADVERSARIAL: list[Adversarial] = [Minimax(), NonSaturating()]


@pytest.mark.parametrize(
    ("loss", "value"),
    [(l1, 0.75), (mse, (0.25 + 1) / 2), (charbonnier, (math.hypot(0.5, 1e-3) + math.hypot(1, 1e-3)) / 2)],
)
def test_pixel_values(loss, value: float) -> None:
    assert loss(torch.tensor([0.5, 0.0]), torch.tensor([0.0, 1.0])).item() == pytest.approx(value)


@pytest.mark.parametrize("loss", PIXEL)
def test_pixel_gradients_and_optimum(loss) -> None:
    random = torch.Generator().manual_seed(0)
    output = torch.rand(2, 3, 4, 4, dtype=torch.float64, generator=random, requires_grad=True)
    target = torch.rand(2, 3, 4, 4, dtype=torch.float64, generator=random)
    assert torch.autograd.gradcheck(lambda x: loss(x, target), output)
    assert loss(target, target).item() == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("loss", ADVERSARIAL, ids=lambda loss: type(loss).__name__)
def test_a_judge_that_cannot_tell_pays_two_ln_2(loss: Adversarial) -> None:
    real, fake = torch.rand(4, 2), torch.rand(4, 2)
    value = loss.discriminator_loss(lambda image: 0 * image.sum(1), real, fake)
    assert value.item() == pytest.approx(2 * math.log(2))


@pytest.mark.parametrize("logit", [-10.0, -5.0, 0.0, 5.0])
def test_gradients_of_the_two_generator_losses(logit: float) -> None:
    """d/ds of the saturating loss is -sigmoid(s), of the non-saturating one -(1 - sigmoid(s))."""
    sigmoid = 1 / (1 + math.exp(-logit))
    for loss, expected in ((Minimax(), -sigmoid), (NonSaturating(), -(1 - sigmoid))):
        s = torch.tensor([logit], dtype=torch.float64, requires_grad=True)
        loss.generator_loss(lambda fake: fake, s.detach(), s).backward()
        assert s.grad is not None
        assert s.grad.item() == pytest.approx(expected, abs=1e-12)


def test_minimax_is_a_zero_sum_game_in_the_fake() -> None:
    logits = torch.randn(8)
    pays = Minimax().discriminator_loss(lambda s: s, torch.full((8,), 50.0), logits)  # nothing to pay for the real ones
    assert pays.item() == pytest.approx(-Minimax().generator_loss(lambda s: s, logits, logits).item(), abs=1e-6)
