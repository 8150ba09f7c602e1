"""Progress bars, on stderr and on a terminal only: what is being done, how far it is, the time left."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganvas.enhancement.files import Job, Progress
    from ganvas.game import Round


@contextmanager
def watching(tell: Callable[[Round], str | None] | None = None) -> Generator[Callable[[Round], None]]:
    """Yields a function that is shown every round and draws a bar a stage on stderr (on a terminal only).

    A line that ``tell`` has about a round is written above the bars, and without a terminal too.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from ganvas.game import never

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[terms]}"),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        tasks = dict[int, int]()

        def watch(played: Round) -> None:
            if played.index not in tasks:
                name = played.stage.name if played.stage.until is never else f"{played.stage.name}, at most"
                tasks[played.index] = progress.add_task(
                    name, total=played.stage.rounds, terms="", completed=played.number
                )
            terms = "  ".join(
                f"{player} {term} {value:.4g}"
                for player, values in played.result.items()
                for term, value in values.items()
            )
            progress.update(progress.task_ids[tasks[played.index]], completed=played.number + 1, terms=terms)
            if played.last:
                progress.update(progress.task_ids[tasks[played.index]], total=played.number + 1)
            if tell is not None and (line := tell(played)):
                console.print(line, highlight=False, markup=False, soft_wrap=True)

        yield watch


@contextmanager
def enhancing(count: int) -> Generator[tuple[Progress, Callable[[Job, tuple[str, ...]], None]]]:
    """Yields a function for the rows of the current picture, and one for each finished one with its remarks."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        every = bars.add_task(f"{count} pictures", total=count, visible=count > 1)
        one = bars.add_task("picture", total=None)

        def rows(done: int, total: int) -> None:
            bars.update(one, completed=done, total=total)

        def finished(job: Job, remarks: tuple[str, ...]) -> None:
            bars.advance(every)
            bars.reset(one, total=None, description=str(job.source))
            for remark in remarks:
                console.print(f"{job.source}: {remark}", highlight=False, markup=False, soft_wrap=True)

        yield rows, finished


@contextmanager
def counting(what: str) -> Generator[Callable[[int, int], None]]:
    """Yields a function that is told how many are done and how many there are, and draws a bar (on a terminal only)."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)
