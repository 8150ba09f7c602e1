"""Axes: which numbers stand at them, and where a number lies."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Axis:
    """From ``low`` to ``high``, drawn from the coordinate ``begin`` to ``end``; ``log`` if by powers of ten."""

    low: float
    high: float
    begin: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """The coordinate of ``value``, rounded to a tenth.

        >>> Axis(0, 10, 100, 200)(2.5), Axis(1, 100, 0, 80, log=True)(10)
        (125.0, 40.0)
        """
        low, high, place = (math.log10(each) if self.log else each for each in (self.low, self.high, value))
        return round(self.begin + (place - low) / (high - low) * (self.end - self.begin), 1)

    def ticks(self, most: int = 6) -> list[float]:
        """At most ``most`` round numbers from ``low`` to ``high``."""
        return _powers(self.low, self.high, most) if self.log else _steps(self.low, self.high, most)


def spanning(values: Iterable[float], begin: float, end: float) -> Axis:
    """The axis that holds ``values`` with a little room; logarithmic where all are positive and 20 times apart."""
    held = list(values)
    low, high = min(held), max(held)
    if low > 0 and high / low > 20:
        room = (high / low) ** 0.04
        return Axis(low / room, high * room, begin, end, log=True)
    room = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
    return Axis(low - room, high + room, begin, end)


def number(value: float) -> str:
    """``value`` in few characters.

    >>> number(12_500), number(2e6), number(0.025), number(6.85e-4), number(-0.0)
    ('12.5k', '2M', '0.025', '6.85e-4', '0')
    """
    for size, letter in ((1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if letter == 'k' else size):.6g}{letter}"
    shown = f"{value + 0.0:.6g}"
    if 0 < abs(value) < 1e-3:
        digits, power = f"{value:.5e}".split("e")
        shown = f"{float(digits):g}e{int(power)}"
    return shown


def _steps(low: float, high: float, most: int) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    step = next(each * power for each in (1, 2, 5, 10, 20) if _count(low, high, each * power) <= most)
    first = math.ceil(low / step - 1e-9)
    return [round((first + index) * step, 12) for index in range(_count(low, high, step))]


def _count(low: float, high: float, step: float) -> int:
    return math.floor(high / step + 1e-9) - math.ceil(low / step - 1e-9) + 1


def _powers(low: float, high: float, most: int) -> list[float]:
    """Powers of ten with 2 and 5 times them, or with fewer, or every second power, and so on."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for factors in ((1, 2, 5), (1, 3), (1,)):
        found = [factor * 10.0**power for power in range(first, last + 1) for factor in factors]
        found = [each for each in found if low <= each <= high]
        if len(found) <= most:
            return found
    every = math.ceil((last - first + 1) / most)
    return [10.0**power for power in range(first, last + 1, every) if low <= 10.0**power <= high]
