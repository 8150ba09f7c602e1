"""Sides that a net can halve as often as it must."""

from __future__ import annotations

import torch
from torch.nn.functional import pad


def filled(image: torch.Tensor, multiple: int, least: int = 1) -> torch.Tensor:
    """``image`` (N, C, H, W) continued at the right and below, to sides that ``multiple`` divides, ``least`` or more.

    It is mirrored there, or its border repeated where there is too little to mirror. ``multiple`` divides ``least``
    unless that is 1.

    >>> filled(torch.tensor([[[[1.0, 2.0, 3.0]]]]), 2)
    tensor([[[[1., 2., 3., 2.],
              [1., 2., 3., 2.]]]])
    """
    height, width = image.shape[-2:]
    below, right = (max(-side % multiple, least - side) for side in (height, width))
    image = pad(image, (0, right, 0, 0), mode="reflect" if right < width else "replicate")
    return pad(image, (0, 0, 0, below), mode="reflect" if below < height else "replicate")
