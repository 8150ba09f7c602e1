"""What becomes of a GAN and a WGAN if their generator is not built as one should build it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from torch import nn

from ganvas.data.collection import Collection
from ganvas.experiments.experiment import Preset
from ganvas.experiments.lab.demonstration import Demonstrated, Demonstration, Seen
from ganvas.experiments.lab.pictures import NOISE, Contest, Loss, distance, made, sheet, spread
from ganvas.experiments.verdict import Figures, Verdict, every, higher, lower
from ganvas.nets.dcgan import DCGANDiscriminator, DCGANGenerator, MLPGenerator

DISTANCE, VARIETY = "distance", "variety"


class Size(NamedTuple):
    side: int
    width: int
    mlp_width: int
    batch: int
    rounds: int
    measured: int


SIZES: dict[Preset, Size] = {
    "smoke": Size(16, 4, 16, 16, 6, 16),
    "small": Size(32, 12, 256, 64, 600, 512),
    "full": Size(64, 64, 512, 64, 50_000, 4096),
}

GENERATORS: dict[str, Callable[[Size], nn.Module]] = {
    "DCGAN": lambda size: DCGANGenerator(size.side, 1, size.width, NOISE),
    "no norm, one width": lambda size: DCGANGenerator(size.side, 1, size.width, NOISE, norm=False, constant=True),
    "MLP": lambda size: MLPGenerator(size.side, 1, size.mlp_width, NOISE),
}


def play(preset: Preset, pictures: Collection) -> Demonstrated:
    size = SIZES[preset]
    data = pictures.at(size.side, 1)
    real = spread(data.stream(size.measured, seed=0).batch(0).image)
    figures: dict[str, dict[str, float]] = {}
    sheets = ""
    losses: tuple[Loss, ...] = ("WGAN", "GAN")
    for name, build in GENERATORS.items():
        for loss in losses:
            generator, judge = build(size), DCGANDiscriminator(size.side, 1, size.width)
            case = f"{loss}, {name}"
            yield Contest(loss, generator, judge, data, size.batch).stage(case, size.rounds)
            samples = made(generator, size.measured)
            figures[case] = {DISTANCE: distance(generator, data, size.measured), VARIETY: spread(samples) / real}
            sheets += sheet(samples[:32], case)
    return Seen(figures, f'<div class="details">{sheets}</div>')


def verdict(figures: Figures) -> Verdict:
    bent = ("no norm, one width", "MLP")
    return every(
        *(lower(figures, DISTANCE, f"WGAN, {name}", f"GAN, {name}") for name in bent),
        higher(figures, VARIETY, "WGAN, MLP", "GAN, MLP"),
    )


ARCHITECTURES = Demonstration(
    "architectures",
    "A WGAN still makes pictures with a generator that a GAN fails with: one without batch normalisation and of one"
    " width, or a multilayer perceptron.",
    "Arjovsky, Chintala, Bottou 2017 (arXiv:1701.07875), figures 5 to 7",
    (
        "Three generators, each trained for as many rounds as a WGAN and as a GAN against the same DCGAN discriminator"
        " (a WGAN's critic takes five turns a round). The first is a DCGAN, built by the rules that made GANs work; the"
        " other two break them.",
        "Distance is how far the samples are from the data; variety is how much samples differ from each other, where"
        " the data have 1: a generator that makes one picture over and over has 0. Read both: the distance looks at"
        " small patches, and that one picture can have patches like those of the data.",
    ),
    {
        DISTANCE: "sliced Wasserstein distance of the samples from the data, times 1000",
        VARIETY: "mean distance of two samples over that of two pictures of the data",
    },
    play,
    verdict,
    reads=True,
    seeds={"smoke": 1, "small": 3, "full": 3},
)
