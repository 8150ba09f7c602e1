"""The service under load: clients that ask without a pause, against a service of its own on a free port.

Each client takes one photo after the other, of another size and with another wish each time, and counts as a failure
whatever is not a picture of the right size. Memory is that of the service and its worker together, twice a second;
growth is the mean of the last third of the time less that of the first.

    python benchmarks/service.py [--seconds 120] [--clients 8] [--workers 1]
"""

from __future__ import annotations

import argparse
import io
import itertools
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import torch

from ganvas import Client, Picture
from ganvas.errors import GanvasError
from ganvas.images import probe, read, write

SAMPLE = Path(__file__).resolve().parents[1] / "examples" / "photos" / "osprey.jpg"
SIZES = ((96, 64), (180, 240), (320, 240), (400, 300), (640, 480))
WISHES: tuple[dict[str, Any], ...] = (
    {"scale": 2},
    {"task": "dehaze"},
    {"scale": 2, "style": "sharp"},
    {"task": "deblur"},
)


@dataclass
class Tally:
    """What the clients have seen; lists are appended to by several threads, which Python keeps whole."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    memory: list[tuple[float, int]] = field(default_factory=list)


@contextmanager
def serving(folder: Path, workers: int) -> Generator[tuple[str, int]]:
    """Address and process of a service that is ready."""
    command = [
        sys.executable,
        "-m",
        "ganvas",
        "serve",
        "--port",
        "0",
        "--folder",
        str(folder),
        "--workers",
        str(workers),
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            found = re.search(r"http://\S+", process.stderr.readline())
            if found is None:
                raise SystemExit("the service did not start: ganvas serve says why")
            wait_for(found.group())
            yield found.group(), process.pid
        finally:
            process.terminate()


def wait_for(url: str) -> None:
    while True:
        try:
            Client(url).ask("GET", "/readyz")
        except GanvasError:
            time.sleep(0.2)
        else:
            return


def photo(width: int, height: int) -> bytes:
    """A JPEG of the sample photo, of another size."""
    sample = read(SAMPLE).tensor()
    made = torch.nn.functional.interpolate(sample, (height, width), mode="bilinear", antialias=True).clamp(0, 1)
    picture = Picture.from_tensor(made)
    file = io.BytesIO()
    write(picture, file, format="jpeg")
    return file.getvalue()


def ask(url: str, first: int, until: float, tally: Tally) -> None:
    """One client, which begins with the photo and the wish of number ``first``."""
    client = Client(url)
    photos = [(size, photo(*size)) for size in SIZES]
    for number in itertools.count(first):
        if time.monotonic() > until:
            return
        (width, height), content = photos[number % len(SIZES)]
        wish = WISHES[number % len(WISHES)]
        began = time.monotonic()
        try:
            made = probe(client.enhance(content, **wish))
        except GanvasError as error:
            tally.failures.append(str(error))
            continue
        scale = wish.get("scale", 1)
        if made != (width * scale, height * scale):
            tally.failures.append(f"a result of {made}")
        tally.seconds.append(time.monotonic() - began)


def watch(pid: int, until: float, tally: Tally) -> None:
    """Notes the resident memory of the process ``pid`` and its children."""
    service, began = psutil.Process(pid), time.monotonic()
    while time.monotonic() < until:
        resident = 0
        for process in (service, *service.children(recursive=True)):
            try:
                resident += process.memory_info().rss
            except psutil.NoSuchProcess:  # ended since it was listed
                continue
        tally.memory.append((time.monotonic() - began, resident))
        time.sleep(0.5)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def tell(tally: Tally, options: argparse.Namespace) -> None:
    """The table."""
    third = options.seconds / 3
    first = statistics.fmean(each for at, each in tally.memory if at < third)
    last = statistics.fmean(each for at, each in tally.memory if at > 2 * third)
    ranks = statistics.quantiles(tally.seconds, n=20, method="inclusive") if len(tally.seconds) > 1 else [0.0] * 19
    rows = {
        "cores": f"{os.cpu_count()}",
        "clients / workers": f"{options.clients} / {options.workers}",
        "seconds": f"{options.seconds:g}",
        "requests": f"{len(tally.seconds) + len(tally.failures)}",
        "failures": f"{len(tally.failures)}",
        "p50 / p95 seconds": f"{ranks[9]:.2f} / {ranks[18]:.2f}",
        "peak resident MB": f"{max(each for _, each in tally.memory) / 2**20:.0f}",
        "growth MB, last third less first": f"{(last - first) / 2**20:+.1f}",
    }
    for name, figure in rows.items():
        say(f"{name:34}{figure:>16}")
    for sentence in sorted(set(tally.failures)):
        say(f"failed: {sentence}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), options.workers) as (url, pid):
        until = time.monotonic() + options.seconds
        threads = [threading.Thread(target=ask, args=(url, each, until, tally)) for each in range(options.clients)]
        threads.append(threading.Thread(target=watch, args=(pid, until, tally)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    tell(tally, options)
    if tally.failures:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
