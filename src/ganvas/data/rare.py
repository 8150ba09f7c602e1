"""What photos seldom show, made from photos: drawings without a grey step, and nothing at all."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn.functional import adaptive_avg_pool2d, interpolate


def crisped(image: torch.Tensor, random: np.random.Generator) -> torch.Tensor:
    """``image`` (C, H, W) in two colours without any step between them, from clean shapes to scattered dots.

    So are printed pages, dithered pictures, stars and what screens draw, but nothing that was reduced with care. A net
    that never saw any makes garbage of it.
    """
    noise = torch.from_numpy(random.normal(scale=random.choice([0, 0.03, 0.3, 3]), size=image.shape[-2:])).float()
    grey = random.random() < 0.5
    shade = (image.mean(0, keepdim=True).expand_as(image) if grey else image) + noise
    above = shade > shade.flatten().quantile(random.beta(0.5, 0.5))
    ink, paper = torch.from_numpy(random.random((2, len(image), 1, 1))).float()
    if random.random() < 0.5:
        ink, paper = torch.tensor([[0.0], [1.0]])[torch.from_numpy(random.permutation(2))][..., None]
    return torch.where(above, ink, paper)


def smoothed(image: torch.Tensor, random: np.random.Generator, noise: float = 4.0) -> torch.Tensor:
    """What is left of ``image`` (C, H, W) seen as 1 to 6 pixels a side: one colour, a gradient, a lens out of focus.

    Half of the results have the noise of a sensor, of a deviation up to ``noise`` of 255. A generator that plays for
    praise never sees enough of it to learn that there is nothing to add, and takes noise for texture.
    """
    left = random.choice([1, 1, 2, 3, 6])
    few = adaptive_avg_pool2d(image, int(left))
    smooth = interpolate(few[None], image.shape[-2:], mode="bicubic", align_corners=False)[0]
    deviation = random.choice([0, random.uniform(0, noise / 255)])
    grain = torch.from_numpy(random.normal(size=image.shape)).float()
    return (smooth + deviation * grain).clamp(0, 1).mul(255).round().div(255)
