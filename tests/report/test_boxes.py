"""A detector of bright red and green rectangles before pictures as they are, spoilt and restored."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from ganvas.foreign.recognisers import Recogniser
from ganvas.images import Picture
from ganvas.metrics import MetricError
from ganvas.metrics.detection import Boxes, Counts, Detections, Detector
from ganvas.report.boxes import recognise_boxes
from ganvas.report.recognition import PLAIN, Treatment

RED, GREEN = 1, 2


def bright(image: torch.Tensor) -> Sequence[Detections]:
    """The box around all that is red (class 1) and around all that is green (class 2), as sure as it is bright."""
    found = list[tuple[list[float], float, int]]()
    for number, channel in ((RED, image[0, 0]), (GREEN, image[0, 1])):
        rows, columns = (channel > 0.2).nonzero(as_tuple=True)
        if len(rows):
            box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
            found.append(([float(side) for side in box], channel.max().item(), number))
    boxes = Boxes(torch.tensor([box for box, _, _ in found]).view(-1, 4), torch.tensor([n for *_, n in found]).long())
    return [Detections(boxes.boxes, torch.tensor([sure for _, sure, _ in found]), boxes.classes)]


EYE: Recogniser[Detector] = Recogniser(bright, "the eye", {RED: "red", GREEN: "green"})


def brighter(picture: Picture) -> Picture:
    return picture.with_pixels((2 * picture.pixels).clip(0, 1))


Write = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Write:
    """Writes pictures of 32 x 24 pixels with a red square at (4, 4) and a green one at (20, 10), 8 a side."""

    def write(name: str, brightness: dict[str, tuple[int, int]], side: int = 32) -> Path:
        path = tmp_path / name
        path.mkdir()
        for picture, (red, green) in brightness.items():
            pixels = np.zeros((24, side, 3), np.uint8)
            pixels[4:12, 4:12, 0], pixels[10:18, 20:28, 1] = red, green
            Image.fromarray(pixels).save(path / picture)
        return path

    return write


@pytest.fixture
def annotated(tmp_path: Path) -> Write:
    """Writes what is in two of those pictures, and in one more, in the form of COCO."""

    def write(green: int = GREEN, names: tuple[str, str] = ("red", "green"), width: int = 8) -> Path:
        boxes = [(1, RED, [4, 4, width, 8]), (1, green, [20, 10, 8, 8]), (2, RED, [4, 4, 8, 8])]
        content: dict[str, Any] = {
            "images": [{"id": n, "file_name": f"{name}.jpg"} for n, name in enumerate(("one", "two", "three"), 1)],
            "annotations": [{"image_id": n, "category_id": number, "bbox": box} for n, number, box in boxes],
            "categories": [{"id": RED, "name": names[0]}, {"id": green, "name": names[1]}],
        }
        path = tmp_path / "truth.json"
        path.write_text(json.dumps(content))
        return path

    return write


def test_what_is_restored_is_found_again(folder: Write, annotated: Write) -> None:
    dim = folder("dim", {"one.png": (200, 110), "two.png": (110, 0)})
    found = recognise_boxes([dim], EYE, annotated(), treatment=Treatment(None, brighter, "brighter"))
    plain, restored = found.rows
    assert (plain.folder, plain.method, plain.pictures, plain.score.total) == ("dim", PLAIN, 2, Counts(1, 0, 2))
    assert (restored.method, restored.score.total) == ("brighter", Counts(3, 0, 0))
    assert plain.score.classes == {RED: Counts(1, 0, 1), GREEN: Counts(0, 0, 1)}
    content = json.loads(json.dumps(found.as_json()))
    assert content["rows"][1]["f1"] == 1
    assert content["names"] == {"1": "red", "2": "green"}
    assert any("intersection over union of 0.5" in line for line in content["conditions"])


def test_the_threshold_decides_what_counts(folder: Write, annotated: Write) -> None:
    dim = folder("dim", {"one.png": (200, 110), "two.png": (110, 0)})
    assert recognise_boxes([dim], EYE, annotated(), score=0.4).rows[0].score.total == Counts(3, 0, 0)
    assert recognise_boxes([dim], EYE, annotated(), score=0.9).rows[0].score.total == Counts(0, 0, 3)


def test_the_sharp_pictures_are_the_truth_of_the_others(folder: Write) -> None:
    sharp = folder("sharp", {"one.png": (255, 255), "two.png": (255, 90), "three.png": (255, 255)})
    dim = folder("dim", {"one.png": (255, 90), "two.png": (255, 255)})
    found = recognise_boxes([dim], EYE, sharp, against=True)
    assert found.rows[0].score.total == Counts(2, 1, 1)  # what the eye overlooked in the sharp one is not there
    assert any("nobody checked it" in line for line in found.conditions)
    [itself] = recognise_boxes([sharp], EYE, sharp, against=True).rows
    assert itself.score.total == Counts(5, 0, 0)


def test_the_same_shake_for_the_same_picture(folder: Write, annotated: Write) -> None:
    one, again = folder("one", {"one.png": (255, 255)}), folder("again", {"one.png": (255, 255)})
    seen = list[torch.Tensor]()

    def look(image: torch.Tensor) -> Sequence[Detections]:
        seen.append(image)
        return bright(image)

    treatment = Treatment("motion", brighter, "brighter")
    found = recognise_boxes([one, again], Recogniser(look, "eye", EYE.names), annotated(), treatment=treatment)
    assert [row.method for row in found.rows] == [PLAIN, "motion", "motion, brighter"] * 2
    assert torch.equal(seen[1], seen[4])
    assert not torch.equal(seen[0], seen[1])
    assert torch.allclose((2 * seen[1]).clamp(0, 1), seen[2])
    assert any(line.startswith("motion: inputs blurred along the path") for line in found.conditions)


def test_progress_is_told(folder: Write, annotated: Write) -> None:
    dim, told = folder("dim", {"one.png": (200, 110), "two.png": (110, 0)}), list[tuple[int, int]]()
    recognise_boxes([dim], EYE, annotated(), progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]


def refused(folders: list[Path], truth: Path, against: bool = False) -> str:
    with pytest.raises(MetricError) as caught:
        recognise_boxes(folders, EYE, truth, against=against)
    return str(caught.value)


def test_what_does_not_fit_is_refused(folder: Write, annotated: Write) -> None:
    one, other = folder("one", {"one.png": (9, 9)}), folder("other", {"two.png": (9, 9)})
    unknown, large = folder("unknown", {"four.png": (9, 9)}), folder("large", {"one.png": (9, 9)}, side=40)
    assert "has no picture called" in refused([one, other], annotated())
    assert "four.png has no truth" in refused([unknown], annotated())
    assert "has 40 x 24 pixels, and its truth in" in refused([large], one, against=True)
    assert "has a box beyond them" in refused([one], annotated(width=40))
    assert "calls it green" in refused([one], annotated(names=("red", "blue")))
    assert "the class 7 (violet), and the eye does not know it" in refused([one], annotated(7, ("red", "violet")))


def test_a_class_that_is_no_category_is_refused(folder: Write, annotated: Write) -> None:
    path = annotated()
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "categories": content["categories"][:1]}))
    assert "boxes of the class 2, which is not among its categories" in refused(
        [folder("one", {"one.png": (9, 9)})], path
    )


def test_classes_that_have_nothing_in_common_are_told(folder: Write, annotated: Write) -> None:
    def elsewhere(image: torch.Tensor) -> Sequence[Detections]:
        return [each._replace(classes=each.classes + 10) for each in bright(image)]

    dim = folder("dim", {"one.png": (200, 200)})
    found = recognise_boxes([dim], Recogniser(elsewhere, "from 11"), annotated())
    assert found.conditions[-1] == "no class that was found (11, 12) is in the truth (1, 2): do both count alike?"
    assert "alike" not in " ".join(recognise_boxes([dim], EYE, annotated()).conditions)
