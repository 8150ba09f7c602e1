"""Generators of points examined on the modes of their distribution, which they know of by samples alone."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch

from ganvas.data.synthetic import divisor, ring_centres
from ganvas.experiments.experiment import ExperimentError, MeasuredOn
from ganvas.experiments.measures import Measure, Name, measured
from ganvas.experiments.moving import animation, film_of
from ganvas.experiments.play import Played
from ganvas.metrics.modes import SAMPLES, Coverage, coverage
from ganvas.report.film import figure, moments, picture_at, sample_note
from ganvas.report.preview import PLANE, fixed_noise
from ganvas.report.record import read_record
from ganvas.runs import recipe_of
from ganvas.weights import load

DEVIATION = 0.02
"""Of each Gaussian of the ring."""

SHOWN = 6
"""How many moments are shown of each arm."""

STYLE = (
    ".moments img.detail { image-rendering: auto; }"
    " @media (min-width: 30rem) { .moments { grid-template-columns: repeat(6, 1fr); } }"
    " @media (prefers-reduced-motion: reduce) { .moving { display: none; } }"
)
"""A row an arm, but on a phone, and dots that stay round; nothing moves for whom that is too much."""

MEASURES: Mapping[Name, Measure[Coverage]] = {
    "modes": Measure("centres with at least 25 of the samples within 3 deviations", lambda c: c.modes),
    "high quality": Measure("share of the samples within 3 deviations of a centre", lambda c: c.quality),
    "loose modes": Measure(
        "centres with at least 25 of the samples within a quarter of the ring's radius", lambda c: c.loose
    ),
    "mean radius": Measure("mean distance of the samples from the middle; the ring's radius is 2", lambda c: c.radius),
}


@dataclass(frozen=True)
class PointReading:
    """The examiner of generators of points on the ring."""

    @property
    def measured_on(self) -> MeasuredOn:
        return "nothing"

    @property
    def folder(self) -> str:
        return ""

    @property
    def count(self) -> int:
        return SAMPLES

    @property
    def beside(self) -> str:
        return ""

    def meaning(self, name: Name) -> str:
        return MEASURES[name].meaning

    def figures(self, run: Played, names: Sequence[Name]) -> Mapping[Name, float]:
        return dict(measured(MEASURES, coverage(points_of(run), ring_centres(), DEVIATION), names))

    def baseline(self, run: Played, names: Sequence[Name]) -> Mapping[Name, float]:
        return {}

    def shown(self, runs: Sequence[Played], names: Sequence[Name]) -> str:
        rows = "".join(map(_row, runs))
        note = f"<p>Of the first seed.</p>{sample_note('points')}"
        film = film_of(self.film(runs), "The samples of all arms over their rounds, side by side")
        return f"<style>{STYLE}</style><h2>Samples over time</h2>{note}{film}{rows}"

    def film(self, runs: Sequence[Played]) -> bytes:
        """A GIF of what the generators of ``runs`` made over time; b"" where nothing was drawn."""
        return animation(runs, "points")


def points_of(run: Played) -> torch.Tensor:
    """What the generator of ``run`` makes of the same noise each time, (2500, 2), as if the ring were not divided."""
    recipe = recipe_of(run.folder)
    if not isinstance(recipe, PLANE) or recipe.data != "ring":
        raise ExperimentError(f"{run.folder} holds no run on the ring of Gaussians, whose modes are counted here")
    net = load(run.model).net
    return net(fixed_noise(SAMPLES, recipe.noise)) * divisor(recipe.data, recipe.divide)


def _row(run: Played) -> str:
    """What the generator of ``run`` made at some moments, the first and the last among them."""
    frames = [frame for frame in read_record(run.folder).frames if frame.name == "points"]
    chosen = moments(frames, SHOWN) if frames else []
    shown = "".join(
        figure(picture_at(frame.path), f"{frame.at:,} rounds", "detail") for frame in frames if frame.at in chosen
    )
    return f'<section><h3>{html.escape(run.arm)}</h3><div class="details moments">{shown}</div></section>'
