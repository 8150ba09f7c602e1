"""Plays the arms of an experiment one after another, and goes on where it was stopped."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from ganvas.experiments.experiment import Arm, Experiment, ExperimentError, Preset
from ganvas.game import Round
from ganvas.recipes import Recipe
from ganvas.report.preview import preview_of
from ganvas.runs import Settings, Watch, recipe_of, train_into

MOMENTS = 15
"""How often in the course of a run, its first round not counted, what it makes is drawn where it reads nothing."""

Watching = Callable[[str], AbstractContextManager[Watch]]
"""Given the title of a run, something to enter that yields what is shown its rounds."""


@dataclass(frozen=True)
class Played:
    """A run of one arm, finished; ``seconds`` of all processors, those of a killed process not among them."""

    arm: str
    seed: int
    folder: Path
    seconds: float

    @property
    def model(self) -> Path:
        return self.folder / "model.safetensors"


@dataclass(frozen=True)
class Place:
    """Where an experiment is played: crops in ``data`` (None: it reads nothing), run folders below ``runs``, on
    ``device``.
    """

    data: Path | None
    runs: Path
    device: str = "cpu"


def play(experiment: Experiment, preset: Preset, place: Place, watching: Watching) -> list[Played]:
    """All runs of ``experiment``, arm by arm and seed by seed, each in ``runs``/NAME-PRESET/ARM-seedN.

    What was played is not played again; a stopped run is gone on with. Raises :class:`ExperimentError` where a folder
    holds a run of other settings or data, and :class:`ganvas.runs.RunError`, once all is saved, when Ctrl-C stops it.
    """
    arms, seeds = experiment.arms[preset], experiment.seeds[preset]
    wanted = [(label, arm, seed) for label, arm in arms.items() for seed in range(seeds)]
    played: list[Played] = []
    for number, (label, arm, seed) in enumerate(wanted, start=1):
        folder = place.runs / f"{experiment.name}-{preset}" / f"{_slug(label)}-seed{seed}"
        title = f"{number} of {len(wanted)}: {label}, seed {seed}"
        played.append(Played(label, seed, folder, play_into(folder, arm, seed, place, title, watching)))
    return played


def play_into(folder: Path, arm: Arm, seed: int, place: Place, title: str, watching: Watching) -> float:
    """Has ``arm`` played in ``folder``, unless it was, and gives the processor time of that; raises as :func:`play`."""
    recipe = arm.seeded(seed)
    if (folder / "recipe.json").exists() and recipe_of(folder) != recipe:
        raise ExperimentError(f"{folder} holds a run with other settings: give another --runs, or remove that folder")
    spent = _Spent.read(folder, place.data)
    if spent.finished:
        return spent.seconds
    begin, finished = time.process_time(), False
    try:
        with watching(title) as watch:
            # A line a round would make the log of a long run the heaviest part of it; of a short one it is the curve.
            settings = Settings(seed, log_every=20, device=place.device)
            train_into(folder, recipe, place.data, settings, _drawing(folder, recipe, watch))
        finished = True
    finally:
        spent = _Spent(spent.data, spent.seconds + time.process_time() - begin, finished)
        spent.store(folder)
    return spent.seconds


def _drawing(folder: Path, recipe: Recipe, watch: Watch) -> Watch:
    """``watch``, and pictures of the run's progress where its recipe reads nothing."""
    rounds: int = getattr(recipe, "rounds", 0)
    preview = preview_of(folder, recipe, None, max(1, rounds // MOMENTS)) if recipe.reading == "nothing" else None
    if preview is None:
        return watch

    def see(played: Round) -> None:
        watch(played)
        preview(played)

    return see


@dataclass(frozen=True)
class _Spent:
    """What a run folder says in played.json."""

    data: str
    seconds: float = 0.0
    finished: bool = False

    @classmethod
    def read(cls, folder: Path, data: Path | None) -> _Spent:
        path, own = folder / "played.json", "" if data is None else str(data.resolve())
        if not path.exists():
            return cls(own)
        held = cls(**json.loads(path.read_text(encoding="utf-8")))
        if held.data != own:
            raise ExperimentError(f"{folder} was played on {held.data}: give that --data, or another --runs")
        return held

    def store(self, folder: Path) -> None:
        if not folder.is_dir():
            return
        scratch = folder / "played.partial"
        scratch.write_text(json.dumps(vars(self)) + "\n", encoding="utf-8")
        os.replace(scratch, folder / "played.json")


def _slug(label: str) -> str:
    """``label`` as a part of a path.

    >>> _slug("stride 2, kernel 4")
    'stride-2-kernel-4'
    """
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")
