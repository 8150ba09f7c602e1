"""The net in whose eyes sets of pictures are compared, and what its figures depend on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import torch
from torch import nn

from ganvas.metrics.fid import PREPROCESSING, Sight, rounded
from ganvas.pretrained import SOURCES, Fetched, Weights, cache, features, weights_of

Net = Literal["inception", "lite0"]

LAYERS: dict[Net, tuple[str, int]] = {"inception": ("2048", 2048), "lite0": ("pooled", 1280)}
"""The last mean over all places of each net, and its length."""

CLASSES: dict[Net, int] = {"inception": 1008, "lite0": 1000}


@dataclass(frozen=True)
class Eye:
    """The net ``name`` on ``device``, which gives its last mean and ``logits`` of pictures of any size."""

    name: Net
    net: nn.Module
    weights: Weights
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    @property
    def sight(self) -> Sight:
        """What the features are."""
        return Sight(self.name, LAYERS[self.name][1], self.weights.official, PREPROCESSING[self.name])

    @property
    def classes(self) -> Sight:
        """What the classes are."""
        return replace(self.sight, size=CLASSES[self.name])

    def conditions(self) -> tuple[str, ...]:
        """All of the net that its features depend on."""
        return (self.name, LAYERS[self.name][0], self.weights.sha256, self.sight.preprocessing)

    @torch.no_grad()
    def see(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The features (N, D) and the logits (N, classes) of ``images`` (N, 3, H, W) in [0, 1]."""
        found = self.net(rounded(images).to(self.device))
        return found[LAYERS[self.name][0]].flatten(1), found["logits"]


EyeOrMaker = Eye | Callable[[], Eye]
"""A net, or what makes one when it is needed."""


def eye_for(name: Net | None = None, file: Path | None = None, device: torch.device | None = None) -> Eye:
    """The net ``name`` with the weights in ``file``, or those it is known by.

    Without a name Inception where a file is given or its weights are here already, else Lite0, whose come as a package.
    """
    chosen: Net = name or ("inception" if file is not None or _inception_is_here() else "lite0")
    net = features(chosen, [LAYERS[chosen][0], "logits"], file, resized=True)
    place = device or torch.device("cpu")
    return Eye(chosen, net.to(place), weights_of(chosen, file), place)


def _inception_is_here() -> bool:
    source = SOURCES["inception"]
    return isinstance(source, Fetched) and (cache() / source.url.rsplit("/", 1)[-1]).is_file()
