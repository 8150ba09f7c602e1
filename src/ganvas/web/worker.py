"""A worker: a process of its own that does one picture after the other, so that what kills it harms one job only."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ganvas.errors import GanvasError
from ganvas.web.refusal import RefusalError, plain

Task = Mapping[str, Any]
"""``source`` and ``target`` (paths), ``asked`` (fields of :class:`ganvas.web.asked.Asked`), ``format``, ``device``,
``engine``.
"""

Progress = Callable[[int, int], None]
Work = Callable[[Task, Progress], tuple[str, ...]]
"""Does a task and returns what its owner should know, a sentence each."""

NO_MEMORY = (413, "there is not enough memory for this picture: send a smaller one or ask for a smaller result")


def enhance(task: Task, progress: Progress) -> tuple[str, ...]:
    """The work of the service: a picture made better, or one that is made of a photo that was learnt."""
    from ganvas.enhancement.files import Job, enhance_file
    from ganvas.enhancement.graphs import ExportError
    from ganvas.web.asked import Asked

    if "single" in task["asked"]:
        from ganvas.web.singles_made import made

        return made(task, progress)
    source, target = Path(task["source"]), Path(task["target"])
    asked, job = Asked(**task["asked"]), Job(source, target)
    try:
        return enhance_file(job, asked.options(task["format"], task["device"], task["engine"]), progress)
    except ExportError as error:  # who asked did not choose the engine, and torch runs every net
        done = enhance_file(job, asked.options(task["format"], task["device"]), progress)
        return (*done, f"run by torch: {error}")


def serve(line: Connection, work: Work, gigabytes: float | None, device: str, workers: int) -> None:
    """Does what comes down the ``line`` until that ends, with its share of the cores among ``workers``.

    Ctrl-C is for the service, which then ends its workers.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if work is enhance:
        import_module("ganvas.enhancement.files")  # the limit is for pictures, not for what is loaded once
        import torch

        torch.set_num_threads(max(1, torch.get_num_threads() // workers))
        device = "cuda" if device == "auto" and torch.cuda.is_available() else device
    if gigabytes is not None and not device.startswith("cuda"):  # which reserves more addresses than there is memory
        limit(gigabytes)
    try:
        tell(line, {"ready": os.getpid()})
        while True:
            tell(line, _answer(line, json.loads(line.recv_bytes()), work))
    except (EOFError, OSError):
        return


def _answer(line: Connection, task: Task, work: Work) -> Mapping[str, Any]:
    shown = -1
    tell(line, {"progress": 0.0})  # it has begun: from now on a death may be this job's doing

    def progress(done: int, total: int) -> None:
        nonlocal shown
        if (share := int(1000 * done / max(1, total))) != shown:
            shown = share
            tell(line, {"progress": share / 1000})

    paths = (str(task["source"]), str(task["target"]))
    return answered(paths, lambda: {"done": True, "remarks": [plain(each, *paths) for each in work(task, progress)]})


def answered(paths: tuple[str, ...], work: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """What ``work`` returns, or the ``status`` and ``error`` that its failure comes to, without the server's paths."""
    try:
        return work()
    except RefusalError as refusal:
        return {"status": refusal.status, "error": str(refusal)}
    except GanvasError as error:
        return {"status": 422, "error": plain(str(error), *paths)}
    except MemoryError:
        return {"status": NO_MEMORY[0], "error": NO_MEMORY[1]}
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001  (whatever it is, it is the end of this job and of no other)
        if "memory" in str(error).lower():
            return {"status": NO_MEMORY[0], "error": NO_MEMORY[1]}
        sys.stderr.write(f"ganvas: a job failed: {type(error).__name__}: {error}\n")
        return {"status": 500, "error": "this picture could not be done: the service's own log says why"}


def tell(line: Connection, message: Mapping[str, Any]) -> None:
    line.send_bytes(json.dumps(message).encode())


def limit(gigabytes: float) -> None:
    """Lets this process take ``gigabytes`` more than it has; where the system knows no such limit, pixels are it."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + int(gigabytes * 2**30)
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))
    except (ImportError, OSError, ValueError):
        return
