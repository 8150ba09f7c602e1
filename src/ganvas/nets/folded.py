"""Folded: our small net for restoring photos at their own size.

Squares of pixels are folded into channels first, so that a dense 3x3 convolution sees far at little cost, as in the x2
net of Real-ESRGAN (Wang et al. 2021, section 4.1); the rest is Compact's: short skips, and a start as the identity.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import pad


class Folded(nn.Module):
    """(N, 3, H, W) in [0, 1] to the same size, unclamped; sides of any length.

    ``depth`` activated 3x3 convolutions of ``width`` channels on squares of ``fold`` x ``fold`` pixels, from the second
    on in blocks of ``block`` with a skip around each. What they add is zero before the first round. 647,344 parameters.
    Part of a larger net, it makes :meth:`changes` with other numbers of channels.
    """

    def __init__(
        self, width: int = 64, depth: int = 17, block: int = 2, fold: int = 4, inputs: int = 3, outputs: int = 3
    ) -> None:
        super().__init__()
        self.multiple = fold
        self.receptive_field = 2 * fold * (depth + 2) - 1
        self.fold = nn.PixelUnshuffle(fold)
        self.first = nn.Conv2d(inputs * fold**2, width, 3, padding=1)
        self.body = nn.ModuleList(
            nn.Sequential(
                *(layer for _ in range(convs) for layer in (nn.PReLU(width), nn.Conv2d(width, width, 3, padding=1)))
            )
            for convs in (min(block, depth - 1 - before) for before in range(0, depth - 1, block))
        )
        self.activation = nn.PReLU(width)
        self.last = nn.Conv2d(width, outputs * fold**2, 3, padding=1)
        self.unfold = nn.PixelShuffle(fold)
        for parameter in self.last.parameters():
            nn.init.zeros_(parameter)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        height, width = image.shape[-2:]
        missing = (0, -width % self.multiple, 0, -height % self.multiple)
        whole = pad(image, missing, mode="replicate") if any(missing) else image
        return (whole + self.changes(self.features(whole)))[..., :height, :width]

    def features(self, image: torch.Tensor) -> torch.Tensor:
        """What is known of each square of ``image`` (N, inputs, H, W): (N, width, H / fold, W / fold)."""
        features = self.first(self.fold(image))
        for block in self.body:
            features = features + block(features)
        return self.activation(features)

    def changes(self, features: torch.Tensor) -> torch.Tensor:
        """What they say is to be added, (N, outputs, H, W)."""
        return self.unfold(self.last(features))
