"""Who does the pictures: this process, several of this machine, or Ray."""

from __future__ import annotations

from collections.abc import Sequence

from ganvas.cluster.picture import Finished
from ganvas.enhancement.files import Failure, Job, Options, Progress, enhance_files


def enhance_folder(
    todo: Sequence[Job], options: Options, workers: int | None, on: str | None, progress: Progress, finished: Finished
) -> list[Failure]:
    """Enhances every picture and returns those that could not be: by this process, by ``workers`` of them where there
    are more, or ``on`` Ray. ``progress`` is told of rows by this process alone.
    """
    if on is not None:
        from ganvas.cluster.actors import enhance_on_ray

        return enhance_on_ray(todo, options, on, workers, finished)
    if workers is not None and min(workers, len(todo)) > 1:
        from ganvas.cluster.pool import enhance_in_pool

        return enhance_in_pool(todo, options, workers, finished)
    return enhance_files(todo, options, progress, finished)
