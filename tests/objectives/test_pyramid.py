"""The game of one level: which fakes are judged, what is paid, and the one gradient for several turns."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable

import pytest
import torch
from torch import nn

from ganvas.data.batches import Images
from ganvas.nets.singan import SinGANCritic, SinGANGenerator
from ganvas.objectives.pyramid import LevelGame, Window, signed


class Linear(nn.Module):
    """A critic whose gradient is known: the weighted sum of the channels of each pixel."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([1.0, 2.0, 2.0]).view(1, 3, 1, 1))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return (self.weight * image).sum(1, keepdim=True)


class Shift(nn.Module):
    """A generator of one parameter that adds it and the noise."""

    def __init__(self) -> None:
        super().__init__()
        self.by = nn.Parameter(torch.tensor(0.1))

    def forward(self, previous: torch.Tensor, noise: torch.Tensor | None, window: Window | None = None) -> torch.Tensor:
        made = previous + self.by + (0 if noise is None else noise)
        return made if window is None else made[(..., *window)]


def flat(value: float) -> torch.Tensor:
    return torch.full((1, 3, 4, 5), value)


def game_of(previous: Callable[[], torch.Tensor], noise: Callable[[], torch.Tensor]) -> LevelGame:
    net = Shift()
    return LevelGame(net, list(net.parameters()), Linear(), noise, previous, lambda: (flat(0.2), None))


def test_each_turn_of_the_critic_is_on_a_new_fake_of_one_noise() -> None:
    below, noises = itertools.count(1), itertools.count(1)
    game = game_of(lambda: flat(next(below)), lambda: flat(100 * next(noises)))
    batch = Images(flat(0.0))

    def judged() -> float:
        # the sum of the weights is 5, and [0, 1] is half as long as [-1, 1]
        return game.discriminator_loss(batch)["adversarial"].item() / 10

    game.begin(0)
    assert [judged() for _ in range(3)] == pytest.approx([101.1, 102.1, 103.1])
    last = [game.generator_loss(batch)["adversarial"].item() for _ in range(3)]
    assert last == pytest.approx([5 - 10 * 103.1] * 3), "all turns of the generator are on the last fake"
    game.begin(1)
    assert judged() == pytest.approx(204.1)


def test_what_is_paid() -> None:
    game = game_of(lambda: flat(0.5), lambda: flat(0.0))
    game.begin(0)
    batch = Images(flat(0.9))
    critic = game.discriminator_loss(batch)
    assert critic["adversarial"].item() == pytest.approx(5 * (2 * 0.6 - 1) - 5 * (2 * 0.9 - 1), rel=1e-5)
    assert critic["penalty"].item() == pytest.approx(0.1 * (3 - 1) ** 2)
    generator = game.generator_loss(batch)
    assert generator["reconstruction"].item() == pytest.approx(10 * (2 * (0.9 - 0.3)) ** 2)
    assert generator["adversarial"].item() == pytest.approx(-5 * (2 * 0.6 - 1), rel=1e-5)


@pytest.fixture
def games() -> tuple[LevelGame, LevelGame]:
    """The same game with either way to the adversarial gradient."""
    torch.manual_seed(0)
    net, critic = SinGANGenerator([4, 4]), SinGANCritic([4, 4])
    previous, noise = torch.rand(1, 3, 14, 15), torch.randn(1, 3, 14, 15)

    def one(net: nn.Module, critic: nn.Module, how: str) -> LevelGame:
        def generator(below: torch.Tensor, noise: torch.Tensor | None, window: Window | None) -> torch.Tensor:
            y = nn.functional.pad(signed(below), [3] * 4)
            return net(y if noise is None else y + nn.functional.pad(noise, [3] * 4), y) / 2 + 0.5

        own = list(net.parameters())
        anchor = lambda: (previous, None)  # noqa: E731
        return LevelGame(generator, own, critic, lambda: noise, lambda: previous, anchor, adversarial_gradient=how)

    return one(net, critic, "recompute"), one(*copy.deepcopy((net, critic)), "single_backward")


def gradient(game: LevelGame, value: torch.Tensor) -> torch.Tensor:
    return torch.cat([slope.flatten() for slope in torch.autograd.grad(value, game.parameters)])


def test_one_gradient_for_all_turns(games: tuple[LevelGame, LevelGame]) -> None:
    batch = Images(torch.rand(1, 3, 14, 15))
    first: list[torch.Tensor] = []
    values: list[float] = []
    for game in games:
        game.begin(0)
        torch.manual_seed(1)
        game.discriminator_loss(batch)
        terms = game.generator_loss(batch)
        first.append(gradient(game, terms["adversarial"]))
        values.append(terms["adversarial"].item())
    torch.testing.assert_close(*first)
    assert values[0] == pytest.approx(values[1])
    with torch.no_grad():
        for parameter in (*games[0].parameters, *games[1].parameters):
            parameter.mul_(1.3)
    again, once = (game.generator_loss(batch)["adversarial"] for game in games)
    assert once.item() == pytest.approx(values[1])
    assert again.item() != pytest.approx(values[0])
    torch.testing.assert_close(gradient(games[1], once), first[1])
    assert not torch.allclose(gradient(games[0], again), first[0])
    games[1].discriminator_loss(batch)
    assert games[1].generator_loss(batch)["adversarial"].item() != pytest.approx(values[1]), "a new fake is judged anew"


def test_the_generator_is_not_blamed_for_the_critics_turn(games: tuple[LevelGame, LevelGame]) -> None:
    game = games[0]
    game.begin(0)
    game.discriminator_loss(Images(torch.rand(1, 3, 14, 15))).total.backward()
    assert all(parameter.grad is None for parameter in game.parameters)
    assert all(parameter.grad is not None for parameter in game.critic.parameters())


def test_both_play_within_the_window_of_the_round() -> None:
    places = (slice(1, 3), slice(2, 5)), (slice(0, 2), slice(0, 3))
    windows = iter(places)
    game = game_of(lambda: flat(0.5), lambda: flat(0.0))
    game.window = lambda: next(windows)
    photo = torch.arange(60.0).view(1, 3, 4, 5) / 60
    weights = torch.tensor([1.0, 2.0, 2.0]).view(3, 1, 1)
    for window in places:
        game.begin(0)
        seen = signed(photo[(..., *window)])
        real = (weights * seen).sum(1).mean().item()
        critic, generator = game.discriminator_loss(Images(photo)), game.generator_loss(Images(photo))
        assert critic["adversarial"].item() == pytest.approx(5 * (2 * 0.6 - 1) - real, rel=1e-5)
        again = signed(torch.full_like(seen, 0.3))
        assert generator["reconstruction"].item() == pytest.approx(10 * (again - seen).square().mean().item(), rel=1e-5)


def test_a_rare_penalty_counts_as_often() -> None:
    game = game_of(lambda: flat(0.5), lambda: flat(0.0))
    game.penalty_every = 3
    paid = list[float]()
    for number in range(4):
        game.begin(number)
        paid.append(game.discriminator_loss(Images(flat(0.9))).get("penalty", torch.zeros(())).item())
    assert paid == pytest.approx([1.2, 0, 0, 1.2])  # of 0.1 · (3 - 1)², as above
