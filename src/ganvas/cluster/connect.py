"""Ray: one that others have started, or one of this machine's own for as long as it is needed."""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

from ganvas.data.prepare.processes import available
from ganvas.errors import GanvasError

STORE = 100 * 2**20
"""Bytes of the object store of our own Ray: names of pictures go through it, and sentences, but no pictures."""


class RayError(GanvasError):
    """Ray that is not installed, cannot be reached or has been lost; the message is one sentence."""


@contextmanager
def connected(address: str, processors: int | None = None) -> Generator[None]:
    """Within, Ray works for this process: the one at ``address`` (ray://HOST:PORT), or for "ray" that of the variable
    RAY_ADDRESS; where that is not set, one that is started here, on ``processors`` of this machine, and ended.

    Our own listens on the loopback interface alone and asks for a secret that only its processes know, sends no
    statistics and removes its files. Raises :class:`RayError`.
    """
    if address != "ray" and not address.startswith("ray://"):
        raise RayError(f"--on {address} is not known: give --on ray for this machine, or --on ray://HOST:PORT")
    place = os.environ.get("RAY_ADDRESS", "local") if address == "ray" else address
    _settle(own=place == "local")
    try:
        import ray
        from ray.exceptions import RayError as Trouble
    except ImportError:
        raise RayError("--on ray needs Ray: pip install 'ganvas[cluster]'") from None
    folder = tempfile.mkdtemp(prefix="ray-")
    own: dict[str, Any] = {"include_dashboard": False, "_temp_dir": folder, "object_store_memory": STORE}
    own["num_cpus"] = processors or available()
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):  # Ray prints what it has lost, to its end
        try:
            with _silent():
                ray.init(
                    place, log_to_driver=False, logging_level=logging.CRITICAL, **(own if place == "local" else {})
                )
            yield
        except (ConnectionError, Trouble) as error:
            raise RayError(f"Ray cannot be had at {place}, or was lost: {_reason(error)}") from None
        finally:
            ray.shutdown()
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _silent() -> Generator[None]:
    """Within, nothing is written to stderr: the part of Ray that is no Python says there that it will say nothing."""
    sys.stderr.flush()
    before, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)
        os.close(nowhere)


def _reason(error: Exception) -> str:
    """The line of ``error`` that says most: its last, where Ray has put a traceback into it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if "Traceback" in str(error) else lines[0]) if lines else type(error).__name__


def _settle(own: bool) -> None:
    """What Ray reads from the environment when it is loaded, so it is not to be loaded before."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    if own:
        os.environ["RAY_AUTH_MODE"] = "token"
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))  # Ray remembers the first it has seen
        # Off, it makes Ray take 127.0.0.1 for its address and listen nowhere else, on Linux too.
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
        # Ray puts 15 on top of the niceness of its workers: beside any other work they would hardly begin.
        os.environ.setdefault("RAY_worker_niceness", "0")
