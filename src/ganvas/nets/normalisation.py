"""The normalisations among which the nets that translate pictures choose."""

from __future__ import annotations

from typing import Literal

from torch import nn

Norm = Literal["batch", "instance", "instance-affine"]
"""Over the batch; over each picture alone; the same with a learnt scale and shift, as batch normalisation has them."""


def normalisation(norm: Norm, channels: int, running: bool = True) -> nn.Module:
    """The layer ``norm`` names; without ``running`` that over the batch takes the batch at hand at test time too."""
    if norm == "batch":
        return nn.BatchNorm2d(channels, track_running_stats=running)
    return nn.InstanceNorm2d(channels, affine=norm == "instance-affine", track_running_stats=False)


def biased(norm: Norm) -> bool:
    """Whether convolutions in front of ``norm`` have a bias.

    Every norm takes it away again; in front of the one without a shift of its own the authors' code keeps it.
    """
    return norm == "instance"
