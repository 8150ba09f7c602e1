"""When a stage ends before its rounds: the first round, the threshold, and an error that stands still."""

from __future__ import annotations

import pytest

from ganvas.game import Result
from ganvas.training.stopping import GoodEnough


def result(error: float) -> Result:
    return {"net": {"error": error}}


def rule(threshold: float = 0.025, earliest: int = 200, window: int | None = None) -> GoodEnough:
    return GoodEnough(lambda result: result["net"]["error"], threshold, earliest, window)


def ends(rule: GoodEnough, errors: list[float]) -> int | None:
    """The number of the round after which a stage with these errors ends."""
    return next((number for number, error in enumerate(errors) if rule(number, result(error))), None)


@pytest.mark.parametrize(("number", "ends"), [(0, False), (199, False), (200, True), (201, True)])
def test_it_ends_after_round_200_at_the_first(number: int, ends: bool) -> None:
    assert rule()(number, result(0.0249)) == ends
    assert not rule()(number, result(0.025)), "it has to be below"


def test_one_good_round_is_enough_but_not_an_early_one() -> None:
    errors = [0.01] * 200 + [0.03] * 5 + [0.02, 0.03]
    assert ends(rule(), errors) == 205


def test_an_error_that_stands_still_ends_it_when_two_windows_are_full() -> None:
    assert ends(rule(earliest=0, window=50), [1.0] * 300) == 99
    assert ends(rule(earliest=120, window=50), [1.0] * 300) == 120
    assert ends(rule(earliest=0), [1.0] * 300) is None, "without a window it is not looked for"


def test_an_error_that_falls_or_rises_does_not_stand_still() -> None:
    for share in (0.995, 1.005):
        assert ends(rule(threshold=0.0, earliest=0, window=20), [share**number for number in range(200)]) is None
    slow = [0.9995**number for number in range(200)]
    assert ends(rule(threshold=0.0, earliest=0, window=20), slow) == 39  # 0.9995^20 is 1 % less


def test_single_rounds_may_leap_about() -> None:
    """Its neighbours are alike by chance at once, and the means tell that it falls until it stands still."""
    leaping = [(1.5 if number % 2 else 0.5) * max(0.99**number, 0.99**100) for number in range(400)]
    assert ends(rule(threshold=0.0, earliest=0, window=20), leaping) in range(130, 140)


def test_what_it_remembers_goes_on_in_another() -> None:
    errors = [0.99**number for number in range(120)] + [0.99**120] * 200
    whole, first, second = (rule(threshold=0.0, earliest=0, window=30) for _ in range(3))
    end = ends(whole, errors)
    assert end is not None
    assert ends(first, errors[: end - 7]) is None
    second.load_state_dict(first.state_dict())
    assert ends(second, errors[end - 7 :]) == 7
    assert ends(rule(threshold=0.0, earliest=0, window=30), errors[end - 7 :]) == 59, "one that remembers nothing waits"
