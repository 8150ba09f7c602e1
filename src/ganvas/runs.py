"""A run: a recipe played into a folder, resumed where it stopped, ending in a model."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ganvas.data.collection import Collection
from ganvas.data.crops import open_crops, photo_crops
from ganvas.data.digits import open_digits
from ganvas.data.paired import PairedPhotos
from ganvas.data.pairs import DataError
from ganvas.data.unpaired import UnpairedPhotos
from ganvas.errors import GanvasError
from ganvas.game import Round, Stage
from ganvas.images import is_picture, read
from ganvas.recipes import RECIPES, Recipe, build
from ganvas.training import RunFolder, here_and_machines, interruptible, train
from ganvas.weights import describe, store

if TYPE_CHECKING:
    from lightning_fabric import Fabric


class RunError(GanvasError):
    """A run folder that belongs to something else, or a run that was stopped; the message is one sentence."""


class StoppedError(RunError):
    """Ctrl-C has stopped a run, which is saved and can be gone on with."""


@dataclass(frozen=True)
class Settings:
    """How a recipe is played, as against what it is: only the seed changes what is learnt."""

    seed: int = 0
    save_every: int = 500
    log_every: int = 50
    device: str = "auto"
    processes: int = 1
    precision: Literal["fp32", "bf16"] = "fp32"


Watch = Callable[[Round], None]


def train_into(folder: Path, recipe: Recipe, data: Path | None, settings: Settings, watch: Watch | None = None) -> Path:
    """Plays ``recipe`` on what is in ``data`` and returns the path of the model, ``folder``/model.safetensors.

    A folder that holds a stopped run of the same recipe is gone on with. ``watch`` sees every round. Raises
    :class:`RunError` when the folder holds a run of another recipe, and :class:`StoppedError` when Ctrl-C stops it
    (after saving, the model so far too). Started by ``torchrun``, its processes share each batch.
    """
    from lightning_fabric import seed_everything

    source = opened(recipe, data)
    fabric = _fabric(settings)
    fabric.launch()
    if fabric.is_global_zero:
        _claim(folder, recipe, settings.seed)
    fabric.barrier()
    seed_everything(settings.seed, verbose=False)
    files = RunFolder(folder, settings.log_every, fabric.global_rank)
    latest: list[Stage[Any]] = []
    with interruptible(fabric) as stopped:
        for played in train(_noting(recipe.stages(source), latest), files.snapshots, fabric):
            files.record(played)
            if watch:
                watch(played)
            stop = stopped()
            if played.last or (played.number + 1) % settings.save_every == 0 or stop:
                files.snapshots.save(played)
            if stop:
                place = f"round {played.number + 1} of stage {played.stage.name!r}"
                _store(folder, recipe, played.stage, fabric)
                raise StoppedError(f"stopped after {place} and saved: the same command goes on from there")
    return _store(folder, recipe, latest[-1], fabric)


def _store(folder: Path, recipe: Recipe, stage: Stage[Any], fabric: Fabric) -> Path:
    """Writes what ``stage`` has come to as the run's model, finished or not."""
    path = folder / "model.safetensors"
    if fabric.is_global_zero:
        net = stage.outcome.cpu()
        store(path, net, describe(recipe, net))
    return path


def _noting(stages: Iterator[Stage[Any]], latest: list[Stage[Any]]) -> Iterator[Stage[Any]]:
    """The same stages, the current one always the last of ``latest``: a finished run yields no rounds but still has an
    outcome.
    """
    for stage in stages:
        latest[:] = [stage]
        yield stage


def _fabric(settings: Settings) -> Fabric:
    from lightning_fabric import Fabric  # as slow to import as torch, and who only enhances never plays

    accelerator = settings.device if settings.device in ("cpu", "cuda", "mps", "auto") else ""
    if not accelerator:
        raise RunError(f"there is no device {settings.device!r}: choose auto, cpu, cuda or mps")
    here, machines = here_and_machines(settings.processes)
    strategy = "ddp" if here * machines > 1 else "auto"
    precision = "bf16-mixed" if settings.precision == "bf16" else "32-true"
    return Fabric(accelerator=accelerator, devices=here, num_nodes=machines, strategy=strategy, precision=precision)


def _claim(folder: Path, recipe: Recipe, seed: int) -> None:
    """Writes the recipe into a new folder, or makes sure that an existing one is of the same recipe and seed."""
    path = folder / "recipe.json"
    fields = recipe.model_dump(mode="json")
    own: dict[str, Any] = {"recipe": recipe.name, "seed": seed, "fields": fields}
    if path.exists():
        held = json.loads(path.read_text(encoding="utf-8"))
        if held != own:
            changed = [key for key, value in fields.items() if held["fields"].get(key) != value] or ["seed"]
            what = (
                f"with other settings ({', '.join(changed)})" if held["recipe"] == recipe.name else "of another recipe"
            )
            raise RunError(f"{folder} holds a run {what}: give another --run, or the settings of that one")
        return
    folder.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".partial")
    scratch.write_text(json.dumps(own, indent=2) + "\n", encoding="utf-8")
    os.replace(scratch, path)


def recipe_of(folder: Path) -> Recipe:
    """The recipe that ``folder`` was made with."""
    path = folder / "recipe.json"
    if not path.exists():
        raise RunError(f"{folder} is not a run folder: it holds no recipe.json")
    held = json.loads(path.read_text(encoding="utf-8"))
    return build(RECIPES[held["recipe"]], held["fields"])


WANTED = {
    "crops": "photos: give --data with what `ganvas prepare` wrote",
    "pairs": "pairs of pictures: give --data with a folder that holds the folders input and target, or pictures with"
    " both side by side",
    "unpaired": "two collections of pictures: give --data with a folder that holds the folders A and B",
    "photo": "one photo: give --data with its file",
    "collection": "whole pictures: give --data with a folder of them, a .zip, or the folder of MNIST's files",
    "digits": "digits: give --data with the folder of MNIST's files",
}
"""What a recipe reads, and how it is given."""


def opened(recipe: Recipe, data: Path | None) -> Any:
    """What the stages of ``recipe`` are given of ``data``: prepared crops, photos cut as they come, pairs, two
    collections, one photo without its alpha, a collection of whole pictures, digits, or nothing.
    """
    if recipe.reading == "nothing":
        return None
    if data is None:
        raise DataError(f"the recipe {recipe.name} reads {WANTED[recipe.reading]}")
    match recipe.reading:
        case "photo":
            return read(data).tensor()
        case "collection":
            return Collection(data)
        case "digits":
            return open_digits(data)
        case "pairs":
            return PairedPhotos(data)
        case "unpaired":
            return UnpairedPhotos(data)
        case _:
            return _crops(data)


def _crops(data: Path) -> Any:
    holds_photos = data.is_dir() and any(is_picture(path) for path in data.iterdir())
    return photo_crops(data, seed=0) if holds_photos else open_crops(data)
