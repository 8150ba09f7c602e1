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
Window = tuple[slice, slice]
"""The rows and the columns of a part of a picture."""


@dataclass
class LevelGame:
    """SinGAN's equation 3 at one level, with a critic under a gradient penalty; the batch is the photo at this size.

    ``generator`` makes a picture of the one from below and of noise; ``parameters`` are those that it learns. Each turn
    of the critic is on a new fake, made of what ``previous`` draws and the ``noise`` of the round. All turns of the
    generator are on the last of these, and on the ``anchor``. With ``single_backward`` the fake is judged once a round,
    and the gradient used in all turns, as the authors meant it. Losses are those of [-1, 1]. If a ``window`` is drawn
    for a round, both play within it alone; only every ``penalty_every``-th round has the penalty, which then counts as
    many times. ``begin`` is to be called before each round; nothing is remembered beyond one.
    """

    generator: Callable[[torch.Tensor, torch.Tensor | None, Window | None], torch.Tensor]
    parameters: Sequence[nn.Parameter]
    critic: nn.Module
    noise: Callable[[], torch.Tensor]
    previous: Callable[[], torch.Tensor]
    anchor: Callable[[], Anchor]
    alpha: float = 10.0
    penalty: float = 0.1
    over: Over = "channels"
    adversarial_gradient: AdversarialGradient = "recompute"
    window: Callable[[], Window | None] = lambda: None
    penalty_every: int = 1
    _penalised: bool = field(default=True, init=False, repr=False)
    _window: Window | None = field(default=None, init=False, repr=False)
    _noise: torch.Tensor = field(init=False, repr=False)
    _latest: torch.Tensor = field(init=False, repr=False)
    _judged: tuple[torch.Tensor, Sequence[torch.Tensor]] | None = field(default=None, init=False, repr=False)

    def begin(self, number: int) -> None:
        """Draws the noise of round ``number``, and where it is played."""
        self._noise, self._window = self.noise(), self.window()
        self._penalised = number % self.penalty_every == 0

    def discriminator_loss(self, batch: Images) -> Terms:
        """What telling the photo from a new fake costs, and the penalty."""
        with torch.no_grad():
            self._latest = self.previous()
            fake = signed(self.generator(self._latest, self._noise, self._window))
        self._judged = None
        real = self._seen(batch)
        terms = Terms(adversarial=Wasserstein().discriminator_loss(self._scores, real, fake))
        if self._penalised:
            weight = self.penalty * self.penalty_every
            terms["penalty"] = weight * gradient_penalty(self._scores, real, fake, self.over)
        return terms

    def generator_loss(self, batch: Images) -> Terms:
        """What the critic says to the last fake, and ``alpha`` times the squared error of the reconstruction."""
        real, again = self._seen(batch), self.generator(*self.anchor(), self._window)
        return Terms(
            adversarial=self._adversarial(real),
            reconstruction=self.alpha * mse(signed(again), real),
        )

    def _scores(self, image: torch.Tensor) -> torch.Tensor:
        """What the critic says, to be summed in float32 whatever it counts in."""
        return self.critic(image).float()

    def _seen(self, batch: Images) -> torch.Tensor:
        """The photo as far as the round sees it."""
        return signed(batch.image if self._window is None else batch.image[(..., *self._window)])

    def _adversarial(self, real: torch.Tensor) -> torch.Tensor:
        if self._judged is None:
            fake = signed(self.generator(self._latest, self._noise, self._window))
            loss = Wasserstein().generator_loss(self._scores, real, fake)
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
