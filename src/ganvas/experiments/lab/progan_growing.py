"""Nets that grow against the same nets at full size from the start, shown as many pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from ganvas.data.collection import Collection, Pictures
from ganvas.experiments.experiment import Preset
from ganvas.experiments.lab.demonstration import Demonstrated, Demonstration, Seen, beside
from ganvas.experiments.lab.known import seeded
from ganvas.experiments.lab.pictures import coloured, sheet
from ganvas.experiments.verdict import Figures, Verdict, every, lower
from ganvas.game import Stage
from ganvas.metrics.sliced import Swd, swd
from ganvas.nets.progan import doubled
from ganvas.recipes.progan import ProGANRecipe
from ganvas.report.curves import Curve, Points, chart

GROWN, WHOLE = "grown", "whole from the start"
SECONDS, PACE = "seconds", "pictures a second at full size"
AT_ONCE = "SWD when the grown one is done"
MEAN, FINE, COARSE = "SWD in the end", "of the finest level", "of the coarsest level"


class Size(NamedTuple):
    """Of pictures and nets; thousands of pictures while a level fades in, and again until the next, and in ``total``;
    ``decay`` of the average; how often, the start not counted, so many pictures are ``measured``.
    """

    side: int
    noise: int
    base: int
    largest: int
    batch: int
    fade: float
    total: float
    decay: float
    looks: int
    measured: int


SHOWN = 24
"""How many pictures are shown at each look."""

SIZES: dict[Preset, Size] = {
    "smoke": Size(16, 8, 64, 16, 8, 0.032, 0.2, 0.9, 1, 8),
    "small": Size(32, 64, 192, 32, 16, 1.5, 16.0, 0.99, 5, 128),
    "full": Size(64, 512, 2048, 256, 16, 100.0, 1200.0, 0.999, 24, 4096),
}


@dataclass
class Course:
    """What is seen of one training, measuring itself not counted: after so many ``seconds`` of processor time how many
    pictures were shown, and how far those that are made are from the ``data``.
    """

    data: Pictures
    size: Size
    noise: torch.Tensor
    seconds: float = 0.0
    rounds: int = 0
    full: tuple[float, int] = (0.0, 0)
    """Seconds and pictures when the full size was there."""
    shown: Points = field(default_factory=Points)
    seen: list[tuple[float, Swd]] = field(default_factory=list[tuple[float, Swd]])
    sheets: str = ""
    _since: float | None = None

    def stages(self, played: Iterator[Stage[Any]]) -> Iterator[Stage[Any]]:
        """Those of ``played``, watched."""
        for stage in played:
            if stage.name == f"{self.data.side} x {self.data.side}":
                self.full = self.seconds, self.pictures
            stage.schedules = [*stage.schedules, partial(self._before, stage.outcome)]
            yield stage
            self._clock()
            if self.pictures >= 1000 * self.size.total:
                self._look(stage.outcome)

    @property
    def pictures(self) -> int:
        return self.rounds * self.size.batch

    @property
    def pace(self) -> float:
        """Pictures a second since the full size was there."""
        seconds, pictures = self.full
        return (self.pictures - pictures) / (self.seconds - seconds)

    def distances(self, of: Callable[[Swd], float]) -> Points:
        """Over seconds."""
        return [(seconds, of(found)) for seconds, found in self.seen]

    def at(self, seconds: float) -> float:
        """The mean distance after so many ``seconds``, between the looks on a straight line."""
        times, distances = zip(*self.distances(mean), strict=True)
        return float(np.interp(seconds, times, distances))

    def _before(self, net: nn.Module, number: int) -> None:
        """A schedule: it counts the round before, and looks every so many rounds."""
        self._clock()
        if self.rounds % max(1, round(1000 * self.size.total / self.size.batch / self.size.looks)) == 0:
            self._look(net)
        self._since = time.process_time()

    def _clock(self) -> None:
        if self._since is not None:
            self.seconds += time.process_time() - self._since
            self.rounds += 1
            self._since = None

    @torch.no_grad()
    def _look(self, net: nn.Module) -> None:
        """Small pictures are measured as large ones of as large squares."""
        made = torch.cat([net(some) for some in self.noise.split(64)]).clamp(0, 1)
        while made.shape[-1] < self.data.side:
            made = doubled(made)
        real = self.data.stream(len(made), seed=0).batch(0).image
        self.seen.append((self.seconds, swd([coloured(made)], [coloured(real)])))
        self.shown.append((self.seconds, self.pictures))
        self.sheets += sheet(made[:SHOWN], f"{self.pictures:,} pictures, {self.seconds:.0f} s")


def play(preset: Preset, pictures: Collection) -> Demonstrated:
    size, seed = SIZES[preset], seeded()
    data = pictures.at(size.side, 1)
    noise = torch.randn(size.measured, size.noise)
    courses: dict[str, Course] = {}
    for case in (GROWN, WHOLE):
        recipe = _recipe(size, seed, growing=case == GROWN)
        courses[case] = Course(data, size, noise)
        yield from courses[case].stages(recipe.stages(pictures))
    done = courses[GROWN].seconds
    figures = {case: _figures(course, done) for case, course in courses.items()}
    return Seen(figures, _charts(courses) + _sheets(courses, data))


def _recipe(size: Size, seed: int, *, growing: bool) -> ProGANRecipe:
    return ProGANRecipe(
        side=size.side,
        channels=1,
        noise=size.noise,
        base=size.base,
        largest=size.largest,
        batches=(size.batch,),
        fade=size.fade,
        stabilise=size.fade,
        total=size.total,
        decay=size.decay,
        growing=growing,
        mirror=False,
        seed=seed,
    )


def mean(found: Swd) -> float:
    return found.value


def fine(found: Swd) -> float:
    return next(iter(found.levels.values()))


def coarse(found: Swd) -> float:
    return list(found.levels.values())[-1]


def _figures(course: Course, done: float) -> dict[str, float]:
    _, last = course.seen[-1]
    ends = {MEAN: mean(last), FINE: fine(last), COARSE: coarse(last)}
    return {SECONDS: course.seconds, AT_ONCE: course.at(done), **ends, PACE: course.pace}


def _charts(courses: Mapping[str, Course]) -> str:
    def drawn(title: str, points: Callable[[Course], Points]) -> str:
        curves = [Curve(case, [points(course)]) for case, course in courses.items()]
        return chart(title, curves, across="seconds", smooth=False)

    charts = drawn("Pictures shown", lambda course: course.shown)
    charts += drawn("SWD, mean of the levels", lambda course: course.distances(mean))
    charts += drawn("SWD of the finest level", lambda course: course.distances(fine))
    charts += drawn("SWD of the coarsest level", lambda course: course.distances(coarse))
    return beside(list(courses), charts)


def _sheets(courses: Mapping[str, Course], data: Pictures) -> str:
    """What was made at each look, a column a training, and some of the data."""
    columns = "".join(f"<section><h3>{case}</h3>{course.sheets}</section>" for case, course in courses.items())
    real = sheet(data.stream(SHOWN, seed=0).batch(0).image, "of the data")
    return f'<div class="details">{columns}<section><h3>the data</h3>{real}</section></div>'


def verdict(figures: Figures) -> Verdict:
    return every(lower(figures, SECONDS, GROWN, WHOLE), lower(figures, AT_ONCE, GROWN, WHOLE))


PROGAN_GROWING = Demonstration(
    "progan-growing",
    "Nets that grow with the pictures are done sooner than the same nets at full size from the start, and by then their"
    " pictures are nearer to the data.",
    "Karras, Aila, Laine, Lehtinen 2018 (arXiv:1710.10196), section 6.2 and figure 4",
    (
        "A ProGAN is trained twice on the same pictures, shown equally many of them: once it begins with 4 x 4 pixels,"
        " and each time the pictures double their side new layers are faded in; once all its layers work on pictures of"
        " full size from the start. Nets, losses, rates and batches are the same.",
        "While the grown one is small its rounds are short, so in the same time it is shown more pictures; at full size"
        " both curves of pictures shown rise alike. The sliced Wasserstein distance (SWD) compares small patches of"
        " what is made with those of the data: those of the coarsest level are large shapes, those of the finest are"
        " strokes and edges. Less is nearer. What a small net makes is measured enlarged, by whole pixels, so that it"
        " cannot be near on the finest level before it has grown.",
        "The time is the processor's, without that of measuring. The average of the generator's weights is what is"
        " looked at, which follows faster here than in the paper (0.99 a round, not 0.999) where rounds are few.",
    ),
    {
        SECONDS: "of processor time for the training",
        AT_ONCE: "SWD, times 1000, of both after the seconds that the grown one took in all",
        MEAN: "mean of the levels after all pictures, times 1000; lower is better",
        FINE: "the same, patches of the pictures as they are",
        COARSE: "the same, of the pictures reduced to 16 pixels or a little more",
        PACE: "pictures shown a second from when the full size is there",
    },
    play,
    verdict,
    reads=True,
    seeds={"smoke": 1, "small": 2, "full": 2},
)
