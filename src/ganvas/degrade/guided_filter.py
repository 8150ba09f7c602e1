"""The guided filter: smooth where the guide is smooth, with edges where the guide has them (He, Sun and Tang 2010)."""

from __future__ import annotations

import torch
from torch.nn import functional


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
    side = 2 * radius + 1
    rows = functional.avg_pool2d(image, (side, 1), 1, (radius, 0), count_include_pad=False)
    return functional.avg_pool2d(rows, (1, side), 1, (0, radius), count_include_pad=False)
