"""Where and in which arithmetic a net runs: decided by what the processor can do, never by faith."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import torch

from ganvas.errors import GanvasError

Precision = Literal["auto", "fp32", "bf16"]


class DeviceError(GanvasError):
    """A device or precision that is not to be had here; the message is one sentence for the user."""


@dataclass(frozen=True)
class Arithmetic:
    """A device, a number format and a memory layout."""

    device: torch.device
    dtype: torch.dtype
    layout: torch.memory_format

    def __str__(self) -> str:
        number = {torch.float32: "fp32", torch.bfloat16: "bf16"}[self.dtype]
        return f"{self.device.type} {number} {'channels-last' if self.layout == torch.channels_last else 'contiguous'}"


@lru_cache
def has_fast_bf16() -> bool:
    """Whether this CPU multiplies matrices of bfloat16 itself (AMX, ARM BF16). Elsewhere it is slower than fp32, also
    with the instructions of AVX-512 BF16 alone (decision 0006).
    """
    if platform.machine().lower() in ("arm64", "aarch64"):
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported()) and not torch.backends.mps.is_available()
    return bool(torch.cpu._is_amx_tile_supported())


def choose(precision: Precision = "auto", device: str = "auto") -> Arithmetic:
    """The arithmetic for ``precision`` on ``device`` (auto, cpu, cuda, cuda:1, mps).

    On a CPU auto is bf16 where that is fast, else fp32, and never fp16, which CPUs only emulate. Channels-last
    was measured to be the faster layout for the bundled nets (``benchmarks/enhance.py --tiles 128,256``).
    """
    place = _device(device)
    if precision == "auto":
        fast = has_fast_bf16() if place.type == "cpu" else place.type == "cuda" and torch.cuda.is_bf16_supported()
        precision = "bf16" if fast else "fp32"
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    return Arithmetic(place, dtype, torch.contiguous_format if place.type == "mps" else torch.channels_last)


def _device(name: str) -> torch.device:
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        return torch.device(next(kind for kind in ("cuda", "mps", "cpu") if there[kind]))
    kind = name.partition(":")[0]
    if kind not in there:
        raise DeviceError(f"there is no device {name!r}: choose auto, cpu, cuda or mps")
    if not there[kind]:
        raise DeviceError(f"this machine has no {kind} device: choose auto or cpu")
    return torch.device(name)
