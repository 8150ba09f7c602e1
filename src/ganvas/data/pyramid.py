"""One photo at many sizes: the ladder of SinGAN's levels, the resizing between them, and the photo as a stream."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Generic, Literal, NamedTuple, TypeVar

import torch

from ganvas.data.pairs import DataError
from ganvas.images import resize

Quantise = Literal["floor8", "round8", "none"]
SRPyramid = Literal["official", "fixed"]

Batch = TypeVar("Batch", bound=NamedTuple)


@dataclass(frozen=True)
class Ladder:
    """The sizes (height, width) of all levels, the coarsest first; ``factor`` < 1 lies between neighbours.

    ``shrink`` is what the photo itself is resized by before.
    """

    sizes: tuple[tuple[int, int], ...]
    factor: float
    shrink: float = 1.0


def ladder(
    height: int,
    width: int,
    min_size: int = 25,
    max_size: int = 250,
    scale_factor: float = 0.75,
    sr_pyramid: SRPyramid | None = None,
) -> Ladder:
    """The levels of a photo: its longer side is ``max_size`` at most, the shorter one of the coarsest ``min_size``.

    As many as steps of ``scale_factor`` ask for; the factor is then changed so that they end at just these sizes. The
    authors' code for super-resolution counts them in another way, where portraits get a level more by a slip
    (``sr_pyramid`` "official", or "fixed"). Raises :class:`DataError` for a photo that is too small.

    >>> ladder(141, 250).sizes[0], len(ladder(250, 250).sizes)
    ((25, 45), 11)
    """
    whole = int if sr_pyramid else math.ceil
    longer, divisor = max(height, width), width if sr_pyramid == "official" else max(height, width)
    shrink = min(max_size / longer, 1.0)
    finest = length(height, shrink), length(width, shrink)
    if min(finest) < min_size:
        raise DataError(_too_small((height, width), finest, min_size, max_size))
    step = math.log(scale_factor)
    steps = whole(math.log(min_size / min(height, width)) / step) + 1
    steps -= whole(math.log(min(max_size, longer) / divisor) / step)
    steps = max(steps, 0)
    factor = (min_size / min(finest)) ** (1 / steps) if steps else 1.0
    powers = [factor ** (steps - level) for level in range(steps + 1)]
    return Ladder(tuple((length(finest[0], power), length(finest[1], power)) for power in powers), factor, shrink)


def length(pixels: int, factor: float) -> int:
    """``pixels`` times ``factor``, rounded up, but not where only the arithmetic exceeds a whole number.

    >>> length(100, 0.25000000001), length(10, 0.26)
    (25, 3)
    """
    return math.ceil(pixels * factor - 1e-6)


def resized(image: torch.Tensor, factor: float, quantise: Quantise = "floor8") -> torch.Tensor:
    """``image`` (N, C, H, W) in [0, 1] resized by ``factor`` with MATLAB's bicubic kernel, rounded up in size, clamped.

    As in the authors' code the input, not the output, is first made to have 8 bits, by cutting off ("floor8").
    """
    height, width = length(image.shape[-2], factor), length(image.shape[-1], factor)
    return resize(quantised(image, quantise), scale=factor)[..., :height, :width].clamp(0, 1)


def quantised(image: torch.Tensor, how: Quantise) -> torch.Tensor:
    """``image`` clamped to [0, 1], with the values of 8 bits."""
    image = image.clamp(0, 1)
    match how:
        case "floor8":
            return torch.floor(image * 255 + 1e-3) / 255  # what has 8 bits already is to keep them
        case "round8":
            return torch.round(image * 255) / 255
        case "none":
            return image


def eight_bits(image: torch.Tensor, how: Quantise) -> torch.Tensor:
    """The same as uint8; rounded where nothing else is asked for."""
    return quantised(image, "round8" if how == "none" else how).mul(255).round().byte()


def passes(scale: float) -> tuple[int, float]:
    """How often the finest level enlarges, and by what each time, to reach ``scale``: near the cube root of two.

    >>> passes(4), passes(3)
    ((6, 1.2599210498948732), (5, 1.2457309396155174))
    """
    count = max(1, round(3 * math.log2(scale)))
    return count, scale ** (1 / count)


class Repeated(Generic[Batch]):
    """The endless stream of one and the same batch."""

    def __init__(self, batch: Batch) -> None:
        self.position = 0
        self._batch = batch

    def __next__(self) -> Batch:
        self.position += 1
        return self._batch

    def share(self, rank: int, world: int) -> None:
        raise DataError(f"one photo cannot be shared by {world} processes: give --processes 1")


@dataclass(frozen=True)
class Original:
    """Remembers which photo is being learnt: a run of another one is not gone on with."""

    photo: torch.Tensor

    def state_dict(self) -> dict[str, Any]:
        return {"photo": self.photo}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        if not torch.equal(self.photo, state_dict["photo"]):
            raise DataError("the run folder holds the training of another photo: give another --run")


def _too_small(size: tuple[int, int], finest: tuple[int, int], min_size: int, max_size: int) -> str:
    height, width = size
    if min(size) < min_size:
        return f"the photo has {width} x {height} pixels, and its shorter side must have at least {min_size} (min_size)"
    return (
        f"the photo of {width} x {height} pixels becomes {finest[1]} x {finest[0]} at max_size {max_size}, "
        f"and its shorter side must keep at least {min_size} (min_size): give a larger max_size"
    )
