"""Where batches come from: an endless stream with a settable position."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Generic, NamedTuple, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

Batch = TypeVar("Batch", bound=NamedTuple)
Batch_co = TypeVar("Batch_co", bound=NamedTuple, covariant=True)


class Draw(Protocol[Batch_co]):
    """Makes batch number ``position``: every random choice of the whole batch, then its ``rows``."""

    def __call__(self, random: np.random.Generator, rows: slice, position: int) -> Batch_co: ...


class Stream(Generic[Batch]):
    """Batches drawn by ``draw``; batch k depends on ``seed`` and k alone, whatever came before it and however many
    threads.

    With several processes each draws its share of the rows, and the shares together are the batch that one process
    would have seen. ``ahead`` batches are prepared in as many threads while the nets are busy.
    """

    def __init__(self, draw: Draw[Batch], size: int, seed: int = 0, ahead: int = 1) -> None:
        self.position = 0
        self._draw, self._size, self._seed, self._ahead = draw, size, seed, ahead
        self._rows = slice(0, size)
        self._coming: dict[int, Future[Batch]] = {}
        # Of one core each: the small operations here gain nothing by more, and would take them from the nets.
        single = partial(torch.set_num_threads, 1)
        self._threads = ThreadPoolExecutor(max(ahead, 1), thread_name_prefix="stream", initializer=single)

    def share(self, rank: int, world: int) -> None:
        """Keep to the rows of process ``rank`` of ``world``; the batch size must be a multiple of ``world``."""
        if self._size % world:
            raise ValueError(f"a batch of {self._size} cannot be shared equally by {world} processes")
        share = self._size // world
        self._rows = slice(rank * share, (rank + 1) * share)
        self._coming.clear()

    def batch(self, position: int) -> Batch:
        """Batch number ``position``."""
        return self._draw(np.random.default_rng((self._seed, position)), self._rows, position)

    def __iter__(self) -> Stream[Batch]:
        return self

    def __next__(self) -> Batch:
        self._coming = {k: v for k, v in self._coming.items() if self.position <= k <= self.position + self._ahead}
        for position in range(self.position, self.position + 1 + self._ahead):
            if position not in self._coming:
                self._coming[position] = self._threads.submit(self.batch, position)
        batch = self._coming.pop(self.position).result()
        self.position += 1
        return batch


def walk(count: int, seed: int, first: int, steps: int) -> NDArray[np.int64]:
    """``steps`` steps, from ``first`` on, of an endless walk through ``count`` things, each pass in a new order."""
    passes, places = np.divmod(np.arange(first, first + steps), count)
    orders = {each: np.random.default_rng((seed, each, count)).permutation(count) for each in set(passes.tolist())}
    return np.array([orders[each][place] for each, place in zip(passes.tolist(), places, strict=True)], dtype=np.int64)
