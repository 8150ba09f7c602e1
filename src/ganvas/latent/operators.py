"""What can be measured of a picture: linear operators, all of which gradients pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch.nn.functional import conv2d, pad

from ganvas.images import resize
from ganvas.latent.model import LatentError

Shape = tuple[int, int, int]
"""Channels, height and width of a picture."""

Side = Literal["left", "right", "top", "bottom"]
Kind = Literal["full", "random", "half", "box", "first", "downsample", "blur", "grey", "gaussian"]


@dataclass(frozen=True, eq=False)
class Measurement:
    """Pictures (N, C, H, W) to what is known of them. ``mask`` (1, H, W) is 1 where pixels are known as they are, or
    None where they are mixed.
    """

    name: str
    apply: Callable[[torch.Tensor], torch.Tensor]
    mask: torch.Tensor | None = None

    def __call__(self, images: torch.Tensor) -> torch.Tensor:
        return self.apply(images)


def masked(name: str, mask: torch.Tensor) -> Measurement:
    """The pixels where ``mask`` (1, H, W) is 1, zeros elsewhere."""
    return Measurement(name, lambda images: images * mask, mask)


def full(shape: Shape) -> Measurement:
    """All of it."""
    return masked("full", torch.ones(1, *shape[1:]))


def random_pixels(shape: Shape, share: float, seed: int = 0) -> Measurement:
    """``share`` of the pixels, their number exact, their places by ``seed``."""
    count = shape[1] * shape[2]
    mask = torch.zeros(count)
    mask[torch.randperm(count, generator=torch.Generator().manual_seed(seed))[: round(_share(share) * count)]] = 1
    return masked("random", mask.view(1, *shape[1:]))


def first(shape: Shape, share: float) -> Measurement:
    """The first ``share`` of the pixels, row by row: what the authors' code keeps."""
    mask = (torch.arange(shape[1] * shape[2]) < round(_share(share) * shape[1] * shape[2])).float()
    return masked("first", mask.view(1, *shape[1:]))


def box(shape: Shape, share: float = 0.25, centre: tuple[float, float] = (0.5, 0.5)) -> Measurement:
    """All but a box with ``share`` of the area, its ``centre`` in parts of height and width."""
    _, height, width = shape
    sides = [max(1, round(side * _share(share) ** 0.5)) for side in (height, width)]
    top, left = (
        min(max(round(middle * whole - side / 2), 0), whole - side)
        for middle, whole, side in zip(centre, (height, width), sides, strict=True)
    )
    mask = torch.ones(1, height, width)
    mask[:, top : top + sides[0], left : left + sides[1]] = 0
    return masked("box", mask)


def half(shape: Shape, side: Side = "left") -> Measurement:
    """The half at ``side``; the middle line of an odd number does not belong to it."""
    _, height, width = shape
    mask = torch.zeros(1, height, width)
    rows, columns = height // 2, width // 2
    match side:
        case "left":
            mask[:, :, :columns] = 1
        case "right":
            mask[:, :, width - columns :] = 1
        case "top":
            mask[:, :rows] = 1
        case "bottom":
            mask[:, height - rows :] = 1
    return masked("half", mask)


def downsample(scale: int) -> Measurement:
    """``scale`` times smaller, by MATLAB's bicubic with antialiasing."""
    return Measurement("downsample", lambda images: resize(images, scale=1 / scale))


def blur(sigma: float) -> Measurement:
    """Blurred by a Gaussian of ``sigma`` pixels; the border repeats."""
    radius = max(1, round(3 * sigma))
    line = torch.exp(-torch.arange(-radius, radius + 1.0).square() / (2 * sigma**2))
    kernel = torch.outer(line, line) / line.sum().square()

    def apply(images: torch.Tensor) -> torch.Tensor:
        each = pad(images.flatten(0, 1)[:, None], [radius] * 4, mode="replicate")
        return conv2d(each, kernel[None, None]).view(images.shape)

    return Measurement("blur", apply)


def grey() -> Measurement:
    """The mean of the channels."""
    return Measurement("grey", lambda images: images.mean(1, keepdim=True))


def gaussian(shape: Shape, count: int, seed: int = 0) -> Measurement:
    """``count`` sums of all pixels with weights of N(0, 1 / ``count``), which keep lengths on average."""
    size = shape[0] * shape[1] * shape[2]
    weights = torch.randn(size, count, generator=torch.Generator().manual_seed(seed)) / count**0.5
    return Measurement("gaussian", lambda images: images.flatten(1) @ weights)


def measurement(
    kind: Kind, shape: Shape, share: float | None = None, *, side: Side = "left", seed: int = 0
) -> Measurement:
    """The operator ``kind`` for pictures of ``shape``, ``share`` of the pixels where that means something.

    For "box" it is the share that is missing. 0.2 of random or first pixels, 0.25 of a box, as many sums as 0.2 of the
    pixels, four times smaller, a Gaussian of 1.5 pixels where nothing else is asked for.
    """
    known = 0.2 if share is None else share
    match kind:
        case "full":
            return full(shape)
        case "random":
            return random_pixels(shape, known, seed)
        case "first":
            return first(shape, known)
        case "box":
            return box(shape, 0.25 if share is None else share)
        case "half":
            return half(shape, side)
        case "downsample":
            return downsample(4)
        case "blur":
            return blur(1.5)
        case "grey":
            return grey()
        case "gaussian":
            return gaussian(shape, max(1, round(_share(known) * shape[0] * shape[1] * shape[2])), seed)


def _share(share: float) -> float:
    if not 0 < share <= 1:
        raise LatentError(f"a share of the pixels is above 0 and 1 at most, not {share:g}")
    return share
