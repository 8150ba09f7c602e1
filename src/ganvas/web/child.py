"""A process of the service's own, and the line to it: what it says, and whether it is still there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from multiprocessing.connection import wait
from typing import Any

from ganvas.data.prepare.processes import Spawned


class Child(Spawned):
    """A process to which both sides send JSON."""

    @property
    def alive(self) -> bool:
        return self.process.is_alive()

    @property
    def pid(self) -> int | None:
        return self.process.pid

    def say(self, message: Mapping[str, Any]) -> None:
        """Sends ``message``; OSError where nobody hears it."""
        self.line.send_bytes(json.dumps(message).encode())

    def hear(self, seconds: float) -> dict[str, Any] | None:
        """What it says within ``seconds``; nothing where it is silent, and an empty message where it is dead."""
        if not wait([self.line, self.process.sentinel], seconds):
            return None
        try:
            return json.loads(self.line.recv_bytes()) if self.line.poll() or not self.alive else None
        except (EOFError, OSError, ValueError):  # what talks nonsense is as good as dead
            return {}

    def stop(self) -> None:
        """Asks it to end, as far as the system can ask."""
        self.process.terminate()
