"""ncnn's files of Real-ESRGAN: the same weights as in the checkpoints, and no other graph."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from ganvas.foreign import ForeignError, recognise
from ganvas.foreign.ncnn import read_ncnn
from ganvas.nets.rrdb import RRDBNet
from ganvas.nets.srvgg import SRVGGNet

Write = Callable[[torch.nn.Module, str], tuple[str, bytes]]


def put(folder: Path, graph: tuple[str, bytes]) -> Path:
    (folder / "net.param").write_text(graph[0])
    (folder / "net.bin").write_bytes(graph[1])
    return folder / "net.param"


@pytest.mark.parametrize("kind", ["<f2", "<f4"])
def test_the_weights_come_back_under_the_official_names(
    kind: str, rrdb: RRDBNet, official: dict[str, torch.Tensor], in_ncnn: Write, tmp_path: Path
) -> None:
    state = read_ncnn(put(tmp_path, in_ncnn(rrdb, kind)))
    assert state.keys() == official.keys()
    for key, tensor in official.items():
        stored = tensor.half().float() if kind == "<f2" and key.endswith("weight") else tensor
        assert torch.equal(state[key], stored), key


def test_a_net_with_slopes(srvgg: SRVGGNet, in_ncnn: Write, tmp_path: Path) -> None:
    net = recognise(read_ncnn(put(tmp_path, in_ncnn(srvgg, "<f4")))).net
    low = torch.rand(1, 3, 5, 4)
    assert torch.equal(net(low), srvgg(low))


def test_odd_counts_of_halves_are_filled_up(in_ncnn: Write, tmp_path: Path) -> None:
    odd = SRVGGNet(1, 0, 1).requires_grad_(False)  # 27 weights in each convolution
    state = read_ncnn(put(tmp_path, in_ncnn(odd, "<f2")))
    assert torch.equal(state["body.2.bias"], odd.state_dict()["body.2.bias"])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text, content: (text.replace("7767517", "1234567"), content), "is not a graph of ncnn"),
        (lambda text, content: ("", content), "is not a graph of ncnn"),
        (lambda text, content: (text + "Interp i 1 1 a b 0=3\n", content), "another graph"),
        (lambda text, content: (text.replace("Eltwise", "BinaryOp", 1), content), "another graph"),
        (lambda text, content: (text.replace(" 6=", " 5=", 1), content), "does not hold the weights"),
        (lambda text, content: (text, content[:-4]), "does not hold the weights"),
        (lambda text, content: (text, content + b"more"), "holds more than the weights"),
        (lambda text, content: (text, b"\1" + content[1:]), "does not hold the weights"),
    ],
)
def test_what_is_refused(change: Callable, sentence: str, rrdb: RRDBNet, in_ncnn: Write, tmp_path: Path) -> None:
    path = put(tmp_path, change(*in_ncnn(rrdb, "<f2")))
    with pytest.raises(ForeignError, match=sentence):
        read_ncnn(path)


def test_the_weights_must_lie_beside(rrdb: RRDBNet, in_ncnn: Write, tmp_path: Path) -> None:
    path = put(tmp_path, in_ncnn(rrdb, "<f2"))
    path.with_suffix(".bin").unlink()
    with pytest.raises(ForeignError, match=r"net\.bin cannot be read"):
        read_ncnn(path)
