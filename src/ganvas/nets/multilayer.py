"""Multi-layer perceptrons for points of the plane and other small vectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import torch
from torch import nn

Activation = Literal["relu", "tanh"]
ACTIVATIONS: Mapping[Activation, type[nn.Module]] = {"relu": nn.ReLU, "tanh": nn.Tanh}

Start = Literal["torch", "he"] | float
"""How the weights begin: as PyTorch has it, as He et al. 2015 (uniform), or orthogonal with this gain; but for the
first, biases are zero.
"""


class Divided(nn.Module):
    """What it is given, divided by ``by``."""

    def __init__(self, by: float) -> None:
        super().__init__()
        self.by = by

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return values / self.by


def multilayer(
    inputs: int,
    outputs: int,
    width: int = 128,
    depth: int = 2,
    *,
    activation: Activation = "relu",
    start: Start = "torch",
    divide: float = 1.0,
) -> nn.Sequential:
    """(N, inputs), divided by ``divide`` first, to (N, outputs) through ``depth`` hidden layers of ``width``."""
    layers: list[nn.Module] = [] if divide == 1 else [Divided(divide)]
    for _ in range(depth):
        layers += [_linear(inputs, width, start), ACTIVATIONS[activation]()]
        inputs = width
    return nn.Sequential(*layers, _linear(inputs, outputs, start))


def _linear(inputs: int, outputs: int, start: Start) -> nn.Linear:
    layer = nn.Linear(inputs, outputs)
    match start:
        case "torch":
            return layer
        case "he":
            nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
        case gain:
            nn.init.orthogonal_(layer.weight, gain)
    nn.init.zeros_(layer.bias)
    return layer
