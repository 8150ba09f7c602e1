"""The REST service: its routes, and how anything that goes wrong becomes a status and a sentence."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from ganvas.models import STYLES
from ganvas.web import describe, pages, reports, singles
from ganvas.web.answers import Once, moment, remarks, sentence
from ganvas.web.asked import MEDIA, MODELS, formats
from ganvas.web.metrics import TYPE, Counted
from ganvas.web.refusal import RefusalError
from ganvas.web.service import Service
from ganvas.web.settings import Settings
from ganvas.web.store import OVER, Job
from ganvas.web.uploads import FORM_BYTES, Bounded
from ganvas.web.visitors import Guarded
from ganvas.web.worker import Work, enhance

LOG = logging.getLogger("ganvas.web")


def create_app(settings: Settings, work: Work = enhance) -> FastAPI:
    """The service as an ASGI application, with its state in ``app.state.service``; ServiceError where the folder cannot
    be used. Its own pages about itself are off, since they would load scripts from elsewhere.
    """
    service = Service(settings, work)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        service.start()
        yield
        await run_in_threadpool(service.stop)
        service.close()

    app = FastAPI(title="Ganvas", lifespan=lifespan, docs_url=None, redoc_url=None, **describe.ABOUT)
    app.state.service = service
    app.add_middleware(Bounded, most=settings.max_bytes + FORM_BYTES)
    if settings.hosts is not None:
        app.add_middleware(Guarded, names=settings.hosts)
    app.add_middleware(Counted, metrics=service.metrics)
    app.add_exception_handler(RefusalError, _refused)
    app.add_exception_handler(HTTPException, _unmet)
    app.add_exception_handler(OSError, _trouble)
    app.add_exception_handler(sqlite3.Error, _trouble)
    app.add_exception_handler(Exception, _unforeseen)
    _add_work(app, service)
    _add_state(app, service)
    singles.routes(app, service)
    reports.routes(app, service)
    pages.routes(app)
    return app


def _add_work(app: FastAPI, service: Service) -> None:
    store = service.store

    @app.post("/v1/enhance", **describe.ENHANCE)
    async def enhance_now(request: Request) -> Response:
        """Enhances one picture while you wait; for long work there are jobs."""
        owner = service.owner(request)
        job_id, over = await service.submit(request, owner, kept=False)
        return Once(service, await service.made(job_id, over, request))

    @app.post("/v1/jobs", **describe.SUBMIT)
    async def submit(request: Request) -> Response:
        """Queues one picture."""
        owner = service.owner(request)
        job_id, _ = await service.submit(request, owner, kept=True)
        shown = _shown(service, service.job(job_id, owner))
        return JSONResponse(shown, 202, {"Location": f"/v1/jobs/{job_id}"})

    @app.get("/v1/jobs/{job_id}", **describe.JOB)
    async def job(job_id: str, request: Request) -> Response:
        """How far a job is."""
        return JSONResponse(_shown(service, service.job(job_id, service.owner(request))))

    @app.get("/v1/jobs/{job_id}/result", **describe.RESULT)
    async def result(job_id: str, request: Request) -> Response:
        """The picture that a job made; of a job that failed, why."""
        found = service.result_of(service.job(job_id, service.owner(request)))
        return FileResponse(store.result(job_id), headers=remarks(found), media_type=MEDIA[found.format])

    @app.delete("/v1/jobs/{job_id}", **describe.CANCEL)
    async def cancel(job_id: str, request: Request) -> Response:
        """Cancels a job that waits or runs; deletes one that is over, with its result."""
        found = service.job(job_id, service.owner(request))
        if found.state in OVER:
            store.delete(job_id)
        else:
            service.pool.cancel(job_id)
        return Response(status_code=204)


def _add_state(app: FastAPI, service: Service) -> None:
    @app.get("/v1/models", **describe.MODELS)
    async def models(request: Request) -> Response:
        """The models that come with this service, and what can be asked for."""
        service.owner(request)
        found = {"models": await run_in_threadpool(_models), **formats(), "limits": service.settings.shown()}
        return JSONResponse(found)

    @app.get("/healthz", **describe.HEALTH)
    async def healthz() -> Response:
        """The service answers."""
        return JSONResponse({"status": "ok"})

    @app.get("/readyz", **describe.READY)
    async def readyz() -> Response:
        """A worker is ready for pictures."""
        if not service.pool.pids or service.pool.closing:
            raise RefusalError(503, "no worker is ready yet", {"Retry-After": "2"})
        return JSONResponse({"status": "ready", "workers": len(service.pool.pids)})

    @app.get("/metrics", **describe.METRICS)
    async def metrics(request: Request) -> Response:
        """Figures for Prometheus."""
        service.owner(request)
        figures = service.metrics
        figures.queued.set(service.store.count("queued"))
        figures.running.set(len(service.pool.progress))
        figures.workers.set(len(service.pool.pids))
        return Response(figures.text(), media_type=TYPE)


def _shown(service: Service, job: Job) -> Mapping[str, Any]:
    progress = 1.0 if job.state == "done" else service.pool.progress.get(job.id, 0.0)
    times = {name: moment(getattr(job, name)) for name in ("created", "started", "finished")}
    return {
        "id": job.id, "state": job.state, "progress": progress, **times, "error": job.error,
        "remarks": list(job.remarks), "format": job.format,
        "result": f"/v1/jobs/{job.id}/result" if job.state == "done" else None,
    }  # fmt: skip


@lru_cache(maxsize=1)
def _models() -> list[dict[str, Any]]:
    from ganvas.weights import card_of

    styles = {name: style for style, names in STYLES.items() for name in names}
    names = ("task", "scale", "parameters", "licence")
    return [
        {"name": each, "style": styles.get(each)} | {name: getattr(card_of(each), name) for name in names}
        for each in MODELS
    ]


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusalError)
    return sentence(error.status, str(error), error.headers)


async def _unmet(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = {404: "there is no such page: /openapi.json lists what there is", 405: "this page has other methods"}
    return sentence(error.status_code, known.get(error.status_code, str(error.detail)), error.headers)


async def _trouble(request: Request, error: Exception) -> Response:
    LOG.error("%s: %s", type(error).__name__, error)
    return sentence(503, "the service cannot store pictures at the moment: try again later", {"Retry-After": "60"})


async def _unforeseen(request: Request, error: Exception) -> Response:
    return sentence(500, "this went wrong on the side of the service: its log says more")
