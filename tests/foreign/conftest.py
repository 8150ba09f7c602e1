"""Checkpoints as others keep them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from ganvas.nets.foreign import LAYOUTS
from ganvas.nets.rrdb import RRDBNet
from ganvas.nets.srvgg import SRVGGNet

State = dict[str, torch.Tensor]
Graph = tuple[str, bytes]

ACTIVATION = "9=2 -23310=1,2.000000e-01"


def seeded(net: torch.nn.Module) -> torch.nn.Module:
    torch.manual_seed(0)
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    return net.eval().requires_grad_(False)


@pytest.fixture
def rrdb() -> RRDBNet:
    return seeded(RRDBNet(4, 4, 2, 2))  # type: ignore[return-value]


@pytest.fixture
def srvgg() -> SRVGGNet:
    return seeded(SRVGGNet(4, 2, 4))  # type: ignore[return-value]


@pytest.fixture
def official(rrdb: RRDBNet) -> State:
    """The weights of ``rrdb`` as BasicSR names them."""
    theirs = {ours: name for name, ours in LAYOUTS[-1].names(len(rrdb.trunk) - 1).items()}
    parts = ((key.rpartition("."), value) for key, value in rrdb.state_dict().items())
    return {f"{theirs[name]}.{kind}": value for (name, _, kind), value in parts}


@pytest.fixture
def in_ncnn() -> Callable[[RRDBNet | SRVGGNet, str], Graph]:
    """Writes a net down as ncnn does: the text of its graph and its weights, in "<f2" or in "<f4"."""

    def conv(layer: torch.nn.Conv2d, kind: str) -> Graph:
        weight = layer.weight.numpy().astype(kind).tobytes()
        mark = 0x01306B47 if kind == "<f2" else 0
        assert layer.bias is not None
        content = mark.to_bytes(4, "little") + weight + b"\0" * (-len(weight) % 4)
        line = f"Convolution c 1 1 a b 0={layer.out_channels} 1=3 4=1 5=1 6={layer.weight.numel()} {ACTIVATION}"
        return line, content + layer.bias.numpy().astype("<f4").tobytes()

    def dense(block: torch.nn.Module, kind: str) -> list[Graph]:
        first, *others = [conv(layer, kind) for layer in block.convs]  # type: ignore[union-attr]
        split, joined = ("Split s 1 2 a b c", b""), ("Concat j 2 1 a b c", b"")
        return [first, split, *(line for other in others for line in (joined, other)), ("Eltwise e 2 1 a b c 0=1", b"")]

    def write(net: RRDBNet | SRVGGNet, kind: str) -> Graph:
        lines: list[Graph] = [("Input data 0 1 data", b"")]
        interp, add = ("Interp i 1 1 a b 0=1 1=2.0 2=2.0", b""), ("BinaryOp p 2 1 a b c", b"")
        if isinstance(net, SRVGGNet):
            for layer in net.body:
                if isinstance(layer, torch.nn.Conv2d):
                    lines.append(conv(layer, kind))
                else:
                    slopes = layer.weight.numpy().astype("<f4")  # type: ignore[union-attr]
                    lines.append((f"PReLU p 1 1 a b 0={len(slopes)}", slopes.tobytes()))
            lines += [("PixelShuffle s 1 1 a b 0=4", b""), interp, add]
        else:
            *blocks, last = net.trunk
            lines.append(conv(net.first, kind))
            for block in blocks:
                lines += [line for part in block for line in dense(part, kind)]
                lines.append(("Eltwise e 2 1 a b c 0=1", b""))
            ends = [conv(layer, kind) for layer in (last, net.up[1], net.up[4], net.tail[0], net.tail[2])]
            lines += [ends[0], add, interp, ends[1], interp, *ends[2:]]
        text = "\n".join(["7767517", f"{len(lines)} 9", *(line for line, _ in lines)]) + "\n"
        return text, b"".join(content for _, content in lines)

    return write


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(0).random((21, 19, 3), dtype=np.float32)
