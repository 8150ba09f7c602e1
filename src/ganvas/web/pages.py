"""The page: its files, and what a browser may do with them."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import NamedTuple

from fastapi import FastAPI, HTTPException, Request, Response

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; "
    "img-src 'self' blob: data:; media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere and nothing written into the page; blob: are pictures that the page itself has made."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class File(NamedTuple):
    """A file of the page, with the ``tag`` that tells whether a browser has it already."""

    content: bytes
    kind: str | None
    tag: str

    @classmethod
    def of(cls, name: str, content: bytes) -> File:
        return cls(content, _kind(name), f'"{hashlib.sha256(content).hexdigest()[:16]}"')

    def answer(self, request: Request) -> Response:
        headers = {**HEADERS, "ETag": self.tag}
        if request.headers.get("if-none-match") == self.tag:
            return Response(status_code=304, headers=headers)
        return Response(self.content, headers=headers, media_type=self.kind)


def routes(app: FastAPI) -> None:
    """Adds the page at / and its files below /page/. They are read once: a name from outside touches no disk."""
    found = files("ganvas.web").joinpath("page").iterdir()
    known = {each.name: File.of(each.name, each.read_bytes()) for each in found if _kind(each.name)}

    @app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    async def index(request: Request) -> Response:
        return known["index.html"].answer(request)

    @app.api_route("/page/{name}", methods=["GET", "HEAD"], include_in_schema=False)
    async def file(name: str, request: Request) -> Response:
        if name not in known:
            raise HTTPException(404)
        return known[name].answer(request)


def _kind(name: str) -> str | None:
    return KINDS.get(name[name.rfind(".") :])
