"""A service on a port, until it is told to stop."""

from __future__ import annotations

import ipaddress
import socket
import threading
from types import FrameType
from typing import Any

import uvicorn

from ganvas.web.app import create_app
from ganvas.web.settings import ServiceError, Settings
from ganvas.web.worker import Work, enhance


class Server(uvicorn.Server):
    """Told to stop, it ends its workers at once, so that nobody waits for them while connections are closed.

    ``told`` says whether it was: not every way of stopping ends in a KeyboardInterrupt.
    """

    told = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.told = True
        self.end()
        super().handle_exit(sig, frame)

    def end(self) -> None:
        app: Any = self.config.app
        threading.Thread(target=app.state.service.stop, daemon=True).start()


def server(settings: Settings, work: Work = enhance) -> Server:
    """A server of the service that is not bound to an address yet: ``run(sockets=[listening(...)])`` it."""
    config = uvicorn.Config(
        create_app(settings, work), log_level="warning", access_log=False, server_header=False,
        timeout_graceful_shutdown=5, timeout_keep_alive=10, lifespan="on", ws="none", loop="asyncio", http="h11",
    )  # fmt: skip
    return Server(config)


def listening(host: str, port: int) -> socket.socket:
    """A socket on ``host`` and ``port``, or on any free port for 0; who connects from now on is heard later."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        found = socket.socket(family, kind)
        try:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind(address)
            found.listen(128)
        except OSError:
            found.close()
            raise
    except OSError as error:
        raise ServiceError(f"{host} port {port} cannot be used: {error.strerror or error}") from error
    return found


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches ``host``.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
