"""A discriminator with the eyes of a network that others trained (Sauer et al. 2021, arXiv 2111.01007)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import nn
from torch.nn.functional import interpolate
from torch.nn.utils.parametrizations import spectral_norm


class ProjectedDiscriminator(nn.Module):
    """(N, 3, H, W) in [0, 1] to logits (N, 1 + layers, H/2, W/2): one map by the pixels, one by each layer of ``eyes``.

    A layer coarser than half the size judges for all the places it stands for. ``channels`` are those of the layers,
    ``width`` is that of every head. ``eyes`` is frozen and no part of this module's state. The paper's random mixing of
    the layers is left out; pixels are judged too, for what a network that begins with a stride does not see.
    """

    def __init__(
        self, eyes: Callable[[torch.Tensor], Mapping[str, torch.Tensor]], channels: Mapping[str, int], width: int = 32
    ) -> None:
        super().__init__()
        self.eyes = [eyes]  # in a list it is no submodule
        self.pixels = nn.Sequential(
            nn.Conv2d(3, width, 3, padding=1),
            nn.LeakyReLU(0.2),
            spectral_norm(nn.Conv2d(width, width, 4, stride=2, padding=1)),
            nn.LeakyReLU(0.2),
            *_head(width, width),
        )
        self.heads = nn.ModuleDict({layer: nn.Sequential(*_head(count, width)) for layer, count in channels.items()})

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        seen = self.eyes[0](image)
        logits = [self.pixels(image), *(head(seen[layer]) for layer, head in self.heads.items())]
        return torch.cat([interpolate(each, logits[0].shape[-2:]) for each in logits], dim=1)


def _head(channels: int, width: int) -> tuple[nn.Module, ...]:
    return (
        spectral_norm(nn.Conv2d(channels, width, 3, padding=1)),
        nn.LeakyReLU(0.2),
        spectral_norm(nn.Conv2d(width, width, 3, padding=1)),
        nn.LeakyReLU(0.2),
        nn.Conv2d(width, 1, 1),
    )
