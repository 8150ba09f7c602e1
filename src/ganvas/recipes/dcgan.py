"""DCGAN: convolutions that make whole pictures of noise (Radford, Metz, Chintala 2016)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field, model_validator
from torch import nn
from torch.optim import Adam, Optimizer, RMSprop

from ganvas.data.batches import Images
from ganvas.data.collection import Collection
from ganvas.data.noise import Prior
from ganvas.game import Stage, versus
from ganvas.losses.adversarial import Adversarial, Minimax, NonSaturating, Wasserstein, WassersteinGP
from ganvas.nets.dcgan import (
    CriticNorm,
    DCGANDiscriminator,
    DCGANGenerator,
    Design,
    MLPDiscriminator,
    MLPGenerator,
    doublings,
)
from ganvas.objectives.generation import Generation
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.training.clipping import clip_weights


class DCGANRecipe(Recipe):
    """The paper's numbers; the fields also span the comparisons of WGAN and WGAN-GP on pictures.

    Both sides learn from the same batch, where the authors' code gives every other batch to the generator. ``as-code``
    has the weight decay that only the code tells of, ``wgan`` the numbers of WGAN's code, ``mnist`` and ``cifar`` those
    of WGAN-GP's, digits padded to 32 pixels; ``digits``, of which the bundled generator is made, and ``small`` are for
    a CPU.
    """

    name = "dcgan"
    paper = Paper(
        "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks",
        "Radford, Metz, Chintala",
        2016,
        "arXiv:1511.06434",
    )
    reads = "collection"
    task = "generate"
    presets: ClassVar = {
        "paper": {},
        "as-code": {"decay": 1e-5},
        "wgan": {"design": "wgan", "width": 64, "prior": "normal", "loss": "wasserstein", "turns": 5, "batch": 64}
        | {"optimizer": "rmsprop", "rate": 5e-5},
        "mnist": {"side": 32, "channels": 1, "width": 64, "noise": 128, "prior": "normal", "design": "wgan-gp"}
        | {"norm": False, "critic_norm": "none", "loss": "wgan-gp", "turns": 5, "batch": 50}
        | {"rate": 1e-4, "betas": (0.5, 0.9), "rounds": 200_000},
        "cifar": {"side": 32, "width": 128, "noise": 128, "prior": "normal", "design": "wgan-gp"}
        | {"critic_norm": "none", "loss": "wgan-gp", "turns": 5, "batch": 64}
        | {"rate": 1e-4, "betas": (0.5, 0.9), "rounds": 200_000},
        "digits": {"side": 32, "channels": 1, "width": 24, "noise": 64, "prior": "normal", "batch": 64, "rounds": 5000},
        "small": {"side": 32, "width": 32, "batch": 64, "rounds": 5000},
        "smoke": {"side": 16, "width": 4, "noise": 8, "batch": 4, "rounds": 3},
    }

    side: int = 64
    channels: Literal[1, 3] = 3
    design: Design = "dcgan"
    """Whose kernels, biases and weights of the start."""
    generator_net: Literal["dcgan", "constant", "mlp"] = "dcgan"
    """"constant" has the same width everywhere."""
    discriminator_net: Literal["dcgan", "mlp"] = "dcgan"
    width: int = 128
    """Of the layers next to the picture; every further one of a DCGAN has twice as many maps."""
    mlp_width: int = 512
    norm: bool = True
    """Whether the generator has batch normalisation."""
    critic_norm: CriticNorm = "batch"
    """The discriminator's, or critic's."""
    noise: int = 100
    prior: Prior = "uniform"
    loss: Literal["non-saturating", "minimax", "wasserstein", "wgan-gp"] = "non-saturating"
    turns: int = Field(1, ge=1)
    """Of the discriminator for each of the generator."""
    clip: float = 0.01
    """What the critic's weights are kept within where the loss is "wasserstein"."""
    penalty: float = 10.0
    """Of the gradient, where the loss is "wgan-gp"; as in the paper for pictures in [-1, 1]."""
    optimizer: Literal["adam", "rmsprop"] = "adam"
    rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)
    """Of Adam."""
    decay: float = 0.0
    """Of the weights, added to the gradient."""
    mirror: bool = False
    batch: int = 128
    epochs: int = 25
    """Passes over the pictures; the paper's on faces."""
    rounds: int | None = None
    """In place of the epochs."""
    seed: int = 0

    @model_validator(mode="after")
    def _fits(self) -> DCGANRecipe:
        doublings(self.side)
        if self.loss == "wgan-gp" and self.critic_norm == "batch" and self.discriminator_net == "dcgan":
            raise ValueError("with wgan-gp each picture pays for its own gradient: critic_norm must be layer or none")
        return self

    def generator(self) -> nn.Module:
        if self.generator_net == "mlp":
            return MLPGenerator(self.side, self.channels, self.mlp_width, self.noise)
        constant = self.generator_net == "constant"
        return DCGANGenerator(
            self.side, self.channels, self.width, self.noise, self.design, norm=self.norm, constant=constant
        )

    def discriminator(self) -> nn.Module:
        """A new net of the other side."""
        if self.discriminator_net == "mlp":
            return MLPDiscriminator(self.side, self.channels, self.mlp_width)
        return DCGANDiscriminator(self.side, self.channels, self.width, self.design, self.critic_norm)

    def stages(self, data: Collection) -> Iterator[Stage[Images]]:
        pictures = data.at(self.side, self.channels)
        generator, discriminator = self.generator(), self.discriminator()
        game = Generation(generator, discriminator, self._adversarial(), self.noise, self.prior)
        optimizers = [self._optimizer(net) for net in (generator, discriminator)]
        if self.loss == "wasserstein":
            clip_weights(optimizers[1], self.clip)
        players = versus(
            game,
            (generator, optimizers[0]),
            (discriminator, optimizers[1]),
            discriminator_turns=self.turns,
            generator_first=False,
        )
        rounds = self.rounds or math.ceil(self.epochs * len(pictures) / (self.batch * self.turns))
        stream = pictures.stream(self.batch, mirror=self.mirror, seed=self.seed)
        yield Stage("adversarial", rounds, stream, players, product=generator)

    def _adversarial(self) -> Adversarial:
        match self.loss:
            case "non-saturating":
                return NonSaturating()
            case "minimax":
                return Minimax()
            case "wasserstein":
                return Wasserstein()
            case "wgan-gp":
                return WassersteinGP(self.penalty, span=2.0)

    def _optimizer(self, net: nn.Module) -> Optimizer:
        if self.optimizer == "rmsprop":
            return RMSprop(net.parameters(), lr=self.rate, weight_decay=self.decay)
        return Adam(net.parameters(), lr=self.rate, betas=self.betas, weight_decay=self.decay)
