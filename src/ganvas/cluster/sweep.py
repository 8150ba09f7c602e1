"""A table of experiments: a recipe played with every combination of some settings, each run in a folder of its own."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganvas.cluster.run import train_and_show
from ganvas.errors import GanvasError
from ganvas.recipes import RECIPES, Recipe, resolve
from ganvas.report.text import make_folder, write_text
from ganvas.runs import Settings, StoppedError, Watch, recipe_of

FINISHED = "finished"
"""An empty file in the folder of a run that has come to its end."""


class SweepError(GanvasError):
    """A table that cannot be made; the message is one sentence."""


@dataclass(frozen=True)
class Cell:
    """A run of the table: what sets it apart from the others, and where it is played."""

    chosen: Mapping[str, str]
    seed: int
    recipe: Recipe
    folder: Path


@dataclass(frozen=True)
class Play:
    """How every run of a table is played."""

    data: Path | None
    settings: Mapping[str, Any]
    picture_every: int = 500


Watching = Callable[[str], AbstractContextManager[Watch]]
"""Given the title of a run, something to enter that yields what is shown its rounds."""

Over = tuple[Cell, str | None]
"""A run that has ended, and why it could not be played to its end where it could not."""


def cells(recipe: str, preset: str | None, asked: Sequence[str], seeds: int, folder: Path) -> list[Cell]:
    """All combinations of the settings that are ``asked`` for ("key=a,b,c"), each with ``seeds`` seeds from 0 on.

    Raises GanvasError for one that does not fit before any is played.
    """
    choices = [alternatives(each) for each in asked]
    keys = [each[0].partition("=")[0] for each in choices]
    if (twice := next((key for key in keys if keys.count(key) > 1), None)) is not None:
        raise SweepError(f"--set {twice} is given twice: write its values with commas, {twice}=a,b")
    found: dict[Path, Cell] = {}
    for combination in itertools.product(*choices):
        settled = resolve(RECIPES, recipe, preset, combination)
        pairs = [each.partition("=") for each, some in zip(combination, choices, strict=True) if len(some) > 1]
        for seed in range(seeds):
            cell = Cell({key: value for key, _, value in pairs}, seed, settled, folder / _name(pairs, seed))
            if cell.folder in found:
                raise SweepError(f"two runs would have the folder {cell.folder}: give each value of --set once")
            found[cell.folder] = cell
    return list(found.values())


def alternatives(asked: str) -> list[str]:
    """The settings that ``asked`` stands for, one for each of its values; commas in brackets and quotes divide none.

    >>> alternatives("width=8,16"), alternatives("sizes=[1, 2],[3]")
    (['width=8', 'width=16'], ['sizes=[1, 2]', 'sizes=[3]'])
    """
    key, _, values = asked.partition("=")
    parts = re.findall(r"""(?:\[[^\]]*\]|"[^"]*"|'[^']*'|[^,])+""", values)
    if not key.strip() or not parts:
        raise SweepError(f"--set {asked} is no setting: write key=a,b,c, such as width=8,16")
    return [f"{key.strip()}={part.strip()}" for part in parts]


def _name(pairs: Sequence[tuple[str, str, str]], seed: int) -> str:
    plain = [(key, re.sub(r"[^A-Za-z0-9.+-]+", "_", value).strip("_")) for key, _, value in pairs]
    return ",".join([*(f"{key}={value}" for key, value in plain), f"seed={seed}"])[:200]


def begin(folder: Path, recipe: str, data: Path | None) -> None:
    """Makes the folder of a table, or raises :class:`SweepError` where it is another's."""
    make_folder(folder)
    path, own = folder / "sweep.json", {"recipe": recipe, "data": None if data is None else str(data.resolve())}
    if path.exists() and (held := json.loads(path.read_text(encoding="utf-8"))) != own:
        raise SweepError(f"{folder} holds a table of {held['recipe']} on {held['data']}: give another --output")
    write_text(path, json.dumps(own) + "\n")


def is_finished(cell: Cell) -> bool:
    """Whether the run has come to its end."""
    path = cell.folder / FINISHED
    if not path.exists():
        return False
    if recipe_of(cell.folder) != cell.recipe:
        raise SweepError(f"{cell.folder} holds a run with other settings: give another --output")
    return True


def one_after_another(todo: Sequence[Cell], play: Play, watching: Watching) -> Generator[Over]:
    """Plays ``todo`` here. What fails for a run's own reasons, a loss that is not finite, does not stop the others;
    Ctrl-C, once it is saved, does: :class:`ganvas.runs.StoppedError`.
    """
    for number, cell in enumerate(todo, start=1):
        with watching(f"{number} of {len(todo)}: {cell.folder.name}") as watch:
            failure = play_cell(cell, play, watch)
        yield cell, failure


def play_cell(cell: Cell, play: Play, watch: Watch) -> str | None:
    """Plays one run, or goes on with it, and says why it could not be played to its end where it could not."""
    settings = Settings(cell.seed, **play.settings)
    try:
        train_and_show(cell.folder, cell.recipe, play.data, settings, watch, play.picture_every)
    except StoppedError:
        raise
    except GanvasError as error:
        return str(error)
    write_text(cell.folder / FINISHED, "")
    return None
