"""What the notes on Improved SinGAN look at while a level learns: its pictures, its error, its time."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path

import torch

from ganvas.game import Round
from ganvas.images import Picture, write
from ganvas.nets.pyramid import Pyramid
from ganvas.recipes import Recipe
from ganvas.recipes.improved_singan import ImprovedSinGANRecipe, reconstruction_error
from ganvas.report.times import note_time

PRINT_EVERY = 25


@dataclass(frozen=True)
class LevelDebug:
    """Shown every round, it writes what the notes look at into the run folder; the training does not notice.

    Ten times a level, and after its last round, the fake and the reconstruction go to pictures/level-0 and so on, under
    the notes' names, which count rounds from 0. When a level ends its time is noted (:mod:`ganvas.report.times`).
    """

    folder: Path
    recipe: ImprovedSinGANRecipe

    def __call__(self, played: Round) -> None:
        if played.last or played.number % self._tenth == 0:
            self._draw(played)
        if played.last:
            note_time(self.folder, played)

    def told(self, played: Round) -> str | None:
        """The line on the error of the reconstruction that is due after this round, if one is."""
        if not (played.last or played.number % PRINT_EVERY == 0 or played.number % self._tenth == 0):
            return None
        line = f"{played.stage.name}, round {played.number}: reconstruction {reconstruction_error(played.result):.5g}"
        stopped = played.last and played.number + 1 < played.stage.rounds
        return f"{line}; good enough, the level ends here" if stopped else line

    @property
    def _tenth(self) -> int:
        return max(1, self.recipe.rounds // 10)

    def _draw(self, played: Round) -> None:
        place = self.folder / "pictures" / played.stage.name.replace(" ", "-")
        place.mkdir(parents=True, exist_ok=True)
        pyramid = played.stage.outcome
        assert isinstance(pyramid, Pyramid)
        for name, picture in self._pictures(pyramid, played.index).items():
            write(picture, place / f"{name}_{played.number}.png")
        if not (real := place / "real_scale.png").exists():
            write(Picture.from_tensor(pyramid.real(played.index)), real)

    def _pictures(self, pyramid: Pyramid, level: int) -> dict[str, Picture]:
        # As the training sees them, so in its mode, which moves statistics: those of a copy.
        pyramid = copy.deepcopy(pyramid)
        device = pyramid.photo.device
        with torch.random.fork_rng([device] if device.type == "cuda" else []), torch.no_grad():
            fake = pyramid.made(level, self.recipe.entering(pyramid, level), pyramid.noise(level))
            again = pyramid.made(level, self.recipe.entering(pyramid, level, "rec"), pyramid.fixed_noise(level))
        return {"fake_sample": Picture.from_tensor(fake), "G(z_opt)": Picture.from_tensor(again)}


def debug_of(folder: Path, recipe: Recipe) -> LevelDebug | None:
    """What is to watch ``recipe``, which is the notes' own."""
    return LevelDebug(folder, recipe) if isinstance(recipe, ImprovedSinGANRecipe) else None
