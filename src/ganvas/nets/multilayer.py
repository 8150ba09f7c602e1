"""Multi-layer perceptrons for points of the plane and other small vectors."""

from __future__ import annotations

from torch import nn


def multilayer(inputs: int, outputs: int, width: int = 128, depth: int = 2) -> nn.Sequential:
    """(N, inputs) to (N, outputs) through ``depth`` hidden layers of ``width`` with ReLU."""
    layers: list[nn.Module] = []
    for _ in range(depth):
        layers += [nn.Linear(inputs, width), nn.ReLU()]
        inputs = width
    return nn.Sequential(*layers, nn.Linear(inputs, outputs))
