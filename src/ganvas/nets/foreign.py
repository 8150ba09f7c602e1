"""Checkpoints of others: from the key layouts of the official releases to our nets.

Pure functions on state dicts; reading the files is the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from math import isqrt
from typing import Any, Literal

import torch
from torch import nn

from ganvas.nets.rrdb import RRDBNet
from ganvas.nets.srvgg import SRVGGNet

State = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Layout:
    """How a release names the convolutions of an RRDBNet; dense blocks and their convolutions count from 1.

    ``ends`` are, in this order, those of ``first``, the end of the trunk, the two enlargements and the tail.
    """

    dense: str
    ends: tuple[str, str, str, str, str, str]

    def blocks(self, state: Mapping[str, Any]) -> int:
        """How many RRDB there are, 0 where the layout is another one."""
        return next(n for n in count() if f"{self.dense.format(n, 1, 1)}.weight" not in state)

    def names(self, blocks: int) -> dict[str, str]:
        """Our name of each convolution by theirs."""
        ours = ("first", f"trunk.{blocks}", "up.1", "up.4", "tail.0", "tail.2")
        ends = (theirs.format(blocks=blocks) for theirs in self.ends)
        return dict(zip(ends, ours, strict=True)) | {
            self.dense.format(block, dense + 1, conv + 1): f"trunk.{block}.{dense}.convs.{conv}"
            for block in range(blocks)
            for dense in range(3)
            for conv in range(5)
        }


LAYOUTS = (
    Layout(  # ESRGAN's first release
        "model.1.sub.{}.RDB{}.conv{}.0",
        ("model.0", "model.1.sub.{blocks}", "model.3", "model.6", "model.8", "model.10"),
    ),
    Layout(  # ESRGAN's later release
        "RRDB_trunk.{}.RDB{}.conv{}",
        ("conv_first", "trunk_conv", "upconv1", "upconv2", "HRconv", "conv_last"),
    ),
    Layout(  # BasicSR and Real-ESRGAN
        "body.{}.rdb{}.conv{}",
        ("conv_first", "conv_body", "conv_up1", "conv_up2", "conv_hr", "conv_last"),
    ),
)

SCALES: dict[int, Literal[1, 2, 4]] = {3: 4, 12: 2, 48: 1}
"""The scale of an RRDBNet by its input channels."""


def rrdb_from_official(state: Mapping[str, Any]) -> tuple[RRDBNet, State]:
    """A new RRDBNet of the size that ``state`` has, and ``state`` with our names.

    Raises ValueError, with a sentence that says why, for what is no RRDBNet of a known layout.
    """
    state = unwrapped(state)
    layout = next((layout for layout in LAYOUTS if layout.blocks(state)), None)
    if layout is None:
        raise ValueError("this checkpoint is no RRDBNet of a known layout: it has no residual dense blocks")
    blocks = layout.blocks(state)
    width, inputs = shape(state, layout.ends[0])[:2]
    if inputs not in SCALES:
        raise ValueError(f"this RRDBNet reads {inputs} channels, and only 3, 12 and 48 (scales 4, 2, 1) are known")
    growth = shape(state, layout.dense.format(0, 1, 1))[0]
    names = layout.names(blocks)
    parts = (key.rpartition(".") for key in state)
    ours = {names.get(name, name) + dot + kind: state[name + dot + kind] for name, dot, kind in parts}
    net = RRDBNet(SCALES[inputs], width, growth, blocks)
    check(net, ours)
    return net, ours


def srvgg_from_official(state: Mapping[str, Any]) -> tuple[SRVGGNet, State]:
    """A new SRVGGNet of the size that ``state`` has, and ``state`` with our names, which are the same.

    Raises ValueError, with a sentence that says why, for what is no SRVGGNet.
    """
    state = unwrapped(state)
    keys = (key.split(".") for key in state)
    last = max((int(key[1]) for key in keys if len(key) == 3 and key[0] == "body" and key[1].isdecimal()), default=0)
    if last < 2 or last % 2:
        raise ValueError("this checkpoint is no SRVGGNet: its keys are not body.0, body.1 and so on")
    width, outputs = shape(state, "body.0")[0], shape(state, f"body.{last}")[0]
    scale = isqrt(outputs // 3)
    if scale < 1 or outputs != 3 * scale**2:
        raise ValueError(f"this SRVGGNet ends in {outputs} channels, which are no RGB picture enlarged")
    net = SRVGGNet(scale, last // 2 - 1, width)
    check(net, state)
    return net, state


def unwrapped(state: Mapping[str, Any]) -> State:
    """The tensors of ``state``: of its moving average or of its parameters, where it holds such tables."""
    inner = next((state[key] for key in ("params_ema", "params") if key in state), state)
    if not isinstance(inner, Mapping) or not all(isinstance(value, torch.Tensor) for value in inner.values()):
        raise ValueError(
            "this checkpoint is no table of tensors: a training state, perhaps, of which the nets are a part"
        )
    return dict(inner)


def shape(state: State, name: str) -> torch.Size:
    """The shape of the weights of the convolution ``name``."""
    weight = state.get(f"{name}.weight")
    if weight is None or weight.dim() != 4:
        raise ValueError(f"this checkpoint has no convolution {name}, so its layout is not known")
    return weight.shape


def check(net: nn.Module, state: State) -> None:
    """Raises ValueError where ``state`` is not exactly what ``net`` takes."""
    wanted = net.state_dict()
    for key in sorted(wanted.keys() ^ state.keys()):
        raise ValueError(
            f"this checkpoint's layout is not known: {key} is {'missing' if key in wanted else 'too much'}"
        )
    for key, value in wanted.items():
        if value.shape != state[key].shape:
            raise ValueError(
                f"this checkpoint's layout is not known: {key} is {tuple(state[key].shape)}, not {tuple(value.shape)}"
            )
