"""Nets that keep the size examined on pairs: given ones, or pictures that are spoilt for it; the input beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from ganvas.data.paired import PairedPhotos
from ganvas.data.spoilt import Spoil
from ganvas.degrade.haze import Haze
from ganvas.degrade.motion import MotionBlur
from ganvas.enhancement import Model
from ganvas.experiments.experiment import ExperimentError, MeasuredOn
from ganvas.experiments.measures import Name, measured
from ganvas.experiments.play import Played
from ganvas.experiments.restored import MEASURES, Restored
from ganvas.images import Picture, read
from ganvas.metrics.fidelity import WINDOW
from ganvas.recipes import Recipe
from ganvas.recipes.candy import CANDYRecipe
from ganvas.recipes.pix2pix import Pix2PixRecipe
from ganvas.report.detail import busiest, square
from ganvas.report.film import figure
from ganvas.report.folders import pictures_in, title
from ganvas.runs import recipe_of
from ganvas.weights import load

SHOWN = 3
"""How many pairs are shown."""

SIDE = 128
"""Side, in pixels, of what is shown of each."""


class Pair(NamedTuple):
    """What a net is given, and the truth."""

    input: Picture
    truth: Picture


class Spoiling(NamedTuple):
    """What happens to test pictures, and how many border pixels are cut afterwards: they saw what is not there."""

    spoil: Spoil
    margin: int


SPOILS: Mapping[MeasuredOn, Spoiling] = {
    "shaken pictures": Spoiling(MotionBlur(), 30),
    "hazy pictures": Spoiling(Haze(), 0),
}


@dataclass(frozen=True)
class PairReading:
    """The examiner on ``count`` pairs of ``folder``; ``pair`` gives one by its number, in squares of a side if asked
    for.
    """

    folder: str
    measured_on: MeasuredOn
    count: int
    pair: Callable[[int, int | None], Pair]

    @property
    def beside(self) -> str:
        return "the input"

    def meaning(self, name: Name) -> str:
        return MEASURES[name].meaning

    def figures(self, run: Played, names: Sequence[Name]) -> Mapping[Name, float]:
        return dict(measured(MEASURES, Restored(self.restored(run, self.count)), names))

    def baseline(self, run: Played, names: Sequence[Name]) -> Mapping[Name, float]:
        return dict(measured(MEASURES, Restored(self._pairs(run, self.count)), names))

    def shown(self, runs: Sequence[Played], names: Sequence[Name]) -> str:
        count = min(SHOWN, self.count)
        inputs = self._pairs(runs[0], count)
        made = {run.arm: self.restored(run, count) for run in runs}
        rows = ""
        for number, (input, truth) in enumerate(inputs):
            place = busiest(truth, SIDE)
            drawn = {"input": input, "truth": truth, **{arm: pairs[number][0] for arm, pairs in made.items()}}
            shown = "".join(figure(square(each, place, SIDE), label, "detail") for label, each in drawn.items())
            rows += f'<section><div class="details">{shown}</div></section>'
        return f"<h2>Pictures</h2><p>Of the first seed; the same place, where the truth is busiest.</p>{rows}"

    def restored(self, run: Played, count: int) -> list[tuple[Picture, Picture]]:
        """What the net of ``run`` makes of each of the first ``count`` inputs, and the truth."""
        model = Model(load(run.model), precision="fp32", device="cpu")
        made: list[tuple[Picture, Picture]] = []
        for number, (input, truth) in enumerate(self._pairs(run, count)):
            # Some nets drop out at test time too: each picture has chances of its own, the same for every arm.
            with torch.random.fork_rng([]):
                torch.manual_seed(number)
                made.append((model(input), truth))
        return made

    def _pairs(self, run: Played, count: int) -> list[tuple[Picture, Picture]]:
        side = side_of(recipe_of(run.folder))
        return [self.pair(number, side) for number in range(count)]


def side_of(recipe: Recipe) -> int | None:
    """The square that a test picture is resized to where ``recipe`` learns from squares: that of its patches, as in
    Pix2Pix; None where pictures come as they are.
    """
    if recipe.reading == "pairs" and isinstance(recipe, Pix2PixRecipe | CANDYRecipe) and recipe.side is not None:
        return recipe.patch
    return None


def open_pairs(folder: Path) -> PairReading:
    """The pairs of ``folder``, in either layout; DataError where the two of a pair do not fit, :class:`ExperimentError`
    where they are the same: an input without any error has no PSNR to begin from.
    """
    photos = PairedPhotos(folder)
    for number in range(len(photos)):
        both = photos.pair(number, least=WINDOW)
        if np.array_equal(both[..., :3], both[..., 3:]):
            raise ExperimentError(f"{photos.files[number][1]} is the same as its target: test on pairs that differ")
    return PairReading(title(folder), "pairs", len(photos), partial(_given, photos))


def open_spoilt(folder: Path, measured_on: MeasuredOn) -> PairReading:
    """The pictures of ``folder``, each spoilt in a way of its own, the same every time; :class:`ExperimentError` where
    one is too small.
    """
    spoiling = SPOILS[measured_on]
    paths = pictures_in(folder)
    truths = [read(path) for path in paths]
    least = 2 * spoiling.margin + WINDOW
    for path, truth in zip(paths, truths, strict=True):
        if min(truth.width, truth.height) < least:
            size = f"{truth.width} x {truth.height}"
            raise ExperimentError(f"{path} has {size} pixels: pictures to measure on need {least} a side")
    return PairReading(title(folder), measured_on, len(truths), partial(_spoilt, truths, spoiling))


def _given(photos: PairedPhotos, number: int, side: int | None) -> Pair:
    both = torch.from_numpy(photos.pair(number, side)).permute(2, 0, 1).float() / 255
    return Pair(Picture.from_tensor(both[:3]), Picture.from_tensor(both[3:]))


def _spoilt(truths: Sequence[Picture], spoiling: Spoiling, number: int, _side: int | None) -> Pair:
    truth = truths[number].tensor()
    input = spoiling.spoil(truth, np.random.default_rng(number)).clamp(0, 1).mul(255).round().div(255)
    rows, columns = (slice(spoiling.margin, length - spoiling.margin) for length in truth.shape[-2:])
    return Pair(*(Picture.from_tensor(image[..., rows, columns]) for image in (input, truth)))
