"""Adversarial losses, one frozen class a row of the table. A ``judge`` maps pictures to logits; the formulas never know
whether it is conditional. ``s`` is a logit, softplus(t) = log(1 + exp(t)); both sides are minimised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import torch
from torch.nn.functional import softplus

Judge = Callable[[torch.Tensor], torch.Tensor]

Over = Literal["sample", "channels"]
"""What the norm of a gradient is taken over: all of a sample, or the channels of each pixel."""


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
    vanish. ``halved`` takes the mean of the discriminator's two terms in place of their sum: its fixed point is ln 2.
    """

    halved: bool = False

    def discriminator_loss(self, judge: Judge, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        """E softplus(-s(real)) + E softplus(s(fake))."""
        loss = softplus(-judge(real)).mean() + softplus(judge(fake)).mean()
        return loss / 2 if self.halved else loss

    def generator_loss(self, judge: Judge, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        """-E log D(fake) = E softplus(-s(fake))."""
        return softplus(-judge(fake)).mean()


@dataclass(frozen=True)
class LeastSquares:
    """LSGAN (Mao et al. 2017, equation 9); Cycle-Dehaze's code asks 0.9 of real pictures."""

    real_label: float = 1.0

    def discriminator_loss(self, judge: Judge, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        """(E (s(real) - 1)² + E s(fake)²) / 2."""
        return ((judge(real) - self.real_label).square().mean() + judge(fake).square().mean()) / 2

    def generator_loss(self, judge: Judge, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        """E (s(fake) - 1)²."""
        return (judge(fake) - self.real_label).square().mean()


@dataclass(frozen=True)
class Wasserstein:
    """WGAN (Arjovsky et al. 2017, algorithm 1); its critic must be kept Lipschitz, there by clipping its weights."""

    def discriminator_loss(self, judge: Judge, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        """E s(fake) - E s(real)."""
        return judge(fake).mean() - judge(real).mean()

    def generator_loss(self, judge: Judge, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        """-E s(fake)."""
        return -judge(fake).mean()


@dataclass(frozen=True)
class WassersteinGP(Wasserstein):
    """WGAN-GP (Gulrajani et al. 2017, algorithm 1): a penalty in place of clipping.

    ``drift`` keeps the scores of real pictures near zero (Karras et al. 2018, appendix A.1: 0.001). ``span`` is how
    wide the paper's range is for each 1 of ours: 2 where its numbers are for pictures in [-1, 1], and ours in [0, 1].
    """

    penalty: float = 10.0
    over: Over = "sample"
    drift: float = 0.0
    span: float = 1.0

    def discriminator_loss(self, judge: Judge, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        """E s(fake) - E s(real) + penalty · E (|grad s(mixed)| / span - 1)² + drift · E s(real)²."""
        made, known = judge(fake), judge(real)
        loss = made.mean() - known.mean() + self.drift * known.square().mean()
        return loss + self.penalty * gradient_penalty(judge, real, fake, self.over, self.span)


def gradient_penalty(
    judge: Judge, real: torch.Tensor, fake: torch.Tensor, over: Over = "sample", span: float = 1.0
) -> torch.Tensor:
    """E (|grad s(mixed)| / span - 1)², the norm over all of a sample, at one random place between each real and fake.

    SinGAN's code takes the norm ``over`` the channels of each pixel, and the mean over pixels too.
    """
    share = torch.rand(len(real), *[1] * (real.ndim - 1), dtype=real.dtype, device=real.device)
    mixed = torch.lerp(fake.detach(), real.detach(), share).requires_grad_()
    (gradient,) = torch.autograd.grad(judge(mixed).sum(), mixed, create_graph=True)
    norm = (gradient.flatten(1) if over == "sample" else gradient).norm(dim=1) / span
    return (norm - 1).square().mean()


@dataclass(frozen=True)
class Pairing:
    """The notes' relativistic loss: the fake against the very picture it should be, place by place.

    It is ESRGAN's without the average. ``one_sided`` pays the generator nothing more where its fake looks more real
    than the real one already, so that flat and defocused areas are left alone; the value jumps from ln 2 to 0 there.
    """

    one_sided: bool = False

    def discriminator_loss(self, judge: Judge, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        """E softplus(s(fake) - s(real))."""
        return softplus(judge(fake) - judge(real)).mean()

    def generator_loss(self, judge: Judge, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        """E softplus(s(real) - s(fake)), one-sided 0 in place of it where s(fake) > s(real)."""
        with torch.no_grad():
            aim = judge(real)
        lead = judge(fake) - aim
        loss = softplus(-lead)
        return (loss * (lead <= 0) if self.one_sided else loss).mean()


@dataclass(frozen=True)
class RelativisticAverage:
    """ESRGAN (Wang et al. 2018, equations 1 and 2): more real than the other side is on average.

    The average of the other side is a constant in each term, as in the authors' code, which also takes half of what
    the paper writes: ``halved``.
    """

    halved: bool = True

    def discriminator_loss(self, judge: Judge, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        """E softplus(-(s(real) - E s(fake))) + E softplus(s(fake) - E s(real))."""
        aim, made = judge(real), judge(fake)
        loss = softplus(made.mean().detach() - aim).mean() + softplus(made - aim.mean().detach()).mean()
        return loss / 2 if self.halved else loss

    def generator_loss(self, judge: Judge, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        """E softplus(s(real) - E s(fake)) + E softplus(-(s(fake) - E s(real)))."""
        with torch.no_grad():
            aim = judge(real)
        made = judge(fake)
        # Here, as in the code, the fake's average is no constant: the generator may raise it.
        loss = softplus(aim - made.mean()).mean() + softplus(aim.mean() - made).mean()
        return loss / 2 if self.halved else loss
