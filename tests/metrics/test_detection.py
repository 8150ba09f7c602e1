"""Detections against truth: closed forms, hand-made cases, and a slow matching of its own."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
import torch

from ganvas.metrics import MetricError
from ganvas.metrics.coco import NAMES, read_coco
from ganvas.metrics.detection import (
    Boxes,
    Counts,
    Detections,
    detection_score,
    intersection_over_union,
    verified,
)

Row = tuple[float, float, float, float]


def there(*rows: tuple[Row, int]) -> Boxes:
    return Boxes(torch.tensor([box for box, _ in rows]).view(-1, 4), torch.tensor([n for _, n in rows]).long())


def claimed(*rows: tuple[Row, float, int]) -> Detections:
    boxes, classes = there(*((box, number) for box, _, number in rows))
    return Detections(boxes, torch.tensor([score for _, score, _ in rows]), classes)


def counts(truth: Boxes, found: Detections, iou: float = 0.5, score: float = 0.5) -> Counts:
    return detection_score([truth], [found], iou, score).total


LEFT: Row = (0, 0, 10, 10)
RIGHT: Row = (20, 0, 30, 10)
NEAR: Row = (2, 0, 12, 10)  # 80 of 120 in common with LEFT
FAR: Row = (4, 0, 14, 10)  # 60 of 140


@pytest.mark.parametrize(
    ("other", "share"),
    [
        (LEFT, 1.0),
        (NEAR, 2 / 3),
        (FAR, 3 / 7),
        ((5, 5, 15, 15), 25 / 175),
        ((2, 2, 4, 8), 0.12),
        ((10, 0, 20, 10), 0.0),
        ((50, 50, 60, 60), 0.0),
        ((5, 5, 5, 5), 0.0),
        ((8, 8, 2, 2), 0.0),
    ],
)
def test_intersection_over_union(other: Row, share: float) -> None:
    one, two = torch.tensor([LEFT]).double(), torch.tensor([other]).double()
    assert intersection_over_union(one, two).item() == pytest.approx(share, abs=1e-15)
    assert intersection_over_union(two, one).item() == pytest.approx(share, abs=1e-15)


def test_a_point_has_nothing_in_common_with_itself() -> None:
    point = torch.tensor([[3.0, 3, 3, 3]])
    assert intersection_over_union(point, point).item() == 0


def test_five_boxes() -> None:
    truth = there((LEFT, 1), (RIGHT, 1), ((40, 0, 50, 10), 2), ((60, 0, 70, 10), 2), ((80, 0, 90, 10), 3))
    found = claimed(
        (NEAR, 0.9, 1),  # right
        ((20, 0, 30, 10), 0.8, 2),  # the wrong class
        ((44, 0, 54, 10), 0.7, 2),  # too far off
        ((60, 0, 70, 10), 0.5, 2),  # right, just
        ((80, 0, 90, 10), 0.49, 3),  # not sure enough
    )
    score = detection_score([truth], [found])
    assert score.total == Counts(2, 2, 3)
    assert score.classes == {1: Counts(1, 0, 1), 2: Counts(1, 2, 1), 3: Counts(0, 0, 1)}
    assert (score.total.precision, score.total.recall) == (0.5, 0.4)
    assert score.total.f1 == pytest.approx(2 * 0.5 * 0.4 / 0.9)
    assert score.as_json()["classes"]["2"]["recall"] == 0.5


def test_two_detections_of_one_thing() -> None:
    assert counts(there((LEFT, 1)), claimed((NEAR, 0.9, 1), (LEFT, 0.8, 1))) == Counts(1, 1, 0)


def test_the_surest_goes_first_and_takes_what_it_covers_best() -> None:
    truth = there((LEFT, 1), ((3, 0, 13, 10), 1))
    # The second would cover only LEFT; given the first place, it takes it, and the other goes without if it is greedy.
    assert counts(truth, claimed((NEAR, 0.9, 1), ((-3, 0, 7, 10), 0.8, 1))) == Counts(2, 0, 0)
    assert counts(truth, claimed(((1, 0, 11, 10), 0.9, 1), ((-3, 0, 7, 10), 0.8, 1))) == Counts(1, 1, 1)


def test_of_equal_scores_the_earlier_goes_first() -> None:
    truth = there((LEFT, 1), ((3, 0, 13, 10), 1))
    greedy, modest = ((1, 0, 11, 10), 0.7, 1), ((-3, 0, 7, 10), 0.7, 1)
    assert counts(truth, claimed(greedy, modest)) == Counts(1, 1, 1)
    assert counts(truth, claimed(modest, greedy)) == Counts(2, 0, 0)


def test_the_bounds_belong_to_what_counts() -> None:
    half = (0, 0, 10, 5)
    assert counts(there((LEFT, 1)), claimed((half, 0.5, 1))) == Counts(1, 0, 0)
    assert counts(there((LEFT, 1)), claimed((half, 0.5, 1)), iou=0.51) == Counts(0, 1, 1)
    assert counts(there((LEFT, 1)), claimed((half, 0.25, 1)), score=0.25) == Counts(1, 0, 0)


def test_nothing_found_is_not_mistaken_but_undefined() -> None:
    score = detection_score([there((LEFT, 1))], [claimed()])
    assert score.total == Counts(0, 0, 1)
    assert (score.total.precision, score.total.recall, score.total.f1) == (1.0, 0.0, 0.0)
    assert score.total.undefined
    assert "precision undefined" in score.describe()


def test_nothing_to_find() -> None:
    wrong = counts(there(), claimed((LEFT, 0.9, 1)))
    assert wrong == Counts(0, 1, 0)
    assert (wrong.precision, wrong.recall, wrong.f1, wrong.undefined) == (0.0, 1.0, 0.0, False)
    assert counts(there(), claimed()) == Counts(0, 0, 0)
    assert detection_score([], []).total == Counts(0, 0, 0)


def test_pictures_do_not_mix() -> None:
    truth, found = [there((LEFT, 1)), there((RIGHT, 1))], [claimed((RIGHT, 0.9, 1)), claimed((LEFT, 0.9, 1))]
    assert detection_score(truth, found).total == Counts(0, 2, 2)
    assert detection_score(truth, found[::-1]).total == Counts(2, 0, 0)


def test_what_is_found_in_the_sharp_picture_is_its_own_truth() -> None:
    sharp = claimed((LEFT, 0.9, 1), (RIGHT, 0.6, 2), (FAR, 0.2, 1))
    truth = verified(sharp)
    assert truth.classes.tolist() == [1, 2]
    assert counts(truth, sharp) == Counts(2, 0, 0)
    assert len(verified(sharp, 0.1).classes) == 3


def brute(truth: Boxes, found: Detections, iou: float, score: float) -> Counts:
    """The same by loops over plain numbers."""

    def share(a: list[float], b: list[float]) -> float:
        width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        common = max(width, 0) * max(height, 0)
        areas = [(c[2] - c[0]) * (c[3] - c[1]) for c in (a, b)]
        return common / (sum(areas) - common) if common else 0.0

    free = list(zip(truth.boxes.tolist(), truth.classes.tolist(), strict=True))
    rows = list(zip(found.boxes.tolist(), found.scores.tolist(), found.classes.tolist(), strict=True))
    right = wrong = 0
    for box, sure, number in sorted(rows, key=lambda row: -row[1]):
        if sure < score:
            continue
        best = max(
            (other for other in free if other[1] == number), key=lambda other: share(box, other[0]), default=None
        )
        if best is not None and share(box, best[0]) >= iou:
            free.remove(best)
            right += 1
        else:
            wrong += 1
    return Counts(right, wrong, len(free))


@pytest.mark.parametrize("seed", range(30))
def test_a_slow_matching_gives_the_same(seed: int) -> None:
    random = Random(seed)

    def box() -> Row:
        left, top = random.randrange(12), random.randrange(12)
        return left, top, left + random.randrange(1, 12), top + random.randrange(1, 12)

    truth = there(*((box(), random.randrange(3)) for _ in range(random.randrange(12))))
    found = claimed(*((box(), random.randrange(8) / 8, random.randrange(3)) for _ in range(random.randrange(30))))
    assert counts(truth, found, 0.3, 0.25) == brute(truth, found, 0.3, 0.25)


def annotations() -> dict[str, object]:
    return {
        "images": [{"id": 7, "file_name": "street.jpg"}, {"id": 9, "file_name": "empty.jpg"}],
        "categories": [{"id": 1, "name": "person"}, {"id": 3, "name": "car"}],
        "annotations": [
            {"image_id": 7, "category_id": 3, "bbox": [10, 20, 30, 5.5], "iscrowd": 0},
            {"image_id": 7, "category_id": 1, "bbox": [1, 2, 3, 4]},
            {"image_id": 7, "category_id": 1, "bbox": [0, 0, 90, 90], "iscrowd": 1},
        ],
    }


def test_annotations_of_coco(tmp_path: Path) -> None:
    path = tmp_path / "instances.json"
    path.write_text(json.dumps(annotations()))
    pictures, names = read_coco(path)
    assert names == {1: "person", 3: "car"}
    assert pictures["street.jpg"].boxes.tolist() == [[10, 20, 40, 25.5], [1, 2, 4, 6]]
    assert pictures["street.jpg"].classes.tolist() == [3, 1]
    assert pictures["empty.jpg"].boxes.shape == (0, 4)
    assert counts(pictures["empty.jpg"], claimed((LEFT, 0.9, 1))) == Counts(0, 1, 0)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"images": [], "annotations": [{"bbox": 1}]}'])
def test_other_files_are_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "instances.json"
    path.write_text(text)
    with pytest.raises(MetricError, match="in the form of COCO"):
        read_coco(path)
    with pytest.raises(MetricError, match="cannot be read"):
        read_coco(tmp_path / "none.json")


def test_the_numbers_of_coco() -> None:
    assert len(NAMES) == 80
    assert {1: "person", 13: "stop sign", 44: "bottle", 62: "chair", 90: "toothbrush"}.items() <= NAMES.items()
    assert {*range(1, 91)} - NAMES.keys() == {12, 26, 29, 30, 45, 66, 68, 69, 71, 83}
