"""When figures bear a claim out, and when chance could have made them."""

from __future__ import annotations

import math

import pytest

from ganvas.experiments.verdict import Verdict, every, higher, lower, no_higher, no_lower, noise

FAR = {"a": {"PSNR": [30.0, 30.1]}, "b": {"PSNR": [28.0, 28.1]}}
NEAR = {"a": {"PSNR": [30.0, 30.4]}, "b": {"PSNR": [29.9, 30.3]}}
ONCE = {"a": {"PSNR": [30.0]}, "b": {"PSNR": [20.0]}}


def test_noise_is_half_of_students_interval() -> None:
    # Variances 0.02 and 0.08, pooled 0.05; t of 97.5 % at two degrees of freedom is 4.302653.
    assert noise([1.0, 1.2], [3.0, 3.4]) == pytest.approx(4.302653 * math.sqrt(0.05))
    assert noise([1.0, 1.0], [2.0, 2.0]) == 0
    assert noise([1.0], [2.0]) == math.inf
    # Three seeds against one: the one adds nothing to the variance, t at two degrees, 1/3 + 1/1.
    assert noise([1.0, 2.0, 3.0], [5.0]) == pytest.approx(4.302653 * math.sqrt(1 * (1 / 3 + 1)))


@pytest.mark.parametrize(
    ("verdict", "agrees"),
    [
        (higher(FAR, "PSNR", "a", "b"), "agree"),
        (higher(FAR, "PSNR", "b", "a"), "disagree"),
        (lower(FAR, "PSNR", "b", "a"), "agree"),
        (lower(FAR, "PSNR", "a", "b"), "disagree"),
        (higher(NEAR, "PSNR", "a", "b"), "undecided"),
        (higher(ONCE, "PSNR", "a", "b"), "undecided"),
        (higher(FAR, "detail", "a", "b"), "undecided"),
    ],
)
def test_an_order_counts_beyond_chance(verdict: Verdict, agrees: str) -> None:
    assert verdict.agrees == agrees


def test_holding_level_needs_more_than_a_noisy_measurement() -> None:
    assert no_lower(FAR, "PSNR", "a", "b", 0.05).agrees == "agree"
    assert no_lower(FAR, "PSNR", "b", "a", 0.05).agrees == "disagree"
    assert no_higher(FAR, "PSNR", "b", "a", 0.05).agrees == "agree"
    assert no_lower(NEAR, "PSNR", "a", "b", 0.05).agrees == "undecided"
    level = {"a": {"PSNR": [30.0, 30.001]}, "b": {"PSNR": [30.01, 30.011]}}
    assert no_lower(level, "PSNR", "a", "b", 0.05).agrees == "agree"
    assert no_lower(level, "PSNR", "a", "b", 0.001).agrees == "disagree"


def test_what_was_seen_is_said() -> None:
    why = higher(FAR, "PSNR", "a", "b").why
    assert '30.05 for "a"' in why
    assert '28.05 for "b"' in why
    assert "one seed" in higher(ONCE, "PSNR", "a", "b").why
    assert higher(FAR, "detail", "a", "b").why == "detail was not measured"


def test_all_must_agree() -> None:
    yes, no, open_ = Verdict("agree", "x"), Verdict("disagree", "y"), Verdict("undecided", "z")
    assert every(yes, yes).agrees == "agree"
    assert every(yes, open_).agrees == "undecided"
    assert every(yes, open_, no) == Verdict("disagree", "x; z; y")
