"""When a stage has learnt enough to end before its rounds do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ganvas.game import Result


@dataclass
class GoodEnough:
    """Ends a stage when an ``error`` is below ``threshold``, after round ``earliest`` (counted from 0) at the first.

    With a ``window`` it ends also where the error stands still: where its means over the latest so many rounds and over
    as many before them differ by less than ``change``, as a share of the latter. The mean is taken because the error of
    one round leaps about far more than it falls in hundreds. What it remembers belongs into the memory of the stage.

    >>> still = GoodEnough(lambda result: result["net"]["error"], threshold=0.1, window=2)
    >>> [still(number, {"net": {"error": error}}) for number, error in enumerate([8, 8.2, 4.1, 4, 4, 4.1])]
    [False, False, False, False, False, True]
    """

    error: Callable[[Result], float]
    threshold: float
    earliest: int = 0
    window: int | None = None
    change: float = 0.02
    _errors: list[float] = field(default_factory=list[float], init=False, repr=False)

    def __call__(self, number: int, result: Result) -> bool:
        error = self.error(result)
        stands_still = self.window is not None and self._stands_still(error, self.window)
        return number >= self.earliest and (error < self.threshold or stands_still)

    def state_dict(self) -> dict[str, Any]:
        return {"errors": self._errors}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self._errors = list(state_dict["errors"])

    def _stands_still(self, error: float, window: int) -> bool:
        self._errors = [*self._errors, error][-2 * window :]
        if len(self._errors) < 2 * window:
            return False
        before, latest = sum(self._errors[:window]), sum(self._errors[window:])
        return abs(latest - before) < self.change * before
