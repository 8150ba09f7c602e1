"""The two nets of the conditional GAN on digits (Mirza, Osindero 2014, arXiv 1411.1784, section 4.1)."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import one_hot


class Maxout(nn.Module):
    """(N, inputs) to (N, units): each the largest of its ``pieces`` linear functions (Goodfellow et al. 2013)."""

    def __init__(self, inputs: int, units: int, pieces: int) -> None:
        super().__init__()
        self.linear = nn.Linear(inputs, units * pieces)
        self.shape = (units, pieces)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return self.linear(features).unflatten(1, self.shape).amax(2)


class ConditionalGenerator(nn.Module):
    """Noise (N, 100) in [0, 1] and labels, int64 (N,), to pictures (N, 1, 28, 28) in [0, 1].

    2,413,984 parameters; 972,784 without the ``joint`` layer: the paper's "combined hidden layer" may be a layer or
    merely where the two parts meet.
    """

    def __init__(self, joint: bool = True, dropout: float = 0.5, classes: int = 10) -> None:
        super().__init__()
        self.classes = classes
        self.noise = nn.Sequential(nn.Linear(100, 200), nn.ReLU(), nn.Dropout(dropout))
        self.label = nn.Sequential(nn.Linear(classes, 1000), nn.ReLU(), nn.Dropout(dropout))
        both = [nn.Linear(1200, 1200), nn.ReLU(), nn.Dropout(dropout)] if joint else []
        self.both = nn.Sequential(*both, nn.Linear(1200, 28 * 28), nn.Sigmoid(), nn.Unflatten(1, (1, 28, 28)))

    def forward(self, noise: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        wanted = one_hot(label, self.classes).to(noise.dtype)
        return self.both(torch.cat([self.noise(noise), self.label(wanted)], dim=1))


class ConditionalDiscriminator(nn.Module):
    """Pictures (N, 1, 28, 28) in [0, 1] and labels, int64 (N,), to logits (N, 1): 1,224,351 parameters."""

    def __init__(self, dropout: float = 0.5, classes: int = 10) -> None:
        super().__init__()
        self.classes = classes
        self.image = nn.Sequential(nn.Flatten(), Maxout(28 * 28, 240, 5), nn.Dropout(dropout))
        self.label = nn.Sequential(Maxout(classes, 50, 5), nn.Dropout(dropout))
        self.both = nn.Sequential(Maxout(290, 240, 4), nn.Dropout(dropout), nn.Linear(240, 1))

    def forward(self, image: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        claimed = one_hot(label, self.classes).to(image.dtype)
        return self.both(torch.cat([self.image(image), self.label(claimed)], dim=1))
