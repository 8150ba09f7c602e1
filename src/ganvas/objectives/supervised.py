"""One player: make of the input what the target shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import nn

from ganvas.data.batches import Pairs
from ganvas.game import Terms

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Supervised:
    """Named losses between the generator's output and the target, each with its weight."""

    generator: nn.Module
    losses: Mapping[str, tuple[float, Loss]]

    def generator_loss(self, batch: Pairs) -> Terms:
        """The weighted terms on ``batch``."""
        output = self.generator(batch.input)
        return Terms({name: weight * loss(output, batch.target) for name, (weight, loss) in self.losses.items()})
