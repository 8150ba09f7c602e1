"""The training of one photo, in a process of its own: the same run as that of the command line, told by its line."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganvas.web.worker import answered, limit, tell

if TYPE_CHECKING:
    from ganvas.game import Round
    from ganvas.nets.pyramid import Size
    from ganvas.recipes.singan import SinGANRecipe

EVERY = 50
"""Rounds between snapshots, and between pictures: what is lost where the process dies."""

OVERHEAD = 500
"""The pixels by which a level takes longer than in proportion to them (measured on a CPU)."""


def learn(line: Connection, run: str, preset: str, settings: list[str], gigabytes: float | None, device: str) -> None:
    """Learns ``run``/photo into ``run``, from where that was left, and says after each round how far it is.

    The last message is ``done``, or ``status`` and ``error``. Told to stop (SIGTERM) it saves first.
    """
    import torch

    if hasattr(os, "setpgrp"):
        os.setpgrp()  # Ctrl-C is for the service, which then asks this process
        os.nice(5)  # who waits for a picture comes first
    on_cpu = not device.startswith("cuda") and not (device == "auto" and torch.cuda.is_available())
    if gigabytes is not None and on_cpu:
        limit(gigabytes)
    with suppress(OSError):  # the service has gone: what was saved is for the next one
        tell(line, answered((f"{run}/photo", run), lambda: _learnt(line, Path(run), preset, settings, device)))


def _learnt(line: Connection, run: Path, preset: str, settings: list[str], device: str) -> Mapping[str, Any]:
    from ganvas.recipes import resolve
    from ganvas.recipes.singan import SinGANRecipe
    from ganvas.report.preview import preview_of
    from ganvas.report.run import write_run_page
    from ganvas.runs import Settings, train_into

    recipe = resolve({SinGANRecipe.name: SinGANRecipe}, SinGANRecipe.name, preset, settings)
    assert isinstance(recipe, SinGANRecipe)
    preview = preview_of(run, recipe, None, EVERY)
    assert preview is not None

    def see(played: Round) -> None:
        preview(played)
        tell(line, _place(played, recipe))

    train_into(run, recipe, run / "photo", Settings(save_every=EVERY, log_every=10, device=device), see)
    write_run_page(run)
    return {"done": True}


def _place(played: Round, recipe: SinGANRecipe) -> Mapping[str, Any]:
    """How far a training is: its level, the share that is done, the sizes (width, height) of all levels."""
    from ganvas.nets.pyramid import Pyramid
    from ganvas.nets.singan import width_of

    pyramid = played.stage.outcome
    assert isinstance(pyramid, Pyramid)
    costs = [cost(size, width_of(level, recipe.width, recipe.max_width)) for level, size in enumerate(pyramid.sizes)]
    done = share(costs, played.index, (played.number + 1) / recipe.rounds)
    return {"level": played.index, "share": done, "sizes": [(width, height) for height, width in pyramid.sizes]}


def cost(size: Size, width: int) -> int:
    """How long a round of a level of ``size`` takes against those of others, by the channels of its nets."""
    return (size[0] * size[1] + OVERHEAD) * width


def share(costs: Sequence[int], level: int, played: float) -> float:
    """How much of all levels is done when ``played`` of ``level`` is, all from 0 to 1; they have as many rounds.

    >>> [share([1, 2, 5], level, 0.5) for level in (0, 1, 2)]
    [0.0625, 0.25, 0.6875]
    """
    return (sum(costs[:level]) + costs[level] * played) / sum(costs)
