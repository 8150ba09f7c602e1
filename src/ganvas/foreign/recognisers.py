"""The segmenter or detector in a file, told by how its name ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from ganvas.foreign.centernet import SCORE, centernet
from ganvas.foreign.espnet import espnet
from ganvas.foreign.onnx import onnx_detector, onnx_segmenter
from ganvas.foreign.refusal import ForeignError
from ganvas.metrics.cityscapes import LABELS
from ganvas.metrics.coco import NAMES
from ganvas.metrics.detection import Detector
from ganvas.metrics.segmentation import Segmenter

Net = TypeVar("Net")


@dataclass(frozen=True)
class Recogniser(Generic[Net]):
    """A ``net`` with what it is called, the names of its classes where they are known, and the ``score`` from which on
    its boxes are to be believed.
    """

    net: Net
    called: str
    names: Mapping[int, str] | None = None
    score: float = 0.5


def detector_of(path: Path) -> Recogniser[Detector]:
    """The detector in ``path``: CenterNet (``.json``, TensorFlow.js) or any in ONNX (``.onnx``).

    Raises :class:`ForeignError` for other files.
    """
    match _ending(path):
        case ".json":
            return Recogniser(centernet(path), f"CenterNet ({path})", NAMES, SCORE)
        case ".onnx":
            return Recogniser(onnx_detector(path), str(path))
        case _:
            raise ForeignError(f"{path} is no detector: give an ONNX file (.onnx), or CenterNet's graph (.json)")


def segmenter_of(path: Path) -> Recogniser[Segmenter]:
    """The segmenter in ``path``: ESPNet for Cityscapes (``.pth``) or any in ONNX (``.onnx``).

    Raises :class:`ForeignError` for other files.
    """
    match _ending(path):
        case ".pth":
            return Recogniser(espnet(path), f"ESPNet ({path})", {n: label.name for n, label in enumerate(LABELS)})
        case ".onnx":
            return Recogniser(onnx_segmenter(path), str(path))
        case _:
            raise ForeignError(f"{path} is no segmenter: give an ONNX file (.onnx), or ESPNet's weights (.pth)")


def _ending(path: Path) -> str:
    if not path.is_file():
        raise ForeignError(f"there is no file {path}: give the segmenter or detector that is to look at the pictures")
    return path.suffix.lower()
