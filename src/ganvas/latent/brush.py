"""Pictures edited by a brush: the code whose picture has what was painted, and else stays what it was (iGAN: Zhu et al.
2016, arXiv 1609.03552, section 4, with the weights of the authors' code).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn.functional import avg_pool2d

from ganvas.images import read
from ganvas.latent.inversion import OWN, Descent, Hold, descended
from ganvas.latent.model import Generator, LatentError, fitted, placed

SHAPE, NEARNESS = 0.2, 5.0
"""What the shape and the way from the start count, where the colour counts 1."""

CANDIDATES, APART = 32, 0.5
"""Codes that are tried at a time, and how far from the start they begin, in each component."""

DIRECTIONS, CELL = 8, 4
"""Of the gradients that are told apart, and the side of a cell they are counted in, in pixels."""


@dataclass(frozen=True, eq=False)
class Stroke:
    """``image`` (1, C, H, W) in [0, 1], painted where ``where`` (1, H, W) is 1: with ``colour`` it asks for its colours
    there, with ``shape`` for its edges.
    """

    image: torch.Tensor
    where: torch.Tensor
    colour: bool = True
    shape: bool = False

    def __post_init__(self) -> None:
        if not self.where.any():
            raise LatentError("nothing is painted: the stroke is transparent, or its mask black, everywhere")
        if not (self.colour or self.shape):
            raise ValueError("a stroke asks for its colour, its shape or both")

    def cost(self, made: torch.Tensor) -> torch.Tensor:
        """(N,): what ``made`` (N, C, H, W) lacks of it, mean squares over what is painted, on the range [-1, 1]."""
        total = made.new_zeros(len(made))
        if self.colour:
            total = total + _within((2 * (made - self.image)).square(), self.where)
        if self.shape:
            cells = avg_pool2d(self.where, CELL, ceil_mode=True)
            total = total + SHAPE * _within((gradients(made) - gradients(self.image)).square(), cells)
        return total


@dataclass(frozen=True, eq=False)
class Edit:
    """``codes`` (K, d), best first, and their ``costs`` (K,); ``start`` (d,) is where they come from, if anywhere."""

    codes: torch.Tensor
    costs: torch.Tensor
    start: torch.Tensor | None

    def morph(self, steps: int = 16) -> torch.Tensor:
        """(steps, d): from the start to the best on a straight line; LatentError where there was no start."""
        if self.start is None:
            raise LatentError("there is no way to a picture that was painted from nothing")
        return torch.lerp(self.start, self.codes[0], torch.linspace(0, 1, steps)[:, None])


def brush(
    generator: Generator,
    stroke: Stroke,
    start: torch.Tensor | None = None,
    *,
    steps: int = 25,
    rate: float = 0.1,
    best: int = 16,
    nearness: float = NEARNESS,
    hold: Hold = "none",
    seed: int = 0,
) -> Edit:
    """The ``best`` of 32 codes, each moved from near ``start`` (d,) so that its picture has the ``stroke``.

    Least is the cost of the stroke + ``nearness`` · mean (z - z0)², the latter in the scale of codes in [-1, 1]: that
    of a normal prior counts a third. Without ``start`` all codes are of the prior and none is asked to be near.
    """
    count = max(CANDIDATES, best)
    begin, weight = generator.sample(count, seed ^ OWN), 0.0
    if start is not None:
        chance = torch.rand(count, generator.dims, generator=torch.Generator().manual_seed(seed))
        begin = generator.kept(start + APART * (2 * chance - 1))
        weight = nearness if generator.prior == "uniform" else nearness / 3

    def cost(images: torch.Tensor, codes: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        lacking = stroke.cost(images)
        return lacking if start is None else lacking + weight * (codes - start).square().mean(1)

    descent = Descent(steps, rate, hold=hold)
    codes, costs = descended(generator, cost, begin, torch.zeros(count, dtype=torch.long), descent)
    order = costs.argsort()[:best]
    return Edit(codes[order], costs[order], start)


def gradients(images: torch.Tensor) -> torch.Tensor:
    """(N, 8, h, w): how much of the brightness of ``images`` (N, C, H, W) rises which way in each cell of 4 x 4 pixels,
    of length 1 at most; a histogram of oriented gradients (Dalal, Triggs 2005) whose bins overlap, so that it can be
    differentiated.
    """
    grey = images.mean(1)
    across = grey[:, :, 2:] - grey[:, :, :-2]
    down = grey[:, 2:] - grey[:, :-2]
    across = torch.nn.functional.pad(across, (1, 1))
    down = torch.nn.functional.pad(down, (0, 0, 1, 1))
    angles = torch.arange(DIRECTIONS, dtype=images.dtype) * (2 * math.pi / DIRECTIONS)
    ways = torch.stack([across, down], 1)
    turned = torch.einsum("kc,nchw->nkhw", torch.stack([angles.cos(), angles.sin()], 1), ways)
    cells = avg_pool2d(turned.clamp(min=0), CELL, ceil_mode=True)
    return cells / (cells.square().sum(1, keepdim=True) + 0.1**2).sqrt()


def stroke_of(
    path: Path, generator: Generator, mask: Path | None = None, *, colour: bool = True, shape: bool = False
) -> Stroke:
    """What is painted in ``path``: where it is not transparent, or where ``mask`` is white.

    LatentError where it is neither transparent anywhere nor has a mask.
    """
    image = fitted(path, generator)
    if mask is not None:
        where = fitted(mask, generator)[0].mean(0, keepdim=True)
    else:
        alpha = read(path).alpha
        if alpha is None or alpha.min() == 1:
            raise LatentError(f"{path} is painted everywhere: leave the rest transparent, or give a --mask")
        where = placed(torch.from_numpy(alpha)[None, None], generator)[0]
    return Stroke(image, (where > 0.5).float(), colour, shape)


def _within(squares: torch.Tensor, where: torch.Tensor) -> torch.Tensor:
    """(N,): the mean of ``squares`` (N, C, H, W) over what ``where`` (1, H, W) weighs."""
    return (squares.mean(1) * where).flatten(1).sum(1) / where.sum()
