"""How far apart two pictures are in the eyes of a network that others trained."""

from __future__ import annotations

import torch
from torch.nn.functional import mse_loss, normalize

from ganvas.losses.content import Features


@torch.no_grad()
def perceptual_distance(features: Features, output: torch.Tensor, target: torch.Tensor) -> float:
    """LPIPS (Zhang et al. 2018, equation 1) with all channel weights 1: 0 for equal pictures, at most 4.

    Each layer's features are brought to unit length over the channels at every place; their squared difference is
    summed over channels, averaged over places and over the layers. (N, 3, H, W) in [0, 1]; the mean is over everything,
    so give one picture at a time.

    It is not LPIPS: that weights the channels by what people judged, and its figures are on another scale. Figures of
    different networks or layers cannot be compared with each other. It tells how alike textures and shapes are where
    PSNR counts misplaced pixels, and it flatters generators that were trained on the same features.
    """
    one, other = features(output), features(target)
    layers = [
        # Summed over channels and averaged over places: the mean over all, times the channels.
        one[layer].shape[1] * mse_loss(normalize(one[layer], dim=1), normalize(other[layer], dim=1))
        for layer in one
    ]
    return torch.stack(layers).mean().item()
