"""What a model is given when it is measured: made of good pictures, or as it comes with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zlib import crc32

import numpy as np

from ganvas.data.paired import PairedPhotos
from ganvas.degrade import reduce
from ganvas.degrade.second_order import SecondOrder
from ganvas.images import Picture, PictureError, read, resize
from ganvas.metrics import MetricError, Protocol
from ganvas.metrics.protocol import HAZE, MOTION, Spoil
from ganvas.report.folders import pictures_in

BICUBIC, INPUT = "bicubic", "input"

UNDONE: Mapping[str, Spoil] = {"deblur": "motion", "dehaze": "haze"}
"""What models of a task undo."""


@dataclass(frozen=True)
class Case:
    """One picture to be measured: its name, the file of the truth, and how to get input and truth."""

    name: str
    path: Path
    open: Callable[[], tuple[Picture, Picture]]


def spoil_for(name: str, task: str, scale: int, asked: Spoil | None) -> Spoil | None:
    """How inputs are spoilt for the model ``name``: as ``asked``, or where it keeps the size by what its ``task``
    undoes.

    Raises :class:`MetricError` where that makes no inputs for it.
    """
    if scale > 1:
        if asked not in (None, "world"):
            raise MetricError(f"{name} enlarges pictures, and --spoil is for models that keep the size: leave it away")
        return asked
    if asked == "world":
        raise MetricError(f"{name} keeps the size of a picture, and --spoilt is for models that enlarge: leave it away")
    spoil = asked or UNDONE.get(task)
    if spoil is None or (task == "translate" and spoil != "given"):
        raise MetricError(
            f"good pictures alone do not tell what {name} is to be given: use folders of pairs and --spoil given"
        )
    return spoil


def cases(folder: Path, protocol: Protocol) -> list[Case]:
    """The pictures of ``folder``, whose inputs are made, or its pairs; raises :class:`GanvasError` where none is."""
    if protocol.spoil != "given":
        paths = pictures_in(folder)
        return [Case(path.relative_to(folder).as_posix(), path, partial(_spoilt, path, protocol)) for path in paths]
    pairs = PairedPhotos(folder)
    return [Case(files.name, files.target, partial(_given, pairs, k)) for k, files in enumerate(pairs.files)]


def cut(picture: Picture, scale: int, path: Path) -> Picture:
    """The colours of ``picture`` less what is beyond a multiple of ``scale``; PictureError, with the ``path``, where
    that is all.
    """
    height, width = picture.height // scale * scale, picture.width // scale * scale
    if not height or not width:
        size = f"{picture.width} x {picture.height}"
        raise PictureError(f"{path} has {size} pixels, too few to be reduced {scale} times")
    return Picture.from_tensor(picture.tensor()[..., :height, :width])


def made(truth: Picture, protocol: Protocol) -> Picture:
    """What ``protocol`` makes of ``truth``, as an 8-bit file would hold it."""
    image, scale = truth.tensor(), protocol.scale
    # The same chance for the same picture, whatever stands beside it in the folder.
    random = np.random.default_rng(crc32(truth.pixels.tobytes()))
    if protocol.spoil in ("motion", "haze"):
        spoilt = (MOTION if protocol.spoil == "motion" else HAZE)(image, random)
        return Picture.from_tensor(spoilt.clamp(0, 1).mul(255).round().div(255))
    if scale is None:
        raise ValueError("the protocol must say how inputs are made")
    if protocol.spoil == "world":
        return Picture.from_tensor(SecondOrder.mild(spared=0.0)(image, scale, random))
    # The sum is taken in float64, as the literature takes it.
    return Picture.from_tensor(reduce(image.double(), scale, protocol.reduction or "bicubic"))


def beside(input: Picture, protocol: Protocol) -> tuple[str, Picture]:
    """Name and result of what needs no model: bicubic enlargement, or where nothing was reduced ``input`` as it is."""
    if protocol.scale is None:
        return INPUT, input
    return BICUBIC, Picture.from_tensor(resize(input.tensor().double(), scale=protocol.scale))


def _spoilt(path: Path, protocol: Protocol) -> tuple[Picture, Picture]:
    truth = cut(read(path), protocol.scale or 1, path)
    return made(truth, protocol), truth


def _given(pairs: PairedPhotos, number: int) -> tuple[Picture, Picture]:
    input, truth = (Picture.from_tensor(picture.tensor()) for picture in pairs.pictures(number))
    return input, truth
