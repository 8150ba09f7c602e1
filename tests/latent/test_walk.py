"""Walks: their ends, norms and speeds."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch

from ganvas.latent.model import Generator
from ganvas.latent.walk import chain, evenness, legs, linear, smoothed, speeds, spherical, way_for


@pytest.fixture
def ends() -> torch.Tensor:
    return torch.randn(2, 512, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("norms", [False, True])
def test_ends_are_exact(ends: torch.Tensor, norms: bool) -> None:
    for walk in (linear(*ends, 9), spherical(*ends, 9, norms=norms)):
        assert walk.shape == (9, 512)
        assert torch.equal(walk[[0, -1]], ends)


def test_the_line_passes_where_no_codes_are_and_the_arc_does_not(ends: torch.Tensor) -> None:
    middle = linear(*ends, 3)[1].norm()
    assert middle == pytest.approx(math.sqrt(512 / 2), rel=0.1)
    assert spherical(*ends, 3)[1].norm() == pytest.approx(math.sqrt(512), rel=0.1)


def test_norms_can_go_evenly() -> None:
    first, last = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 3.0])
    assert spherical(first, last, 5, norms=True).norm(dim=1).tolist() == pytest.approx([1, 1.5, 2, 2.5, 3])


def test_the_arc_has_one_speed(ends: torch.Tensor) -> None:
    one, other = (end / end.norm() for end in ends)
    steps = speeds(spherical(one, other, 33))
    assert steps.max() / steps.min() < 1 + 1e-3
    assert steps.sum() == pytest.approx((one @ other).arccos().item(), rel=1e-3)


@pytest.mark.parametrize("factor", [2.0, -2.0, 1.0])
def test_codes_in_one_line_have_no_arc(factor: float) -> None:
    first = torch.tensor([0.5, -1.0, 2.0])
    assert torch.equal(spherical(first, factor * first, 7), linear(first, factor * first, 7))


def test_a_chain_meets_every_code_once() -> None:
    codes = torch.randn(4, 8, generator=torch.Generator().manual_seed(0))
    way = chain(codes, 5)
    assert len(way) == 16
    assert torch.equal(way[::5], codes)
    parts = legs(way, 5)
    assert [len(part) for part in parts] == [6, 6, 6]
    assert all(torch.equal(part[-1], after[0]) for part, after in pairwise(parts))
    loop = chain(codes, 5, "linear", closed=True)
    assert len(loop) == 20
    assert torch.allclose(loop[-1], 0.2 * codes[3] + 0.8 * codes[0])


def test_a_walk_is_even_and_small_against_chance(bars: Generator) -> None:
    codes = bars.sample(2, 3)
    images = bars(spherical(*codes, 32))
    assert evenness(images) < 3
    apart = speeds(bars(bars.sample(64, 4))).mean()
    assert apart > 5 * speeds(images).mean()
    torch.testing.assert_close(images[[0, -1]], bars(codes))  # a batch of another size may round otherwise


def test_the_smoothed_walk_stays_on_the_sphere_and_loops(bars: Generator) -> None:
    codes = smoothed(bars, 60, 2, sigma=5)
    assert codes.norm(dim=1).tolist() == pytest.approx([4.0] * 60)
    steps = speeds(torch.cat([codes, codes[:1]]))
    assert steps.max() < 3 * steps.median()
    assert torch.equal(codes, smoothed(bars, 60, 2, sigma=5))
    cube = smoothed(Generator(bars.net, 16, "uniform"), 60, 2, sigma=5)
    assert cube.abs().max() < 1
    assert cube.square().mean() == pytest.approx(1 / 3, rel=0.2)


def test_the_prior_says_how_to_walk() -> None:
    assert [way_for(prior) for prior in ("normal", "uniform", "sphere")] == ["spherical", "linear", "spherical"]
    with pytest.raises(ValueError, match="two ends"):
        linear(torch.zeros(2), torch.ones(2), 1)
