"""The FCN score: how well a net that was trained on real photos finds in generated ones what they should show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

import torch
from torch.nn.functional import interpolate

from ganvas.metrics.fidelity import MetricError

Segmenter = Callable[[torch.Tensor], torch.Tensor]
"""Pictures (N, 3, H, W) in [0, 1] to the class of each pixel, (N, h, w) int64; the size may be its own."""

Reference = Literal["labels", "photos"]

REFERENCES: dict[Reference, str] = {
    "labels": "against the labels that the pictures were made from",
    "photos": "against what the same net finds in the real photos",
}
"""What the truth is: the labels (Isola et al. 2017), or the real photos in the eyes of the same net."""


@dataclass(frozen=True)
class FCNScore:
    """Shares in [0, 1], pooled over all pixels of all pictures; more is better.

    ``accuracies`` and ``ious`` are those of each class, None where no pixel truly belongs to it: such a class is left
    out of both means. (The code of pix2pix counts it as 0, since it adds 1e-12 to what it divides by; scikit-learn
    leaves it out of the balanced accuracy. On a whole data set no class is absent.)
    """

    pixel_accuracy: float
    class_accuracy: float
    mean_iou: float
    accuracies: tuple[float | None, ...]
    ious: tuple[float | None, ...]
    pixels: int
    reference: Reference = "labels"

    def describe(self) -> str:
        """One line that belongs beside the figures."""
        present = sum(value is not None for value in self.accuracies)
        return (
            f"{REFERENCES[self.reference]}, means over the {present} of {len(self.accuracies)} classes that occur,"
            f" {self.pixels} pixels with a known label, pooled"
        )

    def as_json(self) -> dict[str, Any]:
        """The result in full, with its description."""
        return {**asdict(self), "description": self.describe()}


def fcn_score(
    pictures: Iterable[torch.Tensor],
    labels: Iterable[torch.Tensor],
    segmenter: Segmenter,
    classes: int = 19,
    reference: Reference = "labels",
) -> FCNScore:
    """How far ``segmenter`` finds ``labels`` in ``pictures`` (Isola et al. 2017, section 4.1).

    Each of ``pictures`` is (N, 3, H, W) in [0, 1], each of ``labels`` (N, H, W) int64; labels outside 0 to
    ``classes`` - 1 do not count. What the segmenter finds at another size is brought to that of the labels by its
    nearest pixels. With ``reference`` "photos", ``labels`` are ``segmenter(photo)``. The score of the real photos is
    the ceiling, and must stand beside it.
    """
    matrices = (confusion(truth, segmenter(picture), classes) for picture, truth in zip(pictures, labels, strict=True))
    return scored(sum(matrices, torch.zeros(classes, classes + 1, dtype=torch.int64)), reference)


def confusion(truth: torch.Tensor, found: torch.Tensor, classes: int) -> torch.Tensor:
    """How many pixels of class i were found to be of class j, (classes, classes + 1) int64, on the CPU.

    The last column is for what is none of the classes. Matrices of several pictures add up.

    >>> confusion(torch.tensor([[[0, 1, 1, 255]]]), torch.tensor([[[0, 1, 7, 1]]]), 2).tolist()
    [[1, 0, 0], [0, 1, 1]]
    """
    if truth.ndim != 3 or found.ndim != 3 or len(truth) != len(found):
        raise ValueError(f"label maps are (N, H, W), not {[*truth.shape]} and {[*found.shape]}")
    if found.shape != truth.shape:
        found = interpolate(found[:, None].double(), truth.shape[-2:], mode="nearest-exact")[:, 0].long()
    found = found.to(truth.device)
    counts = (truth >= 0) & (truth < classes)
    known = (found >= 0) & (found < classes)
    cells = truth * (classes + 1) + torch.where(known, found, classes)
    return cells[counts].bincount(minlength=classes * (classes + 1)).view(classes, classes + 1).cpu()


def scored(matrix: torch.Tensor, reference: Reference = "labels") -> FCNScore:
    """The figures of a matrix n of :func:`confusion` (Long et al. 2015, section 5), t_i its row sums.

    Pixel accuracy sum n_ii / sum t_i; class accuracy the mean of n_ii / t_i; IoU the mean of
    n_ii / (t_i + sum_j n_ji - n_ii).

    >>> score = scored(torch.tensor([[3, 1, 0], [0, 2, 2]]))
    >>> score.pixel_accuracy, score.class_accuracy, round(score.mean_iou, 6)
    (0.625, 0.625, 0.575)
    """
    counts = matrix.double()
    right, true, claimed = counts.diagonal(), counts.sum(1), counts[:, :-1].sum(0)
    total = int(matrix.sum())
    if total == 0:
        raise MetricError("there is no pixel with a known label to score")
    present = true > 0
    accuracies, ious = right / true, right / (true + claimed - right)
    return FCNScore(
        right.sum().item() / total,
        accuracies[present].mean().item(),
        ious[present].mean().item(),
        _by_class(accuracies, present),
        _by_class(ious, present),
        total,
        reference,
    )


def _by_class(values: torch.Tensor, present: torch.Tensor) -> tuple[float | None, ...]:
    return tuple(v.item() if there else None for v, there in zip(values, present.tolist(), strict=True))
