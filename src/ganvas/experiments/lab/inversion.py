"""Codes found again from pictures, or from a part of them, by gradient descent."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import nn

from ganvas.experiments.experiment import Preset
from ganvas.experiments.lab.demonstration import Demonstrated, Demonstration, Seen
from ganvas.experiments.lab.known import seeded
from ganvas.experiments.lab.pictures import sheet
from ganvas.experiments.verdict import Figures, Verdict, at_least, every
from ganvas.latent import DEFAULT
from ganvas.latent.inversion import Descent, invert, psnr
from ganvas.latent.model import Generator, opened
from ganvas.latent.operators import Measurement, full, random_pixels

ALL, FEW, TRAINED = "random net, all pixels", "random net, 20 % of the pixels", "digits, 50 % of the pixels"
FOUND, CLEAR, ERROR, DECIBELS = "codes found", "pictures found", "relative error", "dB where nothing was known"

GOOD = 30.0
"""Decibels on the pixels that were not known, from which on a picture counts as found."""


class Size(NamedTuple):
    """Of the random net: ``noise`` numbers to pictures of 4 · 2^(layers - 1) pixels by ``widths``. How many ``codes``
    of it and of the ``digits``, each from so many ``starts`` in so many ``steps``, digits from four times as many.
    """

    noise: int
    widths: tuple[int, ...]
    codes: int
    digits: int
    starts: int
    steps: int


SIZES: dict[Preset, Size] = {
    "smoke": Size(8, (32, 16, 3), 2, 0, 2, 200),
    "small": Size(100, (512, 256, 128, 64, 64, 3), 3, 10, 2, 300),
    "full": Size(100, (512, 256, 128, 64, 64, 3), 20, 100, 4, 1000),
}


def play(preset: Preset, pictures: object) -> Demonstrated:
    yield from ()  # no net learns anything
    size = SIZES[preset]
    net = Generator(random_net(size.noise, size.widths), size.noise)
    cases = {ALL: (net, full(net.shape)), FEW: (net, random_pixels(net.shape, 0.2, seeded()))}
    if size.digits:
        digits = opened(DEFAULT)
        cases[TRAINED] = digits, random_pixels(digits.shape, 0.5, seeded())
    figures: dict[str, dict[str, float]] = {}
    rows = ""
    for case, (generator, operator) in cases.items():
        count = size.digits if case == TRAINED else size.codes
        starts = 4 * size.starts if case == TRAINED else size.starts
        figures[case], shown = _tried(generator, operator, count, starts, size.steps)
        rows += f"<section><h3>{case}</h3>{shown}</section>"
    return Seen(figures, f'<div class="details">{rows}</div>')


def _tried(
    generator: Generator, operator: Measurement, count: int, starts: int, steps: int
) -> tuple[dict[str, float], str]:
    """What comes of ``count`` codes, and the pictures of the first ones: as they are, as known, as found."""
    codes = generator.sample(count, seeded())
    images = generator(codes)
    known = operator(images)
    descent = Descent(steps, 0.1, falling=True, hold="range" if generator.prior == "uniform" else "none")
    found = invert(generator, known, operator, descent=descent, starts=starts, seed=seeded())
    with torch.no_grad():
        made = generator(found.codes)
    figures = {FOUND: found.success(codes), ERROR: found.errors(codes).median().item()}
    if operator.mask is not None and operator.mask.min() == 0:
        near = psnr(made, images, 1 - operator.mask)
        figures |= {CLEAR: (near >= GOOD).float().mean().item(), DECIBELS: near.median().item()}
    shown = {"made of codes": images, "what is known of them": known, "made of the codes that were found": made}
    return figures, "".join(sheet(each[:5], caption, columns=5) for caption, each in shown.items())


def random_net(noise: int, widths: tuple[int, ...]) -> nn.Module:
    """Noise (N, ``noise``) to pictures (N, C, S, S) in [0, 1] by transposed convolutions of random weights: the net of
    the authors' code, with batch norms between, which keep what 64 random codes make at deviation 1.
    """
    first, *others = [_random(*pair, stride=1 + (place > 0)) for place, pair in enumerate(pairwise((noise, *widths)))]
    layers: list[nn.Module] = [nn.Unflatten(1, (noise, 1, 1)), first]
    for width, layer in zip(widths, others, strict=False):
        layers += [nn.BatchNorm2d(width, momentum=None), nn.ReLU(), layer]
    net = nn.Sequential(*layers, nn.Tanh(), Halved())
    with torch.no_grad():
        net.train()(torch.randn(64, noise))
    return net


class Halved(nn.Module):
    """From [-1, 1] to [0, 1]."""

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return (image + 1) / 2


def _random(inputs: int, outputs: int, *, stride: int) -> nn.ConvTranspose2d:
    layer = nn.ConvTranspose2d(inputs, outputs, 4, stride, padding=stride - 1, bias=False)
    nn.init.normal_(layer.weight, 0, math.sqrt(2 / (16 * inputs)))
    return layer


def verdict(figures: Figures) -> Verdict:
    return every(
        at_least(figures, FOUND, ALL, 0.9),
        at_least(figures, FOUND, FEW, 0.9),
        at_least(figures, CLEAR, FEW, 0.9),
    )


INVERSION = Demonstration(
    "inversion",
    "Gradient descent finds the code of a picture that a random net made, also where only a fifth of the pixels is"
    " known: the net makes the others.",
    "Ma, Ayaz, Karaman 2018 (Invertibility of convolutional generative networks from partial measurements)",
    (
        "A generator makes pictures of codes. Now a picture is given, or some of its pixels, and its code is sought:"
        " some random codes are moved until what the generator makes of them agrees with the pixels that are known, and"
        " the one that agrees best is taken.",
        "For a net of random weights theory says that this works, though the problem is not convex: its codes are found"
        " to the last digits, from a fifth of the pixels too, so the others are right as well. A trained net is not"
        " random, and there is no such theory of it: beside the claim it is told how near digits come of which every"
        " second pixel is known, by the generator of digits that is bundled.",
        "Each figure has three rows: pictures that were made, what is known of them, and what the codes that were found"
        " make.",
    ),
    {
        FOUND: "share of the codes with a relative error |z - z*| / |z*| of 1 % at most",
        CLEAR: f"share of the pictures with {GOOD:g} dB at least on the pixels that were not known",
        ERROR: "of the codes, median",
        DECIBELS: "median PSNR on the pixels that were not known",
    },
    play,
    verdict,
    seeds={"smoke": 1, "small": 2, "full": 3},
)
