"""Muon: momentum, made orthogonal (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon).

PyTorch's own ``torch.optim.Muon`` takes matrices only and works in bfloat16; the nets here are convolutions, trained on
CPUs too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer


class Muon(Optimizer):
    """Moves each kernel, as a matrix (out, in·height·width), by the orthogonal matrix nearest to its Nesterov momentum.

    A kernel's learning rate ``rate`` is therefore the spectral norm of its step, whatever the gradient's size, and
    kernels would grow with every round: ``decay`` times the rate is taken off them first, which keeps their spectral
    norm below 1 / ``decay`` (Liu et al. 2025, arXiv:2502.16982, equation 3).
    Parameters that are not kernels or matrices, and those of ``plain`` modules (first and last layers), are moved by
    Adam at ``adam_rate``. Both rates can be scheduled: they are two groups of the optimiser.
    """

    def __init__(
        self,
        net: nn.Module,
        rate: float = 0.02,
        adam_rate: float = 1e-3,
        momentum: float = 0.95,
        decay: float = 0.1,
        plain: Iterable[nn.Module] = (),
    ) -> None:
        kept = {id(parameter) for module in plain for parameter in module.parameters()}
        parameters = list(net.parameters())
        matrices = [p for p in parameters if p.ndim >= 2 and id(p) not in kept]
        chosen = {id(p) for p in matrices}
        others = [p for p in parameters if id(p) not in chosen]
        groups: list[dict[str, Any]] = [
            {"params": matrices, "lr": rate, "orthogonal": True},
            {"params": others, "lr": adam_rate, "orthogonal": False},
        ]
        super().__init__(groups, {"momentum": momentum, "decay": decay, "betas": (0.9, 0.999), "eps": 1e-8})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One step from the gradients that the parameters hold."""
        if closure is not None:
            raise ValueError("Muon takes no closure")
        for group in self.param_groups:
            move = self._orthogonal if group["orthogonal"] else self._adam
            for parameter in group["params"]:
                if parameter.grad is not None:
                    move(parameter, parameter.grad, group)

    def _orthogonal(self, parameter: torch.Tensor, gradient: torch.Tensor, group: dict[str, Any]) -> None:
        state = self.state[parameter]
        if not state:
            state["momentum"] = torch.zeros_like(parameter)
        momentum = state["momentum"].mul_(group["momentum"]).add_(gradient)
        ahead = gradient.add(momentum, alpha=group["momentum"])
        step = orthogonal(ahead.flatten(1)).view_as(parameter)
        parameter.mul_(1 - group["lr"] * group["decay"])
        parameter.add_(step, alpha=-group["lr"] * max(1.0, ahead.shape[0] / ahead[0].numel()) ** 0.5)

    def _adam(self, parameter: torch.Tensor, gradient: torch.Tensor, group: dict[str, Any]) -> None:
        """Kingma, Ba 2015, algorithm 1."""
        state = self.state[parameter]
        if not state:
            state.update(mean=torch.zeros_like(parameter), square=torch.zeros_like(parameter), steps=torch.zeros(()))
        first, second = group["betas"]
        state["steps"] += 1
        steps = state["steps"].item()
        mean = state["mean"].lerp_(gradient, 1 - first)
        square = state["square"].mul_(second).addcmul_(gradient, gradient, value=1 - second)
        deviation = (square / (1 - second**steps)).sqrt_().add_(group["eps"])
        parameter.addcdiv_(mean, deviation, value=-group["lr"] / (1 - first**steps))


def orthogonal(matrix: torch.Tensor, steps: int = 5) -> torch.Tensor:
    """The matrix (a, b) with its singular values brought near 1 by Newton-Schulz steps of the fifth order.

    The coefficients are those of the source: fast at small singular values, ending in [0.7, 1.2] rather than at 1.
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    wide = wide / (wide.norm() + 1e-7)
    for _ in range(steps):
        gram = wide @ wide.T
        wide = a * wide + (b * gram + c * gram @ gram) @ wide
    return wide if matrix.shape[0] <= matrix.shape[1] else wide.T
