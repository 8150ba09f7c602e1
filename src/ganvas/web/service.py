"""The service without its routes: how a request becomes a job, and who may see it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from ganvas.web.asked import check
from ganvas.web.metrics import Metrics
from ganvas.web.pool import Pool
from ganvas.web.refusal import RefusalError
from ganvas.web.settings import Settings
from ganvas.web.singles_store import Singles
from ganvas.web.singles_teacher import Teacher
from ganvas.web.store import OVER, Job, Store
from ganvas.web.uploads import received
from ganvas.web.worker import Work

Taken = Callable[[Request, str], Awaitable[tuple[Mapping[str, Any], str]]]
"""Takes in what comes with a request for a job: what is asked for and the format of the result."""


def _stopping() -> RefusalError:
    return RefusalError(503, "the service is stopping: ask again when it is back", {"Retry-After": "10"})


class Service:
    """Store, workers and figures of one service; its methods are called from one event loop."""

    def __init__(self, settings: Settings, work: Work) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.store = Store(settings.folder)
        self.pool = Pool(self.store, settings, work, self.metrics.told)
        self.singles = None if settings.singles is None else Singles(settings.singles)
        self.teacher = None if self.singles is None else Teacher(self.singles, settings)
        self._coming = 0

    def start(self) -> None:
        self.pool.start()
        if self.singles is not None and self.teacher is not None:
            self.singles.recover()
            self.teacher.start()

    def stop(self) -> None:
        """Ends the workers, from any thread; those who wait for a result are told."""
        self.pool.close()
        if self.teacher is not None:
            self.teacher.close()

    def close(self) -> None:
        """Lets go of the folders, when all is stopped."""
        self.store.close()
        if self.singles is not None:
            self.singles.close()

    def owner(self, request: Request) -> str:
        """Who asks, by the key given; 401 for none or a wrong one."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        given = key.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key")
        owner = self.settings.owner(given)
        if owner is None:
            raise RefusalError(
                401, "this service needs a key: send Authorization: Bearer KEY", {"WWW-Authenticate": "Bearer"}
            )
        return owner

    def job(self, job_id: str, owner: str) -> Job:
        """The job ``job_id``, if it is this owner's; for others it does not exist."""
        job = self.store.get(job_id) if re.fullmatch("[0-9a-f]{32}", job_id) else None
        if job is None or job.owner != owner:
            raise RefusalError(404, "there is no such job: it may have been deleted after its time")
        return job

    @asynccontextmanager
    async def _place(self) -> AsyncGenerator[None]:
        """A place in the queue while a picture is coming in, so that no more come than may wait."""
        if self.pool.closing:
            raise _stopping()
        if self.store.count("queued") + self._coming >= self.settings.max_queue:
            after = str(self.pool.retry_after)
            raise RefusalError(429, f"the queue is full: try again in {after} seconds", {"Retry-After": after})
        self._coming += 1
        try:
            yield
        finally:
            self._coming -= 1

    async def submit(
        self, request: Request, owner: str, *, kept: bool, taken: Taken | None = None
    ) -> tuple[str, asyncio.Future[None] | None]:
        """Takes in what ``request`` brings, a picture to enhance or what ``taken`` says, and queues it: the name of the
        job and, unless it is ``kept``, what is done when it is over.
        """
        job_id = self.store.new_id()
        try:
            async with self._place():
                asked, format = await (taken or self._taken)(request, job_id)
                over = None if kept else asyncio.wrap_future(self.pool.submitted(job_id))
                self.store.add(job_id, asked, format, owner=owner, kept=kept)
        except BaseException:
            self.pool.settle(job_id)
            self.store.discard(job_id)
            raise
        self.pool.wake()
        return job_id, over

    async def _taken(self, request: Request, job_id: str) -> tuple[Mapping[str, Any], str]:
        source = self.store.source(job_id)
        fields = await received(request, source, self.settings)
        asked, format = await run_in_threadpool(check, fields, source, self.settings)
        return asked.model_dump(exclude_none=True), format

    async def made(self, job_id: str, over: asyncio.Future[None] | None, request: Request) -> Job:
        """The job once it is done; one that comes to nothing is forgotten, and why is the refusal."""
        assert over is not None
        try:
            return self.result_of(await self.wait(job_id, over, request))
        except BaseException:
            self.forget(job_id)
            raise

    def forget(self, job_id: str) -> None:
        """Deletes a job that is over; one that still runs is being cancelled, and pruned when its time comes."""
        job = self.store.get(job_id)
        if job is not None and job.state in OVER:
            self.store.delete(job_id)

    async def wait(self, job_id: str, over: asyncio.Future[None], request: Request) -> Job:
        """The job once it is over. It is cancelled when whoever wants it has gone or waited too long."""
        gone = asyncio.ensure_future(_gone(request))
        try:
            await asyncio.wait((over, gone), timeout=self.settings.wait_seconds, return_when=asyncio.FIRST_COMPLETED)
            if not over.done():
                self.pool.cancel(job_id)
                if gone.done():
                    raise RefusalError(400, "the connection was closed before the result was there")
                limit = self.settings.wait_seconds
                raise RefusalError(
                    504, f"the result was not there within {limit:g} seconds: ask for it by POST /v1/jobs"
                )
        except asyncio.CancelledError:
            self.pool.cancel(job_id)
            raise
        finally:
            gone.cancel()
            with suppress(asyncio.CancelledError):
                await gone
        job = self.store.get(job_id)
        if job is None or job.state not in ("done", "failed"):
            raise _stopping()
        return job

    def result_of(self, job: Job) -> Job:
        """``job``, if there is a result to be had; otherwise the refusal that says why not."""
        if job.state == "failed":
            raise RefusalError(job.status or 500, job.error or "the job failed")
        if job.state != "done":
            raise RefusalError(409, f"there is no result: the job is {job.state}")
        if not self.store.result(job.id).exists():
            raise RefusalError(404, "the result is not there any more")
        return job


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
