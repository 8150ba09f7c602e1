"""A run with all that is to be seen of it: pictures of its progress and, in the end, its page."""

from __future__ import annotations

from pathlib import Path

from ganvas.game import Round
from ganvas.recipes import Recipe
from ganvas.report.levels import debug_of
from ganvas.report.preview import preview_of
from ganvas.report.run import write_run_page
from ganvas.runs import Settings, Watch, opened, train_into
from ganvas.training import LostError, is_first


def train_and_show(
    folder: Path, recipe: Recipe, data: Path | None, settings: Settings, watch: Watch, picture_every: int = 500
) -> Path:
    """:func:`ganvas.runs.train_into`, with pictures every ``picture_every`` rounds and report.html, which is written
    also where the run is stopped. Of several processes the first one writes.
    """
    watches = [watch]
    if (preview := preview_of(folder, recipe, opened(recipe, data), picture_every)) is not None:
        watches.append(preview)
    if (debug := debug_of(folder, recipe)) is not None:
        watches.append(debug)
    begun = False

    def see(played: Round) -> None:
        nonlocal begun
        begun = True
        for each in watches:
            each(played)

    try:
        return train_into(folder, recipe, data, settings, see)
    except LostError:
        begun = False  # torchrun is about to end this process too: there is no time for a page
        raise
    finally:
        if begun and is_first():
            write_run_page(folder)
