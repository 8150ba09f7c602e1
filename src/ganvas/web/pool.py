"""The workers of a service: which job is whose, who waits for it and what is to be cancelled."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress

from ganvas.web.settings import Settings
from ganvas.web.slot import TICK, Slot
from ganvas.web.store import Job, Store
from ganvas.web.worker import Work, enhance

Told = Callable[[str, float], None]
"""Is called with what happened (done, failed, cancelled, died) and how many seconds it took."""


class Pool:
    """``settings.workers`` processes that do the jobs in ``store``, each with ``work``."""

    def __init__(
        self, store: Store, settings: Settings, work: Work = enhance, told: Told = lambda what, seconds: None
    ) -> None:
        self.store, self.settings, self.work, self.told = store, settings, work, told
        self.changed = threading.Condition()
        self.closing = False
        self.cancelled = set[str]()
        self.progress = dict[str, float]()
        """Of each running job, from 0 to 1."""
        self.seconds = 5.0
        """What a job takes, on a running average."""
        self._prune_next = 0.0
        self._waiting = dict[str, Future[None]]()
        self._slots = [Slot(self, number) for number in range(settings.workers)]

    def start(self) -> None:
        self.store.recover()
        for slot in self._slots:
            slot.start()

    def close(self) -> None:
        """Ends the workers; the jobs that they had are queued again. Who waits for one is told at once."""
        with self.changed:
            self.closing = True
            self.changed.notify_all()
        for slot in self._slots:
            slot.join()
        with self.changed:
            for job_id in list(self._waiting):
                self._waiting.pop(job_id).set_result(None)

    @property
    def pids(self) -> list[int]:
        """The processes that are ready for work or at it."""
        return [slot.pid for slot in self._slots if slot.pid is not None]

    @property
    def retry_after(self) -> int:
        """In how many seconds there should be room in the queue."""
        return min(600, max(1, round(self.seconds / self.settings.workers)))

    def submitted(self, job_id: str) -> Future[None]:
        """To be called before a job is added to the store: what is returned is done when the job is over."""
        with self.changed:
            return self._waiting.setdefault(job_id, Future())

    def wake(self) -> None:
        """To be called after it was added."""
        with self.changed:
            self.changed.notify()

    def cancel(self, job_id: str) -> None:
        """Ends the job, also with its process if it is running."""
        with self.changed:
            if self.store.finish(job_id, "cancelled", only="queued"):
                self.told("cancelled", 0)
                self.settle(job_id)
            elif job_id in self.progress:
                self.cancelled.add(job_id)

    def take(self) -> Job | None:
        """The next job, or None where there is none for a while."""
        with self.changed:
            if self.closing:
                return None
            job = self.store.claim()
            if job is not None:
                self.progress[job.id] = 0.0
                return job
            self.changed.wait(2 * TICK)
        if time.monotonic() > self._prune_next:
            self.prune()
        return None

    def prune(self) -> None:
        self._prune_next = time.monotonic() + 60
        self.store.prune(self.settings.keep_seconds, self.settings.max_kept)

    def settle(self, job_id: str, over: bool = True) -> None:
        """``job_id`` is not being done any more; where it is ``over``, who waits for it is told."""
        with self.changed:
            self.progress.pop(job_id, None)
            self.cancelled.discard(job_id)
            future = self._waiting.pop(job_id, None) if over else None
        if future is not None:
            with suppress(Exception):  # whoever waited has given up
                future.set_result(None)
