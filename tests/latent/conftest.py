"""Generators that are known through and through."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ganvas.latent.model import Generator


class Bars(nn.Module):
    """Codes (N, d), d >= 3, to a soft bar (N, 1, 24, 24): its slant, width and height rise with the first three."""

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        place = torch.arange(24.0) - 11.5
        y, x = place[:, None], place[None, :]
        slant, width, height = (share[:, None, None] for share in codes[:, :3].mul(0.5).tanh().unbind(1))
        across = (x + 0.8 * slant * y).abs() - (2.5 + 1.5 * width)
        along = y.abs() - (7 + 3 * height)
        return (torch.sigmoid(-2 * across) * torch.sigmoid(-2 * along))[:, None]


class Plane(nn.Module):
    """Linear in its code."""

    def __init__(self, dims: int = 6) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(dims, 48, generator=torch.Generator().manual_seed(0)) / 8)

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        return (codes @ self.weight).view(-1, 3, 4, 4)


def untrained(dims: int = 6, channels: int = 3) -> nn.Sequential:
    """Random weights with variance 2 / inputs, as in Ma et al.: four pixels a side become 16."""

    def rising(inputs: int, outputs: int) -> nn.ConvTranspose2d:
        layer = nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False)
        nn.init.normal_(layer.weight, 0, (2 / (16 * inputs)) ** 0.5 * 2)
        return layer

    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        first = nn.Linear(dims, 12 * 16, bias=False)
        nn.init.normal_(first.weight, 0, (2 / dims) ** 0.5)
        layers = [nn.Unflatten(1, (12, 4, 4)), nn.ReLU(), rising(12, 6), nn.ReLU(), rising(6, channels)]
        return nn.Sequential(first, *layers, nn.Sigmoid())


@pytest.fixture
def bars() -> Generator:
    return Generator(Bars(), 16)


@pytest.fixture
def plane() -> Generator:
    return Generator(Plane(), 6)


@pytest.fixture(scope="session")
def random_net() -> Generator:
    return Generator(untrained(), 6)
