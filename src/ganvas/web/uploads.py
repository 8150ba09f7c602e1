"""From the body of a request to a file called by its job: in bounded memory, within a limit of bytes and of time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ganvas.web.refusal import RefusalError
from ganvas.web.settings import Settings

RAW = ("image/", "application/octet-stream")
FORM_BYTES = 2**16
"""What a form may take beside its picture."""


class Bounded:
    """Ends the reading of any body at ``most`` bytes, whatever length it claims to have."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app, self._most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._most:
                raise too_large(self._most - FORM_BYTES)
            return message

        await self._app(scope, counted if scope["type"] == "http" else receive, send)


def too_large(most: int) -> RefusalError:
    return RefusalError(413, f"the picture has more than {most / 2**20:.4g} megabytes, which is the limit here")


async def received(request: Request, place: Path, settings: Settings, mask: Path | None = None) -> Mapping[str, str]:
    """Writes the picture of ``request`` to ``place`` and returns the request's fields, those of its query and its form.

    Where a form may hold a ``mask`` too, that is its place. The name that a picture came with is not even read.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and kind != "multipart/form-data" and not kind.startswith(RAW):
        raise RefusalError(415, "send the picture as multipart/form-data, image/… or application/octet-stream")
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > settings.max_bytes + FORM_BYTES:
        raise too_large(settings.max_bytes)
    try:
        async with asyncio.timeout(settings.upload_seconds):
            if kind == "multipart/form-data":
                places = {"picture": place} if mask is None else {"picture": place, "mask": mask}
                return {**request.query_params, **await _form(request, places)}
            await _raw(request, place, settings.max_bytes)
            return dict(request.query_params)
    except TimeoutError:
        raise RefusalError(408, f"the picture was not here within {settings.upload_seconds:g} seconds") from None
    except ClientDisconnect:
        raise RefusalError(400, "the connection ended before the picture did") from None


async def _raw(request: Request, place: Path, most: int) -> None:
    length = 0
    with place.open("wb") as file:
        async for chunk in request.stream():
            length += len(chunk)
            if length > most:
                raise too_large(most)
            await run_in_threadpool(file.write, chunk)


async def _form(request: Request, places: Mapping[str, Path]) -> Mapping[str, str]:
    fields: dict[str, str] = {}
    found = set[str]()
    async with request.form(max_files=len(places), max_fields=16, max_part_size=4096) as form:
        for name, value in form.multi_items():
            if not isinstance(value, UploadFile):
                if value:  # a form on a page sends what was left empty
                    fields[name] = value
            elif name in places:
                found.add(name)
                with places[name].open("wb") as file:
                    while chunk := await value.read(2**20):
                        await run_in_threadpool(file.write, chunk)
            else:
                raise RefusalError(422, f"the file of a form is called {' or '.join(places)}, not {name[:40]!r}")
    if "picture" not in found:
        raise RefusalError(422, "the form holds no file that is called picture")
    return fields
