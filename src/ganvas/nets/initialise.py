"""How the nets of Pix2Pix, and of all that followed it, begin (Isola et al. 2017, arXiv 1611.07004, section 6.2)."""

from __future__ import annotations

from torch import nn


def initialise(net: nn.Module) -> None:
    """Draws the weights of ``net`` anew: convolutions from N(0, 0.02), scales of norms from N(1, 0.02), biases zero."""
    for layer in net.modules():
        match layer:
            case nn.Conv2d() | nn.ConvTranspose2d():
                nn.init.normal_(layer.weight, 0, 0.02)
            case nn.BatchNorm2d() | nn.InstanceNorm2d() if layer.affine:
                nn.init.normal_(layer.weight, 1, 0.02)
            case _:
                pass
    for name, parameter in net.named_parameters():
        if name.endswith("bias"):
            nn.init.zeros_(parameter)
