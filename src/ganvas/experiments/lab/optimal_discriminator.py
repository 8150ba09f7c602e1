"""What a discriminator learns that is trained to the end, and what the value of the game is then."""

from __future__ import annotations

import math

import torch

from ganvas.experiments.experiment import Preset
from ganvas.experiments.lab.demonstration import Demonstrated, Demonstration, Seen, beside, function
from ganvas.experiments.lab.known import Gaussian, judge_alone, line, normal_density
from ganvas.experiments.verdict import Figures, Verdict, at_most, every
from ganvas.losses.adversarial import Minimax
from ganvas.nets.multilayer import multilayer
from ganvas.report.curves import chart

MEANS: dict[Preset, tuple[float, ...]] = {
    "smoke": (0.0, 2.0),
    "small": (0.0, 0.5, 1.0, 2.0, 4.0),
    "full": (0.0, 0.5, 1.0, 2.0, 4.0),
}
ROUNDS: dict[Preset, int] = {"smoke": 500, "small": 1500, "full": 20_000}
BATCH = 512

ERROR, VALUE, EXACT, MISSED = "error of D", "value", "2 JSD - 2 ln 2", "error of the value"


def play(preset: Preset, pictures: object) -> Demonstrated:
    places = line(-8.0, 12.0)
    figures: dict[str, dict[str, float]] = {}
    charts = ""
    for mean in MEANS[preset]:
        judge = multilayer(1, 1, 64, activation="tanh")
        yield judge_alone(f"mean {mean:g}", Gaussian(0, 1), Gaussian(mean, 1), judge, Minimax(), ROUNDS[preset], BATCH)
        real, fake = normal_density(places, 0, 1), normal_density(places, mean, 1)
        with torch.no_grad():
            logits = judge(places[:, None])[:, 0]
        found, best = logits.sigmoid(), real / (real + fake)
        counted = real + fake > 0.01
        value = _integral(real * -torch.nn.functional.softplus(-logits) - fake * torch.nn.functional.softplus(logits))
        exact = _integral(real * best.log() + torch.where(fake > 0, fake * (fake / (real + fake)).log(), 0))
        error = (found - best).abs()[counted].mean().item()
        figures[f"mean {mean:g}"] = {ERROR: error, VALUE: value, EXACT: exact, MISSED: abs(value - exact)}
        drawn = {"data": real, "generated": fake, "D, trained": found, "D, by the formula": best}
        curves = [function(label, places[counted], values[counted]) for label, values in drawn.items()]
        charts += chart(f"Generated around {mean:g}", curves, across="x", smooth=False)
    return Seen(figures, beside(["data", "generated", "D, trained", "D, by the formula"], charts))


def _integral(values: torch.Tensor) -> float:
    return torch.trapezoid(values, line(-8.0, 12.0)).item()


def verdict(figures: Figures) -> Verdict:
    worst = {name: max(figures, key=lambda case: max(figures[case][name])) for name in (ERROR, MISSED)}
    return every(*(at_most(figures, name, case, 0.03) for name, case in worst.items()))


OPTIMAL_DISCRIMINATOR = Demonstration(
    "optimal-discriminator",
    "Trained to the end, the discriminator is p_data / (p_data + p_generated), and the value of the game is twice the"
    f" Jensen-Shannon divergence less 2 ln 2, so at best {-2 * math.log(2):.3f}.",
    "Goodfellow et al. 2014 (arXiv:1406.2661), proposition 1 and theorem 1",
    (
        "The data are the standard normal distribution; a generator that is not trained gives a normal distribution"
        " too, around another mean. A small net is trained to tell which of the two a number came from.",
        "In each chart two bells are the two distributions. The other two lines are D, the probability that a number at"
        " this place is from the data: as trained, and by the formula. Where the bells lie on each other, D can but"
        " guess, 1/2; where they lie apart, D is a step, and flat under both bells: what that does to a generator"
        " is the subject of two-gaussians.",
    ),
    {
        ERROR: "mean |D - D*| where the two densities add up to more than .01",
        VALUE: "E ln D(x) + E ln (1 - D(G(z))), by quadrature",
        EXACT: "the same for the D of the formula",
        MISSED: "the difference of the two",
    },
    play,
    verdict,
)
