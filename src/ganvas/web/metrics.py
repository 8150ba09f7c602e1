"""What Prometheus is told, and the layer that counts requests."""

from __future__ import annotations

import time
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The figures of one service."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        own: dict[str, Any] = {"registry": self.registry}
        self.requests = Counter("ganvas_requests", "Requests answered.", ("method", "route", "status"), **own)
        self.latency = Histogram("ganvas_request_seconds", "Time to the end of the answer.", ("route",), **own)
        self.jobs = Counter("ganvas_jobs", "Jobs that are over.", ("state",), **own)
        self.work = Histogram(
            "ganvas_job_seconds",
            "Time that a job was worked on.",
            buckets=(0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000),
            **own,
        )
        self.deaths = Counter("ganvas_worker_deaths", "Workers that died and were replaced.", **own)
        self.queued = Gauge("ganvas_jobs_queued", "Jobs that wait.", **own)
        self.running = Gauge("ganvas_jobs_running", "Jobs that are worked on.", **own)
        self.workers = Gauge("ganvas_workers_ready", "Workers that are ready or at work.", **own)
        for state in ("done", "failed", "cancelled"):
            self.jobs.labels(state)

    def told(self, what: str, seconds: float) -> None:
        if what == "died":
            self.deaths.inc()
            return
        self.jobs.labels(what).inc()
        self.work.observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self.registry)


class Counted:
    """Counts requests by the route that they met, so that a visitor cannot invent labels."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            route = str(getattr(scope.get("route"), "path", "none"))
            method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST", "DELETE") else "other"
            self._metrics.requests.labels(method, route, str(status)).inc()
            self._metrics.latency.labels(route).observe(time.perf_counter() - began)
