"""Randomness of a batch, row by row."""

from __future__ import annotations

import numpy as np


def generators(random: np.random.Generator, count: int) -> list[np.random.Generator]:
    """``count`` generators, one a row of a batch: the k-th is seeded by the k-th number that ``random`` gives.

    What happens to a row thus depends on its own number alone: neither on the pictures beside it nor on how many there
    are, nor on how much the rows before it have drawn.

    >>> few, many = (generators(np.random.default_rng(0), count) for count in (1, 3))
    >>> few[0].random() == many[0].random()
    True
    """
    return [np.random.default_rng(seed) for seed in random.integers(2**63, size=count)]
