"""Fakes of earlier rounds, so that a discriminator does not forget them (Shrivastava et al. 2017, section 2.3)."""

from __future__ import annotations

from typing import Any

import torch


class Pool:
    """Keeps up to ``size`` pictures. Random choices are torch's, so that a snapshot holds them."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.images: list[torch.Tensor] = []

    def __call__(self, fakes: torch.Tensor) -> torch.Tensor:
        """``fakes`` (N, C, H, W), each of which may be exchanged for an older one.

        As long as there is room they are kept and returned. Then, with probability 1/2 each, a random kept one comes
        out and the new one takes its place.
        """
        return torch.stack([self._exchanged(fake) for fake in fakes.detach()])

    def _exchanged(self, fake: torch.Tensor) -> torch.Tensor:
        if len(self.images) < self.size:
            self.images.append(fake)
            return fake
        if not self.size or torch.rand(()).item() < 0.5:
            return fake
        place = int(torch.randint(self.size, ()))
        old, self.images[place] = self.images[place], fake
        return old.to(fake.device)

    def state_dict(self) -> dict[str, Any]:
        """The pictures."""
        return {"images": list(self.images)}

    def load_state_dict(self, state_dict: dict[str, Any], /) -> None:
        """Puts them back."""
        self.images = list(state_dict["images"])
