"""Adversarial losses, one frozen class a row of the table. A ``judge`` maps pictures to logits; the formulas never know
whether it is conditional. ``s`` is a logit, softplus(t) = log(1 + exp(t)); both sides are minimised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch.nn.functional import softplus

Judge = Callable[[torch.Tensor], torch.Tensor]


class Adversarial(Protocol):
    """The two sides of an adversarial game, each a scalar to minimise."""

    def generator_loss(self, judge: Judge, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor: ...

    def discriminator_loss(self, judge: Judge, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor: ...


@dataclass(frozen=True)
class Minimax:
    """Goodfellow et al. 2014, equation 1: min over G, max over D of E log D(x) + E log(1 - D(G(z))).

    At p_g = p_r the discriminator's optimum is 2 ln 2. Its gradient to the generator vanishes where D is sure of the
    fake.
    """

    def discriminator_loss(self, judge: Judge, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        """E softplus(-s(real)) + E softplus(s(fake))."""
        return softplus(-judge(real)).mean() + softplus(judge(fake)).mean()

    def generator_loss(self, judge: Judge, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        """E log(1 - D(fake)) = -E softplus(s(fake))."""
        return -softplus(judge(fake)).mean()


@dataclass(frozen=True)
class NonSaturating:
    """Goodfellow et al. 2014, section 3: the generator maximises log D(G(z)); same fixed point, gradients that do not
    vanish.
    """

    def discriminator_loss(self, judge: Judge, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        """E softplus(-s(real)) + E softplus(s(fake))."""
        return softplus(-judge(real)).mean() + softplus(judge(fake)).mean()

    def generator_loss(self, judge: Judge, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        """-E log D(fake) = E softplus(-s(fake))."""
        return softplus(-judge(fake)).mean()
