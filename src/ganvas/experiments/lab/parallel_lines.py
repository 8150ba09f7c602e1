"""Two parallel lines: a distance that says how far it is, and one that only says that they are apart."""

from __future__ import annotations

import math

import torch
from scipy.optimize import linear_sum_assignment
from torch import nn
from torch.optim import SGD, Adam

from ganvas.experiments.experiment import Preset
from ganvas.experiments.lab.demonstration import Demonstrated, Demonstration, Seen
from ganvas.experiments.lab.known import Upright, judge_alone, sampled, seeded
from ganvas.experiments.verdict import Figures, Verdict, at_least, at_most, every
from ganvas.game import Stage, versus
from ganvas.losses.adversarial import Adversarial, Minimax, WassersteinGP
from ganvas.nets.multilayer import multilayer
from ganvas.objectives.generation import Generation
from ganvas.report.curves import Curve, chart, legend
from ganvas.training.schedules import cosine, follow

PLACES: dict[Preset, int] = {"smoke": 3, "small": 41, "full": 41}
ROUNDS: dict[Preset, int] = {"smoke": 200, "small": 400, "full": 3000}
STEPS: dict[Preset, int] = {"smoke": 120, "small": 200, "full": 400}
"""By which the line may move towards the other."""
TURNS = 10
RATE = 0.04
BATCH = 256

MOVERS, JENSEN, CRITIC = "earth mover, of samples", "Jensen-Shannon, of a discriminator", "earth mover, of a critic"
WRONG, LEAST, END = "largest error", "least from 0.1 on", "where the line came from 1"

Points = list[tuple[float, float]]


def play(preset: Preset, pictures: object) -> Demonstrated:
    thetas = torch.linspace(-1, 1, PLACES[preset]).tolist()
    found: dict[str, Points] = {MOVERS: [], JENSEN: [], CRITIC: []}
    for theta in thetas:
        found[MOVERS].append((theta, earth_mover(_points(0.0), _points(theta))))
        for case, adversarial in ((JENSEN, Minimax()), (CRITIC, WassersteinGP())):
            judge = multilayer(2, 1, 64)
            line, other = Upright(0.0), Upright(theta)
            yield judge_alone(f"{theta:g}, {case}", line, other, judge, adversarial, ROUNDS[preset], BATCH)
            found[case].append((theta, estimated(judge, theta, adversarial)))
    walks: dict[str, Points] = {JENSEN: [], CRITIC: []}
    for case, adversarial in ((JENSEN, Minimax()), (CRITIC, WassersteinGP())):
        yield from _walk(case, adversarial, preset, walks[case])
    return Seen(_figures(found, walks), _charts(found, walks, thetas))


def _walk(case: str, adversarial: Adversarial, preset: Preset, walk: Points) -> Demonstrated:
    """From theta = 1, through a judge that was trained first and keeps up; the places go into ``walk``."""
    judge, moving = multilayer(2, 1, 64), Upright(1.0)
    yield judge_alone(f"first, {case}", Upright(0.0), moving, judge, adversarial, ROUNDS[preset], BATCH)
    game = Generation(moving, judge, adversarial, noise=1)
    optimizer = SGD(moving.parameters(), lr=RATE)
    players = versus(
        game,
        (moving, optimizer),
        (judge, Adam(judge.parameters(), lr=1e-3, betas=(0.5, 0.999))),
        discriminator_turns=TURNS,
        generator_first=False,
    )
    data = sampled(Upright(0.0), BATCH, seed=seeded())
    slowing = follow(optimizer, cosine(STEPS[preset]))
    yield Stage(
        f"moving, {case}",
        STEPS[preset],
        data,
        players,
        [slowing, lambda number: walk.append((number, moving.theta.item()))],
    )
    walk.append((STEPS[preset], moving.theta.item()))
    return Seen({}, "")


def earth_mover(one: torch.Tensor, other: torch.Tensor) -> float:
    """The least mean distance over which the points (N, 2) of ``one`` can be carried to those of ``other``."""
    distances = torch.cdist(one.double(), other.double()).numpy()
    return float(distances[linear_sum_assignment(distances)].mean())


@torch.no_grad()
def estimated(judge: nn.Module, theta: float, adversarial: Adversarial) -> float:
    """What ``judge`` says of the distance: V / 2 + ln 2 of a discriminator, the difference of scores of a critic."""
    real, fake = judge(_points(0.0, 4096)), judge(_points(theta, 4096))
    if isinstance(adversarial, Minimax):
        value = -torch.nn.functional.softplus(-real).mean() - torch.nn.functional.softplus(fake).mean()
        return value.item() / 2 + math.log(2)
    return (real.mean() - fake.mean()).item()


@torch.no_grad()
def _points(theta: float, count: int = BATCH) -> torch.Tensor:
    return Upright(theta)(torch.randn(count, 1))


def _figures(found: dict[str, Points], walks: dict[str, Points]) -> dict[str, dict[str, float]]:
    wrong = {case: max(abs(value - abs(theta)) for theta, value in found[case]) for case in (MOVERS, CRITIC)}
    least = min(value for theta, value in found[JENSEN] if abs(theta) >= 0.1 - 1e-6)
    end = {case: abs(walk[-1][1]) for case, walk in walks.items()}
    return {
        MOVERS: {WRONG: wrong[MOVERS]},
        CRITIC: {WRONG: wrong[CRITIC], END: end[CRITIC]},
        JENSEN: {LEAST: least, END: end[JENSEN]},
    }


def _charts(found: dict[str, Points], walks: dict[str, Points], thetas: list[float]) -> str:
    moved = [Curve("exact", [[(theta, abs(theta)) for theta in thetas]])]
    moved += [Curve(case, [found[case]]) for case in (MOVERS, CRITIC)]
    apart: list[Points] = [[(theta, math.log(2)) for theta in thetas if sign * theta > 0] for sign in (-1, 1)]
    js = [Curve("exact", [*apart, [(0.0, 0.0)]]), Curve(JENSEN, [found[JENSEN]])]
    walked = [Curve(case, [walk]) for case, walk in walks.items()]
    drawn = "".join(
        f"<div>{legend([each.label for each in curves])}{picture}</div>"
        for curves, picture in (
            (moved, chart("Earth mover's distance", moved, across="theta", smooth=False)),
            (js, chart("Jensen-Shannon divergence", js, across="theta", smooth=False)),
            (walked, chart("The line on its way to 0", walked, unit="theta", smooth=False)),
        )
    )
    return f'<div class="charts">{drawn}</div>'


def verdict(figures: Figures) -> Verdict:
    return every(
        at_most(figures, WRONG, MOVERS, 0.08),
        at_least(figures, LEAST, JENSEN, 0.65),
        at_most(figures, END, CRITIC, 0.05),
        at_least(figures, END, JENSEN, 0.95),
    )


PARALLEL_LINES = Demonstration(
    "parallel-lines",
    "Between two parallel lines the earth mover's distance falls as they come nearer, and a generator can follow it;"
    " the Jensen-Shannon divergence is ln 2 however near they are, and leads nowhere.",
    "Arjovsky, Chintala, Bottou 2017 (arXiv:1701.07875), example 1 and figure 1",
    (
        "The data are the points of an upright line of length 1 at x = 0, the generated points those of another at"
        " x = theta: the smallest model of pictures, which also fill next to nothing of the space of all pictures. The"
        " only thing to learn is theta.",
        "The first chart is how far the points of one line are to be carried to make the other: from samples, by the"
        " best assignment, and as a critic with a gradient penalty tells it; both should lie on |theta|. The second is"
        " what a discriminator tells: as soon as the lines do not touch it is sure of everything, and the divergence is"
        f" at its bound, ln 2 = {math.log(2):.3f}. In the third theta starts from 1 and follows either of them.",
    ),
    {
        WRONG: "largest difference from |theta| over the places",
        LEAST: "the least estimate, V / 2 + ln 2, where |theta| is at least 0.1",
        END: "|theta| after it followed the judge's gradient from 1",
    },
    play,
    verdict,
)
