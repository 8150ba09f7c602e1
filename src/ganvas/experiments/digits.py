"""Classifiers examined on the test digits, which they did not learn from."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn import functional

from ganvas.data.digits import Digits, open_digits
from ganvas.experiments.experiment import MeasuredOn
from ganvas.experiments.measures import Measure, Name, measured
from ganvas.experiments.play import Played
from ganvas.images import Picture
from ganvas.report.film import figure
from ganvas.report.folders import title
from ganvas.weights import load

SHOWN = 4
"""How many misread digits are shown of each arm."""

AT_ONCE = 250
"""Digits in memory as maps of features."""


@dataclass(frozen=True)
class Answers:
    """Logits (N, 10) of a classifier, and the right ``labels`` (N,)."""

    logits: torch.Tensor
    labels: torch.Tensor

    @property
    def read(self) -> torch.Tensor:
        """What each was taken for, (N,)."""
        return self.logits.argmax(dim=1)

    @property
    def losses(self) -> torch.Tensor:
        """Cross-entropies, (N,): how sure it was of something else."""
        return functional.cross_entropy(self.logits, self.labels, reduction="none")

    @property
    def misread(self) -> list[int]:
        """The places of the wrong answers, the surest first."""
        surest = self.losses.argsort(descending=True, stable=True)
        return surest[(self.read != self.labels)[surest]].tolist()


def accuracy(answers: Answers) -> float:
    return 1 - len(answers.misread) / len(answers.labels)


def loss(answers: Answers) -> float:
    return answers.losses.mean().item()


MEASURES: Mapping[Name, Measure[Answers]] = {
    "test accuracy": Measure("share of the test digits read rightly, after the last epoch", accuracy),
    "test loss": Measure("mean cross-entropy on the test digits, after the last epoch; lower is better", loss),
}


@dataclass(frozen=True)
class DigitReading:
    """The examiner of classifiers: ``digits`` of ``folder``."""

    folder: str
    digits: Digits

    @property
    def measured_on(self) -> MeasuredOn:
        return "digits"

    @property
    def count(self) -> int:
        return len(self.digits)

    @property
    def beside(self) -> str:
        return ""

    def meaning(self, name: Name) -> str:
        return MEASURES[name].meaning

    def figures(self, run: Played, names: Sequence[Name]) -> Mapping[Name, float]:
        return dict(measured(MEASURES, self.answers(run), names))

    def baseline(self, run: Played, names: Sequence[Name]) -> Mapping[Name, float]:
        return {}

    def shown(self, runs: Sequence[Played], names: Sequence[Name]) -> str:
        rows = "".join(self._row(run) for run in runs)
        return f"<h2>Misread digits</h2><p>Of the first seed, the surest errors first.</p>{rows}"

    def answers(self, run: Played) -> Answers:
        """Those of the classifier of ``run``, on the processor, whatever it was trained on."""
        image, label = self.digits[:]
        net = load(run.model).net
        return Answers(torch.cat([net(some) for some in image.split(AT_ONCE)]), label)

    def _row(self, run: Played) -> str:
        answers, images = self.answers(run), self.digits[:].image
        drawn = ""
        for index in answers.misread[:SHOWN]:
            caption = f"{answers.labels[index]}, read as {answers.read[index]}"
            drawn += figure(Picture.from_tensor(images[index, None].expand(1, 3, -1, -1)), caption, "detail")
        shown = f'<div class="details">{drawn}</div>' if drawn else "<p>None.</p>"
        return f"<section><h3>{html.escape(run.arm)}</h3>{shown}</section>"


def open_test_digits(folder: Path) -> DigitReading:
    """The test digits beside those to learn from."""
    return DigitReading(title(folder), open_digits(folder, "t10k"))
