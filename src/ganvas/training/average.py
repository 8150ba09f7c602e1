"""The moving average of a net's weights, which is usually better than the net itself."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer


class Average(nn.Module):
    """A copy of ``net`` whose weights follow it: after each step, shadow = decay·shadow + (1 - decay)·weight.

    Early on the decay is smaller, (1 + n) / (10 + n) after n steps, so that the untrained start is soon forgotten
    (as TensorFlow's ``ExponentialMovingAverage`` does with ``num_updates``). Buffers are copied.
    """

    def __init__(self, net: nn.Module, optimizer: Optimizer, decay: float = 0.999) -> None:
        super().__init__()
        self.net = copy.deepcopy(net).requires_grad_(False)
        self.decay = decay
        self.steps: torch.Tensor
        self.register_buffer("steps", torch.zeros((), dtype=torch.long))
        optimizer.register_step_post_hook(lambda *_: self.follow(net))

    @torch.no_grad()
    def follow(self, net: nn.Module) -> None:
        """One step towards ``net``."""
        self.steps += 1
        steps = int(self.steps)
        weight = 1 - min(self.decay, (1 + steps) / (10 + steps))
        for shadow, source in zip(self.net.parameters(), net.parameters(), strict=True):
            shadow.lerp_(source, weight)
        for shadow, source in zip(self.net.buffers(), net.buffers(), strict=True):
            shadow.copy_(source)

    def forward(self, *inputs: Any) -> Any:
        return self.net(*inputs)
