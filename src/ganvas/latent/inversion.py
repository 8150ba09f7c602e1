"""Codes found again from pictures, or from a part of them, by gradient descent (Ma, Ayaz, Karaman 2018: Invertibility
of convolutional generative networks from partial measurements; Zhu et al. 2016, iGAN, for the start by an encoder).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import torch
from torch.optim import LBFGS, Adam

from ganvas.data.noise import on_sphere
from ganvas.latent.model import Generator
from ganvas.latent.operators import Measurement

Hold = Literal["none", "norm", "range"]
"""What keeps codes likely: nothing; their norm at sqrt(d); or tanh, which keeps them within (-1, 1)."""

EXACT = 0.01
"""The relative error up to which a code counts as found."""

OWN = 0x6A09E667
"""Makes seeds its own: a start that is the truth, since both were drawn with seed 0, would prove nothing."""

BOUND = 0.999
"""How near to 1 a start may be where tanh has to reach it."""

Cost = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]
"""Pictures (B, C, H, W), their codes (B, d) and the numbers of their targets (B,) to what each costs, (B,)."""

Starts = int | Literal["mirrored"]


@dataclass(frozen=True)
class Descent:
    """How codes are moved. The numbers are those of the authors' PyTorch code.

    ``falling``: the rate falls to nothing along half a cosine, so that fewer, larger steps do. With "lbfgs" ``steps``
    are iterations, ``rate`` does not count, and each code has a search of its own.
    """

    steps: int = 1000
    rate: float = 0.01
    falling: bool = False
    optimizer: Literal["adam", "lbfgs"] = "adam"
    hold: Hold = "none"


@dataclass(frozen=True, eq=False)
class Inversion:
    """``codes`` (N, d), the best of all starts, their ``costs`` J (N,), and those of ``every`` start, (N, starts)."""

    codes: torch.Tensor
    costs: torch.Tensor
    every: torch.Tensor

    def errors(self, truth: torch.Tensor) -> torch.Tensor:
        """(N,): |z - z*| / |z*|."""
        return (self.codes - truth).norm(dim=1) / truth.norm(dim=1)

    def success(self, truth: torch.Tensor, within: float = EXACT) -> float:
        """The share of codes that were found again."""
        return float((self.errors(truth) <= within).float().mean())


def invert(
    generator: Generator,
    measured: torch.Tensor,
    measurement: Measurement,
    *,
    descent: Descent | None = None,
    starts: Starts = "mirrored",
    first: torch.Tensor | None = None,
    seed: int = 0,
) -> Inversion:
    """The codes whose pictures, measured in the same way, come nearest to ``measured`` (N, ...): least is
    J(z) = 1/2 |y - A G(z)|².

    "mirrored", as the authors' code: from z0 of the prior, then from the negative of where that ended, for the one bad
    region of J lies about a negative multiple of the truth. A number: so many starts of the prior, all at once.
    ``first`` (N, d) is where the first start is taken, such as an encoder's guess.
    """
    descent = descent or Descent()

    def cost(images: torch.Tensor, codes: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        rest = measurement(images) - measured[targets]
        return rest.flatten(1).square().sum(1) / 2

    return search(generator, cost, len(measured), descent, starts, first, seed)


def search(
    generator: Generator,
    cost: Cost,
    count: int,
    descent: Descent,
    starts: Starts,
    first: torch.Tensor | None = None,
    seed: int = 0,
) -> Inversion:
    """The best codes, by ``cost``, that ``descent`` finds for ``count`` targets."""
    number = 1 if starts == "mirrored" else starts
    begin = generator.sample(count * number, seed ^ OWN).view(count, number, -1)
    if first is not None:
        begin[:, 0] = first
    targets = torch.arange(count).repeat_interleave(number)
    codes, costs = descended(generator, cost, begin.flatten(0, 1), targets, descent)
    ends, every = codes.view(count, number, -1), costs.view(count, number)
    if starts == "mirrored":
        other, further = descended(generator, cost, -codes, targets, descent)
        ends, every = torch.stack([codes, other], 1), torch.stack([costs, further], 1)
    best = every.argmin(1)
    rows = torch.arange(count)
    return Inversion(ends[rows, best], every[rows, best], every)


def descended(
    generator: Generator, cost: Cost, start: torch.Tensor, targets: torch.Tensor, descent: Descent
) -> tuple[torch.Tensor, torch.Tensor]:
    """Where ``descent`` from ``start`` (B, d) ends, and what that costs, (B,)."""
    free = start.clamp(-BOUND, BOUND).atanh() if descent.hold == "range" else start.clone()

    def costs(numbers: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        codes = held(numbers, descent.hold)
        return cost(generator(codes), codes, targets)

    if descent.optimizer == "adam":
        _adam(free, lambda numbers: costs(numbers, targets), descent)
    else:  # it looks at all numbers together, so each code is given a search of its own
        for row in range(len(free)):
            _lbfgs(free[row : row + 1], partial(costs, targets=targets[row : row + 1]), descent.steps)
    with torch.no_grad():
        return held(free, descent.hold), costs(free, targets)


def held(free: torch.Tensor, hold: Hold) -> torch.Tensor:
    """The codes (B, d) that ``free`` numbers stand for."""
    match hold:
        case "none":
            return free
        case "norm":
            return on_sphere(free)
        case "range":
            return free.tanh()


def landscape(
    generator: Generator,
    image: torch.Tensor,
    code: torch.Tensor,
    measurement: Measurement,
    *,
    reach: float = 2.0,
    points: int = 41,
    seed: int = 0,
) -> torch.Tensor:
    """(points, points): J over the plane through 0, ``code`` (d,) and a random direction at right angles to it.

    Columns run along the code from -``reach`` to ``reach`` times it, rows along the other direction, as far: the truth
    lies at column 1, row 0, its mirror region left of the middle.
    """
    aside = torch.randn(code.shape, generator=torch.Generator().manual_seed(seed ^ OWN))
    aside = aside - (aside @ code) / (code @ code) * code
    aside = aside * code.norm() / aside.norm()
    line = torch.linspace(-reach, reach, points)
    codes = line[None, :, None] * code + line[:, None, None] * aside
    with torch.no_grad():
        rest = measurement(generator(codes.flatten(0, 1))) - measurement(image[None])
    return rest.flatten(1).square().sum(1).view(points, points) / 2


def psnr(made: torch.Tensor, truth: torch.Tensor, where: torch.Tensor | None = None) -> torch.Tensor:
    """(N,): decibels over the pixels where ``where``, broadcast to the pictures (N, C, H, W), is 1, or over all."""
    weight = torch.ones_like(truth) if where is None else where.expand_as(truth)
    wrong = ((made - truth).square() * weight).flatten(1).sum(1) / weight.flatten(1).sum(1)
    return -10 * wrong.clamp(min=1e-10).log10()


def _adam(free: torch.Tensor, costs: Callable[[torch.Tensor], torch.Tensor], descent: Descent) -> None:
    """Moves ``free`` in place. Adam looks at each number alone, so all codes go at once as if each went by itself."""
    numbers = free.clone().requires_grad_()
    optimizer = Adam([numbers], lr=descent.rate)
    for step in range(descent.steps):
        if descent.falling:
            optimizer.param_groups[0]["lr"] = descent.rate * (1 + math.cos(math.pi * step / descent.steps)) / 2
        optimizer.zero_grad()
        costs(numbers).sum().backward()
        optimizer.step()
    free.copy_(numbers.detach())


def _lbfgs(free: torch.Tensor, costs: Callable[[torch.Tensor], torch.Tensor], steps: int) -> None:
    numbers = free.clone().requires_grad_()
    optimizer = LBFGS([numbers], max_iter=steps, tolerance_grad=1e-6, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        value = costs(numbers).sum()
        value.backward()
        return value

    optimizer.step(closure)
    free.copy_(numbers.detach())
