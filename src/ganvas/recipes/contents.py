"""The deep-feature losses of the papers, each by the name that recipes call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch

from ganvas.losses.content import Content
from ganvas.losses.pixel import l1
from ganvas.nets.features.vgg import Door
from ganvas.objectives.supervised import Loss
from ganvas.pretrained import Name, features

Kind = Literal[
    "vgg22",
    "vgg54",
    "esrgan",
    "real-esrgan",
    "notes",
    "notes-deep",
    "deblurgan",
    "deblurgan-code",
    "cycle-dehaze",
    "cycle-dehaze-code",
    "vgg16-hed",
    "lite0",
]


@dataclass(frozen=True)
class Choice:
    """A network, its layers with their weights, and how features are compared."""

    net: Name
    weights: Mapping[str, float]
    distance: Literal["l1", "mse"] = "l1"
    after: bool = False
    door: Door | None = None


NOTES = ("conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1", "conv3_2", "conv3_3")
NOTES_DEEP = (*NOTES, "conv4_1", "conv4_2", "conv4_3", "conv5_1", "conv5_2", "conv5_3")

CHOICES: Mapping[Kind, Choice] = {
    "vgg22": Choice("vgg19", {"conv2_2": 1.0}, "mse", after=True),
    "vgg54": Choice("vgg19", {"conv5_4": 1.0}, "mse", after=True),
    "esrgan": Choice("vgg19", {"conv5_4": 1.0}),
    "real-esrgan": Choice("vgg19", {"conv1_2": 0.1, "conv2_2": 0.1, "conv3_4": 1.0, "conv4_4": 1.0, "conv5_4": 1.0}),
    "notes": Choice("vgg16", dict.fromkeys(NOTES, 1.0), "mse"),
    "notes-deep": Choice("vgg16", dict.fromkeys(NOTES_DEEP, 1.0), "mse"),
    "deblurgan": Choice("vgg19", {"conv3_3": 1.0}, "mse"),
    "deblurgan-code": Choice("vgg19", {"conv3_3": 1.0}, "mse", door="signed"),
    "cycle-dehaze": Choice("vgg16", {"pool2": 1.0, "pool5": 1.0}, "mse"),
    "cycle-dehaze-code": Choice("vgg16", {"pool2": 1.0, "pool5": 1.0}, "mse", door="imagenet-signed"),
    "vgg16-hed": Choice("vgg16-hed", {"conv1_2": 0.0052, "conv2_2": 0.0036, "conv3_3": 0.0086, "conv4_3": 0.058}),
    "lite0": Choice("lite0", {"stem": 0.39, "stage1": 0.071, "stage2": 0.041, "stage3": 0.043, "stage5": 0.056}),
}
"""The last two have weights that can be had offline, as packages. Each of their layers costs as much as the next where
a picture is enlarged four times by bicubic interpolation; the whole is near 1 there, and falls."""


def content(
    kind: Kind, file: Path | None = None, *, decay: float = 1.0, halved: bool = False, shifted: bool = False
) -> Content:
    """The loss ``kind``, its weights from ``file`` if given (see :func:`ganvas.pretrained.features`).

    Layer i is weighed with ``decay``^i on top; ``halved`` and ``shifted`` as in :class:`ganvas.losses.content.Content`.
    """
    choice = CHOICES[kind]
    net = features(choice.net, list(choice.weights), file, after=choice.after, door=choice.door)
    weights = {layer: weight * decay**i for i, (layer, weight) in enumerate(choice.weights.items())}

    def seen(image: torch.Tensor) -> Mapping[str, torch.Tensor]:
        return net.to(image.device)(image)

    return Content(seen, weights, choice.distance, halved=halved, shifted=shifted)


def pixels_and_content(
    pixel_weight: float, kind: Kind | None, file: Path | None, weight: float
) -> dict[str, tuple[float, Loss]]:
    """What a restoration pays beside the adversarial term: L1, and the content loss ``kind`` where there is one."""
    references: dict[str, tuple[float, Loss]] = {"pixel": (pixel_weight, l1)}
    if kind is not None:
        references["content"] = weight, content(kind, file)
    return references
