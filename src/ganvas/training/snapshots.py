"""Snapshots: everything a stage needs to go on exactly as if it had never been stopped."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ganvas.game import Round, Stage


class Snapshots:
    """One file a stage in ``folder``, replaced atomically: killed at any moment, a whole one is there.

    A file holds the nets, the optimisers, the stage's memory, its place in the data and every random state. On the same
    kind of device, with as many processes, a resumed play gives the same bits as one that was never stopped. ``rank``
    is this process's number; the first process writes for all.
    """

    def __init__(self, folder: Path, rank: int = 0) -> None:
        self.folder, self.rank = folder, rank
        folder.mkdir(parents=True, exist_ok=True)

    def save(self, played: Round) -> None:
        """Writes the state after ``played``. A state with NaN or infinity in it is refused: the last good one stays."""
        stage = played.stage
        randomness, own = _gathered(_random_state()), _gathered(_own_memory(stage) if self.rank else {})
        if self.rank:
            return
        state: dict[str, Any] = {
            "round": played.number,
            "finished": played.last,
            "seconds": stage.seconds,
            "position": stage.data.position,
            "nets": {player.name: player.net.state_dict() for player in stage.players},
            "optimizers": {player.name: player.optimizer.state_dict() for player in stage.players},
            "memory": {name: thing.state_dict() for name, thing in stage.memory.items()},
            "random": randomness,
            "own": own,
        }
        if not _finite(state["nets"]):
            return
        path = self._path(played.index)
        scratch = path.with_suffix(".partial")
        torch.save(state, scratch)
        os.replace(scratch, path)

    def restore(self, index: int, stage: Stage[Any]) -> int:
        """Puts ``stage`` back to where it was and returns the number of its next round (0: none was played)."""
        path = self._path(index)
        if not path.exists():
            return 0
        state = torch.load(path, map_location="cpu", weights_only=True)
        for player in stage.players:
            player.net.load_state_dict(state["nets"][player.name])
            player.optimizer.load_state_dict(state["optimizers"][player.name])
        own = _of(self.rank, state.get("own", [])) or {}
        for name, thing in stage.memory.items():
            thing.load_state_dict(own.get(name, state["memory"][name]))
        stage.data.position = state["position"]
        stage.seconds = state.get("seconds", 0.0)  # of a run from before they were counted
        if (randomness := _of(self.rank, state["random"])) is not None:
            _set_random_state(randomness)
        return stage.rounds if state["finished"] else state["round"] + 1

    def progress(self) -> tuple[int, int] | None:
        """The stage and the number of the last round that can be gone back to, or nothing."""
        files = sorted(self.folder.glob("stage-*.pt"))
        if not files:
            return None
        state = torch.load(files[-1], map_location="cpu", weights_only=True, mmap=True)
        return int(files[-1].stem.split("-")[1]), state["round"]

    def _path(self, index: int) -> Path:
        return self.folder / f"stage-{index:03}.pt"


def _random_state() -> dict[str, Any]:
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return {"torch": torch.get_rng_state(), "cuda": cuda, "python": random.getstate()}


def _set_random_state(state: dict[str, Any]) -> None:
    torch.set_rng_state(state["torch"])
    if state["cuda"] and torch.cuda.device_count() == len(state["cuda"]):
        torch.cuda.set_rng_state_all(state["cuda"])
    random.setstate(state["python"])


def _own_memory(stage: Stage[Any]) -> dict[str, Any]:
    """What each of several processes remembers for itself, such as a pool of its fakes; nets are the same in all."""
    return {name: thing.state_dict() for name, thing in stage.memory.items() if not isinstance(thing, nn.Module)}


def _of(rank: int, states: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The state of process ``rank``, or nothing where there were fewer processes then."""
    return states[rank] if rank < len(states) else None


def _gathered(state: dict[str, Any]) -> list[dict[str, Any]]:
    if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
        return [state]
    states: list[Any] = [None] * torch.distributed.get_world_size()
    torch.distributed.all_gather_object(states, state)
    return states


def _finite(nets: dict[str, dict[str, torch.Tensor]]) -> bool:
    return all(bool(tensor.isfinite().all()) for net in nets.values() for tensor in net.values())
