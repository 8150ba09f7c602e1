"""The conditional GAN on digits: which digit is to be made is told to both nets (Mirza, Osindero 2014)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn
from torch.optim import SGD, Adam, Optimizer

from ganvas.data.batches import Labelled
from ganvas.data.digits import Digits, labelled
from ganvas.game import Stage, versus
from ganvas.losses.adversarial import Minimax, NonSaturating
from ganvas.nets.cgan import ConditionalDiscriminator, ConditionalGenerator
from ganvas.objectives.generation import ConditionalGeneration
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.training.schedules import divided, follow, linear, momenta


class CGANRecipe(Recipe):
    """The numbers are those of the paper's section 4.1, the order of turns that of Goodfellow et al. 2014.

    The model takes noise (N, 100), uniform in [0, 1), and labels (N). Preset ``modern`` has today's usual optimiser,
    ``small`` is for a CPU.
    """

    name = "cgan"
    paper = Paper("Conditional Generative Adversarial Nets", "Mirza, Osindero", 2014, "arXiv:1411.1784")
    reads = "digits"
    task = "generate"
    presets: ClassVar = {
        "paper": {},
        "modern": {"optimizer": "adam", "rate": 2e-4, "epochs": 50},
        "small": {"optimizer": "adam", "rate": 1e-3, "judge_rate": 1e-4, "joint": False, "dropout": 0.3}
        | {"batch": 50, "rounds": 4000, "mismatched": 0.5},
        "smoke": {"batch": 16, "epochs": 1},
    }

    noise: ClassVar = 100

    loss: Literal["minimax", "non-saturating"] = "non-saturating"
    """The paper prints minimax; by Goodfellow et al. 2014, section 3, the other has the same fixed point."""
    mismatched: float = Field(0.0, ge=0, lt=1)
    """Share of the discriminator's fakes that are real pictures of another class (Reed et al. 2016)."""
    joint: bool = True
    """Whether the generator has one more layer where noise and label meet."""
    dropout: float = 0.5
    optimizer: Literal["sgd", "adam"] = "sgd"
    rate: float = 0.1
    judge_rate: float | None = None
    """The discriminator's, where it is not ``rate`` too."""
    divisor: float = 1.00004
    """Of the rate, after each round, where the optimiser is SGD; ``least_rate`` is where that ends."""
    least_rate: float = 1e-6
    momentum: tuple[float, float] = (0.5, 0.7)
    """Of SGD, in the first and in the last round; the paper does not say how fast it rises."""
    betas: tuple[float, float] = (0.5, 0.999)
    """Of Adam."""
    batch: int = 100
    epochs: int = 480
    """Passes over the digits: here until the rate is at its least. The paper stops where the likelihood of held-out
    digits does not rise any more (:func:`ganvas.metrics.parzen`)."""
    rounds: int | None = None
    """In place of the epochs."""
    seed: int = 0

    def generator(self) -> ConditionalGenerator:
        return ConditionalGenerator(self.joint, self.dropout)

    def stages(self, data: Digits) -> Iterator[Stage[Labelled]]:
        generator, discriminator = self.generator(), ConditionalDiscriminator(self.dropout)
        adversarial = Minimax() if self.loss == "minimax" else NonSaturating()
        game = ConditionalGeneration(generator, discriminator, adversarial, self.noise, self.mismatched)
        rates = self.rate, self.judge_rate or self.rate
        optimizers = [self._optimizer(net, rate) for net, rate in zip((generator, discriminator), rates, strict=True)]
        players = versus(game, (generator, optimizers[0]), (discriminator, optimizers[1]), generator_first=False)
        rounds = self.rounds or math.ceil(self.epochs * len(data) / self.batch)
        schedules = [each for optimizer in optimizers for each in self._schedules(optimizer, rounds)]
        pictures = labelled(data, self.batch, self.seed)
        yield Stage("adversarial", rounds, pictures, players, schedules, product=generator)

    def _optimizer(self, net: nn.Module, rate: float) -> Optimizer:
        if self.optimizer == "adam":
            return Adam(net.parameters(), lr=rate, betas=self.betas)
        return SGD(net.parameters(), lr=rate, momentum=self.momentum[0])

    def _schedules(self, optimizer: Optimizer, rounds: int) -> list[Callable[[int], None]]:
        if self.optimizer == "adam":
            return []
        rates = follow(optimizer, divided(self.divisor, self.least_rate / self.rate))
        return [rates, momenta(optimizer, linear(rounds, *self.momentum))]
