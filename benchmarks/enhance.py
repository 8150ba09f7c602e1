"""Our enlarger against the plain path of the field: `make bench`.

The plain path is what most code does: the net in eager float32, contiguous, over the whole picture at once. Ours
is :class:`ganvas.enhancement.Model` into a :class:`ganvas.images.Canvas`, as `ganvas enhance` uses it. Same net, same
picture, one run, interleaved, one thread; only the ratios mean anything on another machine. Peak memory is measured in
a process each, less what the process had before the picture.

    python benchmarks/enhance.py [--model fidelity-x4] [--width 1500 --height 2000] [--tiles 128,256] [--small]
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from ganvas.enhancement import Model
from ganvas.enhancement.model import TILE
from ganvas.enhancement.precision import Arithmetic, choose
from ganvas.images import Canvas, Picture
from ganvas.weights import Product, load

KINDS = ("avx2", "avx512f", "avx512_bf16", "amx_bf16")


@dataclass(frozen=True)
class Cost:
    """What one enlargement took, in seconds."""

    cpu: float
    wall: float


def photo(height: int, width: int) -> Picture:
    """Smooth noise: the time does not depend on what is in a picture."""
    coarse = torch.rand(1, 3, height // 16 + 2, width // 16 + 2, generator=torch.Generator().manual_seed(0))
    return Picture.from_tensor(torch.nn.functional.interpolate(coarse, (height, width), mode="bilinear"))


def plain(product: Product, picture: Picture) -> None:
    """Everything at once, as most code does it."""
    with torch.inference_mode():
        result = product.net(picture.tensor()).clamp_(0, 1).mul_(255).round_().byte()
        result.squeeze(0).permute(1, 2, 0).numpy()


def ours(model: Model, picture: Picture) -> None:
    """Tiles into a canvas, as `ganvas enhance` does it."""
    scale = model.scale
    with Canvas(picture.width * scale, picture.height * scale, 3) as canvas:
        for rows in model.rows(picture):
            canvas.put(canvas.filled, rows)


def cost(work: Callable[[], None]) -> Cost:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Cost(time.process_time() - cpu, time.perf_counter() - wall)


def memory(path: str, options: argparse.Namespace) -> float:
    """The peak of ``path`` ("plain" or "ours") in MB above what its process had before, in a process of its own."""
    command = [sys.executable, __file__, "--model", options.model, "--only", path]
    command += ["--width", str(options.width), "--height", str(options.height)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def peak_of(path: str, options: argparse.Namespace) -> None:
    product = load(options.model)
    tiny = photo(64, 64)
    model = Model(product)
    plain(product, tiny) if path == "plain" else ours(model, tiny)
    picture = photo(options.height, options.width)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    plain(product, picture) if path == "plain" else ours(model, picture)
    say(f"{(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024:.0f}")


def features() -> str:
    capabilities = torch.cpu.get_capabilities()
    there = [kind for kind in KINDS if capabilities.get(kind)]
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, {', '.join(there) or 'no vector extension that matters here'}"
    )


def compare(options: argparse.Namespace) -> None:
    # First, while this process is small: on Linux a child's peak begins at its parent's.
    peaks = {path: memory(path, options) for path in ("plain", "ours")}
    product, picture = load(options.model), photo(options.height, options.width)
    model = Model(product)
    costs: dict[str, list[Cost]] = {"plain": [], "ours": []}
    for _ in range(options.repeats):
        costs["plain"].append(cost(lambda: plain(product, picture)))
        costs["ours"].append(cost(lambda: ours(model, picture)))
    size = f"{options.width} x {options.height}"
    say(f"{options.model}, {size}, {model.arithmetic}, tiles of {TILE}, torch {torch.__version__}")
    say(f"{'':8}{'CPU s':>9}{'wall s':>9}{'peak MB':>10}")
    best = {path: Cost(min(c.cpu for c in each), min(c.wall for c in each)) for path, each in costs.items()}
    for path in costs:
        say(f"{path:8}{best[path].cpu:9.1f}{best[path].wall:9.1f}{peaks[path]:10.0f}")
    cpu = statistics.median(a.cpu / b.cpu for a, b in zip(costs["plain"], costs["ours"], strict=True))
    wall = statistics.median(a.wall / b.wall for a, b in zip(costs["plain"], costs["ours"], strict=True))
    say(f"plain / ours: {cpu:.2f} times the CPU time, {wall:.2f} times the wall time, "
        f"{peaks['plain'] / peaks['ours']:.1f} times the memory")  # fmt: skip


def sweep(options: argparse.Namespace) -> None:
    """CPU seconds a megapixel of input for each tile and layout, the best of the repeats."""
    product, picture = load(options.model), photo(options.height, options.width)
    own = choose()
    for layout in (torch.contiguous_format, torch.channels_last):
        for tile in options.tiles:
            model = Model(product, tile=tile)
            model.use(Arithmetic(own.device, own.dtype, layout))
            best = min(cost(lambda model=model: ours(model, picture)).cpu for _ in range(options.repeats))
            megapixels = options.width * options.height / 1e6
            say(f"{layout!s:24} tile {tile:4}: {best / megapixels:6.2f} CPU s a megapixel")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="fidelity-x4")
    parser.add_argument("--width", type=int, default=1500)
    parser.add_argument("--height", type=int, default=2000)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--small", action="store_true", help="480 x 640 instead")
    parser.add_argument("--tiles", type=lambda text: [int(side) for side in text.split(",")], help="128,256: a sweep")
    parser.add_argument("--only", choices=["plain", "ours"], help="print the peak memory of one path")
    options = parser.parse_args()
    if options.small:
        options.width, options.height = 480, 640
    torch.set_num_threads(1)
    if options.only:
        peak_of(options.only, options)
        return
    say(features())
    sweep(options) if options.tiles else compare(options)


if __name__ == "__main__":
    main()
