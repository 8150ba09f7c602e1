"""Enlargers examined on good pictures, bicubic interpolation beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ganvas.enhancement import Model
from ganvas.experiments.experiment import ExperimentError, MeasuredOn
from ganvas.experiments.measures import BORDER, MEASURES, Name, Trial, bicubic, defocused, measured
from ganvas.experiments.play import Played
from ganvas.images import Picture, read
from ganvas.report.detail import busiest, square
from ganvas.report.film import figure
from ganvas.report.folders import pictures_in, title
from ganvas.report.record import read_record
from ganvas.weights import load

LEAST = 4 * (2 * BORDER + 4)
"""Side, in pixels, of the smallest picture of which something is left when it is made small and its border cut."""

SHOWN = 3
"""How many test pictures are shown."""

SIDE = 96
"""Side, in pixels, of what is shown of each."""


@dataclass(frozen=True)
class Pictures:
    """The examiner of enlargers: ``truths``, the good pictures of ``folder``."""

    folder: str
    truths: Sequence[Picture]

    @property
    def measured_on(self) -> MeasuredOn:
        return "pictures"

    @property
    def count(self) -> int:
        return len(self.truths)

    @property
    def beside(self) -> str:
        return "bicubic interpolation"

    def meaning(self, name: Name) -> str:
        return MEASURES[name].meaning

    def figures(self, run: Played, names: Sequence[Name]) -> Mapping[Name, float]:
        return dict(measured(MEASURES, trial_of(run, self.truths), names))

    def baseline(self, run: Played, names: Sequence[Name]) -> Mapping[Name, float]:
        return dict(measured(MEASURES, baseline_of(trial_of(run, self.truths)), names))

    def shown(self, runs: Sequence[Played], names: Sequence[Name]) -> str:
        trials = {run.arm: trial_of(run, self.truths[:SHOWN]) for run in runs}
        first = next(iter(trials.values()))
        trials = {self.beside: baseline_of(first), **trials}
        rows = "".join(_row(trials, number) for number in range(len(first.truths)))
        if "texture on defocus" in names:
            rows += _defocus(trials)
        return f"<h2>Pictures</h2><p>Of the first seed; the same place, where the truth is busiest.</p>{rows}"


def open_pictures(folder: Path) -> Pictures:
    """The pictures of ``folder``; :class:`ExperimentError` where one is too small to be measured."""
    paths = pictures_in(folder)
    truths = [read(path) for path in paths]
    for path, truth in zip(paths, truths, strict=True):
        if min(truth.width, truth.height) < LEAST:
            size = f"{truth.width} x {truth.height}"
            raise ExperimentError(f"{path} has {size} pixels: pictures to measure on need {LEAST} a side")
    return Pictures(title(folder), truths)


def trial_of(run: Played, truths: Sequence[Picture]) -> Trial:
    """The model of ``run`` before ``truths``, in float32 on the processor, whatever it was trained on."""
    model = Model(load(run.model), precision="fp32", device="cpu")
    return Trial(model, model.scale, model.reduction or "bicubic", truths, read_record(run.folder))


def baseline_of(trial: Trial) -> Trial:
    """Bicubic interpolation before the same pictures."""
    return Trial(_bicubic(trial.scale), trial.scale, trial.reduction, trial.truths)


def _bicubic(scale: int) -> Callable[[Picture], Picture]:
    return lambda low: bicubic(low, scale)


def _row(trials: dict[str, Trial], number: int) -> str:
    truth = next(iter(trials.values())).pairs[number][1]
    place = busiest(truth, SIDE)
    shown = figure(square(truth, place, SIDE), "truth", "detail")
    for label, trial in trials.items():
        shown += figure(square(trial.pairs[number][0], place, SIDE), label, "detail")
    return f'<section><div class="details">{shown}</div></section>'


def _defocus(trials: dict[str, Trial]) -> str:
    """The first picture out of focus, as each arm enlarges it, its contrast at the place as it is."""
    trial = next(iter(trials.values()))
    low = Picture.from_tensor(defocused(trial.truths[0], trial))
    shown = ""
    for label, each in trials.items():
        made = each.enlarge(low)
        shown += figure(square(made, busiest(trial.pairs[0][1], SIDE), SIDE), label, "detail")
    return f'<h3>Out of focus</h3><section><div class="details">{shown}</div></section>'
