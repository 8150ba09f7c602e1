"""Two players: make, of noise or of noise and a class, what cannot be told from the data."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from ganvas.data.batches import Images, Labelled
from ganvas.game import Terms
from ganvas.losses.adversarial import Adversarial, Judge


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


@dataclass(frozen=True)
class ConditionalGeneration:
    """The same with classes (Mirza, Osindero 2014, equation 2). Noise is uniform in [0, 1), (N, ``noise``).

    ``generator`` takes noise and labels, ``discriminator`` pictures and labels. The fakes are of the classes of the
    batch, so that one judge, its labels bound, is asked about both.
    """

    generator: nn.Module
    discriminator: nn.Module
    adversarial: Adversarial
    noise: int

    def generator_loss(self, batch: Labelled) -> Terms:
        """What the generator pays for pictures of the batch's classes."""
        return Terms(
            adversarial=self.adversarial.generator_loss(self._judge(batch.label), batch.image, self._fake(batch))
        )

    def discriminator_loss(self, batch: Labelled) -> Terms:
        """What the discriminator pays for telling ``batch`` from pictures of the same classes."""
        with torch.no_grad():
            fake = self._fake(batch)
        return Terms(adversarial=self.adversarial.discriminator_loss(self._judge(batch.label), batch.image, fake))

    def _judge(self, label: torch.Tensor) -> Judge:
        return lambda image: self.discriminator(image, label)

    def _fake(self, batch: Labelled) -> torch.Tensor:
        noise = torch.rand(len(batch.label), self.noise, device=batch.image.device)
        return self.generator(noise, batch.label)
