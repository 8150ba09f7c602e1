"""How unlike a sample of a single-picture generator is to its picture: the single image Fréchet inception distance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import torch

from ganvas.losses.content import Features
from ganvas.metrics.fidelity import MetricError
from ganvas.metrics.frechet import frechet, gaussian

Layer = Literal["code", "paper"]

LAYERS: Mapping[str, Mapping[Layer, str]] = {
    "inception": {"code": "64", "paper": "192"},
    # Those of the other nets whose features stand as dense, every second and every fourth pixel.
    "lite0": {"code": "stage1", "paper": "stage2"},
    "vgg16": {"code": "conv2_2", "paper": "conv3_3"},
    "vgg19": {"code": "conv2_2", "paper": "conv3_4"},
    "vgg16-hed": {"code": "conv2_2", "paper": "conv3_3"},
}
"""The layer of each net: that of the authors' code, before the first pool, and of their paper, before the second."""

SIDE = 32
"""The fewest pixels a side; Inception's first layer has 13 x 13 places then, for 64 channels."""


@dataclass(frozen=True)
class Sifid:
    """A distance with all without which it means nothing; figures of different features cannot be compared.

    ``positions`` are the places of the features in either picture, ``channels`` their length.
    """

    value: float
    features: str
    layer: Layer
    channels: int
    positions: tuple[int, int]

    @property
    def label(self) -> str:
        """What the figure is to be called.

        >>> Sifid(0.09, "lite0", "code", 16, (1024, 1024)).label
        'SIFID (lite0 features)'
        """
        return f"SIFID ({self.features} features{', layer of the paper' if self.layer == 'paper' else ''})"

    def describe(self) -> str:
        """One line that belongs beside the figure.

        >>> Sifid(0.09, "lite0", "code", 16, (1024, 900)).describe()
        'layer stage1 of lite0, 16 channels at 1024 and 900 places, covariances divided by places - 1, not resized'
        """
        line = (
            f"layer {LAYERS[self.features][self.layer]} of {self.features}, {self.channels} channels at"
            f" {self.positions[0]} and {self.positions[1]} places, covariances divided by places - 1, not resized"
        )
        return line if min(self.positions) > self.channels else f"{line}; too few places for a covariance of full rank"

    def as_json(self) -> dict[str, Any]:
        """The result in full, with its label and description."""
        return {**asdict(self), "label": self.label, "description": self.describe()}


@torch.no_grad()
def sifid(features: Features, name: str, output: torch.Tensor, target: torch.Tensor, layer: Layer = "code") -> Sifid:
    """The Fréchet distance of the features at the places of ``output`` and at those of ``target`` (Shaham et al. 2019,
    section 3.1): 0 for equal pictures, less is nearer.

    ``features`` are those of the net ``name`` with the layer that :data:`LAYERS` has for it, as
    :func:`ganvas.pretrained.eyes` gives them. The paper takes the features before Inception's second pool, the authors'
    code those before the first, so that ``layer`` is asked for and told. Both pictures are (1, 3, H, W) in [0, 1], not
    necessarily of one size. A figure for a generator is the mean over its samples.

    The authors' code takes torchvision's weights, not FID's: its figures can be matched by ``inception`` only with a
    file of those. Raises :class:`MetricError` below 32 pixels a side and for an unknown net.
    """
    if name not in LAYERS:
        raise MetricError(f"SIFID has no layer for the features {name}: choose from {', '.join(LAYERS)}")
    one, other = (_samples(features(_checked(image))[LAYERS[name][layer]]) for image in (output, target))
    value = frechet(*gaussian(one), *gaussian(other))
    return Sifid(value, name, layer, one.shape[1], (len(one), len(other)))


def _checked(image: torch.Tensor) -> torch.Tensor:
    if image.ndim != 4 or image.shape[:2] != (1, 3):
        raise ValueError(f"SIFID compares single pictures (1, 3, H, W), not {[*image.shape]}")
    if min(image.shape[-2:]) < SIDE:
        raise MetricError(f"SIFID needs pictures of at least {SIDE} pixels a side")
    return image


def _samples(feature: torch.Tensor) -> torch.Tensor:
    """(1, C, H, W) to (H W, C)."""
    return feature[0].flatten(1).mT
