"""A photo that is not learnt: its patches are the model. It stands where a trained photo stands in the tasks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from ganvas.data.pyramid import length
from ganvas.images import Picture, is_picture, read, resize
from ganvas.nets.pyramid import Pyramid
from ganvas.single.patches import PatchNeighbours, Size
from ganvas.single.trained import SingleError, seeds


@dataclass(frozen=True)
class Patched:
    """The ``photo``, (1, 3, H, W) in [0, 1], and the ``engine`` that makes others of its patches."""

    photo: torch.Tensor
    engine: PatchNeighbours = field(default_factory=PatchNeighbours)
    remarks: tuple[str, ...] = ()

    @property
    def sizes(self) -> list[Size]:
        return self.engine.sizes((self.photo.shape[-2], self.photo.shape[-1]))

    @property
    def levels(self) -> range:
        return range(len(self.sizes))

    def real(self, level: int) -> torch.Tensor:
        """The photo as it is at ``level``."""
        return self.engine.real(self.photo, level)

    def drawn(self, count: int, start_level: int, seed: int, size: Size) -> Iterator[torch.Tensor]:
        """``count`` random pictures (1, 3, *size); the first ones are the same whatever the count."""
        return (self.engine.sample(self.photo, one, size, start_level) for one in seeds(seed, count))

    def injected(self, image: torch.Tensor, level: int) -> torch.Tensor:
        """``image``, of any size, made of the photo's patches from ``level`` on; chance has no part in it."""
        return self.engine.inject(self.photo, image, level)

    def once(self) -> Patched:
        """The same, but what enters is gone over once a level, and nothing of the photo has to appear in it.

        A thing that the photo does not show then takes on its texture; many passes would replace it by what it shows.
        """
        return replace(self, engine=replace(self.engine, iterations=1, alpha=None))


Photo = Pyramid | Patched
"""What others can be made of: a photo that was learnt, or one that is taken as it is."""


def patched(photo: str | Path | Picture, max_size: int = 250) -> Patched:
    """``photo``, with its longer side reduced to ``max_size``, as a training does: a remark where that was to do."""
    picture = photo if isinstance(photo, Picture) else _read(Path(photo))
    image, longer = picture.tensor(), max(picture.width, picture.height)
    if longer <= max_size:
        return Patched(image)
    height, width = length(picture.height, max_size / longer), length(picture.width, max_size / longer)
    remark = f"The photo of {picture.width} x {picture.height} pixels was reduced to {width} x {height} (max_size)."
    return Patched(resize(image, (height, width)).clamp(0, 1), remarks=(remark,))


def _read(path: Path) -> Picture:
    if path.is_file() and not is_picture(path):
        raise SingleError(f"{path} is not a picture: the engine patches is given the photo itself, and no model")
    return read(path)
