"""Folded: the identity at first, sides of any length, as far as it sees."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ganvas.nets.folded import Folded


def restless(net: Folded) -> Folded:
    """``net`` with weights that make it do something everywhere."""
    torch.manual_seed(0)
    for parameter in net.parameters():
        nn.init.uniform_(parameter, 0.01, 0.1)
    return net


@pytest.mark.parametrize("size", [(12, 16), (13, 17), (1, 1), (3, 50)])
def test_untrained_it_changes_nothing_whatever_the_size(size: tuple[int, int]) -> None:
    image = torch.rand(2, 3, *size)
    assert torch.equal(Folded(8, 4)(image), image)


def test_parameters() -> None:
    with torch.device("meta"):
        counts = [sum(p.numel() for p in net.parameters()) for net in (Folded(), Folded(8, 4, fold=2))]
    first, between, last = 48 * 64 * 9 + 64, 16 * (64 * 64 * 9 + 64 + 64), 64 * 48 * 9 + 48 + 64
    assert counts[0] == first + between + last == 647_344
    assert counts[1] == 12 * 8 * 9 + 8 + 3 * (8 * 8 * 9 + 8 + 8) + 8 + 8 * 12 * 9 + 12


@pytest.mark.parametrize(("depth", "block", "blocks"), [(17, 2, [2] * 8), (4, 2, [2, 1]), (6, 3, [3, 2]), (1, 2, [])])
def test_the_convolutions_stand_in_blocks(depth: int, block: int, blocks: list[int]) -> None:
    net = Folded(4, depth, block)
    assert [sum(isinstance(layer, nn.Conv2d) for layer in part.modules()) for part in net.body] == blocks


@pytest.mark.parametrize(("depth", "fold"), [(1, 4), (3, 4), (4, 2), (2, 3)])
def test_it_sees_as_far_as_it_says(depth: int, fold: int) -> None:
    """The farthest input on which any of the pixels of a square depends, by their gradients."""
    net = restless(Folded(3, depth, fold=fold)).double()
    side = 2 * fold * (depth + 3) + fold
    image = torch.rand(1, 3, side, side, dtype=torch.float64, requires_grad=True)
    made, first = net(image), side // 2 // fold * fold
    farthest = 0
    for place in range(first, first + fold):
        (gradient,) = torch.autograd.grad(made[0, 0, place, place], image, retain_graph=True)
        rows = gradient[0].abs().amax((0, 2)).nonzero().flatten()
        columns = gradient[0].abs().amax((0, 1)).nonzero().flatten()
        assert torch.equal(rows, columns)
        farthest = max(farthest, place - int(rows.min()), int(rows.max()) - place)
    assert net.receptive_field == 2 * farthest + 1


def test_a_tile_with_its_margin_is_the_whole() -> None:
    net = restless(Folded(3, 2)).double()
    margin = net.receptive_field // 2
    assert margin % net.multiple == net.multiple - 1
    image = torch.rand(1, 3, 24, 61, dtype=torch.float64)
    start, edge = 40, 40 - margin - 1
    assert edge % net.multiple == 0
    tile = net(image[..., edge:])[..., start - edge :]
    assert torch.allclose(tile, net(image)[..., start:], atol=1e-12)


def test_what_was_repeated_at_the_border_is_cut_off_again() -> None:
    net = restless(Folded(3, 2))
    image = torch.rand(1, 3, 6, 7)
    whole = torch.nn.functional.pad(image, (0, 1, 0, 2), mode="replicate")
    assert torch.equal(net(image), net(whole)[..., :6, :7])


def test_every_parameter_is_taught_once_the_last_ones_have_moved() -> None:
    net = Folded(4, 4)
    net(torch.rand(1, 3, 16, 16)).sum().backward()
    moved = {name for name, p in net.named_parameters() if p.grad is not None and p.grad.any()}
    assert moved == {"last.weight", "last.bias"}
    nn.init.normal_(net.last.weight)
    net(torch.rand(1, 3, 16, 16)).square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() and p.grad.any() for p in net.parameters())
