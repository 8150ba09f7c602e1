"""How a good picture becomes a small one. A net learns to undo the reduction it was shown, so its name goes on the
card.
"""

from __future__ import annotations

from typing import Literal

import torch

from ganvas.images import resize, to_linear, to_srgb

Reduction = Literal["bicubic", "bilinear", "box", "linear-box", "gaussian"]


def reduce(image: torch.Tensor, scale: int, how: Reduction = "bicubic", *, rounded: bool = True) -> torch.Tensor:
    """``image`` (N, C, H, W) in [0, 1] reduced ``scale`` times; H and W must be multiples of ``scale``.

    - ``bicubic``: MATLAB's antialiased bicubic, the default of the literature; ``bilinear``, ``box``: likewise.
    - ``linear-box``: the mean of scale x scale pixels in linear light by gamma 2.2.
    - ``gaussian``: a blur of deviation 0.4·scale, then every scale-th pixel, as the ESPCN paper words it.

    ``rounded`` clamps and rounds to 8 bits, as a file would.
    """
    if image.shape[-2] % scale or image.shape[-1] % scale:
        raise ValueError(f"{tuple(image.shape[-2:])} is not a multiple of the scale {scale}")
    match how:
        case "linear-box":
            low = to_srgb(resize(to_linear(image, gamma=2.2), scale=1 / scale, kernel="box"), gamma=2.2)
        case "gaussian":
            low = _blurred(image, 0.4 * scale)[..., ::scale, ::scale]
        case kernel:
            low = resize(image, scale=1 / scale, kernel=kernel)
    return low.clamp(0, 1).mul(255).round().div(255) if rounded else low


def _blurred(image: torch.Tensor, deviation: float) -> torch.Tensor:
    reach = min(round(4 * deviation), image.shape[-1] - 1, image.shape[-2] - 1)
    offset = torch.arange(-reach, reach + 1, dtype=image.dtype, device=image.device)
    weight = torch.exp(-(offset**2) / (2 * deviation**2))
    weight = (weight / weight.sum()).expand(image.shape[1], 1, -1)
    padded = torch.nn.functional.pad(image, [reach] * 4, mode="reflect")
    rows = torch.nn.functional.conv2d(padded, weight[..., None], groups=image.shape[1])
    return torch.nn.functional.conv2d(rows, weight[..., None, :], groups=image.shape[1])
