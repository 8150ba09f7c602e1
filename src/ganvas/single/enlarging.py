"""The photo enlarged by its own finest level, again and again, and by the levels below it where they suit better."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch.nn.functional import avg_pool2d, interpolate, one_hot, pad

from ganvas.data.pyramid import passes
from ganvas.images import Picture
from ganvas.nets.pyramid import Pyramid, fitted
from ganvas.single.quantise import lloyd
from ganvas.single.trained import SingleError, seeded

LARGEST = 16.0
REGIONS = 3
LOWER = 2
"""So many levels below the finest take part."""


def enlarge(pyramid: Pyramid, scale: float = 4.0, seed: int = 0) -> Picture:
    """The photo ``scale`` times as large, int(scale·H) x int(scale·W): small steps, after each the finest level.

    Rott Shaham et al. 2019, section 4 (super-resolution); the recipe's preset ``enlarge`` is the training for it.
    """
    last = len(pyramid.levels) - 1
    return _in_steps(pyramid, scale, seed, lambda larger: _remade(pyramid, last, larger))


def enlarge_by_region(pyramid: Pyramid, scale: float = 4.0, seed: int = 0) -> Picture:
    """The same, but each region is a blend of what the finest level and the two below make of it (an idea of Mendelman
    2023).

    Regions are the parts of the photo with little, more and much detail. How much each level counts in a region, the
    photo itself tells: the less it errs there about the photo when that is reduced by a step, and enlarged again.
    """
    levels, (_, step) = _able(pyramid), _steps(scale)
    with seeded(pyramid, seed):
        regions = regions_of(pyramid.real(levels[-1]), pyramid.receptive_field)
        shares = shares_of(pyramid, levels, regions, step)

    def blended(larger: torch.Tensor) -> torch.Tensor:
        size = larger.shape[-2:]
        weights = torch.einsum("nkhw,kl->lnhw", interpolate(regions, size, mode="bilinear"), shares)
        made = [_remade(pyramid, level, larger) for level in levels]
        return torch.stack([weight[:, None] * each for weight, each in zip(weights, made, strict=True)]).sum(dim=0)

    return _in_steps(pyramid, scale, seed, blended)


def regions_of(image: torch.Tensor, window: int = 11) -> torch.Tensor:
    """How far each pixel of ``image`` (1, 3, H, W) belongs to the regions of little, more and much detail.

    (1, 3, H, W), of sum 1. Detail is the logarithm of the standard deviation of the grey values within ``window``;
    K-means makes the regions, and the mean within a window softens their borders.
    """
    grey = image.mean(dim=1, keepdim=True)
    variance = (_local_mean(grey.square(), window) - _local_mean(grey, window).square()).clamp(min=0)
    detail = (variance.sqrt() + 1 / 255).log().flatten()[:, None]
    begin = detail.quantile(torch.linspace(0, 1, REGIONS, device=detail.device), dim=0)
    nearest = (detail - lloyd(detail, begin).sort(dim=0).values.T).abs().argmin(dim=1)
    hard = one_hot(nearest, REGIONS).to(image.dtype).T.reshape(1, REGIONS, *image.shape[-2:])
    return _local_mean(hard, window)


def shares_of(pyramid: Pyramid, levels: Sequence[int], regions: torch.Tensor, step: float) -> torch.Tensor:
    """How much each of ``levels`` counts in each of ``regions``, (regions, levels), of sum 1 over the levels.

    In inverse proportion to the squared error that it makes there: the weights of the best mean of independent guesses.
    """
    real = pyramid.real(levels[-1])
    back = fitted(pyramid.resize(pyramid.resize(real, 1 / step), step), (real.shape[-2], real.shape[-1]))
    wrong = torch.cat([(_remade(pyramid, level, back) - real).square().mean(dim=1) for level in levels])
    errors = torch.einsum("khw,lhw->kl", regions[0], wrong) / regions[0].sum(dim=(1, 2)).clamp(min=1e-6)[:, None]
    trust = 1 / (errors + 1e-8)
    return trust / trust.sum(dim=1, keepdim=True)


def _in_steps(pyramid: Pyramid, scale: float, seed: int, remade: Callable[[torch.Tensor], torch.Tensor]) -> Picture:
    """The photo resized and ``remade`` in turn until it is ``scale`` times as large."""
    count, step = _steps(scale)
    image = pyramid.real(len(pyramid.levels) - 1)
    size = int(scale * image.shape[-2]), int(scale * image.shape[-1])
    with seeded(pyramid, seed):
        for _ in range(count):
            image = remade(pyramid.resize(image, step))
        return Picture.from_tensor(fitted(image, size))


def _steps(scale: float) -> tuple[int, float]:
    if not 1 < scale <= LARGEST:
        raise SingleError(f"a photo cannot be enlarged {scale:g} times: give a scale above 1, up to {LARGEST:g}")
    return passes(scale)


def _remade(pyramid: Pyramid, level: int, larger: torch.Tensor) -> torch.Tensor:
    return pyramid.made(level, larger, pyramid.noise(level, (larger.shape[-2], larger.shape[-1])))


def _able(pyramid: Pyramid) -> list[int]:
    """The finest level and those below it, but the coarsest, which has learnt to start from nothing."""
    last = len(pyramid.levels) - 1
    return list(range(max(last - LOWER, min(1, last)), last + 1))


def _local_mean(image: torch.Tensor, window: int) -> torch.Tensor:
    """The mean of the ``window`` around each pixel, an odd number of pixels wide; borders are repeated."""
    return avg_pool2d(pad(image, [window // 2] * 4, mode="replicate"), window, stride=1)
