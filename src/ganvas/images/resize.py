"""Resizing as the literature does it: MATLAB's ``imresize``, one separable weighted sum an axis.

The published bicubic figures of every super-resolution table come from this kernel; PyTorch's own ``interpolate``
differs at the borders, and without ``antialias`` also in the kernel (a = -0.75), so it is not used.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

import torch

from ganvas.images.colour import to_linear, to_srgb

Kernel = Literal["bicubic", "bilinear", "box"]


def resize(
    image: torch.Tensor,
    size: tuple[int, int] | None = None,
    scale: float | None = None,
    *,
    kernel: Kernel = "bicubic",
    linear_light: bool = False,
) -> torch.Tensor:
    """``image`` (N, C, H, W) resized to ``size`` (height, width), or by ``scale`` to (ceil(H·scale), ceil(W·scale)).

    Reductions are antialiased: the kernel is widened by the factor. Beyond the border the picture is mirrored (the edge
    pixel repeats). Values may overshoot [0, 1], as bicubic does; nothing is rounded or clamped. With ``linear_light``
    the sum is taken in linear light and the result encoded as sRGB again.

    >>> resize(torch.arange(8.0).view(1, 1, 1, 8), scale=0.5, kernel="box").flatten().tolist()
    [0.5, 2.5, 4.5, 6.5]
    """
    if (size is None) == (scale is None):
        raise ValueError("give either size or scale")
    height, width = image.shape[-2:]
    if size is None:
        assert scale is not None
        size = math.ceil(height * scale), math.ceil(width * scale)
    factors = (scale, scale) if scale is not None else (size[0] / height, size[1] / width)
    if linear_light:
        image = to_linear(image)
    # The axis that shrinks most goes first: the other then has less to do. The order does not change the sum.
    for axis in sorted((-2, -1), key=lambda axis: factors[axis]):
        image = weighted_sum(image, axis, *taps(image.shape[axis], size[axis], factors[axis], kernel))
    return to_srgb(image) if linear_light else image


@lru_cache(maxsize=64)
def taps(length: int, resized: int, factor: float, kernel: Kernel = "bicubic") -> tuple[torch.Tensor, torch.Tensor]:
    """For each of ``resized`` output positions the input positions it draws on and their weights, both (resized, taps).

    ``factor`` is resized/length up to the rounding of ``resized``. The indices are int64 in [0, length) with the
    mirrored border already applied; the weights are float64 and sum to one in each row.
    """
    function, support = _KERNELS[kernel]
    stretch = max(1.0, 1 / factor)
    reach = math.ceil(2 * support * stretch) + 1
    centre = (torch.arange(resized, dtype=torch.float64) + 0.5) / factor - 0.5
    index = torch.floor(centre - support * stretch).long()[:, None] + torch.arange(reach + 1)
    weight = function((centre[:, None] - index) / stretch)
    weight = weight / weight.sum(dim=1, keepdim=True)
    used = (weight.abs() > 1e-12).any(dim=0)
    mirrored = index[:, used] % (2 * length)
    return torch.minimum(mirrored, 2 * length - 1 - mirrored), weight[:, used]


def weighted_sum(image: torch.Tensor, axis: int, index: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """``image`` with ``axis`` replaced by the sums of its entries at ``index`` times ``weight``, both (out, taps)."""
    shape = [1] * image.ndim
    shape[axis] = -1
    weight = weight.to(image)
    total = image.index_select(axis, index[:, 0].to(image.device)).mul_(weight[:, 0].view(shape))
    for tap in range(1, index.shape[1]):
        part = image.index_select(axis, index[:, tap].to(image.device))
        total.addcmul_(part, weight[:, tap].view(shape))
    return total


def _bicubic(x: torch.Tensor) -> torch.Tensor:
    """Keys' cubic convolution with a = -1/2 (Keys 1981, equation 4)."""
    x = x.abs()
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return torch.where(x <= 1, near, torch.where(x < 2, far, torch.zeros_like(x)))


def _bilinear(x: torch.Tensor) -> torch.Tensor:
    return (1 - x.abs()).clamp(min=0)


def _box(x: torch.Tensor) -> torch.Tensor:
    return ((x >= -0.5) & (x < 0.5)).to(x)


_KERNELS: dict[Kernel, tuple[Callable[[torch.Tensor], torch.Tensor], float]] = {
    "bicubic": (_bicubic, 2.0),
    "bilinear": (_bilinear, 1.0),
    "box": (_box, 0.5),
}
