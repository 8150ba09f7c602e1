"""Modes counted on points of which it is known where they lie."""

from __future__ import annotations

import math

import pytest
import torch

from ganvas.data.synthetic import grid_centres, ring_centres, toy
from ganvas.metrics import MetricError
from ganvas.metrics.modes import SAMPLES, coverage

CENTRES = ring_centres()


def around(counts: list[int], shift: float = 0.0) -> torch.Tensor:
    """So many points at each centre, moved outwards by ``shift``."""
    return torch.cat([(1 + shift / 2) * CENTRES[k].repeat(count, 1) for k, count in enumerate(counts)])


def test_the_data_themselves_cover_everything() -> None:
    found = coverage(toy("ring", SAMPLES).batch(0).image, CENTRES, 0.02)
    assert (found.modes, found.loose) == (8, 8)
    assert found.quality == pytest.approx(1 - math.exp(-4.5), abs=0.01)  # of a Gaussian of the plane, within 3σ
    assert found.radius == pytest.approx(2, abs=0.01)
    assert 0 <= found.divergence < 0.01
    whole = coverage(toy("grid", SAMPLES).batch(0).image, grid_centres(), 0.05)
    assert (whole.modes, whole.loose) == (25, 25)


def test_a_mode_is_covered_by_25_points() -> None:
    found = coverage(around([2427, 25, 24, 24, 0, 0, 0, 0]), CENTRES, 0.02)
    assert (found.modes, found.loose, found.quality, found.majority) == (2, 2, 1.0, 0)


@pytest.mark.parametrize(
    ("shift", "modes", "loose", "quality"),
    [(0.059, 8, 8, 1.0), (0.061, 0, 8, 0.0), (0.499, 0, 8, 0.0), (0.501, 0, 0, 0.0)],
)
def test_near_is_three_deviations_or_a_quarter_of_the_radius(
    shift: float, modes: int, loose: int, quality: float
) -> None:
    found = coverage(around([312] * 8, shift), CENTRES, 0.02)
    assert (found.modes, found.loose, found.quality) == (modes, loose, quality)
    assert found.radius == pytest.approx(2 + shift)
    assert found.divergence == pytest.approx(0, abs=1e-12)


def test_divergence_is_that_of_the_shares_from_uniform() -> None:
    counts = [1000, 500, 500, 500, 0, 0, 0, 0]
    expected = sum(n / 2500 * math.log(8 * n / 2500) for n in counts if n)
    found = coverage(around(counts), CENTRES, 0.02)
    assert found.divergence == pytest.approx(expected)
    rolled = coverage(around(counts[-2:] + counts[:-2]), CENTRES, 0.02)
    assert rolled.majority == 2
    assert rolled.divergence == pytest.approx(expected)


def test_points_in_the_middle_cover_nothing() -> None:
    found = coverage(torch.zeros(SAMPLES, 2), CENTRES, 0.02)
    assert (found.modes, found.loose, found.quality, found.radius) == (0, 0, 0, 0)


def test_points_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(MetricError, match="not numbers"):
        coverage(torch.full((3, 2), math.nan), CENTRES, 0.02)
