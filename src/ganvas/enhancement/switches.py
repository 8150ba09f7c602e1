"""What can be switched in a net that is trained: which way it goes, and whether it plays dice."""

from __future__ import annotations

from torch import nn

from ganvas.nets.both import Both
from ganvas.nets.resnet_generator import ResNetGenerator
from ganvas.nets.unet_generator import UNetGenerator
from ganvas.weights import WeightsError


def turn(net: nn.Module, name: str) -> None:
    """Makes ``net`` go the other way between its two domains from now on. Raises :class:`WeightsError` for one, called
    ``name``, that has a single direction.
    """
    ways = [part for part in net.modules() if isinstance(part, Both)]
    if not ways:
        raise WeightsError(f"the model {name} has one direction only: leave out --backwards")
    for way in ways:
        way.aim = "a" if way.aim == "b" else "b"


def calm(net: nn.Module) -> None:
    """Makes ``net`` give the same result each time: Pix2Pix and DeblurGAN leave their dropout on, others are so
    already.
    """
    for part in net.modules():
        if isinstance(part, UNetGenerator | ResNetGenerator):
            part.noisy = False
