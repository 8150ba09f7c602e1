"""The graphs of TensorFlow.js (a ``.json``, its weights beside it) in torch: as much as convolutional nets need."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.nn.functional import conv2d, pad

from ganvas.foreign.refusal import ForeignError

Settings = Mapping[str, Any]
Operation = Callable[[Sequence[torch.Tensor], Settings], torch.Tensor]

STORED = {"float32": "<f4", "float16": "<f2", "int32": "<i4"}
"""How numbers lie in the weights; float16 only to be read as float32."""


class Node(NamedTuple):
    """A step of a graph: what it does to the values of which others."""

    kind: str
    inputs: tuple[str, ...]
    settings: Settings


@dataclass(frozen=True)
class Graph:
    """A picture (N, H, W, 3) to the values of ``outputs``, whose channels come last too.

    ``nodes`` stand in the order in which they are to be run.
    """

    nodes: dict[str, Node]
    weights: dict[str, torch.Tensor]
    outputs: tuple[str, ...]

    def __call__(self, image: torch.Tensor) -> list[torch.Tensor]:
        values = dict(self.weights)
        for name, node in self.nodes.items():
            values[name] = (
                image
                if node.kind == "Placeholder"
                else OPERATIONS[node.kind]([values[other] for other in node.inputs], node.settings)
            )
        return [values[name] for name in self.outputs]


def read_tfjs(path: Path, outputs: Sequence[str]) -> Graph:
    """As much of the graph ``path`` as its ``outputs`` need; nothing in it is run as code.

    Raises :class:`ForeignError` for what cannot be read and for operations that are not known here.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        nodes = {node["name"]: _node(node) for node in content["modelTopology"]["node"]}
        weights = _weights(path.parent, content["weightsManifest"])
        needed = _needed(nodes, outputs)
    except OSError as error:
        raise ForeignError(f"{error.filename} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, CycleError):
        raise ForeignError(f"{path} is not a graph of TensorFlow.js with these weights, or lacks {outputs}") from None
    steps = {name: node for name, node in needed.items() if node.kind != "Const"}
    for node in steps.values():
        if unknown := _unknown(node):
            raise ForeignError(f"{path} has the operation {unknown}, which is not known here")
    if lost := needed.keys() - steps.keys() - weights.keys():
        raise ForeignError(f"{path} lacks the weights of {min(lost)}")
    return Graph(steps, {name: weights[name] for name in needed.keys() - steps.keys()}, tuple(outputs))


def _node(node: Mapping[str, Any]) -> Node:
    settings = {name: _setting(value) for name, value in node.get("attr", {}).items()}
    return Node(node["op"], tuple(node.get("input", ())), settings)


def _unknown(node: Node) -> str | None:
    """What of ``node`` cannot be run here."""
    if node.settings.get("align_corners") or node.settings.get("half_pixel_centers"):
        return f"{node.kind} on another grid"
    steps = (node.kind, *(node.settings.get("fused_ops") or ()))
    return next((step for step in steps if step not in {*OPERATIONS, "Placeholder", "BiasAdd"}), None)


def _setting(value: Mapping[str, Any]) -> Any:
    match value:
        case {"list": {"i": numbers}}:
            return [int(number) for number in numbers]
        case {"list": {"s": words}}:
            return [b64decode(word).decode() for word in words]
        case {"s": word}:
            return b64decode(word).decode()
        case {"b": flag}:
            return flag
        case _:
            return None


def _needed(nodes: Mapping[str, Node], outputs: Sequence[str]) -> dict[str, Node]:
    """What the outputs hang on, first things first."""
    inputs, waiting = dict[str, tuple[str, ...]](), list(outputs)
    while waiting:
        name = waiting.pop()
        if name not in inputs:
            inputs[name] = nodes[name].inputs
            waiting += inputs[name]
    return {name: nodes[name] for name in TopologicalSorter(inputs).static_order()}


def _weights(folder: Path, manifest: Sequence[Mapping[str, Any]]) -> dict[str, torch.Tensor]:
    found = dict[str, torch.Tensor]()
    for group in manifest:
        content, start = b"".join((folder / name).read_bytes() for name in group["paths"]), 0
        for weight in group["weights"]:
            kind = np.dtype(STORED[weight.get("quantization", weight)["dtype"]])
            values = np.frombuffer(content, kind, int(np.prod(weight["shape"])), start).reshape(weight["shape"])
            start += values.nbytes
            found[weight["name"]] = torch.from_numpy(values.astype(weight["dtype"]))
    return found


def _conv(inputs: Sequence[torch.Tensor], settings: Settings) -> torch.Tensor:
    """Kernels are (H, W, in, out)."""
    return _filtered(inputs, inputs[1].permute(3, 2, 0, 1), 1, settings)


def _depthwise(inputs: Sequence[torch.Tensor], settings: Settings) -> torch.Tensor:
    """Kernels are (H, W, channels, outputs of each)."""
    kernel = inputs[1].permute(2, 3, 0, 1)
    return _filtered(inputs, kernel.flatten(0, 1)[:, None], len(kernel), settings)


def _filtered(inputs: Sequence[torch.Tensor], kernel: torch.Tensor, groups: int, settings: Settings) -> torch.Tensor:
    image = inputs[0].permute(0, 3, 1, 2)
    strides, dilations = settings["strides"][1:3], settings["dilations"][1:3]
    if settings["padding"] == "SAME":
        sides = [dilation * (side - 1) + 1 for dilation, side in zip(dilations, kernel.shape[-2:], strict=True)]
        image = _padded(image, sides, strides)
    value = conv2d(image, kernel, None, strides, 0, dilations, groups).permute(0, 2, 3, 1)
    for step in settings.get("fused_ops") or ():
        value = value + inputs[2] if step == "BiasAdd" else OPERATIONS[step]([value], {})
    return value


def _padded(image: torch.Tensor, sides: Sequence[int], strides: Sequence[int]) -> torch.Tensor:
    """As SAME wants it: n pixels give ceil(n / stride), the odd one is put at the end."""
    needs = [
        max((-(-n // stride) - 1) * stride + side - n, 0)
        for n, side, stride in zip(image.shape[-2:], sides, strides, strict=True)
    ]
    (top, bottom), (left, right) = ((need // 2, need - need // 2) for need in needs)
    return pad(image, (left, right, top, bottom))


def _resized(inputs: Sequence[torch.Tensor], settings: Settings) -> torch.Tensor:
    """Bilinear, on the grid of TensorFlow 1: pixel i of n lies where i * old / n was, not (i + 1/2) * old / n - 1/2."""
    value, size = inputs
    for axis, length in zip((1, 2), size.tolist(), strict=True):
        old = value.shape[axis]
        place = torch.arange(length, device=value.device) * (old / length)
        near = place.long()
        share = (place - near).view([-1, 1, 1] if axis == 1 else [-1, 1])
        here, after = (value.index_select(axis, index) for index in (near, (near + 1).clamp(max=old - 1)))
        value = torch.lerp(here, after, share)
    return value


OPERATIONS: dict[str, Operation] = {
    "Conv2D": _conv,
    "_FusedConv2D": _conv,
    "DepthwiseConv2dNative": _depthwise,
    "FusedDepthwiseConv2dNative": _depthwise,
    "ResizeBilinear": _resized,
    "Add": lambda inputs, _: inputs[0] + inputs[1],
    "Mul": lambda inputs, _: inputs[0] * inputs[1],
    "Relu": lambda inputs, _: inputs[0].relu(),
    "Relu6": lambda inputs, _: inputs[0].clamp(0, 6),
    "Sigmoid": lambda inputs, _: inputs[0].sigmoid(),
    "Identity": lambda inputs, _: inputs[0],
    "Mean": lambda inputs, settings: inputs[0].mean(inputs[1].tolist(), keepdim=settings["keep_dims"]),
    "ConcatV2": lambda inputs, _: torch.cat(list(inputs[:-1]), int(inputs[-1])),
}
"""What is done in each kind of node; more would be added here."""
