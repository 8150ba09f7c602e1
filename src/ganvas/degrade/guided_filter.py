"""The guided filter: smooth where the guide is smooth, with edges where the guide has them (He, Sun and Tang 2010)."""

from __future__ import annotations

import torch


def guided_filter(guide: torch.Tensor, input: torch.Tensor, radius: int, epsilon: float) -> torch.Tensor:
    """``input`` (N, C, H, W) as a·I + b, where I is ``guide`` (N, 1 or C, H, W) and a, b are means over boxes of side
    2·``radius`` + 1 of the local fits a = cov(I, p) / (var(I) + ε), b = mean(p) - a·mean(I) (equations 5, 6 and 8).

    ``epsilon`` is the variance of the guide below which it counts as smooth.

    >>> ramp = torch.linspace(0, 1, 7).view(1, 1, 1, 7)
    >>> bool((guided_filter(ramp, 1 - 2 * ramp, 2, 1e-9) - (1 - 2 * ramp)).abs().max() < 1e-4)
    True
    """
    guide_mean, input_mean = box_mean(guide, radius), box_mean(input, radius)
    variance = box_mean(guide * guide, radius) - guide_mean**2
    slope = (box_mean(guide * input, radius) - guide_mean * input_mean) / (variance.clamp(min=0) + epsilon)
    intercept = input_mean - slope * guide_mean
    return box_mean(slope, radius) * guide + box_mean(intercept, radius)


def box_mean(image: torch.Tensor, radius: int) -> torch.Tensor:
    """The mean of ``image`` (N, C, H, W) over the part of the box of side 2·``radius`` + 1 that lies inside it."""
    return _line_mean(_line_mean(image.double(), radius, -2), radius, -1).to(image.dtype)


def _line_mean(image: torch.Tensor, radius: int, axis: int) -> torch.Tensor:
    """The same along one axis, as the difference of two running sums, whose cost does not depend on the radius."""
    length = image.shape[axis]
    place = torch.arange(length, device=image.device)
    first, last = (place - radius).clamp(min=0), (place + radius + 1).clamp(max=length)
    sums = torch.cat([torch.zeros_like(image.narrow(axis, 0, 1)), image.cumsum(axis)], dim=axis)
    counts = (last - first).view([-1, 1] if axis == -2 else [-1])
    return (sums.index_select(axis, last) - sums.index_select(axis, first)) / counts
