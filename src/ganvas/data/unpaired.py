"""Two collections of pictures that have nothing to do with each other, picture by picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from ganvas.data.albums import Kept, opened, pictures_below, window
from ganvas.data.batches import Unpaired
from ganvas.data.pairs import DataError
from ganvas.data.stream import Stream

FOLDERS = (("trainA", "trainB"), ("A", "B"), ("a", "b"), ("input", "target"), ("hazy", "clear"))
"""What the two folders of a set may be called; the first is domain a."""


class UnpairedPhotos:
    """The pictures of domains a and b, in the two folders of ``folder`` that are called as one of :data:`FOLDERS`."""

    def __init__(self, folder: Path) -> None:
        found = [names for names in FOLDERS if all((folder / name).is_dir() for name in names)]
        if not found:
            raise DataError(f"{folder} must hold two folders of pictures, called A and B")
        self.a, self.b = (list(pictures_below(folder / name).values()) for name in found[0])

    def __len__(self) -> int:
        """The rounds of a pass: the larger of the two."""
        return max(len(self.a), len(self.b))

    def stream(self, batch: int, patch: int, *, side: int | None = None, seed: int = 0) -> Stream[Unpaired]:
        """Batches of a random window, mirrored in half of the cases, of random pictures of each domain.

        Pictures are resized to squares of ``side`` first, whatever their aspect, as CycleGAN does.
        """
        domains = [Kept(lambda number, paths=paths: opened(paths[number], side, patch)) for paths in (self.a, self.b)]
        counts = len(self.a), len(self.b)

        def draw(random: np.random.Generator, rows: slice, position: int) -> Unpaired:
            seeds = random.integers(2**32, size=batch)[rows]
            numbers = random.integers(counts, size=(batch, 2))[rows]
            samples: list[list[torch.Tensor]] = [[], []]
            for own, chosen in zip(seeds, numbers, strict=True):
                choices = np.random.default_rng(own)
                for domain, number, windows in zip(domains, chosen, samples, strict=True):
                    windows.append(window(domain[int(number)], patch, choices, mirrored=True))
            return Unpaired(*(torch.stack(windows) for windows in samples))

        return Stream(draw, batch, seed, ahead=2)
