"""Pictures a second, and memory, of one process, of the pool and of Ray on this machine: `make bench` does not run it.

Each is the command `ganvas enhance FOLDER`, in one run, one after another, on the same photos made for it, and its
results are compared byte by byte. Seconds count from the first picture that is there to the last, and, apart, from the
start of the command. Memory is the largest sum, over its processes, of what each has for itself plus its share of what
they have together (PSS, Linux).

    python benchmarks/cluster.py [--pictures 12 --width 320 --height 240 --workers 2]
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

TICK = 0.2


@dataclass(frozen=True)
class Cost:
    """Seconds from the start to the end of a command, and between its first and its last picture; MB at most."""

    whole: float
    working: float
    megabytes: float


def make(folder: Path, options: argparse.Namespace) -> None:
    """Smooth noise: the time does not depend on what is in a picture."""
    folder.mkdir()
    for number in range(options.pictures):
        coarse = np.random.default_rng(number).integers(40, 215, (15, 20, 3), dtype=np.uint8)
        photo = Image.fromarray(coarse).resize((options.width, options.height), Image.Resampling.BICUBIC)
        photo.save(folder / f"{number:03}.png")


def cost(folder: Path, output: Path, options: argparse.Namespace, *more: str) -> Cost:
    """What ``ganvas enhance`` of ``folder`` costs with the options ``more``."""
    words = [sys.executable, "-m", "ganvas", "enhance", str(folder), "-o", str(output), "--model", options.model, *more]
    peak, since = 0.0, time.perf_counter()
    with subprocess.Popen(words) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(memory, family(process.pid))))
            time.sleep(TICK)
    whole = time.perf_counter() - since
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} failed")
    times = sorted(path.stat().st_mtime for path in output.iterdir())
    return Cost(whole, times[-1] - times[0], peak)


def family(first: int) -> set[int]:
    """The process ``first`` and all that it, and they, have started."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:  # it has ended
                continue
    found = {first}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def memory(process: int) -> float:
    """The PSS of ``process`` in MB, 0 if it has ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description="One process, the pool and Ray against each other.")
    parser.add_argument("--pictures", type=int, default=12)
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--height", type=int, default=240)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--model", default="fidelity-x2")
    options = parser.parse_args()
    ways: dict[str, tuple[str, ...]] = {"one": (), "pool": ("--workers", str(options.workers))}
    if importlib.util.find_spec("ray") is not None:
        ways["ray"] = ("--on", "ray", "--workers", str(options.workers))
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "photos"
        make(folder, options)
        size = f"{options.width} x {options.height}"
        load = os.getloadavg()[0]
        say(f"{options.pictures} pictures of {size} by {options.model}, {os.cpu_count()} cores, load {load:.1f} before")
        say(f"{'':8}{'whole s':>9}{'pictures/s, once begun':>25}{'MB':>8}")
        for way, more in ways.items():
            each = cost(folder, Path(home) / way, options, *more)
            pace = (options.pictures - 1) / each.working if each.working else float("inf")
            say(f"{way:8}{each.whole:9.1f}{pace:25.2f}{each.megabytes:8.0f}")
        for way in ways:
            for path in (Path(home) / "one").iterdir():
                if (Path(home) / way / path.name).read_bytes() != path.read_bytes():
                    raise SystemExit(f"{path.name} is another picture by {way}")
        say("the pictures are the same, byte by byte")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
