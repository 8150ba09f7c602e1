"""What is left of the generator's gradient while a new discriminator learns to see through it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import nn
from torch.nn.functional import softplus
from torch.optim import Adam

from ganvas.data.batches import Images
from ganvas.data.collection import Collection, Pictures
from ganvas.data.stream import Stream
from ganvas.experiments.experiment import Preset
from ganvas.experiments.lab.demonstration import Demonstrated, Demonstration, Seen, beside
from ganvas.experiments.lab.known import seeded
from ganvas.experiments.verdict import Figures, Verdict, at_least, at_most, every
from ganvas.game import Player, Stage, versus
from ganvas.losses.adversarial import Minimax, NonSaturating
from ganvas.nets.dcgan import DCGANDiscriminator, DCGANGenerator
from ganvas.objectives.generation import Generation
from ganvas.report.curves import Curve, Points, chart

NOISE = 64
RIGHT, LEFT = "right answers", "share of the gradient left"


class Size(NamedTuple):
    """Of the pictures and nets; after how many ``epochs`` the generator is looked at; ``rounds`` of the new
    discriminator.
    """

    side: int
    width: int
    batch: int
    epochs: tuple[int, ...]
    rounds: int


SIZES: dict[Preset, Size] = {
    "smoke": Size(16, 8, 32, (1, 2), 250),
    "small": Size(32, 12, 64, (1, 10, 25), 1500),
    "full": Size(32, 64, 64, (1, 10, 25), 4000),
}


@dataclass
class Log:
    """Of a discriminator that learns alone, by round: its ``loss``, the share of ``right`` answers and the norm of the
    ``gradient`` that E log(1 - D(G(z))) gives to the generator.
    """

    generator: nn.Module
    judge: nn.Module
    data: Stream[Images]
    loss: Points = field(default_factory=Points)
    right: Points = field(default_factory=Points)
    gradient: Points = field(default_factory=Points)

    def __call__(self, number: int) -> None:
        """Looks before the rounds 0, 1, 2, 4, 6, 9 …: about as often in each tenfold of rounds."""
        if number > 8 and number % (1 << (number.bit_length() - 3)):
            return
        real = self.data.batch(number + 1_000_000).image  # no batch that is learnt from
        fake = self.generator(torch.randn(len(real), NOISE))
        seen, made = self.judge(real), self.judge(fake)
        gradients = torch.autograd.grad(-softplus(made).mean(), list(self.generator.parameters()))
        norm = torch.stack([gradient.square().sum() for gradient in gradients]).sum().sqrt()
        answers = torch.cat([seen > 0, made < 0]).float().mean()
        self.loss.append((number, (softplus(-seen).mean() + softplus(made).mean()).item()))
        self.right.append((number, answers.item()))
        self.gradient.append((number, norm.item()))


def play(preset: Preset, pictures: Collection) -> Demonstrated:
    size = SIZES[preset]
    data = pictures.at(size.side, 1)
    generator, judge = DCGANGenerator(size.side, 1, size.width, NOISE), _judge(size)
    game = Generation(generator, judge, NonSaturating(), NOISE)
    players = versus(game, (generator, _adam(generator)), (judge, _adam(judge)), generator_first=False)
    stream, done = data.stream(size.batch, seed=seeded()), 0
    logs: dict[str, Log] = {}
    for epochs in size.epochs:
        rounds = max((epochs - done) * len(data) // size.batch, 1)
        yield Stage(f"to epoch {epochs}", rounds, stream, players)
        done = epochs
        frozen, new = deepcopy(generator), _judge(size)
        log = logs[f"after {epochs} epoch{'s' if epochs > 1 else ''}"] = Log(
            frozen, new, data.stream(size.batch, seed=1)
        )
        yield _alone(f"new, {epochs}", frozen, new, data, size, log)
    figures = {
        case: {
            RIGHT: max(right for _, right in log.right),
            LEFT: log.gradient[-1][1] / max(norm for _, norm in log.gradient),
        }
        for case, log in logs.items()
    }
    return Seen(figures, _charts(logs))


def _judge(size: Size) -> nn.Module:
    return DCGANDiscriminator(size.side, 1, size.width)


def _adam(net: nn.Module) -> Adam:
    return Adam(net.parameters(), lr=2e-4, betas=(0.5, 0.999))


def _alone(
    name: str, generator: nn.Module, judge: nn.Module, data: Pictures, size: Size, log: Callable[[int], None]
) -> Stage[Images]:
    game = Generation(generator, judge, Minimax(), NOISE)
    player = Player("discriminator", judge, game.discriminator_loss, _adam(judge))
    return Stage(name, size.rounds, data.stream(size.batch, seed=seeded()), [player], [log])


def _charts(logs: dict[str, Log]) -> str:
    def drawn(title: str, points: Callable[[Log], Points]) -> str:
        return chart(title, [Curve(case, [points(log)]) for case, log in logs.items()], smooth=False)

    charts = drawn("Norm of the gradient for the generator", lambda log: log.gradient)
    charts += drawn("Loss of the new discriminator", lambda log: log.loss)
    charts += drawn("Its share of right answers", lambda log: log.right)
    return beside(list(logs), charts)


def verdict(figures: Figures) -> Verdict:
    return every(
        *(at_least(figures, RIGHT, case, 0.99) for case in figures),
        *(at_most(figures, LEFT, case, 0.01) for case in figures),
    )


VANISHING_GRADIENT = Demonstration(
    "vanishing-gradient",
    "However well the generator was trained, a new discriminator soon tells all its pictures from the data, and then"
    " the gradient that the generator is given dies away.",
    "Arjovsky, Bottou 2017 (arXiv:1701.04862), figure 2, after 1, 10 and 25 epochs",
    (
        "A small DCGAN is trained, and after some epochs its generator is frozen. Against the frozen one a"
        " discriminator learns from the beginning, alone. At each look it is measured how much the generator"
        " would be told: the norm of the gradient of E ln (1 - D(G(z))), what the original game has it descend.",
        "The better the discriminator gets, the less it tells: its right answers go to 1, its loss falls, and with it"
        " the gradient falls by orders of magnitude; the longer the generator was trained, the more rounds that takes."
        " That is why one may not train the discriminator to the end, and why the loss that the generator uses was"
        " changed.",
    ),
    {
        RIGHT: "highest share of right answers of the new discriminator, on batches it did not learn from",
        LEFT: "norm of the gradient at the last look over the largest",
    },
    play,
    verdict,
    reads=True,
)
