"""Two nets that belong together, one for each of two domains."""

from __future__ import annotations

from typing import Literal

import torch
from torch import nn

Domain = Literal["a", "b"]


class Both(nn.Module):
    """``a`` makes, or judges, pictures of domain a, ``b`` those of b; called, it is the one for ``aim``.

    As a generator ``b`` is CycleGAN's G, from a to b, and ``a`` is its F, from b to a.
    """

    def __init__(self, a: nn.Module, b: nn.Module, aim: Domain = "b") -> None:
        super().__init__()
        self.a, self.b, self.aim = a, b, aim
        self.receptive_field: int = getattr(b, "receptive_field", 1)
        self.multiple: int = getattr(b, "multiple", 1)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.b(image) if self.aim == "b" else self.a(image)
