"""Two distributions that hardly meet: what a discriminator and what a critic tells a generator about the way."""

from __future__ import annotations

import torch
from torch import nn

from ganvas.experiments.experiment import Preset
from ganvas.experiments.lab.demonstration import Demonstrated, Demonstration, Seen, beside, function
from ganvas.experiments.lab.known import Gaussian, judge_alone, line, normal_density
from ganvas.experiments.verdict import Figures, Verdict, at_least, at_most, every
from ganvas.losses.adversarial import Adversarial, Minimax, Wasserstein, WassersteinGP
from ganvas.nets.multilayer import multilayer
from ganvas.report.curves import chart
from ganvas.training.clipping import clip_weights

REAL, FAKE = Gaussian(-3, 0.7), Gaussian(3, 0.7)
ROUNDS: dict[Preset, int] = {"smoke": 400, "small": 1500, "full": 20_000}
BATCH = 256
CLIP = 0.01

DISCRIMINATOR, PENALISED, CLIPPED = "discriminator", "critic, penalty", "critic, clipped"
RATES = {DISCRIMINATOR: 2e-3, PENALISED: 2e-3, CLIPPED: 1e-4}
FLAT, STEADY = "steepest at the data and at the generated", "least share of the steepest slope"


def play(preset: Preset, pictures: object) -> Demonstrated:
    cases: dict[str, Adversarial] = {DISCRIMINATOR: Minimax(), PENALISED: WassersteinGP(), CLIPPED: Wasserstein()}
    places = line(-8.0, 8.0)
    figures: dict[str, dict[str, float]] = {}
    drawn = {"data": normal_density(places, -3, 0.7), "generated": normal_density(places, 3, 0.7)}
    for case, adversarial in cases.items():
        judge = multilayer(1, 1, 64)
        hook = (lambda optimizer: clip_weights(optimizer, CLIP)) if case == CLIPPED else None
        yield judge_alone(case, REAL, FAKE, judge, adversarial, ROUNDS[preset], BATCH, rate=RATES[case], clipped=hook)
        scores, slopes = _scored(judge, places, probability=case == DISCRIMINATOR)
        bulk = ((places.abs() - 3).abs() <= 0.7).nonzero()[:, 0]
        way = places.abs() <= 3
        figures[case] = {STEADY: (slopes[way].abs().min() / slopes.abs().max()).item()}
        if case == DISCRIMINATOR:
            figures[case][FLAT] = slopes[bulk].abs().max().item()
        drawn[case] = scores if case == DISCRIMINATOR else (scores - scores.mean()) / slopes.abs().max() / 6 + 0.5
    curves = [function(label, places, values) for label, values in drawn.items()]
    said = chart("What they say of each place", curves, across="x", smooth=False)
    return Seen(figures, beside(list(drawn), said))


def _scored(judge: nn.Module, places: torch.Tensor, *, probability: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """What ``judge`` says of ``places``, as a ``probability`` or as a score, and the slopes of that."""
    at = places.clone().requires_grad_()
    said = judge(at[:, None])[:, 0]
    said = said.sigmoid() if probability else said
    (slopes,) = torch.autograd.grad(said.sum(), at)
    return said.detach(), slopes


def verdict(figures: Figures) -> Verdict:
    return every(
        at_most(figures, FLAT, DISCRIMINATOR, 0.01),
        at_least(figures, STEADY, PENALISED, 0.2),
        at_least(figures, STEADY, CLIPPED, 0.01),
    )


TWO_GAUSSIANS = Demonstration(
    "two-gaussians",
    "A discriminator that tells two far distributions apart is flat where they are, so a generator learns nothing from"
    " it; a critic slopes all the way from one to the other.",
    "Arjovsky, Chintala, Bottou 2017 (arXiv:1701.07875), figure 2",
    (
        "The data are numbers around -3, the generated ones lie around 3, and a net is trained to tell them apart: once"
        " as a discriminator, whose answer is a probability, twice as a critic, whose answer is a score that may not"
        " change faster than the numbers do. That is held by a penalty on its slope in one case, and by keeping all"
        " weights within ±0.01 in the other.",
        "A generator moves its numbers up the slope. The discriminator is 1 left and 0 right, and all its slope is in"
        " the middle, where neither has any number. The critics are ramps: wherever a number lies, they say which way"
        " the data are. Their scores are drawn with the steepest slope alike, since only the direction counts.",
    ),
    {
        FLAT: "largest |slope| of the probability within a deviation of either mean",
        STEADY: "least |slope| from -3 to 3, as a share of the largest anywhere",
    },
    play,
    verdict,
)
