"""From the tensors of others to a net that enlarges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import nn

from ganvas.foreign.community import CommunityNet, community
from ganvas.nets.foreign import rrdb_from_official, srvgg_from_official
from ganvas.nets.rrdb import RRDBNet
from ganvas.nets.srvgg import SRVGGNet

COMMUNITY_FIELD = 113
"""What is taken for the receptive field of nets that spandrel brings: theirs is not known, and often the whole tile. It
makes tiles overlap as far as deep nets' do (docs/decisions/0009-margins.md)."""


@dataclass(frozen=True)
class Foreign:
    """A net of others: what it is called, and what must be known to run it (see :class:`ganvas.weights.Card`)."""

    net: nn.Module
    kind: str
    scale: int
    receptive_field: int
    multiple: int


def recognise(checkpoint: Mapping[str, Any]) -> Foreign:
    """The net of ``checkpoint``, with its weights.

    Ours where the layout is an official one of ESRGAN, Real-ESRGAN or SRVGGNet, else spandrel's. Raises
    :class:`ganvas.foreign.ForeignError`.
    """
    net = _official(checkpoint) or community(checkpoint)
    match net:
        case RRDBNet():
            return Foreign(net, "RRDBNet", net.scale, net.receptive_field, net.multiple)
        case SRVGGNet():
            return Foreign(net, "SRVGGNet", net.shuffle.upscale_factor, net.receptive_field, 1)
        case CommunityNet():
            its = net.descriptor
            return Foreign(net, its.architecture.name, its.scale, COMMUNITY_FIELD, its.size_requirements.multiple_of)


def _official(checkpoint: Mapping[str, Any]) -> RRDBNet | SRVGGNet | None:
    for read in (rrdb_from_official, srvgg_from_official):
        try:
            net, state = read(checkpoint)
        except ValueError:
            continue
        net.load_state_dict(state)
        return net
    return None
