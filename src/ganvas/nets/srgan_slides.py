"""The slides' SRGAN for Keras, which doubles the sides: rebuilt from the parameter counts that the slides print.

The counts leave open where in a block its only batch normalisation stands, which activation it has and where the
picture is enlarged; what is here is the simplest net that has them all.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import nn

from ganvas.nets.espcn import OutputActivation, squashed
from ganvas.nets.receptive_field import receptive_field
from ganvas.nets.srresnet import Residual

Initialisation = Literal["keras", "torch"]


class SlidesGenerator(nn.Module):
    """(N, 3, H, W) in [0, 1] to (N, 3, 2·H, 2·W), in [0, 1] unless ``output`` is none.

    With eight blocks 595,395 parameters and 1,024 buffers of batch normalisation. ``output`` tanh makes [-1, 1]
    internally and returns [0, 1].
    """

    def __init__(
        self,
        blocks: int = 8,
        width: int = 64,
        output: OutputActivation = "sigmoid",
        upsampling: Literal["nearest", "bilinear"] = "nearest",
        initialisation: Initialisation = "keras",
    ) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, width, 3, padding=1),
            nn.ReLU(),
            *(
                Residual(
                    nn.Conv2d(width, width, 3, padding=1),
                    nn.BatchNorm2d(width),
                    nn.ReLU(),
                    nn.Conv2d(width, width, 3, padding=1),
                )
                for _ in range(blocks)
            ),
            nn.Upsample(scale_factor=2, mode=upsampling),
            nn.Conv2d(width, 3, 3, padding=1),
        )
        self.output: OutputActivation = output
        self.receptive_field = receptive_field(self.body)
        if initialisation == "keras":
            begin_like_keras(self)

    def forward(self, low: torch.Tensor) -> torch.Tensor:
        return squashed(self.body(low), self.output)


class SlidesDiscriminator(nn.Module):
    """(N, 3, H, W) in [0, 1] to logits: (N, 1), or with ``head`` map (N, 1, H, W), of which the former is the mean.

    1,857 parameters; it sees 3x3 pixels, so it can compare local statistics only.
    """

    def __init__(self, head: Literal["pooled", "map"] = "pooled", initialisation: Initialisation = "keras") -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 64, 3, padding=1),
            nn.LeakyReLU(0.3 if initialisation == "keras" else 0.01),
            nn.Conv2d(64, 1, 1),
        )
        self.pooled = head == "pooled"
        if initialisation == "keras":
            begin_like_keras(self)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        logits = self.body(image)
        return logits.mean((2, 3)) if self.pooled else logits


def begin_like_keras(net: nn.Module) -> None:
    """Gives ``net`` what Keras starts from: Glorot's uniform kernels, zero biases, its constants of normalisation."""
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d) and layer.bias is not None:
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
        elif isinstance(layer, nn.BatchNorm2d):
            layer.momentum, layer.eps = 0.01, 1e-3  # Keras' momentum 0.99 is the part that is kept
