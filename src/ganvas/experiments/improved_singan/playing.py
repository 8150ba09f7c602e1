"""Plays all trainings on all photos, one after another, and goes on where it was stopped."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch

from ganvas.experiments.experiment import ExperimentError, Preset
from ganvas.experiments.improved_singan.arms import ARMS, NAME, arm
from ganvas.experiments.improved_singan.photos import Photo
from ganvas.experiments.play import Place, Played, Watching, play_into
from ganvas.game import Round
from ganvas.images import read, write
from ganvas.report.times import note_time
from ganvas.runs import Watch


def play_photos(
    photos: Sequence[Photo], preset: Preset, runs: Path, device: str, watching: Watching
) -> Mapping[str, Sequence[Played]]:
    """The runs of each arm, photo by photo, each in ``runs``/NAME-PRESET/PHOTO/ARM with the times of its levels.

    What was played is not played again; see :func:`ganvas.experiments.play.play_into` for what it raises.
    """
    folders = [runs / f"{NAME}-{preset}" / photo.name for photo in photos]
    files = [_laid(photo, folder) for photo, folder in zip(photos, folders, strict=True)]
    played: dict[str, list[Played]] = {label: [] for label in ARMS}
    for place, photo in enumerate(photos):
        for number, label in enumerate(ARMS, start=place * len(ARMS) + 1):
            folder = folders[place] / label
            title = f"{number} of {len(photos) * len(ARMS)}: {photo.name}, {label}"
            where = Place(files[place], runs, device)
            seconds = play_into(folder, arm(label, preset), 0, where, title, _timing(folder, watching))
            played[label].append(Played(label, 0, folder, seconds))
    return played


def _laid(photo: Photo, folder: Path) -> Path:
    """The file of what is learnt of ``photo``, in ``folder``, where runs of no other photo may be."""
    path = folder / "photo.png"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write(photo.low, path)
    elif not torch.equal(read(path).tensor(), photo.low.tensor()):
        raise ExperimentError(f"{folder} holds runs of another photo: give another --runs, or remove that folder")
    return path


def _timing(folder: Path, watching: Watching) -> Watching:
    """The same, but the time of each level is noted in ``folder`` when it ends."""

    @contextmanager
    def timed(title: str) -> Generator[Watch]:
        with watching(title) as watch:

            def see(played: Round) -> None:
                watch(played)
                if played.last:
                    note_time(folder, played)

            yield see

    return timed
