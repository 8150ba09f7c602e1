"""The nets of BiGAN on digits (Donahue, Krähenbühl, Darrell 2017, arXiv 1605.09782, appendix C.1): multilayer
perceptrons, for which the order of the pixels means nothing.
"""

from __future__ import annotations

import torch
from torch import nn

SIDE = 28


class BidirectionalGenerator(nn.Module):
    """Codes (N, ``noise``) to pictures (N, 1, 28, 28) in [0, 1]; :meth:`encode` is the way back.

    Generator ``noise``-w-w-784: ReLU, batch norm in both hidden layers, sigmoid. Encoder 784-w-w-``noise``: leaky ReLU,
    batch norm in the second. The norms have neither gain nor bias.
    """

    def __init__(self, noise: int = 50, width: int = 1024) -> None:
        super().__init__()
        self.generator = nn.Sequential(
            *_normed(nn.Linear(noise, width, bias=False), nn.ReLU()),
            *_normed(nn.Linear(width, width, bias=False), nn.ReLU()),
            nn.Linear(width, SIDE * SIDE),
            nn.Sigmoid(),
            nn.Unflatten(1, (1, SIDE, SIDE)),
        )
        self.encoder = nn.Sequential(
            nn.Flatten(),
            nn.Linear(SIDE * SIDE, width),
            nn.LeakyReLU(0.2),
            *_normed(nn.Linear(width, width, bias=False), nn.LeakyReLU(0.2)),
            nn.Linear(width, noise),
        )

    def forward(self, code: torch.Tensor) -> torch.Tensor:
        return self.generator(code)

    def encode(self, image: torch.Tensor) -> torch.Tensor:
        """Codes (N, ``noise``) of pictures (N, 1, 28, 28) in [0, 1]."""
        return self.encoder(image)

    def features(self, image: torch.Tensor) -> torch.Tensor:
        """(N, width): the encoder's last hidden layer."""
        return self.encoder[:-1](image)


class PairDiscriminator(nn.Module):
    """Pictures (N, 1, 28, 28) in [0, 1] and codes (N, ``noise``) to logits (N, 1).

    784-w-w-1 with leaky ReLU; what a learnt linear map makes of the code is added before the norm of the second hidden
    layer. Without noise (0) it looks at pictures alone.
    """

    def __init__(self, noise: int = 50, width: int = 1024) -> None:
        super().__init__()
        self.image = nn.Sequential(
            nn.Flatten(), nn.Linear(SIDE * SIDE, width), nn.LeakyReLU(0.2), nn.Linear(width, width, bias=False)
        )
        self.code = nn.Linear(noise, width, bias=False) if noise else None
        self.both = nn.Sequential(nn.BatchNorm1d(width, affine=False), nn.LeakyReLU(0.2), nn.Linear(width, 1))

    def forward(self, image: torch.Tensor, code: torch.Tensor | None = None) -> torch.Tensor:
        features = self.image(image)
        if self.code is not None:
            features = features + self.code(code)
        return self.both(features)


def _normed(linear: nn.Linear, activation: nn.Module) -> list[nn.Module]:
    return [linear, nn.BatchNorm1d(linear.out_features, affine=False), activation]
