"""Looking ahead: no step is the plain game, two are worked out by hand, Adam's agree with differences and with Adam."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

import pytest
import torch
from torch import nn
from torch.optim import SGD, Adam, AdamW, Optimizer, RMSprop

from ganvas.data.batches import Images
from ganvas.game import Terms
from ganvas.losses.adversarial import Judge, Minimax
from ganvas.objectives.unrolled import Unrolled
from ganvas.recipes import RECIPES, resolve
from ganvas.training import train

RATE, CURVATURE = 0.1, 0.4


class Number(nn.Module):
    """``x``, whatever the noise is, as a generator; ``x`` times a point as a discriminator."""

    def __init__(self, x: float, judge: bool) -> None:
        super().__init__()
        self.x, self.judge = nn.Parameter(torch.tensor(x, dtype=torch.float64)), judge

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        return self.x * (given if self.judge else torch.ones_like(given[:, :1]))


@dataclass(frozen=True)
class Quadratic:
    """With a generator that makes a, a judge of slope b and real points at 1, the discriminator pays a b + c b² / 2."""

    def discriminator_loss(self, judge: Judge, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        return judge(fake).mean() + CURVATURE / 2 * judge(real).square().mean()

    def generator_loss(self, judge: Judge, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        return -self.discriminator_loss(judge, real, fake)


def nets() -> tuple[nn.Module, nn.Module]:
    """Smooth ones, of which all derivatives exist."""
    torch.manual_seed(0)
    generator = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).double()
    discriminator = nn.Sequential(nn.Linear(2, 5), nn.Tanh(), nn.Linear(5, 1)).double()
    return generator, discriminator


def batch(seed: int = 1) -> Images:
    return Images(torch.randn(16, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)))


def warmed(game: Unrolled, live: Optimizer) -> None:
    """The discriminator after three steps of its own: moments and count are not those of the start."""
    for number in range(3):
        live.zero_grad()
        game.discriminator_loss(batch(number)).total.backward()
        live.step()
    live.zero_grad()


def paid(game: Unrolled) -> Terms:
    torch.manual_seed(5)
    return game.generator_loss(batch())


def slopes(game: Unrolled) -> list[torch.Tensor]:
    return list(torch.autograd.grad(paid(game).total, list(game.generator.parameters())))


OPTIMIZERS = {
    "Adam": lambda net: Adam(net.parameters(), lr=0.02, betas=(0.5, 0.999)),
    "SGD": lambda net: SGD(net.parameters(), lr=0.1),
    "momentum": lambda net: SGD(net.parameters(), lr=0.1, momentum=0.7),
}


@pytest.fixture(params=OPTIMIZERS)
def game(request: pytest.FixtureRequest) -> Unrolled:
    generator, discriminator = nets()
    live = OPTIMIZERS[request.param](discriminator)
    made = Unrolled(generator, discriminator, live, noise=3, steps=4)
    warmed(made, live)
    return made


def test_no_step_is_the_ordinary_game(game: Unrolled) -> None:
    torch.manual_seed(5)
    fake = game.generator(torch.randn(16, 3, dtype=torch.float64))
    plain = Minimax().generator_loss(game.discriminator, batch().image, fake)
    ordinary = torch.autograd.grad(plain, list(game.generator.parameters()))
    for own, other in zip(slopes(replace(game, steps=0)), ordinary, strict=True):
        assert (own - other).abs().max() < 1e-6
        assert other.abs().max() > 1e-3
    torch.manual_seed(5)
    judged = Minimax().discriminator_loss(game.discriminator, batch().image, fake.detach())
    assert torch.equal(game.discriminator_loss(batch()).total, judged)


@pytest.mark.parametrize("second_order", [True, False])
def test_two_steps_of_gradient_descent_by_hand(second_order: bool) -> None:
    """b' = b - r (a + c b), twice, is s² b - r a (1 + s), s = 1 - r c; the generator pays -(a b'' + c b''² / 2)."""
    a, b = 0.7, -0.3
    generator, discriminator = Number(a, judge=False), Number(b, judge=True)
    live = SGD(discriminator.parameters(), lr=RATE)
    ones = Images(torch.ones(4, 1, dtype=torch.float64))
    game = Unrolled(generator, discriminator, live, 1, 2, second_order, Quadratic())
    value = game.generator_loss(ones).total
    value.backward()
    shrinking = 1 - RATE * CURVATURE
    ahead = shrinking**2 * b - RATE * a * (1 + shrinking)
    followed = -RATE * (1 + shrinking) if second_order else 0.0
    assert value.item() == pytest.approx(-(a * ahead + CURVATURE / 2 * ahead**2), rel=1e-12)
    assert generator.x.grad is not None
    assert generator.x.grad.item() == pytest.approx(-(ahead + (a + CURVATURE * ahead) * followed), rel=1e-12)
    assert discriminator.x.grad is None
    assert discriminator.x.item() == b


def test_the_slope_is_that_of_differences(game: Unrolled) -> None:
    """Along a random direction in the generator's parameters; 4 steps."""
    torch.manual_seed(2)
    parameters = list(game.generator.parameters())
    way = [torch.randn_like(parameter) for parameter in parameters]
    own = sum((slope * step).sum().item() for slope, step in zip(slopes(game), way, strict=True))

    def moved(by: float) -> float:
        with torch.no_grad():
            for parameter, step in zip(parameters, way, strict=True):
                parameter += by * step
        value = paid(game).total.item()
        with torch.no_grad():
            for parameter, step in zip(parameters, way, strict=True):
                parameter -= by * step
        return value

    assert own == pytest.approx((moved(1e-5) - moved(-1e-5)) / 2e-5, rel=1e-4)


def test_the_steps_are_those_that_the_optimiser_would_take(game: Unrolled) -> None:
    value = paid(game).total.item()
    played, optimizer = copy.deepcopy((game.discriminator, game.optimizer))
    torch.manual_seed(5)
    with torch.no_grad():
        fake = game.generator(torch.randn(16, 3, dtype=torch.float64))
    for _ in range(game.steps):
        optimizer.zero_grad()
        Minimax().discriminator_loss(played, batch().image, fake).backward()
        optimizer.step()
    assert value == pytest.approx(-Minimax().discriminator_loss(played, batch().image, fake).item(), rel=1e-9)
    unmoved = replace(game, steps=0)
    assert abs(paid(unmoved).total.item() - value) > 1e-3, "or it would not be seen that nothing moves"


def test_discriminator_and_optimiser_stay_as_they_are(game: Unrolled) -> None:
    game.discriminator.register_buffer("seen", torch.ones(2))
    before = copy.deepcopy((game.discriminator.state_dict(), game.optimizer.state_dict()))
    paid(game).total.backward()
    after = game.discriminator.state_dict(), game.optimizer.state_dict()
    torch.testing.assert_close(after, before, rtol=0, atol=0)
    assert all(parameter.grad is None for parameter in game.discriminator.parameters())


def test_running_means_do_not_run_on() -> None:
    generator, _ = nets()
    judge = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 1)).double()
    before = {name: buffer.clone() for name, buffer in judge.named_buffers()}
    paid(Unrolled(generator, judge, SGD(judge.parameters(), lr=0.1), 3, 2)).total.backward()
    assert before
    assert all(torch.equal(buffer, before[name]) for name, buffer in judge.named_buffers())


def test_first_order_sees_the_same_discriminator_but_another_slope(game: Unrolled) -> None:
    first = replace(game, second_order=False)
    assert paid(first).total.item() == pytest.approx(paid(game).total.item(), rel=1e-12)
    differences = [(one - other).abs().max() for one, other in zip(slopes(first), slopes(game), strict=True)]
    assert max(differences) > 1e-4


def test_slopes_are_finite_where_units_are_dead() -> None:
    """A gradient of nothing in Adam's first step: the root's slope there is infinite."""
    generator, _ = nets()
    judge = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)).double()
    nn.init.constant_(judge[0].bias, -100.0)
    for slope in slopes(Unrolled(generator, judge, Adam(judge.parameters()), 3, 3)):
        assert slope.isfinite().all()


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda p: RMSprop(p),
        lambda p: AdamW(p),
        lambda p: Adam(p, amsgrad=True),
        lambda p: SGD(p, lr=0.1, momentum=0.5, nesterov=True),
    ],
)
def test_steps_of_other_kinds_are_refused(optimizer: object) -> None:
    generator, discriminator = nets()
    with pytest.raises(ValueError, match="cannot be foreseen"):
        Unrolled(generator, discriminator, optimizer(discriminator.parameters()), 3)  # pyright: ignore


def test_the_optimiser_must_hold_the_whole_discriminator() -> None:
    generator, discriminator = nets()
    game = Unrolled(generator, discriminator, SGD(list(discriminator.parameters())[:1], lr=0.1), 3)
    with pytest.raises(ValueError, match="every parameter"):
        paid(game)


def test_a_round_of_the_recipe_moves_both_from_the_same_place() -> None:
    """What each player pays in a round is what it pays where both stood before it."""
    recipe = resolve(RECIPES, "unrolled", "smoke", ["rounds=1"])
    torch.manual_seed(0)
    (stage,) = recipe.stages(None)
    assert stage.simultaneous
    before = copy.deepcopy([player.net for player in stage.players])
    torch.manual_seed(1)
    (played,) = train([stage])
    torch.manual_seed(1)
    discriminator = before[1]
    game = Unrolled(before[0], discriminator, Adam(discriminator.parameters(), 1e-4, (0.5, 0.999)), 256, 2)
    first = stage.data.batch(0)  # pyright: ignore
    for player, loss in (("generator", game.generator_loss), ("discriminator", game.discriminator_loss)):
        assert played.result[player]["adversarial"] == pytest.approx(loss(first).total.item(), rel=1e-5)
    assert [player.name for player in stage.players] == ["generator", "discriminator"]
    for player, old in zip(stage.players, before, strict=True):
        pairs = zip(player.net.parameters(), old.parameters(), strict=True)
        assert any(not torch.equal(new, former) for new, former in pairs)
