"""CenterNet, a detector of COCO's 80 classes that others trained (Zhou et al. 2019, arXiv 1904.07850)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn.functional import interpolate, max_pool2d, pad

from ganvas.foreign.tfjs import Graph, read_tfjs
from ganvas.metrics.coco import NAMES
from ganvas.metrics.detection import Detections

SIDE, STEP, FOUND = 512, 4, 100
"""The side of the net's pictures, the pixels of it from point to point of the heat map, the boxes that are kept."""

SCORE = 0.3
"""From which score on this net is to be believed: its scores are lower than those of others."""


@dataclass(frozen=True)
class CenterNet:
    """A detector, see :data:`ganvas.metrics.detection.Detector`: the 100 surest boxes of each picture, surest first.

    The longer side of a picture is brought to 512, the rest of the square is black: on 40 photos of BSD100 it gives 50
    boxes of at least :data:`SCORE`, stretching gives 34 (whether they are right was not counted). Classes have COCO's
    numbers, see :data:`ganvas.metrics.coco.NAMES`. It runs on the CPU.
    """

    graph: Graph

    @torch.no_grad()
    def __call__(self, image: torch.Tensor) -> list[Detections]:
        height, width = image.shape[-2:]
        factor = SIDE / max(height, width)
        size = max(round(factor * height), 1), max(round(factor * width), 1)
        small = interpolate(image.cpu(), size, mode="bilinear", antialias=True)
        square = pad(small, (0, SIDE - size[1], 0, SIDE - size[0]))
        heat, reach = self.graph(255 * square.permute(0, 2, 3, 1))
        found = [points(*maps) for maps in zip(heat, reach, strict=True)]
        corner = torch.tensor([width, height] * 2)
        return [each._replace(boxes=torch.minimum(each.boxes.clamp(min=0) / factor, corner)) for each in found]


def centernet(path: Path) -> CenterNet:
    """The detector in ``path``, a graph of TensorFlow.js from 610265158/mobilenetv3_centernet."""
    return CenterNet(read_tfjs(path, ["tower_0/keypoints", "tower_0/wh"]))


def points(heat: torch.Tensor, reach: torch.Tensor) -> Detections:
    """The boxes, in pixels of the net's picture, at the peaks of ``heat`` (H, W, classes) in [0, 1] (section 4, "From
    points to bounding boxes").

    A peak is no lower than its eight neighbours in the map of its class, which takes the place of non-maximum
    suppression. ``reach`` (H, W, 4) is how far the box goes from there to the left, up, right and down: unlike the
    paper's, which gives a size and an offset.
    """
    maps = heat.permute(2, 0, 1)
    peaks = torch.where(max_pool2d(maps, 3, 1, 1) == maps, maps, 0.0).permute(1, 2, 0)
    scores, places = peaks.flatten().topk(min(FOUND, peaks.numel()))
    cells, classes = places // heat.shape[2], places % heat.shape[2]
    rows, columns = cells // heat.shape[1], cells % heat.shape[1]
    centres = STEP * torch.stack([columns, rows], 1)
    reaches = reach[rows, columns]
    boxes = torch.cat([centres - reaches[:, :2], centres + reaches[:, 2:]], 1)
    return Detections(boxes, scores, torch.tensor(tuple(NAMES), device=heat.device)[classes])
