"""A generator that looks ahead: it is judged by the discriminator as that will be some steps later."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.func import functional_call  # pyright: ignore[reportUnknownVariableType]
from torch.optim import SGD, Adam, Optimizer

from ganvas.data.batches import Images
from ganvas.game import Terms
from ganvas.losses.adversarial import Adversarial, Judge, Minimax

Move = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""From a parameter's value and gradient to its value after an optimiser's next step; it remembers the moments."""

LEAST = 1e-30
"""Of a squared gradient: below it Adam's root, of which the slope at nothing is infinite, is held constant."""

UNKNOWN = ("weight_decay", "amsgrad", "maximize", "nesterov", "dampening")
"""Options that the steps here know nothing of."""


@dataclass(frozen=True)
class Unrolled:
    """Metz et al. 2017, section 2: the surrogate f_K = f(θ_G, θ_D^K), whose θ_D^K is the discriminator after
    ``steps`` (K) steps that depend on the generator too; K = 0 is the ordinary game.

    The steps are those of ``optimizer``, Adam or SGD, moments and count included, which is read alone: optimiser and
    discriminator stay as they are. All K steps and the loss see the same batch and noise, (N, ``noise``). Without
    ``second_order`` the generator takes the steps as given. Both sides are to move at once (``Stage.simultaneous``).
    """

    generator: nn.Module
    discriminator: nn.Module
    optimizer: Optimizer
    noise: int
    steps: int = 10
    second_order: bool = True
    adversarial: Adversarial = field(default_factory=Minimax)

    def __post_init__(self) -> None:
        options = {name for group in self.optimizer.param_groups for name in UNKNOWN if group.get(name)}
        if options or not isinstance(self.optimizer, Adam | SGD):
            with_them = f" with {', '.join(sorted(options))}" if options else ""
            raise ValueError(f"the steps of {type(self.optimizer).__name__}{with_them} cannot be foreseen")

    def generator_loss(self, batch: Images) -> Terms:
        """-f_K: what the discriminator will pay, which the generator is to raise (of real pictures too, by θ_D^K)."""
        fake = self._fake(batch)
        judge = self._judge(self._ahead(batch.image, fake), self._buffers())
        return Terms(adversarial=-self.adversarial.discriminator_loss(judge, batch.image, fake))

    def discriminator_loss(self, batch: Images) -> Terms:
        """What the discriminator pays as it is, for telling ``batch`` from pictures of fresh noise."""
        with torch.no_grad():
            fake = self._fake(batch)
        return Terms(adversarial=self.adversarial.discriminator_loss(self.discriminator, batch.image, fake))

    def _fake(self, batch: Images) -> torch.Tensor:
        image = batch.image
        return self.generator(torch.randn(len(image), self.noise, dtype=image.dtype, device=image.device))

    def _ahead(self, real: torch.Tensor, fake: torch.Tensor) -> Mapping[str, torch.Tensor]:
        """θ_D^K by name, a function of ``fake`` that can be differentiated."""
        live = dict(self.discriminator.named_parameters())
        values = {name: parameter.detach().requires_grad_() for name, parameter in live.items()}
        moves = {name: self._move(parameter) for name, parameter in live.items()}
        buffers = self._buffers()
        shown = fake if self.second_order else fake.detach()
        for _ in range(self.steps):
            paid = self.adversarial.discriminator_loss(self._judge(values, buffers), real, shown)
            gradients = torch.autograd.grad(paid, list(values.values()), create_graph=self.second_order)
            values = {
                name: moves[name](value, gradient)
                for (name, value), gradient in zip(values.items(), gradients, strict=True)
            }
            if not self.second_order:
                values = {name: value.detach().requires_grad_() for name, value in values.items()}
        return values

    def _judge(self, values: Mapping[str, torch.Tensor], buffers: Mapping[str, torch.Tensor]) -> Judge:
        return lambda image: functional_call(self.discriminator, {**values, **buffers}, (image,))

    def _buffers(self) -> dict[str, torch.Tensor]:
        """Copies, so that running means do not move."""
        return {name: buffer.clone() for name, buffer in self.discriminator.named_buffers()}

    def _move(self, parameter: nn.Parameter) -> Move:
        for group in self.optimizer.param_groups:
            if any(parameter is each for each in group["params"]):
                state = self.optimizer.state.get(parameter, {})
                return (_adam if isinstance(self.optimizer, Adam) else _sgd)(group, state, parameter)
        raise ValueError("the optimiser whose steps are foreseen must hold every parameter of the discriminator")


def _adam(group: Mapping[str, Any], state: Mapping[str, Any], parameter: torch.Tensor) -> Move:
    """Kingma, Ba 2015, algorithm 1, in the order of its last remark: ε is scaled in place of the moments."""
    mean, square = (state.get(name, torch.zeros_like(parameter)) for name in ("exp_avg", "exp_avg_sq"))
    count = int(state.get("step", 0))
    (short, long), rate, epsilon = group["betas"], group["lr"], group["eps"]

    def move(value: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
        nonlocal mean, square, count
        count += 1
        scale = math.sqrt(1 - long**count)
        mean = torch.lerp(mean, gradient, 1 - short)
        square = torch.addcmul(long * square, gradient, gradient, value=1 - long)
        root = square.clamp_min(LEAST).sqrt() + epsilon * scale
        return torch.addcdiv(value, mean, root, value=-rate * scale / (1 - short**count))

    return move


def _sgd(group: Mapping[str, Any], state: Mapping[str, Any], parameter: torch.Tensor) -> Move:
    """Gradient descent, with momentum where ``group`` has it."""
    held = state.get("momentum_buffer")
    speed = torch.zeros_like(parameter) if held is None else held
    rate, momentum = group["lr"], group["momentum"]

    def move(value: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
        nonlocal speed
        speed = momentum * speed + gradient
        return value - rate * speed

    return move
