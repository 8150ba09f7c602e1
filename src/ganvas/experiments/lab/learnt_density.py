"""A GAN of single numbers, whose densities can be drawn: what each side does, and where it ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import nn
from torch.optim import Adam

from ganvas.data.batches import Images
from ganvas.experiments.experiment import Preset
from ganvas.experiments.lab.demonstration import Demonstrated, Demonstration, Seen, beside, function
from ganvas.experiments.lab.known import Gaussian, line, normal_density, sampled, seeded
from ganvas.experiments.verdict import Figures, Verdict, at_most, every
from ganvas.game import Player, Stage, versus
from ganvas.losses.adversarial import NonSaturating
from ganvas.nets.multilayer import multilayer
from ganvas.objectives.generation import Generation
from ganvas.report.curves import Curve, chart
from ganvas.training.schedules import cosine, follow

MEAN, DEVIATION = 1.0, 0.7
DATA = Gaussian(MEAN, DEVIATION)
BATCH, TURNS = 256, 3

START, JUDGED, MOVED, END = "1. at the start", "2. the discriminator learns", "3. the generator moves", "4. in the end"
DISTANCE, UNSURE = "distance of the distributions", "largest distance of D from 1/2"

SEEN = 0.05
"""The density of the data above which D is looked at."""

BANDWIDTH = 0.08
"""Of the kernels whose sum is drawn as the density of what is made."""


class Size(NamedTuple):
    """Rounds of the discriminator alone, of the generator alone, and of both."""

    judged: int
    moved: int
    both: int


SIZES: dict[Preset, Size] = {
    "smoke": Size(60, 20, 400),
    "small": Size(400, 40, 6000),
    "full": Size(400, 40, 30_000),
}


def play(preset: Preset, pictures: object) -> Demonstrated:
    size = SIZES[preset]
    generator, judge = multilayer(1, 1, 32), multilayer(1, 1, 32)
    nets = generator, judge
    looks = {START: look(*nets)}
    yield _stage(JUDGED, nets, size.judged, ("discriminator",))
    looks[JUDGED] = look(*nets)
    yield _stage(MOVED, nets, size.moved, ("generator",))
    looks[MOVED] = look(*nets)
    yield _stage(END, nets, size.both, ("discriminator", "generator"))
    looks[END] = look(*nets)
    figures = {case: {DISTANCE: seen.distance, UNSURE: seen.unsure} for case, seen in looks.items()}
    panels = "".join(chart(case, seen.curves, across="x", smooth=False) for case, seen in looks.items())
    return Seen(figures, beside([curve.label for curve in looks[END].curves], panels))


class Look(NamedTuple):
    """The densities and D over x, the Kolmogorov-Smirnov ``distance`` of the distributions, and how far D is from 1/2
    at most where there are data.
    """

    curves: tuple[Curve, Curve, Curve]
    distance: float
    unsure: float


@torch.no_grad()
def look(generator: nn.Module, judge: nn.Module, count: int = 4000) -> Look:
    """What the two have come to."""
    places = line(MEAN - 4, MEAN + 4, 401)
    made = generator(torch.randn(count, 1, generator=torch.Generator().manual_seed(0)))[:, 0]
    real, answers = normal_density(places, MEAN, DEVIATION), judge(places[:, None])[:, 0].sigmoid()
    curves = (
        function("data", places, real),
        function("generated", places, density(made, places)),
        function("D(x)", places, answers),
    )
    return Look(curves, kolmogorov(made), (answers - 0.5).abs()[real > SEEN].max().item())


def density(samples: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """Of ``samples`` (N,) at ``places`` (M,): the mean of a narrow Gaussian about each sample."""
    return normal_density(places[:, None] - samples, 0, BANDWIDTH).mean(1)


def kolmogorov(samples: torch.Tensor) -> float:
    """The largest difference of the distribution functions of ``samples`` (N,) and of the data (Kolmogorov,
    Smirnov).
    """
    ordered = samples.double().sort().values
    should = torch.special.ndtr((ordered - MEAN) / DEVIATION)
    steps = torch.arange(len(ordered) + 1).double() / len(ordered)
    return torch.maximum(steps[1:] - should, should - steps[:-1]).max().item()


def _stage(name: str, nets: tuple[nn.Module, nn.Module], rounds: int, moving: tuple[str, ...]) -> Stage[Images]:
    """Those ``moving`` play; both at a rate that falls to nothing, so that they come to rest."""
    game = Generation(*nets, NonSaturating(), noise=1)
    generator, judge = (Adam(net.parameters(), lr=2e-3, betas=(0.5, 0.999)) for net in nets)
    players: list[Player[Images]] = versus(
        game, (nets[0], generator), (nets[1], judge), discriminator_turns=TURNS, generator_first=False
    )
    schedules: list[Callable[[int], None]] = []
    if len(moving) > 1:
        schedules = [follow(optimizer, cosine(rounds)) for optimizer in (generator, judge)]
    playing = [player for player in players if player.name in moving]
    return Stage(name, rounds, sampled(DATA, BATCH, seed=seeded()), playing, schedules)


def verdict(figures: Figures) -> Verdict:
    return every(at_most(figures, DISTANCE, END, 0.1), at_most(figures, UNSURE, END, 0.1))


LEARNT_DENSITY = Demonstration(
    "learnt-density",
    "Playing against each other, the generator comes to make what the data are, and the discriminator can then tell no"
    " number from another: it says 1/2 wherever there are data.",
    "Goodfellow et al. 2014 (arXiv:1406.2661), figure 1",
    (
        f"The data are numbers of a normal distribution about {MEAN:g}. The generator makes numbers of noise, the"
        " discriminator gives the probability D(x) that a number is of the data. Both are small nets, and the densities"
        " of both kinds of numbers can be drawn.",
        "1. A new generator makes nearly always the same, and a new discriminator knows nothing. 2. It learns alone: D"
        " is high where there are more data than made numbers, low where it is the other way round. 3. The generator"
        " alone is moved: up the slope of D, to where the data are. 4. Both have gone on in turn. The densities lie on"
        " each other, and D is flat at 1/2 as far as there are numbers; what it says where there are none is chance.",
        f"The discriminator has {TURNS} turns a round, and the rates fall to nothing: at constant rates both would"
        " circle about the end without coming to rest.",
    ),
    {
        DISTANCE: "largest difference of the two distribution functions (Kolmogorov-Smirnov); 0 is alike, 1 apart",
        UNSURE: f"largest |D(x) - 1/2| where the data's density is above {SEEN:g}",
    },
    play,
    verdict,
)
