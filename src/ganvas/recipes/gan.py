"""The original GAN on the ring of Gaussians, where it can be seen which modes it covers (Goodfellow et al. 2014)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from torch import nn
from torch.optim import Adam

from ganvas.data.batches import Images
from ganvas.data.synthetic import ring_of_gaussians
from ganvas.game import Stage, versus
from ganvas.losses.adversarial import Minimax, NonSaturating
from ganvas.nets.multilayer import multilayer
from ganvas.objectives.generation import Generation
from ganvas.recipes.recipe import Paper, Recipe


class GANRecipe(Recipe):
    """Algorithm 1 with its k turns of the discriminator; the ring and its test are those of Metz et al. 2017."""

    name = "gan"
    paper = Paper("Generative Adversarial Nets", "Goodfellow et al.", 2014, "arXiv:1406.2661")
    reads = "nothing"
    task = "generate"
    presets: ClassVar = {"paper": {}, "smoke": {"width": 8, "batch": 16, "rounds": 4, "turns": 2}}

    loss: Literal["minimax", "non-saturating"] = "non-saturating"
    turns: int = 1
    """k: turns of the discriminator for each of the generator."""
    rounds: int = 10_000
    batch: int = 256
    rate: float = 1e-3
    noise: int = 64
    width: int = 128
    modes: int = 8
    deviation: float = 0.02
    seed: int = 0

    def generator(self) -> nn.Module:
        return multilayer(self.noise, 2, self.width)

    def stages(self, data: None) -> Iterator[Stage[Images]]:
        generator, discriminator = self.generator(), multilayer(2, 1, self.width)
        adversarial = Minimax() if self.loss == "minimax" else NonSaturating()
        game = Generation(generator, discriminator, adversarial, self.noise)

        def adam(net: nn.Module) -> tuple[nn.Module, Any]:
            return net, Adam(net.parameters(), lr=self.rate, betas=(0.5, 0.999))

        players = versus(
            game, adam(generator), adam(discriminator), discriminator_turns=self.turns, generator_first=False
        )
        ring = ring_of_gaussians(self.batch, modes=self.modes, deviation=self.deviation, seed=self.seed)
        yield Stage("adversarial", self.rounds, ring, players, product=generator)
