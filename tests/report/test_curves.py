"""Curves: where the points of a known series lie, and what is never lost."""

from __future__ import annotations

import math
import re

import pytest

from ganvas.report.axes import Axis, spanning
from ganvas.report.curves import (
    BOTTOM,
    COLOURS,
    LEFT,
    MOST,
    RIGHT,
    TOP,
    Curve,
    Guide,
    chart,
    curve,
    dashes,
    smoothed,
    thinned,
)
from ganvas.report.record import Line, Played


def lines_of(drawn: str, kind: str) -> list[list[tuple[float, float]]]:
    """The points of the path of class ``kind``, a list for each piece of line."""
    (path,) = re.findall(rf'<path class="line {kind}"[^>]* d="([^"]*)"', drawn)
    pieces = [piece.split("L") for piece in path.split("M")[1:]]
    return [[tuple(map(float, point.split())) for point in piece] for piece in pieces]  # pyright: ignore


def test_the_points_of_a_known_series_lie_where_they_belong() -> None:
    drawn = chart("t", [Curve("a", [[(0, 0.0), (50, 10.0), (100, 0.0)]])])
    high = BOTTOM - TOP
    # The axis reaches a twentieth of the range beyond it: from -0.5 to 10.5.
    low, peak = (BOTTOM - high * (value + 0.5) / 11 for value in (0, 10))
    (points,) = lines_of(drawn, "c0")
    assert [x for x, _ in points] == [LEFT, (LEFT + RIGHT) / 2, RIGHT]
    assert [y for _, y in points] == pytest.approx([low, peak, low], abs=0.06)


def test_a_long_fall_is_drawn_by_powers_of_ten() -> None:
    drawn = chart("t", [Curve("a", [[(1, 1.0), (2, 0.1), (3, 0.01)]])], unit="loss")
    (points,) = lines_of(drawn, "c0")
    first, second, third = (y for _, y in points)
    assert second - first == pytest.approx(third - second, abs=0.11)
    assert "loss, log scale" in drawn
    assert ">0.1<" in drawn


def test_stages_are_laid_end_to_end_with_no_line_between_them() -> None:
    key = ("generator", "mse")
    lines = [Line(0, "a", 5, {key: 1.0}), Line(0, "a", 10, {key: 2.0}), Line(1, "b", 10, {key: 3.0})]
    stages = [Played(0, "a", 0, 10, None), Played(1, "b", 10, 10, None)]
    found = curve("x", lines, stages, key)
    assert found.stages == [[(5, 1.0), (10, 2.0)], [(20, 3.0)]]
    drawn = chart("t", [found], stages=stages)
    assert [len(piece) for piece in lines_of(drawn, "c0")] == [2, 2]
    # The curve begins at round 5, and so does its axis.
    middle = LEFT + (RIGHT - LEFT) * (10 - 5) / (20 - 5)
    assert f'class="stage" d="M{round(middle, 1):g} ' in drawn


def test_values_that_are_not_finite_and_other_terms_are_left_out() -> None:
    key, other = ("g", "a"), ("g", "b")
    values = [1.0, math.nan, math.inf, 4.0]
    lines = [Line(0, "s", at, {key: value}) for at, value in enumerate(values)] + [Line(0, "s", 9, {other: 7.0})]
    assert curve("x", lines, [Played(0, "s", 0, 9, None)], key).points == [(0, 1.0), (3, 4.0)]
    assert chart("t", [Curve("x", [])]) == ""


def test_a_line_has_few_points_and_keeps_every_spike() -> None:
    points = [(float(x), 5.0 if x == 7_777 else math.sin(x)) for x in range(20_000)]
    few = thinned(points)
    assert len(few) <= MOST
    assert (7_777.0, 5.0) in few
    assert few == sorted(few)
    drawn = chart("t", [Curve("a", [points[:9_000], points[9_000:]])])
    for kind in ("c0", "raw c0"):
        assert 100 < sum(map(len, lines_of(drawn, kind))) <= MOST


def test_the_mean_moves_over_a_fifteenth() -> None:
    points = [(float(x), float(x % 2)) for x in range(60)]
    means = dict(smoothed(points))
    assert means[30.0] == pytest.approx(2 / 5)
    assert means[0.0] == pytest.approx(1 / 3)
    assert smoothed(points[:20]) == points[:20]
    assert all(value == pytest.approx(2.5) for _, value in smoothed([(x, 2.5) for x, _ in points]))


def test_a_guide_is_in_the_frame_and_says_what_it_is() -> None:
    drawn = chart("t", [Curve("a", [[(1, 5.0), (2, 6.0)]])], [Guide(0.693, "ln 2 <")])
    (at,) = (float(y) for y in re.findall(r'class="guide" d="M\d+ ([\d.]+)H', drawn))
    assert TOP < at < BOTTOM
    assert "ln 2 &lt;" in drawn


def test_a_spike_does_not_set_the_range() -> None:
    calm = [(float(x), 1.0 + 0.01 * (x % 3)) for x in range(300)]
    spiked = [*calm[:150], (150.0, 500.0), *calm[151:]]
    (points,) = lines_of(chart("t", [Curve("a", [spiked])]), "raw c0")
    assert min(y for _, y in points) < TOP - 100, "it leaves the frame, which cuts it off"


def test_thirty_runs_are_told_apart() -> None:
    assert len({(index % COLOURS, dashes(index)) for index in range(30)}) == 30
    drawn = chart("t", [Curve("a", [[(1, 1.0)]]), Curve("b", []), Curve("c", [[(1, 2.0)]])])
    assert re.findall(r'class="line (\w+)"', drawn) == ["c0", "c2"], "a run keeps its colour where another has no curve"


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 10, [0, 2, 4, 6, 8, 10]),
        (0.0012, 0.0031, [0.0015, 0.002, 0.0025, 0.003]),
        (-0.7, 0.7, [-0.5, 0, 0.5]),
        (41_000, 44_100, [41_000, 42_000, 43_000, 44_000]),
    ],
)
def test_ticks_are_round_numbers(low: float, high: float, ticks: list[float]) -> None:
    assert Axis(low, high, 0, 1).ticks(6) == pytest.approx(ticks)


@pytest.mark.parametrize("high", [0.5, 1.0, 3e4, 1e12])
def test_powers_of_ten_are_few_and_within(high: float) -> None:
    ticks = Axis(1e-3, high, 0, 1, log=True).ticks(6)
    assert 2 <= len(ticks) <= 6
    assert all(1e-3 <= tick <= high for tick in ticks)


@pytest.mark.parametrize("values", [[0.0], [3.0], [-2.0, -2.0], [1e-9, 1.0], [0.0, 1e-30]])
def test_any_values_have_an_axis(values: list[float]) -> None:
    axis = spanning(values, 100, 0)
    assert all(0 <= axis(value) <= 100 for value in values)
    assert len(axis.ticks()) >= 1
