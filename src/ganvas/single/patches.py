"""Patch nearest neighbours: samples and edits of one photo, in seconds and without training (Granot et al. 2022)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch.nn.functional import fold, unfold

from ganvas.images import resize
from ganvas.single.patch_search import Field, Grid, followed, nearest
from ganvas.single.trained import SingleError, within

Size = tuple[int, int]
"""Height and width."""


@dataclass(frozen=True)
class PatchNeighbours:
    """GPNN, "Drop the GAN" (arXiv:2103.15545): a picture whose patches all come from one photo.

    From the coarsest level (0) to the finest, each patch of the picture so far is replaced by its nearest in the photo
    at that level, overlaps are averaged, and the result, enlarged, is where the next level starts. In the first pass
    over a level the picture is blurred, having been enlarged, and so is the photo it is compared with. ``settled`` and
    ``exhaustive`` are ours, for speed: at fine levels, where the time goes, what is where has long been decided.
    """

    patch: int = 7
    alpha: float | None = 0.005
    """The smaller, the more of the photo has to appear, see :func:`nearest`; None: nothing has to."""
    iterations: int = 10
    """Passes over a level, at most."""
    settled: float = 5e-4
    """A pass that changes the pixels by less than that in the mean, an eighth of a grey value, is a level's last."""
    noise: float = 0.75
    """Standard deviation of what is added to the coarsest level, whose range is [0, 1]."""
    factor: float = 0.75
    coarsest: int = 21
    """Short side of the coarsest level in pixels."""
    exhaustive: int = 5000
    """Levels of more patches start from the finds of the level before, and ``alpha`` does not count there."""
    memory: int = 2**25
    """Bytes of distances held at once; it does not change the result."""

    def __post_init__(self) -> None:
        if min(self.patch, self.iterations, self.exhaustive) < 1 or self.coarsest < self.patch:
            raise ValueError("patch, iterations and exhaustive are at least 1, coarsest is at least a patch")
        if not 0 < self.factor < 1 or (self.alpha is not None and self.alpha <= 0):
            raise ValueError("factor is between 0 and 1, alpha above 0 or None")

    def sizes(self, photo: Size, size: Size | None = None) -> list[Size]:
        """The sizes of the levels, coarsest first, of ``photo`` or of a picture of ``size`` made of its patches.

        >>> PatchNeighbours().sizes((96, 128))
        [(21, 28), (28, 38), (39, 51), (52, 70), (71, 94), (96, 128)]
        """
        share = self.coarsest / min(photo)
        steps = max(0, round(math.log(share, self.factor)))
        factor = share ** (1 / steps) if steps else 1.0
        height, width = size or photo
        scales = [factor**step for step in range(steps, -1, -1)]
        return [(max(round(height * s), self.patch), max(round(width * s), self.patch)) for s in scales]

    def sample(self, photo: torch.Tensor, seed: int = 0, size: Size | None = None, start: int = 0) -> torch.Tensor:
        """A picture like ``photo`` (1, 3, H, W) in [0, 1], of its size or of ``size``; each ``seed`` gives another.

        The beginning is the photo at level ``start``, grown or shrunk to fit, with noise on it.
        """
        random = torch.Generator().manual_seed(seed)
        sizes = self._levels(photo, size or _size(photo))
        within(start, 0, len(sizes) - 1)
        still = self.retarget(self.real(photo, start), sizes[start])
        noise = self.noise * torch.randn(still.shape, generator=random)
        return self._refined(photo, still + noise.to(still), sizes[start:], random)

    def retarget(self, photo: torch.Tensor, size: Size) -> torch.Tensor:
        """``photo`` in another ``size``: it is not stretched, there is more or less of what it shows."""
        sizes = self._levels(photo, size)
        if size == _size(photo):
            return photo
        random = torch.Generator().manual_seed(0)
        return self._refined(photo, self._fitted(photo, sizes[0], random), sizes, random)

    def inject(self, photo: torch.Tensor, picture: torch.Tensor, level: int) -> torch.Tensor:
        """``picture`` (1, 3, h, w) in [0, 1], made anew of patches of ``photo`` from ``level`` on, in its own size.

        An edited photo loses its seams, a pasted thing takes on the photo's texture, a painting or another photo lends
        its layout (the paper's edits, collages and analogies). The coarser the level, the freer the result.
        """
        sizes = self._levels(photo, _size(picture))
        within(level, 0, len(sizes) - 1)
        return self._refined(photo, picture, sizes[level:], torch.Generator().manual_seed(0))

    def real(self, photo: torch.Tensor, level: int) -> torch.Tensor:
        """``photo`` as it is at ``level``."""
        return resize(photo, self.sizes(_size(photo))[level]).clamp(0, 1)

    def _levels(self, photo: torch.Tensor, size: Size) -> list[Size]:
        if min(*_size(photo), *size) < self.patch:
            raise SingleError(f"photo and result need at least {self.patch} pixels a side, as many as a patch has")
        return self.sizes(_size(photo), size)

    def _fitted(self, photo: torch.Tensor, size: Size, random: torch.Generator) -> torch.Tensor:
        """The coarsest level of ``photo`` brought to ``size`` in small steps, so that its things keep their size."""
        real = image = self.real(photo, 0)
        while _size(image) != size:
            height, width = (_nearer(now, goal) for now, goal in zip(_size(image), size, strict=True))
            image, _ = self._passed(resize(image, (height, width)), real, real, None, random)
        return image

    def _refined(
        self, photo: torch.Tensor, image: torch.Tensor, sizes: list[Size], random: torch.Generator
    ) -> torch.Tensor:
        """``image`` brought through the finest levels of ``photo``, as many as there are ``sizes``."""
        count = len(self.sizes(_size(photo)))
        reals = [self.real(photo, level) for level in range(count - len(sizes), count)]
        blurred, field = reals[0], None
        for real, size in zip(reals, sizes, strict=True):
            image, field = self._passed(resize(image, size), real, resize(blurred, _size(real)), field, random)
            blurred = real
        return image

    def _passed(
        self,
        image: torch.Tensor,
        real: torch.Tensor,
        blurred: torch.Tensor,
        field: Field | None,
        random: torch.Generator,
    ) -> tuple[torch.Tensor, Field | None]:
        """``image`` after all passes over its level, and where its patches were found in ``real``."""
        values, reference = cut(real, self.patch), blurred
        for _ in range(self.iterations):
            field = self._found(image, reference, field, random)
            before, image, reference = image, joined(values[field.rows], _size(image), self.patch), real
            if (image - before).abs().mean() < self.settled:
                break
        return image, field

    def _found(
        self, image: torch.Tensor, reference: torch.Tensor, field: Field | None, random: torch.Generator
    ) -> Field:
        """Where each patch of ``image`` is in ``reference``, begun with ``field`` if there are too many to try all."""
        queries, keys = cut(image, self.patch), cut(reference, self.patch)
        places = self._grid(image), self._grid(reference)
        if len(queries) * len(keys) <= self.exhaustive**2:
            return Field(nearest(queries, keys, self.alpha, self.memory), *places)
        if field is None:  # a picture injected at a fine level: what is where is found on a reduced one
            field = self._found(self._reduced(image), self._reduced(reference), None, random)
        return followed(queries, keys, field.enlarged(*places, self.patch), random)

    def _reduced(self, image: torch.Tensor) -> torch.Tensor:
        height, width = (max(round(side * self.factor), self.patch) for side in _size(image))
        return resize(image, (height, width))

    def _grid(self, image: torch.Tensor) -> Grid:
        height, width = _size(image)
        return height - self.patch + 1, width - self.patch + 1


def cut(image: torch.Tensor, patch: int) -> torch.Tensor:
    """All overlapping patches of ``image`` (1, C, H, W), row by row, ((H - patch + 1)·(W - patch + 1), C·patch²)."""
    return unfold(image, patch)[0].T.contiguous()


def joined(patches: torch.Tensor, size: Size, patch: int) -> torch.Tensor:
    """The picture (1, C, height, width) in which each pixel is the mean of all ``patches`` over it; undoes cutting."""
    votes = torch.ones(1, 1, *size, dtype=patches.dtype, device=patches.device)
    return fold(patches.T[None], size, patch) / fold(unfold(votes, patch), size, patch)


def _size(image: torch.Tensor) -> Size:
    return image.shape[-2], image.shape[-1]


def _nearer(now: int, goal: int) -> int:
    """``goal``, or as near to it as a pixel leads, or 3 %; in steps of 10 % things are stretched."""
    step = max(1, round(0.03 * now))
    return max(now - step, min(now + step, goal))
