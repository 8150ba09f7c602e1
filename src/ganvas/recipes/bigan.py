"""BiGAN on digits: an encoder is trained with the generator (Donahue, Krähenbühl, Darrell 2017)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar

from torch import nn
from torch.optim import Adam, Optimizer

from ganvas.data.batches import Labelled
from ganvas.data.digits import Digits, labelled
from ganvas.data.noise import Prior
from ganvas.game import Objective, Stage, versus
from ganvas.nets.bigan import BidirectionalGenerator, PairDiscriminator
from ganvas.objectives.bigan import BidirectionalGame, Encoding, RegressedGame
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.training.schedules import Curve, follow


class BiGANRecipe(Recipe):
    """The permutation-invariant digits of the paper's section 4.1, with the numbers of the authors' code.

    The model takes codes (N, 50), uniform in [-1, 1); its ``encode`` is the way back. Generator, encoder and
    discriminator move at the same time. ``regressor`` and ``joint`` are what the paper compares it with.
    """

    name = "bigan"
    paper = Paper("Adversarial Feature Learning", "Donahue, Krähenbühl, Darrell", 2017, "arXiv:1605.09782")
    reads = "digits"
    task = "generate"
    presets: ClassVar = {
        "paper": {},
        "regressor": {"encoding": "regressor"},
        "joint": {"encoding": "joint"},
        "small": {"width": 512, "epochs": 10, "falling_epochs": 10, "rate": 5e-4},
        "smoke": {"width": 8, "noise": 4, "batch": 16, "epochs": 1, "falling_epochs": 1},
    }

    prior: ClassVar[Prior] = "uniform"

    encoding: Encoding = "pairs"
    """How the encoder learns: by the game over pairs; from codes and their pictures; or that, to the generator's cost
    too."""
    noise: int = 50
    width: int = 1024
    rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)
    decay: float = 2.5e-5
    """Of the weights, added to the gradient."""
    regression: float = 0.25
    """What the generator pays of the code's error where the encoding is "joint"."""
    batch: int = 128
    epochs: int = 200
    """Passes over the digits at the full rate."""
    falling_epochs: int = 200
    """Further ones, in which the rate falls to ``last`` of it."""
    last: float = 0.01
    seed: int = 0

    def generator(self) -> BidirectionalGenerator:
        return BidirectionalGenerator(self.noise, self.width)

    def stages(self, data: Digits) -> Iterator[Stage[Labelled]]:
        both = self.generator()
        discriminator = PairDiscriminator(self.noise if self.encoding == "pairs" else 0, self.width)
        optimizers = [self._optimizer(net) for net in (both, discriminator)]
        players = versus(self._game(both, discriminator), (both, optimizers[0]), (discriminator, optimizers[1]))
        full, rounds = (
            math.ceil(epochs * len(data) / self.batch) for epochs in (self.epochs, self.epochs + self.falling_epochs)
        )
        curve = decaying(full, rounds, self.last)
        yield Stage(
            "adversarial",
            rounds,
            labelled(data, self.batch, self.seed),
            players,
            [follow(optimizer, curve) for optimizer in optimizers],
            simultaneous=True,
            product=both,
        )

    def _game(self, both: BidirectionalGenerator, judge: nn.Module) -> Objective[Labelled]:
        nets = both.generator, both.encoder, judge
        if self.encoding == "pairs":
            return BidirectionalGame(*nets, self.noise, self.prior)
        weight = self.regression if self.encoding == "joint" else 0.0
        return RegressedGame(*nets, self.noise, self.prior, weight)

    def _optimizer(self, net: nn.Module) -> Optimizer:
        return Adam(net.parameters(), lr=self.rate, betas=self.betas, weight_decay=self.decay)


def decaying(start: int, rounds: int, last: float) -> Curve:
    """1 up to round ``start``, from there by the same factor each round to ``last`` in the last one.

    >>> [round(decaying(2, 4, 0.01)(number), 3) for number in range(4)]
    [1.0, 1.0, 0.1, 0.01]
    """
    return lambda number: last ** (max(0, number + 1 - start) / max(1, rounds - start))
