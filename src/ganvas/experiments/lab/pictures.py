"""Generators of pictures, trained for a few minutes and measured without a network trained by others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn
from torch.nn.functional import softplus
from torch.optim import Adam, Optimizer, RMSprop

from ganvas.data.batches import Images
from ganvas.data.collection import Pictures
from ganvas.data.stream import Stream
from ganvas.experiments.lab.known import seeded
from ganvas.game import Stage, versus
from ganvas.images import Picture
from ganvas.losses.adversarial import NonSaturating, Wasserstein
from ganvas.metrics.sliced import swd
from ganvas.objectives.generation import Generation
from ganvas.report.film import figure
from ganvas.training.clipping import clip_weights

Loss = Literal["WGAN", "GAN"]

NOISE = 64
TURNS = 5
"""Of WGAN's critic."""
CLIP = 0.01


@dataclass
class Contest:
    """Two nets that play for one of the losses; it is played in parts, to be measured in between.

    WGAN's critic takes five turns of RMSProp with its weights clipped (Arjovsky et al. 2017, algorithm 1), at ten times
    the paper's rate for want of its rounds; the GAN has DCGAN's Adam and the loss that does not saturate.
    """

    loss: Loss
    generator: nn.Module
    judge: nn.Module
    data: Pictures
    batch: int
    faster: float = 1.0
    """By how much the rates are larger than they should be."""

    def __post_init__(self) -> None:
        self.stream: Stream[Images] = self.data.stream(self.batch, seed=seeded())
        self.held: Stream[Images] = self.data.stream(self.batch, seed=seeded())
        self.optimizers = [self._optimizer(net) for net in (self.generator, self.judge)]
        if self.loss == "WGAN":
            clip_weights(self.optimizers[1], CLIP)

    def stage(self, name: str, rounds: int) -> Stage[Images]:
        """The next ``rounds`` of it."""
        adversarial = Wasserstein() if self.loss == "WGAN" else NonSaturating()
        players = versus(
            Generation(self.generator, self.judge, adversarial, NOISE),
            (self.generator, self.optimizers[0]),
            (self.judge, self.optimizers[1]),
            discriminator_turns=TURNS if self.loss == "WGAN" else 1,
            generator_first=False,
        )
        return Stage(name, rounds, self.stream, players)

    @torch.no_grad()
    def estimate(self, batches: int = 4) -> float:
        """What the judge says of the distance: WGAN's E f(real) - E f(fake), a GAN's lower bound of the Jensen-Shannon
        divergence, V / 2 + ln 2.
        """
        told: list[torch.Tensor] = []
        for _ in range(batches):
            real = self.judge(next(self.held).image)
            fake = self.judge(self.generator(torch.randn(self.batch, NOISE)))
            if self.loss == "WGAN":
                told.append(real.mean() - fake.mean())
            else:
                told.append(torch.tensor(2.0).log() - (softplus(-real).mean() + softplus(fake).mean()) / 2)
        return torch.stack(told).mean().item()

    def _optimizer(self, net: nn.Module) -> Optimizer:
        if self.loss == "WGAN":
            return RMSprop(net.parameters(), lr=5e-4 * self.faster)
        return Adam(net.parameters(), lr=2e-4 * self.faster, betas=(0.5, 0.999))


@torch.no_grad()
def made(generator: nn.Module, count: int, noise: Callable[[int], torch.Tensor] | None = None) -> torch.Tensor:
    """``count`` pictures (N, C, S, S), with the statistics of training where there is batch normalisation."""
    codes = torch.randn(count, NOISE) if noise is None else noise(count)
    generator.eval()
    pictures = torch.cat([generator(some) for some in codes.split(64)]).clamp(0, 1)
    generator.train()
    return pictures


def distance(generator: nn.Module, data: Pictures, count: int) -> float:
    """The sliced Wasserstein distance of ``count`` generated pictures from as many of ``data``; 0 is nearest."""
    real = data.stream(count, seed=0).batch(0).image
    fake = made(generator, count)
    return swd([coloured(fake)], [coloured(real)]).value


def spread(pictures: torch.Tensor) -> float:
    """The mean distance of two of ``pictures`` (N, C, S, S), root mean square over pixels."""
    return (torch.pdist(pictures.flatten(1)) / pictures[0].numel() ** 0.5).mean().item()


def sheet(pictures: torch.Tensor, caption: str, columns: int = 8) -> str:
    """``pictures`` in rows, as a figure of a page."""
    rows = [torch.cat(list(row), dim=-1) for row in coloured(pictures).split(columns)]
    return figure(Picture.from_tensor(torch.cat(rows, dim=-2)[None]), caption, "detail")


def coloured(pictures: torch.Tensor) -> torch.Tensor:
    """``pictures`` (N, 1, S, S) or (N, 3, S, S) with three channels."""
    return pictures.expand(-1, 3, -1, -1)
