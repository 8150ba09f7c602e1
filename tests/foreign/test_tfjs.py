"""Graphs of TensorFlow.js: made ones by hand, and CenterNet."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d

from ganvas.foreign import ForeignError
from ganvas.foreign.centernet import CenterNet, centernet, points
from ganvas.foreign.tfjs import Graph, read_tfjs
from ganvas.images import read

Content = dict[str, Any]


def word(text: str) -> str:
    return b64encode(text.encode()).decode()


def node(name: str, kind: str, *inputs: str, **settings: Any) -> Content:
    return {"name": name, "op": kind, "input": list(inputs), "attr": settings}


def filtering(stride: int = 1, padding: str = "SAME", dilation: int = 1, fused: Sequence[str] = ()) -> dict[str, Any]:
    def across(number: int) -> Content:
        return {"list": {"i": ["1", str(number), str(number), "1"]}}

    fusion = {"fused_ops": {"list": {"s": [word(step) for step in fused]}}}
    return {"strides": across(stride), "dilations": across(dilation), "padding": {"s": word(padding)}, **fusion}


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A graph of ``nodes`` with ``weights``; those called half are kept as float16."""

    def put(nodes: list[Content], weights: dict[str, np.ndarray]) -> Path:
        entries, content = list[Content](), b""
        for name, values in weights.items():
            entry: Content = {"name": name, "shape": list(values.shape), "dtype": str(values.dtype)}
            if name.startswith("half"):
                entry["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
                values = values.astype("<f2")
            entries.append(entry)
            content += values.tobytes()
        (tmp_path / "one.bin").write_bytes(content[:10])
        (tmp_path / "two.bin").write_bytes(content[10:])
        manifest = [{"paths": ["one.bin", "two.bin"], "weights": entries}]
        constants = [node(name, "Const") for name in weights]
        graph = {"modelTopology": {"node": [*nodes, *constants]}, "weightsManifest": manifest}
        path = tmp_path / "graph.json"
        path.write_text(json.dumps(graph))
        return path

    return put


IMAGE = node("image", "Placeholder")


def random(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize(
    ("settings", "sides", "expected"),
    [
        (filtering(), (7, 6), {"padding": 1}),
        (filtering(padding="VALID"), (7, 6), {}),
        (filtering(stride=2), (7, 5), {"padding": 1, "stride": 2}),
        (filtering(dilation=2), (7, 6), {"padding": 2, "dilation": 2}),
    ],
)
def test_a_convolution(settings: Content, sides: tuple[int, int], expected: dict[str, int], write: Write) -> None:
    kernel, image = random(3, 3, 2, 4), torch.rand(2, 2, *sides)
    path = write([node("out", "Conv2D", "image", "half_kernel", **settings), IMAGE], {"half_kernel": kernel})
    [found] = read_tfjs(path, ["out"])(image.permute(0, 2, 3, 1))
    weight = torch.from_numpy(kernel).half().float().permute(3, 2, 0, 1)
    assert torch.allclose(found.permute(0, 3, 1, 2), conv2d(image, weight, **expected), atol=1e-5)


def test_even_sides_are_filled_up_at_the_end(write: Write) -> None:
    kernel = np.ones((3, 3, 1, 1), np.float32)
    path = write([IMAGE, node("out", "Conv2D", "image", "kernel", **filtering(stride=2))], {"kernel": kernel})
    [found] = read_tfjs(path, ["out"])(torch.ones(1, 4, 4, 1))
    assert found[0, :, :, 0].tolist() == [[9, 6], [6, 4]]


def test_each_channel_by_itself_then_bias_and_activation(write: Write) -> None:
    kernel, bias = random(3, 3, 3, 2), random(6)
    settings = filtering(fused=["BiasAdd", "Relu6"])
    nodes = [IMAGE, node("out", "FusedDepthwiseConv2dNative", "image", "kernel", "bias", **settings)]
    image = 9 * torch.rand(1, 3, 5, 4)
    [found] = read_tfjs(write(nodes, {"kernel": kernel, "bias": bias}), ["out"])(image.permute(0, 2, 3, 1))
    kernels = torch.from_numpy(kernel).permute(2, 3, 0, 1)[:, :, None]
    singles = [conv2d(image[:, n : n + 1], kernels[n], padding=1) for n in range(3)]
    expected = (torch.cat(singles, 1) + torch.from_numpy(bias).view(1, 6, 1, 1)).clamp(0, 6)
    assert torch.allclose(found.permute(0, 3, 1, 2), expected, atol=1e-5)


def test_enlarged_on_the_grid_of_tensorflow_1(write: Write) -> None:
    nodes = [IMAGE, node("out", "ResizeBilinear", "image", "size", align_corners={"b": False})]
    graph = read_tfjs(write(nodes, {"size": np.array([2, 6], np.int32)}), ["out"])
    [found] = graph(torch.tensor([[0.0, 2, 10], [4, 6, 14]]).view(1, 2, 3, 1))
    assert found[0, :, :, 0].tolist() == [[0, 1, 2, 6, 10, 10], [4, 5, 6, 10, 14, 14]]


def test_arithmetic_in_any_order_of_the_nodes(write: Write) -> None:
    nodes = [
        node("out", "ConcatV2", "gate", "sum", "axis"),
        node("gate", "Mul", "image", "squeezed"),
        node("squeezed", "Sigmoid", "mean"),
        node("mean", "Mean", "image", "axes", keep_dims={"b": True}),
        node("sum", "Add", "rest", "one"),
        node("rest", "Relu", "image"),
        node("unneeded", "Unknown", "image"),
        IMAGE,
    ]
    constants = {"axis": np.array(3, np.int32), "axes": np.array([1, 2], np.int32), "one": np.array(1, np.float32)}
    image = torch.randn(2, 3, 3, 2)
    found, mean = read_tfjs(write(nodes, constants), ["out", "mean"])(image)
    assert torch.allclose(mean, image.mean((1, 2), keepdim=True))
    assert torch.allclose(found, torch.cat([image * mean.sigmoid(), image.relu() + 1], 3))


@pytest.mark.parametrize(
    ("nodes", "sentence"),
    [
        ([IMAGE, node("out", "Svd", "image")], "the operation Svd"),
        ([IMAGE, node("out", "Conv2D", "image", "one", **filtering(fused=["Prelu"]))], "the operation Prelu"),
        ([IMAGE, node("out", "ResizeBilinear", "image", "one", align_corners={"b": True})], "on another grid"),
        ([IMAGE, node("out", "Add", "image", "lost")], "is not a graph"),
        ([IMAGE, node("lost", "Const"), node("out", "Add", "image", "lost")], "lacks the weights of lost"),
        ([node("out", "Relu", "out")], "is not a graph"),
        ([IMAGE], "or lacks"),
    ],
)
def test_other_graphs_are_refused(nodes: list[Content], sentence: str, write: Write) -> None:
    with pytest.raises(ForeignError, match=sentence):
        read_tfjs(write(nodes, {"one": np.array(1, np.float32)}), ["out"])


def test_files_that_are_not_whole_are_refused(write: Write, tmp_path: Path) -> None:
    path = write([IMAGE, node("out", "Add", "image", "one")], {"one": random(9)})
    (tmp_path / "two.bin").write_bytes(b"")
    with pytest.raises(ForeignError, match="is not a graph"):
        read_tfjs(path, ["out"])
    (tmp_path / "two.bin").unlink()
    with pytest.raises(ForeignError, match=r"two\.bin cannot be read"):
        read_tfjs(path, ["out"])


def test_boxes_at_the_peaks() -> None:
    heat, reach = torch.zeros(8, 6, 80), torch.zeros(8, 6, 4)
    heat[2, 3, 0], heat[2, 4, 0], heat[2, 4, 2] = 0.9, 0.8, 0.7  # the second is on the slope of the first
    reach[2, 3], reach[2, 4] = torch.tensor([1.0, 2, 3, 4]), torch.tensor([4.0, 3, 2, 1])
    found = points(heat, reach)
    assert len(found.scores) == 100
    assert found.scores[:3].tolist() == pytest.approx([0.9, 0.7, 0])
    assert found.classes[:2].tolist() == [1, 3]
    assert found.boxes[:2].tolist() == [[11, 6, 15, 12], [12, 5, 18, 9]]


def test_boxes_come_back_in_the_pixels_of_the_picture() -> None:
    heat, reach = torch.zeros(1, 128, 128, 80), torch.zeros(1, 128, 128, 4)
    heat[0, 32, 64, 0] = 1  # at (256, 128) of 512
    reach[0, 32, 64] = torch.tensor([64.0, 32, 900, 128])
    seen = list[torch.Tensor]()

    class Fixed(Graph):
        def __call__(self, image: torch.Tensor) -> list[torch.Tensor]:
            seen.append(image)
            return [heat, reach]

    [found] = CenterNet(Fixed({}, {}, ()))(torch.full((1, 3, 300, 600), 0.5))
    assert found.boxes[0].tolist() == pytest.approx([225, 112.5, 600, 300])
    assert seen[0].shape == (1, 512, 512, 3)
    assert torch.allclose(seen[0][0, :256], torch.tensor(127.5))
    assert seen[0][0, 256:].abs().max() == 0


@pytest.fixture
def detector(shared_data: Path) -> CenterNet:
    return centernet(shared_data.parent / "weights" / "centernet_coco" / "centernet.json")


def test_a_car_is_found_wherever_it_is(detector: CenterNet, shared_data: Path) -> None:
    street = read(shared_data / "paired" / "deblur_gopro_1" / "yolo_s.jpg").tensor()
    [found] = detector(street)
    assert found.classes[0] == 3
    assert found.scores[0] > 0.5
    assert found.boxes[0].tolist() == pytest.approx([95, 390, 590, 605], abs=20)  # as the frame printed in the picture
    moved = torch.cat([torch.zeros(1, 3, 700, 64), street[..., :-64]], 3)
    assert detector(moved)[0].boxes[0, 0] - found.boxes[0, 0] == pytest.approx(64, abs=10)
