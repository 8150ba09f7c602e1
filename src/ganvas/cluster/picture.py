"""One picture as every worker does it, wherever that is; and how what workers say becomes what one process says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ganvas.enhancement.files import STDIO, Failure, FilesError, Job, Options, enhance_files

Finished = Callable[[Job, tuple[str, ...]], None]
"""Is called with each picture that is over, and what its owner should know."""


@dataclass(frozen=True)
class Outcome:
    """What came of a picture: what its owner should know, and why it could not be done where it could not."""

    remarks: tuple[str, ...] = ()
    failure: Failure | None = None


def attempt(job: Job, options: Options) -> Outcome:
    """Does one picture; whatever goes wrong is the end of this one and of no other."""
    told: list[tuple[str, ...]] = []
    try:
        failures = enhance_files([job], options, finished=lambda _, remarks: told.append(remarks))
    except Exception as error:  # noqa: BLE001
        return failed(job, f"could not be enhanced: {type(error).__name__}: {error}")
    return Outcome(told[0], failures[0] if failures else None)


def failed(job: Job, why: str) -> Outcome:
    """What came of ``job`` where no worker can say it."""
    return Outcome(failure=Failure(job, f"{job.source}: {why}"))


def check_files(todo: Iterable[Job]) -> None:
    """Raises :class:`FilesError` for pictures that workers cannot have: those of this process's own pipes."""
    if any(STDIO in (job.source, job.target) for job in todo):
        raise FilesError("workers take files alone: for the standard input and output leave out --workers and --on")


def in_turn(outcomes: Iterable[tuple[int, Outcome]], todo: Sequence[Job], finished: Finished) -> list[Failure]:
    """The failures among ``outcomes``, each with the number of its picture. ``finished`` and failures are in the order
    of ``todo``, whatever the order in which the workers were ready.
    """
    waiting: dict[int, Outcome] = {}
    failures: list[Failure] = []
    coming = 0
    for number, outcome in outcomes:
        waiting[number] = outcome
        while (ready := waiting.pop(coming, None)) is not None:
            finished(todo[coming], ready.remarks)
            if ready.failure is not None:
                failures.append(ready.failure)
            coming += 1
    return failures


def clear(jobs: Iterable[Job]) -> None:
    """Removes what workers that were killed have left of pictures beside their places (see ``ganvas.images.write``)."""
    begun = {(job.target.parent, job.target.name[:100]) for job in jobs if job.target != STDIO}
    for folder in {folder for folder, _ in begun}:
        for left in folder.glob(".*-????????.part"):
            if (folder, left.name[1 : -len("-????????.part")]) in begun:
                left.unlink(missing_ok=True)
