"""The FCN score: hand-made maps, scikit-learn's figures, sizes, labels that do not count."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from ganvas.metrics import MetricError
from ganvas.metrics.cityscapes import IGNORED, LABELS, from_colours, from_ids
from ganvas.metrics.segmentation import confusion, fcn_score, scored


def maps(seed: int, classes: int, shape: tuple[int, ...] = (2, 9, 7)) -> torch.Tensor:
    return torch.randint(classes, shape, generator=torch.Generator().manual_seed(seed))


def by_hand(truth: np.ndarray, found: np.ndarray, classes: int) -> tuple[float, float, float]:
    """The three figures from sets of pixels, without a matrix."""
    counts = (truth >= 0) & (truth < classes)
    truth, found = truth[counts], found[counts]
    accuracies, ious = [], []
    for number in range(classes):
        there, claimed = truth == number, found == number
        if there.any():
            accuracies.append((there & claimed).sum() / there.sum())
            ious.append((there & claimed).sum() / (there | claimed).sum())
    return float((truth == found).mean()), float(np.mean(accuracies)), float(np.mean(ious))


def test_a_small_example() -> None:
    truth = torch.tensor([[[0, 0, 0, 0], [1, 1, 2, IGNORED]]])
    found = torch.tensor([[[0, 0, 0, 1], [1, 0, 1, 1]]])
    score = fcn_score([torch.zeros(1, 3, 2, 4)], [truth], lambda _: found, classes=4)
    assert score.pixels == 7
    assert score.pixel_accuracy == 4 / 7
    assert score.accuracies == (3 / 4, 1 / 2, 0.0, None)
    assert score.ious == (3 / 5, 1 / 4, 0.0, None)
    assert score.class_accuracy == pytest.approx((3 / 4 + 1 / 2) / 3, abs=1e-15)
    assert score.mean_iou == pytest.approx((3 / 5 + 1 / 4) / 3, abs=1e-15)
    assert "over the 3 of 4 classes" in score.as_json()["description"]


@pytest.mark.parametrize("seed", range(5))
def test_sets_of_pixels_give_the_same(seed: int) -> None:
    truth, found = maps(seed, 6) - 1, maps(seed + 10, 8)  # -1 does not count; 5 to 7 are no classes
    truth[truth == 3] = IGNORED
    score = scored(confusion(truth, found, 5))
    expected = by_hand(truth.numpy(), found.numpy(), 5)
    assert (score.pixel_accuracy, score.class_accuracy, score.mean_iou) == pytest.approx(expected, abs=1e-12)


def test_scikit_learn_gives_the_same() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    truth, found = maps(1, 5), maps(2, 5)
    score = scored(confusion(truth, found, 5))
    flat = truth.flatten().numpy(), found.flatten().numpy()
    assert np.array_equal(confusion(truth, found, 5)[:, :5].numpy(), metrics.confusion_matrix(*flat))
    assert score.pixel_accuracy == pytest.approx(metrics.accuracy_score(*flat), abs=1e-12)
    assert score.class_accuracy == pytest.approx(metrics.balanced_accuracy_score(*flat), abs=1e-12)
    assert score.mean_iou == pytest.approx(metrics.jaccard_score(*flat, average="macro"), abs=1e-12)


def test_what_is_none_of_the_classes_is_missed_and_claimed_by_none() -> None:
    truth = torch.tensor([[[0, 0, 1, 1]]])
    lost, confused = (scored(confusion(truth, torch.tensor([[[0, n, 1, 1]]]), 2)) for n in (2, 1))
    assert lost.accuracies == confused.accuracies == (0.5, 1.0)
    assert lost.ious == (0.5, 1.0)
    assert confused.ious == (0.5, 2 / 3)


def test_the_same_map_scores_one_and_a_shifted_one_nought() -> None:
    truth = maps(3, 4)
    right, wrong = (scored(confusion(truth, found, 4)) for found in (truth, (truth + 1) % 4))
    assert (right.pixel_accuracy, right.class_accuracy, right.mean_iou) == (1.0, 1.0, 1.0)
    assert (wrong.pixel_accuracy, wrong.class_accuracy, wrong.mean_iou) == (0.0, 0.0, 0.0)


def test_pictures_are_pooled_before_they_are_divided() -> None:
    truths, founds = [maps(n, 3, (1, 2 + n, 5)) for n in range(3)], [maps(n + 7, 3, (1, 2 + n, 5)) for n in range(3)]
    answers = iter(founds)
    score = fcn_score([torch.zeros(1, 3, 4, 4)] * 3, truths, lambda _: next(answers), classes=3)
    whole = scored(confusion(torch.cat(truths, 1), torch.cat(founds, 1), 3))
    assert score == whole
    means = [scored(confusion(truth, found, 3)).mean_iou for truth, found in zip(truths, founds, strict=True)]
    assert not math.isclose(score.mean_iou, sum(means) / 3)


def test_small_results_are_enlarged_by_their_nearest_pixels() -> None:
    found = maps(4, 3, (1, 2, 3))
    truth = found.repeat_interleave(4, 1).repeat_interleave(3, 2)
    assert scored(confusion(truth, found, 3)).pixel_accuracy == 1
    large = torch.tensor([[[256 * 256 * 256 + 1]]])  # more than float32 can tell apart
    assert confusion(large.expand(1, 2, 2) * 0, large, 2).tolist() == [[0, 0, 4], [0, 0, 0]]


def test_lists_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        fcn_score([torch.zeros(1, 3, 2, 2)] * 2, [maps(1, 2, (1, 2, 2))], lambda image: image[:, 0].long())


def test_nothing_to_score_is_said() -> None:
    with pytest.raises(MetricError, match="no pixel with a known label"):
        scored(confusion(torch.full((1, 2, 2), IGNORED), torch.zeros(1, 2, 2, dtype=torch.int64), 3))


def test_maps_without_a_batch_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(N, H, W\)"):
        confusion(torch.zeros(2, 2, dtype=torch.int64), torch.zeros(2, 2, dtype=torch.int64), 3)


def test_colours_and_ids_say_the_same_classes() -> None:
    colours = torch.tensor([label.colour for label in LABELS] + [(0, 0, 0), (81, 0, 81)]).T.reshape(1, 3, 3, 7) / 255
    ids = torch.tensor([label.id for label in LABELS] + [0, 6]).view(1, 3, 7)
    expected = torch.tensor([*range(19), IGNORED, IGNORED]).view(1, 3, 7)
    assert torch.equal(from_colours(colours), expected)
    assert torch.equal(from_ids(ids), expected)
