"""Weights kept in bounds: how WGAN keeps its critic Lipschitz."""

from __future__ import annotations

import torch
from torch.optim import Optimizer


def clip_weights(optimizer: Optimizer, bound: float) -> None:
    """From now on each step of ``optimizer`` ends with all of its parameters clipped to [-bound, bound].

    Arjovsky et al. 2017, algorithm 1, line 7. All means the scales of norms too. The authors' code clips before each
    step of the critic in place of after it.
    """

    @torch.no_grad()
    def clip(*_: object) -> None:
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                parameter.clamp_(-bound, bound)

    optimizer.register_step_post_hook(clip)
