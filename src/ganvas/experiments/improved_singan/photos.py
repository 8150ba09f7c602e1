"""The photos of the site: what is held back of each, and what is learnt of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ganvas.experiments.experiment import ExperimentError
from ganvas.experiments.measures import reduced, whole
from ganvas.images import Picture, read, resize
from ganvas.metrics.sifid import SIDE
from ganvas.recipes.singan import SinGANRecipe
from ganvas.report.folders import pictures_in

SCALE = 4


@dataclass(frozen=True)
class Photo:
    """``truth`` is held back; ``low``, a fourth of its size, is what is learnt and enlarged again."""

    name: str
    truth: Picture
    low: Picture


def photos_in(data: Path, recipe: SinGANRecipe) -> list[Photo]:
    """The photos in the folder ``data``, or the one in that file, as large as ``recipe`` can learn a fourth of them."""
    paths = [data] if data.is_file() else pictures_in(data)
    for name, path in _twice(paths):
        raise ExperimentError(f"{path} and another photo are both called {name}: give one of them another name")
    return [_held_back(path, recipe) for path in paths]


def _held_back(path: Path, recipe: SinGANRecipe) -> Photo:
    picture = read(path)
    share = min(1.0, SCALE * recipe.max_size / max(picture.width, picture.height))
    height, width = round(picture.height * share), round(picture.width * share)
    least = max(SIDE, recipe.min_size)
    if min(height, width) // SCALE < least:
        raise ExperimentError(
            f"{path} has {picture.width} x {picture.height} pixels, of which {width // SCALE} x {height // SCALE} would"
            f" be learnt when a {SCALE}-fold is held back: both sides must keep at least {least}"
        )
    image = picture.tensor() if share == 1 else resize(picture.tensor(), (height, width)).clamp(0, 1)
    truth = whole(Picture.from_tensor(image), SCALE)
    return Photo(path.stem, truth, reduced(truth, SCALE, "bicubic"))


def _twice(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    names = [path.stem for path in paths]
    return [(path.stem, path) for path in paths if names.count(path.stem) > 1]
