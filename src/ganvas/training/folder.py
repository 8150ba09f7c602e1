"""The run folder: everything that a training leaves behind."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import torch

from ganvas.game import Result, Round
from ganvas.training.snapshots import Snapshots

GRADIENT = "gradient norm"
"""What a line of the log tells of each player beside the terms of its loss: one whose gradient dies learns nothing."""


class RunFolder:
    """``log.jsonl`` (a line every ``every`` rounds), ``timing.txt`` (seconds a stage) and ``snapshots/`` in ``folder``.

    On resuming, lines of rounds that will be played again are dropped, so that the log is that of an unbroken run.
    Only the process with ``rank`` 0 writes. TensorBoard events go beside the log where TensorBoard is installed.
    """

    def __init__(self, folder: Path, every: int = 50, rank: int = 0) -> None:
        self.folder, self.every, self.rank = folder, every, rank
        folder.mkdir(parents=True, exist_ok=True)
        self.snapshots = Snapshots(folder / "snapshots", rank)
        self.log = folder / "log.jsonl"
        if rank == 0:
            self._rewind()
        self._events = _event_writer(folder) if rank == 0 else None

    def record(self, played: Round, **extra: float) -> None:
        """Adds ``played`` (and, where given, validation figures) to the log."""
        name = played.stage.name
        if self.rank or not (extra or played.last or (played.number + 1) % self.every == 0):
            return
        figures = {player: {**terms, **_gradient(played, player)} for player, terms in played.result.items()}
        line = {"stage": played.index, "name": name, "round": played.number + 1, **figures, **extra}
        with self.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        self._draw(played, figures, extra)
        if played.last:
            with (self.folder / "timing.txt").open("a", encoding="utf-8") as file:
                file.write(f"{name}: {played.number + 1} rounds, {played.stage.seconds:.1f} s\n")

    def _draw(self, played: Round, figures: Result, extra: dict[str, float]) -> None:
        if self._events is None:
            return
        for player, terms in figures.items():
            for term, value in terms.items():
                self._events.add_scalar(f"{played.stage.name}/{player}/{term}", value, played.number + 1)
        for name, value in extra.items():
            self._events.add_scalar(f"{played.stage.name}/{name}", value, played.number + 1)
        self._events.flush()

    def _rewind(self) -> None:
        if not self.log.exists():
            return
        place = self.snapshots.progress()
        kept = [line for line in self.log.read_text(encoding="utf-8").splitlines() if place and _before(line, place)]
        scratch = self.log.with_suffix(".partial")
        scratch.write_text("".join(line + "\n" for line in kept), encoding="utf-8")
        os.replace(scratch, self.log)


def _gradient(played: Round, name: str) -> dict[str, float]:
    """The norm of the gradient by which the player ``name`` moved last, where its step has left it."""
    players = [player for player in played.stage.players if player.name == name]
    gradients = [parameter.grad for player in players for parameter in player.parameters if parameter.grad is not None]
    if not gradients:
        return {}
    return {GRADIENT: torch.stack([gradient.detach().norm() for gradient in gradients]).norm().item()}


def _before(line: str, place: tuple[int, int]) -> bool:
    try:
        entry = json.loads(line)
    except json.JSONDecodeError:  # the run was killed while it wrote this line
        return False
    return (entry["stage"], entry["round"] - 1) <= place


def _event_writer(folder: Path) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(folder / "events"))
