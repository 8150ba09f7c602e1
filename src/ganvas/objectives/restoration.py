"""Two players: restore what the target shows so that it cannot be told from real pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import nn

from ganvas.data.batches import Pairs, Sharpened
from ganvas.game import Terms
from ganvas.losses.adversarial import Adversarial, Judge
from ganvas.objectives.supervised import Loss

View = Callable[[torch.Tensor, torch.Tensor], tuple[torch.Tensor, torch.Tensor]]
"""What the discriminator is shown of a real picture and its fake."""


def whole(real: torch.Tensor, fake: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Both as they are."""
    return real, fake


@dataclass
class Restoration:
    """The generator pays named ``references`` between output and target, each with its weight, and ``weight`` times its
    side of ``adversarial``; the discriminator pays the other side.

    The pictures are those of the generator's turn, as they were before its step, where the discriminator moves on the
    same batch: that saves making them twice, and their batch statistics move once. A ``conditional`` discriminator sees
    the input too, its channels before those of the picture.
    """

    generator: nn.Module
    discriminator: nn.Module
    references: Mapping[str, tuple[float, Loss]]
    adversarial: Adversarial
    weight: float = 1.0
    view: View = whole
    conditional: bool = False
    _latest: tuple[torch.Tensor, torch.Tensor] | None = field(default=None, init=False, repr=False)

    def generator_loss(self, batch: Pairs | Sharpened) -> Terms:
        """The references and the adversarial term on ``batch``."""
        fake = self.generator(batch.input)
        self._latest = batch.input, fake.detach()
        terms = Terms({name: weight * loss(fake, batch.target) for name, (weight, loss) in self.references.items()})
        judged = self.view(_real(batch), fake)
        terms["adversarial"] = self.weight * self.adversarial.generator_loss(self._judge(batch.input), *judged)
        return terms

    def discriminator_loss(self, batch: Pairs | Sharpened) -> Terms:
        """What telling real pictures from restored ones costs on ``batch``."""
        judged = self.view(_real(batch), self._fake(batch.input))
        return Terms(adversarial=self.adversarial.discriminator_loss(self._judge(batch.input), *judged))

    def _judge(self, input: torch.Tensor) -> Judge:
        if not self.conditional:
            return self.discriminator
        return lambda image: self.discriminator(torch.cat([input, image], dim=1))

    def _fake(self, low: torch.Tensor) -> torch.Tensor:
        if self._latest is not None and self._latest[0] is low:
            return self._latest[1]
        with torch.no_grad():
            return self.generator(low)


def _real(batch: Pairs | Sharpened) -> torch.Tensor:
    return batch.real if isinstance(batch, Sharpened) else batch.target


def signed(real: torch.Tensor, fake: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Both in [-1, 1], for a critic whose gradient is to be of norm 1 there."""
    return 2 * real - 1, 2 * fake - 1


def shifted(most: int) -> View:
    """Real and fake cut at one common random place, up to ``most`` - 1 pixels from the top left and ``most`` smaller.

    A discriminator that reduces ``most`` times then cannot learn their places by heart. From torch's random state.
    """

    def view(real: torch.Tensor, fake: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        top, left = torch.randint(most, (2,)).tolist()
        rows, columns = (
            slice(start, side - most + start) for start, side in ((top, real.shape[-2]), (left, real.shape[-1]))
        )
        return real[..., rows, columns], fake[..., rows, columns]

    return view
