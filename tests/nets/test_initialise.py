"""How the nets that translate pictures begin."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from ganvas.nets.patchgan import CycleDehazeDiscriminator, PatchGAN
from ganvas.nets.resnet_generator import ResNetGenerator
from ganvas.nets.unet_generator import UNetGenerator

NETS: list[Callable[[], nn.Module]] = [
    lambda: PatchGAN(norm="batch"),
    lambda: PatchGAN(norm="instance"),
    lambda: ResNetGenerator(2, "instance-affine", width=32),
    lambda: UNetGenerator(levels=6, width=32),
    CycleDehazeDiscriminator,
]


@pytest.mark.parametrize("make", NETS)
def test_all_are_drawn_alike(make: Callable[[], nn.Module]) -> None:
    torch.manual_seed(0)
    net = make()
    convs = [m.weight.flatten() for m in net.modules() if isinstance(m, nn.Conv2d | nn.ConvTranspose2d)]
    weights = torch.cat(convs)
    assert weights.mean().item() == pytest.approx(0, abs=3e-4)
    assert all(conv.std().item() == pytest.approx(0.02, rel=0.1) for conv in convs)
    scales = [
        m.weight for m in net.modules() if isinstance(m, nn.BatchNorm2d | nn.InstanceNorm2d) and m.weight is not None
    ]
    if scales:
        assert torch.cat(scales).mean().item() == pytest.approx(1, abs=0.005)
        assert torch.cat(scales).std().item() == pytest.approx(0.02, rel=0.1)
    biases = [parameter for name, parameter in net.named_parameters() if name.endswith("bias")]
    assert biases
    assert not any(bias.any() for bias in biases)


def test_the_seed_decides() -> None:
    states = []
    for _ in range(2):
        torch.manual_seed(5)
        states.append(PatchGAN(2, width=4).state_dict())
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
