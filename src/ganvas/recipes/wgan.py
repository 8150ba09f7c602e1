"""Wasserstein GAN on points of the plane: a critic whose weights are clipped (Arjovsky et al. 2017)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from torch import nn
from torch.optim import RMSprop

from ganvas.data.batches import Images
from ganvas.data.stream import Stream
from ganvas.data.synthetic import Toy, toy
from ganvas.game import Player, Stage, versus
from ganvas.losses.adversarial import Wasserstein
from ganvas.nets.multilayer import multilayer
from ganvas.objectives.generation import Generation
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.training.clipping import clip_weights


class WGANRecipe(Recipe):
    """Algorithm 1: five turns of the critic a round, RMSProp, and every weight of the critic clipped after each.

    Nets and scale of the points are those of the toys of Gulrajani et al. 2017, but narrower. The model takes noise
    (N, ``noise``) and makes points (N, 2).
    """

    name = "wgan"
    paper = Paper("Wasserstein GAN", "Arjovsky, Chintala, Bottou", 2017, "arXiv:1701.07875")
    reads = "nothing"
    task = "generate"
    presets: ClassVar = {
        "paper": {},
        "as-code": {"warm_up": True},
        "smoke": {"width": 8, "batch": 16, "rounds": 4, "turns": 2},
    }

    clip: float = 0.01
    """c: the largest weight of the critic."""
    turns: int = 5
    """n_critic: turns of the critic for each of the generator."""
    warm_up: bool = False
    """Whether the critic has 100 turns in each of the first 25 rounds and in every 500th, as in the authors' code."""
    data: Toy = "ring"
    divide: float | None = None
    """Of the points; null: what the code of Gulrajani et al. 2017 divides these by."""
    rounds: int = 25_000
    batch: int = 256
    rate: float = 5e-5
    noise: int = 256
    width: int = 128
    depth: int = 3
    """Hidden layers of both nets."""
    seed: int = 0

    def generator(self) -> nn.Module:
        return multilayer(self.noise, 2, self.width, self.depth, start="he")

    def points(self, batch: int) -> Stream[Images]:
        """What the generator is to imitate."""
        return toy(self.data, batch, divide=self.divide, seed=self.seed)

    def stages(self, data: None) -> Iterator[Stage[Images]]:
        generator, critic = self.generator(), multilayer(2, 1, self.width, self.depth, start="he")
        optimizers = [RMSprop(net.parameters(), lr=self.rate) for net in (generator, critic)]
        clip_weights(optimizers[1], self.clip)
        players = versus(
            Generation(generator, critic, Wasserstein(), self.noise),
            (generator, optimizers[0]),
            (critic, optimizers[1]),
            discriminator_turns=self.turns,
            generator_first=False,
        )
        schedules = [warming(players[0], self.turns)] if self.warm_up else []
        yield Stage("adversarial", self.rounds, self.points(self.batch), players, schedules, product=generator)


def warming(critic: Player[Images], turns: int) -> Callable[[int], None]:
    """A schedule that gives ``critic`` 100 turns in each of the first 25 rounds and in every 500th, else ``turns``."""

    def schedule(number: int) -> None:
        critic.turns = 100 if number < 25 or number % 500 == 0 else turns

    return schedule
