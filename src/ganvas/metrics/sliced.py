"""How far the patches of a set of pictures are from those of another, at each size of detail: the sliced Wasserstein
distance on the Laplacian pyramid (Karras et al. 2018, section 5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import conv2d, pad

from ganvas.metrics.fid import rounded
from ganvas.metrics.fidelity import MetricError
from ganvas.metrics.figure import Figure

PATCH, PATCHES = 7, 128
"""The side of a patch, and how many there are of a picture on a level."""

DIRECTIONS, REPEATS = 128, 4
"""How many random directions are looked along at a time, and how many times."""

LEAST = 16
"""The shorter side of the coarsest level, at least."""

PICTURES = 16_384
"""The pictures a set of the paper; their patches on a level of colour take 1.2 GB."""

AT_ONCE = 16
"""Directions that are sorted at a time: more take more memory and are not faster."""

TAPS = (0.0625, 0.25, 0.375, 0.25, 0.0625)

Size = tuple[int, int]
"""Height and width."""


@dataclass(frozen=True)
class Swd(Figure):
    """1000 times the distance at each level, finest first, by its size, and their mean in ``value``.

    ``same_places`` says that patches were taken at the same places of both sets.
    """

    levels: Mapping[str, float]
    count: int
    seed: int
    same_places: bool

    @property
    def label(self) -> str:
        """What the figure is to be called."""
        return "SWD"

    @property
    def warning(self) -> str | None:
        """What is to be said of too few pictures."""
        if self.count >= PICTURES:
            return None
        return f"only {self.count} pictures, the paper takes {PICTURES:,}: the fewer, the higher the figure"

    @property
    def conditions(self) -> str:
        places = "the same of both sets" if self.same_places else "others in each set"
        return (
            f"mean of the levels {', '.join(self.levels)}, times 1000; {self.count} pictures a set, {PATCHES}"
            f" patches {PATCH} x {PATCH} of each a level, places drawn with seed {self.seed}, {places}, channels"
            f" brought to mean 0 and deviation 1, {REPEATS} x {DIRECTIONS} directions; pictures rounded to 8 bits, not"
            " resized"
        )


class Patches:
    """Random patches of each level of the pictures that were added, float32; the pictures are not kept.

    Places depend on ``seed``, ``side`` (which set it is) and the number of the picture, not on the batches.
    """

    def __init__(self, seed: int = 0, side: int = 0) -> None:
        self.count = 0
        self.size: Size | None = None
        self._seeds = (seed, side)
        self._levels: list[list[torch.Tensor]] = []

    def add(self, images: torch.Tensor) -> None:
        """Takes in ``images`` (N, 3, H, W) in [0, 1]; :class:`MetricError` unless all have one size, of at least 16."""
        if images.ndim != 4 or images.shape[1] != 3:
            raise ValueError(f"pictures are (N, 3, H, W), not {[*images.shape]}")
        size = (images.shape[-2], images.shape[-1])
        if self.size is None:
            if min(size) < LEAST:
                raise MetricError(f"SWD needs pictures of at least {LEAST} pixels a side")
            self.size = size
            self._levels = [[] for _ in level_sizes(size)]
        if size != self.size:
            (height, width), (own_height, own_width) = size, self.size
            raise MetricError(f"SWD needs pictures of one size: {width} x {height} is not {own_width} x {own_height}")
        randoms = [np.random.default_rng([*self._seeds, self.count + index]) for index in range(len(images))]
        for kept, level in zip(self._levels, pyramid(rounded(images.detach().cpu().float()) * 255), strict=True):
            kept += [_cut(picture, random) for picture, random in zip(level, randoms, strict=True)]
        self.count += len(images)

    def normalised(self, level: int) -> torch.Tensor:
        """The patches of ``level``, (N · 128, 3 · 7 · 7), each channel with mean 0 and deviation 1 over all of them."""
        patches = torch.cat(self._levels[level])
        deviation, mean = torch.std_mean(patches, dim=(0, 2, 3), correction=0, keepdim=True)
        # A channel without contrast says nothing; by rounding its deviation need not be 0.
        return ((patches - mean) / torch.where(deviation > 1e-4, deviation, torch.inf)).flatten(1)


def swd(
    fakes: Iterable[torch.Tensor], reals: Iterable[torch.Tensor], *, seed: int = 0, same_places: bool = False
) -> Swd:
    """The sliced Wasserstein distance of two sets of as many pictures of one size; 0 is nearest.

    Sets are batches (N, 3, H, W) in [0, 1]. ``same_places`` cuts patches at the same places of both, so that equal sets
    are 0; else, as in the paper, they are not. The finest level is of noise and edges, the coarsest, of 16 pixels and
    more, of the large shapes.
    """
    sets = [Patches(seed), Patches(seed, 0 if same_places else 1)]
    for patches, batches in zip(sets, (fakes, reals), strict=True):
        for batch in batches:
            patches.add(batch)
    return swd_of(*sets, seed=seed, same_places=same_places)


def swd_of(fakes: Patches, reals: Patches, *, seed: int = 0, same_places: bool = False) -> Swd:
    """The same of patches that are here."""
    if fakes.size is None or reals.size is None:
        raise MetricError("SWD needs pictures in both sets")
    if fakes.size != reals.size or fakes.count != reals.count:
        raise MetricError(
            f"SWD compares sets of as many pictures of one size, not {_told(fakes)} pixels with {_told(reals)}"
        )
    sizes = level_sizes(fakes.size)
    names = [str(height) if height == width else f"{width}x{height}" for height, width in sizes]
    figures = [
        1000 * sliced(fakes.normalised(level), reals.normalised(level), [seed, level]) for level in range(len(sizes))
    ]
    levels = dict(zip(names, figures, strict=True))
    return Swd(sum(figures) / len(figures), levels, fakes.count, seed, same_places)


def sliced(one: torch.Tensor, other: torch.Tensor, seed: Sequence[int]) -> float:
    """The mean over 4 x 128 random directions of the Wasserstein-1 distance of the projections of both (N, D): sorted,
    their mean difference.
    """
    random, distances = np.random.default_rng(seed), list[torch.Tensor]()
    for _ in range(REPEATS * DIRECTIONS // AT_ONCE):
        drawn = torch.from_numpy(random.standard_normal((one.shape[1], AT_ONCE), dtype=np.float32))
        directions = drawn / drawn.norm(dim=0)
        left, right = ((each @ directions).sort(dim=0).values for each in (one, other))
        distances.append((left - right).abs().mean(dim=0, dtype=torch.float64))
    return torch.cat(distances).mean().item()


def level_sizes(size: Size) -> list[Size]:
    """The sizes of the levels, finest first: halved, rounded up, as long as the shorter side has 16 pixels.

    >>> level_sizes((64, 100))
    [(64, 100), (32, 50), (16, 25)]
    """
    sizes = [size]
    while min(half := (-(-sizes[-1][0] // 2), -(-sizes[-1][1] // 2))) >= LEAST:
        sizes.append(half)
    return sizes


def pyramid(images: torch.Tensor) -> list[torch.Tensor]:
    """The Laplacian pyramid of ``images`` (N, C, H, W), finest first (Burt, Adelson 1983): what each half size lacks,
    and last the smallest itself.
    """
    levels, rest = list[torch.Tensor](), images
    for _ in level_sizes((images.shape[-2], images.shape[-1]))[1:]:
        coarse = _smooth(rest)[..., ::2, ::2]
        levels.append(rest - _enlarged(coarse, rest))
        rest = coarse
    return [*levels, rest]


def whole(levels: Sequence[torch.Tensor]) -> torch.Tensor:
    """The pictures of which ``levels`` are the :func:`pyramid`."""
    image = levels[-1]
    for level in reversed(levels[:-1]):
        image = level + _enlarged(image, level)
    return image


def _enlarged(coarse: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """Zeros between the pixels of ``coarse`` up to the size of ``like``, then the same filter, four times as strong."""
    spread = torch.zeros_like(like)
    spread[..., ::2, ::2] = coarse
    return 4 * _smooth(spread)


def _smooth(image: torch.Tensor) -> torch.Tensor:
    """The binomial filter of 5 x 5; beyond the border the picture is mirrored, its last pixel not repeated."""
    channels = image.shape[1]
    across = image.new_tensor(TAPS).view(1, 1, 1, 5).expand(channels, 1, 1, 5)
    rows = conv2d(pad(image, (2, 2, 2, 2), mode="reflect"), across, groups=channels)
    return conv2d(rows, across.transpose(2, 3), groups=channels)


def _cut(picture: torch.Tensor, random: np.random.Generator) -> torch.Tensor:
    """128 patches (128, C, 7, 7) of ``picture`` (C, H, W), at random places within it."""
    windows = picture.unfold(1, PATCH, 1).unfold(2, PATCH, 1)
    tops, lefts = (random.integers(side - PATCH + 1, size=PATCHES) for side in picture.shape[1:])
    return windows[:, torch.from_numpy(tops), torch.from_numpy(lefts)].transpose(0, 1).contiguous()


def _told(patches: Patches) -> str:
    height, width = patches.size or (0, 0)
    return f"{patches.count} of {width} x {height}"
