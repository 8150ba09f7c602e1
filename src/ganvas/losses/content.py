"""Content: the distance of two pictures in the eyes of a network that others trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import torch

from ganvas.degrade import reduce
from ganvas.losses.pixel import l1, mse

Features = Callable[[torch.Tensor], Mapping[str, torch.Tensor]]
"""Pictures (N, 3, H, W) in [0, 1] to features by the name of their layer; frozen."""

SHIFTS = 8
"""As many as pixels of the picture stand behind one of the features after three pools."""


@dataclass(frozen=True)
class Content:
    """The sum over the layers of ``weights`` of weight times distance of the features; a mean over all their elements.

    Without options it is ESRGAN's (Wang et al. 2018, section 3.3) with conv5_4 and ``l1``, Real-ESRGAN's with five
    layers, SRGAN's (Ledig et al. 2017, equation 5) with features after activation, ``mse`` and weight 1/12.75².

    The notes' loss takes every convolution, ``mse``, ``shifted``, and a second instance that is ``halved``: both
    pictures at half size by the mean of 2x2 pixels in linear light. ``shifted`` cuts both pictures at one random place,
    0 to 7 pixels from the top left, 8 pixels smaller (from torch's global random state), so that the pools fall
    elsewhere each time. ``emulate_inplace`` gives the figures of extractors whose ReLU overwrites what was stored:
    every layer but the last of ``weights``, which must be in the net's order, is taken after activation.
    """

    features: Features
    weights: Mapping[str, float]
    distance: Literal["l1", "mse"] = "l1"
    halved: bool = False
    shifted: bool = False
    emulate_inplace: bool = False

    def __call__(self, output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """A scalar; its gradient flows to ``output`` alone."""
        if self.halved:
            output, target = _halved(output), _halved(target)
        if self.shifted:
            output, target = _shifted(output, target)
        found = self._seen(output)
        with torch.no_grad():
            sought = self._seen(target)
        distance = l1 if self.distance == "l1" else mse
        terms = [weight * distance(found[layer], sought[layer]) for layer, weight in self.weights.items()]
        return torch.stack(terms).sum()

    def _seen(self, image: torch.Tensor) -> dict[str, torch.Tensor]:
        features = self.features(image)
        last = list(self.weights)[-1]
        return {
            layer: features[layer].relu() if self.emulate_inplace and layer != last else features[layer]
            for layer in self.weights
        }


def _halved(image: torch.Tensor) -> torch.Tensor:
    # A net's output may be negative, and a negative value to a power is NaN; at zero the root has no gradient.
    return reduce(image.clamp(1e-6, 1), 2, "linear-box", rounded=False)


def _shifted(output: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    top, left = torch.randint(SHIFTS, (2,)).tolist()
    rows = slice(top, output.shape[-2] - SHIFTS + top)
    columns = slice(left, output.shape[-1] - SHIFTS + left)
    return output[..., rows, columns], target[..., rows, columns]
