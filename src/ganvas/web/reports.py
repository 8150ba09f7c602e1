"""The runs of one folder and their reports, for looking only."""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.concurrency import run_in_threadpool

from ganvas.web import describe
from ganvas.web.answers import moment
from ganvas.web.refusal import RefusalError
from ganvas.web.service import Service

POLICY = (
    "sandbox allow-scripts; default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "frame-ancestors 'self'"
)
"""A report has its scripts inside: it may run them, but without an origin it reaches nothing of the service."""


@dataclass(frozen=True)
class Run:
    """A run's folder; ``recipe`` and ``report`` are None where there is none, ``changed`` is in seconds since 1970."""

    name: str
    recipe: str | None
    changed: float
    report: Path | None


def runs_in(folder: Path) -> list[Run]:
    """The runs right below ``folder``, those that changed last first; OSError where it cannot be read.

    Folders whose names a browser could not show are left out, as are hidden ones.
    """
    found = [each for each in folder.iterdir() if each.name.isprintable() and not each.name.startswith(".")]
    runs = [_run(each) for each in found if (each / "recipe.json").is_file() or (each / "log.jsonl").is_file()]
    return sorted(runs, key=lambda run: (-run.changed, run.name))


def _run(folder: Path) -> Run:
    report = folder / "report.html"
    made = [
        path.stat().st_mtime
        for name in ("report.html", "log.jsonl", "recipe.json")
        if (path := folder / name).is_file()
    ]
    return Run(folder.name, _recipe(folder / "recipe.json"), max(made, default=0), report if report.is_file() else None)


def _recipe(path: Path) -> str | None:
    try:
        name = json.loads(path.read_text(encoding="utf-8"))["recipe"]
    except (OSError, ValueError, KeyError, TypeError):  # a run goes on without: its report says what is wrong
        return None
    return name if isinstance(name, str) else None


def routes(app: FastAPI, service: Service) -> None:
    """Adds /v1/runs and the reports below it, where the service has a folder for it.

    A frame can send no key: where keys are needed the list has addresses with a pass, good for this one report until
    the service ends.
    """
    folder, secret = service.settings.runs, secrets.token_bytes(32)
    if folder is None:
        return

    def pass_of(name: str) -> str:
        return hmac.new(secret, name.encode(), "sha256").hexdigest()

    async def listed() -> list[Run]:
        try:
            return await run_in_threadpool(runs_in, folder)
        except OSError:
            raise RefusalError(503, "the folder of the runs cannot be read at the moment: try again later") from None

    @app.get("/v1/runs", **describe.RUNS)
    async def runs(request: Request) -> Response:
        """The runs in the folder that the service was given, those that changed last first."""
        service.owner(request)
        shown: list[dict[str, Any]] = []
        for run in await listed():
            key = f"?pass={pass_of(run.name)}" if service.settings.keys else ""
            place = None if run.report is None else f"/v1/runs/{quote(run.name, safe='')}/report{key}"
            shown.append({"name": run.name, "recipe": run.recipe, "changed": moment(run.changed), "report": place})
        return JSONResponse({"runs": shown})

    @app.get("/v1/runs/{name}/report", **describe.REPORT)
    async def report(
        name: str,
        request: Request,
        given: str = Query("", alias="pass", description="from /v1/runs, in place of a key"),
    ) -> Response:
        """The page that a run has written about itself."""
        if not hmac.compare_digest(given.encode("utf-8", "replace"), pass_of(name).encode()):
            service.owner(request)
        for run in await listed():
            if run.name == name and run.report is not None:
                headers = {
                    "Content-Security-Policy": POLICY,
                    "X-Content-Type-Options": "nosniff",
                    "Cache-Control": "no-cache",
                }
                return FileResponse(run.report, headers=headers, media_type="text/html; charset=utf-8")
        raise RefusalError(404, "there is no such report: /v1/runs lists what there is")
