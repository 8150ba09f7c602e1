"""Stopping between rounds, never within one."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

import torch

from ganvas.training.processes import mean

if TYPE_CHECKING:
    from lightning_fabric import Fabric


@contextmanager
def interruptible(fabric: Fabric | None = None) -> Generator[Callable[[], bool]]:
    """Yields a function that says whether Ctrl-C or SIGTERM came: the round being played can end before one stops.

    A second signal stops at once, as :class:`KeyboardInterrupt`. The processes of ``fabric`` stop after the same round,
    whichever of them it came to: each is to ask as often as the others.
    """
    came = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal came
        if came:
            raise KeyboardInterrupt
        came = True

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}

    def stopped() -> bool:
        if fabric is None or fabric.world_size == 1:
            return came
        return mean(fabric, torch.tensor(float(came), device=fabric.device)).item() > 0

    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
