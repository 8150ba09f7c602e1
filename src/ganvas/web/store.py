"""Jobs on disk: what was asked for and how far it got in SQLite, pictures and results in files called by job."""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TextIO

from ganvas.web.settings import ServiceError

State = Literal["queued", "running", "done", "failed", "cancelled"]
OVER: tuple[State, ...] = ("done", "failed", "cancelled")

MOST_TRIES = 3
"""How often a job is begun again that was running when the service ended: it may be the one that ends it."""

_TABLE = """
create table if not exists jobs (
    id text primary key, owner text not null, kept integer not null, asked text not null, format text not null,
    state text not null default 'queued', tries integer not null default 0,
    created real not null, started real, finished real, status integer, error text, remarks text not null default '[]'
)
"""


@dataclass(frozen=True)
class Job:
    """One picture's work. ``kept``: its result stays until it is fetched and deleted; otherwise somebody waits for it.

    ``status`` is that of the HTTP answer to who wants the result of a job that failed, ``error`` its sentence.
    """

    id: str
    owner: str
    kept: bool
    asked: Mapping[str, Any]
    format: str
    state: State
    tries: int
    created: float
    started: float | None
    finished: float | None
    status: int | None
    error: str | None
    remarks: tuple[str, ...]


class Store:
    """The jobs in the folder ``folder``, which is made, closed to others, and locked against a second service."""

    def __init__(self, folder: Path) -> None:
        self._files = folder / "files"
        try:
            for place in (folder, self._files):
                place.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock_file = locked(folder)
            self._base = sqlite3.connect(folder / "jobs.sqlite", check_same_thread=False, isolation_level=None)
            self._base.row_factory = sqlite3.Row
            self._base.execute("pragma journal_mode = wal")
            self._base.execute(_TABLE)
        except OSError as error:
            raise ServiceError(f"the folder {folder} cannot be used: {error.strerror}") from error
        except sqlite3.Error as error:
            raise ServiceError(f"{folder / 'jobs.sqlite'} cannot be used: {error}") from error
        self._mutex = threading.Lock()

    def close(self) -> None:
        with self._mutex:
            self._base.close()
            self._lock_file.close()

    @staticmethod
    def new_id() -> str:
        """A name that nobody can guess."""
        return secrets.token_hex(16)

    def source(self, job_id: str) -> Path:
        return self._files / f"{job_id}.in"

    def mask(self, job_id: str) -> Path:
        """Where a picture that came with the other one lies."""
        return self._files / f"{job_id}.mask"

    def result(self, job_id: str) -> Path:
        return self._files / f"{job_id}.out"

    def add(self, job_id: str, asked: Mapping[str, Any], format: str, *, owner: str = "", kept: bool = True) -> None:
        """Queues the picture that lies in ``source(job_id)``."""
        self._run(
            "insert into jobs (id, owner, kept, asked, format, created) values (?, ?, ?, ?, ?, ?)",
            (job_id, owner, kept, json.dumps(dict(asked)), format, time.time()),
        )

    def get(self, job_id: str) -> Job | None:
        return next(iter(self._run("select * from jobs where id = ?", (job_id,))), None)

    def claim(self) -> Job | None:
        """The job that waits longest, which is running from now on."""
        found = self._run(
            "update jobs set state = 'running', started = ?, tries = tries + 1 where id ="
            " (select id from jobs where state = 'queued' order by rowid limit 1) returning *",
            (time.time(),),
        )
        return next(iter(found), None)

    def finish(
        self,
        job_id: str,
        state: State,
        *,
        status: int | None = None,
        error: str | None = None,
        remarks: tuple[str, ...] = (),
        only: State = "running",
    ) -> bool:
        """Ends a job that is in the state ``only``; whether it was."""
        found = self._run(
            "update jobs set state = ?, finished = ?, status = ?, error = ?, remarks = ? where id = ? and state = ?"
            " returning *",
            (state, time.time(), status, error, json.dumps(remarks), job_id, only),
        )
        if found:
            self.discard(job_id)
            if state != "done":
                self._sweep(job_id)
        return bool(found)

    def requeue(self, job_id: str) -> None:
        """Puts a running job back to its place in the queue, as if it had not been begun."""
        self._sweep(job_id)
        self._run("update jobs set state = 'queued', tries = tries - 1 where id = ? and state = 'running'", (job_id,))

    def delete(self, job_id: str) -> None:
        self._run("delete from jobs where id = ?", (job_id,))
        self.discard(job_id)
        self._sweep(job_id)

    def discard(self, job_id: str) -> None:
        """Removes what was sent for a job."""
        for file in (self.source(job_id), self.mask(job_id)):
            file.unlink(missing_ok=True)

    def _sweep(self, job_id: str) -> None:
        """Removes the result of a job, also what a worker that was ended left of it."""
        for file in (self.result(job_id), *self._files.glob(f".{job_id}.out-*.part")):
            file.unlink(missing_ok=True)

    def count(self, state: State) -> int:
        with self._mutex:
            return int(self._base.execute("select count(*) from jobs where state = ?", (state,)).fetchone()[0])

    def recover(self) -> None:
        """After a restart: what was running waits again, what nobody waits for any more goes, as do stray files."""
        for job in self._run("select * from jobs where kept = 0", ()):
            self.delete(job.id)
        for job in self._run("select * from jobs where state = 'running' and tries >= ?", (MOST_TRIES,)):
            self.finish(
                job.id, "failed", status=500, error=f"the service ended {MOST_TRIES} times during this job: it is left"
            )
        self._run("update jobs set state = 'queued' where state = 'running'", ())
        known = {job.id for job in self._run("select * from jobs", ())}
        for file in self._files.iterdir():
            if file.stem.lstrip(".").partition(".")[0] not in known or file.suffix == ".part":
                file.unlink()

    def prune(self, keep_seconds: float, most: int) -> None:
        """Deletes jobs that have been over for ``keep_seconds``, and the oldest beyond ``most`` of them."""
        over = self._run("select * from jobs where state in (?, ?, ?) order by finished desc", OVER)
        for place, job in enumerate(over):
            if place >= most or time.time() - (job.finished or 0) > keep_seconds:
                self.delete(job.id)

    def _run(self, statement: str, values: tuple[Any, ...]) -> list[Job]:
        with self._mutex:
            return [_job(row) for row in self._base.execute(statement, values).fetchall()]


def _job(row: sqlite3.Row) -> Job:
    fields: dict[str, Any] = dict(row)
    fields["kept"] = bool(row["kept"])
    fields["asked"] = json.loads(row["asked"])
    fields["remarks"] = tuple(json.loads(row["remarks"]))
    return Job(**fields)


def locked(folder: Path) -> TextIO:
    """The open file that keeps a second service away from ``folder``."""
    file = (folder / "lock").open("w")
    try:
        import fcntl
    except ImportError:  # Windows, where two services on one folder are not kept apart
        return file
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise ServiceError(f"another service works in {folder}: give this one another folder") from None
    return file
