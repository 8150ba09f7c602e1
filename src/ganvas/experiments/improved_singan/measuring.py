"""What a training came to on a photo: how near its enlargement is to what was held back, and how good its samples."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import torch

from ganvas.experiments.improved_singan.photos import SCALE, Photo
from ganvas.experiments.measures import bicubic
from ganvas.experiments.play import Played
from ganvas.images import Picture
from ganvas.losses.content import Features
from ganvas.metrics import Protocol, compare
from ganvas.pretrained import eyes
from ganvas.report.times import TWIN, LevelTime
from ganvas.single import Evaluation, enlarge, evaluate, judge, opened, patched, sample
from ganvas.single.evaluating import Judge
from ganvas.single.patched import Photo as Source

Measure = Literal[
    "PSNR",
    "SSIM",
    "perceptual distance",
    "sample distance",
    "diversity",
    "reconstruction error",
    "time",
    "processor time",
]
Kind = Literal["enlarged", "samples"]

SEES: Literal["lite0"] = "lite0"
PROTOCOL = Protocol("y", crop=SCALE, scale=SCALE, reduction="bicubic", features=SEES)

SHOWN = 3
"""How many samples are shown."""

GAP = 2
"""Pixels between them."""


@dataclass(frozen=True)
class Outcome:
    """What one arm, or what is seen beside the arms, made of one photo.

    ``levels`` are those of the training, if there was one; ``evaluation`` is of the samples, where there are any. Times
    are in seconds.
    """

    figures: Mapping[Measure, float]
    pictures: Mapping[Kind, Picture]
    evaluation: Evaluation | None = None
    levels: Sequence[LevelTime] = ()


@dataclass(frozen=True)
class Bench:
    """Where everything is measured in the same way: ``samples`` random pictures in the eyes of ``judge``, enlargements
    in those of the net of the protocol.
    """

    samples: int
    judge: Judge = field(default_factory=judge)
    features: Features = field(default_factory=lambda: eyes(SEES))

    def trained(self, photo: Photo, run: Played) -> Outcome:
        """What ``run`` came to."""
        pyramid, levels = opened(run.model), level_times(run)
        enlarged = self._enlarged(photo, enlarge(pyramid, SCALE))
        sampled = self._sampled(pyramid)
        times: dict[Measure, float] = {"time": sum(level.seconds for level in levels), "processor time": run.seconds}
        figures: dict[Measure, float] = {**enlarged.figures, **sampled.figures, **times}
        return Outcome(figures, {**enlarged.pictures, **sampled.pictures}, sampled.evaluation, levels)

    def bicubic(self, photo: Photo) -> Outcome:
        """Interpolation, which samples nothing."""
        return self._enlarged(photo, bicubic(photo.low, SCALE))

    def patches(self, photo: Photo) -> Outcome:
        """The engine that needs no training, which enlarges nothing."""
        return self._sampled(patched(photo.low, max(photo.low.width, photo.low.height)))

    def _enlarged(self, photo: Photo, made: Picture) -> Outcome:
        scores = compare(made, photo.truth, PROTOCOL, self.features)
        assert scores.ssim is not None
        assert scores.distance is not None
        figures: dict[Measure, float] = {"PSNR": scores.psnr, "SSIM": scores.ssim}
        return Outcome({**figures, "perceptual distance": scores.distance}, {"enlarged": made})

    def _sampled(self, source: Source) -> Outcome:
        found = evaluate(source, self.judge, self.samples)
        figures: dict[Measure, float] = {"sample distance": found.mean, "diversity": found.diversity}
        if found.rmse is not None:
            figures["reconstruction error"] = found.rmse
        return Outcome(figures, {"samples": beside(sample(source, min(SHOWN, self.samples)))}, found)


def level_times(run: Played) -> list[LevelTime]:
    """The levels of ``run``, in seconds, which the JSON twin of its times has beside the notes' rounded minutes."""
    held = json.loads((run.folder / TWIN).read_text(encoding="utf-8"))
    return [LevelTime(each["level"], each["rounds"], each["seconds"]) for each in held["levels"]]


def beside(pictures: Sequence[Picture]) -> Picture:
    """``pictures`` of one size in one, with transparency between."""
    height = pictures[0].height
    planes: list[torch.Tensor] = []
    for picture in pictures:
        solid = torch.cat([picture.tensor()[0], torch.ones(1, height, picture.width)])
        planes += [torch.zeros(4, height, GAP), solid] if planes else [solid]
    whole = torch.cat(planes, dim=2).permute(1, 2, 0).numpy()
    return Picture(np.ascontiguousarray(whole[..., :3]), np.ascontiguousarray(whole[..., 3]))
