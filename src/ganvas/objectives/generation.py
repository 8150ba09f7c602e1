"""Two players: make, of noise or of noise and a class, what cannot be told from the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from ganvas.data.batches import Images, Labelled
from ganvas.data.noise import Prior, draw_noise
from ganvas.game import Terms
from ganvas.losses.adversarial import Adversarial, Judge


def unchanged(image: torch.Tensor) -> torch.Tensor:
    """``image``."""
    return image


@dataclass(frozen=True)
class Generation:
    """Goodfellow et al. 2014, algorithm 1, for any adversarial loss. Noise (N, ``noise``) is of ``prior``.

    Real pictures are judged as they are ``shown``.
    """

    generator: nn.Module
    discriminator: nn.Module
    adversarial: Adversarial
    noise: int
    prior: Prior = "normal"
    shown: Callable[[torch.Tensor], torch.Tensor] = unchanged

    def generator_loss(self, batch: Images) -> Terms:
        """What the generator pays for pictures of fresh noise."""
        fake = self._fake(batch)
        return Terms(adversarial=self.adversarial.generator_loss(self.discriminator, self.shown(batch.image), fake))

    def discriminator_loss(self, batch: Images) -> Terms:
        """What the discriminator pays for telling ``batch`` from pictures of fresh noise."""
        with torch.no_grad():
            fake = self._fake(batch)
        return Terms(adversarial=self.adversarial.discriminator_loss(self.discriminator, self.shown(batch.image), fake))

    def _fake(self, batch: Images) -> torch.Tensor:
        return self.generator(draw_noise(self.prior, len(batch.image), self.noise, batch.image.device))


@dataclass(frozen=True)
class ConditionalGeneration:
    """The same with classes (Mirza, Osindero 2014, equation 2). Noise is uniform in [0, 1), (N, ``noise``).

    ``generator`` takes noise and labels, ``discriminator`` pictures and labels. The fakes are of the classes of the
    batch, so that one judge, its labels bound, is asked about both. A share of the discriminator's fakes, those
    ``mismatched``, are real pictures of another class (Reed et al. 2016, algorithm 1), so that it has to learn the
    classes and not only what is real.
    """

    generator: nn.Module
    discriminator: nn.Module
    adversarial: Adversarial
    noise: int
    mismatched: float = 0.0

    def generator_loss(self, batch: Labelled) -> Terms:
        """What the generator pays for pictures of the batch's classes."""
        return Terms(
            adversarial=self.adversarial.generator_loss(self._judge(batch.label), batch.image, self._fake(batch))
        )

    def discriminator_loss(self, batch: Labelled) -> Terms:
        """What the discriminator pays for telling ``batch`` from pictures of the same classes."""
        with torch.no_grad():
            fake = self._fake(batch)
            if self.mismatched:
                chosen = torch.rand(len(fake), device=fake.device) < self.mismatched
                chosen &= batch.label.roll(1) != batch.label
                fake = torch.where(chosen[:, None, None, None], batch.image.roll(1, 0), fake)
        return Terms(adversarial=self.adversarial.discriminator_loss(self._judge(batch.label), batch.image, fake))

    def _judge(self, label: torch.Tensor) -> Judge:
        return lambda image: self.discriminator(image, label)

    def _fake(self, batch: Labelled) -> torch.Tensor:
        noise = torch.rand(len(batch.label), self.noise, device=batch.image.device)
        return self.generator(noise, batch.label)
