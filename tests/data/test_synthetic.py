"""Points of the plane: where they lie, how far they scatter, that a batch depends on seed and number alone."""

from __future__ import annotations

import math
from typing import get_args

import pytest
import torch

from ganvas.data.synthetic import DIVISORS, Toy, divisor, grid_centres, ring_centres, ring_of_gaussians, swiss_roll, toy

COUNT = 20_000
MIXTURES: list[tuple[Toy, torch.Tensor, float]] = [("ring", ring_centres(), 0.02), ("grid", grid_centres(), 0.05)]


@pytest.mark.parametrize(("name", "centres", "deviation"), MIXTURES)
def test_gaussians_are_equally_likely_and_as_wide_as_they_should_be(
    name: Toy, centres: torch.Tensor, deviation: float
) -> None:
    points = toy(name, COUNT).batch(0).image
    assert points.shape == (COUNT, 2)
    assert points.dtype == torch.float32
    distance, mode = torch.cdist(points, centres).min(dim=1)
    assert distance.max() < 6 * deviation
    share = torch.bincount(mode, minlength=len(centres)) / COUNT
    assert (share * len(centres) - 1).abs().max() < 0.15
    assert (points - centres[mode]).std().item() == pytest.approx(deviation, rel=0.02)


def test_eight_different_centres_on_a_circle_of_two() -> None:
    centres = ring_centres()
    assert torch.allclose(centres.norm(dim=1), torch.full((8,), 2.0))
    assert torch.pdist(centres).min().item() == pytest.approx(4 * math.sin(math.pi / 8), rel=1e-5)


def test_twenty_five_centres_two_apart_around_the_origin() -> None:
    centres = grid_centres()
    assert sorted(map(tuple, centres.tolist())) == [(2.0 * x, 2.0 * y) for x in range(-2, 3) for y in range(-2, 3)]


def test_the_swiss_roll_turns_one_and_a_half_times() -> None:
    points = swiss_roll(COUNT, noise=0.0).batch(0).image.double()
    turn = points.norm(dim=1)  # t, uniform from 3/2 π to 9/2 π
    assert 1.5 * math.pi - 1e-4 <= turn.min() < turn.max() <= 4.5 * math.pi + 1e-4
    assert turn.mean().item() == pytest.approx(3 * math.pi, rel=0.01)
    assert turn.std().item() == pytest.approx(3 * math.pi / math.sqrt(12), rel=0.02)
    assert torch.allclose(points, turn[:, None] * torch.stack([turn.cos(), turn.sin()], dim=1), atol=1e-4)
    noisy = swiss_roll(COUNT).batch(0).image.double()
    assert (noisy - points).std().item() == pytest.approx(0.25, rel=0.02)


@pytest.mark.parametrize("name", get_args(Toy))
def test_dividing_changes_the_scale_alone(name: Toy) -> None:
    whole, divided = (toy(name, 100, divide=divide).batch(3).image for divide in (1.0, None))
    assert divisor(name, None) == DIVISORS[name]
    assert divisor(name, 3.0) == 3.0
    assert torch.allclose(divided * DIVISORS[name], whole, atol=1e-5)
    assert divided.abs().max() < 2.1


@pytest.mark.parametrize("name", get_args(Toy))
def test_a_batch_depends_on_seed_and_number_and_is_shared_by_rows(name: Toy) -> None:
    points = toy(name, 8, seed=1).batch(2).image
    assert torch.equal(points, toy(name, 8, seed=1).batch(2).image)
    assert not torch.equal(points, toy(name, 8, seed=1).batch(3).image)
    assert not torch.equal(points, toy(name, 8, seed=2).batch(2).image)
    halves = [toy(name, 8, seed=1) for _ in range(2)]
    for rank, half in enumerate(halves):
        half.share(rank, 2)
    assert torch.equal(torch.cat([half.batch(2).image for half in halves]), points)


def test_the_ring_has_the_modes_that_are_asked_for() -> None:
    points = ring_of_gaussians(500, modes=3, radius=1.0, deviation=0.001).batch(0).image
    distance, mode = torch.cdist(points, ring_centres(3, 1.0)).min(dim=1)
    assert distance.max() < 0.01
    assert mode.unique().tolist() == [0, 1, 2]
