"""How many rounds there are in epochs, for the papers that count those."""

from __future__ import annotations


def lengths(size: int, batch: int, epochs: int, fading_epochs: int, rounds: int | None) -> tuple[int, int]:
    """The rounds of a stage, and the one from which on its rate falls.

    An epoch is a pass through ``size`` samples. ``rounds`` is how many there shall be instead; the rate then falls in
    the second half.

    >>> lengths(10, 4, 2, 1, None), lengths(10, 4, 2, 1, 100)
    ((9, 6), (100, 50))
    """
    if rounds is not None:
        return rounds, rounds // 2
    each = -(-size // batch)
    return (epochs + fading_epochs) * each, epochs * each
