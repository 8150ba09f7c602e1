"""Everything that varies with time is a function of the round's number, counted from 0."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from torch.optim import Optimizer

Curve = Callable[[int], float]


def follow(optimizer: Optimizer, curve: Curve) -> Callable[[int], None]:
    """A schedule that sets each group's learning rate to the one it has now times ``curve(round)``."""
    peaks = [group["lr"] for group in optimizer.param_groups]

    def schedule(number: int) -> None:
        for group, peak in zip(optimizer.param_groups, peaks, strict=True):
            group["lr"] = peak * curve(number)

    return schedule


def cosine(rounds: int, warmup: int = 0, floor: float = 0.0) -> Curve:
    """From 0 to 1 in ``warmup`` rounds, then along half a cosine to ``floor`` at the last round (Loshchilov, Hutter
    2017).

    >>> [round(cosine(5)(number), 3) for number in range(5)]
    [1.0, 0.854, 0.5, 0.146, 0.0]
    """

    def curve(number: int) -> float:
        if number < warmup:
            return (number + 1) / (warmup + 1)
        progress = (number - warmup) / max(1, rounds - 1 - warmup)
        return floor + (1 - floor) * (1 + math.cos(math.pi * min(progress, 1.0))) / 2

    return curve


def steps(at: Sequence[int], factor: float = 0.1) -> Curve:
    """1, times ``factor`` from each round in ``at`` on.

    >>> [steps([2, 4])(number) for number in (0, 2, 5)]
    [1.0, 0.1, 0.010000000000000002]
    """
    return lambda number: float(factor ** sum(number >= boundary for boundary in at))


def linear(rounds: int, start: float = 1.0, end: float = 0.0) -> Curve:
    """From ``start`` in the first round to ``end`` in the last."""
    return lambda number: start + (end - start) * min(number / max(1, rounds - 1), 1.0)


def fading(rounds: int, start: int) -> Curve:
    """1 up to round ``start``, from there along a line to 0 after the last round (CycleGAN's code, by rounds).

    >>> [fading(8, 4)(number) for number in (0, 4, 6, 7)]
    [1.0, 1.0, 0.5, 0.25]
    """
    return lambda number: min(1.0, (rounds - number) / max(1, rounds - start))


def divided(by: float, floor: float = 0.0) -> Curve:
    """1, divided by ``by`` after each round, down to ``floor``.

    >>> [divided(2, floor=0.2)(number) for number in range(4)]
    [1.0, 0.5, 0.25, 0.2]
    """
    return lambda number: max(float(by) ** -number, floor)


def momenta(optimizer: Optimizer, curve: Curve) -> Callable[[int], None]:
    """A schedule that sets the momentum of each group of an SGD to ``curve(round)``."""

    def schedule(number: int) -> None:
        for group in optimizer.param_groups:
            group["momentum"] = curve(number)

    return schedule
