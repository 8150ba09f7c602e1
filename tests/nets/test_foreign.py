"""Checkpoints of others: the documented names, there and back, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import torch

from ganvas.nets.foreign import rrdb_from_official, srvgg_from_official
from ganvas.nets.rrdb import RRDBNet
from ganvas.nets.srvgg import SRVGGNet

State = dict[str, torch.Tensor]

ENDS = {
    "old": ["model.0", "model.1.sub.{}", "model.3", "model.6", "model.8", "model.10"],
    "later": ["conv_first", "trunk_conv", "upconv1", "upconv2", "HRconv", "conv_last"],
    "basicsr": ["conv_first", "conv_body", "conv_up1", "conv_up2", "conv_hr", "conv_last"],
}
DENSE = {
    "old": "model.1.sub.{}.RDB{}.conv{}.0",
    "later": "RRDB_trunk.{}.RDB{}.conv{}",
    "basicsr": "body.{}.rdb{}.conv{}",
}


def official(net: RRDBNet, layout: str) -> State:
    """The state of ``net`` as the release ``layout`` names it, worked out from our names one by one."""
    blocks = len(net.trunk) - 1
    ours = ["first", f"trunk.{blocks}", "up.1", "up.4", "tail.0", "tail.2"]
    ends = dict(zip(ours, ENDS[layout], strict=True))

    def named(key: str) -> str:
        name, kind = key.rsplit(".", 1)
        found = re.fullmatch(r"trunk\.(\d+)\.(\d)\.convs\.(\d)", name)
        if found is None:
            return f"{ends[name].format(blocks)}.{kind}"
        return f"{DENSE[layout].format(found[1], int(found[2]) + 1, int(found[3]) + 1)}.{kind}"

    return {named(key): value for key, value in net.state_dict().items()}


def wrapped(state: State, table: str) -> dict[str, object]:
    spoiled = {key: torch.zeros_like(value) for key, value in state.items()}
    return {"plain": state, "params": {"params": state}, "params_ema": {"params": spoiled, "params_ema": state}}[table]


@pytest.mark.parametrize("layout", DENSE)
@pytest.mark.parametrize(
    ("table", "scale", "width", "growth", "blocks"),
    [("plain", 4, 6, 3, 11), ("params", 2, 4, 2, 2), ("params_ema", 1, 4, 2, 1)],
)
def test_rrdb_there_and_back(layout: str, table: str, scale, width: int, growth: int, blocks: int) -> None:
    original = RRDBNet(scale, width, growth, blocks)
    net, state = rrdb_from_official(wrapped(official(original, layout), table))
    net.load_state_dict(state)
    low = torch.rand(1, 3, 4, 8)
    assert torch.equal(net(low), original(low))


@pytest.mark.parametrize("table", ["plain", "params", "params_ema"])
@pytest.mark.parametrize(("scale", "convs", "width"), [(4, 5, 6), (2, 1, 4), (1, 0, 4)])
def test_srvgg_there_and_back(table: str, scale: int, convs: int, width: int) -> None:
    original = SRVGGNet(scale, convs, width)
    net, state = srvgg_from_official(wrapped(original.state_dict(), table))
    net.load_state_dict(state)
    low = torch.rand(1, 3, 4, 3)
    assert torch.equal(net(low), original(low))


def test_the_documented_names_of_srvgg() -> None:
    """Convolutions at even numbers, slopes at odd ones, as the official ModuleList has them."""
    state = SRVGGNet(4, 2, 4).state_dict()
    convs = [f"body.{n}.{kind}" for n in (0, 2, 4, 6) for kind in ("weight", "bias")]
    assert sorted(state) == sorted([*convs, "body.1.weight", "body.3.weight", "body.5.weight"])


def changed(change: Callable[[State], object], layout: str = "basicsr") -> State:
    state = official(RRDBNet(4, 4, 2, 1), layout)
    change(state)
    return state


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({}, "no residual dense blocks"),
        (SRVGGNet(4, 1, 4).state_dict(), "no residual dense blocks"),
        ({"params": {"iter": 3}}, "no table of tensors"),
        ({"params": torch.zeros(1)}, "no table of tensors"),
        ({"generator": {}, "epoch": 3}, "no table of tensors"),
        (changed(lambda state: state.pop("conv_first.weight")), "no convolution conv_first"),
        (changed(lambda state: state.pop("conv_hr.bias")), "tail.0.bias is missing"),
        (changed(lambda state: state.update({"extra.weight": torch.zeros(1)})), "extra.weight is too much"),
        (changed(lambda state: state.update({"conv_last.bias": torch.zeros(1)})), r"tail.2.bias is \(1,\), not \(3,\)"),
        (changed(lambda state: state.update({"conv_first.weight": torch.zeros(4, 5, 3, 3)})), "reads 5 channels"),
        (changed(lambda state: state.pop("model.6.weight"), "old"), "up.4.weight is missing"),
    ],
)
def test_what_is_no_rrdb_is_refused(state: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        rrdb_from_official(state)


def without(state: State, *keys: str) -> State:
    return {key: value for key, value in state.items() if key not in keys}


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({}, "no SRVGGNet"),
        (official(RRDBNet(4, 4, 2, 1), "basicsr"), "no SRVGGNet"),
        ({"body.weight.x": torch.zeros(1)}, "no SRVGGNet"),
        (without(SRVGGNet(4, 2, 4).state_dict(), "body.3.weight"), "body.3.weight is missing"),
        (without(SRVGGNet(4, 2, 4).state_dict(), "body.6.weight", "body.6.bias"), "no SRVGGNet"),
        (without(SRVGGNet(4, 2, 4).state_dict(), "body.0.weight"), "no convolution body.0"),
        ({**SRVGGNet(4, 1, 4).state_dict(), "body.4.weight": torch.zeros(5, 4, 3, 3)}, "ends in 5 channels"),
    ],
)
def test_what_is_no_srvgg_is_refused(state: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        srvgg_from_official(state)
