"""What an experiment came to: its figures, and the verdict on them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ganvas.enhancement import Model
from ganvas.experiments.experiment import Experiment, ExperimentError, Preset
from ganvas.experiments.measures import BORDER, Trial, bicubic, measured
from ganvas.experiments.play import Played
from ganvas.experiments.verdict import Figures, Verdict
from ganvas.images import Picture, read
from ganvas.report.folders import pictures_in
from ganvas.report.record import read_record
from ganvas.report.text import write_text
from ganvas.weights import card_of, load

LEAST = 4 * (2 * BORDER + 4)
"""Side, in pixels, of the smallest picture of which something is left when it is made small and its border cut."""


@dataclass(frozen=True)
class Result:
    """``figures`` by arm, ``baseline`` those of bicubic interpolation; ``parameters`` of each arm's net; ``pictures``
    is the test set and how many it has.
    """

    experiment: Experiment
    preset: Preset
    played: Sequence[Played]
    pictures: tuple[str, int]
    figures: Figures
    baseline: Mapping[str, float]
    parameters: Mapping[str, int]

    @property
    def verdict(self) -> Verdict:
        return self.experiment.verdict(self.figures)

    def as_json(self) -> dict[str, Any]:
        """All of it that is not in the run folders, with each arm's settings."""
        arms = self.experiment.arms[self.preset]
        return {
            "experiment": self.experiment.name,
            "claim": self.experiment.claim,
            "preset": self.preset,
            "verdict": asdict(self.verdict),
            "test": {"folder": self.pictures[0], "pictures": self.pictures[1]},
            "arms": {label: {"recipe": arm.recipe, "settings": dict(arm.settings)} for label, arm in arms.items()},
            "figures": self.figures,
            "bicubic": self.baseline,
            "parameters": self.parameters,
            "cpu_seconds": {f"{run.arm}, seed {run.seed}": round(run.seconds, 3) for run in self.played},
        }

    def store(self, path: Path) -> None:
        """Writes :meth:`as_json` to ``path``."""
        write_text(path, json.dumps(self.as_json(), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def trial_of(run: Played, truths: Sequence[Picture]) -> Trial:
    """The model of ``run`` before ``truths``, in float32 on the processor, whatever it was trained on."""
    model = Model(load(run.model), precision="fp32", device="cpu")
    return Trial(model, model.scale, model.reduction or "bicubic", truths, read_record(run.folder))


def baseline_of(trial: Trial) -> Trial:
    """Bicubic interpolation before the same pictures."""
    return Trial(_bicubic(trial.scale), trial.scale, trial.reduction, trial.truths)


def truths_in(folder: Path) -> list[Picture]:
    """The pictures of ``folder``; :class:`ExperimentError` where one is too small to be measured."""
    paths = pictures_in(folder)
    truths = [read(path) for path in paths]
    for path, truth in zip(paths, truths, strict=True):
        if min(truth.width, truth.height) < LEAST:
            size = f"{truth.width} x {truth.height}"
            raise ExperimentError(f"{path} has {size} pixels: pictures to measure on need {LEAST} a side")
    return truths


def weigh(
    experiment: Experiment, preset: Preset, played: Sequence[Played], test: str, truths: Sequence[Picture]
) -> Result:
    """Measures every run of ``played`` on ``truths``, the pictures of the folder called ``test``."""
    figures: dict[str, dict[str, list[float]]] = {run.arm: {} for run in played}
    parameters: dict[str, int] = {}
    for run in played:
        for name, figure in measured(trial_of(run, truths), experiment.measures):
            figures[run.arm].setdefault(name, []).append(figure)
        parameters[run.arm] = card_of(run.model).parameters
    baseline: dict[str, float] = dict(measured(baseline_of(trial_of(played[0], truths)), experiment.measures))
    return Result(experiment, preset, played, (test, len(truths)), figures, baseline, parameters)


def _bicubic(scale: int) -> Callable[[Picture], Picture]:
    return lambda low: bicubic(low, scale)
