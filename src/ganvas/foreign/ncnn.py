"""Real-ESRGAN as ncnn has it: a graph in words (``.param``) and, beside it, its weights in a row (``.bin``)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ganvas.foreign.refusal import ForeignError
from ganvas.nets.foreign import LAYOUTS, State

MAGIC, HALF, SINGLE = "7767517", 0x01306B47, 0
"""The first line of a graph; what stands before weights in float16 and in float32."""

DENSE = ["Convolution", *["Concat", "Convolution"] * 4, "Eltwise"]
TAIL = ["Convolution", "BinaryOp", "Interp", "Convolution", "Interp", "Convolution", "Convolution", "Convolution"]


@dataclass(frozen=True)
class Layer:
    """A line of the graph; ``numbers`` are its settings, by ncnn's number for each."""

    kind: str
    numbers: dict[str, str]


def read_ncnn(path: Path) -> State:
    """The weights of the graph ``path`` (NAME.param) out of NAME.bin, named as the official checkpoints name them.

    Raises :class:`ForeignError` for any graph but an RRDBNet's of scale 4 and an SRVGGNet's.
    """
    weights = path.with_suffix(".bin")
    try:
        layers = _layers(path.read_text(encoding="utf-8"))
        rest = memoryview(weights.read_bytes())
    except OSError as error:
        raise ForeignError(f"{error.filename} cannot be read: {error.strerror}") from None
    except ValueError:
        raise ForeignError(f"{path} is not a graph of ncnn") from None
    learnt = [layer for layer in layers if layer.kind in ("Convolution", "PReLU")]
    state: State = {}
    try:
        for name, layer in zip(_names(path, [layer.kind for layer in layers]), learnt, strict=True):
            tensors, rest = _taken(layer, rest)
            state |= {f"{name}.{kind}": torch.from_numpy(values) for kind, values in tensors.items()}
    except (ValueError, KeyError):
        raise ForeignError(f"{weights} does not hold the weights of {path}") from None
    if rest:
        raise ForeignError(f"{weights} holds more than the weights of {path}")
    return state


def _layers(text: str) -> list[Layer]:
    """The layers in order; a Split only names a tensor several times."""
    magic, _, *lines = text.splitlines()
    if magic.strip() != MAGIC:
        raise ValueError(magic)
    words = (line.split() for line in lines if line.strip())
    found = (Layer(kind, dict(word.split("=", 1) for word in more if "=" in word)) for kind, *more in words)
    return [layer for layer in found if layer.kind not in ("Input", "Split")]


def _names(path: Path, kinds: list[str]) -> list[str]:
    """What the official checkpoints call the layers with weights, in the order of the graph."""
    blocks, convs = (kinds.count("Convolution") - 6) // 15, kinds.count("PReLU")
    if kinds == ["Convolution", *(DENSE * 3 + ["Eltwise"]) * blocks, *TAIL]:
        first, *others = LAYOUTS[-1].names(blocks)
        return [first, *others[5:], *others[:5]]
    if convs and kinds == [*["Convolution", "PReLU"] * convs, "Convolution", "PixelShuffle", "Interp", "BinaryOp"]:
        return [f"body.{index}" for index in range(2 * convs + 1)]
    raise ForeignError(f"{path} is another graph than Real-ESRGAN's: of ncnn's files only those are read")


def _taken(layer: Layer, rest: memoryview) -> tuple[dict[str, np.ndarray], memoryview]:
    """The weights of ``layer`` from the beginning of ``rest``, and what follows them."""
    outputs = int(layer.numbers["0"])
    if layer.kind == "PReLU":
        return {"weight": _floats(rest, "<f4", outputs)}, rest[4 * outputs :]
    side, count = int(layer.numbers["1"]), int(layer.numbers["6"])
    mark = int.from_bytes(rest[:4], "little")
    if mark not in (HALF, SINGLE):
        raise ValueError("weights in another format")
    weight = _floats(rest[4:], "<f2" if mark == HALF else "<f4", count).reshape(outputs, -1, side, side)
    end = 4 + (-(-2 * count // 4) * 4 if mark == HALF else 4 * count)  # float16 is filled up to whole words
    return {"weight": weight, "bias": _floats(rest[end:], "<f4", outputs)}, rest[end + 4 * outputs :]


def _floats(content: memoryview, kind: str, count: int) -> np.ndarray:
    return np.frombuffer(content, kind, count).astype(np.float32)
