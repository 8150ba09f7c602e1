"""``ganvas recognise`` as it is typed, with nets in ONNX files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from ganvas.cli.main import app
from ganvas.errors import GanvasError


def typed(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["recognise", *map(str, arguments)])


def write_graph(path: Path, nodes: list[Any], outputs: list[tuple[str, int, list[Any]]], constants: list[Any]) -> Path:
    from onnx import TensorProto, helper

    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, "h", "w"])
    found = [helper.make_tensor_value_info(*output) for output in outputs]
    graph = helper.make_graph(nodes, "made", [image], found, initializer=constants)
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 13)])
    path.write_bytes(model.SerializeToString())
    return path


@pytest.fixture
def segmenter(tmp_path: Path) -> Path:
    """Tells red, green and blue apart."""
    pytest.importorskip("onnxruntime", reason="ONNX files are run by onnxruntime")
    onnx = pytest.importorskip("onnx", reason="the nets of these tests are written by onnx")
    node = onnx.helper.make_node("Identity", ["image"], ["logits"])
    logits = ("logits", onnx.TensorProto.FLOAT, [1, 3, "h", "w"])
    return write_graph(tmp_path / "segmenter.onnx", [node], [logits], [])


@pytest.fixture
def detector(tmp_path: Path) -> Path:
    """Finds a person in the same place of every picture, as sure as the picture is bright."""
    pytest.importorskip("onnxruntime", reason="ONNX files are run by onnxruntime")
    onnx = pytest.importorskip("onnx", reason="the nets of these tests are written by onnx")
    helper, kinds = onnx.helper, onnx.TensorProto
    constants = [
        helper.make_tensor("box", kinds.FLOAT, [1, 4], [2.0, 2.0, 10.0, 12.0]),
        helper.make_tensor("one", kinds.INT64, [1], [1]),
    ]
    nodes = [
        helper.make_node("Identity", ["box"], ["boxes"]),
        helper.make_node("ReduceMean", ["image"], ["scores"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Identity", ["one"], ["classes"]),
    ]
    outputs = [("boxes", kinds.FLOAT, [1, 4]), ("scores", kinds.FLOAT, [1]), ("classes", kinds.INT64, [1])]
    return write_graph(tmp_path / "detector.onnx", nodes, outputs, constants)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """The same two grey pictures, bright and dark."""
    for name, levels in (("bright", (200, 220)), ("dark", (40, 180))):
        (tmp_path / name).mkdir()
        for number, level in enumerate(levels):
            Image.new("RGB", (24, 16), (level,) * 3).save(tmp_path / name / f"{number}.png")
    return tmp_path / "bright", tmp_path / "dark"


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    images = [{"id": n, "file_name": f"{n}.png"} for n in range(2)]
    boxes = [{"image_id": n, "category_id": 1, "bbox": [2, 2, 8, 10]} for n in range(2)]
    path = tmp_path / "truth.json"
    path.write_text(json.dumps({"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "person"}]}))
    return path


def test_boxes(folders: tuple[Path, Path], detector: Path, truth: Path, tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    result = typed("boxes", *folders, "--detector", detector, "--truth", truth, "--json", figures)
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.stdout.splitlines()]
    assert lines[0][-6:] == ["right", "wrong", "missed", "precision", "recall", "F1"]
    assert lines[1] == ["bright", "as", "it", "is", "2", "2", "0", "0", "1.000", "1.000", "1.000"]
    assert lines[2] == ["dark", "as", "it", "is", "2", "1", "0", "1", "1.000", "0.500", "0.667"]
    assert f"truth: {truth}" in result.stdout
    rows = json.loads(figures.read_text())["rows"]
    assert [(row["folder"], row["recall"], row["iou"], row["score"]) for row in rows] == [
        ("bright", 1, 0.5, 0.5),
        ("dark", 0.5, 0.5, 0.5),
    ]


def test_nothing_found_has_no_precision(folders: tuple[Path, Path], detector: Path, truth: Path) -> None:
    result = typed("boxes", folders[0], "--detector", detector, "--truth", truth, "--threshold", 1)
    assert result.stdout.splitlines()[1].split()[-3:] == ["-", "0.000", "0.000"]


def test_sharp_spoilt_and_restored(folders: tuple[Path, Path], detector: Path) -> None:
    result = typed("boxes", folders[0], "--detector", detector, "--against", folders[0], "--spoil", "motion")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[1].split()[-3:] == ["1.000"] * 3
    assert result.stdout.splitlines()[2].split()[1] == "motion"
    restored = typed(
        *("boxes", folders[0], "--detector", detector, "--against", folders[0]),
        *("--enhance", "deblur", "--precision", "fp32", "--device", "cpu"),
    )
    assert restored.exit_code == 0, restored.output
    assert restored.stdout.splitlines()[2].split()[1] == "deblur"
    assert "deblur: what the model makes of them, run as cpu fp32" in restored.stdout


def test_labels(tmp_path: Path, segmenter: Path) -> None:
    drawn = np.array([[0, 0, 1, 1], [2, 2, 2, 255]], np.uint8)
    for name, values in (("maps", drawn), ("made", np.eye(3, dtype=np.uint8)[np.minimum(drawn, 2)] * 255)):
        (tmp_path / name).mkdir()
        Image.fromarray(values).save(tmp_path / name / "a.png")
    figures = tmp_path / "figures.json"
    arguments = ["labels", tmp_path / "made", "--segmenter", segmenter, "--truth", tmp_path / "maps"]
    result = typed(*arguments, "--classes", 3, "--json", figures)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[1].split() == ["made", "as", "it", "is", "1", "1.000", "1.000", "1.000"]
    assert json.loads(figures.read_text())["rows"][0]["pixels"] == 7
    fewer = typed(*arguments, "--classes", 2)
    assert isinstance(fewer.exception, GanvasError)
    assert "holds the number 2" in str(fewer.exception)


def test_one_sentence_says_what_to_mend(
    folders: tuple[Path, Path], detector: Path, truth: Path, tmp_path: Path, bicubic_model: str
) -> None:
    bright, seen = folders[0], ["--detector", detector]
    (tmp_path / "empty").mkdir()
    (tmp_path / "note.txt").write_text("words")
    for arguments, said in (
        ([bright, *seen], "give either --truth"),
        ([bright, *seen, "--truth", truth, "--against", bright], "give either --truth"),
        ([bright, "--detector", tmp_path / "none.onnx", "--truth", truth], "there is no file"),
        ([bright, "--detector", tmp_path / "note.txt", "--truth", truth], "is no detector: give an ONNX file"),
        ([tmp_path / "empty", *seen, "--truth", truth], "there is no picture in"),
        ([bright, *seen, "--truth", tmp_path / "none.json"], "cannot be read"),
        ([bright, *seen, "--truth", truth, "--enhance", bicubic_model], "enlarges pictures"),
        ([bright, *seen, "--truth", truth, "--enhance", "nothing"], "there is no model"),
        ([bright, *seen, "--truth", truth, "--json", tmp_path / "no" / "figures.json"], "there is no folder"),
    ):
        result = typed("boxes", *arguments)
        assert isinstance(result.exception, GanvasError), (arguments, result.output)
        assert said in str(result.exception)
        assert not result.stdout
    wrong = typed("labels", bright, "--segmenter", tmp_path / "note.txt", "--truth", bright)
    assert "is no segmenter: give an ONNX file" in str(wrong.exception)
    assert typed("boxes", bright, *seen, "--truth", truth, "--iou", 0).exit_code == 2
