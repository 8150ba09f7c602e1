"""How a blur came about, and how it is undone, in the frequencies: which kernel lies between two pictures (Schuler et
al. 2016, Learning to Deblur, equation 3), and what of a picture a known kernel has left (Wiener 1949).

Kernels are (N, S, S) with S odd, of sum 1, with the origin in the middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch.fft import fftfreq, irfft2, rfft2, rfftfreq
from torch.nn.functional import pad

BORDER = 20
"""So many pixels around a picture are made up to let it fade into itself, as the frequencies suppose it does."""


def edges(image: torch.Tensor) -> torch.Tensor:
    """How each pixel's grey differs from four of its neighbours', (N, C, H, W) to (N, 4, H, W); it goes around."""
    grey = image.mean(1)
    steps = [((0, 1), 1.0), ((1, 0), 1.0), ((1, 1), 0.7), ((1, -1), 0.7)]
    return torch.stack([weight * (grey - grey.roll(step, (-2, -1))) for step, weight in steps], dim=1)


def faded(image: torch.Tensor, border: int) -> torch.Tensor:
    """A window (H, W) for ``image`` (N, C, H, W): 1, and towards the sides smoothly 0 in ``border`` pixels."""
    height, width = image.shape[-2:]
    return _ramp(height, border, image)[:, None] * _ramp(width, border, image)


def _ramp(length: int, border: int, like: torch.Tensor) -> torch.Tensor:
    place = torch.arange(length).to(like)
    share = ((torch.minimum(place, length - 1 - place) + 0.5) / border).clamp(max=1)
    return share * share * (3 - 2 * share)


def transfer(kernel: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """What ``kernel`` (N, S, S) does to each frequency of pictures of ``size``, (N, 1, H, W // 2 + 1)."""
    (height, width), side = size, kernel.shape[-1]
    placed = pad(kernel, (0, width - side, 0, height - side)).roll((-(side // 2), -(side // 2)), (-2, -1))
    return rfft2(placed)[:, None]


def between(sharp: torch.Tensor, blurred: torch.Tensor, side: int, stiffness: Sequence[float]) -> torch.Tensor:
    """The kernels k that make ``sharp * k`` most like ``blurred``, both (N, C, H, W): (N, len(stiffness), side, side).

    One for each ``stiffness`` b: of all k that with the least |sharp * k - blurred|² + b·P·|k|², P the mean power of
    ``sharp``. Not cut at zero, nor of sum 1.
    """
    x, y = rfft2(sharp), rfft2(blurred)
    power, common = x.abs().square().sum(1, keepdim=True), (x.conj() * y).sum(1, keepdim=True)
    least = power.mean((-2, -1), keepdim=True)
    return _middle(
        irfft2(torch.cat([common / (power + b * least + 1e-6) for b in stiffness], 1), s=sharp.shape[-2:]), side
    )


class Shown(NamedTuple):
    """The ``kernel`` (N, S, S) that a pair shows, and which share of the blurred edges it explains: ``trust`` (N,)."""

    kernel: torch.Tensor
    trust: torch.Tensor


def shown_kernel(sharp: torch.Tensor, blurred: torch.Tensor, side: int) -> Shown:
    """The kernel that made ``blurred`` of ``sharp``, both (N, C, H, W), without what is a tenth of its largest value
    or less, which is noise. Where nothing is to be seen it is a point, and not to be trusted.
    """
    window = faded(sharp, side // 2 + 6)
    before, after = edges(sharp) * window, edges(blurred) * window
    kernel = between(before, after, side, (0.01,))[:, 0]
    kernel = torch.where(kernel > 0.1 * kernel.amax((-2, -1), keepdim=True), kernel, 0)
    total = kernel.sum((-2, -1), keepdim=True)
    point = torch.zeros_like(kernel)
    point[:, side // 2, side // 2] = 1
    kernel = torch.where(total > 0, kernel / total.clamp(min=1e-12), point)
    size = sharp.shape[-2], sharp.shape[-1]
    missed = irfft2(rfft2(before) * transfer(kernel, size), s=size) - after
    left, all_there_is = (each.square().sum((1, 2, 3)) + 1e-12 for each in (missed, after))
    return Shown(kernel, (1 - left / all_there_is).clamp(0, 1))


def echoes(blurred: torch.Tensor, side: int) -> torch.Tensor:
    """Where the edges ``blurred`` (N, C, H, W) come again: autocorrelation and cepstrum, (N, 2, side, side).

    In a sharp picture they hardly do, so this is all but the kernel's own autocorrelation (Yitzhaky and Kopeika 1997).
    """
    power = rfft2(blurred).abs().square().sum(1, keepdim=True)
    size = blurred.shape[-2:]
    correlation = irfft2(power, s=size)
    correlation = correlation / correlation[..., :1, :1].clamp(min=1e-12)
    level = (power + 1e-4 * power.mean((-2, -1), keepdim=True) + 1e-12).log()
    cepstrum = _middle(irfft2(level - level.mean((-2, -1), keepdim=True), s=size), side)
    cepstrum = cepstrum / (cepstrum.square().mean((-2, -1), keepdim=True) + 1e-12).sqrt()
    return torch.cat([_middle(correlation, side), cepstrum], 1)


def _middle(maps: torch.Tensor, side: int) -> torch.Tensor:
    """The ``side`` x ``side`` values around the origin of ``maps`` (N, C, H, W), which lies in their corner."""
    return maps.roll((side // 2, side // 2), (-2, -1))[..., :side, :side]


def wiener(image: torch.Tensor, kernel: torch.Tensor, noise: torch.Tensor) -> list[torch.Tensor]:
    """``image`` (N, C, H, W), as it was before ``kernel`` (N, S, S) blurred it, once for each of the ``noise`` (M,).

    The least squared error there can be where a picture's power falls as 1 / |f|², as that of photos does, and
    ``noise`` is its share at a frequency of 1 / sqrt(40). The sides are mirrored and faded into what the kernel makes
    of the other side, since frequencies know no sides.
    """
    wide = pad(image, (BORDER,) * 4, mode="reflect")
    size = height, width = wide.shape[-2], wide.shape[-1]
    blur = transfer(kernel, size)
    window = faded(wide, BORDER)
    wide = window * wide + (1 - window) * irfft2(rfft2(wide) * blur, s=size)
    power = 40 * (fftfreq(height)[:, None].square() + rfftfreq(width).square()).to(image)
    spectrum, inner = rfft2(wide), slice(BORDER, -BORDER)
    return [
        irfft2(spectrum * blur.conj() / (blur.abs().square() + each * power + 1e-5), s=size)[..., inner, inner]
        for each in noise
    ]
