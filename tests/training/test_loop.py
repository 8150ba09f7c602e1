"""The loop on a one-parameter bilinear game, V(a, b) = a·b, computed by hand: a descends, b ascends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from torch import nn

from ganvas.game import Player, Stage, Terms
from ganvas.training import DivergedError, Snapshots, train


class Number(NamedTuple):
    value: torch.Tensor


class Count:
    """Batches 1, 2, 3, …"""

    position = 0

    def __next__(self) -> Number:
        self.position += 1
        return Number(torch.tensor(float(self.position)))

    def share(self, rank: int, world: int) -> None: ...


class Scalar(nn.Module):
    def __init__(self, value: float) -> None:
        super().__init__()
        self.x = nn.Parameter(torch.tensor(value))


def bilinear(
    rate: float = 0.5, turns: tuple[int, int] = (1, 1), simultaneous: bool = False, rounds: int = 1
) -> Stage[Number]:
    a, b = Scalar(1.0), Scalar(1.0)
    players = [
        Player("a", a, lambda _: Terms(value=a.x * b.x), torch.optim.SGD(a.parameters(), lr=rate), turns[0]),
        Player("b", b, lambda _: Terms(value=-a.x * b.x), torch.optim.SGD(b.parameters(), lr=rate), turns[1]),
    ]
    return Stage("bilinear", rounds, Count(), players, simultaneous=simultaneous)


def values(stage: Stage[Number]) -> tuple[float, float]:
    a, b = (next(player.net.parameters()).item() for player in stage.players)
    return a, b


def test_players_move_in_turn() -> None:
    stage = bilinear()
    list(train([stage]))
    assert values(stage) == (0.5, 1.25)  # a = 1 - 0.5·1, then b = 1 + 0.5·0.5


def test_simultaneous_players_all_see_the_old_position() -> None:
    stage = bilinear(simultaneous=True)
    list(train([stage]))
    assert values(stage) == (0.5, 1.5)


def test_only_the_mover_gets_a_gradient() -> None:
    stage = bilinear()
    asked: list[tuple[bool, bool]] = []
    a, b = (next(player.net.parameters()) for player in stage.players)
    for player in stage.players:
        loss = player.loss

        def watched(batch: Number, loss=loss) -> Terms:
            asked.append((a.requires_grad, b.requires_grad))
            return loss(batch)

        player.loss = watched
    list(train([stage]))
    assert asked == [(True, False), (False, True)]
    assert a.requires_grad
    assert b.requires_grad


def test_a_parameter_frozen_by_its_owner_stays_frozen() -> None:
    stage = bilinear()
    frozen = nn.Parameter(torch.tensor(1.0), requires_grad=False)
    stage.players[1].optimizer.add_param_group({"params": [frozen]})
    list(train([stage]))
    assert not frozen.requires_grad


def test_first_turns_share_the_batch_and_further_turns_draw() -> None:
    stage = bilinear(turns=(2, 3))
    seen: list[tuple[str, float]] = []
    for player in stage.players:
        loss = player.loss

        def watched(batch: Number, loss=loss, name=player.name) -> Terms:
            seen.append((name, batch.value.item()))
            return loss(batch)

        player.loss = watched
    list(train([stage]))
    assert seen == [("a", 1), ("a", 2), ("b", 2), ("b", 3), ("b", 4)]


def test_schedules_are_called_before_the_round() -> None:
    stage = bilinear(rounds=3)
    optimizer = stage.players[0].optimizer

    def schedule(number: int) -> None:
        optimizer.param_groups[0]["lr"] = float(number)

    stage.schedules = [schedule]
    trail = [values(stage)[0] for _ in train([stage])]
    assert trail[0] == 1.0  # the rate of round 0 is 0
    assert trail[1] == 1.0 - 1.0 * 1.5  # b was 1 + 0.5·1 after round 0


def test_the_result_is_the_loss_of_the_last_turn() -> None:
    (played,) = train([bilinear(turns=(2, 1))])
    assert played.result == {"a": {"value": 0.5}, "b": {"value": -0.0}}


def test_a_stage_ends_early_when_its_result_is_good_enough() -> None:
    stage = bilinear(rounds=10)
    stage.until = lambda number, result: number == 3 and "a" in result
    rounds = list(train([stage]))
    assert [played.number for played in rounds] == [0, 1, 2, 3]
    assert [played.last for played in rounds] == [False, False, False, True]


def test_it_is_asked_once_a_round_whether_the_stage_ends() -> None:
    stage, asked = bilinear(rounds=10), list[int]()
    stage.until = lambda number, result: asked.append(number) or number == 2
    for played in train([stage]):
        assert [played.last, played.last] == [played.number == 2] * 2
    assert asked == [0, 1, 2]


def test_time_is_counted_with_the_building_and_over_all_sessions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr("ganvas.training.loop.time.monotonic", lambda: now)

    def stages() -> Iterator[Stage[Number]]:
        nonlocal now
        for build in (100.0, 1000.0):
            now += build
            yield bilinear(rounds=3)

    def session(rounds: int) -> list[float]:
        nonlocal now
        seconds, snapshots = list[float](), Snapshots(tmp_path)
        for played in train(stages(), snapshots):
            seconds.append(played.stage.seconds)
            snapshots.save(played)
            now += 1.0  # what is done between rounds takes its time too
            if len(seconds) == rounds:
                break
        return seconds

    assert session(2) == [100, 101]
    assert session(2) == [201, 1000], "what follows the last round of a stage belongs to none"
    assert session(9) == [2000, 2001]


def test_a_stage_is_built_only_after_the_one_before_was_played() -> None:
    order: list[str] = []

    def stages() -> Iterator[Stage[Number]]:
        order.append("build 0")
        yield bilinear()
        order.append("build 1")
        yield bilinear()

    for played in train(stages()):
        order.append(f"play {played.index}")
    assert order == ["build 0", "play 0", "build 1", "play 1"]


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_loss_that_is_not_finite_stops_before_the_step(bad: float) -> None:
    stage = bilinear(rounds=5)
    a = stage.players[0].net
    stage.players[0].loss = lambda batch: Terms(good=next(a.parameters()), bad=batch.value * bad)
    with pytest.raises(
        DivergedError, match="loss of the a is not finite \\(term bad\\) in round 1 of stage 'bilinear'"
    ):
        list(train([stage]))
    assert values(stage) == (1.0, 1.0)


def test_gradients_are_clipped_to_the_norm() -> None:
    stage = bilinear()
    stage.players[0].clip = 0.1
    list(train([stage]))
    assert values(stage)[0] == pytest.approx(1 - 0.5 * 0.1)
