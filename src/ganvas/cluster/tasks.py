"""The runs of a table side by side on Ray."""

from __future__ import annotations

import os
import platform
from collections.abc import Generator, Sequence
from pathlib import Path

from ganvas.cluster.connect import connected
from ganvas.cluster.sweep import Cell, Over, Play, SweepError, play_cell
from ganvas.runs import StoppedError

GRACE = 60.0
"""Seconds that runs have, once Ctrl-C came, to end their round and save."""


def side_by_side(todo: Sequence[Cell], play: Play, address: str, workers: int | None) -> Generator[Over]:
    """Plays ``todo`` on the Ray at ``address``, each run on a processor (or a GPU, where the device is cuda), by
    default as many at once as there are; ``workers`` bounds those of our own Ray.

    A run that is lost with its process or machine goes on elsewhere from its latest snapshot. Ctrl-C lets all save.
    """
    with connected(address, workers):
        import ray

        gpus = 1 if play.settings["device"] == "cuda" else 0
        task = ray.remote(num_cpus=1, num_gpus=gpus, max_retries=3)(_played)
        running = {task.remote(cell, play, Path.cwd()): cell for cell in todo}
        try:
            while running:
                (over, *_), _ = ray.wait(list(running))
                yield running.pop(over), ray.get(over)
        except KeyboardInterrupt:
            for each in running:
                ray.cancel(each)
            ray.wait(list(running), num_returns=len(running), timeout=GRACE)
            raise


def _played(cell: Cell, play: Play, folder: Path) -> str | None:
    """The task: :func:`ganvas.cluster.sweep.play_cell` where the command was given."""
    if not folder.is_dir():
        raise SweepError(f"{platform.node()} has no folder {folder}, which all machines have to share")
    os.chdir(folder)
    try:
        return play_cell(cell, play, lambda played: None)
    except StoppedError as stopped:
        return str(stopped)
