"""Two players at one level of a pyramid: the photo's patches at this size, made from what the coarser levels made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import nn

from ganvas.data.batches import Images
from ganvas.game import Terms
from ganvas.losses.adversarial import Over, Wasserstein, gradient_penalty
from ganvas.losses.pixel import mse

AdversarialGradient = Literal["recompute", "single_backward"]
Anchor = tuple[torch.Tensor, torch.Tensor | None]
"""What a level has to make the photo of: the picture from below and the noise."""


@dataclass
class LevelGame:
    """SinGAN's equation 3 at one level, with a critic under a gradient penalty; the batch is the photo at this size.

    ``generator`` makes a picture of the one from below and of noise; ``parameters`` are those that it learns. Each turn
    of the critic is on a new fake, made of what ``previous`` draws and the ``noise`` of the round. All turns of the
    generator are on the last of these, and on the ``anchor``. With ``single_backward`` the fake is judged once a round,
    and the gradient used in all turns, as the authors meant it. Losses are those of [-1, 1]. ``begin`` is to be called
    before each round; nothing is remembered beyond one.
    """

    generator: Callable[[torch.Tensor, torch.Tensor | None], torch.Tensor]
    parameters: Sequence[nn.Parameter]
    critic: nn.Module
    noise: Callable[[], torch.Tensor]
    previous: Callable[[], torch.Tensor]
    anchor: Callable[[], Anchor]
    alpha: float = 10.0
    penalty: float = 0.1
    over: Over = "channels"
    adversarial_gradient: AdversarialGradient = "recompute"
    _noise: torch.Tensor = field(init=False, repr=False)
    _latest: torch.Tensor = field(init=False, repr=False)
    _judged: tuple[torch.Tensor, Sequence[torch.Tensor]] | None = field(default=None, init=False, repr=False)

    def begin(self, number: int) -> None:
        """Draws the noise of round ``number``."""
        self._noise = self.noise()

    def discriminator_loss(self, batch: Images) -> Terms:
        """What telling the photo from a new fake costs, and the penalty."""
        with torch.no_grad():
            self._latest = self.previous()
            fake = signed(self.generator(self._latest, self._noise))
        self._judged = None
        real = signed(batch.image)
        return Terms(
            adversarial=Wasserstein().discriminator_loss(self.critic, real, fake),
            penalty=self.penalty * gradient_penalty(self.critic, real, fake, self.over),
        )

    def generator_loss(self, batch: Images) -> Terms:
        """What the critic says to the last fake, and ``alpha`` times the squared error of the reconstruction."""
        again = self.generator(*self.anchor())
        return Terms(
            adversarial=self._adversarial(batch.image),
            reconstruction=self.alpha * mse(signed(again), signed(batch.image)),
        )

    def _adversarial(self, real: torch.Tensor) -> torch.Tensor:
        if self._judged is None:
            fake = signed(self.generator(self._latest, self._noise))
            loss = Wasserstein().generator_loss(self.critic, real, fake)
            if self.adversarial_gradient == "recompute":
                return loss
            self._judged = loss.detach(), torch.autograd.grad(loss, self.parameters)
        value, gradients = self._judged
        # Linear with this value and this gradient here, wherever the parameters have moved to since.
        return (
            value
            + torch.stack(
                [(slope * (own - own.detach())).sum() for slope, own in zip(gradients, self.parameters, strict=True)]
            ).sum()
        )


def signed(image: torch.Tensor) -> torch.Tensor:
    """``image`` of [0, 1] in [-1, 1]."""
    return 2 * image - 1
