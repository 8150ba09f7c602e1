"""Two players with two nets each: what is carried over to the other domain and back is what it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import torch
from torch import nn

from ganvas.data.batches import Unpaired
from ganvas.game import Terms
from ganvas.losses.adversarial import Adversarial
from ganvas.objectives.pool import Pool
from ganvas.objectives.supervised import Loss


class Both(Protocol):
    """A net that makes, or judges, pictures of domain a, and one of b."""

    a: nn.Module
    b: nn.Module


class Paid(NamedTuple):
    """A loss and its weights in domains a and b."""

    loss: Loss
    a: float
    b: float


Weighed = Mapping[str, Paid]


@dataclass
class Cycle:
    """CycleGAN (Zhu et al. 2017, equations 1 to 3), G = ``generators.b``, F = ``generators.a``.

    The generators pay the adversarial terms of both domains, every loss of ``cycle`` between F(G(a)) and a and between
    G(F(b)) and b, and every loss of ``identity`` between F(a) and a and between G(b) and b; of these what has no weight
    is not computed. The discriminators see the fakes of the generators' turn, as they were before its step, out of a
    pool.
    """

    generators: Both
    discriminators: Both
    adversarial: Adversarial
    cycle: Weighed
    identity: Weighed
    pools: tuple[Pool, Pool]
    """Of fakes of domain a and of domain b."""
    weight: float = 1.0
    """Of the generators' adversarial terms."""
    _latest: tuple[torch.Tensor, torch.Tensor] = field(init=False, repr=False)

    def generator_loss(self, batch: Unpaired) -> Terms:
        """The adversarial, cycle and identity terms on ``batch``."""
        makes, judges = self.generators, self.discriminators
        fake_a, fake_b = makes.a(batch.b), makes.b(batch.a)
        self._latest = fake_a.detach(), fake_b.detach()
        terms = Terms(
            adversarial_a=self.weight * self.adversarial.generator_loss(judges.a, batch.a, fake_a),
            adversarial_b=self.weight * self.adversarial.generator_loss(judges.b, batch.b, fake_b),
        )
        terms |= _paid(self.cycle, batch, lambda: makes.a(fake_b), lambda: makes.b(fake_a))
        terms |= _paid(self.identity, batch, lambda: makes.a(batch.a), lambda: makes.b(batch.b))
        return terms

    def discriminator_loss(self, batch: Unpaired) -> Terms:
        """What telling real pictures from pooled fakes costs in both domains."""
        judges = self.discriminators
        fake_a, fake_b = (pool(fakes) for pool, fakes in zip(self.pools, self._latest, strict=True))
        return Terms(
            adversarial_a=self.adversarial.discriminator_loss(judges.a, batch.a, fake_a),
            adversarial_b=self.adversarial.discriminator_loss(judges.b, batch.b, fake_b),
        )


def _paid(
    losses: Weighed, batch: Unpaired, again_a: Callable[[], torch.Tensor], again_b: Callable[[], torch.Tensor]
) -> dict[str, torch.Tensor]:
    """The terms of ``losses`` between the pictures of ``batch`` and what became of them."""
    terms: dict[str, torch.Tensor] = {}
    for domain, truth, again in (("a", batch.a, again_a), ("b", batch.b, again_b)):
        weights = {name: each.a if domain == "a" else each.b for name, each in losses.items()}
        if any(weights.values()):
            made = again()
            terms |= {
                f"{name}_{domain}": weight * losses[name].loss(made, truth)
                for name, weight in weights.items()
                if weight
            }
    return terms
