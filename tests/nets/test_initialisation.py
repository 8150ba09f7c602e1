"""How the nets of the slides and of ESRGAN begin."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from ganvas.nets.rrdb import DenseBlock, RRDBNet
from ganvas.nets.srgan_slides import SlidesDiscriminator, SlidesGenerator
from ganvas.nets.srresnet import Residual


def test_keras_begins_with_glorot_and_zero_biases() -> None:
    net = SlidesGenerator(1)
    convs = [layer for layer in net.modules() if isinstance(layer, nn.Conv2d)]
    for conv in convs:
        bound = math.sqrt(6 / (9 * (conv.in_channels + conv.out_channels)))
        assert 0.98 * bound < conv.weight.abs().max() <= bound
        assert conv.bias is not None
        assert not conv.bias.any()


@pytest.mark.parametrize(("initialisation", "momentum", "eps"), [("keras", 0.01, 1e-3), ("torch", 0.1, 1e-5)])
def test_the_constants_of_normalisation(initialisation, momentum: float, eps: float) -> None:
    norms = [m for m in SlidesGenerator(2, 4, initialisation=initialisation).modules() if isinstance(m, nn.BatchNorm2d)]
    assert [(norm.momentum, norm.eps) for norm in norms] == [(momentum, eps)] * 2


@pytest.mark.parametrize(("initialisation", "slope"), [("keras", 0.3), ("torch", 0.01)])
def test_the_slope_of_the_slides_discriminator(initialisation, slope: float) -> None:
    activations = [m for m in SlidesDiscriminator("map", initialisation).modules() if isinstance(m, nn.LeakyReLU)]
    assert [activation.negative_slope for activation in activations] == [slope]


def test_torch_begins_with_biases() -> None:
    assert all(p.any() for n, p in SlidesDiscriminator(initialisation="torch").named_parameters() if "bias" in n)


@pytest.mark.parametrize("scale", [0.1, 1.0])
def test_dense_blocks_begin_small(scale: float) -> None:
    net = RRDBNet(4, 16, 16, 1, init_scale=scale)
    for block in net.modules():
        if isinstance(block, DenseBlock):
            for conv in block.convs:
                assert isinstance(conv, nn.Conv2d)
                assert conv.bias is not None
                assert not conv.bias.any()
                expected = scale * math.sqrt(2 / (9 * conv.in_channels))
                assert conv.weight.std().item() == pytest.approx(expected, rel=0.1)
    assert net.first.bias is not None
    assert net.first.bias.any()


def test_the_residual_scale_reaches_blocks_and_their_parts() -> None:
    net = RRDBNet(4, 4, 2, 2, residual_scale=0.7)
    assert [block.residual_scale for block in net.modules() if isinstance(block, DenseBlock)] == [0.7] * 6
    assert [block.scale for block in net.modules() if isinstance(block, Residual)] == [1.0, 0.7, 0.7]


def test_a_dense_block_of_scale_zero_is_the_identity() -> None:
    features = torch.rand(2, 4, 5, 3)
    assert torch.equal(DenseBlock(4, 2, residual_scale=0.0)(features), features)


def test_a_dense_block_by_hand() -> None:
    """All weights zero but the centre taps: x1 = 2x, x2 = x + x1 = 3x, result x + 0.5 · (x + x1 + x2)."""
    block = DenseBlock(1, 1, depth=3, residual_scale=0.5)
    with torch.no_grad():
        for parameter in block.parameters():
            parameter.zero_()
        for conv, tap in zip(block.convs, (2.0, 1.0, 1.0), strict=True):
            assert isinstance(conv, nn.Conv2d)
            conv.weight[:, :, 1, 1] = tap
    features = torch.rand(1, 1, 4, 4)
    assert torch.allclose(block(features), features * 4)
