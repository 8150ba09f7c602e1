"""ONNX files: what is refused, what comes out of a session, and, where onnxruntime is installed, a real one."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from ganvas.foreign import ForeignError
from ganvas.foreign.onnx import onnx_detector, onnx_segmenter

Outputs = list[np.ndarray]


class Input(NamedTuple):
    name: str
    shape: list[int | str]


class Session:
    """What onnxruntime gives, with fixed answers."""

    def __init__(self, outputs: Outputs, shape: list[int | str]) -> None:
        self.outputs, self.shape, self.seen = outputs, shape, list[np.ndarray]()

    def get_inputs(self) -> list[Input]:
        return [Input("picture", self.shape)]

    def run(self, names: None, feed: dict[str, np.ndarray]) -> Outputs:
        self.seen.append(feed["picture"])
        return self.outputs


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a session in the place of what onnxruntime would open."""

    def put(outputs: Outputs, shape: list[int | str]) -> Session:
        module, session = ModuleType("onnxruntime"), Session(outputs, shape)
        module.InferenceSession = lambda path, providers: session  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "onnxruntime", module)
        return session

    return put


def test_without_onnxruntime_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ForeignError, match="pip install onnxruntime"):
        onnx_segmenter(Path("street.onnx"))


def test_logits_and_labels_are_labels(runtime: Any) -> None:
    logits = np.random.default_rng(0).random((1, 5, 4, 6), dtype=np.float32)
    session = runtime([logits], ["n", 3, "h", "w"])
    image = torch.rand(2, 3, 7, 9)
    found = onnx_segmenter(Path("a.onnx"))(image)
    assert found.dtype == torch.int64
    assert np.array_equal(found.numpy(), logits.argmax(1).repeat(2, 0))
    assert np.array_equal(session.seen[1], image[1:].numpy())
    runtime([logits.argmax(1).astype(np.int32)], ["n", 3, "h", "w"])
    assert torch.equal(onnx_segmenter(Path("a.onnx"))(image), found)


def test_other_outputs_are_refused(runtime: Any) -> None:
    runtime([np.zeros((1, 7), np.float32)], [1, 3, "h", "w"])
    with pytest.raises(ForeignError, match="neither logits"):
        onnx_segmenter(Path("a.onnx"))(torch.zeros(1, 3, 8, 8))
    with pytest.raises(ForeignError, match=r"boxes \(n, 4\)"):
        onnx_detector(Path("a.onnx"))(torch.zeros(1, 3, 8, 8))


def test_boxes_of_a_fixed_input_come_back_in_pixels_of_the_picture(runtime: Any) -> None:
    boxes = np.array([[[8.0, 16, 32, 64]]], np.float32)
    session = runtime([boxes, np.array([[0.75]], np.float32), np.array([[3.0]], np.float32)], [1, 3, 64, 32])
    [found] = onnx_detector(Path("a.onnx"))(torch.rand(1, 3, 100, 200))
    assert session.seen[0].shape == (1, 3, 64, 32)
    assert found.boxes.tolist() == [[50, 25, 200, 100]]
    assert found.scores.tolist() == [0.75]
    assert (found.classes.dtype, found.classes.tolist()) == (torch.int64, [3])


def test_nothing_found(runtime: Any) -> None:
    runtime([np.zeros((1, 0, 4), np.float32), np.zeros((1, 0), np.float32), np.zeros((1, 0), np.int64)], [1, 3, 8, 8])
    [found] = onnx_detector(Path("a.onnx"))(torch.rand(1, 3, 9, 9))
    assert (found.boxes.shape, len(found.scores), len(found.classes)) == ((0, 4), 0, 0)


def test_a_real_session(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    onnx = pytest.importorskip("onnx")
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [helper.make_node("Identity", ["image"], ["logits"])],
        "colours",
        [helper.make_tensor_value_info("image", kind, [1, 3, "h", "w"])],
        [helper.make_tensor_value_info("logits", kind, [1, 3, "h", "w"])],
    )
    path = tmp_path / "colours.onnx"
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 13)])
    path.write_bytes(model.SerializeToString())
    image = torch.rand(2, 3, 5, 4)
    assert torch.equal(onnx_segmenter(path)(image), image.argmax(1))
    with pytest.raises(ForeignError, match="cannot be run on a picture"):
        onnx_segmenter(path)(torch.rand(1, 2, 5, 4))
    path.write_bytes(b"nothing")
    with pytest.raises(ForeignError, match="cannot be opened"):
        onnx_segmenter(path)
