"""A critic kept from being too steep: by clipping its weights, or by a penalty on its gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.optim import Adam, Optimizer, RMSprop

from ganvas.data.batches import Images
from ganvas.data.synthetic import Toy, divisor, ring_centres, toy
from ganvas.experiments.experiment import Preset
from ganvas.experiments.lab.demonstration import Demonstrated, Demonstration, Seen, beside
from ganvas.experiments.lab.known import seeded
from ganvas.experiments.verdict import Figures, Verdict, at_least, at_most, every
from ganvas.game import Player, Stage, Terms
from ganvas.images import Picture
from ganvas.losses.adversarial import Adversarial, Wasserstein, WassersteinGP
from ganvas.nets.multilayer import multilayer
from ganvas.report.curves import Curve, chart
from ganvas.report.film import figure
from ganvas.training.clipping import clip_weights

CLIPPED, PENALISED = "clipped", "penalty"
DEEP = 12
"""Hidden layers of the critic whose gradients are measured."""
BOUNDS = (0.001, 0.01, 0.1)
CLIP, PENALTY, BATCH = 0.01, 0.1, 256
RELIEF, EDGE, SPAN = "relief of the ring", "weights at the largest", "decades between layers"

REACH, PLACES = 3.0, 121
"""Half the side of the square whose values are drawn, and how many are on a side."""


class Size(NamedTuple):
    """``rounds`` of each critic of ``width`` on each of the ``toys``, and of each ``deep`` one."""

    toys: tuple[Toy, ...]
    width: int
    rounds: int
    deep: int


SIZES: dict[Preset, Size] = {
    "smoke": Size(("ring",), 64, 150, 20),
    "small": Size(("ring", "grid", "swiss-roll"), 128, 800, 200),
    "full": Size(("ring", "grid", "swiss-roll"), 512, 20_000, 10_000),
}


@dataclass(frozen=True)
class Blurred:
    """The game of a critic against a generator that stands still: it makes the data with normal noise on them, as the
    authors' code does to draw what a critic has learnt.
    """

    critic: nn.Module
    adversarial: Adversarial

    def discriminator_loss(self, batch: Images) -> Terms:
        fake = batch.image + torch.randn_like(batch.image)
        return Terms(adversarial=self.adversarial.discriminator_loss(self.critic, batch.image, fake))


def play(preset: Preset, pictures: object) -> Demonstrated:
    size = SIZES[preset]
    critics: dict[tuple[Toy, str], nn.Sequential] = {}
    for name in size.toys:
        for case in (CLIPPED, PENALISED):
            critic = critics[name, case] = multilayer(2, 1, size.width, 3, start="he")
            yield _alone(f"{name}, {case}", critic, name, size.rounds, CLIP if case == CLIPPED else None)
    deep: dict[str, nn.Sequential] = {}
    for label, bound in {**{f"{CLIPPED} at {bound:g}": bound for bound in BOUNDS}, PENALISED: None}.items():
        critic = deep[f"{DEEP} layers, {label}"] = multilayer(2, 1, size.width, DEEP, start="he")
        yield _alone(f"{DEEP} layers, {label}", critic, "swiss-roll", size.deep, bound)
    norms = {label: layer_norms(critic, "swiss-roll") for label, critic in deep.items()}
    figures = {
        case: {RELIEF: relief(critics["ring", case]), EDGE: at_the_edge(critics["ring", case])}
        for case in (CLIPPED, PENALISED)
    }
    spans = {label: {SPAN: (each.max() - each.min()).item()} for label, each in norms.items()}
    return Seen({**figures, **spans}, _surfaces(critics) + _weights(critics) + _layers(norms))


def _alone(name: str, critic: nn.Module, data: Toy, rounds: int, bound: float | None) -> Stage[Images]:
    """A stage in which ``critic`` learns alone, its weights clipped at ``bound``, or its gradient penalised."""
    points = toy(data, BATCH, divide=None, seed=seeded())
    if bound is None:
        adversarial: Adversarial = WassersteinGP(PENALTY)
        optimizer: Optimizer = Adam(critic.parameters(), lr=1e-3, betas=(0.5, 0.9))
    else:
        adversarial, optimizer = Wasserstein(), RMSprop(critic.parameters(), lr=5e-5)
        clip_weights(optimizer, bound)
    player = Player("critic", critic, Blurred(critic, adversarial).discriminator_loss, optimizer)
    return Stage(name, rounds, points, [player])


@torch.no_grad()
def relief(critic: nn.Module) -> float:
    """How much higher ``critic`` values the centres of the ring than the middles between neighbours, as a share of all
    that its values differ by on the square.
    """
    centres = ring_centres() / divisor("ring", None)
    between = ring_centres(16)[1::2] / divisor("ring", None)
    values = critic(_square())
    return ((critic(centres).mean() - critic(between).mean()) / (values.max() - values.min())).item()


def at_the_edge(critic: nn.Module) -> float:
    """The share of the weights, biases not counted, that are within a hundredth of the largest."""
    weights = _matrices(critic).abs()
    return (weights >= 0.99 * weights.max()).float().mean().item()


def layer_norms(critic: nn.Sequential, data: Toy) -> torch.Tensor:
    """(layers,): log10 of the norm of the gradient of the critic's loss, at what each of its layers gives."""
    real = toy(data, BATCH, divide=None, seed=1).batch(0).image
    noise = torch.randn(real.shape, generator=torch.Generator().manual_seed(1))
    maps, given = torch.cat([real, real + noise]), list[torch.Tensor]()
    for layer in critic:
        maps = layer(maps)
        if isinstance(layer, nn.Linear):
            given.append(maps)
    loss = maps[BATCH:].mean() - maps[:BATCH].mean()
    gradients = torch.autograd.grad(loss, given[:-1])  # what the last one gives is the loss itself, so to say
    norms = torch.stack([gradient.double().norm() for gradient in gradients])
    return norms.clamp(min=1e-38).log10()


def _matrices(critic: nn.Module) -> torch.Tensor:
    return torch.cat([weight.detach().flatten() for weight in critic.parameters() if weight.ndim > 1])


def _square() -> torch.Tensor:
    along = torch.linspace(-REACH, REACH, PLACES)
    return torch.cartesian_prod(along, along)


def _surfaces(critics: dict[tuple[Toy, str], nn.Sequential]) -> str:
    drawn = "".join(
        figure(surface(critic, toy(name, BATCH, divide=None).batch(0).image), f"{name}, {case}", "detail")
        for (name, case), critic in critics.items()
    )
    return f'<h3>Values of the critic</h3><div class="details">{drawn}</div>'


@torch.no_grad()
def surface(critic: nn.Module, points: torch.Tensor) -> Picture:
    """What ``critic`` says of the square from -3 to 3, blue where it is low and yellow where it is high, in twelve
    steps with lines between them; ``points`` (N, 2) of the data on it in black.
    """
    values = critic(_square()).view(PLACES, PLACES).mT.flip(0)  # x to the right, y upwards
    share = (values - values.min()) / (values.max() - values.min()).clamp(min=1e-12)
    steps = (share * 12).floor().clamp(max=11)
    low, high = torch.tensor([0.15, 0.25, 0.55]), torch.tensor([1.0, 0.93, 0.55])
    colours = torch.lerp(low, high, (steps / 11)[..., None])
    changes = (steps[:, 1:] != steps[:, :-1])[:-1] | (steps[1:] != steps[:-1])[:, :-1]
    colours[:-1, :-1][changes] *= 0.7
    inside = points[(points.abs() < REACH).all(1)]
    columns, rows = (((inside * torch.tensor([1.0, -1.0]) / REACH + 1) / 2 * (PLACES - 1)).round().long()).unbind(1)
    colours[rows, columns] = 0.0
    large = colours.repeat_interleave(2, 0).repeat_interleave(2, 1)
    return Picture(np.ascontiguousarray(large.numpy()))


def _weights(critics: dict[tuple[Toy, str], nn.Sequential]) -> str:
    charts = ""
    for case in (CLIPPED, PENALISED):
        weights = _matrices(critics["ring", case])
        reach = weights.abs().max().item()
        counts = torch.histc(weights, 40, -reach, reach) / len(weights)
        middles = (torch.arange(40) + 0.5) / 20 - 1
        points = [(x * reach, share) for x, share in zip(middles.tolist(), counts.tolist(), strict=True)]
        charts += chart(f"Weights, {case}", [Curve("share", [points])], across="weight", smooth=False)
    return beside(["share of the weights, in 40 steps from the least to the largest"], charts)


def _layers(norms: dict[str, torch.Tensor]) -> str:
    curves = [
        Curve(label, [[(float(layer), value) for layer, value in enumerate(each.tolist(), 1)]])
        for label, each in norms.items()
    ]
    return beside(list(norms), chart("log10 of the gradient's norm", curves, across="layer", smooth=False))


def verdict(figures: Figures) -> Verdict:
    return every(
        at_least(figures, RELIEF, PENALISED, 0.06),
        at_most(figures, RELIEF, CLIPPED, 0.04),
        at_least(figures, EDGE, CLIPPED, 0.5),
        at_most(figures, EDGE, PENALISED, 0.05),
        *(at_least(figures, SPAN, f"{DEEP} layers, {CLIPPED} at {bound:g}", 3) for bound in BOUNDS[:2]),
        at_most(figures, SPAN, f"{DEEP} layers, {PENALISED}", 2),
    )


GRADIENT_PENALTY = Demonstration(
    "gradient-penalty",
    "Clipping makes a critic simple, piles its weights up at the bounds and lets gradients die in a deep one; a penalty"
    " on its gradient does neither.",
    "Gulrajani et al. 2017 (arXiv:1704.00028), section 3 and figure 1",
    (
        "WGAN's critic may not be steeper than 1. Clipping sees to that by keeping each weight within a bound, the"
        " penalty by asking for a gradient of length 1. Here critics learn alone to tell points of known distributions"
        " from the same points with normal noise on them; nothing else moves.",
        "Values of the critic: high where it sees data. The clipped one knows no more than where the middle is, the"
        " penalised one follows the single Gaussians and the roll. Weights: most of the clipped ones lie at one of the"
        " two bounds, the penalised ones lie around 0 in a bell.",
        "Gradients by layer: in a critic with twelve hidden layers the gradient gets smaller by the same factor in each"
        " layer when weights are clipped, so that after some layers nothing is left to learn by; with the penalty it is"
        " about as large in all. Where the bound is large it may grow as well: how it goes is a matter of the bound.",
    ),
    {
        RELIEF: "how much higher the eight centres of the ring are valued than the middles between them, as a share of"
        " the range of all values from -3 to 3",
        EDGE: "share of the weights within a hundredth of the largest",
        SPAN: "log10 of the largest over the smallest norm of the gradient, of all layers",
    },
    play,
    verdict,
)
