"""Whether figures bear a claim out, in view of how much they vary from seed to seed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, variance
from typing import Literal

from scipy.stats import t

Figures = Mapping[str, Mapping[str, Sequence[float]]]
"""Of each arm, by measure: one figure a seed. A measure that could not be taken is missing."""

Answer = Literal["agree", "disagree", "undecided"]

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Verdict:
    """Whether measurement and claim agree, and what was seen, as a clause a sentence can go on from."""

    agrees: Answer
    why: str


def noise(one: Sequence[float], other: Sequence[float] = ()) -> float:
    """How far the means of two arms may lie apart by the chance of their seeds: half of Student's 95 % interval.

    The variances of the arms are pooled; infinite where no arm has two seeds. With no ``other`` it is how far the mean
    of one arm may lie from what it would be with all seeds.

    >>> round(noise([1.0, 2.0], [5.0, 6.0]), 3)  # 4.303 · sqrt(0.5 · (1/2 + 1/2))
    3.042
    """
    arms = [each for each in (one, other) if each]
    freedom = sum(len(each) - 1 for each in arms)
    if freedom < 1:
        return math.inf
    squares = sum((len(each) - 1) * variance(each) for each in arms if len(each) > 1)
    share = sum(1 / len(each) for each in arms)
    return float(t.ppf((1 + CONFIDENCE) / 2, freedom)) * math.sqrt(squares / freedom * share)


def higher(figures: Figures, measure: str, arm: str, than: str) -> Verdict:
    """Agrees if ``measure`` is higher for ``arm`` than for the arm ``than``, by more than the noise."""
    return _ordered(figures, measure, arm, than, 1)


def lower(figures: Figures, measure: str, arm: str, than: str) -> Verdict:
    """Agrees if ``measure`` is lower for ``arm`` than for the arm ``than``, by more than the noise."""
    return _ordered(figures, measure, arm, than, -1)


def no_lower(figures: Figures, measure: str, arm: str, than: str, margin: float) -> Verdict:
    """Agrees if ``arm`` falls short of ``than`` by less than ``margin`` even if the noise spoke for it."""
    return _held(figures, measure, arm, than, 1, margin)


def no_higher(figures: Figures, measure: str, arm: str, than: str, margin: float) -> Verdict:
    """Agrees if ``arm`` exceeds ``than`` by less than ``margin`` even if the noise spoke for it."""
    return _held(figures, measure, arm, than, -1, margin)


def at_most(figures: Figures, measure: str, arm: str, bound: float) -> Verdict:
    """Agrees if ``measure`` of ``arm`` is at most ``bound`` with every seed, disagrees if with none."""
    return _within(figures, measure, arm, bound, 1)


def at_least(figures: Figures, measure: str, arm: str, bound: float) -> Verdict:
    """Agrees if ``measure`` of ``arm`` is at least ``bound`` with every seed, disagrees if with none."""
    return _within(figures, measure, arm, bound, -1)


def above(figures: Figures, measure: str, arm: str, bound: float) -> Verdict:
    """Agrees if the mean of ``measure`` for ``arm`` is at least ``bound`` even if the noise spoke for it."""
    return _beyond(figures, measure, arm, bound, 1)


def below(figures: Figures, measure: str, arm: str, bound: float) -> Verdict:
    """Agrees if the mean of ``measure`` for ``arm`` is at most ``bound`` even if the noise spoke for it."""
    return _beyond(figures, measure, arm, bound, -1)


def every(*verdicts: Verdict) -> Verdict:
    """Agrees if all do; disagrees if one does; else undecided."""
    answers = {verdict.agrees for verdict in verdicts}
    agrees: Answer = "disagree" if "disagree" in answers else "undecided" if "undecided" in answers else "agree"
    return Verdict(agrees, "; ".join(verdict.why for verdict in verdicts))


def _within(figures: Figures, measure: str, arm: str, bound: float, sign: int) -> Verdict:
    values = figures[arm].get(measure)
    if not values:
        return _missing(measure)
    held = [sign * value <= sign * bound for value in values]
    worst = max(values) if sign == 1 else min(values)
    agrees: Answer = "agree" if all(held) else "undecided" if any(held) else "disagree"
    limit = f"{'at most' if sign == 1 else 'at least'} {bound:g}"
    return Verdict(agrees, f'{measure} is {worst:.2g} for "{arm}" at the worst, where {limit} was claimed')


def _ordered(figures: Figures, measure: str, arm: str, than: str, sign: int) -> Verdict:
    found = _difference(figures, measure, arm, than)
    if found is None:
        return _missing(measure)
    difference, bound = found
    agrees: Answer = "undecided" if abs(difference) <= bound else "agree" if sign * difference > 0 else "disagree"
    return Verdict(agrees, _said(figures, measure, arm, than))


def _held(figures: Figures, measure: str, arm: str, than: str, sign: int, margin: float) -> Verdict:
    found = _difference(figures, measure, arm, than)
    if found is None:
        return _missing(measure)
    difference, bound = found
    worse = -sign * difference
    agrees: Answer = "agree" if worse + bound <= margin else "disagree" if worse > max(bound, margin) else "undecided"
    return Verdict(agrees, f"{_said(figures, measure, arm, than)}, where {margin:g} would count")


def _beyond(figures: Figures, measure: str, arm: str, bound: float, sign: int) -> Verdict:
    values = figures[arm].get(measure)
    if not values:
        return _missing(measure)
    beyond, chance = sign * (fmean(values) - bound), noise(values)
    agrees: Answer = "agree" if beyond >= chance else "disagree" if beyond < -chance else "undecided"
    side = "at least" if sign > 0 else "at most"
    said = f'{measure} is {fmean(values):.4g} for "{arm}", where {side} {bound:g} is claimed'
    return Verdict(agrees, f"{said} ({_chance(chance)})")


def _difference(figures: Figures, measure: str, arm: str, than: str) -> tuple[float, float] | None:
    """Of the means, and the noise; None where either arm lacks the measure."""
    one, other = (figures[each].get(measure) for each in (arm, than))
    return None if not one or not other else (fmean(one) - fmean(other), noise(one, other))


def _said(figures: Figures, measure: str, arm: str, than: str) -> str:
    one, other = figures[arm][measure], figures[than][measure]
    chance = _chance(noise(one, other))
    return f'{measure} is {fmean(one):.4g} for "{arm}" and {fmean(other):.4g} for "{than}" ({chance})'


def _chance(bound: float) -> str:
    return "one seed does not tell what is chance" if math.isinf(bound) else f"chance makes up to {bound:.2g}"


def _missing(measure: str) -> Verdict:
    return Verdict("undecided", f"{measure} was not measured")
