"""The vocabulary: every system is a game played in stages, by players who minimise the named terms of their loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import torch
from torch import nn
from torch.optim import Optimizer

Batch = TypeVar("Batch", bound=NamedTuple)
Batch_co = TypeVar("Batch_co", bound=NamedTuple, covariant=True)
Batch_contra = TypeVar("Batch_contra", bound=NamedTuple, contravariant=True)


class Terms(dict[str, torch.Tensor]):
    """The named, weighted terms of a loss, each a scalar; their sum is what a player minimises.

    >>> Terms(pixel=torch.tensor(2.0), content=torch.tensor(0.5)).total.item()
    2.5
    """

    @property
    def total(self) -> torch.Tensor:
        return torch.stack(list(self.values())).sum()


class Objective(Protocol[Batch_contra]):
    """What a paper of two players defines: the loss of each side."""

    def generator_loss(self, batch: Batch_contra) -> Terms: ...

    def discriminator_loss(self, batch: Batch_contra) -> Terms: ...


class Stateful(Protocol):
    """Anything whose state must survive an interruption."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state_dict: dict[str, Any], /) -> Any: ...


class Stream(Protocol[Batch_co]):
    """An endless iterator of batches; batch k depends on the seed and on k alone, so ``position`` is all its state.

    ``share`` keeps to the rows of process ``rank`` of ``world``: all shares together are the batch of one process.
    """

    position: int

    def __next__(self) -> Batch_co: ...

    def share(self, rank: int, world: int) -> None: ...


@dataclass
class Player(Generic[Batch]):
    """Minimises ``loss`` over the parameters that ``optimizer`` holds, ``turns`` times a round.

    Each further turn is on a new batch if ``fresh``, else on the same one. ``clip`` is the largest gradient norm over
    all of the player's parameters (none: not clipped).
    """

    name: str
    net: nn.Module
    loss: Callable[[Batch], Terms]
    optimizer: Optimizer
    turns: int = 1
    clip: float | None = None
    fresh: bool = True

    @property
    def parameters(self) -> list[nn.Parameter]:
        return [parameter for group in self.optimizer.param_groups for parameter in group["params"]]


Result = Mapping[str, Mapping[str, float]]
"""What a round came to: player's name, term's name, value (of the player's last turn)."""


def never(number: int, result: Result) -> bool:
    """False: a stage that ends only with its rounds."""
    return False


@dataclass
class Stage(Generic[Batch]):
    """A game played for ``rounds`` rounds, or until its result is good enough.

    ``schedules`` are called with the number of the round before it is played: learning rates, fade-in, new noise.
    ``until`` is asked once after each round; one that remembers earlier rounds belongs into the memory too.
    ``memory`` holds whatever else must survive an interruption: averages, pools, objectives that remember.
    ``product`` is the net that the stage is played for; the first player's where none is named. ``seconds`` is how long
    it has been played, building it included, over all sessions, as far as they were saved.
    """

    name: str
    rounds: int
    data: Stream[Batch]
    players: Sequence[Player[Batch]]
    schedules: Sequence[Callable[[int], None]] = ()
    until: Callable[[int, Result], bool] = never
    simultaneous: bool = False
    memory: Mapping[str, Stateful] = field(default_factory=dict[str, Stateful])
    product: nn.Module | None = None
    seconds: float = 0.0

    @property
    def outcome(self) -> nn.Module:
        return self.product if self.product is not None else self.players[0].net


@dataclass(frozen=True)
class Round:
    """One played round, as the loop hands it to its caller. ``number`` counts from 0 within the stage."""

    index: int
    stage: Stage[Any]
    number: int
    result: Result

    @cached_property
    def last(self) -> bool:
        """Whether the stage ends with this round."""
        return self.number + 1 >= self.stage.rounds or self.stage.until(self.number, self.result)


def versus(
    objective: Objective[Batch],
    generator: tuple[nn.Module, Optimizer],
    discriminator: tuple[nn.Module, Optimizer],
    *,
    generator_turns: int = 1,
    discriminator_turns: int = 1,
    generator_first: bool = True,
    clip: float | None = None,
    fresh: bool = True,
) -> list[Player[Batch]]:
    """The two players of ``objective``; Goodfellow et al. 2014 (algorithm 1) let the discriminator move first."""
    players = [
        Player("generator", generator[0], objective.generator_loss, generator[1], generator_turns, clip, fresh),
        Player(
            "discriminator",
            discriminator[0],
            objective.discriminator_loss,
            discriminator[1],
            discriminator_turns,
            clip,
            fresh,
        ),
    ]
    return players if generator_first else players[::-1]
