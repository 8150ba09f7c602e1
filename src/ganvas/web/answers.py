"""What answers to requests are made of: a result that is sent once, a sentence, remarks, points in time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fastapi.responses import FileResponse, JSONResponse
from starlette.types import Receive, Scope, Send

from ganvas.web.asked import MEDIA
from ganvas.web.store import Job

if TYPE_CHECKING:
    from ganvas.web.service import Service


class Once(FileResponse):
    """A result that is deleted with its job once it was sent, or could not be."""

    def __init__(self, service: Service, job: Job, media: Mapping[str, str] = MEDIA) -> None:
        super().__init__(service.store.result(job.id), headers=remarks(job), media_type=media[job.format])
        self._forget = lambda: service.forget(job.id)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._forget()


def sentence(status: int, said: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """What is answered where something is wrong."""
    return JSONResponse({"error": said}, status, dict(headers or {}))


def remarks(job: Job) -> dict[str, str]:
    return {"X-Remarks": json.dumps(job.remarks), "X-Content-Type-Options": "nosniff"}


def moment(seconds: float | None) -> str | None:
    """``seconds`` since 1970 as a time of day in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
