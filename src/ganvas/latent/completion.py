"""What is missing of a picture, made by the code whose picture agrees with the rest of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch.nn.functional import conv2d, pad, softplus

from ganvas.latent.inversion import Descent, psnr, search
from ganvas.latent.model import Encode, Generator, LatentError

STARTS = 8
"""Codes to start from; the one that agrees best in the end is taken."""

Judge = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True, eq=False)
class Completion:
    """``images`` (N, C, H, W) with the holes filled; ``made`` is what the codes (N, d) show everywhere, ``costs`` (N,)
    how far that is from what is known.
    """

    images: torch.Tensor
    made: torch.Tensor
    codes: torch.Tensor
    costs: torch.Tensor

    def psnr(self, truth: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(N,): in the hole."""
        return psnr(self.images, truth, 1 - mask)


def complete(
    generator: Generator,
    images: torch.Tensor,
    mask: torch.Tensor,
    *,
    descent: Descent | None = None,
    starts: int = STARTS,
    distance: Literal["l2", "l1"] = "l2",
    discriminator: Judge | None = None,
    weight: float = 0.1,
    encode: Encode | None = None,
    blend: bool = False,
    seed: int = 0,
) -> Completion:
    """``images`` (N, C, H, W) where ``mask`` (1, H, W) is 1, the generator's picture elsewhere: z* has the least
    |m (G(z) - x)|² (or its absolute sum), and with a ``discriminator`` ``weight`` · softplus(-D(G(z))) besides.

    The prior is the descent's ``hold``. ``encode`` gives the first of the ``starts``, seeing the hole filled with the
    mean; ``blend`` takes the seam away by adding to the hole what is harmonic and right at its border.
    """
    if mask.min() == 1 or mask.max() == 0:
        raise LatentError("nothing is to be completed where all is known, or nothing: give a mask with both")
    descent = descent or Descent(steps=300, rate=0.05, falling=True)

    def cost(made: torch.Tensor, codes: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        wrong = (mask * (made - images[targets])).flatten(1)
        total = wrong.square().sum(1) if distance == "l2" else wrong.abs().sum(1)
        return total if discriminator is None else total + weight * softplus(-discriminator(made)).flatten(1).mean(1)

    first = None
    if encode is not None:
        with torch.no_grad():
            first = encode(mean_fill(images, mask))
    found = search(generator, cost, len(images), descent, starts, first, seed)
    with torch.no_grad():
        made = generator(found.codes)
    inner = made + harmonic(images - made, mask) if blend else made
    return Completion(mask * images + (1 - mask) * inner.clamp(0, 1), made, found.codes, found.costs)


def mean_fill(images: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """``images`` (N, C, H, W), their holes filled with the mean of what is known, channel by channel."""
    mean = (images * mask).sum((2, 3), keepdim=True) / mask.sum()
    return images * mask + mean * (1 - mask)


def harmonic(values: torch.Tensor, mask: torch.Tensor, sweeps: int = 500) -> torch.Tensor:
    """``values`` (N, C, H, W), continued from where ``mask`` is 1 into the hole so that each pixel is the mean of its
    four neighbours; of a picture it is the fill by diffusion. The border of the picture repeats.
    """
    kernel = torch.tensor([[0.0, 0.25, 0.0], [0.25, 0.0, 0.25], [0.0, 0.25, 0.0]])[None, None]
    filled = mean_fill(values, mask)
    for _ in range(sweeps):
        around = conv2d(pad(filled.flatten(0, 1)[:, None], [1] * 4, mode="replicate"), kernel)
        filled = values * mask + around.view(values.shape) * (1 - mask)
    return filled
