"""Segmenters and detectors of others in ONNX files, for the FCN score and the detection score."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import interpolate

from ganvas.foreign.refusal import ForeignError
from ganvas.metrics.detection import Detections, Detector
from ganvas.metrics.segmentation import Segmenter


def onnx_segmenter(path: Path) -> Segmenter:
    """The segmenter in the ONNX file ``path``, run on the CPU.

    Its one input is (1, 3, H, W) float32 RGB in [0, 1]: a net that wants another range converts at its own door. Where
    H and W are fixed, pictures are brought there. Its first output is logits (1, classes, h, w) or labels (1, h, w).
    """
    session = _session(path)

    def segment(image: torch.Tensor) -> torch.Tensor:
        found = torch.cat([_run(path, session, single)[0] for single in image.split(1)])
        if found.ndim not in (3, 4):
            raise ForeignError(f"{path} gives {[*found.shape]}, neither logits (N, classes, H, W) nor labels (N, H, W)")
        return found.argmax(1) if found.ndim == 4 else found.long()

    return segment


def onnx_detector(path: Path) -> Detector:
    """The detector in the ONNX file ``path``, run on the CPU.

    Its input is that of :func:`onnx_segmenter`. Its outputs are, in this order, boxes (n, 4) as left, top, right,
    bottom in pixels of its input, scores (n) and classes (n), suppression done; a first axis of 1 may stand before
    each.
    """
    session = _session(path)

    def detect(image: torch.Tensor) -> list[Detections]:
        return [_detections(path, _run(path, session, single), session, single) for single in image.split(1)]

    return detect


def _session(path: Path) -> Any:
    try:
        runtime = import_module("onnxruntime")
    except ImportError:
        raise ForeignError(f"{path} is run by onnxruntime, which is not installed: pip install onnxruntime") from None
    try:
        return runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors have no class in common
        raise ForeignError(f"{path} cannot be opened as an ONNX model") from error


def _size(session: Any, image: torch.Tensor) -> list[int]:
    """The height and width that the net takes ``image`` at: an axis that has a name, or none, is free."""
    wanted = session.get_inputs()[0].shape[-2:]
    return [fixed if isinstance(fixed, int) else own for fixed, own in zip(wanted, image.shape[-2:], strict=True)]


def _run(path: Path, session: Any, image: torch.Tensor) -> list[torch.Tensor]:
    image = interpolate(image, _size(session, image), mode="bilinear", antialias=True)
    try:
        outputs = session.run(None, {session.get_inputs()[0].name: image.float().cpu().numpy()})
    except Exception as error:
        raise ForeignError(f"{path} cannot be run on a picture (1, 3, {image.shape[2]}, {image.shape[3]})") from error
    return [torch.as_tensor(output) for output in outputs]


def _detections(path: Path, outputs: list[torch.Tensor], session: Any, image: torch.Tensor) -> Detections:
    if len(outputs) < 3 or outputs[0].shape[-1:] != (4,):
        raise ForeignError(f"{path} does not give boxes (n, 4), scores (n) and classes (n), in this order")
    boxes, scores, classes = outputs[0].reshape(-1, 4), outputs[1].flatten(), outputs[2].flatten()
    (height, width), (rows, columns) = image.shape[-2:], _size(session, image)
    boxes = boxes * torch.tensor([width / columns, height / rows] * 2)
    return Detections(boxes, scores, classes.long())
