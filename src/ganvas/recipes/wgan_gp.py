"""WGAN with a gradient penalty on points of the plane (Gulrajani et al. 2017)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from torch import nn
from torch.optim import Adam

from ganvas.data.batches import Images
from ganvas.data.stream import Stream
from ganvas.data.synthetic import Toy, toy
from ganvas.game import Stage, versus
from ganvas.losses.adversarial import WassersteinGP
from ganvas.nets.multilayer import multilayer
from ganvas.objectives.generation import Generation
from ganvas.recipes.recipe import Paper, Recipe


class WGANGPRecipe(Recipe):
    """Algorithm 1 with the numbers of the authors' code for toys, which asks a hundredth of the paper's penalty.

    Preset ``small`` has narrower nets and fewer rounds. The model takes noise (N, ``noise``) and makes points (N, 2).
    """

    name = "wgan-gp"
    paper = Paper("Improved Training of Wasserstein GANs", "Gulrajani et al.", 2017, "arXiv:1704.00028")
    reads = "nothing"
    task = "generate"
    presets: ClassVar = {
        "toy": {},
        "small": {"width": 128, "rounds": 10_000},
        "smoke": {"width": 8, "batch": 16, "rounds": 4, "turns": 2},
    }

    penalty: float = 0.1
    """λ; the paper has 10 for pictures."""
    turns: int = 5
    """n_critic: turns of the critic for each of the generator."""
    data: Toy = "ring"
    divide: float | None = None
    """Of the points; null: what the authors' code divides these by."""
    rounds: int = 100_000
    batch: int = 256
    rate: float = 1e-4
    betas: tuple[float, float] = (0.5, 0.9)
    noise: int = 2
    width: int = 512
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
        optimizers = [Adam(net.parameters(), lr=self.rate, betas=self.betas) for net in (generator, critic)]
        players = versus(
            Generation(generator, critic, WassersteinGP(self.penalty), self.noise),
            (generator, optimizers[0]),
            (critic, optimizers[1]),
            discriminator_turns=self.turns,
            generator_first=False,
        )
        yield Stage("adversarial", self.rounds, self.points(self.batch), players, product=generator)
