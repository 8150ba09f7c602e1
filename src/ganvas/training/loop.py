"""The one loop: it plays any game, stage by stage, and hands every round to its caller."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from ganvas.errors import GanvasError
from ganvas.game import Player, Result, Round, Stage, Terms
from ganvas.training.processes import average_gradients, check_same_start, mean_over_processes, rejoin, seat
from ganvas.training.snapshots import Snapshots

if TYPE_CHECKING:
    from lightning_fabric import Fabric


class DivergedError(GanvasError):
    """A loss became NaN or infinite; the message names the player, the term and the round."""


def train(
    stages: Iterable[Stage[Any]], snapshots: Snapshots | None = None, fabric: Fabric | None = None
) -> Iterator[Round]:
    """Every round of every stage, each yielded after it was played: the caller logs, draws, saves.

    With ``snapshots`` the play goes on where they were taken: finished stages are laid out but not played again.
    ``fabric`` decides device, precision and processes (default: this process, CPU, float32). A loss that is
    not finite raises :class:`DivergedError` before it touches the parameters.
    """
    fabric = fabric or _one_process()
    since = time.monotonic()
    for index, stage in enumerate(stages):
        seat(stage, fabric)
        start = snapshots.restore(index, stage) if snapshots else 0
        check_same_start(fabric, start)
        for number in range(start, stage.rounds):
            for schedule in stage.schedules:
                schedule(number)
            try:
                result = play(stage, fabric)
            except DivergedError as error:
                raise DivergedError(f"{error} in round {number + 1} of stage {stage.name!r}") from None
            played = Round(index, stage, number, result)
            last = played.last
            now = time.monotonic()
            stage.seconds += now - since
            since = now
            yield played
            if last:
                break
        rejoin(fabric)
        since = time.monotonic()


def _one_process() -> Fabric:
    from lightning_fabric import Fabric  # as slow to import as torch, and who only enhances never plays

    return Fabric(accelerator="cpu", devices=1)


def play(stage: Stage[Any], fabric: Fabric) -> Result:
    """What one round came to: each player in order takes its turns, the first on the latest batch, each further on a
    new one where the player wants fresh ones.
    """
    batch = fabric.to_device(next(stage.data))
    terms: dict[str, Terms] = {}
    for player in stage.players:
        for turn in range(player.turns):
            if turn and player.fresh:
                batch = fabric.to_device(next(stage.data))
            with moving(player, stage):
                terms[player.name] = think(player, batch, fabric)
            if not stage.simultaneous:
                player.optimizer.step()
    if stage.simultaneous:
        for player in stage.players:
            player.optimizer.step()
    return {name: mean_over_processes(fabric, values) for name, values in terms.items()}


def think(player: Player[Any], batch: Any, fabric: Fabric) -> Terms:
    """The terms of the player's loss on ``batch``, its gradients left in its parameters (averaged over processes,
    clipped).
    """
    player.optimizer.zero_grad()
    with fabric.autocast():
        terms = player.loss(batch)
    finite = torch.stack([term.detach().float() for term in terms.values()]).isfinite()
    if not finite.all():
        bad = [name for name, good in zip(terms, finite.tolist(), strict=True) if not good]
        raise DivergedError(f"the loss of the {player.name} is not finite (term {', '.join(bad)})")
    terms.total.backward()
    average_gradients(fabric, player.parameters)
    if player.clip is not None:
        nn.utils.clip_grad_norm_(player.parameters, player.clip)
    return terms


@contextmanager
def moving(player: Player[Any], stage: Stage[Any]) -> Generator[None]:
    """Only ``player``'s parameters ask for gradients: no objective ever needs to freeze the other side."""
    own = {id(parameter) for parameter in player.parameters}
    others = [p for other in stage.players for p in other.parameters if id(p) not in own and p.requires_grad]
    for parameter in others:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in others:
            parameter.requires_grad_(True)
