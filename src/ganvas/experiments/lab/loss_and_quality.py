"""Whether the loss curve tells how good the pictures are."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from scipy.stats import spearmanr
from torch import nn

from ganvas.data.collection import Collection
from ganvas.experiments.experiment import Preset
from ganvas.experiments.lab.demonstration import Demonstrated, Demonstration, Seen, beside
from ganvas.experiments.lab.pictures import NOISE, Contest, Loss, distance, made, sheet
from ganvas.experiments.verdict import Figures, Verdict, at_least, every, lower
from ganvas.nets.dcgan import DCGANDiscriminator, DCGANGenerator, MLPDiscriminator, MLPGenerator
from ganvas.report.curves import Curve, Points, chart

AGREEMENT, ESTIMATE, DISTANCE = "rank correlation", "last estimate", "last distance"


class Size(NamedTuple):
    """Of pictures and nets; ``parts`` of ``rounds`` each, after each of which so many pictures are ``measured``."""

    side: int
    width: int
    mlp_width: int
    batch: int
    parts: int
    rounds: int
    measured: int


SIZES: dict[Preset, Size] = {
    "smoke": Size(16, 4, 16, 16, 3, 4, 16),
    "small": Size(32, 12, 256, 64, 10, 60, 512),
    "full": Size(64, 64, 512, 64, 50, 1000, 4096),
}

NETS: dict[str, Callable[[Size, int], tuple[nn.Module, nn.Module]]] = {
    "convolutions": lambda size, channels: (
        DCGANGenerator(size.side, channels, size.width, NOISE),
        DCGANDiscriminator(size.side, channels, size.width),
    ),
    "MLP generator": lambda size, channels: (
        MLPGenerator(size.side, channels, size.mlp_width, NOISE),
        DCGANDiscriminator(size.side, channels, size.width),
    ),
    "MLPs, too fast": lambda size, channels: (
        MLPGenerator(size.side, channels, size.mlp_width, NOISE),
        MLPDiscriminator(size.side, channels, size.mlp_width),
    ),
}
FASTER = 10.0
"""By how much the rates of the last are too large: it is there to fail."""


def play(preset: Preset, pictures: Collection) -> Demonstrated:
    size = SIZES[preset]
    data = pictures.at(size.side, 1)
    figures: dict[str, dict[str, float]] = {}
    told: dict[str, Points] = {}
    seen: dict[str, Points] = {}
    sheets = ""
    losses: tuple[Loss, ...] = ("WGAN", "GAN")
    for loss in losses:
        for nets, build in NETS.items():
            case = f"{loss}, {nets}"
            generator, judge = build(size, 1)
            contest = Contest(loss, generator, judge, data, size.batch, FASTER if "too fast" in nets else 1.0)
            told[case], seen[case] = [], []
            for part in range(1, size.parts + 1):
                yield contest.stage(f"{case}, part {part} of {size.parts}", size.rounds)
                told[case].append((part * size.rounds, contest.estimate()))
                seen[case].append((part * size.rounds, distance(generator, data, size.measured)))
            figures[case] = _figures(told[case], seen[case])
            sheets += sheet(made(generator, 32), case)
    return Seen(figures, _charts(told, seen) + f'<div class="details">{sheets}</div>')


def _figures(told: Points, seen: Points) -> dict[str, float]:
    estimates, distances = ([value for _, value in points] for points in (told, seen))
    moving = len(set(estimates)) > 1 and len(set(distances)) > 1  # of curves that do not move there is no correlation
    agreement = float(spearmanr(estimates, distances).statistic) if moving else 0.0
    return {AGREEMENT: agreement, ESTIMATE: told[-1][1], DISTANCE: seen[-1][1]}


def _charts(told: dict[str, Points], seen: dict[str, Points]) -> str:
    drawn = ""
    for loss, unit in (("WGAN", "E f(real) - E f(fake)"), ("GAN", "V / 2 + ln 2")):
        cases = [case for case in told if case.startswith(loss)]
        charts = chart(
            f"{loss}: what the judge says", [Curve(case, [told[case]]) for case in cases], unit=unit, smooth=False
        )
        charts += chart(
            f"{loss}: sliced Wasserstein distance", [Curve(case, [seen[case]]) for case in cases], smooth=False
        )
        drawn += beside(cases, charts)
    return drawn


def verdict(figures: Figures) -> Verdict:
    return every(
        at_least(figures, AGREEMENT, "WGAN, convolutions", 0.6),
        at_least(figures, AGREEMENT, "WGAN, MLP generator", 0.6),
        lower(figures, AGREEMENT, "GAN, convolutions", "WGAN, convolutions"),
    )


LOSS_AND_QUALITY = Demonstration(
    "loss-and-quality",
    "The estimate of WGAN's critic falls as the pictures get better; that of a GAN's discriminator does not tell.",
    "Arjovsky, Chintala, Bottou 2017 (arXiv:1701.07875), figures 3 and 4",
    (
        "Six trainings on one set of small pictures: three pairs of nets, each once as a WGAN and once as a GAN. Two"
        " are sound; the third, multilayer perceptrons at ten times the rate, is there to fail. Ten times on the way"
        " two things are measured: what the judge itself says of the distance from the data, and how far samples are"
        " from the data by a measure that neither net knows, the sliced Wasserstein distance of small patches.",
        "If the loss means quality, both curves of a training fall together: the rank correlation of the two is near 1."
        " At first a critic's estimate rises, while the critic itself learns to see."
        " A GAN's estimate, a lower bound of the Jensen-Shannon divergence, stays near its upper bound,"
        f" ln 2 = {math.log(2):.3f}, as long as the discriminator wins.",
    ),
    {
        AGREEMENT: "Spearman's, of the judge's estimate and the sliced Wasserstein distance, over the looks",
        ESTIMATE: "of the judge, in the end",
        DISTANCE: "sliced Wasserstein distance of the samples in the end, times 1000",
    },
    play,
    verdict,
    reads=True,
    seeds={"smoke": 1, "small": 3, "full": 3},
)
