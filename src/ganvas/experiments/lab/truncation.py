"""Noise from the middle of its distribution alone: better pictures, and less various."""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

import torch

from ganvas.data.collection import Collection
from ganvas.experiments.experiment import Preset
from ganvas.experiments.lab.demonstration import Demonstrated, Demonstration, Seen, beside
from ganvas.experiments.lab.pictures import NOISE, Contest, made, sheet, spread
from ganvas.experiments.verdict import Figures, Verdict, every, lower
from ganvas.latent.prior import draw
from ganvas.nets.dcgan import DCGANDiscriminator, DCGANGenerator
from ganvas.report.curves import Curve, chart

TAUS = (math.inf, 2.0, 1.0, 0.5, 0.3)
NEAREST, VARIETY = "distance to the nearest", "variety"


class Size(NamedTuple):
    side: int
    width: int
    batch: int
    rounds: int
    measured: int


SIZES: dict[Preset, Size] = {
    "smoke": Size(16, 4, 16, 6, 32),
    "small": Size(32, 16, 64, 1500, 500),
    "full": Size(32, 64, 64, 30_000, 2000),
}


def play(preset: Preset, pictures: Collection) -> Demonstrated:
    size = SIZES[preset]
    data = pictures.at(size.side, 1)
    generator = DCGANGenerator(size.side, 1, size.width, NOISE)
    contest = Contest("GAN", generator, DCGANDiscriminator(size.side, 1, size.width), data, size.batch)
    yield contest.stage("training", size.rounds)
    real = torch.from_numpy(data.pixels).float() / 255
    figures: dict[str, dict[str, float]] = {}
    sheets = ""
    for tau in TAUS:
        samples = made(generator, size.measured, partial(_codes, tau))
        figures[f"tau {tau:g}"] = {
            NEAREST: nearest(samples, real),
            VARIETY: spread(samples) / spread(real[: size.measured]),
        }
        sheets += sheet(samples[:32], f"tau {tau:g}")
    drawn = [
        Curve(name, [[(tau, figures[f"tau {tau:g}"][name]) for tau in reversed(TAUS) if math.isfinite(tau)]])
        for name in (NEAREST, VARIETY)
    ]
    plot = chart("What truncation takes and gives", drawn, across="tau", smooth=False)
    charts = beside([NEAREST, VARIETY], plot)
    return Seen(figures, f'{charts}<div class="details">{sheets}</div>')


def _codes(tau: float, count: int) -> torch.Tensor:
    return draw("normal", count, NOISE, 0, tau)


def nearest(samples: torch.Tensor, real: torch.Tensor) -> float:
    """The mean distance of each of ``samples`` from the nearest of ``real``, root mean square over pixels."""
    distances = torch.cdist(samples.flatten(1), real.flatten(1)).min(dim=1).values
    return (distances / samples[0].numel() ** 0.5).mean().item()


def verdict(figures: Figures) -> Verdict:
    whole = f"tau {math.inf:g}"
    return every(*(lower(figures, name, "tau 0.5", whole) for name in (NEAREST, VARIETY)))


TRUNCATION = Demonstration(
    "truncation",
    "Noise from which everything beyond a threshold is drawn anew makes pictures nearer to the data, and less various.",
    "Brock, Donahue, Simonyan 2019 (arXiv:1809.11096), section 3.1",
    (
        "A small DCGAN is trained on the pictures with normal noise. Then each number of the noise that is larger than"
        " tau is drawn again until it is not: the smaller tau, the more the noise comes from the middle, where the"
        " generator was trained most.",
        "Nearest is how far a sample is from the picture of the data that is most like it; less is more faithful, or"
        " more blurred, so look at the samples too. Variety is how much the samples differ from each other, where the"
        " data have 1.",
    ),
    {
        NEAREST: "mean over samples, root mean square over pixels in [0, 1]",
        VARIETY: "mean distance of two samples over that of two pictures of the data",
    },
    play,
    verdict,
    reads=True,
)
