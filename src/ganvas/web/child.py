"""A process of the service's own, and the line to it: what it says, and whether it is still there."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable, Mapping
from multiprocessing.connection import wait
from typing import Any


class Child:
    """A new process that runs ``work(line, *arguments)`` and ends with this one; both sides send JSON."""

    def __init__(self, work: Callable[..., None], *arguments: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, far = context.Pipe()
        self._process = context.Process(target=work, args=(far, *arguments), daemon=True)
        self._process.start()
        far.close()

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def say(self, message: Mapping[str, Any]) -> None:
        """Sends ``message``; OSError where nobody hears it."""
        self._line.send_bytes(json.dumps(message).encode())

    def hear(self, seconds: float) -> dict[str, Any] | None:
        """What it says within ``seconds``; nothing where it is silent, and an empty message where it is dead."""
        if not wait([self._line, self._process.sentinel], seconds):
            return None
        try:
            return json.loads(self._line.recv_bytes()) if self._line.poll() or not self.alive else None
        except (EOFError, OSError, ValueError):  # what talks nonsense is as good as dead
            return {}

    def stop(self) -> None:
        """Asks it to end, as far as the system can ask."""
        self._process.terminate()

    def end(self) -> None:
        """Ends it, whatever it does."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self._line.close()
