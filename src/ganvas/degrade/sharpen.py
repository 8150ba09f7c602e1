"""Unsharp masking, by which Real-ESRGAN makes the targets crisper than the photos (Wang et al. 2021, section 3.4)."""

from __future__ import annotations

import torch

from ganvas.degrade.kernels import blurred, gaussian


def sharpen(
    image: torch.Tensor, *, weight: float = 0.5, threshold: float = 10.0, size: int = 51, deviation: float = 8.0
) -> torch.Tensor:
    """``image`` (N, C, H, W) in [0, 1] with ``weight`` of what a Gaussian blur takes away added, where it matters.

    It matters where that is more than ``threshold`` on the scale of 0 to 255, so that noise in flat places stays as it
    is; the mask is blurred too, so that no seam is seen.
    """
    kernels = [gaussian(size, (deviation, deviation))] * len(image)
    residual = image - blurred(image, kernels)
    mask = blurred((residual.abs() * 255 > threshold).to(image), kernels)
    crisp = (image + weight * residual).clamp(0, 1)
    return torch.lerp(image, crisp, mask.clamp(0, 1))
