"""Where a stage is played: one device, or several processes that hold the same nets and share each batch.

Gradients are averaged here, after the backward pass, instead of wrapping the nets in DistributedDataParallel: a wrapped
net may only be used through its wrapper and only once a backward pass, which the games (penalties, unrolling, judges
with a bound condition) do not keep to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import nn

from ganvas.game import Stage, Terms


def seat(stage: Stage[Any], fabric: Fabric) -> None:
    """Moves the stage's nets to the device; with several processes, all start from the first one's weights, each with
    its share of every batch. In bfloat16 their kernels have the channels last, which is how CPUs and GPUs compute fast.
    """
    modules = [player.net for player in stage.players]
    modules += [thing for thing in stage.memory.values() if isinstance(thing, nn.Module)]
    for module in modules:
        module.to(fabric.device)
        if fabric.strategy.precision.precision == "bf16-mixed":
            module.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue] (left out of the stub)
    if fabric.world_size == 1:
        return
    for module in modules:
        for tensor in module.state_dict().values():
            tensor.copy_(fabric.broadcast(tensor))
    stage.data.share(fabric.global_rank, fabric.world_size)


def average_gradients(fabric: Fabric, parameters: Sequence[nn.Parameter]) -> None:
    """Replaces each gradient by its mean over all processes, in one message."""
    if fabric.world_size == 1:
        return
    gradients = [p.grad if p.grad is not None else torch.zeros_like(p) for p in parameters]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    flat = mean(fabric, flat)
    for parameter, part in zip(parameters, flat.split([p.numel() for p in parameters]), strict=True):
        parameter.grad = part.view_as(parameter).clone()


def mean_over_processes(fabric: Fabric, terms: Terms) -> Mapping[str, float]:
    """The terms as numbers, each the mean over all processes."""
    values = torch.stack([term.detach().float() for term in terms.values()])
    return dict(zip(terms, mean(fabric, values).tolist(), strict=True))


def mean(fabric: Fabric, values: torch.Tensor) -> torch.Tensor:
    """``values`` averaged over all processes."""
    if fabric.world_size == 1:
        return values
    averaged = fabric.all_reduce(values, reduce_op="mean")
    assert isinstance(averaged, torch.Tensor)
    return averaged
