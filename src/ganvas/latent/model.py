"""A trained generator as all work on its codes sees it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from ganvas.data.noise import Prior, on_sphere
from ganvas.errors import GanvasError
from ganvas.images import read, resize
from ganvas.latent import DEFAULT
from ganvas.latent.prior import draw
from ganvas.nets.cgan import ConditionalGenerator
from ganvas.recipes import RECIPES, build
from ganvas.weights import load

BATCH = 256
"""Codes that pass through the net at once."""

Encode = Callable[[torch.Tensor], torch.Tensor]
"""Pictures (N, C, H, W) to codes (N, dims)."""


class LatentError(GanvasError):
    """What cannot be done with a generator or its codes; the message is one sentence for the user."""


@dataclass(frozen=True)
class Generator:
    """``net`` in eval mode and frozen: codes (N, ``dims``) to pictures (N, C, H, W) in [0, 1]."""

    net: nn.Module
    dims: int
    prior: Prior = "normal"

    def __post_init__(self) -> None:
        self.net.eval().requires_grad_(False)

    def sample(self, count: int, seed: int = 0, tau: float = math.inf) -> torch.Tensor:
        """Codes (count, dims) of the prior, truncated at ``tau``."""
        return draw(self.prior, count, self.dims, seed, tau)

    def __call__(self, codes: torch.Tensor) -> torch.Tensor:
        """The pictures of ``codes``, batch by batch; gradients reach the codes, if those ask for them."""
        if self.prior == "sphere":
            codes = on_sphere(codes)
        return torch.cat([self.net(part) for part in codes.split(BATCH)])

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of a picture."""
        channels, height, width = self(torch.ones(1, self.dims)).shape[1:]
        return channels, height, width

    @property
    def encode(self) -> Encode | None:
        """The encoder that was trained together with the net, if it has one."""
        return getattr(self.net, "encode", None)

    def kept(self, codes: torch.Tensor) -> torch.Tensor:
        """``codes`` within the prior's support: clipped where it is uniform, scaled where it is a sphere."""
        if self.prior == "uniform":
            return codes.clamp(-1, 1)
        return on_sphere(codes) if self.prior == "sphere" else codes


def opened(model: str | Path = DEFAULT) -> Generator:
    """The generator ``model``, bundled or in a file; LatentError where it makes no pictures of codes alone."""
    product = load(model)
    card = product.card
    if card.task != "generate" or card.recipe not in RECIPES:
        raise LatentError(
            f"{model} was made to {card.task}, not to generate pictures of codes: give the model of a generator"
        )
    if isinstance(product.net, ConditionalGenerator):
        raise LatentError(f"{model} wants a class beside its code: give a generator without classes")
    recipe = build(RECIPES[card.recipe], card.fields)
    dims: int | None = getattr(recipe, "noise", None) or getattr(recipe, "latent_dim", None)
    if not isinstance(dims, int):
        raise LatentError(f"{model} does not draw its pictures of codes (its recipe is {card.recipe})")
    generator = Generator(product.net, dims, getattr(recipe, "prior", "normal"))
    if generator.net(generator.sample(1)).ndim != 4:
        raise LatentError(f"{model} makes points of codes, not pictures: give the model of a generator of pictures")
    return generator


def fitted(path: Path, generator: Generator) -> torch.Tensor:
    """The picture in ``path`` as ``generator`` would make it, (1, C, H, W): its middle square or so, resized."""
    image = placed(read(path).tensor(), generator)
    return image.mean(1, keepdim=True) if generator.shape[0] == 1 else image


def placed(image: torch.Tensor, generator: Generator) -> torch.Tensor:
    """The middle of ``image`` (1, C, H, W) at the size of what ``generator`` makes, with the channels it has."""
    _, height, width = generator.shape
    return resize(_middle(image, width / height), (height, width)).clamp(0, 1)


def _middle(image: torch.Tensor, aspect: float) -> torch.Tensor:
    """The largest middle part of ``image`` with ``aspect``, its width over its height."""
    height, width = image.shape[-2:]
    rows, columns = min(height, round(width / aspect)), min(width, round(height * aspect))
    top, left = (height - rows) // 2, (width - columns) // 2
    return image[..., top : top + max(rows, 1), left : left + max(columns, 1)]
