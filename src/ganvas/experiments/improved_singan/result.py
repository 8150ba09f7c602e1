"""What the trainings came to on all photos: figures, and the notes' verdicts beside ours."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean
from typing import Any, get_args

from ganvas.experiments.experiment import Preset
from ganvas.experiments.improved_singan.arms import ARMS, NAME, ORIGINAL, SAMPLES, SETTINGS, recipe
from ganvas.experiments.improved_singan.measuring import PROTOCOL, Bench, Measure, Outcome
from ganvas.experiments.improved_singan.notes import SAID
from ganvas.experiments.improved_singan.photos import Photo
from ganvas.experiments.play import Played
from ganvas.experiments.verdict import Answer, Figures, Verdict

BICUBIC, PATCHES = "bicubic", "patches"

MEASURES: tuple[Measure, ...] = get_args(Measure)

ANSWERS: Mapping[Answer, str] = {"agree": "agree", "disagree": "disagree", "undecided": "cannot tell"}


@dataclass(frozen=True)
class Result:
    """``outcomes`` of :data:`BICUBIC`, :data:`PATCHES` and all arms, one for each of the ``photos``."""

    preset: Preset
    photos: Sequence[Photo]
    outcomes: Mapping[str, Sequence[Outcome]]

    @cached_property
    def figures(self) -> Figures:
        """One figure a photo."""
        return {row: self._of(outcomes) for row, outcomes in self.outcomes.items()}

    @cached_property
    def verdicts(self) -> Mapping[str, Verdict]:
        """Ours, of each arm that the notes have one of."""
        return {arm: said.verdict(self.figures, arm) for arm, said in SAID.items()}

    @property
    def spent(self) -> float:
        """The processor time of all trainings, in seconds."""
        return sum(sum(self.figures[arm]["processor time"]) for arm in ARMS)

    @property
    def meanings(self) -> Mapping[Measure, tuple[str, str]]:
        """The head and the meaning of each measure; a distance of features is not called SIFID where it is not."""
        evaluation = self.outcomes[ORIGINAL][0].evaluation
        assert evaluation is not None
        label, protocol = evaluation.sifid[0].label, PROTOCOL.describe()
        return {
            "PSNR": ("PSNR, dB", f"enlarged, against what was held back: {protocol}; higher is nearer"),
            "SSIM": ("SSIM", "likewise; 1 is equal"),
            "perceptual distance": ("perceptual distance", f"likewise. {PROTOCOL.measures()['distance']}"),
            "sample distance": (label, "; ".join(evaluation.conditions()[:-2])),
            "diversity": ("diversity", evaluation.conditions()[-2]),
            "reconstruction error": ("reconstruction error", "root of the mean squared error, of 255, of RGB"),
            "time": ("time", "of the training of all levels, by the clock, as in the notes' file of times"),
            "processor time": ("processor time", "of the training, which other work of the machine sways less"),
        }

    def mean(self, row: str, measure: Measure) -> float | None:
        figures = self.figures[row].get(measure)
        return fmean(figures) if figures else None

    def speed(self, row: str) -> float | None:
        """How many times the processor time of ``row`` the original training takes."""
        mine, original = self.mean(row, "processor time"), self.mean(ORIGINAL, "processor time")
        return None if mine is None or original is None else original / mine

    def as_json(self) -> str:
        """All of it that is no picture."""
        held = {
            "experiment": NAME,
            "preset": self.preset,
            "settings": SETTINGS[self.preset],
            "samples": SAMPLES[self.preset],
            "photos": {photo.name: _sizes(photo) for photo in self.photos},
            "measures": {measure: ": ".join(said) for measure, said in self.meanings.items()},
            "cpu_seconds": round(self.spent, 1),
            "rows": {row: self._row(row) for row in self.outcomes},
        }
        return json.dumps(held, indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    def _row(self, row: str) -> dict[str, Any]:
        means = {measure: mean for measure in MEASURES if (mean := self.mean(row, measure)) is not None}
        names = [photo.name for photo in self.photos]
        held: dict[str, Any] = {"means": means, "speed_up": self.speed(row)}
        if row in SAID:
            verdict = self.verdicts[row]
            held |= {"notes": SAID[row].words, "verdict": ANSWERS[verdict.agrees], "why": verdict.why}
        if row in ARMS:
            held["settings"] = recipe(row, self.preset).model_dump(mode="json")
        return {**held, "photos": dict(zip(names, map(_outcome, self.outcomes[row]), strict=True))}

    def _of(self, outcomes: Sequence[Outcome]) -> dict[str, list[float]]:
        return {
            measure: [outcome.figures[measure] for outcome in outcomes]
            for measure in MEASURES
            if all(measure in outcome.figures for outcome in outcomes)
        }


def measure(photos: Sequence[Photo], preset: Preset, played: Mapping[str, Sequence[Played]], bench: Bench) -> Result:
    """What ``played`` came to, and what it is to be seen against."""
    outcomes = {
        BICUBIC: [bench.bicubic(photo) for photo in photos],
        PATCHES: [bench.patches(photo) for photo in photos],
        **{
            arm: [bench.trained(photo, run) for photo, run in zip(photos, runs, strict=True)]
            for arm, runs in played.items()
        },
    }
    return Result(preset, photos, outcomes)


def _sizes(photo: Photo) -> dict[str, list[int]]:
    return {name: [each.width, each.height] for name, each in (("held back", photo.truth), ("learnt", photo.low))}


def _outcome(outcome: Outcome) -> dict[str, Any]:
    held: dict[str, Any] = {**outcome.figures}
    if outcome.evaluation is not None:
        held["seconds_per_sample"] = outcome.evaluation.seconds
    if outcome.levels:
        held["levels"] = [level._asdict() for level in outcome.levels]
    return held
