"""What the notes say, against made figures."""

from __future__ import annotations

import math

import pytest

from ganvas.experiments.improved_singan.arms import ARMS, ORIGINAL
from ganvas.experiments.improved_singan.claims import Claim, Said, growth
from ganvas.experiments.improved_singan.measuring import Measure
from ganvas.experiments.improved_singan.notes import LOOKS, SAID, TABLES, TIME
from ganvas.experiments.improved_singan.result import MEASURES
from ganvas.experiments.verdict import Answer

AT_MOST, MORE = Claim("d", 0.05), Claim("d", 0.05, exceeds=True)


@pytest.mark.parametrize(
    ("arm", "most", "more"),
    [
        ((1.0, 2.0), "agree", "disagree"),
        ((1.04, 2.08), "agree", "disagree"),
        ((1.2, 2.4), "disagree", "agree"),
        ((0.5, 1.0), "agree", "disagree"),
        ((1.0, 2.4), "undecided", "undecided"),
        ((1.2,), "undecided", "undecided"),
        ((), "undecided", "undecided"),
    ],
)
def test_a_mean_has_to_lie_beyond_the_bound_by_its_error(arm: tuple[float, ...], most: Answer, more: Answer) -> None:
    figures = {"arm": {"d": arm}, "original": {"d": (1.0, 2.0)[: len(arm) or 2]}}
    assert AT_MOST.verdict(figures, "arm").agrees == most
    assert MORE.verdict(figures, "arm").agrees == more


def test_the_growth_is_taken_photo_by_photo() -> None:
    mean, error = growth([2.0, 30.0, 4.0], [1.0, 30.0, 1.0])
    assert mean == pytest.approx((1 + 0 + 3) / 3)
    assert error == pytest.approx(math.sqrt(((1 - 4 / 3) ** 2 + (4 / 3) ** 2 + (3 - 4 / 3) ** 2) / 2 / 3))
    assert math.isinf(growth([1.0], [2.0])[1])


def test_the_reason_has_the_figures() -> None:
    figures = {"arm": {"d": [1.1, 1.3]}, "original": {"d": [1.0, 1.0]}}
    assert AT_MOST.verdict(figures, "arm").why == "d +20.0 % ± 10.0 % against original, bound +5 %"
    assert "as one photo has it" in AT_MOST.verdict({"arm": {"d": [1.1]}, "original": {"d": [1.0]}}, "arm").why


def test_all_claims_must_hold_and_words_alone_decide_nothing() -> None:
    figures = {"arm": {"d": [1.0, 1.0], "t": [9.0, 9.0]}, "original": {"d": [1.0, 1.0], "t": [1.0, 1.0]}}
    assert Said("", (AT_MOST, Claim("t", 0.0, exceeds=True))).verdict(figures, "arm").agrees == "agree"
    assert Said("", (AT_MOST, Claim("t", 0.0))).verdict(figures, "arm").agrees == "disagree"
    assert Said("strange").verdict(figures, "arm").agrees == "undecided"


def test_every_training_of_the_notes_is_on_one_page() -> None:
    assert [arm for table in TABLES for arm in table.said] == [arm for arm in ARMS if arm != ORIGINAL]
    measures: set[Measure] = {LOOKS, TIME}
    assert measures <= set(MEASURES)
    for said in SAID.values():
        assert {claim.measure for claim in said.claims} <= measures
        assert {claim.than for claim in said.claims} <= set(ARMS)


def test_the_notes_are_right_where_it_is_as_they_say() -> None:
    """A world made after their words bears out all that figures can tell; its opposite none of it."""
    worse = {"real-a": 1.3, "real-d": 1.1, "real-e": 1.4, **{f"up-{letter}": 1.3 for letter in "abcdefgh"}}
    short = {"early-stop": 0.6, "plateau": 0.5}
    world = {arm: {LOOKS: [worse.get(arm, 1.0)] * 2, TIME: [short.get(arm, 1.0)] * 2} for arm in ARMS}
    answers = {arm: said.verdict(world, arm).agrees for arm, said in SAID.items()}
    assert answers.pop("real-f") == "undecided"
    assert set(answers.values()) == {"agree"}
    turned = {arm: {LOOKS: [0.9 if arm in worse else 1.6] * 2, TIME: [1.0] * 2} for arm in ARMS}
    turned[ORIGINAL] = turned["real-d"] = {LOOKS: [1.0] * 2, TIME: [1.0] * 2}
    answers = {arm: said.verdict(turned, arm).agrees for arm, said in SAID.items()}
    assert {arm for arm, agrees in answers.items() if agrees == "agree"} == {"real-d"}
