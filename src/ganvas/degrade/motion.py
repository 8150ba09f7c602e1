"""Blur of a hand that shakes: random trajectories (Boracchi and Foi 2012; Kupyn et al. 2018, DeblurGAN, algorithm 1)
and the kernels that they draw.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from ganvas.degrade.kernels import Range, blurred
from ganvas.degrade.rows import generators
from ganvas.images import to_linear, to_srgb

Path = NDArray[np.complex128]
"""Positions in pixels at equal times: x is the real part, y, downwards, the imaginary one."""

POSITIONS = 2000
LENGTH = 60.0
STEP = LENGTH / (POSITIONS - 1)


@dataclass(frozen=True)
class Hand:
    """How a hand shakes: at constant speed, in a direction that changes step by step.

    Added to the velocity v is

    - an impulse that turns it back, 2v·exp(i(π + u - 1/2)), with probability strength · ``impulses``;
    - in the ``code`` that was published strength · (``tremor`` · (n₁ + i·n₂) - ``pull`` · x) · step, so the tremor does
      not depend on the position x, and a pull leads back to the start;
    - in the ``paper``, as printed, strength · (``tremor`` · (n₁ + i·n₂) · ``pull`` · x) · step.

    ``strengths`` are chosen from, the others are the ranges of uniform draws, one a trajectory. By the printed
    algorithm most paths are all but straight.
    """

    strengths: tuple[float, ...] = (0.01, 0.009, 0.008, 0.007, 0.005, 0.003)
    impulses: Range = (0.0, 0.2)
    tremor: Range = (0.0, 10.0)
    pull: Range = (0.0, 0.7)
    variant: Literal["code", "paper"] = "code"

    def __call__(self, random: Sequence[np.random.Generator]) -> Path:
        """A trajectory from 0 for each of the generators, (N, 2000); each is 60 pixels long."""
        drawn = [self._drawn(each) for each in random]
        velocity = np.array([start for start, *_ in drawn])
        turn, shake, pull = (np.array(each).T for each in zip(*[rest for _, *rest in drawn], strict=True))
        path = np.zeros((POSITIONS, len(drawn)), np.complex128)
        for now, (turned, shaken) in enumerate(zip(turn, shake, strict=True)):
            position = path[now]
            velocity = velocity * turned + (shaken * position if self.variant == "paper" else shaken - pull * position)
            velocity *= STEP / np.abs(velocity)
            np.add(position, velocity, out=path[now + 1])
        return path.T

    def _drawn(self, random: np.random.Generator) -> tuple[complex, Path, Path, float]:
        """First velocity; by step the factor of the velocity and the tremor, both (1999,); the pull to the start."""
        strength = float(random.choice(self.strengths))
        ranges = (0, 2 * math.pi), self.impulses, self.tremor, self.pull
        angle, impulses, tremor, pull = (random.uniform(*each) for each in ranges)
        hit, skew = random.random((2, POSITIONS - 1))
        turn = np.where(hit < strength * impulses, 1 - 2 * np.exp(1j * (skew - 0.5)), 1)
        shake = strength * tremor * STEP * random.standard_normal((POSITIONS - 1, 2)).view(np.complex128)[:, 0]
        start = complex(math.cos(angle), math.sin(angle))
        if self.variant == "paper":
            return start * STEP, turn, shake * pull, 0.0
        return start * strength, turn, shake, strength * pull * STEP


PAPER = Hand(strengths=(0.001,), tremor=(0.0, 0.7), variant="paper")


def exposed(path: Path, exposure: float) -> Path:
    """The first part of ``path`` (M,), with its mean in the origin: a blur by it does not shift the picture.

    No net could learn to undo a shift that it cannot see. The published program centres the whole path instead.
    """
    part = path[: max(round(exposure * len(path)), 1)]
    return part - part.mean()


def motion_kernel(path: Path, size: int | None = None) -> torch.Tensor:
    """The kernel that ``path`` (M,) draws, float32 (size, size), of sum 1; the origin is its central pixel.

    Each position is spread bilinearly over four pixels. The size is odd, by default the least that holds the path.

    >>> motion_kernel(np.array([0.0, 0.5 + 0j]))[1]
    tensor([0.0000, 0.7500, 0.2500])
    """
    reach: int = math.ceil(max(np.abs(path.real).max(), np.abs(path.imag).max()))
    if size is None:
        size = 2 * reach + 1
    if size % 2 == 0 or size // 2 < reach:
        raise ValueError(f"the path needs an odd size of at least {2 * reach + 1}, not {size}")
    kernel = np.zeros((size + 1) ** 2)  # one more for neighbours of weight zero
    left, top = np.floor(path.real), np.floor(path.imag)
    right, down = path.real - left, path.imag - top
    first = ((top + size // 2) * (size + 1) + left + size // 2).astype(np.int64)
    for row, height in ((0, 1 - down), (1, down)):
        for column, width in ((0, 1 - right), (1, right)):
            kernel += np.bincount(first + row * (size + 1) + column, height * width, len(kernel))
    square = kernel.reshape(size + 1, size + 1)[:size, :size] / len(path)
    return torch.from_numpy(square.astype(np.float32))


@dataclass(frozen=True)
class MotionBlur:
    """Blurs each sample by a kernel of its own: that of the part of a trajectory that one of the ``exposures`` sees.

    ``longest`` is the length in pixels of a whole trajectory; kernels scale with it. ``linear`` adds up light, as a
    camera does, instead of sRGB values, as the literature does.
    """

    hand: Hand = Hand()
    exposures: tuple[float, ...] = (0.1, 0.5, 1.0)
    longest: float = LENGTH
    linear: bool = False

    def __call__(self, image: torch.Tensor, random: np.random.Generator) -> torch.Tensor:
        """``image`` (N, C, H, W) in [0, 1], blurred. Row k depends on itself and the k-th number of ``random``."""
        return self.blurred(image, self.kernels(len(image), random))

    def kernels(self, count: int, random: np.random.Generator) -> list[torch.Tensor]:
        """``count`` kernels, float32 (k, k), of odd sizes that follow from how far the paths reach."""
        each = generators(random, count)
        paths = self.hand(each) * (self.longest / LENGTH)
        chosen = [float(own.choice(self.exposures)) for own in each]
        return [motion_kernel(exposed(path, exposure)) for path, exposure in zip(paths, chosen, strict=True)]

    def blurred(self, image: torch.Tensor, kernels: Sequence[torch.Tensor]) -> torch.Tensor:
        """``image`` (N, C, H, W) blurred, each sample by its own of the ``kernels``."""
        if self.linear:
            return to_srgb(blurred(to_linear(image), kernels)).clamp(0, 1)
        return blurred(image, kernels).clamp(0, 1)


@dataclass(frozen=True)
class FrameAverage:
    """The mean of one of the ``frames`` of a film (Nah et al. 2017, GoPro), here of one photo that moves along a smooth
    path; in the middle it is where it was, so that the photo is the sharp picture.

    From frame to frame it moves by ``shift`` pixels and turns by ``turn`` degrees either way about some point of the
    picture; ``bend`` is how far, in radians, the direction of the shift swings to either side. Between the frames it is
    seen at every pixel of the way, so that nothing appears twice. ``linear`` adds up light, not sRGB values.
    """

    frames: tuple[int, ...] = (7, 9, 11, 13)
    shift: Range = (0.2, 2.0)
    turn: Range = (0.0, 0.2)
    bend: float = 1.5
    linear: bool = True

    def __call__(self, image: torch.Tensor, random: np.random.Generator) -> torch.Tensor:
        """``image`` (N, C, H, W) in [0, 1], blurred. Row k depends on itself and the k-th number of ``random``."""
        size = image.shape[-2], image.shape[-1]
        return self.averaged(image, [self.moves(size, each) for each in generators(random, len(image))])

    def averaged(self, image: torch.Tensor, moves: Sequence[torch.Tensor]) -> torch.Tensor:
        """``image`` (N, C, H, W) averaged, each sample over its own of the ``moves``."""
        light = to_linear(image) if self.linear else image
        means = torch.stack([_mean(row, each.to(image)) for row, each in zip(light, moves, strict=True)])
        return (to_srgb(means) if self.linear else means).clamp(0, 1)

    def moves(self, size: tuple[int, int], random: np.random.Generator) -> torch.Tensor:
        """Where a picture of ``size`` (height, width) is over time: maps (T, 2, 3), T odd, of (x, y, 1), in pixels from
        the picture's centre, to the pixel seen there.
        """
        count = int(random.choice(self.frames))
        ranges = self.shift, (0, 2 * math.pi), (-self.bend, self.bend), (-self.bend, self.bend)
        shift, direction, swing, curve = (random.uniform(*each) for each in ranges)
        turn = math.radians(random.uniform(*self.turn)) * random.choice((-1, 1))
        pivot = complex(*(random.uniform(-0.5, 0.5, size=2) * (size[1], size[0])))
        fastest = shift + abs(turn) * (abs(pivot) + math.hypot(*size) / 2)
        half = max(math.ceil(count * fastest / 2), count // 2)
        time = np.arange(-half, half + 1) / (half + 0.5)  # the middles of equal parts of [-1, 1]
        way = np.cumsum(np.exp(1j * (direction + swing * time + curve * time**2))) * shift * count / len(time)
        turned = np.exp(1j * turn * count / 2 * time)
        offset = pivot - turned * pivot + way - way[half]
        rows = [turned.real, -turned.imag, offset.real], [turned.imag, turned.real, offset.imag]
        return torch.from_numpy(np.array(rows)).permute(2, 0, 1)


def _mean(row: torch.Tensor, moves: torch.Tensor) -> torch.Tensor:
    """The mean of ``row`` (C, H, W) over ``moves`` (T, 2, 3); mirrored beyond the border."""
    height, width = row.shape[-2:]
    half = torch.tensor([width - 1, height - 1]).to(row).clamp(min=1) / 2
    across, down = (torch.linspace(-1, 1, side).to(row) for side in (width, height))
    places = torch.stack([across.expand(height, -1), down[:, None].expand(-1, width)], dim=-1) * half
    total = torch.zeros_like(row)
    for move in moves:
        seen = (places @ move[:, :2].T + move[:, 2]) / half
        total += functional.grid_sample(row[None], seen[None], "bilinear", "reflection", align_corners=True)[0]
    return total / len(moves)
