"""The progress bar of a training: stage, rounds, the terms of every loss, the time left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganvas.game import Round


@contextmanager
def watching() -> Iterator[Callable[[Round], None]]:
    """Yields a function that is shown every round and draws a bar a stage on stderr (on a terminal only)."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[terms]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        tasks = dict[int, int]()

        def watch(played: Round) -> None:
            if played.index not in tasks:
                total = played.stage.rounds
                tasks[played.index] = progress.add_task(
                    played.stage.name, total=total, terms="", completed=played.number
                )
            terms = "  ".join(
                f"{player} {term} {value:.4g}"
                for player, values in played.result.items()
                for term, value in values.items()
            )
            progress.update(progress.task_ids[tasks[played.index]], completed=played.number + 1, terms=terms)

        yield watch
