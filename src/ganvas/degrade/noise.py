"""Noise of sensors: Gaussian from the electronics, Poisson from the light itself; in colour or in brightness alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch

from ganvas.degrade.jpeg import LUMA
from ganvas.degrade.kernels import Range


def gaussian_noise(
    image: torch.Tensor, deviation: torch.Tensor, grey: torch.Tensor, random: np.random.Generator
) -> torch.Tensor:
    """``image`` (N, 3, H, W) in [0, 1] plus normal noise of ``deviation`` (N,). Where ``grey`` (N,) bool all three
    channels get the same, from one field for all samples of the batch.
    """
    noise = _normal(random, image.shape)
    if grey.any():
        noise[grey] = _normal(random, (1, 1, *image.shape[-2:]))
    return image + noise.to(image) * deviation.to(image).view(-1, 1, 1, 1)


def poisson_noise(
    image: torch.Tensor, strength: torch.Tensor, grey: torch.Tensor, random: np.random.Generator
) -> torch.Tensor:
    """``image`` (N, 3, H, W) plus ``strength`` (N,) times the noise of counted light; ``grey`` (N,) bool as above.

    Noise = Poisson(v·V)/V - v, of which the variance is v/V, where v is the picture in 8 bits and V the number of its
    distinct values, rounded up to a power of two.
    """
    samples = zip(image, strength.tolist(), grey.tolist(), strict=True)
    noise = [factor * _counting_noise(sample, same, random).expand_as(sample) for sample, factor, same in samples]
    return image + torch.stack(noise)


@dataclass(frozen=True)
class Noise:
    """Gaussian noise for the whole batch in the share ``gaussian`` of the cases, else Poisson; each sample has its own
    size of it, and is grey in the share ``grey``. ``deviation`` is on the scale of 0 to 255.
    """

    gaussian: float = 0.5
    deviation: Range = (1.0, 30.0)
    strength: Range = (0.05, 3.0)
    grey: float = 0.4

    def __call__(self, image: torch.Tensor, random: np.random.Generator) -> torch.Tensor:
        """``image`` (N, 3, H, W) with noise, clipped to [0, 1]."""
        grey = torch.from_numpy(random.random(len(image)) < self.grey)
        if random.random() < self.gaussian:
            deviation = torch.from_numpy(random.uniform(*self.deviation, size=len(image))) / 255
            return gaussian_noise(image, deviation, grey, random).clamp(0, 1)
        strength = torch.from_numpy(random.uniform(*self.strength, size=len(image)))
        return poisson_noise(image, strength, grey, random).clamp(0, 1)


def _normal(random: np.random.Generator, shape: tuple[int, ...]) -> torch.Tensor:
    return torch.from_numpy(random.standard_normal(shape, dtype=np.float32))


def _counting_noise(sample: torch.Tensor, grey: bool, random: np.random.Generator) -> torch.Tensor:
    """(3, H, W), or (1, H, W) for ``grey``, from ``sample`` (3, H, W)."""
    if grey:
        sample = (sample * torch.tensor(LUMA).to(sample).view(3, 1, 1)).sum(dim=0, keepdim=True)
    eight_bit = sample.clamp(0, 1).mul(255).round()
    distinct = int((eight_bit.flatten().long().bincount() > 0).sum())
    levels = 2 ** math.ceil(math.log2(distinct))
    value = eight_bit.cpu().double().numpy() / 255
    counts = random.poisson(value * levels)
    return torch.from_numpy(counts / levels - value).to(sample)
