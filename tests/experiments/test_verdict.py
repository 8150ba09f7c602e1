"""When figures bear a claim out, and when chance could have made them."""

from __future__ import annotations

import math

import pytest

from ganvas.experiments.verdict import (
    Verdict,
    above,
    at_least,
    at_most,
    below,
    every,
    higher,
    lower,
    no_higher,
    no_lower,
    noise,
)

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


def test_a_bound_is_kept_beyond_chance() -> None:
    assert above(FAR, "PSNR", "a", 29.0).agrees == "agree"
    assert below(FAR, "PSNR", "a", 29.0).agrees == "disagree"
    # Half of Student's interval of two seeds 0.1 apart: 12.706 · 0.1 / 2 = 0.635.
    assert [above(FAR, "PSNR", "a", bound).agrees for bound in (29.4, 29.43, 30.67, 30.7)] == [
        "agree",
        "undecided",
        "undecided",
        "disagree",
    ]
    assert [below(FAR, "PSNR", "a", bound).agrees for bound in (30.7, 30.67)] == ["agree", "undecided"]
    assert above({"a": {"PSNR": [7.0, 7.0]}}, "PSNR", "a", 7.0).agrees == "agree"
    assert above(ONCE, "PSNR", "a", 0.0).agrees == "undecided"
    assert above(FAR, "detail", "a", 0.0) == Verdict("undecided", "detail was not measured")
    assert '30.05 for "a", where at least 29 is claimed' in above(FAR, "PSNR", "a", 29.0).why


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


def test_a_bound_holds_if_it_does_with_every_seed() -> None:
    figures = {"arm": {"error": [0.1, 0.3]}}
    answers = [at_most(figures, "error", "arm", bound).agrees for bound in (0.3, 0.2, 0.05)]
    assert answers == ["agree", "undecided", "disagree"]
    assert [at_least(figures, "error", "arm", bound).agrees for bound in (0.1, 0.2, 0.5)] == answers
    assert (
        at_most(figures, "error", "arm", 0.2).why
        == 'error is 0.3 for "arm" at the worst, where at most 0.2 was claimed'
    )
    assert at_least(figures, "other", "arm", 0.2).agrees == "undecided"
