"""What the notes say of a training, as bounds on figures, and whether the figures of several photos bear it out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from ganvas.experiments.verdict import Answer, Figures, Verdict, every

NEVER_MEASURED = "no figure tells that"


@dataclass(frozen=True)
class Claim:
    """``measure`` is higher than that of the arm ``than`` by more than the share ``bound``; or, unless ``exceeds``, by
    no more.
    """

    measure: str
    bound: float
    exceeds: bool = False
    than: str = "original"

    def verdict(self, figures: Figures, arm: str) -> Verdict:
        """Agrees or disagrees where the mean over the photos lies beyond the bound by more than its standard error."""
        one, other = (figures.get(each, {}).get(self.measure, ()) for each in (arm, self.than))
        if not one or not other:
            return Verdict("undecided", f"{self.measure} was not measured")
        mean, error = growth(one, other)
        over, within = mean - error > self.bound, mean + error <= self.bound
        agrees: Answer = "undecided" if not (over or within) else "agree" if over == self.exceeds else "disagree"
        return Verdict(agrees, self._said(mean, error))

    def _said(self, mean: float, error: float) -> str:
        chance = "as one photo has it" if math.isinf(error) else f"± {100 * error:.1f} %"
        return f"{self.measure} {100 * mean:+.1f} % {chance} against {self.than}, bound {100 * self.bound:+.0f} %"


@dataclass(frozen=True)
class Said:
    """The notes' ``words`` on an arm, and the claims that must all be borne out where they are to be right."""

    words: str
    claims: tuple[Claim, ...] = ()

    def verdict(self, figures: Figures, arm: str) -> Verdict:
        if not self.claims:
            return Verdict("undecided", NEVER_MEASURED)
        return every(*(claim.verdict(figures, arm) for claim in self.claims))


def growth(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    """By what share figures of the same photos are higher than others: the mean and its standard error.

    The error is infinite for one photo.

    >>> growth([2.0, 3.0], [2.0, 2.0])
    (0.25, 0.25)
    """
    shares = [a / b - 1 for a, b in zip(one, other, strict=True)]
    error = stdev(shares) / math.sqrt(len(shares)) if len(shares) > 1 else math.inf
    return fmean(shares), error
