"""The original GAN on points of the plane, where it can be seen which modes it covers (Goodfellow et al. 2014)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from torch import nn
from torch.optim import SGD, Adam, Optimizer

from ganvas.data.batches import Images
from ganvas.data.stream import Stream
from ganvas.data.synthetic import Toy, toy
from ganvas.game import Stage, versus
from ganvas.losses.adversarial import Minimax, NonSaturating
from ganvas.nets.multilayer import multilayer
from ganvas.objectives.generation import Generation
from ganvas.recipes.recipe import Paper, Recipe


class GANRecipe(Recipe):
    """Algorithm 1 with its k turns of the discriminator; nets, rates and the ring are those of Metz et al. 2017.

    With them it collapses onto one mode or a few. The model takes noise (N, ``noise``) and makes points (N, 2).
    """

    name = "gan"
    paper = Paper("Generative Adversarial Nets", "Goodfellow et al.", 2014, "arXiv:1406.2661")
    reads = "nothing"
    task = "generate"
    presets: ClassVar = {"paper": {}, "smoke": {"width": 8, "batch": 16, "rounds": 4, "turns": 2}}

    data: Toy = "ring"
    divide: float | None = 1.0
    """Of the points; null: what the code of Gulrajani et al. 2017 divides these by."""
    loss: Literal["minimax", "non-saturating"] = "non-saturating"
    turns: int = 1
    """k: turns of the discriminator for each of the generator."""
    rounds: int = 25_000
    batch: int = 512
    optimizer: Literal["adam", "sgd-momentum"] = "adam"
    """The paper's own is SGD with momentum, at a rate of its own."""
    rate: float = 1e-4
    betas: tuple[float, float] = (0.5, 0.999)
    """Of Adam."""
    momentum: float = 0.5
    """Of SGD."""
    noise: int = 256
    width: int = 128
    gain: float = 0.8
    """Of the orthogonal matrices that the weights begin as."""
    seed: int = 0

    def generator(self) -> nn.Module:
        return multilayer(self.noise, 2, self.width, start=self.gain)

    def points(self, batch: int) -> Stream[Images]:
        """What the generator is to imitate."""
        return toy(self.data, batch, divide=self.divide, seed=self.seed)

    def stages(self, data: None) -> Iterator[Stage[Images]]:
        generator = self.generator()
        discriminator = multilayer(2, 1, self.width, depth=1, start=self.gain, divide=4)
        adversarial = Minimax() if self.loss == "minimax" else NonSaturating()
        players = versus(
            Generation(generator, discriminator, adversarial, self.noise),
            (generator, self._optimizer(generator)),
            (discriminator, self._optimizer(discriminator)),
            discriminator_turns=self.turns,
            generator_first=False,
        )
        yield Stage("adversarial", self.rounds, self.points(self.batch), players, product=generator)

    def _optimizer(self, net: nn.Module) -> Optimizer:
        if self.optimizer == "adam":
            return Adam(net.parameters(), lr=self.rate, betas=self.betas)
        return SGD(net.parameters(), lr=self.rate, momentum=self.momentum)
