"""What a batch can be: NCHW float32 tensors in [0, 1], named."""

from __future__ import annotations

from typing import NamedTuple

import torch


class Images(NamedTuple):
    """Pictures, or points of the plane (N, 2): whatever an unconditional generator imitates."""

    image: torch.Tensor


class Labelled(NamedTuple):
    """Pictures with their class, int64 (N,)."""

    image: torch.Tensor
    label: torch.Tensor


class Pairs(NamedTuple):
    """What a net is given and what it should make of it; in super-resolution the target is ``scale`` times larger."""

    input: torch.Tensor
    target: torch.Tensor


class Sharpened(NamedTuple):
    """Pairs of which the target was sharpened, and ``real``, the same picture as the camera saw it: what a
    discriminator should take for real, lest the generator learns the halos of sharpening.
    """

    input: torch.Tensor
    target: torch.Tensor
    real: torch.Tensor


class Unpaired(NamedTuple):
    """Pictures of two domains with no correspondence between them."""

    a: torch.Tensor
    b: torch.Tensor
