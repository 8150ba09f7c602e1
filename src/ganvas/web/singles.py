"""Photos that are learnt by the service (SinGAN), and what can then be made of them: the routes under /v1/singles."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, get_args

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import Gauge
from starlette.concurrency import run_in_threadpool

from ganvas.web import singles_describe as describe
from ganvas.web.answers import Once, moment
from ganvas.web.asked import looked_at
from ganvas.web.refusal import RefusalError
from ganvas.web.service import Service
from ganvas.web.singles_asked import TASKS, Learn, Sent, Task
from ganvas.web.singles_store import Single, Singles, SingleState
from ganvas.web.singles_teacher import Teacher
from ganvas.web.store import Store
from ganvas.web.uploads import received


def routes(app: FastAPI, service: Service) -> None:
    """Adds what is under /v1/singles to ``app``, where the service has a folder for it."""
    if service.singles is None or service.teacher is None:
        return
    school = School(service, service.singles, service.teacher)
    _add_trainings(app, school)
    for name in TASKS:
        making: dict[str, Any] = {"methods": ["POST"], "name": name, **describe.making(name)}
        app.add_api_route(f"/v1/singles/{{single_id}}/{name}", _maker(school, name), **making)
    gauge = Gauge("ganvas_singles", "Photos to learn.", ("state",), registry=service.metrics.registry)
    for state in get_args(SingleState):
        gauge.labels(state).set_function(partial(service.singles.count, state))


def _add_trainings(app: FastAPI, school: School) -> None:
    @app.post("/v1/singles", **describe.LEARN)
    async def learn(request: Request) -> Response:
        """Queues a photo to be learnt."""
        single = await school.enrol(request, school.service.owner(request))
        return JSONResponse(school.shown(single), 202, {"Location": f"/v1/singles/{single.id}"})

    @app.get("/v1/singles", **describe.LIST)
    async def singles(request: Request) -> Response:
        """The photos that are known, the latest first."""
        owner = school.service.owner(request)
        found = [school.shown(each) for each in reversed(school.singles.all()) if each.owner == owner]
        return JSONResponse({"singles": found})

    @app.get("/v1/singles/{single_id}", **describe.SINGLE)
    async def single(single_id: str, request: Request) -> Response:
        """How far the training of a photo is."""
        return JSONResponse(school.shown(school.own(single_id, request)))

    @app.get("/v1/singles/{single_id}/preview", **describe.PREVIEW)
    async def preview(single_id: str, request: Request) -> Response:
        """The latest picture of a training: random, by the levels so far."""
        path = school.singles.preview(school.own(single_id, request).id)
        if path is None:
            raise RefusalError(409, "there is no picture of this training yet: it comes with the first round")
        content = await run_in_threadpool(path.read_bytes)
        return Response(content, media_type="image/png", headers={"Cache-Control": "no-cache"})

    @app.delete("/v1/singles/{single_id}", **describe.DELETE)
    async def delete(single_id: str, request: Request) -> Response:
        """Stops a training and keeps what is learnt by then; deletes one that is over, with all that it made."""
        found = school.own(single_id, request)
        if found.over:
            await run_in_threadpool(school.singles.delete, found.id)
        else:
            await school.stopped(found.id)
        return Response(status_code=204)


def _maker(school: School, name: str) -> Callable[[str, Request], Awaitable[Response]]:
    async def make(single_id: str, request: Request) -> Response:
        return await school.made(name, single_id, request)

    return make


class School:
    """What the routes do: photos come, are asked for and made something of. Its methods are called from one loop."""

    def __init__(self, service: Service, singles: Singles, teacher: Teacher) -> None:
        self.service, self.singles, self.teacher = service, singles, teacher
        self._coming = 0

    def own(self, single_id: str, request: Request) -> Single:
        """The photo ``single_id``, if it is of who asks; for others it does not exist."""
        owner, found = self.service.owner(request), self.singles.get(single_id)
        if found is None or found.owner != owner:
            raise RefusalError(404, "there is no such photo: it may have been deleted")
        return found

    async def enrol(self, request: Request, owner: str) -> Single:
        """Takes the photo of ``request`` in and queues it."""
        settings, single_id = self.service.settings, Store.new_id()
        if self.singles.count("queued") + self._coming >= settings.singles_queue:
            lesson = self.teacher.lesson
            after = str(min(600, max(10, round((lesson and lesson.seconds_left) or 60))))
            sentence = f"enough photos wait to be learnt already: try again in {after} seconds"
            raise RefusalError(429, sentence, {"Retry-After": after})
        self._coming += 1
        try:
            self.singles.run(single_id).mkdir(mode=0o700)
            asked = Learn.of(await received(request, self.singles.photo(single_id), settings))
            await run_in_threadpool(looked_at, self.singles.photo(single_id), settings)
            single = Single(id=single_id, owner=owner, created=time.time(), size=asked.size, rounds=asked.rounds)
            self.singles.add(single)
        except BaseException:
            self.singles.delete(single_id)
            raise
        finally:
            self._coming -= 1
        self.singles.prune(settings.singles_kept)
        self.teacher.wake()
        return single

    async def stopped(self, single_id: str) -> None:
        """Returns when the training has saved what it has learnt, and ended."""
        over = self.teacher.stop(single_id)
        while not over.is_set():
            await asyncio.sleep(0.05)

    async def made(self, name: str, single_id: str, request: Request) -> Response:
        """What ``name`` makes of a photo."""
        found = self.own(single_id, request)
        if not self._usable(found):
            raise RefusalError(409, f"nothing can be made of this photo: its training is {found.state}")
        taken = partial(self._taken, TASKS[name], {"single": str(self.singles.model(found.id)), "do": name})
        job_id, over = await self.service.submit(request, found.owner, kept=False, taken=taken)
        return Once(self.service, await self.service.made(job_id, over, request), describe.KINDS)

    async def _taken(
        self, kind: type[Task], of: Mapping[str, str], request: Request, job_id: str
    ) -> tuple[Mapping[str, Any], str]:
        store, settings = self.service.store, self.service.settings
        source, mask = store.source(job_id), store.mask(job_id)
        if issubclass(kind, Sent):
            asked = kind.of(await received(request, source, settings, mask if kind.masked else None))
            await run_in_threadpool(looked_at, source, settings)
            if mask.exists():
                await run_in_threadpool(looked_at, mask, settings, "the mask")
        else:
            asked = kind.of(request.query_params)
        return {**of, **asked.model_dump(exclude_none=True)}, asked.kind

    def _usable(self, single: Single) -> bool:
        return single.over and self.singles.model(single.id).exists()

    def shown(self, single: Single) -> Mapping[str, Any]:
        lesson = self.teacher.lesson if single.state == "running" else None
        lesson = lesson if lesson is not None and lesson.id == single.id else None
        width, height = single.sizes[-1] if single.sizes else (None, None)
        times = {name: moment(getattr(single, name)) for name in ("created", "started", "finished")}
        return {
            "id": single.id, "state": single.state, "level": lesson.level if lesson else single.level,
            "levels": len(single.sizes) or None, "progress": lesson.share if lesson else single.progress,
            "seconds_left": lesson.seconds_left if lesson else None, "width": width, "height": height, **times,
            "error": single.error, "usable": self._usable(single),
            "preview": f"/v1/singles/{single.id}/preview" if self.singles.preview(single.id) else None,
        }  # fmt: skip
