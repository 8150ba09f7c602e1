"""Full-reference metrics on tensors (N, C, H, W); the mean is over everything, so give one picture at a time.

The windows of torchmetrics' SSIM reach over the border of the picture, into its mirror image; the paper's, and
scikit-image's, do not, so SSIM is computed here.
"""

from __future__ import annotations

import math

import torch
from torch.nn.functional import avg_pool2d, conv2d

from ganvas.errors import GanvasError

WINDOW, SIGMA = 11, 1.5
MS_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Wang, Simoncelli, Bovik 2003, section 3.2; they sum to 1."""

MS_SIDE = (WINDOW - 1) * 2 ** (len(MS_WEIGHTS) - 1) + 1
"""The shortest side whose fifth scale holds a window: 161, 81, 41, 21, 11."""


class MetricError(GanvasError):
    """Pictures that cannot be compared; the message is one sentence for the user."""


def psnr(output: torch.Tensor, target: torch.Tensor, data_range: float = 255.0) -> float:
    """10 log10(range² / mean squared error) in dB, infinite for equal pictures; ``data_range`` is the largest value.

    >>> round(psnr(torch.zeros(1, 1, 2, 2), torch.full((1, 1, 2, 2), 25.5)), 6)
    20.0
    """
    one, other = _doubles(output, target)
    error = (one - other).square().mean().item()
    return math.inf if error == 0 else 10 * math.log10(data_range**2 / error)


def ssim(output: torch.Tensor, target: torch.Tensor, data_range: float = 255.0) -> float:
    """The mean structural similarity (Wang et al. 2004, equations 13 and 17), in [-1, 1], 1 for equal pictures.

    An 11x11 Gaussian window of deviation 1.5, population variances, K1 = 0.01, K2 = 0.03, only windows that lie within
    the picture, per channel, then the mean. Raises :class:`MetricError` below 11 pixels a side.

    >>> round(ssim(torch.zeros(1, 1, 11, 11), torch.full((1, 1, 11, 11), 255.0)), 6)  # C1 / (range² + C1)
    0.0001
    """
    return _similarity(*_doubles(output, target), data_range)[0].mean().item()


def ms_ssim(output: torch.Tensor, target: torch.Tensor, data_range: float = 255.0) -> float:
    """The multi-scale structural similarity (Wang et al. 2003, equation 7), in [0, 1], 1 for equal pictures.

    The product over five scales, each half the one before, of contrast times structure, at the coarsest also of
    luminance, each to the power of its weight; per channel, then the mean. Negative factors count as zero. Raises
    :class:`MetricError` below 161 pixels a side.
    """
    one, other = _doubles(output, target)
    if min(one.shape[-2:]) < MS_SIDE:
        raise MetricError(f"MS-SSIM needs pictures of at least {MS_SIDE} pixels a side: leave it out for smaller ones")
    factors = list[torch.Tensor]()
    for scale in range(len(MS_WEIGHTS)):
        if scale:
            # The authors' halving mirrors the border, so that an odd side gives one pixel more, the mean of those
            # there.
            one, other = avg_pool2d(one, 2, ceil_mode=True), avg_pool2d(other, 2, ceil_mode=True)
        whole, structure = _similarity(one, other, data_range)
        factors.append(whole if scale == len(MS_WEIGHTS) - 1 else structure)
    weights = one.new_tensor(MS_WEIGHTS).view(-1, 1, 1)
    return torch.stack(factors).clamp(min=0).pow(weights).prod(dim=0).mean().item()


def _similarity(x: torch.Tensor, y: torch.Tensor, data_range: float) -> tuple[torch.Tensor, torch.Tensor]:
    """SSIM, and of its factors contrast times structure, each the mean over the windows of a channel, (N, C).

    With C3 = C2 / 2 contrast and structure are one fraction.
    """
    if min(x.shape[-2:]) < WINDOW:
        raise MetricError(f"SSIM needs pictures of at least {WINDOW} pixels a side")
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    mean_x, mean_y = _windowed(x), _windowed(y)
    variances = _windowed(x * x) - mean_x**2 + _windowed(y * y) - mean_y**2
    covariance = _windowed(x * y) - mean_x * mean_y
    structure = (2 * covariance + c2) / (variances + c2)
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    return (luminance * structure).mean(dim=(2, 3)), structure.mean(dim=(2, 3))


def _windowed(image: torch.Tensor) -> torch.Tensor:
    """The Gaussian mean of each whole window, (N, C, H - 10, W - 10)."""
    offset = torch.arange(WINDOW, dtype=image.dtype, device=image.device) - WINDOW // 2
    weight = torch.exp(-(offset**2) / (2 * SIGMA**2))
    weight = (weight / weight.sum()).expand(image.shape[1], 1, -1)
    rows = conv2d(image, weight[..., None], groups=image.shape[1])
    return conv2d(rows, weight[..., None, :], groups=image.shape[1])


def _doubles(output: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Both in float64, where neither an 8-bit difference wraps nor a variance loses its digits."""
    if output.shape != target.shape or output.ndim != 4:
        raise ValueError(f"two (N, C, H, W) of one shape are compared, not {[*output.shape]} and {[*target.shape]}")
    return output.detach().double(), target.detach().double()
