"""Two players, one of them with an encoder: the pair of a picture and its code shall not tell which came first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn
from torch.nn.functional import softplus

from ganvas.data.batches import Images, Labelled
from ganvas.data.noise import Prior, draw_noise
from ganvas.game import Terms

Pictures = Images | Labelled
"""Labels are not looked at."""

Encoding = Literal["pairs", "regressor", "joint"]
"""How the encoder learns: by the game over pairs; besides the game over pictures, from codes and their pictures; or
that, and the generator is asked to make pictures of which the code can be told.
"""


@dataclass(frozen=True)
class BidirectionalGame:
    """Donahue et al. 2017, equation 3: min over G and E, max over D of E log D(x, E(x)) + E log(1 - D(G(z), z)).

    G and E minimise the same with the labels exchanged, whose gradients do not vanish (section 3.4). At the optimum E
    inverts G. Codes are of ``prior``, (N, ``noise``), fresh for each side.
    """

    generator: nn.Module
    encoder: nn.Module
    discriminator: nn.Module
    noise: int
    prior: Prior = "uniform"

    def generator_loss(self, batch: Pictures) -> Terms:
        """What G and E pay: E softplus(-D(G(z), z)) and E softplus(D(x, E(x)))."""
        code = draw_noise(self.prior, len(batch.image), self.noise, batch.image.device)
        fake = self.discriminator(self.generator(code), code)
        real = self.discriminator(batch.image, self.encoder(batch.image))
        return Terms(generator=softplus(-fake).mean(), encoder=softplus(real).mean())

    def discriminator_loss(self, batch: Pictures) -> Terms:
        """What D pays: E softplus(-D(x, E(x))) + E softplus(D(G(z), z))."""
        with torch.no_grad():
            code = draw_noise(self.prior, len(batch.image), self.noise, batch.image.device)
            image, guess = self.generator(code), self.encoder(batch.image)
        real, fake = self.discriminator(batch.image, guess), self.discriminator(image, code)
        return Terms(adversarial=softplus(-real).mean() + softplus(fake).mean())


@dataclass(frozen=True)
class RegressedGame:
    """The paper's "latent regressor", learnt during the game: D sees pictures alone, E learns |E(G(z)) - z|² / 2.

    ``weight`` times that is paid by G as well, where the paper's "joint" variant asks it to; 1 was too much there.
    """

    generator: nn.Module
    encoder: nn.Module
    discriminator: nn.Module
    noise: int
    prior: Prior = "uniform"
    weight: float = 0.0

    def generator_loss(self, batch: Pictures) -> Terms:
        """What G and E pay; with ``weight`` 0 no gradient of the code's error reaches G."""
        code = draw_noise(self.prior, len(batch.image), self.noise, batch.image.device)
        image = self.generator(code)
        # The same picture, of whose gradient only the weight's part reaches the generator.
        shown = torch.lerp(image.detach(), image, self.weight)
        error = (self.encoder(shown) - code).square().mean() / 2
        return Terms(generator=softplus(-self.discriminator(image)).mean(), encoder=error)

    def discriminator_loss(self, batch: Pictures) -> Terms:
        """What D pays for telling pictures."""
        with torch.no_grad():
            image = self.generator(draw_noise(self.prior, len(batch.image), self.noise, batch.image.device))
        real, fake = self.discriminator(batch.image), self.discriminator(image)
        return Terms(adversarial=softplus(-real).mean() + softplus(fake).mean())
