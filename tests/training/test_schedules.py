"""Curves over the rounds, and what follows them."""

from __future__ import annotations

import pytest
import torch
from torch.optim import SGD

from ganvas.recipes.lengths import lengths
from ganvas.training.schedules import divided, fading, follow, linear, momenta


@pytest.mark.parametrize(("rounds", "start"), [(200, 100), (7, 3), (10, 0)])
def test_a_rate_fades_in_equal_steps_to_nothing_after_the_last_round(rounds: int, start: int) -> None:
    values = [fading(rounds, start)(number) for number in range(rounds + 1)]
    assert values[: start + 1] == [1.0] * (start + 1)
    assert values[rounds] == 0
    falls = [before - after for before, after in zip(values[start:], values[start + 1 :], strict=False)]
    assert falls == pytest.approx([1 / (rounds - start)] * (rounds - start))


def test_by_epochs_it_is_cyclegans_rule() -> None:
    """1 - max(0, e + 1 - n) / (n' + 1) of their epochs e from 0 has one more step, for it never plays at 0 either."""
    ours = [fading(201, 100)(epoch + 1) for epoch in range(200)]
    theirs = [1 - max(0, epoch + 1 - 100) / 101 for epoch in range(200)]
    assert ours == pytest.approx(theirs)


def test_no_rounds_to_fade_in() -> None:
    assert [fading(3, 3)(number) for number in range(3)] == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((400, 1, 100, 100, None), (80_000, 40_000)),
        ((10, 4, 2, 0, None), (6, 6)),
        ((1, 4, 3, 2, None), (5, 3)),
        ((8, 4, 3, 2, None), (10, 6)),
        ((10, 4, 2, 1, 7), (7, 3)),
    ],
)
def test_epochs_in_rounds(arguments: tuple[int, int, int, int, int | None], expected: tuple[int, int]) -> None:
    assert lengths(*arguments) == expected


def test_a_divided_rate_ends_at_its_floor() -> None:
    """The numbers of the conditional GAN: 0.1, divided by 1.00004 a round, is 1e-6 after ln 1e5 / ln 1.00004 rounds."""
    curve = divided(1.00004, floor=1e-5)
    assert curve(0) == 1
    assert curve(1) == pytest.approx(1 / 1.00004)
    assert curve(287_800) == pytest.approx(1e-5, rel=2e-3)
    assert curve(287_800) > 1e-5
    assert curve(287_900) == curve(10_000_000) == 1e-5


def test_momentum_and_rate_follow_their_curves() -> None:
    parameter = torch.nn.Parameter(torch.zeros(()))
    optimizer = SGD([{"params": [parameter], "lr": 0.5}], momentum=0.9)
    schedules = [follow(optimizer, divided(2)), momenta(optimizer, linear(3, 0.5, 0.7))]
    found, steps = list[tuple[float, float]](), list[float]()
    for number in range(3):
        for schedule in schedules:
            schedule(number)
        (group,) = optimizer.param_groups
        found.append((group["lr"], group["momentum"]))
        parameter.grad, before = torch.ones(()), parameter.item()
        optimizer.step()
        steps.append(before - parameter.item())
    assert [value for pair in found for value in pair] == pytest.approx([0.5, 0.5, 0.25, 0.6, 0.125, 0.7])
    assert steps == pytest.approx([0.5, 0.25 * (1 + 0.6), 0.125 * (1 + 0.7 * 1.6)])
