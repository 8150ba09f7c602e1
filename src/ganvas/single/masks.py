"""Which part of a picture is to be made anew."""

from __future__ import annotations

import numpy as np
import torch
from scipy.ndimage import distance_transform_edt, gaussian_filter

from ganvas.single.trained import SingleError

DIFFERENT = 0.1
"""What differs more than this, of [0, 1], was edited: compression of the file changes less."""


def marked(mask: torch.Tensor) -> torch.Tensor:
    """(1, 1, H, W), true where ``mask`` (1, 3, H, W) is nearer to white than to black."""
    return mask.mean(dim=1, keepdim=True) > 0.5


def changed(edited: torch.Tensor, original: torch.Tensor) -> torch.Tensor:
    """(1, 1, H, W), true where the two (1, 3, H, W) differ."""
    return (edited - original).abs().amax(dim=1, keepdim=True) > DIFFERENT


def softened(mask: torch.Tensor, radius: float, sigma: float = 5.0) -> torch.Tensor:
    """``mask`` (1, 1, H, W; bool) dilated by a disk of ``radius`` pixels, blurred, and stretched to [0, 1], float32."""
    if not mask.any():
        raise SingleError("the mask is empty: nothing in it is white, or the picture is no other than the photo")
    outside = ~mask[0, 0].cpu().numpy()
    # Within the radius of a marked pixel: the same as a dilation, in a time that does not grow with the disk.
    near = np.asarray(distance_transform_edt(outside) <= radius, dtype=np.float32)
    soft = np.asarray(gaussian_filter(near, sigma), dtype=np.float32)
    low, high = soft.min(), soft.max()
    if near.all():
        return torch.ones(mask.shape, device=mask.device)
    return torch.from_numpy((soft - low) / (high - low))[None, None].to(mask.device)
