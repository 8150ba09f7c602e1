"""A folder done by Ray Data: pictures stream through actors that each hold a model."""

from __future__ import annotations

import itertools
import logging
import os
import pickle
import platform
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, cast

from ganvas.cluster.connect import connected
from ganvas.cluster.picture import Finished, Outcome, attempt, check_files, clear, failed, in_turn
from ganvas.enhancement.files import Failure, Job, Options, enhance_files

BLOCKS = 500
"""Into so many parts a long list of pictures is cut: each costs Ray about a millisecond before the first is begun."""

BLOCK = 2**20
"""Bytes of a part at most. Ray Data keeps room for some of these for each actor, and begins none where there is none:
of 128 MB, as it has it, two would not fit into a small store."""

LOST_TWICE = "the actor that did it was lost twice, most likely for want of memory: try it without --on"


def enhance_on_ray(
    todo: Sequence[Job],
    options: Options,
    address: str,
    workers: int | None = None,
    finished: Finished = lambda job, remarks: None,
) -> list[Failure]:
    """Enhances every picture on the Ray at ``address`` (see :func:`ganvas.cluster.connect.connected`) by ``workers``
    actors, by default one a processor, or one a GPU where there are some, and returns those that could not be;
    bytes, order and sentences are those of :func:`ganvas.enhancement.files.enhance_files`.

    Pictures are read and written by the actors, so every machine must see the current folder under the same path.
    The picture of an actor that was lost is tried once more, then given up. Raises GanvasError.
    """
    check_files(todo)
    enhance_files([], options)
    if not todo:
        return []
    source = _from_afar if address.startswith("ray://") else _outcomes
    try:
        with connected(address, workers), closing(source(todo, options, Path.cwd(), workers)) as outcomes:
            return in_turn(outcomes, todo, finished)
    finally:
        clear(todo)


Outcomes = Generator[tuple[int, Outcome]]


def _from_afar(todo: Sequence[Job], options: Options, folder: Path, workers: int | None) -> Outcomes:
    """What comes of them, directed by an actor of the cluster: Ray Data does not work through the port of clients."""
    import ray

    director: Any = ray.remote(num_cpus=0)(Director).remote(todo, options, folder, workers)
    while some := ray.get(director.some.remote()):
        yield from some


class Director:
    """The actor that directs."""

    def __init__(self, todo: Sequence[Job], options: Options, folder: Path, workers: int | None) -> None:
        self._outcomes = _outcomes(todo, options, folder, workers)

    def some(self) -> list[tuple[int, Outcome]]:
        """The next that are ready, none where all are over."""
        return list(itertools.islice(self._outcomes, 1))


def _outcomes(todo: Sequence[Job], options: Options, folder: Path, workers: int | None) -> Outcomes:
    import ray
    import ray.data

    there = ray.cluster_resources()
    gpus = int(there.get("GPU", 0)) if options.device != "cpu" else 0
    actors = min(len(todo), workers or gpus or int(there.get("CPU", 1)))
    ledger: Any = ray.remote(num_cpus=0)(Ledger).remote()
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars, context.target_max_block_size = False, BLOCK
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
    items = [{"number": number, "job": pickle.dumps(job)} for number, job in enumerate(todo)]
    done = ray.data.from_items(items, override_num_blocks=min(len(items), BLOCKS)).map(
        cast("Any", Enhancer),  # a class, one object of it an actor
        fn_constructor_args=(options, folder, ledger),
        compute=ray.data.ActorPoolStrategy(size=actors, max_tasks_in_flight_per_actor=1),
        num_cpus=1,
        num_gpus=1 if gpus else None,
    )
    for row in done.iter_rows():
        yield row["number"], pickle.loads(row["outcome"])


class Ledger:
    """An actor that outlives the others: what was begun, how often, and what came of it.

    Ray repeats the part of an actor that was lost as often as it takes: without a ledger, a picture that kills actors
    would kill them for ever, and those beside it in the same part would be done again.
    """

    def __init__(self) -> None:
        self._tries = Counter[int]()
        self._known: dict[int, Outcome] = {}

    def begin(self, number: int) -> tuple[int, Outcome | None]:
        """How often the picture was begun, this time included, and what came of it if that is known."""
        self._tries[number] += 1
        return self._tries[number], self._known.get(number)

    def end(self, number: int, outcome: Outcome) -> None:
        self._known[number] = outcome


class Enhancer:
    """An actor with a model, in the folder in which the command was given."""

    def __init__(self, options: Options, folder: Path, ledger: Any) -> None:
        self.options, self.folder, self.ledger = options, folder, ledger
        self.there = folder.is_dir()
        if self.there:
            os.chdir(folder)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """The number of a picture and what came of it."""
        import ray

        number, job = row["number"], pickle.loads(row["job"])
        tries, outcome = ray.get(self.ledger.begin.remote(number))
        if outcome is None:
            outcome = self._done(job, tries)
            ray.get(self.ledger.end.remote(number, outcome))
        return {"number": number, "outcome": pickle.dumps(outcome)}

    def _done(self, job: Job, tries: int) -> Outcome:
        if not self.there:
            return failed(job, f"{platform.node()} has no folder {self.folder}, which all machines have to share")
        return attempt(job, self.options) if tries <= 2 else failed(job, LOST_TWICE)
