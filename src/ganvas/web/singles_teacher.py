"""One photo after the other is learnt, each by a process that is followed, stopped and, where it dies, begun again."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from ganvas.web.child import Child
from ganvas.web.settings import Settings
from ganvas.web.singles_lesson import learn
from ganvas.web.singles_store import LEFT_ALONE, Single, Singles
from ganvas.web.slot import TICK
from ganvas.web.store import MOST_TRIES

LOG = logging.getLogger("ganvas.web")
GRACE = 20.0
"""Seconds that a training gets to save what it has learnt when it is told to stop."""


@dataclass
class Lesson:
    """The training that goes on; ``over`` is set when it does no more."""

    id: str
    pid: int | None = None
    over: threading.Event = field(default_factory=threading.Event)
    stopping: bool = False
    level: int = 0
    share: float = 0.0
    _first: tuple[float, float] | None = None

    def note(self, level: int, share: float) -> None:
        """What the process says of itself after a round."""
        self._first = self._first or (time.monotonic(), share)
        self.level, self.share = level, share

    @property
    def seconds_left(self) -> float | None:
        """As the rounds since it was begun, or gone on with, let expect."""
        if self._first is None or self.share <= self._first[1]:
            return None
        began, before = self._first
        return (time.monotonic() - began) * (1 - self.share) / (self.share - before)


class Teacher(threading.Thread):
    """Has the photos in ``singles`` learnt, one at a time."""

    def __init__(self, singles: Singles, settings: Settings) -> None:
        super().__init__(name="ganvas-teacher", daemon=True)
        self._singles, self._settings = singles, settings
        self._changed = threading.Condition()
        self._closing = False
        self.lesson: Lesson | None = None

    def close(self) -> None:
        """Stops the training, which goes on when the service is started again."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self.is_alive():
            self.join()

    def wake(self) -> None:
        """To be called after a photo was queued."""
        with self._changed:
            self._changed.notify_all()

    def stop(self, single_id: str) -> threading.Event:
        """Ends the training of a photo that waits or is being learnt; what is returned is set when that is done."""
        with self._changed:
            if self.lesson is not None and self.lesson.id == single_id:
                self.lesson.stopping = True
                return self.lesson.over
            single, done = self._singles.get(single_id), threading.Event()
            if single is not None and single.state == "queued":
                self._singles.change(single_id, state="stopped", finished=time.time())
            done.set()
            return done

    def run(self) -> None:
        while not self._closing:
            try:
                if (begun := self._next()) is not None:
                    self._teach(*begun)
            except OSError as error:  # a full disk: there may be room later
                LOG.error("a training has trouble: %s", error)
                time.sleep(10 * TICK)

    def _next(self) -> tuple[Single, Lesson] | None:
        with self._changed:
            single = None if self._closing else self._singles.claim()
            if single is None:
                self._changed.wait(0 if self._closing else 60)
                return None
            self.lesson = Lesson(single.id, level=single.level, share=single.progress)
            return single, self.lesson

    def _teach(self, single: Single, lesson: Lesson) -> None:
        changed: dict[str, Any] = {"state": "queued"}
        try:
            changed = self._outcome(single, lesson, self._followed(single, lesson))
        finally:
            with self._changed:
                self.lesson = None
                try:
                    self._singles.change(single.id, **changed)
                finally:
                    lesson.over.set()

    def _followed(self, single: Single, lesson: Lesson) -> dict[str, Any]:
        """The last message of the process, empty where it died before it."""
        settings, given = self._settings, _settings_of(single)
        run, deadline, known = str(self._singles.run(single.id)), None, bool(single.sizes)
        child = Child(learn, run, settings.singles_preset, given, settings.worker_gigabytes, settings.device)
        lesson.pid = child.pid
        try:
            while deadline is None or time.monotonic() < deadline:
                message = child.hear(TICK)
                if message is None:
                    pass
                elif "share" in message:
                    lesson.note(message["level"], message["share"])
                    if not known:
                        self._singles.change(single.id, sizes=tuple(map(tuple, message["sizes"])))
                    known = True
                else:
                    return message
                if deadline is None and (self._closing or lesson.stopping):
                    child.stop()
                    deadline = time.monotonic() + GRACE
            return {}
        finally:
            child.end()

    def _outcome(self, single: Single, lesson: Lesson, last: dict[str, Any]) -> dict[str, Any]:
        """What is to be noted of a training whose process said ``last`` in the end."""
        so_far = {"level": lesson.level, "progress": lesson.share}
        over: dict[str, Any] = {**so_far, "finished": time.time()}
        if "done" in last:
            return {**over, "state": "done", "progress": 1.0}
        if lesson.stopping:
            return {"state": "stopped", **over}
        if self._closing:
            return {"state": "queued", "tries": single.tries - 1, **so_far}
        if "error" in last:
            return {"state": "failed", "error": last["error"], **over}
        LOG.warning("the training of a photo died after %.0f %%", 100 * lesson.share)
        if single.tries >= MOST_TRIES:
            return {"state": "failed", "error": LEFT_ALONE, **over}
        return {"state": "queued", **so_far}


def _settings_of(single: Single) -> list[str]:
    """The recipe's settings that were asked for; the rate falls when four fifths of the rounds are played."""
    given = [] if single.size is None else [f"max_size={single.size}"]
    if single.rounds is not None:
        given += [f"rounds={single.rounds}", f"milestones=[{max(1, single.rounds * 4 // 5)}]"]
    return given
