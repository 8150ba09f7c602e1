"""The engines against each other, on every bundled model: part of `make bench`.

Each model goes over the same picture by torch, onnxruntime and OpenVINO, all in fp32, in turn within one run, with as
many threads each; the best of the repeats counts, in CPU seconds, which other work on the machine disturbs least. Only
the ratios mean anything on another machine.

    python benchmarks/engines.py [--models fidelity-x4,deblur] [--width 512 --height 512] [--repeats 2] [--threads 1]
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import get_args

import numpy as np
import torch

from ganvas.enhancement import Model
from ganvas.enhancement.engines import Engine, Other, check
from ganvas.enhancement.model import ENHANCING
from ganvas.errors import GanvasError
from ganvas.images import Picture
from ganvas.weights import bundled, card_of, load


def photo(height: int, width: int) -> Picture:
    """Smooth noise: the time does not depend on what is in a picture."""
    coarse = torch.rand(1, 3, height // 16 + 2, width // 16 + 2, generator=torch.Generator().manual_seed(0))
    return Picture.from_tensor(torch.nn.functional.interpolate(coarse, (height, width), mode="bilinear"))


def models(name: str) -> dict[Engine, Model]:
    """The model by each engine that can run it; what cannot says why."""
    product, found, refused = load(name), dict[Engine, Model](), set[str]()
    for engine in get_args(Engine):
        try:
            found[engine] = Model(product, precision="fp32", device="cpu", engine=engine)
        except GanvasError as error:
            refused.add(f"  {error}")
    for line in sorted(refused):
        say(line)
    return found


def seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def measured(runners: dict[Engine, Model], picture: Picture, repeats: int) -> dict[Engine, float]:
    """CPU seconds of each, the best of ``repeats``; all see a small picture first."""
    for model in runners.values():
        model(photo(64, 64))
    best = dict.fromkeys(runners, float("inf"))
    for _ in range(repeats):
        for engine, model in runners.items():
            best[engine] = min(best[engine], seconds(lambda model=model: model(picture)))
    return best


def far(runners: dict[Engine, Model]) -> float:
    """The largest difference of any engine from torch on a small picture, in levels of 255."""
    small = photo(96, 80)
    results = {engine: model(small).pixels for engine, model in runners.items()}
    return 255 * max(float(np.abs(pixels - results["torch"]).max()) for pixels in results.values())


def compare(options: argparse.Namespace) -> None:
    picture = photo(options.height, options.width)
    say(f"{options.width} x {options.height}, fp32, threads: {options.threads}; CPU s (times as fast as torch)")
    say(f"{'':14}{'torch':>9}{'onnx':>17}{'openvino':>17}{'levels apart':>14}")
    for name in options.models or [name for name in bundled() if card_of(name).task in ENHANCING]:
        runners = models(name)
        times = measured(runners, picture, options.repeats)
        columns = [f"{times['torch']:9.2f}"]
        for engine in get_args(Other):
            ratio = f"{times[engine]:8.2f} ({times['torch'] / times[engine]:5.2f})" if engine in times else "-"
            columns.append(f"{ratio:>17}")
        say(f"{name:14}{''.join(columns)}{far(runners):14.4f}")


def installed() -> str:
    return ", ".join(f"{name} {version(name)}" for name in ("torch", "onnxruntime", "openvino"))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=lambda text: text.split(","), help="those alone [default: all bundled]")
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--height", type=int, default=512)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    try:
        for engine in get_args(Other):
            check(engine, "fp32", "cpu")
    except GanvasError as error:
        sys.exit(f"engines.py: {error}")
    say(f"{platform.machine()}, {os.cpu_count()} cores, {installed()}")
    compare(options)


if __name__ == "__main__":
    main()
