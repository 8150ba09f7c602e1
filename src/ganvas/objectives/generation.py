"""Two players: make, of nothing but noise, what cannot be told from the data."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from ganvas.data.batches import Images
from ganvas.game import Terms
from ganvas.losses.adversarial import Adversarial


@dataclass(frozen=True)
class Generation:
    """Goodfellow et al. 2014, algorithm 1, for any adversarial loss. Noise is standard normal, (N, ``noise``)."""

    generator: nn.Module
    discriminator: nn.Module
    adversarial: Adversarial
    noise: int

    def generator_loss(self, batch: Images) -> Terms:
        """What the generator pays for pictures of fresh noise."""
        fake = self._fake(batch)
        return Terms(adversarial=self.adversarial.generator_loss(self.discriminator, batch.image, fake))

    def discriminator_loss(self, batch: Images) -> Terms:
        """What the discriminator pays for telling ``batch`` from pictures of fresh noise."""
        with torch.no_grad():
            fake = self._fake(batch)
        return Terms(adversarial=self.adversarial.discriminator_loss(self.discriminator, batch.image, fake))

    def _fake(self, batch: Images) -> torch.Tensor:
        return self.generator(torch.randn(len(batch.image), self.noise, device=batch.image.device))
