"""Which engine is the fastest for a model here: measured once, and kept in the cache."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from math import isqrt
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import torch
from pydantic import TypeAdapter, ValidationError
from torch import nn

from ganvas.enhancement.engines import Engine, Other, Runner, check, identity, kept, numbers_of
from ganvas.enhancement.precision import Precision, choose
from ganvas.errors import GanvasError
from ganvas.pretrained import cache
from ganvas.replacing import replacing
from ganvas.weights import Card

AskedEngine = Literal["auto", "torch", "onnx", "openvino"]

REPEATS = 2
"""How often each engine is timed, after once to warm up, in turn with the others; its best time counts."""

GAIN = 1.1
"""How many times as fast as torch another engine must be to be taken: less is noise."""

LARGEST_CLASS = 256

LONGEST = 0.5
"""Seconds that torch may need for the tile on which all are timed; of a slow net it is a smaller one."""


class Choice(NamedTuple):
    """The engine that is the fastest, and the seconds that each needed for the tile that was timed."""

    engine: Engine
    seconds: Mapping[Engine, float]

    def __str__(self) -> str:
        times = sorted(self.seconds.items(), key=lambda item: item[1])
        return ", ".join(f"{name} {value:.2g} s" for name, value in times)


class Engines:
    """The engines that may run ``net``, which is on the CPU in float32; each is opened when it is first needed."""

    def __init__(self, net: nn.Module, card: Card, asked: AskedEngine, precision: Precision) -> None:
        self._net, self._card = net, card
        self._asked: AskedEngine = asked
        self._precision: Precision = precision
        self._opened: dict[Other, Runner] = {}
        self._chosen: dict[int, Engine] = {}
        self.why = "which alone can run it" if card.looking else ""
        """Why the engine was chosen, where that was left to us."""
        if asked in ("onnx", "openvino"):
            check(asked, precision, "auto")
            self._opened[asked] = kept(net, card, asked, numbers_of(asked, precision))

    def best(self, height: int, width: int, torchs: Runner) -> tuple[Engine, Runner]:
        """The engine for windows of up to ``height`` x ``width``, and the net run by it; ``torchs`` is torch's."""
        engine = self._asked if self._asked != "auto" else self._remembering(size_class(height, width), torchs)
        return engine, torchs if engine == "torch" else self._runner(engine)

    def _runner(self, engine: Other) -> Runner:
        if engine not in self._opened:
            self._opened[engine] = kept(self._net, self._card, engine, numbers_of(engine, self._precision))
        return self._opened[engine]

    def _remembering(self, side: int, torchs: Runner) -> Engine:
        if side not in self._chosen:
            self._chosen[side] = self._quickest(side, torchs)
        return self._chosen[side]

    def _quickest(self, side: int, torchs: Runner) -> Engine:
        key = f"{self._card.name} {identity(self._net, self._card)} {self._precision} {side}"
        found = remembered(key)
        if found is None:
            times = seconds(self._contenders(torchs), affordable(torchs, side))
            found = Choice(fastest(times), times)
            remember(key, found)
        if found.engine != "torch":
            try:
                self._runner(found.engine)
            except GanvasError:
                return "torch"
        self.why = f"the fastest here, as was measured once: {found} a tile"
        return found.engine

    def _contenders(self, torchs: Runner) -> dict[Engine, Runner]:
        """Torch, and of the others those that are installed and can run the net."""
        runners: dict[Engine, Runner] = {"torch": torchs}
        for engine in get_args(Other):
            with suppress(GanvasError):
                check(engine, self._precision, "auto")
                runners[engine] = self._runner(engine)
        return runners


def engines_for(net: nn.Module, card: Card, asked: AskedEngine, precision: Precision, device: str) -> Engines | None:
    """The engines besides torch that ``asked`` allows; None where it is torch alone, as on a GPU.

    Raises :class:`ExportError` where the engine asked for is not installed, or cannot run ``net``.
    """
    if asked == "torch":
        return None
    if asked == "auto":
        return Engines(net, card, asked, precision) if choose(precision, device).device.type == "cpu" else None
    check(asked, precision, device)
    return Engines(net, card, asked, precision)


def size_class(height: int, width: int) -> int:
    """The power of two, 32 to 256, nearest above the side of a square as large as ``height`` x ``width``.

    >>> size_class(100, 100), size_class(16, 16), size_class(2000, 2000)
    (128, 32, 256)
    """
    side = max(32, isqrt(height * width - 1) + 1)
    return min(LARGEST_CLASS, 1 << (side - 1).bit_length())


def affordable(torchs: Runner, side: int) -> int:
    """The side, 32 or more and ``side`` at most, of a tile that torch does in ``LONGEST`` seconds."""
    tried = 32
    while tried < side and 4 * _seconds(torchs, _noise(tried)) <= LONGEST:
        tried *= 2
    return tried


def seconds(runners: Mapping[Engine, Runner], side: int) -> dict[Engine, float]:
    """What each needs for noise of ``side`` x ``side`` pixels: the best of ``REPEATS``, all in turn."""
    image = _noise(side)
    best = dict.fromkeys(runners, float("inf"))
    for repeat in range(1 + REPEATS):
        for engine, run in runners.items():
            taken = _seconds(run, image)
            if repeat:
                best[engine] = min(best[engine], taken)
    return best


def _noise(side: int) -> torch.Tensor:
    return torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(0))


def _seconds(run: Callable[[torch.Tensor], object], image: torch.Tensor) -> float:
    before = time.perf_counter()
    run(image)
    return time.perf_counter() - before


def fastest(times: Mapping[Engine, float]) -> Engine:
    """The engine with the least of ``times``; torch unless it is beaten clearly.

    >>> fastest({"torch": 1.0, "onnx": 0.98}), fastest({"torch": 1.0, "onnx": 0.7, "openvino": 0.5})
    ('torch', 'openvino')
    """
    best = min(times, key=lambda engine: times[engine])
    return best if times[best] * GAIN < times["torch"] else "torch"


def remembered(key: str) -> Choice | None:
    """What was chosen for ``key`` on this machine, if it was measured."""
    try:
        return TypeAdapter(Choice).validate_python(_read()[machine()][key])
    except (KeyError, ValidationError):
        return None


def remember(key: str, choice: Choice) -> None:
    """Keeps the choice in the cache, if that can be written; what others kept there stays."""
    table = _read()
    table.setdefault(machine(), {})[key] = {
        "engine": choice.engine,
        "seconds": {name: float(f"{value:.3g}") for name, value in choice.seconds.items()},
    }
    path = choices()
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as scratch:
            scratch.write_text(json.dumps(table, indent=1, sort_keys=True), encoding="utf-8")


def choices() -> Path:
    """The file of the choices: of each machine, of each model and size class, the engine and the seconds measured."""
    return cache() / "engines.json"


def _read() -> dict[str, dict[str, Any]]:
    try:
        table = json.loads(choices().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    known = table.items() if isinstance(table, dict) else ()
    return {name: entries for name, entries in known if isinstance(entries, dict)}


@lru_cache
def _processor() -> str:
    """Its name and, short, what it can do: rented machines hide some of that, under one name."""
    told = dict[str, str]()
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            told.setdefault(name.strip(), value.strip())
    abilities = " ".join(sorted((told.get("flags") or told.get("Features") or "").split()))
    name = told.get("model name") or platform.processor() or platform.machine()
    return f"{name}, abilities {hashlib.sha256(abilities.encode()).hexdigest()[:8]}"


def machine() -> str:
    """What a measurement depends on besides the model: processor, threads, and the engines with their versions."""
    there = list[str]()
    for name in ("torch", "onnxruntime", "openvino"):
        with suppress(PackageNotFoundError):
            there.append(f"{name} {version(name)}")
    return ", ".join((_processor(), f"{os.cpu_count()} cores, {torch.get_num_threads()} threads", *there))
