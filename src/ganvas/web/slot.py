"""A slot of the pool: a thread that looks after one worker's process, follows its job and replaces it when it dies."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from typing import TYPE_CHECKING, Any

from ganvas.web.child import Child
from ganvas.web.store import Job
from ganvas.web.worker import serve

if TYPE_CHECKING:
    from ganvas.web.pool import Pool

LOG = logging.getLogger("ganvas.web")
DIED = (503, "the worker that did this picture died: another has taken its place, try again")
TICK = 0.1
"""Seconds after which a slot looks for a cancelled job, a deadline or a worker that has died."""


class Slot(threading.Thread):
    """Looks after one process."""

    def __init__(self, pool: Pool, number: int) -> None:
        super().__init__(name=f"ganvas-slot-{number}", daemon=True)
        self._pool = pool
        self._child: Child | None = None
        self._pause = TICK
        self.pid: int | None = None

    def run(self) -> None:
        while not self._pool.closing:
            try:
                if self.pid is None and not self._spawn():
                    continue
                if self._child is None or not self._child.alive:
                    self._died()
                elif (job := self._pool.take()) is not None:
                    self._do(job)
            except (sqlite3.Error, OSError) as error:  # a full disk: the next job may find room
                LOG.error("a slot has trouble: %s", error)
                time.sleep(10 * TICK)
        self._end()

    def _spawn(self) -> bool:
        """Whether a process was started and is ready; if not, the next attempt comes after a longer pause."""
        settings = self._pool.settings
        child = Child(serve, self._pool.work, settings.worker_gigabytes, settings.device, settings.workers)
        self._child = child
        while not self._pool.closing:
            message = child.hear(TICK)
            if message is not None and "ready" in message:
                self.pid, self._pause = message["ready"], TICK
                return True
            if message is not None or not child.alive:
                LOG.error("a worker could not be started")
                self._end()
                time.sleep(self._pause)
                self._pause = min(30.0, 2 * self._pause)
                return False
        return False

    def _do(self, job: Job) -> None:
        pool, began, state = self._pool, time.monotonic(), "queued"
        task = {
            "source": str(pool.store.source(job.id)),
            "target": str(pool.store.result(job.id)),
            "asked": dict(job.asked),
            "format": job.format,
            "device": pool.settings.device,
            "engine": pool.settings.engine,
        }
        try:
            state, status, error, remarks = self._followed(job, task, began + pool.settings.job_seconds)
            if state == "queued":
                pool.store.requeue(job.id)
                return
            pool.store.finish(job.id, state, status=status, error=error, remarks=remarks)
            took = time.monotonic() - began
            pool.seconds += 0.2 * (took - pool.seconds)
            pool.told(state, took)
            pool.prune()
        finally:
            pool.settle(job.id, state != "queued")

    def _followed(self, job: Job, task: dict[str, Any], deadline: float) -> tuple[Any, int | None, str | None, Any]:
        """State, status, error and remarks of ``job``, done by the process."""
        pool, begun = self._pool, False
        assert self._child is not None
        try:
            self._child.say(task)
        except OSError:
            self._died()
            return "queued", None, None, ()
        while True:
            message = self._child.hear(TICK)
            if message is None:
                pass
            elif not message:
                self._died()
                return ("failed", *DIED, ()) if begun else ("queued", None, None, ())
            elif "progress" in message:
                begun, pool.progress[job.id] = True, message["progress"]
            elif "done" in message:
                return "done", None, None, tuple(message["remarks"])
            else:
                return "failed", message["status"], message["error"], ()
            if pool.closing or job.id in pool.cancelled or time.monotonic() > deadline:
                self._end()
                if pool.closing:
                    return "queued", None, None, ()
                if job.id in pool.cancelled:
                    return "cancelled", None, None, ()
                limit = pool.settings.job_seconds
                return "failed", 504, f"this picture took longer than {limit:g} seconds, which is the limit here", ()

    def _died(self) -> None:
        LOG.warning("worker %s died: another takes its place", self.pid)
        self._pool.told("died", 0)
        self._end()

    def _end(self) -> None:
        self.pid = None
        if self._child is not None:
            self._child.end()
        self._child = None
