"""Unshaking: the kernel that a pair shows is what a net is asked for, as far as it can be trusted."""

from __future__ import annotations

import pytest
import torch

from ganvas.data.batches import Pairs
from ganvas.losses.pixel import decibels
from ganvas.nets.deconvolution import shown_kernel
from ganvas.nets.unshaken import Unshaken
from ganvas.objectives.unshaking import Unshaking, divergence


@pytest.fixture
def net() -> Unshaken:
    torch.manual_seed(0)
    return Unshaken(width=8, depth=3, refining=3, guessing=8, side=9)


@pytest.fixture
def batch() -> Pairs:
    target = torch.rand(2, 3, 48, 48)
    return Pairs((target + target.roll(2, -1)) / 2, target)


def kernels(*seeds: int) -> torch.Tensor:
    made = torch.stack([torch.rand(5, 5, generator=torch.Generator().manual_seed(seed)) for seed in seeds])
    return made / made.sum((-2, -1), keepdim=True)


def test_the_right_kernel_does_not_diverge_and_others_do() -> None:
    right, wrong = kernels(0, 1), kernels(2, 3)
    assert divergence(right, torch.ones(2), right.log()).item() == pytest.approx(0, abs=1e-6)
    assert divergence(right, torch.ones(2), wrong.log()).item() > 0.05


def test_a_point_is_a_kernel_too() -> None:
    point = torch.zeros(1, 5, 5)
    point[:, 2, 2] = 1
    even = torch.full((1, 5, 5), 1 / 25)
    expected = torch.tensor(25.0).log().item()
    assert divergence(point, torch.ones(1), even.log()).item() == pytest.approx(expected)


def test_what_is_not_trusted_does_not_count() -> None:
    right, wrong = kernels(0, 1), kernels(2, 3)
    both = divergence(right, torch.ones(2), wrong.log())
    one, other = (divergence(right, torch.tensor(trust), wrong.log()) for trust in ([1.0, 0.0], [0.0, 1.0]))
    assert torch.allclose(both, one + other)
    assert divergence(right, torch.zeros(2), wrong.log()).item() == 0


def test_the_terms(net: Unshaken, batch: Pairs) -> None:
    terms = Unshaking(net, early=0.5, kernel=2.0, border=4).generator_loss(batch)
    found = net.recovered(batch.input)
    inner = (..., slice(4, -4), slice(4, -4))
    *early, last = [decibels(image[inner], batch.target[inner]) for image in found.images]
    shown = shown_kernel(batch.target, batch.input, 9)
    assert set(terms) == {"decibels", "early", "kernel"}
    assert torch.allclose(terms["decibels"], last)
    assert torch.allclose(terms["early"], 0.5 * (early[0] + early[1]))
    assert torch.allclose(
        terms["kernel"], 2 * (divergence(*shown, found.kernels[0]) + divergence(*shown, found.kernels[1]))
    )


def test_the_kernel_alone(net: Unshaken, batch: Pairs) -> None:
    game = Unshaking(net)
    terms = game.kernel_loss(batch)
    assert set(terms) == {"kernel"}
    terms.total.backward()
    assert all(p.grad is None for p in net.refine.parameters())
    assert all(p.grad is not None and p.grad.any() for p in net.first.parameters())


def test_the_sides_do_not_count(net: Unshaken, batch: Pairs) -> None:
    """A target that differs there alone has the same decibels."""
    target = batch.target.clone()
    target[..., :6, :] = 0
    game = Unshaking(net, border=6)
    one, other = (game.generator_loss(pair)["decibels"] for pair in (batch, batch._replace(target=target)))
    assert torch.equal(one, other)
    assert not torch.equal(Unshaking(net, border=5).generator_loss(batch._replace(target=target))["decibels"], one)
