"""What is asked of a net that finds out how a hand shook: the kernel, and the picture without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch

from ganvas.data.batches import Pairs
from ganvas.game import Terms
from ganvas.losses.pixel import decibels


class Finder(Protocol):
    """A net that finds kernels (N, S, S), as their logarithms, and images without them."""

    def begun(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """``image`` (N, C, H, W) at first sight, and the first kernel."""
        ...

    def recovered(self, image: torch.Tensor) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """All images and all kernels."""
        ...

    def shown(self, sharp: torch.Tensor, blurred: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The kernels that pairs show, not their logarithms, and how far they can be trusted, (N,) in [0, 1]."""
        ...


@dataclass(frozen=True)
class Unshaking:
    """Negative PSNR of the last image, and of those before it ``early`` times; ``kernel`` times the divergence of each
    kernel that was found from the one that the pair shows. ``border`` pixels at the sides do not count in images: what
    blurred them lies outside.
    """

    net: Finder
    early: float = 0.3
    kernel: float = 0.3
    border: int = 20

    def kernel_loss(self, batch: Pairs) -> Terms:
        """The divergence of the first kernel alone."""
        return Terms(kernel=divergence(*self.net.shown(batch.target, batch.input), self.net.begun(batch.input)[1]))

    def generator_loss(self, batch: Pairs) -> Terms:
        """All of it."""
        images, kernels = self.net.recovered(batch.input)
        shown, trust = self.net.shown(batch.target, batch.input)
        *early, last = [decibels(self._inner(image), self._inner(batch.target)) for image in images]
        return Terms(
            decibels=last,
            early=self.early * torch.stack(early).sum(),
            kernel=self.kernel * torch.stack([divergence(shown, trust, each) for each in kernels]).sum(),
        )

    def _inner(self, image: torch.Tensor) -> torch.Tensor:
        inner = slice(self.border, image.shape[-1] - self.border)
        return image[..., inner, inner]


def divergence(shown: torch.Tensor, trust: torch.Tensor, found: torch.Tensor) -> torch.Tensor:
    """Mean Kullback-Leibler divergence of the log kernels ``found`` from those ``shown``, both (N, S, S), as much as
    these can be trusted: ``trust`` (N,) in [0, 1].

    >>> even = torch.full((1, 1, 2), 0.5)
    >>> round(divergence(even, torch.ones(1), torch.tensor([[[0.25, 0.75]]]).log()).item(), 4)
    0.1438
    """
    return (trust * (torch.xlogy(shown, shown) - shown * found).sum((-2, -1))).mean()
