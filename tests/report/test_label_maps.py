"""A segmenter that tells red, green and blue apart before maps of labels of every kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganvas.foreign.recognisers import Recogniser
from ganvas.metrics import MetricError
from ganvas.metrics.cityscapes import IGNORED, LABELS
from ganvas.metrics.segmentation import Segmenter
from ganvas.report.label_maps import read_labels, recognise_labels
from ganvas.report.recognition import PLAIN, Treatment

EYE: Recogniser[Segmenter] = Recogniser(lambda image: image.argmax(1), "the eye")

TRUTH = np.array([[0, 0, 1, 1], [2, 2, 2, IGNORED]], np.uint8)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A picture of 4 x 2 pixels that shows the truth but for its first one, which is blue."""
    colours = np.eye(3, dtype=np.uint8)[np.array([[2, 0, 1, 1], [2, 2, 2, 0]])] * 255
    (tmp_path / "made").mkdir()
    Image.fromarray(colours).save(tmp_path / "made" / "street.png")
    return tmp_path / "made"


@pytest.fixture
def maps(tmp_path: Path) -> Callable[..., Path]:
    def write(values: np.ndarray = TRUTH, name: str = "street", folder: str = "maps") -> Path:
        (tmp_path / folder).mkdir(exist_ok=True)
        Image.fromarray(values).save(tmp_path / folder / f"{name}.png")
        return tmp_path / folder

    return write


def test_the_three_figures(pictures: Path, maps: Callable[..., Path]) -> None:
    found = recognise_labels([pictures], EYE, maps(), classes=3)
    [row] = found.rows
    assert (row.folder, row.method, row.pictures) == ("made", PLAIN, 1)
    assert row.score.pixels == 7
    assert row.score.pixel_accuracy == pytest.approx(6 / 7)
    assert row.score.class_accuracy == pytest.approx((1 / 2 + 1 + 1) / 3)
    assert row.score.mean_iou == pytest.approx((1 / 2 + 1 + 3 / 4) / 3)
    assert found.names == {0: "0", 1: "1", 2: "2"}
    assert "7 pixels with a known label" in found.conditions[2]


def test_what_is_restored_and_what_the_net_finds_in_the_photos(pictures: Path) -> None:
    """The picture against itself is faultless; what no longer has its first column is not."""
    turned = Treatment(None, lambda picture: picture.with_pixels(picture.pixels[:, ::-1].copy()), "turned")
    found = recognise_labels([pictures], EYE, pictures, against=True, classes=3, treatment=turned)
    plain, restored = (row.score for row in found.rows)
    assert (plain.mean_iou, plain.reference) == (1, "photos")
    assert restored.pixel_accuracy == pytest.approx(1 / 4)
    assert "nobody checked it" in found.conditions[1]


def test_maps_of_every_kind(maps: Callable[..., Path], tmp_path: Path) -> None:
    expected = torch.tensor(TRUTH.astype(np.int64))[None]
    ids = np.array([label.id for label in LABELS], np.uint8)[np.minimum(TRUTH, 18)]
    ids[1, 3] = 3  # the border of the photo
    colours = np.array([label.colour for label in LABELS], np.uint8)[np.minimum(TRUTH, 18)]
    colours[1, 3] = (1, 2, 3)
    palette = Image.fromarray(TRUTH)
    palette.putpalette(list(range(255, -1, -1)) * 3)
    palette.save(tmp_path / "palette.png")
    Image.fromarray(TRUTH.astype(np.uint16)).save(tmp_path / "deep.png")
    folder = maps(ids, "x_gtFine_labelIds")
    maps(ids, "plain")
    maps(colours, "x_gtFine_color")
    for path in (
        folder / "x_gtFine_labelIds.png",
        folder / "x_gtFine_color.png",
        tmp_path / "palette.png",
        tmp_path / "deep.png",
    ):
        assert torch.equal(read_labels(path, 19), expected), path
    assert torch.equal(read_labels(folder / "plain.png", 19, "ids"), expected)


def test_cityscapes_names_belong_together(pictures: Path, maps: Callable[..., Path]) -> None:
    (pictures / "street.png").rename(pictures / "street_leftImg8bit.png")
    colours = np.array([label.colour for label in LABELS], np.uint8)[np.minimum(TRUTH, 18)]
    maps(np.zeros((2, 4), np.uint8), "street_gtFine_instanceIds")  # not one of the maps that are meant
    [row] = recognise_labels([pictures], EYE, maps(colours, "street_gtFine_color")).rows
    assert row.score.pixel_accuracy == pytest.approx(6 / 8)


def test_another_size_is_refused_or_brought_to_that_of_the_truth(pictures: Path, maps: Callable[..., Path]) -> None:
    large = maps(TRUTH.repeat(2, 0).repeat(2, 1))
    with pytest.raises(MetricError, match=r"has 4 x 2 pixels and .* 8 x 4: say --any-size"):
        recognise_labels([pictures], EYE, large, classes=3)
    [row] = recognise_labels([pictures], EYE, large, classes=3, any_size=True).rows
    assert row.score.pixels == 28
    assert row.score.pixel_accuracy == pytest.approx(6 / 7)


def test_what_is_no_map_is_refused(pictures: Path, maps: Callable[..., Path], tmp_path: Path) -> None:
    for path, classes, said in (
        (maps(TRUTH, folder="two") / "street.png", 2, "holds the number 2, and the classes are 0 to 1"),
        (maps(np.full((2, 4, 3), 7, np.uint8), folder="odd") / "street.png", 19, "none of the colours of Cityscapes"),
        (maps(TRUTH, "x_gtFine_color", "grey") / "x_gtFine_color.png", 19, "is grey, and not a map of colours"),
    ):
        with pytest.raises(MetricError, match=said):
            read_labels(path, classes)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"words")
    with pytest.raises(MetricError, match="cannot be read as a map of labels"):
        read_labels(broken, 3)
    with pytest.raises(MetricError, match=r"street\.png has no truth: .* tells of no picture called street"):
        recognise_labels([pictures], EYE, maps(TRUTH, "other", "others"), classes=3)
    (tmp_path / "empty").mkdir()
    with pytest.raises(MetricError, match="there is no picture in"):
        recognise_labels([tmp_path / "empty"], EYE, maps(), classes=3)
