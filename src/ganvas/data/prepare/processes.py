"""Processes beside this one: each with a line to it, or work shared by several, its results in order."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, TypeVar

import torch

from ganvas.data.prepare.settings import PrepareError

Item = TypeVar("Item")
Result = TypeVar("Result")


def available() -> int:
    """The number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(work: Callable[[Item], Result], items: Sequence[Item], workers: int) -> Generator[Result]:
    """``work(item)`` for every item, in order, computed by ``workers`` processes; by this one if that is 1.

    At most two results a worker wait for their turn, which bounds the memory. PrepareError if a worker is killed.
    """
    workers = min(workers, len(items))
    if workers <= 1:
        yield from map(work, items)
        return
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _begin)
    waiting: deque[Future[Result]] = deque()
    try:
        for item in items:
            with uninterrupted():
                waiting.append(pool.submit(work, item))
            if len(waiting) == 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise PrepareError(
            "a worker was killed, most likely for want of memory: run the same command with fewer --workers to go on"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def uninterrupted() -> Generator[None]:
    """Processes that are started within ignore Ctrl-C, which a terminal sends to all: only this one answers it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class Spawned:
    """A new process that runs ``work(line, *arguments)`` and ends with this one; ``line`` leads to it."""

    def __init__(self, work: Callable[..., None], *arguments: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self.line, far = context.Pipe()
        self.process = context.Process(target=work, args=(far, *arguments), daemon=True)
        with uninterrupted():
            self.process.start()
        far.close()

    def end(self) -> None:
        """Ends it, whatever it does."""
        self.process.kill()
        self.process.join()
        self.process.close()
        self.line.close()


def _begin() -> None:
    torch.set_num_threads(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker would wait for ever for the next item of a parent that was killed."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
