"""Precision, recall and F1 of a detector on restored pictures: whether the things in them show again.

DeblurGAN's evaluation by YOLO (Kupyn et al. 2018): what the detector finds in the sharp picture is the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch


class Boxes(NamedTuple):
    """What there is in a picture: corners (N, 4) as left, top, right, bottom in pixels, and classes (N) int64."""

    boxes: torch.Tensor
    classes: torch.Tensor


class Detections(NamedTuple):
    """What a detector finds in a picture: :class:`Boxes` with scores (N) in [0, 1]."""

    boxes: torch.Tensor
    scores: torch.Tensor
    classes: torch.Tensor


Detector = Callable[[torch.Tensor], Sequence[Detections]]
"""Pictures (N, 3, H, W) in [0, 1] to what is in each of the N, in their pixels."""


class Counts(NamedTuple):
    """What was rightly found, wrongly found, and missed."""

    true_positives: int
    false_positives: int
    false_negatives: int

    @property
    def precision(self) -> float:
        """The share of what was found that is there; 1 where nothing was found: nothing is mistaken then."""
        return _share(self.true_positives, self.false_positives)

    @property
    def recall(self) -> float:
        """The share of what is there that was found; 1 where there is nothing to find."""
        return _share(self.true_positives, self.false_negatives)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN); 0 where nothing was rightly found.

        >>> Counts(3, 1, 2).f1 == 2 / (4 / 3 + 5 / 3)
        True
        """
        return 2 * self.true_positives / max(2 * self.true_positives + self.false_positives + self.false_negatives, 1)

    @property
    def undefined(self) -> bool:
        """Whether the precision is 1 only because nothing was found."""
        return self.true_positives + self.false_positives == 0


@dataclass(frozen=True)
class DetectionScore:
    """Counts pooled over all pictures and classes, and those of each class that occurs."""

    total: Counts
    classes: dict[int, Counts]
    pictures: int
    iou: float
    score: float

    def describe(self) -> str:
        """One line that belongs beside the figures.

        >>> DetectionScore(Counts(0, 0, 2), {}, 1, 0.5, 0.3).describe()
        '1 pictures pooled, same class, IoU from 0.5, scores from 0.3; nothing found: precision undefined'
        """
        line = f"{self.pictures} pictures pooled, same class, IoU from {self.iou:g}, scores from {self.score:g}"
        return f"{line}{'; nothing found: precision undefined' if self.total.undefined else ''}"

    def as_json(self) -> dict[str, Any]:
        """The figures in full, with their description."""
        classes = {str(number): _figures(counts) for number, counts in self.classes.items()}
        protocol = {"pictures": self.pictures, "iou": self.iou, "score": self.score, "description": self.describe()}
        return {**_figures(self.total), **protocol, "classes": classes}


def detection_score(
    truth: Iterable[Boxes], found: Iterable[Detections], iou: float = 0.5, score: float = 0.5
) -> DetectionScore:
    """How well what was ``found`` in each picture agrees with the ``truth`` of that picture.

    Only detections of at least ``score`` count. The surest goes first (of equal ones the earlier); each takes, of the
    boxes of its class that are still free, the one that it covers best, if their intersection over union is at least
    ``iou``. Further detections of one thing are wrong.
    """
    matched = [_matched(there, claimed, iou, score) for there, claimed in zip(truth, found, strict=True)]
    numbers = sorted({number for counts in matched for number in counts})
    classes = {number: _sum(counts[number] for counts in matched if number in counts) for number in numbers}
    return DetectionScore(_sum(classes.values()), classes, len(matched), iou, score)


def verified(found: Detections, score: float = 0.5) -> Boxes:
    """What was ``found`` in a sharp picture with at least ``score``, taken as truth for what is made of it.

    DeblurGAN's authors had people check it; without them the figures tell how far a picture is to the detector what the
    sharp one is, its mistakes included.
    """
    sure = found.scores >= score
    return Boxes(found.boxes[sure], found.classes[sure])


def intersection_over_union(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """The shares (N, M) of the union that two boxes have in common, for boxes (N, 4) and (M, 4).

    A box without area has 0 in common with any.

    >>> intersection_over_union(torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([[1.0, 0, 3, 2], [2, 0, 4, 2]]))
    tensor([[0.3333, 0.0000]])
    """
    top_left = torch.maximum(one[:, None, :2], other[None, :, :2])
    bottom_right = torch.minimum(one[:, None, 2:], other[None, :, 2:])
    common = (bottom_right - top_left).clamp(min=0).prod(-1)
    union = _area(one)[:, None] + _area(other) - common
    return torch.where(common > 0, common / union, 0.0)


def _matched(truth: Boxes, found: Detections, iou: float, score: float) -> dict[int, Counts]:
    sure = found.scores >= score
    order = found.scores[sure].argsort(descending=True, stable=True)
    boxes, classes = found.boxes[sure][order], found.classes[sure][order]
    overlaps = intersection_over_union(boxes.double(), truth.boxes.double())
    overlaps[classes[:, None] != truth.classes] = -1
    rightly = list[int]()
    for number, row in zip(classes.tolist(), overlaps, strict=True):
        if len(row) and row.max() >= iou:
            overlaps[:, row.argmax()] = -1
            rightly.append(number)
    claimed, there = classes.tolist(), truth.classes.tolist()
    return {
        number: Counts(right := rightly.count(number), claimed.count(number) - right, there.count(number) - right)
        for number in {*claimed, *there}
    }


def _sum(counts: Iterable[Counts]) -> Counts:
    return Counts(*(sum(parts) for parts in zip(*counts, Counts(0, 0, 0), strict=True)))


def _share(right: int, wrong: int) -> float:
    return right / (right + wrong) if right + wrong else 1.0


def _area(boxes: torch.Tensor) -> torch.Tensor:
    return (boxes[:, 2:] - boxes[:, :2]).clamp(min=0).prod(-1)


def _figures(counts: Counts) -> dict[str, Any]:
    figures = {"precision": counts.precision, "recall": counts.recall, "f1": counts.f1, "undefined": counts.undefined}
    return {**counts._asdict(), **figures}
