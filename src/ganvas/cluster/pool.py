"""A folder done by several processes of this machine."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import closing, suppress
from multiprocessing.connection import Connection, wait

import torch

from ganvas.cluster.picture import Finished, Outcome, attempt, check_files, clear, failed, in_turn
from ganvas.data.prepare.processes import Spawned
from ganvas.enhancement.files import Failure, Job, Options, enhance_files
from ganvas.errors import GanvasError

DIED_TWICE = "the worker that did it was killed twice, most likely for want of memory: try it without --workers"


def enhance_in_pool(
    todo: Sequence[Job], options: Options, workers: int, finished: Finished = lambda job, remarks: None
) -> list[Failure]:
    """Enhances every picture by ``workers`` processes, each with a model and its share of the cores, and returns those
    that could not be; bytes, order and sentences are those of :func:`ganvas.enhancement.files.enhance_files`.

    A worker that is killed is replaced. Its picture is tried once more, then given up; the others go on. Raises
    GanvasError, before anything is done, for a model that is none.
    """
    check_files(todo)
    with closing(_outcomes(todo, options, workers)) as outcomes:
        return in_turn(outcomes, todo, finished)


def _outcomes(todo: Sequence[Job], options: Options, workers: int) -> Generator[tuple[int, Outcome]]:
    waiting, tried = deque(range(len(todo))), set[int]()
    hands: dict[Connection, _Hand] = {}
    try:
        while waiting or hands:
            while waiting and len(hands) < workers:
                hand = _Hand(options, workers)
                hands[hand.line] = hand
                hand.take(waiting.popleft(), todo)
            for line in wait(list(hands)):
                assert isinstance(line, Connection)
                hand = hands[line]
                said = hand.said()
                if said is not None:
                    yield hand.number, said
                elif hand.number in tried:
                    yield hand.number, failed(todo[hand.number], DIED_TWICE)
                else:
                    tried.add(hand.number)
                    waiting.appendleft(hand.number)
                if said is None:
                    clear([todo[hand.number]])
                if said is not None and waiting:
                    hand.take(waiting.popleft(), todo)
                else:
                    hands.pop(line).end()
    finally:
        for hand in hands.values():
            hand.end()
        clear(todo[hand.number] for hand in hands.values())


class _Hand(Spawned):
    """A process of the pool as its owner sees it, at the picture with ``number``; what it has begun is to be cleared
    when it is ended.
    """

    def __init__(self, options: Options, workers: int) -> None:
        super().__init__(serve, options, workers)
        self.number = -1

    def take(self, number: int, todo: Sequence[Job]) -> None:
        self.number = number
        with suppress(OSError):  # it has died, which its silence will tell
            self.line.send(todo[number])

    def said(self) -> Outcome | None:
        """What came of its picture, or nothing where it has died. Raises the GanvasError of a model that is none."""
        try:
            said = self.line.recv()
        except (EOFError, OSError):
            return None
        if isinstance(said, GanvasError):
            raise said
        return said


def serve(line: Connection, options: Options, workers: int) -> None:
    """The process itself: does what comes down the ``line`` until that ends.

    Ctrl-C is for its owner, which then ends it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(max(1, torch.get_num_threads() // workers))
    try:
        enhance_files([], options)
        while True:
            line.send(attempt(line.recv(), options))
    except GanvasError as error:
        line.send(error)
    except (EOFError, OSError):
        return
