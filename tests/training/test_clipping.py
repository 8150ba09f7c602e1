"""Weights clipped after each step, those of norms too, and no others."""

from __future__ import annotations

import torch
from torch import nn
from torch.optim import SGD, RMSprop

from ganvas.training.clipping import clip_weights


def largest(net: nn.Module) -> float:
    return max(parameter.abs().max().item() for parameter in net.parameters())


def test_all_weights_of_the_optimiser_are_within_bounds_after_every_step() -> None:
    torch.manual_seed(0)
    critic, other = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1)), nn.Linear(3, 1)
    groups = [{"params": [*critic[0].parameters(), *critic[1].parameters()]}, {"params": critic[2].parameters()}]
    optimizer, free = RMSprop(groups, lr=0.1), SGD(other.parameters(), lr=0.1)
    clip_weights(optimizer, 0.0625)
    assert largest(critic) == 1, "not before the first step"
    for _ in range(3):
        for net, moving in ((critic, optimizer), (other, free)):
            moving.zero_grad()
            net(torch.randn(5, 3)).square().sum().backward()
            moving.step()
        assert largest(critic) <= 0.0625
    assert largest(other) > 0.0625


def test_what_is_within_bounds_moves_as_it_would() -> None:
    one, other = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
    for net, clipped in ((one, True), (other, False)):
        nn.init.constant_(net.weight, 0.3)
        optimizer = SGD(net.parameters(), lr=0.1)
        if clipped:
            clip_weights(optimizer, 0.5)
        net(torch.ones(1, 1)).sum().backward()
        optimizer.step()
    assert torch.equal(one.weight, other.weight)
