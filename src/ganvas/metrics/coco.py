"""The truth of a detection set in the form of COCO (Lin et al. 2014)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import torch

from ganvas.metrics.detection import Boxes
from ganvas.metrics.fidelity import MetricError

THINGS = (
    "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,,stop sign,parking meter,"
    "bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,,backpack,umbrella,,,handbag,tie,suitcase,frisbee,"
    "skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,,wine glass,"
    "cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,"
    "potted plant,bed,,dining table,,,toilet,,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,"
    "refrigerator,,book,clock,vase,scissors,teddy bear,hair drier,toothbrush"
)

NAMES = {number: name for number, name in enumerate(THINGS.split(","), 1) if name}
"""COCO's 80 classes by their numbers, 1 to 90: ten were dropped before it was published."""


class Coco(NamedTuple):
    """The boxes of each picture by the name of its file, empty where there are none, and the names of the classes."""

    pictures: dict[str, Boxes]
    names: dict[int, str]


def read_coco(path: Path) -> Coco:
    """What the annotations ``path`` (instances_*.json) say.

    Of ``images``, ``annotations`` and ``categories``, the rest is not read; categories may be missing. Classes keep
    their numbers (COCO's 1 to 90). ``bbox`` is left, top, width, height there. Crowds, boxes around many things, are
    left out. Raises :class:`MetricError`, for a class that is not among the categories too.
    """
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        images = {image["id"]: str(image["file_name"]) for image in content["images"]}
        rows: dict[Any, list[tuple[list[float], int]]] = {number: [] for number in images}
        for annotation in content["annotations"]:
            if not annotation.get("iscrowd"):
                left, top, width, height = map(float, annotation["bbox"])
                row = [left, top, left + width, top + height], int(annotation["category_id"])
                rows[annotation["image_id"]].append(row)
        names = {int(category["id"]): str(category["name"]) for category in content.get("categories", [])}
    except OSError as error:
        raise MetricError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise MetricError(f"{path} does not hold annotations in the form of COCO") from None
    unknown = {number for row in rows.values() for _, number in row} - names.keys()
    if names and unknown:
        raise MetricError(f"{path} has boxes of the class {min(unknown)}, which is not among its categories")
    return Coco({name: _boxes(rows[number]) for number, name in images.items()}, names)


def _boxes(rows: list[tuple[list[float], int]]) -> Boxes:
    boxes = torch.tensor([box for box, _ in rows], dtype=torch.float32).view(-1, 4)
    return Boxes(boxes, torch.tensor([number for _, number in rows], dtype=torch.int64))
