"""Who is not answered: pages of other sites, which a visitor's browser would carry to a service that needs no key."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ganvas.web.answers import sentence

READING = ("GET", "HEAD", "OPTIONS")


class Guarded:
    """Refuses what a page of another site makes a browser send.

    Such a page can name itself as it likes and have that name lead to this machine (DNS rebinding): then the browser
    takes the service for a part of the page and lets it read what is answered. So only addresses, ``localhost`` and the
    given ``names`` are answered to. It can also send without reading: browsers mark that with ``Sec-Fetch-Site:
    cross-site``.
    """

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self._app, self._names = app, {name.lower() for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._refused(scope) if scope["type"] == "http" else None
        if refused is None:
            await self._app(scope, receive, send)
        else:
            await sentence(*refused)(scope, receive, send)

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        name = host_of(headers.get("host", ""))
        if not is_own(name) and name not in self._names:
            return 421, f"this service is not called {name[:80]!r}: start it with --allow-host and that name if it is"
        if scope["method"] not in READING and headers.get("sec-fetch-site") == "cross-site":
            return 403, "a page of another site asked for this: only the service's own page and programs may"
        return None


def host_of(header: str) -> str:
    """The name or address in a Host ``header``, without its port.

    >>> host_of("Localhost:8000"), host_of("[::1]:8000"), host_of("::1"), host_of("photos.example.org.")
    ('localhost', '::1', '::1', 'photos.example.org')
    """
    found = re.fullmatch(r"\[([^\]]*)\](?::\d*)?|([^:]*)(?::\d*)?", header.strip())
    name = next((part for part in found.groups() if part is not None), "") if found else header
    return name.strip().rstrip(".").lower()


def is_own(name: str) -> bool:
    """Whether no other site can be called so: an address, or a name that leads nowhere but to this machine.

    >>> is_own("127.0.0.1"), is_own("::1"), is_own("app.localhost"), is_own("localhost.evil.example")
    (True, True, True, False)
    """
    if name in ("", "localhost") or name.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
