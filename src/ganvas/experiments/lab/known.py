"""Distributions whose densities are known, as generators that have nothing to learn or a single number."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.optim import Adam

from ganvas.data.batches import Images
from ganvas.data.stream import Stream
from ganvas.game import Player, Stage
from ganvas.losses.adversarial import Adversarial
from ganvas.objectives.generation import Generation
from ganvas.training.schedules import cosine, follow


class Gaussian(nn.Module):
    """Standard normal noise (N, 1) to a normal distribution, (N, 1)."""

    def __init__(self, mean: float, deviation: float) -> None:
        super().__init__()
        self.mean, self.deviation = mean, deviation

    def forward(self, noise: torch.Tensor) -> torch.Tensor:
        return self.mean + self.deviation * noise


class Upright(nn.Module):
    """Standard normal noise (N, 1) to the points (theta, u) of an upright line, u uniform in [0, 1]; theta is learnt.

    Arjovsky et al. 2017 (arXiv:1701.07875), example 1.
    """

    def __init__(self, theta: float) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.tensor(theta))

    def forward(self, noise: torch.Tensor) -> torch.Tensor:
        height = (1 + torch.erf(noise / math.sqrt(2))) / 2
        return torch.cat([self.theta.expand_as(height), height], dim=1)


def sampled(net: nn.Module, batch: int, seed: int) -> Stream[Images]:
    """Batches of what ``net`` makes of standard normal noise (N, 1)."""

    def draw(random: np.random.Generator, rows: slice, position: int) -> Images:
        noise = torch.from_numpy(random.standard_normal((batch, 1), dtype=np.float32))
        with torch.no_grad():
            return Images(net(noise[rows]))

    return Stream(draw, batch, seed)


def judge_alone(
    name: str,
    data: nn.Module,
    generator: nn.Module,
    judge: nn.Module,
    adversarial: Adversarial,
    rounds: int,
    batch: int,
    *,
    rate: float = 2e-3,
    clipped: Callable[[torch.optim.Optimizer], None] | None = None,
) -> Stage[Images]:
    """A stage in which ``judge`` alone learns to tell samples of ``data`` from those of ``generator``.

    Both are given standard normal noise (N, 1). The rate falls to nothing, so that what it ends with is no matter of
    the last batch.
    """
    game = Generation(generator, judge, adversarial, noise=1)
    optimizer = Adam(judge.parameters(), lr=rate, betas=(0.5, 0.999))
    if clipped is not None:
        clipped(optimizer)
    player = Player("discriminator", judge, game.discriminator_loss, optimizer)
    schedules = [follow(optimizer, cosine(rounds))]
    return Stage(name, rounds, sampled(data, batch, seed=seeded()), [player], schedules)


def seeded() -> int:
    """A seed for data by torch's generator, which a demonstration's own seed has set."""
    return int(torch.randint(2**31, ()))


def line(low: float, high: float, places: int = 2001) -> torch.Tensor:
    return torch.linspace(low, high, places)


def normal_density(places: torch.Tensor, mean: float, deviation: float) -> torch.Tensor:
    return torch.exp(-(((places - mean) / deviation) ** 2) / 2) / (deviation * math.sqrt(2 * math.pi))
